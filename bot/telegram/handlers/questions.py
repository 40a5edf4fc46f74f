"""A question from a reader, on its way to an answer."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass

from telegram import Update

from bot.answering.messages import Citation, Sentence, validate_question
from bot.service.conversation import AnswerEvent, AnswerTrace
from bot.service.suggestions import follow_ups
from bot.telegram.context import BotServices, Context
from bot.telegram.handlers.addressing import conversation_of, place_of, question_in, reader_of
from bot.telegram.handlers.feedback import buttons_below
from bot.telegram.messages.outgoing import MessageTarget, OutgoingMessage, outgoing
from bot.telegram.messages.rendering import answer_to_rich, linked
from bot.telegram.messages.rich_text import plain
from bot.telegram.sending.live_preview import LivePreview, typing
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import OnRecordError

NOTHING_ASKED = "Ask me something that the articles may answer, such as:"
ONLY_TEXT = "I read text only. Type your question, please."
STOPPED = "Stopped."


@dataclass(frozen=True, slots=True)
class ReceivedQuestion:
    """Who asks what, where; `id` is the update's."""

    id: int
    text: str
    place: MessageTarget
    conversation: str
    reader: int


async def answer_message(update: Update, context: Context) -> None:
    """A message that may be a question: answered, declined, or left alone where it is not meant for the bot."""
    message = update.message
    if message is None:
        return
    text = question_in(message, context.bot.bot)
    if text is None:
        return
    desk = context.desk
    question = question_of(update, desk, text)
    if text.strip():
        await answer_question(desk, question)
    elif message.text or message.chat.type != "private":
        await say(desk, question, "\n".join([NOTHING_ASKED, *await asyncio.to_thread(desk.examples)]))
    else:
        await say(desk, question, ONLY_TEXT)


def question_of(update: Update, desk: BotServices, text: str) -> ReceivedQuestion:
    """The question with where it comes from."""
    message = update.effective_message
    assert message is not None, "questions come in messages and from buttons below them"
    conversation = conversation_of(update, per_user=desk.app.settings.telegram_history_per_user)
    return ReceivedQuestion(update.update_id, text, place_of(message), conversation, reader_of(update))


async def say(desk: BotServices, question: ReceivedQuestion, text: str) -> None:
    """One line instead of an answer."""
    await desk.delivery.deliver(question.id, outgoing(question.place, plain(text)))


async def answer_question(desk: BotServices, question: ReceivedQuestion) -> None:
    """Answer, however that ends: each question gets its messages once, also when a restart comes between."""
    async with typing(desk.bot, question.place):
        try:
            validate_question(question.text)
            declined = await asyncio.to_thread(_declined, desk, question)
            messages = outgoing(question.place, plain(declined)) if declined else await _answered(desk, question)
        except OnRecordError as exc:
            messages = outgoing(question.place, plain(str(exc)))
        await desk.delivery.deliver(question.id, messages)


def _declined(desk: BotServices, question: ReceivedQuestion) -> str:
    """Why this question is not answered; empty where it is."""
    refusal = desk.access.refusal(question.reader, question.place.chat)
    return refusal or desk.access.limit(question.reader, desk.readers, question.id)


async def _answered(desk: BotServices, question: ReceivedQuestion) -> tuple[OutgoingMessage, ...]:
    await asyncio.to_thread(_begin, desk, question)
    asking = await _asked(desk, question)
    if asking is None:
        return outgoing(question.place, plain(STOPPED))
    answer = asking.answer
    suggestions = tuple[str, ...]()
    if question.place.is_private and desk.answering.is_free:  # while others wait, nobody is kept waiting for these
        suggestions = await asyncio.to_thread(follow_ups, answer, desk.app.search, desk.app.store.catalog)
    await asyncio.to_thread(desk.readers.answered, question.id, answer, suggestions)
    return outgoing(question.place, answer_to_rich(answer), buttons_below(question.id, answer, suggestions))


def _begin(desk: BotServices, question: ReceivedQuestion) -> None:
    """A turn that a killed process remembered without sending it is forgotten, and asked again."""
    desk.readers.asks(question.id, question.reader, question.conversation, question.text)
    before = desk.journal.begin(question.id, desk.history.count(question.conversation))
    desk.history.keep_first(question.conversation, before)


async def _asked(desk: BotServices, question: ReceivedQuestion) -> AnswerTrace | None:
    """The answer, shown in the making; None when it was cancelled."""
    cancellation = Cancellation()

    def ask(cancelled: Cancellation) -> Iterator[AnswerEvent]:
        return desk.app.conversation.stream(question.text, question.conversation, cancellation=cancelled)

    desk.under_way[question.conversation] = cancellation
    streaming = LivePreview(desk.bot, desk.journal, desk.drafts, question.place, question.id)
    try:
        async with streaming.showing(), aclosing(desk.answering.stream(ask, cancellation)) as events:
            text, citations = "", tuple[Citation, ...]()
            async for event in events:
                if isinstance(event, AnswerTrace):
                    return event
                if isinstance(event, Sentence):
                    text, citations = text + event.text, (*citations, *event.citations)
                    if desk.app.settings.telegram_streaming:
                        streaming.say(linked(text, citations))
    finally:
        if desk.under_way.get(question.conversation) is cancellation:
            del desk.under_way[question.conversation]
    return None
