"""Compare: `python -m bench.peers run --data FOLDER [--articles 1500] [--ingest 150] [--only NAME ...]`."""

import argparse
import json
import time
from importlib.metadata import version
from pathlib import Path

from bench.machine import describe_machine
from bench.peers.abstaining import abstaining
from bench.peers.environment import pinned_versions
from bench.peers.measure import Figures, Sets, measure
from bench.peers.process import ROOT
from bench.peers.systems import SYSTEMS
from bench.peers.table import replace_section, table
from evals.data import news_rows, rows

PAGE = ROOT / "docs/benchmarks.md"
NAMED = {
    "langchain": ("langchain-core", "langchain-classic", "langchain-community", "langchain-chroma", "chromadb"),
    "llamaindex": ("llama-index-core", "llama-index-retrievers-bm25"),
    "haystack": ("haystack-ai",),
    "txtai": ("txtai", "torch"),
}


def main() -> None:
    """Measure one system after the other; results are stored, so that one can be measured again."""
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    sets, kept = _sets(options), options.work / f"figures-{options.articles}-{options.ingest}.json"
    measured: dict[str, Figures] = json.loads(kept.read_text()) if kept.exists() else {}
    for system in SYSTEMS:
        if not options.only or system.key in options.only:
            print(system.name, flush=True)
            measured[system.name] = measured.get(system.name, {}) | measure(system, sets, options.work)
            kept.write_text(json.dumps(measured))
    if not options.only or "abstaining" in options.only:
        measured.setdefault("OnRecord", {}).update(abstaining(options.data, options.work))
        kept.write_text(json.dumps(measured))
    figures = table({system.name: measured[system.name] for system in SYSTEMS if system.name in measured})
    print(figures)
    replace_section(PAGE, f"{figures}\n\n{_surroundings(options, sets)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("run", choices=["run"])
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals/peers"), help="environments, vectors, figures")
    parser.add_argument("--articles", type=int, default=1500, help="news articles, all gold ones among them")
    parser.add_argument("--ingest", type=int, default=150, help="of them, articles whose ingest is timed")
    parser.add_argument("--only", nargs="*", choices=[*(system.key for system in SYSTEMS), "abstaining"], default=[])
    return parser.parse_args()


def _sets(options: argparse.Namespace) -> Sets:
    news = news_rows(options.data, options.articles)
    return Sets(
        news=news,
        timed=news[:: max(1, len(news) // options.ingest)][: options.ingest],
        news_questions=rows(options.data / "news/questions.jsonl"),
        quotes=rows(options.data / "quotes/articles.jsonl.gz"),
        quote_questions=rows(options.data / "quotes/questions.jsonl"),
    )


def _surroundings(options: argparse.Namespace, sets: Sets) -> str:
    """Record the date, machine, versions and command of a run."""
    versions = ", ".join(f"{name} {pinned_versions(folder)[name]}" for folder, names in NAMED.items() for name in names)
    return "\n".join(
        (
            f"Measured on {time.strftime('%Y-%m-%d')}: {describe_machine()},",
            f"onnxruntime {version('onnxruntime')}, {versions}.",
            f"{len(sets.news):,} news articles, {len(sets.news_questions)} questions; {len(sets.quotes)} articles with",
            f"quotations, {len(sets.quote_questions)} questions; ingest timed over {len(sets.timed)} of the news.",
            f"`python -m bench.peers run --data FOLDER --articles {options.articles} --ingest {options.ingest}`",
        )
    )


if __name__ == "__main__":
    main()
