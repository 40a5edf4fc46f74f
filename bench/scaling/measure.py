"""Measure one index size, each part in its own process."""

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TypeVar

import psutil

from bench.clock import call_milliseconds, peak_megabytes, percentile
from bench.scaling.articles import REAL, articles, segmented_articles
from bench.scaling.embedding import SyntheticEmbeddings
from evals.data import rows
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search

AT_ONCE = 1_000  # articles between two times that the indexes catch up
WARM = 30  # questions
THREADS = 8
FROM = {"news": "news/questions.jsonl", "whose words": "quotes/questions.jsonl"}
PARTS = {"catalog": "catalog.db*", "words": "words/*", "vectors": "vectors/**/*", "kept vectors": "embeddings.db*"}

Figures = dict[str, float]
T = TypeVar("T")


def measure_ingest(folder: Path, data: Path, first: int, last: int) -> Figures:
    """Ingest the articles between two numbers with every step but the embedding model, and time it."""
    taken = caught = 0.0
    with Store(folder, SyntheticEmbeddings) as store:
        before = pending.index_coverage(store.catalog).passages
        for batch in _batches(articles(data, first, last)):
            started = time.perf_counter()
            indexer.add_articles(store, batch)
            middle = time.perf_counter()
            indexer.index_pending(store)
            taken, caught = taken + middle - started, caught + time.perf_counter() - middle
        passages = pending.index_coverage(store.catalog).passages - before
    return {
        "ingest, articles/s": (last - first) / (taken + caught),
        "ingest, passages/s": passages / (taken + caught),
        "ingest, cutting and catalog, an article": taken / (last - first) * 1000,
        "ingest, words and vectors, a passage": caught / passages * 1000,
        "ingest, peak memory": peak_megabytes(),
    }


def build_index(folder: Path, data: Path, first: int, last: int) -> Figures:
    """Build an index without timing; known quotes of the real articles spare attribution in the reshuffled ones."""
    with Store(folder, SyntheticEmbeddings) as store:
        indexer.add_articles(store, articles(data, first, min(last, REAL)))
        for batch in _batches(segmented_articles(data, store.catalog, max(first, REAL), max(last, REAL))):
            store.catalog.save_articles(batch)
        indexer.index_pending(store)
    return {}


def measure_search(folder: Path, data: Path) -> Figures:
    """Search one question after the other, then from several threads."""
    real = MiniLM()
    with Store(folder, lambda: SyntheticEmbeddings(real)) as store:
        search, share = Search(store), pending.index_coverage(store.catalog)
        asked = {name: [row["question"] for row in rows(data / path)] for name, path in FROM.items()}
        started = time.perf_counter()
        search(asked["news"][0])
        figures: Figures = {
            "articles": share.articles,
            "passages": share.passages,
            "search, first question": time.perf_counter() - started,
        }
        for name, questions in asked.items():
            call_milliseconds(search, questions[:WARM])
            spent = call_milliseconds(search, questions)
            figures |= {f"search, {name}, p{at}": percentile(spent, at / 100) for at in (50, 95)}
        figures |= _side_by_side(search, asked["news"])
        memory = psutil.Process().memory_full_info()
        figures |= {"search, memory": memory.rss / 2**20, "search, memory of its own": memory.uss / 2**20}
        search.close()
    return figures | _disk(folder)


def copy_index(folder: Path, to: Path) -> Path:
    """Copy an index, for changes that are not to be kept."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    return to


def _side_by_side(search: Search, questions: Sequence[str]) -> Figures:
    started, spent = time.perf_counter(), list[float]()
    with ThreadPoolExecutor(THREADS) as pool:
        for one in pool.map(lambda question: call_milliseconds(search, [question]), questions):
            spent += one
    rate = len(questions) / (time.perf_counter() - started)
    return {f"search, {THREADS} threads, p95": percentile(spent, 0.95), f"search, {THREADS} threads, a second": rate}


def _disk(folder: Path) -> Figures:
    sizes = {name: _megabytes(folder.glob(pattern)) for name, pattern in PARTS.items()}
    return {"disk": sum(sizes.values())} | {f"disk, {name}": size for name, size in sizes.items()}


def _megabytes(paths: Iterable[Path]) -> float:
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, AT_ONCE)):
        yield batch
