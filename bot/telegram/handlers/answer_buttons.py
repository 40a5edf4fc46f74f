"""The buttons below an answer: feedback, the quotes it rests on, suggested questions."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import CallbackQuery, Update
from telegram.error import BadRequest, TelegramError

from bot.answering.messages import Answer
from bot.answering.questions.reader_strings import packaged_strings
from bot.telegram.context import BotServices, Context
from bot.telegram.handlers.addressing import conversation_name, reader_id
from bot.telegram.messages.outgoing import Button, Buttons, MessageTarget, inline_keyboard, outgoing_messages
from bot.telegram.messages.rendering import citations_to_rich
from bot.telegram.storage.reader_store import AnsweredQuestion

HELPFUL, UNHELPFUL, REASON, QUOTES, ASK = "yes", "no", "why", "quotes", "ask"
REASONS = ("Wrong", "Incomplete", "Source does not fit", "Not what I asked", "Too old")
FORGOTTEN = "This answer is no longer kept."
MAX_LABEL_LENGTH = 60  # characters
MAX_PRESS_REPLY = 200  # characters that Telegram shows in reply to a press

_DATA = re.compile(r"(?P<kind>yes|no|why|quotes|ask):(?P<reference>[\w-]{1,24})(?::(?P<number>\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PressedButton:
    """A button pressed below an answer that its presser may use; `number` counts reasons or suggestions from 0."""

    query: CallbackQuery
    kind: str
    answered: AnsweredQuestion
    number: int


def answer_keyboard(reference: str, answer: Answer, suggestions: Sequence[str]) -> Buttons:
    """The keyboard below an answer; `reference` is the answer's in the reader store."""
    say = packaged_strings().of(answer.understood.language).say
    helpful, unhelpful = f"👍 {say('helpful')}", f"👎 {say('not_helpful')}"
    rows = [[Button(helpful, f"{HELPFUL}:{reference}"), Button(unhelpful, f"{UNHELPFUL}:{reference}")]]
    if answer.status == "no_question":
        rows = []
    if answer.citations:
        rows.append([Button(f"❝ {say('show_quotes')}", f"{QUOTES}:{reference}")])
    return [*rows, *([Button(_label(text), f"{ASK}:{reference}:{n}")] for n, text in enumerate(suggestions))]


async def accept_press(update: Update, services: BotServices) -> PressedButton | None:
    """The pressed button; None, and the presser is told why, for what may not be used or is no longer kept.

    Nothing in a press is believed: a client can send any data, for any message of any chat that it can see.
    """
    query = update.callback_query
    assert query is not None, "buttons make callback queries"
    chat = update.effective_chat
    if refusal := services.access.refusal(reader_id(update), chat.id if chat else 0):
        await acknowledge_press(query, refusal[:MAX_PRESS_REPLY])
        return None
    pressed = await asyncio.to_thread(_find_answer, services, update, query)
    if pressed is None:
        await acknowledge_press(query, FORGOTTEN)
    return pressed


def _find_answer(services: BotServices, update: Update, query: CallbackQuery) -> PressedButton | None:
    """The pressed button with the answer of this very conversation that it refers to."""
    data = _DATA.fullmatch(query.data or "")
    answered = services.readers.answered_question(data["reference"]) if data else None
    if not data or not answered or answered.conversation not in _conversations(update):
        return None
    numbered = {REASON: REASONS, ASK: answered.suggestions}.get(data["kind"])
    number = int(data["number"] or 0)
    if numbered is not None and (data["number"] is None or number >= len(numbered)):
        return None
    return PressedButton(query, data["kind"], answered, number)


def _conversations(update: Update) -> set[str]:
    """The presser's conversations here: the one shared with the chat, and the one apart."""
    return {conversation_name(update, per_user=per_user) for per_user in (False, True)}


async def record_feedback(update: Update, context: Context) -> None:
    """Store whether an answer was helpful, and why not."""
    pressed = await accept_press(update, context.services)
    if pressed is None:
        return
    query, kind, answered = pressed.query, pressed.kind, pressed.answered
    reason = REASONS[pressed.number] if kind == REASON else ""
    record = context.services.readers.record_feedback
    await asyncio.to_thread(record, answered.id, helpful=kind == HELPFUL, reason=reason)
    await acknowledge_press(query, "What was wrong with it?" if kind == UNHELPFUL else "Thank you.")
    await _replace_rows(query, _reason_buttons(answered.reference) if kind == UNHELPFUL else [])


async def show_quotes(update: Update, context: Context) -> None:
    """Reply with the quotes that an answer rests on."""
    pressed, services = await accept_press(update, context.services), context.services
    if pressed is None:
        return
    query, answered = pressed.query, pressed.answered
    await acknowledge_press(query)
    if query.message:
        target = MessageTarget(query.message.chat.id, _topic_id(update), query.message.message_id)
        await services.delivery.deliver(
            update.update_id, outgoing_messages(target, citations_to_rich(answered.citations))
        )
        await _replace_rows(query, _rows_without(query, QUOTES), all_rows=True)


async def acknowledge_press(query: CallbackQuery, text: str = "") -> None:
    """Acknowledge a press with a text; a press too old for Telegram is ignored."""
    try:
        await query.answer(text or None)
    except BadRequest:
        return


async def _replace_rows(query: CallbackQuery, rows: Buttons, *, all_rows: bool = False) -> None:
    """Replace the rows of the feedback buttons by these rows, or all rows."""
    kept = [] if all_rows else _rows_without(query, HELPFUL, UNHELPFUL, REASON)
    try:
        await query.edit_message_reply_markup(inline_keyboard([*rows, *kept]))
    except TelegramError:  # the message was deleted, or the button pressed twice
        return


def _reason_buttons(reference: str) -> Buttons:
    buttons = [Button(reason, f"{REASON}:{reference}:{n}") for n, reason in enumerate(REASONS)]
    return [buttons[:2], buttons[2:4], buttons[4:]]


def _rows_without(query: CallbackQuery, *kinds: str) -> Buttons:
    """The rows of the message's keyboard, without those with buttons of these kinds."""
    message = query.message
    markup = getattr(message, "reply_markup", None)
    rows = markup.inline_keyboard if markup else ()
    kept = [[Button(button.text, str(button.callback_data)) for button in row] for row in rows]
    return [row for row in kept if row[0].data.partition(":")[0] not in kinds]


def _topic_id(update: Update) -> int | None:
    message = update.effective_message
    return message.message_thread_id if message and message.is_topic_message else None


def _label(text: str) -> str:
    return text if len(text) <= MAX_LABEL_LENGTH else f"{text[: MAX_LABEL_LENGTH - 1].rstrip()}…"
