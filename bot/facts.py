"""Whether the figures of a sentence are the articles', and count there what they count here."""

from collections.abc import Sequence

from bot.figures import Figure, figures, without_figures
from bot.meaning import stems
from retrieval.dates import day_of
from retrieval.documents import Hit
from retrieval.sentences import sentences

BESIDE = 4  # content terms on either side of a figure that say what it counts


def unbound_figure(text: str, hits: Sequence[Hit], question: str) -> str:
    """The first figure that neither a passage has near the same words, nor its headline, its day or the question."""
    free = [question, *(fact for hit in hits for fact in (hit.title, hit.passage.heading, hit.outlet, days(hit)))]
    given = [figure for fact in free for figure in figures(fact)]
    stretches = [stretch for hit in hits for stretch in _stretches(hit.passage.text)]
    for figure in figures(text):
        beside = _beside(text, figure)
        if any(figure.agrees(other) for other in given) or any(_has(stretch, figure, beside) for stretch in stretches):
            continue
        return text[figure.start : figure.end]
    return ""


def days(hit: Hit) -> str:
    """The days of publication: `2 May 2025; 4 May 2025`."""
    days = [day for written in (hit.published, hit.updated) if (day := day_of(written))]
    return "; ".join(f"{day.day} {day:%B} {day.year}" for day in days)


def _stretches(text: str) -> list[tuple[list[Figure], frozenset[str]]]:
    """The figures and the terms of each sentence."""
    texts = (text[slice(*span)] for span in sentences(text))
    return [(figures(own), frozenset(_content(own))) for own in texts]


def _has(stretch: tuple[list[Figure], frozenset[str]], figure: Figure, beside: frozenset[str]) -> bool:
    found, held = stretch
    return any(figure.agrees(other) for other in found) and (not beside or bool(beside & held))


def _beside(text: str, figure: Figure) -> frozenset[str]:
    before, after = _content(text[: figure.start])[-BESIDE:], _content(text[figure.end :])[:BESIDE]
    return frozenset((*before, *after))


def _content(text: str) -> list[str]:
    return stems(without_figures(text))
