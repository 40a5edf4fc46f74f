"""Inline mode: quotes and passages with their source, for any chat."""

import asyncio

from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.error import BadRequest

from bot.formatting import format_date
from bot.service.quote_listing import find_quotes
from bot.telegram.context import BotServices, Context
from bot.telegram.messages.outgoing import message_entities
from bot.telegram.messages.rendering import passage_to_rich, quote_hit_to_rich
from bot.telegram.messages.rich_text import RichText, plain
from bot.telegram.messages.splitting import split_messages
from bot.telegram.sending.delivery import NO_PREVIEW
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import digest

MAX_RESULTS = 50
MAX_QUOTES, MAX_PASSAGES = 30, 20
CACHE_SECONDS = 60  # seconds; what was asked again meanwhile is answered by Telegram
MAX_LINE_LENGTH = 120  # characters of a description

Result = InlineQueryResultArticle


async def answer_inline(update: Update, context: Context) -> None:
    """Up to fifty results."""
    query, services = update.inline_query, context.services
    assert query is not None, "this handler takes inline queries"
    user, wanted = query.from_user.id, " ".join(query.query.split())
    is_let_in = not services.access.refusal(user, user)
    found = await asyncio.to_thread(_search, services, wanted) if wanted and is_let_in else []
    closed = services.access.users is not None or services.access.chats is not None
    try:
        await query.answer(found, cache_time=CACHE_SECONDS, is_personal=closed)
    except BadRequest:  # typed on meanwhile: the query is too old to be answered
        return


def _search(services: BotServices, wanted: str) -> list[Result]:
    """Quotes of a speaker or on a topic, then passages."""
    with services.app.store.catalog.snapshot() as catalog:
        return _search_snapshot(services, wanted, catalog)


def _search_snapshot(services: BotServices, wanted: str, catalog: CatalogReader) -> list[Result]:
    record = services.app.search.quote_search(catalog)
    speaker, _, about = (part.strip() for part in f" {wanted} ".partition(" about "))
    match, remarks = find_quotes(record, speaker, about, Filters())
    if not remarks or match.misspelt:
        _, remarks = find_quotes(record, "", wanted, Filters())
    results = [
        _result(
            f"{hit.quote.speaker or hit.title}: {hit.quote.words}",
            f"{format_date(hit.published)} {hit.outlet}, {hit.title}",
            quote_hit_to_rich(hit, catalog.article(hit.article)),
        )
        for hit in remarks[:MAX_QUOTES]
    ]
    for hit in services.app.search(wanted, MAX_PASSAGES, catalog=catalog).hits:
        shown = passage_to_rich(hit, catalog.article(hit.passage.article))
        results.append(_result(hit.title or hit.passage.text, hit.passage.text, shown))
    return list({result.id: result for result in results}.values())[:MAX_RESULTS]


def _result(title: str, description: str, rich: RichText) -> Result:
    formatted = split_messages(rich)[0]
    content = InputTextMessageContent(
        formatted.text, entities=message_entities(formatted), link_preview_options=NO_PREVIEW
    )
    return Result(digest(formatted.text), _one_line(title), content, description=_one_line(description))


def _one_line(text: str) -> str:
    line = " ".join(plain(text).text.split()) or "…"
    return line if len(line) <= MAX_LINE_LENGTH else f"{line[: MAX_LINE_LENGTH - 1]}…"
