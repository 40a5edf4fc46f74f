"""Questions: received from messages and suggestion buttons, answered, and delivered."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from telegram import Update

from bot.answering.messages import Citation, Sentence, validate_question
from bot.service.suggestions import follow_up_questions
from bot.service.turns.turn import AnswerEvent, AnswerTrace
from bot.telegram.context import BotServices, Context
from bot.telegram.handlers.addressing import conversation_name, question_text, reader_id, reply_target
from bot.telegram.handlers.answer_buttons import MAX_PRESS_REPLY, accept_press, acknowledge_press, answer_keyboard
from bot.telegram.messages.outgoing import MessageTarget, OutgoingMessage, outgoing_messages
from bot.telegram.messages.rendering import answer_to_rich, claims_to_rich
from bot.telegram.messages.rich_text import RichText, plain
from bot.telegram.sending.live_preview import LivePreview, typing_indicator
from retrieval.errors import DatabaseUnavailable, OnRecordError
from retrieval.models.endpoints.cancellation import Cancellation

NO_QUESTION = "Ask me something that the articles may answer, such as:"
ONLY_TEXT = "I read text only. Type your question, please."
STOPPED = "Stopped."


@dataclass(frozen=True, slots=True)
class ReceivedQuestion:
    """A reader's question; `id` is the id of its update."""

    id: int
    text: str
    target: MessageTarget
    conversation: str
    reader: int


async def answer_message(update: Update, context: Context) -> None:
    """Answer a message if it is addressed to the bot."""
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
        await reply_notice(services, question, "\n".join([NO_QUESTION, *await asyncio.to_thread(services.examples)]))
    else:
        await reply_notice(services, question, ONLY_TEXT)


async def ask_suggestion(update: Update, context: Context) -> None:
    """Answer the suggested question of a pressed button as if the reader had typed it."""
    services = context.services
    pressed = await accept_press(update, services)
    if not pressed or not update.effective_message:
        return
    suggestion = pressed.answered.suggestions[pressed.number]
    await acknowledge_press(pressed.query, suggestion[:MAX_PRESS_REPLY])
    question = received_question(update, services, suggestion)
    question = replace(question, target=replace(question.target, reply_to=update.effective_message.message_id))
    await answer_question(services, question)


def received_question(update: Update, services: BotServices, text: str) -> ReceivedQuestion:
    """The question with its reader, its conversation and the target of its answer."""
    message = update.effective_message
    assert message is not None, "questions come in messages and from buttons below them"
    conversation = conversation_name(update, per_user=services.app.settings.telegram_history_per_user)
    return ReceivedQuestion(update.update_id, text, reply_target(message), conversation, reader_id(update))


async def reply_text(services: BotServices, question: ReceivedQuestion, text: str) -> None:
    """Reply with one line of text instead of an answer."""
    await services.delivery.deliver(question.id, outgoing_messages(question.target, plain(text)))


async def reply_notice(services: BotServices, question: ReceivedQuestion, text: str) -> None:
    """Reply that a message could not be used, unless this chat has just been told so."""
    if services.notices.is_due(question.target.chat):
        await reply_text(services, question, text)


async def answer_question(services: BotServices, question: ReceivedQuestion) -> None:
    """Deliver the answer or the reason why there is none, once per question, even across a restart."""
    async with typing_indicator(services.bot, question.target):
        try:
            validate_question(question.text)
            refusal = await asyncio.to_thread(_refusal, services, question)
            messages = (
                outgoing_messages(question.target, plain(refusal))
                if refusal
                else await _answer_messages(services, question)
            )
        except DatabaseUnavailable:
            raise  # the question is kept
        except OnRecordError as exc:
            messages = outgoing_messages(question.target, plain(str(exc)))
        await services.delivery.deliver(question.id, messages)


def _refusal(services: BotServices, question: ReceivedQuestion) -> str:
    """The reply to a question that is not answered, empty if it is answered."""
    refusal = services.access.refusal(question.reader, question.target.chat)
    return refusal or services.access.limit_reply(question.reader, services.readers, question.id)


async def _answer_messages(services: BotServices, question: ReceivedQuestion) -> tuple[OutgoingMessage, ...]:
    await asyncio.to_thread(_begin_question, services, question)
    trace = await _stream_answer(services, question)
    if trace is None:
        return outgoing_messages(question.target, plain(STOPPED))
    answer = trace.answer
    suggestions = answer.suggestions
    if (
        answer.citations and question.target.is_private and services.answers.is_free
    ):  # suggestions must not delay waiting questions
        suggestions = await asyncio.to_thread(
            follow_up_questions, answer, services.app.search, services.app.store.catalog
        )
    reference = await asyncio.to_thread(services.readers.record_answer, question.id, answer, suggestions)
    return outgoing_messages(question.target, answer_to_rich(answer), answer_keyboard(reference, answer, suggestions))


def _begin_question(services: BotServices, question: ReceivedQuestion) -> None:
    """Record the question, and drop a turn that a killed process stored in the history without sending its answer."""
    services.readers.add_question(question.id, question.reader, question.conversation, question.text)
    before = services.journal.begin_question(question.id, services.history.count(question.conversation))
    services.history.truncate(question.conversation, before)


async def _stream_answer(services: BotServices, question: ReceivedQuestion) -> AnswerTrace | None:
    """Generate the answer with a live preview; None when it was cancelled."""
    cancellation = Cancellation()

    def ask(cancelled: Cancellation) -> Iterator[AnswerEvent]:
        return services.app.conversation.stream(question.text, question.conversation, cancellation=cancelled)

    services.cancellations[question.conversation] = cancellation
    preview = LivePreview(services.bot, services.journal, services.drafts, question.target, question.id)
    try:
        async with preview.running(), aclosing(services.answers.stream(ask, cancellation)) as events:
            shown, citations = RichText(), list[Citation]()
            async for event in events:
                if isinstance(event, AnswerTrace):
                    return event
                if isinstance(event, Sentence):
                    citations += event.citations
                    shown += claims_to_rich(event.text, event.highlights, citations)
                    if services.app.settings.telegram_streaming:
                        preview.update(shown)
    finally:
        if services.cancellations.get(question.conversation) is cancellation:
            del services.cancellations[question.conversation]
    return None
