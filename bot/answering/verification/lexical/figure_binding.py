"""Whether the figures of a sentence are the articles', and count there what they count here."""

from collections.abc import Sequence
from functools import lru_cache

from bot.answering.verification.lexical.figures import REMEMBERED, Figure, figures, without_figures
from bot.answering.verification.lexical.weighted_terms import stems
from retrieval.documents import Hit
from retrieval.text.dates import parse_day
from retrieval.text.sentences import sentence_spans

CLEARLY = 2  # terms more that another figure has beside it
BESIDE = 4  # content terms on either side of a figure that say what it counts
Place = tuple[Figure, frozenset[str], frozenset[str]]


def unbound_figure(text: str, hits: Sequence[Hit], question: str) -> str:
    """The first figure that neither a passage has near the same words, nor its headline, its day or the question."""
    free = [
        question,
        *(fact for hit in hits for fact in (hit.title, hit.passage.heading, hit.outlet, publication_dates(hit))),
    ]
    given = [figure for fact in free for figure in figures(fact)]
    places = [place for hit in hits for place in _places(hit.passage.text)]
    for figure in figures(text):
        if any(figure.agrees(other) for other in given) or _is_bound(figure, _beside(text, figure), places):
            continue
        return text[figure.start : figure.end]
    return ""


def publication_dates(hit: Hit) -> str:
    """The days of publication: `2 May 2025; 4 May 2025`."""
    days = [day for written in (hit.published, hit.updated) if (day := parse_day(written))]
    return "; ".join(f"{day.day} {day:%B} {day.year}" for day in days)


@lru_cache(REMEMBERED)
def _places(text: str) -> tuple[Place, ...]:
    """The figures of a text with what stands beside each, and all that its sentence says."""
    texts = (text[slice(*span)] for span in sentence_spans(text))
    return tuple((figure, _beside(own, figure), frozenset(_content(own))) for own in texts for figure in figures(own))


def _is_bound(figure: Figure, beside: frozenset[str], places: Sequence[Place]) -> bool:
    """Whether a passage has the figure near the same words, and no other figure nearer to them."""
    same = [near for other, near, held in places if figure.agrees(other) and (not beside or beside & held)]
    others = [near for other, near, _ in places if other.value != figure.value and other.kind == figure.kind]
    nearest = max((len(beside & near) for near in same), default=-1)
    return bool(same) and max((len(beside & near) for near in others), default=0) - nearest < CLEARLY


def _beside(text: str, figure: Figure) -> frozenset[str]:
    before, after = _content(text[: figure.start])[-BESIDE:], _content(text[figure.end :])[:BESIDE]
    return frozenset((*before, *after))


def _content(text: str) -> list[str]:
    return stems(without_figures(text))
