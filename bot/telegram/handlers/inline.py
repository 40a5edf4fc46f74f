"""Inline mode: quotes and passages with their source, for any chat."""

import asyncio

from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.error import BadRequest

from bot.formatting import day
from bot.service.quote_listing import words_of
from bot.telegram.context import BotServices, Context
from bot.telegram.messages.outgoing import entities_of
from bot.telegram.messages.rendering import passage_to_rich, remark_to_rich
from bot.telegram.messages.rich_text import RichText, plain
from bot.telegram.messages.splitting import split
from bot.telegram.sending.delivery import NO_PREVIEW
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import digest

MOST_RESULTS = 50
MOST_QUOTES, MOST_PASSAGES = 30, 20
CACHED = 60  # seconds; what was asked again meanwhile is answered by Telegram
LONGEST_LINE = 120  # characters of a description

Result = InlineQueryResultArticle


async def answer_inline(update: Update, context: Context) -> None:
    """Up to fifty results."""
    query, desk = update.inline_query, context.desk
    assert query is not None, "this handler takes inline queries"
    user, wanted = query.from_user.id, " ".join(query.query.split())
    is_let_in = not desk.access.refusal(user, user)
    found = await asyncio.to_thread(_found, desk, wanted) if wanted and is_let_in else []
    closed = desk.access.users is not None or desk.access.chats is not None
    try:
        await query.answer(found, cache_time=CACHED, is_personal=closed)
    except BadRequest:  # typed on meanwhile: the query is too old to be answered
        return


def _found(desk: BotServices, wanted: str) -> list[Result]:
    """Quotes of a speaker or on a topic, then passages."""
    with desk.app.store.catalog.reading() as catalog:
        return _of_moment(desk, wanted, catalog)


def _of_moment(desk: BotServices, wanted: str, catalog: CatalogReader) -> list[Result]:
    record = desk.app.search.record(catalog)
    speaker, _, about = (part.strip() for part in f" {wanted} ".partition(" about "))
    match, remarks = words_of(record, speaker, about, Filters())
    if not remarks or match.misspelt:
        _, remarks = words_of(record, "", wanted, Filters())
    results = [
        _result(
            f"{hit.quote.speaker or hit.title}: {hit.quote.words}",
            f"{day(hit.published)} {hit.outlet}, {hit.title}",
            remark_to_rich(hit, catalog.article(hit.article)),
        )
        for hit in remarks[:MOST_QUOTES]
    ]
    for hit in desk.app.search(wanted, MOST_PASSAGES, catalog=catalog).hits:
        shown = passage_to_rich(hit, catalog.article(hit.passage.article))
        results.append(_result(hit.title or hit.passage.text, hit.passage.text, shown))
    return list({result.id: result for result in results}.values())[:MOST_RESULTS]


def _result(title: str, description: str, rich: RichText) -> Result:
    formatted = split(rich)[0]
    content = InputTextMessageContent(formatted.text, entities=entities_of(formatted), link_preview_options=NO_PREVIEW)
    return Result(digest(formatted.text), _line(title), content, description=_line(description))


def _line(text: str) -> str:
    line = " ".join(plain(text).text.split()) or "…"
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
