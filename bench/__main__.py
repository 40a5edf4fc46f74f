"""Run the benchmark: `python -m bench --data FOLDER [--articles 6000] [--ingest 150]`."""

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path

from bench.clock import call_milliseconds, command_seconds, peak_megabytes, percentile
from bench.plain import PlainChroma
from bench.streaming import streaming
from evals.data import news_articles, rows
from evals.systems import build
from retrieval.documents import Article, indexed_text
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search

QUESTION = "What did Rubio say about concessions?"
STREAMED = 60  # questions whose answers are streamed


def main() -> None:
    """Measure ingest, search and whole commands; print one line for each measure."""
    options, model = _options(), MiniLM()
    _commands()
    _ingest(options, model)
    _searches(options, model)
    _streaming(options, model)
    print(f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of the indexes that evals keeps")
    parser.add_argument("--articles", type=int, default=6000, help="size of the index that is searched")
    parser.add_argument("--ingest", type=int, default=150, help="articles that are ingested")
    return parser.parse_args()


def _line(name: str, value: float, unit: str) -> None:
    print(f"{name:<62}{value:>10.2f} {unit}", flush=True)


def _commands() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _line("onrecord --help", command_seconds(["--help"]), "s")
        _line(
            "onrecord ask, first time (six articles indexed)",
            command_seconds(["--data", folder, "ask", QUESTION], 1),
            "s",
        )
        _line("onrecord ask, then", command_seconds(["--data", folder, "ask", QUESTION]), "s")


def _ingest(options: argparse.Namespace, model: MiniLM) -> None:
    """Measure our ingest, the bare embedding model on the same texts, and a plain pipeline."""
    every = [item for item in news_articles(options.data, 6000) if isinstance(item, Article)]
    articles = every[:: max(1, len(every) // options.ingest)][: options.ingest]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), lambda: model) as store:
        started = time.perf_counter()
        indexer.add_articles(store, articles)
        indexer.index_pending(store)
        ours = time.perf_counter() - started
        keys = store.catalog.passage_ids_of(store.catalog.article_ids())
        texts = [indexed_text(hit) for hit in store.catalog.hits(keys).values()]
    started = time.perf_counter()
    model.embed(texts)
    bare = time.perf_counter() - started
    chunks, plain = PlainChroma(model).add([article.text for article in articles])
    _line(f"ingest, bare embedding model, {len(texts)} passages", len(texts) / bare, "passages/s")
    _line(f"ingest, OnRecord, {len(articles)} articles", len(texts) / ours, "passages/s")
    _line("ingest, OnRecord's share of the bare model's rate", bare / ours, "")
    _line(f"ingest, plain LangChain + Chroma, {chunks} chunks", chunks / plain, "chunks/s")
    _line("articles/s, OnRecord", len(articles) / ours, "")
    _line("articles/s, plain LangChain + Chroma", len(articles) / plain, "")


def _searches(options: argparse.Namespace, model: MiniLM) -> None:
    questions = [row["question"] for row in rows(options.data / "news/questions.jsonl")]
    folder = options.work / f"news-{options.articles}"
    with build(folder, model, news_articles(options.data, options.articles)) as store:
        search = Search(store)
        share = pending.index_coverage(store.catalog)
        call_milliseconds(search, questions[:20])
        spent = call_milliseconds(search, questions)
        name = f"search, {share.articles} articles, {share.passages} passages"
        _line(f"{name}, p50", percentile(spent, 0.5), "ms")
        _line(f"{name}, p95", percentile(spent, 0.95), "ms")
        _line("peak memory of the searching process", peak_megabytes(), "MB")


def _streaming(options: argparse.Namespace, model: MiniLM) -> None:
    questions = [row["question"] for row in rows(options.data / "news/questions.jsonl")][:STREAMED]
    folder = options.work / f"news-{options.articles}"
    with build(folder, model, news_articles(options.data, options.articles)) as store:
        for name, (value, unit) in streaming(store, questions, folder).items():
            _line(name, value, unit)


if __name__ == "__main__":
    main()
