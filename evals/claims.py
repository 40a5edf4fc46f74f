"""Measure verification on claims as a strong model writes them, from a file: how many true and false ones are shown.

A line is `{"question", "passages": [{"about", "text"}], "sentences": [{"text", "cites", "true", "remark"?}]}`; `about`
is outlet, headline and day, separated by semicolons. A remark says what the passages do not hold, and cites nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.answering.generation.parsing.phrases import is_refusal
from bot.answering.messages import Claim, DraftSentence
from bot.answering.verification.evidence import Evidence
from bot.answering.verification.judging import EMBEDDED, ClaimJudge
from bot.answering.verification.verify import DroppedSentence, verify_sentences
from evals.data import Row, rows
from evals.table import Line, mean
from retrieval.documents import Hit, Passage, QuoteHit
from retrieval.quotes.extraction import extract_quotes


@dataclass(frozen=True, slots=True)
class JudgedSentence:
    """A sentence of the file, whether it is true, and what verification made of it; None is a remark that is shown."""

    sentence: Row
    outcome: Claim | DroppedSentence | None

    @property
    def is_true(self) -> bool:
        return bool(self.sentence["true"])

    @property
    def is_shown(self) -> bool:
        return not isinstance(self.outcome, DroppedSentence)


def measure(file: Path, judge: ClaimJudge = EMBEDDED, name: str = "embedded judge") -> Line:
    """The shares of true and of false sentences that are shown."""
    judged = list(judge_sentences(rows(file), judge))
    return Line("claims", name, len(judged), shown_shares(judged))


def shown_shares(judged: Iterable[JudgedSentence]) -> dict[str, float]:
    """`true shown` and `false shown`, 0 to 1."""
    found = list(judged)
    return {
        title: mean([one.is_shown for one in found if one.is_true is wanted])
        for title, wanted in (("true shown", True), ("false shown", False))
    }


def judge_sentences(found: Iterable[Row], judge: ClaimJudge = EMBEDDED) -> Iterator[JudgedSentence]:
    """Verify each sentence against the passages of its question."""
    for row in found:
        hits = [_hit(row, at, passage) for at, passage in enumerate(row["passages"])]
        quotes = {hit.passage.article: _quotes(hit.passage.article, hit.passage.text) for hit in hits}
        ground = Evidence(hits, row["question"], quotes.__getitem__)
        for sentence in row["sentences"]:
            if not sentence["cites"] and is_refusal(sentence["text"]):
                yield JudgedSentence(sentence, None)
                continue
            draft = DraftSentence(sentence["text"], tuple(sentence["cites"]))
            yield JudgedSentence(sentence, verify_sentences([draft], ground, judge)[0])


def _hit(row: Row, at: int, passage: Row) -> Hit:
    outlet, title, day = [*passage["about"].split("; "), "", ""][:3]
    text, key = passage["text"], f"{row['id']}:{at}"
    return Hit(Passage(key, key, 0, len(text), text), title, "", outlet, (), _iso(day), "", 1.0)


def _iso(day: str) -> str:
    """`2026-03-11` for `11 March 2026`; empty for what is no day."""
    try:
        return datetime.strptime(day, "%d %B %Y").date().isoformat()
    except ValueError:
        return ""


@cache
def _quotes(key: str, text: str) -> tuple[QuoteHit, ...]:
    return tuple(QuoteHit(quote, key, "", "", "", "") for quote in extract_quotes(text))
