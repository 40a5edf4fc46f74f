"""Inline mode: quotes and passages with their source, to send to any chat."""

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
CACHE_SECONDS = 60  # that Telegram answers the same query from its cache
MAX_LINE_LENGTH = 120  # characters of a description

Result = InlineQueryResultArticle


async def answer_inline(update: Update, context: Context) -> None:
    """Answer an inline query with up to MAX_RESULTS results."""
    query, services = update.inline_query, context.services
    assert query is not None, "this handler takes inline queries"
    user, text = query.from_user.id, " ".join(query.query.split())
    has_access = not services.access.refusal(user, user)
    results = await asyncio.to_thread(_search, services, text) if text and has_access else []
    is_restricted = services.access.users is not None or services.access.chats is not None
    try:
        await query.answer(results, cache_time=CACHE_SECONDS, is_personal=is_restricted)
    except BadRequest:  # the reader has typed on: the query is too old to be answered
        return


def _search(services: BotServices, text: str) -> list[Result]:
    """Quotes of a speaker or on a topic, followed by passages."""
    with services.app.store.catalog.snapshot() as catalog:
        return _search_snapshot(services, text, catalog)


def _search_snapshot(services: BotServices, text: str, catalog: CatalogReader) -> list[Result]:
    record = services.app.search.quote_search(catalog)
    speaker, _, about = (part.strip() for part in f" {text} ".partition(" about "))
    match, quotes = find_quotes(record, speaker, about, Filters())
    if not quotes or match.misspelt:
        _, quotes = find_quotes(record, "", text, Filters())
    results = [
        _result(
            f"{hit.quote.speaker or hit.title}: {hit.quote.words}",
            f"{format_date(hit.published)} {hit.outlet}, {hit.title}",
            quote_hit_to_rich(hit, catalog.article(hit.article)),
        )
        for hit in quotes[:MAX_QUOTES]
    ]
    for hit in services.app.search(text, MAX_PASSAGES, catalog=catalog).hits:
        rich = passage_to_rich(hit, catalog.article(hit.passage.article))
        results.append(_result(hit.title or hit.passage.text, hit.passage.text, rich))
    return list({result.id: result for result in results}.values())[:MAX_RESULTS]


def _result(title: str, description: str, rich: RichText) -> Result:
    formatted = split_messages(rich)[0]
    content = InputTextMessageContent(
        formatted.text, entities=message_entities(formatted), link_preview_options=NO_PREVIEW
    )
    return Result(digest(formatted.text), _one_line(title), content, description=_one_line(description))


def _one_line(text: str) -> str:
    """The text on one line of at most MAX_LINE_LENGTH characters."""
    line = " ".join(plain(text).text.split()) or "…"
    return line if len(line) <= MAX_LINE_LENGTH else f"{line[: MAX_LINE_LENGTH - 1]}…"
