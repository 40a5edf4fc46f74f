"""Measure article extraction and rejection on raw pages, news texts and notices.

Precision, recall and F1 are of the multiset of lower-cased word tokens (`\\w+`), a page at a time, then averaged. The
4-gram figure is of the multiset of shingles of four such tokens, as in scrapinghub's article-extraction-benchmark.
"""

import gzip
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import trafilatura

from evals.data import Row, rows
from evals.table import Line, mean
from retrieval.documents import Article
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.pages import page
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.text.boilerplate import has_article, split_blocks

WORST = 10  # pages shown, by id alone
_WORD = re.compile(r"\w+")
Figures = tuple[float, float, float]


def measure(data: Path) -> list[Line]:
    """Measure extraction by trafilatura's default and by us, in this and in the parser process; then rejection."""
    truth = rows(data / "pages/truth.jsonl")
    pages = [FetchedDocument(row["url"], _html(data, row), "text/html") for row in truth]
    with ParserProcess() as reader:
        systems: dict[str, Callable[[FetchedDocument], str]] = {
            "trafilatura": lambda fetched: trafilatura.extract(fetched.content) or "",
            "ours": lambda fetched: _text(page.parse_page, fetched),
            "ours, own process": lambda fetched: _text(reader.parse_page, fetched),
        }
        lines = [_extracted(name, read, truth, pages) for name, read in systems.items()]
    return [*lines, _refused("pages", [not _text(page.parse_page, one) for one in pages]), *_gate(data)]


def _extracted(
    system: str, read: Callable[[FetchedDocument], str], truth: list[Row], pages: list[FetchedDocument]
) -> Line:
    read(pages[0])  # imports and processes are no part of the speed
    started = time.perf_counter()
    texts = [read(one) for one in pages]
    seconds = time.perf_counter() - started
    words = [precision_recall_f1(text, row["body"], 1) for text, row in zip(texts, truth, strict=True)]
    shingles = [precision_recall_f1(text, row["body"], 4) for text, row in zip(texts, truth, strict=True)]
    _show_worst(system, truth, words)
    precision, recall, f1 = (mean(one[at] for one in words) for at in range(3))
    shown = {"precision": precision, "recall": recall, "F1": f1, "F1 4-grams": mean(one[2] for one in shingles)}
    return Line("pages", system, len(pages), shown | {"pages/s": len(pages) / seconds})


def precision_recall_f1(text: str, wanted: str, size: int) -> Figures:
    """Precision, recall and F1 of shingles of `size` words."""
    ours, theirs = _shingles(text, size), _shingles(wanted, size)
    common = (ours & theirs).total()
    precision = common / ours.total() if ours else float(not theirs)
    recall = common / theirs.total() if theirs else float(not ours)
    return (
        precision,
        recall,
        2 * precision * recall / (precision + recall) if common else float(not ours and not theirs),
    )


def _shingles(text: str, size: int) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def _show_worst(system: str, truth: list[Row], found: list[Figures]) -> None:
    worst = sorted(zip(found, truth, strict=True), key=lambda pair: pair[0][2])[:WORST]
    shown = ", ".join(f"{row['id'][:8]} {p:.2f}/{r:.2f}/{f1:.2f}" for (p, r, f1), row in worst)
    print(f"worst pages, {system} (precision/recall/F1): {shown}")


def _gate(data: Path) -> list[Line]:
    """Measure the text check that all kinds of sources pass through."""
    sets = {"articles": "news/articles.jsonl.gz", "notices": "news/boilerplate_only.jsonl"}
    return [_refused(name, [not _passes(row) for row in rows(data / path)]) for name, path in sets.items()]


def _passes(row: Row) -> bool:
    return has_article(row["text"], split_blocks(row["text"], row["title"]))


def _refused(name: str, refused: list[bool]) -> Line:
    return Line(
        name, "gate", len(refused), {"refused": sum(refused) / len(refused), "refused rows": float(sum(refused))}
    )


def _text(read: Callable[[FetchedDocument], tuple[Article, ...]], fetched: FetchedDocument) -> str:
    try:
        return "\n\n".join(article.text for article in read(fetched))
    except ValueError:
        return ""


def _html(data: Path, row: Row) -> bytes:
    return gzip.decompress((data / f"pages/html/{row['id']}.html.gz").read_bytes())
