"""status."""

from dataclasses import asdict
from typing import Any

from bot import terminal
from bot.build import open_app
from bot.models import ledger
from bot.render import ago
from retrieval import backlog
from retrieval.lock import holder, is_held

OK = 0


def show_status(*, as_json: bool) -> int:
    """What the index holds, how fresh it is, who is writing it."""
    with open_app() as app:
        catalog, share = app.store.catalog, backlog.share(app.store.catalog)
        facts: dict[str, Any] = {
            "data": str(app.settings.data.resolve()),
            "articles": share.articles,
            "passages": share.passages,
            "words": share.words,
            "vectors": share.vectors,
            "embedding": catalog.fact("embedding"),
            "indexed_at": catalog.last_run(),
            "model": app.settings.openai_model,
            "tokens_today": {model: asdict(tokens) for model, tokens in ledger(app.settings).today().items()},
            "writer": holder(app.settings.data) if is_held(app.settings.data) else "",
        }
    if as_json:
        terminal.say_json(facts)
        return OK
    terminal.say(f"{share.articles} articles, {share.passages} passages in {facts['data']}")
    terminal.say(f"words: {share.words}, vectors: {share.vectors} ({share.vectors_percent} %) {facts['embedding']}")
    if facts["indexed_at"]:
        terminal.say(f"index updated {ago(str(facts['indexed_at']))}")
    for model, tokens in facts["tokens_today"].items():
        terminal.say(f"{model} today: {tokens['read']} tokens read, {tokens['written']} written")
    if facts["writer"]:
        terminal.say(f"{facts['writer']} is writing the index")
    return OK
