"""Measure verification: how many of a scripted model's lies are shown, and how many true sentences are dropped.

The drafts go straight to the parser and the verification; the `injection` set asks a scripted model over HTTP.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering.generation.parsing.sentence_stream import SentenceStream
from bot.answering.generation.passage_prompt import select_passages
from bot.answering.messages import Claim
from bot.answering.reading.passage_reading import in_reading_order, read_question
from bot.answering.verification.evidence import Evidence
from bot.answering.verification.judging import EMBEDDED
from bot.answering.verification.quotations import locate_quotation, quoted_words
from bot.answering.verification.verify import verify_sentences
from evals.data import rows
from evals.lies import LIES, DraftEvidence
from evals.table import Line
from evals.truths import TRUTHS
from retrieval.catalog import quote_table
from retrieval.documents import Hit, QuoteHit
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from retrieval.text.sentences import sentence_spans

SENTENCES = 3  # of each question's passages that drafts are made from
FEWEST_WORDS, MOST_WORDS = 8, 45
ASKED = 300  # multihop queries that are drawn
NOWHERE = 30  # sentences of other questions that a lie may be taken from
Quotes = Mapping[str, Sequence[QuoteHit]]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the passages a model reads, and the quotes of their articles."""

    question: str
    passages: Sequence[Hit]
    quotes: Quotes


@dataclass(frozen=True, slots=True)
class Outcome:
    """One draft, the claims shown of it, and milliseconds for each sentence."""

    kind: str
    case: Case
    draft: str
    shown: Sequence[Claim]
    took: Sequence[float]


def questions(data: Path, name: str) -> list[str]:
    """The questions of one set."""
    if name != "multihop":
        return [row["question"] for row in rows(data / name / "questions.jsonl")]
    able = [row["query"] for row in rows(data / "multihop/queries.jsonl") if row["type"] != "null_query"]
    return random.Random(5).sample(able, ASKED)


def cases(store: Store, asked: Sequence[str]) -> list[Case]:
    """What a model would read for each question."""
    search, found = Search(store), list[Case]()
    for question in asked:
        result = search(question)
        passages = select_passages(in_reading_order(result, read_question(question, result, store.catalog)))
        articles = {hit.passage.article for hit in passages}
        quotes = {article: quote_table.quotes_of_article(store.catalog, article) for article in articles}
        found.append(Case(question, passages, quotes))
    return found


def measure(name: str, made: Sequence[Case]) -> list[Line]:
    """Measure each kind of lie and of true sentence, and what must never happen, one line each."""
    lies, truths = list(_lied(made)), list(_told(made))
    shown = Line(f"{name}, all", "verify", len(lies) + len(truths), _absolute([*lies, *truths]))
    return [
        *(_line(f"{name}: {kind}", lies, kind, "lies shown", _is_shown) for kind in LIES),
        *(_line(f"{name}: {kind}", truths, kind, "true lost", lambda one: not one.shown) for kind in TRUTHS),
        shown,
    ]


def _is_shown(outcome: Outcome) -> bool:
    """Whether a lie is shown; a statement without its speaker is no lie once the speaker's name is added."""
    mended = outcome.kind == "attribution lost" and all(claim.speaker for claim in outcome.shown)
    return bool(outcome.shown) and not mended


def _line(title: str, outcomes: Sequence[Outcome], kind: str, figure: str, counts: Callable[[Outcome], bool]) -> Line:
    mine = [counts(outcome) for outcome in outcomes if outcome.kind == kind]
    return Line(title, "verify", len(mine), {figure: sum(mine) / len(mine) if mine else 0.0})


def _absolute(outcomes: Sequence[Outcome]) -> dict[str, float]:
    took = sorted(time for outcome in outcomes for time in outcome.took)
    claims = [(claim, outcome.case) for outcome in outcomes for claim in outcome.shown]
    return {
        "not verbatim": float(sum(not _is_verbatim(claim, case) for claim, case in claims)),
        "unsupported": float(sum(not claim.support for claim, _ in claims)),
        "median ms": took[len(took) // 2],
        "p95 ms": took[len(took) * 95 // 100],
    }


def _is_verbatim(claim: Claim, case: Case) -> bool:
    """Whether all quotations are word for word in the cited articles' passages."""
    articles = {article for article, _ in claim.support}
    texts = [hit.passage.text for hit in case.passages if hit.passage.article in articles]
    return all(locate_quotation(words, texts, range(len(texts))) for words in quoted_words(claim.text))


def _lied(made: Sequence[Case]) -> Iterator[Outcome]:
    for case, ground in grounds(made):
        for kind, lie in LIES.items():
            if text := lie(ground):
                yield _written(kind, case, f"{text} [{ground.passage + 1}]")


def _told(made: Sequence[Case]) -> Iterator[Outcome]:
    for case, ground in grounds(made):
        for kind, truth in TRUTHS.items():
            if text := truth(ground):
                yield _written(kind, case, text.replace("#", str(ground.passage + 1)))


def _written(kind: str, case: Case, draft: str) -> Outcome:
    reader, shown, took = SentenceStream(), list[Claim](), list[float]()
    for written in (*reader.feed(draft), *reader.end()):
        started = time.perf_counter()
        ground = Evidence(case.passages, case.question, case.quotes.__getitem__)
        judged = verify_sentences([written], ground, EMBEDDED)[0]
        took.append((time.perf_counter() - started) * 1000)
        if isinstance(judged, Claim):
            shown.append(judged)
    return Outcome(kind, case, draft, shown, took)


def grounds(made: Sequence[Case]) -> Iterator[tuple[Case, DraftEvidence]]:
    """The same sentences in every run."""
    chance = random.Random(11)
    for at, case in enumerate(made):
        fit = [(number, text) for number, hit in enumerate(case.passages) for text in _fit(hit)]
        others = _elsewhere(made, at, chance)
        within = [
            quote
            for hit in case.passages
            for quote in case.quotes[hit.passage.article]
            if hit.passage.start <= quote.quote.start and quote.quote.end <= hit.passage.end
        ]
        for number, text in chance.sample(fit, min(SENTENCES, len(fit))):
            mine = case.passages[number].passage.article
            ordered = sorted(within, key=lambda quote: quote.article != mine)
            yield case, DraftEvidence(text, number, case.passages, ordered, others, chance)


def _elsewhere(made: Sequence[Case], at: int, chance: random.Random) -> list[str]:
    here = {hit.passage.article for hit in made[at].passages}
    hits = [hit for case in chance.sample(list(made), min(12, len(made))) for hit in case.passages]
    return [text for hit in hits if hit.passage.article not in here for text in _fit(hit)][:NOWHERE]


def _fit(hit: Hit) -> list[str]:
    """The sentences of a passage that can stand alone."""
    texts = [" ".join(hit.passage.text[slice(*span)].split()) for span in sentence_spans(hit.passage.text)]
    return [
        text
        for text in texts
        if FEWEST_WORDS <= len(text.split()) <= MOST_WORDS
        and text[-1] in '.”"'
        and text.count("“") == text.count("”")
        and text.count('"') % 2 == 0
    ]
