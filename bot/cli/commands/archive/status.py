"""status: what the index holds, how fresh it is, and which process is writing it."""

from dataclasses import asdict
from typing import Any

import typer

from bot.app.data_folder import CatalogAccess, open_catalog, token_ledger
from bot.cli.commands.sources.source_text import format_source, source_facts
from bot.cli.exit_code import ExitCode
from bot.cli.options import Json, data_option
from bot.cli.output import terminal
from bot.cli.output.language_text import language_lines
from bot.formatting import format_age, printable
from retrieval.catalog.archive import article_languages
from retrieval.index.integrity.write_lock import is_write_locked, lock_holder
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.pending import IndexCoverage, index_coverage
from retrieval.ingest.watching.source import Source
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.text.dates.clock import utc_now


def status(context: typer.Context, as_json: Json = False) -> ExitCode:
    """Exit code 5 where a source has gone stale."""
    with open_catalog(data_option(context)) as opened:
        coverage, sources = index_coverage(opened.catalog), SourceStore(opened.catalog).all()
        facts = _facts(opened, coverage, sources)
    if as_json:
        terminal.write_json(facts)
    else:
        _show(facts, coverage, sources)
    return ExitCode.SOURCE if facts["stale"] else ExitCode.OK


def _facts(opened: CatalogAccess, coverage: IndexCoverage, sources: list[Source]) -> dict[str, Any]:
    settings, catalog = opened.settings, opened.catalog
    usage = token_ledger(settings).usage_today()
    return {
        "data": str(settings.data.resolve()),
        "database": "" if catalog.database.is_sqlite else catalog.database.place,
        "articles": coverage.articles,
        "passages": coverage.passages,
        "words": coverage.words,
        "vectors": coverage.vectors,
        "languages": article_languages(catalog),
        "embedding": catalog.fact("embedding"),
        "index": parse_milvus(settings.index_url).url if settings.index_url else "",
        "indexed_at": catalog.last_run(),
        "model": settings.openai_model,
        "tokens_today": {model: asdict(tokens) for model, tokens in usage.items()},
        "sources": [source_facts(source) for source in sources],
        "stale": [source.url for source in SourceStore(catalog).stale(utc_now())],
        "writer": lock_holder(settings.data) if is_write_locked(settings.data) else "",
    }


def _show(facts: dict[str, Any], coverage: IndexCoverage, sources: list[Source]) -> None:
    vectors = f"{coverage.vectors} ({coverage.vectors_percent} %) {facts['embedding']}"
    place = facts["database"] or facts["data"]
    terminal.write(f"{coverage.articles} articles, {coverage.passages} passages in {place}")
    terminal.write(f"words: {coverage.words}, vectors: {vectors}")
    if facts["index"]:
        terminal.write(f"words and vectors in the Milvus {facts['index']}")
    for line in language_lines(facts["languages"], facts["embedding"]):
        terminal.write(line)
    if facts["indexed_at"]:
        terminal.write(f"index updated {format_age(facts['indexed_at'])}")
    for model, tokens in facts["tokens_today"].items():
        terminal.write(f"{model} today: {tokens['read']} tokens read, {tokens['written']} written")
    if facts["writer"]:
        terminal.write(f"{facts['writer']} is writing the index")
    for source in sources:
        terminal.write(printable(format_source(source)))
    for url in facts["stale"]:
        terminal.warn(f"{url} has not been read for too long; 'onrecord watch' keeps sources current.")
