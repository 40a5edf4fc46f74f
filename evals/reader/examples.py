"""Examples that the reader is trained on and measured with: a question and passages, each sentence labelled."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from retrieval.text.sentences import Span, sentence_spans

GOLD_SHARE = 0.6  # of a gold sentence's word trigrams; a sentence that holds them answers


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """A passage with its sentences as character spans of `text`, and whether each answers.

    `answer` is the span of the answering words, None where the set does not mark it. `rank` is its place in the
    product's search, -1 where the search did not bring it.
    """

    context: str
    text: str
    sentences: tuple[Span, ...]
    labels: tuple[int, ...]
    answer: Span | None = None
    rank: int = -1
    article: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with passages, gold ones and others."""

    source: str
    id: str
    question: str
    answerable: bool
    passages: tuple[LabelledPassage, ...] = field(repr=False)
    kind: str = ""
    slice: int = 0


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write examples as gzipped JSON lines; return how many."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for example in examples:
            out.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
            count += 1
    return count


def read_examples(path: Path) -> list[Example]:
    """Read what `write_examples` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_example(json.loads(line)) for line in lines]


def _example(row: dict[str, object]) -> Example:
    passages = tuple(
        LabelledPassage(
            passage["context"],
            passage["text"],
            tuple((start, end) for start, end in passage["sentences"]),
            tuple(passage["labels"]),
            tuple(passage["answer"]) if passage["answer"] else None,
            passage["rank"],
            passage["article"],
        )
        for passage in row.pop("passages")  # type: ignore[attr-defined]
    )
    return Example(**row, passages=passages)  # type: ignore[arg-type]


def trigrams(text: str) -> set[tuple[str, ...]]:
    """Word trigrams of a text, lower-cased, without punctuation; of a shorter one all of its words as one."""
    words = ["".join(filter(str.isalnum, word)) for word in text.lower().split()]
    words = [word for word in words if word]
    return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))} if words else set()


def holds_gold(text: str, gold: Iterable[set[tuple[str, ...]]]) -> bool:
    """Whether a text holds GOLD_SHARE of the trigrams of any gold sentence."""
    found = trigrams(text)
    return any(wanted and len(wanted & found) >= GOLD_SHARE * len(wanted) for wanted in gold)


def label_passage(context: str, text: str, gold: list[set[tuple[str, ...]]], **facts: object) -> LabelledPassage:
    """Label each sentence of a text by whether it holds a gold sentence, or is the better part of one."""
    spans = tuple(sentence_spans(text))
    labels = tuple(int(_answers(text[slice(*span)], gold)) for span in spans)
    return LabelledPassage(context, text, spans, labels, **facts)  # type: ignore[arg-type]


def _answers(sentence: str, gold: list[set[tuple[str, ...]]]) -> bool:
    found = trigrams(sentence)
    within = len(found) >= 4 and any(len(wanted & found) >= 0.85 * len(found) for wanted in gold)
    return within or holds_gold(sentence, gold)
