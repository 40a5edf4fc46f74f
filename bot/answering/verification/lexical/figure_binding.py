"""Check that the figures of a sentence are in the articles and count the same thing there."""

from collections.abc import Sequence
from functools import lru_cache

from bot.answering.verification.lexical.figures import REMEMBERED, Figure, figures, without_figures
from bot.answering.verification.lexical.weighted_terms import stems
from retrieval.documents import Hit
from retrieval.text.dates import parse_day
from retrieval.text.sentences import sentence_spans

CLEARLY = 2  # more common terms by which another figure of the passage fits better
BESIDE = 4  # content terms on either side of a figure that tell what it counts
Place = tuple[Figure, frozenset[str], frozenset[str]]


def unbound_figure(text: str, hits: Sequence[Hit], question: str) -> str:
    """The first figure that no passage has near the same terms, nor a headline, a date or the question; else empty."""
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
    """Format the dates of publication and update: `2 May 2025; 4 May 2025`."""
    days = [day for written in (hit.published, hit.updated) if (day := parse_day(written))]
    return "; ".join(f"{day.day} {day:%B} {day.year}" for day in days)


@lru_cache(REMEMBERED)
def _places(text: str) -> tuple[Place, ...]:
    """The figures of a text with the terms beside each and all terms of its sentence."""
    texts = (text[slice(*span)] for span in sentence_spans(text))
    return tuple((figure, _beside(own, figure), frozenset(_content(own))) for own in texts for figure in figures(own))


def _is_bound(figure: Figure, beside: frozenset[str], places: Sequence[Place]) -> bool:
    """Whether a passage has the figure near the same terms, and no other figure clearly nearer to them."""
    same = [near for other, near, held in places if figure.agrees(other) and (not beside or beside & held)]
    others = [near for other, near, _ in places if other.value != figure.value and other.kind == figure.kind]
    nearest = max((len(beside & near) for near in same), default=-1)
    return bool(same) and max((len(beside & near) for near in others), default=0) - nearest < CLEARLY


def _beside(text: str, figure: Figure) -> frozenset[str]:
    before, after = _content(text[: figure.start])[-BESIDE:], _content(text[figure.end :])[:BESIDE]
    return frozenset((*before, *after))


def _content(text: str) -> list[str]:
    return stems(without_figures(text))
