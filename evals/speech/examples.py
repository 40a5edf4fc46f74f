"""Attributions of news articles that were read one by one: does somebody communicate the content?

The file holds no text of the articles but where it is. `label` is `words`, `thought`, `deed`, `nothing` (a heading, a
broken cut) or `negated` (denied, asked, supposed: a matter of modality, left out here); `slice` 8 is held out.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from evals.data import Row, rows
from evals.modality.examples import (
    FOLDER,
    Example,
    Sentence,
    contextd_attributions,
    fitting_attributions,
    read_sentences,
)
from retrieval.quotes.modality.speech_detection import speech_features

LABELS = Path(__file__).parent / "labels.jsonl.gz"
SENTENCES = Path(__file__).parent / "sentences.jsonl"
HELD_OUT = 8


def speech_examples(data: Path) -> Iterator[tuple[Row, Example]]:
    """The labelled attributions that the quote network finds as they were read; the class 0 is that of words."""
    articles = {row["id"]: row["text"] for row in rows(data / "news/articles.jsonl.gz")}
    labelled = sorted((row for row in rows(LABELS) if row["label"] != "negated"), key=itemgetter("article"))
    for key, found in groupby(labelled, itemgetter("article")):
        wanted, text = {_place(row["cue"], row["content"]): row for row in found}, articles[key]
        for item, context in contextd_attributions(text):
            if row := wanted.get(_place(item.cue, item.content)):
                yield row, Example(speech_features(text, item, context), int(row["label"] != "words"))


def own_examples() -> Iterator[Example]:
    """Sentences of our own: words and deeds; words that are denied, asked or supposed are words all the same."""
    marked = [(row["text"], row["is_words"]) for row in rows(SENTENCES)]
    marked += [(sentence.marked, True) for sentence in read_sentences(FOLDER / "sentences.jsonl")]
    for text, is_words in marked:
        sentence = Sentence(text, "said")
        for item, context in fitting_attributions(sentence):
            yield Example(speech_features(sentence.text, item, context), int(not is_words))


def _place(cue: Sequence[int] | None, content: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Where an attribution stands, alike for spans that are lists and spans that are tuples."""
    return tuple(cue or ()), *map(tuple, content)
