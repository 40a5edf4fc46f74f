"""Measure retrieval on news quizzes, quotations, and questions whose evidence is in several articles."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from evals.data import Row, rows
from evals.systems import System, systems
from evals.table import Line, mean
from retrieval.documents import Hit
from retrieval.index.pending import index_coverage
from retrieval.index.store import Store
from retrieval.text.dates import parse_day

TEN = 10
HALF = 0.5  # of a quotation must lie in a passage for the passage to hold it

Judge = Callable[[Row, Hit], bool]


def news(data: Path, store: Store) -> list[Line]:
    """hit@k and MRR over articles, because `gold` names articles: further passages of one article do not count."""
    questions = rows(data / "news/questions.jsonl")
    name = f"news, {_articles(store)} articles"
    return _ranked(
        name, questions, "question", store, lambda row, hit: hit.passage.article in row["gold"], by_article=True
    )


def quotes(data: Path, store: Store) -> list[Line]:
    """hit@k over passages; a hit holds at least half of a gold quotation."""
    questions = rows(data / "quotes/questions.jsonl")
    return _ranked("quotes", questions, "question", store, _holds_quote, by_article=False)


def multihop(data: Path, store: Store) -> list[Line]:
    """Share of a question's evidence sentences among the first ten."""
    questions = [row for row in rows(data / "multihop/queries.jsonl") if row["gold"]]
    lines = []
    for system, search in _without_dates(store).items():
        shares = []
        for row in questions:
            found = {hit.passage.article for hit in search(row["query"], None)[:TEN]}
            shares.append(len(found & set(row["gold"])) / len(set(row["gold"])))
        lines.append(Line("multihop", system, len(questions), {"recall@10": mean(shares)}))
    return lines


def _ranked(name: str, questions: list[Row], key: str, store: Store, judge: Judge, *, by_article: bool) -> list[Line]:
    lines = []
    compared = systems(store) if any("date" in row for row in questions) else _without_dates(store)
    for system, search in compared.items():
        search(questions[0][key], None)
        started = time.perf_counter()
        ranks = [
            _rank(search(row[key], parse_day(row.get("date"))), row, judge, by_article=by_article) for row in questions
        ]
        spent = (time.perf_counter() - started) / len(questions) * 1000
        lines.append(Line(name, system, len(questions), _figures(ranks) | {"ms": spent}))
    return lines


def _without_dates(store: Store) -> dict[str, System]:
    return {name: system for name, system in systems(store).items() if "day" not in name}


def _rank(hits: Sequence[Hit], row: Row, judge: Judge, *, by_article: bool) -> int:
    """The rank of the first right hit, 0 if it is not among ten."""
    if by_article:
        firsts = dict[str, Hit]()
        for hit in hits:
            firsts.setdefault(hit.passage.article, hit)
        hits = list(firsts.values())
    return next((place for place, hit in enumerate(hits[:TEN], 1) if judge(row, hit)), 0)


def _figures(ranks: Sequence[int]) -> dict[str, float]:
    hits = {f"hit@{depth}": mean([0 < rank <= depth for rank in ranks]) for depth in (1, 5, TEN)}
    return hits | {"MRR@10": mean([1 / rank if rank else 0.0 for rank in ranks])}


def _holds_quote(row: Row, hit: Hit) -> bool:
    for gold in row["gold"]:
        start, end = gold["span"]
        shared = min(hit.passage.end, end) - max(hit.passage.start, start)
        if hit.passage.article == gold["article"] and shared >= HALF * (end - start):
            return True
    return False


def _articles(store: Store) -> int:
    return index_coverage(store.catalog).articles
