"""Extractive answers: the articles' own sentences, chosen for the question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.messages import Claim
from bot.answering.verification.prompt_injection import is_injected
from bot.formatting import format_date
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Hit
from retrieval.search.deduplication import NUMBER_TERMS, figures_conflict, overlap, shingles
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

MAX_HITS = 8
MAX_CLAIMS = 4
MIN_SCORE_RATIO = 0.72  # of the best sentence's score; less is not worth a second one
MAX_WITH_CONTEXT = 450  # characters of a sentence and the one it leans on
DUPLICATE_OVERLAP = 0.6  # share of shingles; more is a repetition
CONTEXT_WEIGHT = 0.35  # what a question term in the headline, the heading or the sentence before counts
RANK_WEIGHT = 0.25  # what the passage's place among the hits counts
ANSWER_TYPE_WEIGHT = 0.25  # what the right kind of answer counts: a figure for "how many", a name for "who"
UNCLEAR_PENALTY = 0.15  # what a start that leans on the sentence before costs

_LEANING = re.compile(
    r"(?:he|she|it|they|his|her|its|their|this|that|these|those|such|but|and|so|then|also|however|meanwhile|instead|"
    r"the (?:former|latter))\b",
    re.IGNORECASE,
)
_KINDS = (
    (
        r"\bhow (?:many|much|old|long|far|often|big|large|tall)\b|\bwhat (?:percentage|number|share|year|age)\b",
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion)s?\b",
    ),
    (
        r"\bwhen\b|\bwhat (?:day|date|time|month)\b",
        r"\b(?:\d{4}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|"
        r"september|october|november|december|yesterday|today|tomorrow|last|next|ago|night|morning)\b",
    ),
    (r"\bwhy\b", r"\b(?:because|due to|since|after|so that|in order to|reason|amid|over|to)\b"),
)
_HOW_MANY = re.compile(r"\bhow many (\w+)", re.IGNORECASE)
_WHO = re.compile(r"\b(?:who|whom|whose|which|what (?:is|was) the name|name)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?“\"] )(?<!^)\b[A-Z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class SentenceCandidate:
    """A sentence that may become a claim, and its score."""

    hit: Hit
    article: Article
    span: Span
    score: float

    @property
    def text(self) -> str:
        return " ".join(self.article.text[slice(*self.span)].split())

    @property
    def day(self) -> str:
        return self.article.published[:10]


def extract_sentences(question: str, asked: ParsedQuestion, hits: Sequence[Hit], catalog: CatalogReader) -> list[Claim]:
    """Extract one to four sentences as claims, best first; none where no sentence fits.

    Sentences of different days are in order of date, each with its date, because early reports may have been corrected
    since. Where the question asks for the latest, the newest comes first.
    """
    chosen = _in_time(_choose(_all_candidates(question, asked, hits, catalog)), latest=asked.wants_latest)
    return [Claim(text, ((found.article.id, found.span),)) for text, found in zip(_told(chosen), chosen, strict=True)]


def _all_candidates(
    question: str, asked: ParsedQuestion, hits: Sequence[Hit], catalog: CatalogReader
) -> list[SentenceCandidate]:
    return [
        candidate
        for place, hit in enumerate(hits[:MAX_HITS])
        for candidate in _candidates(question, asked, hit, catalog, 1 - place / MAX_HITS)
    ]


def _candidates(
    question: str, asked: ParsedQuestion, hit: Hit, catalog: CatalogReader, place: float
) -> Iterator[SentenceCandidate]:
    article = catalog.article(hit.passage.article)
    spans = _sentences_around(article.text, hit, catalog)
    around, before = set(terms(f"{hit.title} {hit.passage.heading}")), set[str]()
    for at, span in enumerate(spans):
        text = article.text[slice(*span)]
        score = 0.0 if is_injected(article.text, span) else _fit(question, asked, text, around | before)
        before = set(terms(text))
        if score > 0:
            start = _clear_start(article.text, spans, at)
            yield SentenceCandidate(hit, article, (start, span[1]), score + RANK_WEIGHT * place)


def _sentences_around(text: str, hit: Hit, catalog: CatalogReader) -> list[Span]:
    """The sentences of the passage and of the paragraphs it begins and ends in: a quotation may cross a passage's end.

    They are taken from the neighbouring passages, so that nothing but the article's body is among them.
    """
    breaks = [match.span() for match in re.finditer(r"\n\s*\n", text)]
    start = max([end for _, end in breaks if end <= hit.passage.start], default=0)
    end = min([begin for begin, _ in breaks if begin >= hit.passage.end], default=len(text))
    around = catalog.neighbouring_passages(hit.passage)
    spans = [span for passage in around for span in sentence_spans(text, passage.start, passage.end)]
    return [span for span in spans if start <= span[0] and span[1] <= end]


def _clear_start(text: str, spans: Sequence[Span], at: int) -> int:
    """Start a sentence earlier, in the same paragraph, where this one leans on it."""
    start, end = spans[at]
    if at == 0 or not _LEANING.match(text[start:end]):
        return start
    earlier = spans[at - 1]
    apart = re.search(r"\n\s*\n", text[earlier[1] : start])
    return start if apart or end - earlier[0] > MAX_WITH_CONTEXT else earlier[0]


def _fit(question: str, asked: ParsedQuestion, text: str, around: set[str]) -> float:
    score = _covered(asked, set(terms(text)), around)
    score += ANSWER_TYPE_WEIGHT * _right_kind(question, asked, text)
    if _LEANING.match(text.lstrip("“\"'‘")):
        score -= UNCLEAR_PENALTY
    if len(text) < 40 or text.endswith("?"):
        score -= UNCLEAR_PENALTY
    return score


def _covered(asked: ParsedQuestion, inside: set[str], around: set[str]) -> float:
    total = sum(
        weight * (1.0 if term in inside else CONTEXT_WEIGHT if term in around else 0.0)
        for term, weight in asked.idf.items()
    )
    return total / asked.total_idf


def _right_kind(question: str, asked: ParsedQuestion, text: str) -> float:
    if counted := _HOW_MANY.search(question):
        return _counts(terms(counted[1]), terms(text))
    for wanted, given in _KINDS:
        if re.search(wanted, question, re.IGNORECASE):
            return 1.0 if re.search(r"\d", text) else 0.7 * bool(re.search(given, text, re.IGNORECASE))
    if _WHO.search(question):
        fresh = [name for name in _NAME.findall(text) if not set(terms(name)) <= set(asked.terms)]
        return float(bool(fresh))
    return 0.0


def _counts(counted: Sequence[str], words: Sequence[str]) -> float:
    """1 where a number stands right before what is counted, as in `69 drones`, a half where there is any figure."""
    for at, word in enumerate(words):
        if word in counted and any(near[0].isdigit() or near in NUMBER_TERMS for near in words[max(0, at - 3) : at]):
            return 1.0
    return 0.5 * any(word[0].isdigit() for word in words)


def _choose(candidates: Sequence[SentenceCandidate]) -> list[SentenceCandidate]:
    """The best ones that say something new."""
    chosen: list[SentenceCandidate] = []
    for candidate in sorted(candidates, key=lambda item: -item.score):
        if len(chosen) == MAX_CLAIMS or (chosen and candidate.score < MIN_SCORE_RATIO * chosen[0].score):
            break
        if not any(_repeats(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def _in_time(chosen: Sequence[SentenceCandidate], *, latest: bool) -> Sequence[SentenceCandidate]:
    """Of several days the oldest first, unless the latest is asked for; what has no day comes last."""
    if len({found.day for found in chosen}) == 1:
        return chosen
    dated = sorted((found for found in chosen if found.day), key=_published, reverse=latest)
    return [*dated, *(found for found in chosen if not found.day)]


def _told(chosen: Sequence[SentenceCandidate]) -> list[str]:
    """The sentences, with their day where they are of several and the one before has not told it."""
    days = [found.day for found in chosen]
    is_news = [len(set(days)) > 1 and found != before for found, before in zip(days, ["", *days], strict=False)]
    return [
        f"On {format_date(found.day)}: {found.text}" if new and found.day else found.text
        for found, new in zip(chosen, is_news, strict=True)
    ]


def _published(candidate: SentenceCandidate) -> str:
    return candidate.article.published


def _repeats(one: SentenceCandidate, other: SentenceCandidate) -> bool:
    """Nearly the same words without another figure in them, or the very same place."""
    if _crosses(one, other):
        return True
    return overlap(shingles(one.text), shingles(other.text)) >= DUPLICATE_OVERLAP and not figures_conflict(
        one.text, other.text
    )


def _crosses(one: SentenceCandidate, other: SentenceCandidate) -> bool:
    return one.article.id == other.article.id and one.span[0] < other.span[1] and other.span[0] < one.span[1]
