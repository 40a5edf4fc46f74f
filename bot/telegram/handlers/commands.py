"""The slash commands of readers."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from telegram import ChatMember, Update
from telegram.error import TelegramError

from bot.formatting import format_date
from bot.service.quote_listing import find_quotes, misspelling_message
from bot.telegram.context import BotServices, Context
from bot.telegram.handlers.addressing import reader_id
from bot.telegram.handlers.questions import ReceivedQuestion, answer_question, received_question
from bot.telegram.messages.outgoing import outgoing_messages
from bot.telegram.messages.rendering import articles_to_rich, citations_to_rich, quote_hits_to_rich
from bot.telegram.messages.rich_text import RichText, bold, join, plain
from bot.telegram.storage.update_queue import chat_key
from retrieval.catalog.filters import Filters
from retrieval.search.quote_search import MOST_QUOTED_NAMES, QuoteSearch

MAX_QUOTES, MAX_ARTICLES, MAX_SPEAKERS = 8, 10, 20

GROUP_ADMINS = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)
FORGOTTEN_ALL = "Deleted: this conversation and all questions that you asked."
FORGOTTEN_OWN = (
    "Deleted: all questions that you asked. The conversation belongs to the whole group; "
    "an admin of the group can delete it with /forget."
)

HELP = """Ask a question in your own words. Follow-ups work: “and what did she say about the ferries?”

/new – begin a new conversation
/sources – the sources of the last answer, with their exact words
/quotes NAME – what somebody is on record with; /quotes NAME about WORDS
/latest – the newest articles
/cancel – stop the answer that is being written
/privacy – what I keep, and for how long
/forget – delete what I keep of you
In groups I answer when you mention me, reply to me, or write /ask QUESTION."""


async def start(update: Update, context: Context) -> None:
    """/start: introduce the bot with example questions; a question in the payload of a link is answered at once."""
    question = _command_question(update, context)
    if linked := _question_in_payload(question.text):
        return await answer_question(context.services, replace(question, text=linked))
    examples = await asyncio.to_thread(context.services.examples)
    hello = plain(
        "I answer questions about a body of articles with what the articles say, and show where they say it. "
        "Nothing else is used: when the articles do not answer, I say so."
    )
    tries = join([bold("Try one of these:"), *map(plain, examples)], "\n") if examples else RichText()
    return await _reply(context.services, question, join([hello, tries, plain("/help lists what else I can do.")]))


async def show_help(update: Update, context: Context) -> None:
    await _reply(context.services, _command_question(update, context), plain(HELP))


async def ask(update: Update, context: Context) -> None:
    """/ask: answer a question, for groups in which the bot sees only commands."""
    question = _command_question(update, context)
    if question.text:
        return await answer_question(context.services, question)
    return await _reply(context.services, question, plain("Write the question behind it: /ask QUESTION."))


async def new(update: Update, context: Context) -> None:
    """/new: delete the history, so that the next question begins a new conversation."""
    question = _command_question(update, context)
    await asyncio.to_thread(context.services.history.forget, question.conversation)
    await _reply(context.services, question, plain("A new conversation. What would you like to know?"))


async def sources(update: Update, context: Context) -> None:
    """/sources: the sources of the last answer with their exact words."""
    await _reply_from_index(update, context, _sources_text)


async def quotes(update: Update, context: Context) -> None:
    """/quotes: the quotes of a speaker, or the speakers on record."""
    await _reply_from_index(update, context, _quotes_text)


async def latest(update: Update, context: Context) -> None:
    """/latest: the newest articles."""
    await _reply_from_index(update, context, _latest_text)


async def cancel(update: Update, context: Context) -> None:
    """/cancel: stop the answer in progress, which then reports that it was stopped."""
    question, services = _command_question(update, context), context.services
    if services.cancel(question.conversation):
        return
    shared = services.shared
    if not shared or not await asyncio.to_thread(shared.cancel, chat_key(update), question.conversation):
        await _reply(services, question, plain("There is nothing to stop."))


async def privacy(update: Update, context: Context) -> None:
    """/privacy: what is stored, and for how long."""
    days = context.services.app.settings.conversation_retention_days
    until = f"deleted after {days} days" if days else "kept until you delete them"
    await _reply(
        context.services,
        _command_question(update, context),
        plain(
            "I keep your questions, my answers, which of them you found helpful, the number Telegram knows you by, "
            "and nothing else of you: no name, no phone number, no message that is not meant for me. "
            f"They are {until}; /forget deletes them now. "
            "They serve to understand follow-ups and to see what the articles do not answer."
        ),
    )


async def forget(update: Update, context: Context) -> None:
    """/forget: delete all questions of this reader, and the conversation where it is the reader's to delete."""
    question, services = _command_question(update, context), context.services
    is_own = await _may_delete_conversation(update, services)
    if is_own:
        await asyncio.to_thread(services.history.forget, question.conversation)
    await asyncio.to_thread(services.readers.forget, question.reader, question.conversation if is_own else None)
    await _reply(services, question, plain(FORGOTTEN_ALL if is_own else FORGOTTEN_OWN))


async def _may_delete_conversation(update: Update, services: BotServices) -> bool:
    """Whether a conversation is the sender's alone, or the sender an admin of the group or of the bot."""
    message = update.effective_message
    assert message is not None, "commands come in messages"
    reader, chat = reader_id(update), message.chat
    if chat.type == "private" or services.app.settings.telegram_history_per_user or reader in services.access.admins:
        return True
    if message.sender_chat:  # an admin who writes in the name of the group
        return message.sender_chat.id == chat.id
    try:
        # Not get_chat_member(): the library cannot read the members of servers older than itself.
        member = await services.bot.do_api_request("getChatMember", {"chat_id": chat.id, "user_id": reader})
    except TelegramError:
        return False
    return isinstance(member, dict) and member.get("status") in GROUP_ADMINS


async def _reply_from_index(
    update: Update, context: Context, render: Callable[[BotServices, ReceivedQuestion], RichText]
) -> None:
    """Reply with text read from the index, for readers with access; `render` runs in a thread."""
    question, services = _command_question(update, context), context.services
    refusal = services.access.refusal(question.reader, question.target.chat)
    await _reply(services, question, plain(refusal) if refusal else await asyncio.to_thread(render, services, question))


def _command_question(update: Update, context: Context) -> ReceivedQuestion:
    """The command as a question whose text is the command's argument."""
    message = update.effective_message
    text = (message.text or message.caption or "") if message else ""
    return received_question(update, context.services, text.partition(" ")[2].strip() if " " in text else "")


async def _reply(services: BotServices, question: ReceivedQuestion, rich: RichText) -> None:
    await services.delivery.deliver(question.id, outgoing_messages(question.target, rich))


def _question_in_payload(payload: str) -> str:
    """The question in a link t.me/BOT?start=PAYLOAD (URL-safe base64 of UTF-8), empty if there is none."""
    try:
        text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return text if " " in text and text.isprintable() else ""


def _sources_text(services: BotServices, question: ReceivedQuestion) -> RichText:
    last = services.readers.last(question.conversation)
    return (
        citations_to_rich(last.citations) if last and last.citations else plain("There is no answer with sources yet.")
    )


def _latest_text(services: BotServices, question: ReceivedQuestion) -> RichText:
    newest = list(islice(services.app.store.catalog.articles(include_copies=False), MAX_ARTICLES))
    return articles_to_rich(newest) if newest else plain("There are no articles yet.")


def _quotes_text(services: BotServices, question: ReceivedQuestion) -> RichText:
    with services.app.store.catalog.snapshot() as catalog:
        return _quotes_or_speakers(services.app.search.quote_search(catalog), question.text)


def _quotes_or_speakers(record: QuoteSearch, argument: str) -> RichText:
    if not argument:
        named = [voice for voice in record.speakers(limit=MOST_QUOTED_NAMES) if voice.has_name][:MAX_SPEAKERS]
        lines = [
            f"{voice.name}: {voice.quotes}" + (f", newest {format_date(voice.newest)}" if voice.newest else "")
            for voice in named
        ]
        return join([bold("On record"), *map(plain, lines)], "\n") if lines else plain("Nobody is on record.")
    speaker, _, about = (part.strip() for part in f" {argument} ".partition(" about "))
    match, found = find_quotes(record, speaker, about, Filters())
    if not found:
        who = " and ".join(voice.name for voice in match.speakers) or speaker or "Nobody"
        return plain(f"{who}: nothing on record{f' on {about}' if about else ''}. /quotes lists who is on record.")
    return join([plain(misspelling_message(speaker, match)), quote_hits_to_rich(found, record.catalog, MAX_QUOTES)])
