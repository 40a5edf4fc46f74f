"""Examples from public sets of reading comprehension and answer sentence selection, with hard negatives by BM25.

Only sets that may be used for what is given away: see LICENCES.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.bm25 import MemoryBM25
from evals.data import Row, rows
from evals.reader.examples import Example, LabelledPassage
from retrieval.text.sentences import Span, sentence_spans

LICENCES = {
    "squad2_dev": "CC BY-SA 4.0",
    "squad1_train_part": "CC BY-SA 4.0",
    "squad2_train_part": "CC BY-SA 4.0",
    "squad_sample_a": "CC BY-SA 4.0",
    "squad_sample_b": "CC BY-SA 4.0",
    "squad_paraphrase": "CC BY-SA 4.0",
    "quoref": "CC BY 4.0",
    "selqa": "Apache-2.0",
    "qed": "CC BY-SA 3.0",
    "expmrc_squad": "CC BY-SA 4.0",
    "hotpotqa": "CC BY-SA 4.0",
}
MAX_CHARACTERS = 1_000  # of a passage; longer contexts are cut at sentence ends
NEGATIVES = 2  # passages a question


def public_examples(data: Path) -> Iterator[Example]:
    """Questions of the public sets, each with its passage and other passages that share words with the question."""
    chance = random.Random(9)
    reading = [row for row in rows(data / "reading/reading.jsonl.gz") if row["set"] in LICENCES]
    chosen = [row for row in rows(data / "reading/selection.jsonl.gz") if row["set"] in LICENCES]
    own = [(row, _from_context(row)) for row in reading] + [(row, _from_sentences(row)) for row in chosen]
    contexts = {passage.text: passage for _, passages in own for passage in passages}
    index = MemoryBM25({text: text for text in contexts})
    for row, passages in own:
        if not passages:
            continue
        kept = _kept(passages, chance)
        wanted = {row["answer"].lower()} if row.get("answer") else set()
        wanted |= {answer["text"].lower() for answer in row.get("answers") or []}
        near = [text for text in index.search(row["question"], 12) if not any(text == other.text for other in passages)]
        free = [text for text in near if not any(answer in text.lower() for answer in wanted)][:6]
        others = [_negative(contexts[text]) for text in chance.sample(free, min(NEGATIVES, len(free)))]
        answerable = any(any(passage.labels) for passage in kept)
        yield Example(row["set"], row["id"], row["question"], answerable, (*kept, *others))


def _kept(passages: Sequence[LabelledPassage], chance: random.Random) -> list[LabelledPassage]:
    """The passages that answer and at most one more of the same text."""
    answering = [passage for passage in passages if any(passage.labels)][:2]
    rest = [passage for passage in passages if not any(passage.labels)]
    return answering + chance.sample(rest, min(1, len(rest)))


def _negative(passage: LabelledPassage) -> LabelledPassage:
    return LabelledPassage(passage.context, passage.text, passage.sentences, (0,) * len(passage.sentences))


def _from_context(row: Row) -> list[LabelledPassage]:
    """Cut a context into passages and label the sentences that an answer lies in."""
    text, answers = row["context"], row.get("answers") or []
    spans = [(item["start"], item["start"] + len(item["text"])) for item in answers]
    if row.get("yes_no") or row["language"] != "en":
        return []
    return [
        _labelled(row.get("title", ""), text, group, spans) for group in _groups(sentence_spans(text), MAX_CHARACTERS)
    ]


def _labelled(title: str, text: str, group: Sequence[Span], answers: Sequence[Span]) -> LabelledPassage:
    start, end = group[0][0], group[-1][1]
    labels = tuple(int(any(span[0] <= a < span[1] for a, _ in answers)) for span in group)
    inside = [(a - start, min(b, end) - start) for a, b in answers if start <= a < end]
    return LabelledPassage(
        title.replace("_", " "),
        text[start:end],
        tuple((a - start, b - start) for a, b in group),
        labels,
        inside[0] if inside else None,
    )


def _from_sentences(row: Row) -> list[LabelledPassage]:
    """Join sentences into passages, by page where a row has several."""
    pages = defaultdict[str, list[tuple[str, int]]](list)
    for at, (sentence, label) in enumerate(zip(row["sentences"], row["labels"], strict=True)):
        if sentence.strip():
            page = row["sources"][at] if row.get("sources") else row.get("title", "")
            pages[page].append((" ".join(sentence.split()), label))
    return [passage for page, items in pages.items() for passage in _joined(page, items)]


def _joined(page: str, items: Sequence[tuple[str, int]]) -> Iterator[LabelledPassage]:
    spans, at = list[Span](), 0
    for sentence, _ in items:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    text, labels = " ".join(sentence for sentence, _ in items), [label for _, label in items]
    for group in _groups(spans, MAX_CHARACTERS):
        start, first = group[0][0], spans.index(group[0])
        yield LabelledPassage(
            page.replace("_", " "),
            text[start : group[-1][1]],
            tuple((a - start, b - start) for a, b in group),
            tuple(labels[first : first + len(group)]),
        )


def _groups(spans: Sequence[Span], size: int) -> Iterator[list[Span]]:
    group: list[Span] = []
    for span in spans:
        if group and span[1] - group[0][0] > size:
            yield group
            group = []
        group.append(span)
    if group:
        yield group
