"""Describe what was evaluated: the questions' file, the index and the models."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from bot.evaluation.question_result import QuestionResult
from retrieval.catalog.catalog import Catalog
from retrieval.index import pending


@dataclass(frozen=True, slots=True)
class MeasuredIndex:
    """Facts of an evaluation that do not depend on the machine; moments are ISO 8601."""

    file: str  # the name without its folder
    refused: tuple[str, ...]  # why lines were left out, one reason a line
    articles: int
    passages: int
    embedded: int  # percent of the passages
    embedding: str
    indexed_at: str
    answered_by: tuple[str, ...]
    version: str
    measured_at: str


def measured_index(
    catalog: Catalog, file: str, refused: Sequence[str], results: Sequence[QuestionResult]
) -> MeasuredIndex:
    """Describe the index as it is now."""
    coverage = pending.index_coverage(catalog)
    return MeasuredIndex(
        file=file,
        refused=tuple(refused),
        articles=coverage.articles,
        passages=coverage.passages,
        embedded=coverage.vectors_percent,
        embedding=catalog.fact("embedding"),
        indexed_at=catalog.last_run(),
        answered_by=tuple(sorted({result.answer.answered_by for result in results if result.answer.citations})),
        version=version("onrecord"),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
