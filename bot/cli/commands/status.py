"""status."""

from dataclasses import asdict
from typing import Any

from bot.app.build import open_app
from bot.app.model_factory import ledger
from bot.cli.commands.sources import facts_of, line_of
from bot.cli.output import terminal
from bot.formatting import format_age, printable
from retrieval.catalog.database import utc_now
from retrieval.index import pending
from retrieval.index.write_lock import is_write_locked, lock_holder
from retrieval.ingest.watching.source_store import SourceStore

OK, STALE = 0, 5


def show_status(*, as_json: bool) -> int:
    """What the index holds, how fresh it is, who is writing it; exit code 5 where a source has gone stale."""
    with open_app() as app:
        catalog, share = app.store.catalog, pending.index_coverage(app.store.catalog)
        sources = SourceStore(catalog).all()
        facts: dict[str, Any] = {
            "data": str(app.settings.data.resolve()),
            "articles": share.articles,
            "passages": share.passages,
            "words": share.words,
            "vectors": share.vectors,
            "embedding": catalog.fact("embedding"),
            "indexed_at": catalog.last_run(),
            "model": app.settings.openai_model,
            "tokens_today": {model: asdict(tokens) for model, tokens in ledger(app.settings).usage_today().items()},
            "sources": [facts_of(source) for source in sources],
            "stale": [source.url for source in SourceStore(catalog).stale(utc_now())],
            "writer": lock_holder(app.settings.data) if is_write_locked(app.settings.data) else "",
        }
    if as_json:
        terminal.write_json(facts)
        return STALE if facts["stale"] else OK
    terminal.write(f"{share.articles} articles, {share.passages} passages in {facts['data']}")
    terminal.write(f"words: {share.words}, vectors: {share.vectors} ({share.vectors_percent} %) {facts['embedding']}")
    if facts["indexed_at"]:
        terminal.write(f"index updated {format_age(str(facts['indexed_at']))}")
    for model, tokens in facts["tokens_today"].items():
        terminal.write(f"{model} today: {tokens['read']} tokens read, {tokens['written']} written")
    if facts["writer"]:
        terminal.write(f"{facts['writer']} is writing the index")
    for source in sources:
        terminal.write(printable(line_of(source)))
    for url in facts["stale"]:
        terminal.warn(f"{url} has not been read for too long; 'onrecord watch' keeps sources current.")
    return STALE if facts["stale"] else OK
