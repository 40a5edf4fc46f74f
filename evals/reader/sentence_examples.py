"""Examples of single sentences: those that answer, those around them, and those that share words with the question."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.formatting import format_date
from evals.bm25 import MemoryBM25
from evals.data import Row, rows
from evals.reader.asked_examples import PASSED_OVER
from evals.reader.examples import Example, LabelledPassage, holds_gold, trigrams
from evals.reader.news_examples import news_question_rows
from retrieval.text.sentences import sentence_spans

NEAR, AROUND = 16, 2  # sentences that share words with the question; sentences before and after one that answers
MIN_SENTENCE, MAX_SENTENCE = 15, 700  # characters


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article, and its context: the article's headline and day."""

    article: str
    at: int
    context: str
    text: str


def sentence_examples(data: Path) -> Iterator[Example]:
    """The questions of `asked` and those over news, of each the sentences; follow-ups need more than one sentence."""
    asked = [row for row in rows(data / "asked/questions.jsonl") if row["kind"] not in PASSED_OVER]
    yield from _examples(asked, sentences_of(rows(data / "asked/articles.jsonl.gz")))
    written = news_question_rows(data)
    kept = {key for row in written for key in row["cluster"]}
    found = sentences_of(row for row in rows(data / "news/articles.jsonl.gz") if row["id"] in kept)
    clusters: dict[tuple[str, ...], list[Row]] = {}
    for row in written:
        clusters.setdefault(tuple(row["cluster"]), []).append(row)
    for cluster, questions in clusters.items():
        yield from _examples(questions, {key: found[key] for key in cluster if key in found})


def sentences_of(articles: Iterable[Row]) -> dict[str, list[Sentence]]:
    """The sentences of articles by the id of the article."""
    found = dict[str, list[Sentence]]()
    for row in articles:
        day = format_date((row.get("date") or "").replace("/", "-"))
        context = " · ".join(part for part in (row.get("title"), day) if part)
        texts = [" ".join(row["text"][start:end].split()) for start, end in sentence_spans(row["text"])]
        kept = [text for text in texts if MIN_SENTENCE <= len(text) <= MAX_SENTENCE]
        found[row["id"]] = [Sentence(row["id"], at, context, text) for at, text in enumerate(kept)]
    return found


def _examples(questions: list[Row], articles: dict[str, list[Sentence]]) -> Iterator[Example]:
    index = MemoryBM25({f"{one.article} {one.at}": one.text for found in articles.values() for one in found})
    for row in questions:
        if not row.get("history"):
            passages = tuple(_labelled(row, articles, index))
            if passages:
                number = row.get("slice", 0)
                yield Example(
                    "sentences", row["id"], row["question"], row["answerable"], passages, row["kind"], slice=number
                )


def _labelled(row: Row, articles: dict[str, list[Sentence]], index: MemoryBM25) -> Iterator[LabelledPassage]:
    golds = row.get("sentences") or []
    gold = [trigrams(item["text"]) for item in golds]
    own = [one for key in {item["article"] for item in golds} for one in articles.get(key, [])]
    right = [one for one in own if holds_gold(one.text, gold)]
    around = [one for one in own if any(_is_around(one, other) for other in right)]
    near = (articles[key][int(at)] for key, at in (found.split() for found in index.search(row["question"], NEAR)))
    ranked = dict.fromkeys([*right, *around, *near])
    for rank, one in enumerate(ranked):
        labels = (int(holds_gold(one.text, gold)),)
        yield LabelledPassage(one.context, one.text, ((0, len(one.text)),), labels, rank=rank, article=one.article)


def _is_around(one: Sentence, other: Sentence) -> bool:
    return one.article == other.article and 0 < abs(one.at - other.at) <= AROUND
