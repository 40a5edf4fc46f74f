"""Examples from readers' questions: what the product's search brings for each, and the passages that answer."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.answering.reading.following import FOLLOWS
from bot.answering.reading.read_sentences import passage_context
from evals.data import Row, rows
from evals.reader.examples import Example, LabelledPassage, label_passage, trigrams
from retrieval.documents import Hit
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search

HITS, EARLIER = 12, 2  # passages; questions before a follow-up
OTHERS, FOLLOW_UP_OTHERS = 2, 8  # passages of the gold article that the search did not bring; a follow-up stays with it
MAX_SHORT_ANSWER = 60  # characters
PASSED_OVER = ("small-talk", "language")  # neither is for an English reader


def asked_examples(data: Path, store: Store) -> Iterator[Example]:
    """The questions of `asked` that an English reader can answer."""
    questions = [row for row in rows(data / "asked/questions.jsonl") if row["kind"] not in PASSED_OVER]
    return examples_of(questions, store, "asked")


def examples_of(questions: Iterable[Row], store: Store, source: str) -> Iterator[Example]:
    """Questions with the search's hits, gold passages and other passages of gold articles."""
    search, chance = Search(store), random.Random(5)
    by_article = _passages_by_article(store)
    return (_example(row, source, search, by_article, chance) for row in questions)


def reader_question(row: Row) -> str:
    """The question as the reader gets it: a follow-up after the questions before it."""
    return FOLLOWS.join([*(row.get("history") or [])[-EARLIER:], row["question"]])


def _example(row: Row, source: str, search: Search, by_article: dict[str, list[Hit]], chance: random.Random) -> Example:
    today = date.fromisoformat(row["today"]) if row.get("today") else None
    query = " ".join([*(row.get("history") or [])[-EARLIER:], row["question"]])
    found = search(query, HITS, today=today)
    hits = (*found.hits, *found.nearest)
    golds = row.get("sentences") or []
    gold = [trigrams(item["text"]) for item in golds]
    ranked = {hit.passage.id: at for at, hit in enumerate(hits)}
    answer = _short_answer(row)
    passages = [labelled_hit(hit, gold, at, answer) for at, hit in enumerate(hits)]
    others = [
        hit
        for key in {item["article"] for item in golds}
        for hit in by_article.get(key, [])
        if hit.passage.id not in ranked
    ]
    labelled = [labelled_hit(hit, gold, -1, answer) for hit in others]
    passages += [passage for passage in labelled if any(passage.labels)]
    rest = [passage for passage in labelled if not any(passage.labels)]
    passages += chance.sample(rest, min(FOLLOW_UP_OTHERS if row.get("history") else OTHERS, len(rest)))
    return Example(
        source, row["id"], reader_question(row), row["answerable"], tuple(passages), row["kind"], row.get("slice", 0)
    )


def _short_answer(row: Row) -> str:
    """The answer in words that may stand in a sentence, without its full stop; empty where it is long."""
    answer = str(row.get("answer") or "").strip().rstrip(".").lower()
    return answer if len(answer) <= MAX_SHORT_ANSWER else ""


def labelled_hit(hit: Hit, gold: list[set[tuple[str, ...]]], rank: int, answer: str = "") -> LabelledPassage:
    """Label a passage; the answering words are marked where a sentence that answers has them word for word."""
    text = hit.passage.text
    found = label_passage(passage_context(hit), text, gold, rank=rank, article=hit.passage.article)
    for (start, end), label in zip(found.sentences, found.labels, strict=True):
        at = text.lower().find(answer, start, end) if label and answer else -1
        if at >= 0:
            return replace(found, answer=(at, at + len(answer)))
    return found


def _passages_by_article(store: Store) -> dict[str, list[Hit]]:
    """All passages by the id that their article has in the set."""
    keys = store.catalog.passage_ids_of(store.catalog.article_ids())
    found: dict[str, list[Hit]] = {}
    for hit in store.catalog.hits(keys).values():
        found.setdefault(hit.passage.article, []).append(hit)
    return found
