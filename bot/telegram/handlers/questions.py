"""A question from a reader, on its way to an answer."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from telegram import Update

from bot.answering.messages import Citation, Sentence, validate_question
from bot.service.conversation import AnswerEvent, AnswerTrace
from bot.service.suggestions import follow_up_questions
from bot.telegram.context import BotServices, Context
from bot.telegram.handlers.addressing import conversation_name, question_text, reader_id, reply_target
from bot.telegram.handlers.answer_buttons import (
    FORGOTTEN,
    acknowledge_press,
    answer_keyboard,
    pressed_answer,
    pressed_suggestion,
)
from bot.telegram.messages.outgoing import MessageTarget, OutgoingMessage, outgoing_messages
from bot.telegram.messages.rendering import answer_to_rich, link_markers
from bot.telegram.messages.rich_text import plain
from bot.telegram.sending.live_preview import LivePreview, typing_indicator
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import OnRecordError

NO_QUESTION = "Ask me something that the articles may answer, such as:"
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
    text = question_text(message, context.bot.bot)
    if text is None:
        return
    services = context.services
    question = received_question(update, services, text)
    if text.strip():
        await answer_question(services, question)
    elif message.text or message.chat.type != "private":
        await reply_text(services, question, "\n".join([NO_QUESTION, *await asyncio.to_thread(services.examples)]))
    else:
        await reply_text(services, question, ONLY_TEXT)


async def ask_suggestion(update: Update, context: Context) -> None:
    """Ask what the button offers."""
    query, services = update.callback_query, context.services
    assert query is not None, "buttons make callback queries"
    answered = await pressed_answer(services, query)
    asked = pressed_suggestion(query.data or "", answered) if answered else ""
    await acknowledge_press(query, asked[:200] if asked else FORGOTTEN)
    if not asked or not update.effective_message:
        return
    question = received_question(update, services, asked)
    question = replace(question, place=replace(question.place, reply_to=update.effective_message.message_id))
    await answer_question(services, question)


def received_question(update: Update, services: BotServices, text: str) -> ReceivedQuestion:
    """The question with where it comes from."""
    message = update.effective_message
    assert message is not None, "questions come in messages and from buttons below them"
    conversation = conversation_name(update, per_user=services.app.settings.telegram_history_per_user)
    return ReceivedQuestion(update.update_id, text, reply_target(message), conversation, reader_id(update))


async def reply_text(services: BotServices, question: ReceivedQuestion, text: str) -> None:
    """One line instead of an answer."""
    await services.delivery.deliver(question.id, outgoing_messages(question.place, plain(text)))


async def answer_question(services: BotServices, question: ReceivedQuestion) -> None:
    """Answer, however that ends: each question gets its messages once, also when a restart comes between."""
    async with typing_indicator(services.bot, question.place):
        try:
            validate_question(question.text)
            declined = await asyncio.to_thread(_refusal, services, question)
            messages = (
                outgoing_messages(question.place, plain(declined))
                if declined
                else await _answer_messages(services, question)
            )
        except OnRecordError as exc:
            messages = outgoing_messages(question.place, plain(str(exc)))
        await services.delivery.deliver(question.id, messages)


def _refusal(services: BotServices, question: ReceivedQuestion) -> str:
    """Why this question is not answered; empty where it is."""
    refusal = services.access.refusal(question.reader, question.place.chat)
    return refusal or services.access.limit(question.reader, services.readers, question.id)


async def _answer_messages(services: BotServices, question: ReceivedQuestion) -> tuple[OutgoingMessage, ...]:
    await asyncio.to_thread(_begin_question, services, question)
    asking = await _stream_answer(services, question)
    if asking is None:
        return outgoing_messages(question.place, plain(STOPPED))
    answer = asking.answer
    suggestions = tuple[str, ...]()
    if question.place.is_private and services.answering.is_free:  # while others wait, nobody is kept waiting for these
        suggestions = await asyncio.to_thread(
            follow_up_questions, answer, services.app.search, services.app.store.catalog
        )
    await asyncio.to_thread(services.readers.answered, question.id, answer, suggestions)
    return outgoing_messages(question.place, answer_to_rich(answer), answer_keyboard(question.id, answer, suggestions))


def _begin_question(services: BotServices, question: ReceivedQuestion) -> None:
    """A turn that a killed process remembered without sending it is forgotten, and asked again."""
    services.readers.asks(question.id, question.reader, question.conversation, question.text)
    before = services.journal.begin(question.id, services.history.count(question.conversation))
    services.history.truncate(question.conversation, before)


async def _stream_answer(services: BotServices, question: ReceivedQuestion) -> AnswerTrace | None:
    """The answer, shown in the making; None when it was cancelled."""
    cancellation = Cancellation()

    def ask(cancelled: Cancellation) -> Iterator[AnswerEvent]:
        return services.app.conversation.stream(question.text, question.conversation, cancellation=cancelled)

    services.under_way[question.conversation] = cancellation
    streaming = LivePreview(services.bot, services.journal, services.drafts, question.place, question.id)
    try:
        async with streaming.showing(), aclosing(services.answering.stream(ask, cancellation)) as events:
            text, citations = "", tuple[Citation, ...]()
            async for event in events:
                if isinstance(event, AnswerTrace):
                    return event
                if isinstance(event, Sentence):
                    text, citations = text + event.text, (*citations, *event.citations)
                    if services.app.settings.telegram_streaming:
                        streaming.say(link_markers(text, citations))
    finally:
        if services.under_way.get(question.conversation) is cancellation:
            del services.under_way[question.conversation]
    return None
