"""What was measured: on which questions, over which articles, with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from bot.app.build import App
from bot.evaluation.measure import QuestionResult
from retrieval.index import pending


@dataclass(frozen=True, slots=True)
class MeasuredIndex:
    """Facts that are the same on whatever machine it is measured; moments are ISO 8601."""

    file: str  # its name alone
    refused: tuple[str, ...]  # what is wrong with lines that were left out
    articles: int
    passages: int
    embedded: int  # per cent of the passages
    embedding: str
    indexed_at: str
    answered_by: tuple[str, ...]
    version: str
    measured_at: str


def measured_index(app: App, file: str, refused: Sequence[str], results: Sequence[QuestionResult]) -> MeasuredIndex:
    """The facts of this moment."""
    catalog = app.store.catalog
    share = pending.index_coverage(catalog)
    return MeasuredIndex(
        file=file,
        refused=tuple(refused),
        articles=share.articles,
        passages=share.passages,
        embedded=share.vectors_percent,
        embedding=catalog.fact("embedding"),
        indexed_at=catalog.last_run(),
        answered_by=tuple(sorted({result.answer.answered_by for result in results if result.answer.citations})),
        version=version("onrecord"),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
