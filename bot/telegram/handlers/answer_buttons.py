"""The buttons below an answer: feedback, the quotes it rests on, suggested questions."""

import asyncio
from collections.abc import Sequence

from telegram import CallbackQuery, Update
from telegram.error import BadRequest, TelegramError

from bot.answering.messages import Answer
from bot.telegram.context import BotServices, Context
from bot.telegram.messages.outgoing import Button, Buttons, MessageTarget, inline_keyboard, outgoing_messages
from bot.telegram.messages.rendering import citations_to_rich
from bot.telegram.storage.reader_store import AnsweredQuestion

HELPFUL, UNHELPFUL, REASON, QUOTES, ASK = "yes", "no", "why", "quotes", "ask"
REASONS = ("Wrong", "Incomplete", "Source does not fit", "Not what I asked", "Too old")
FORGOTTEN = "This answer is no longer kept."
MAX_LABEL_LENGTH = 60  # characters


def answer_keyboard(question: int, answer: Answer, suggestions: Sequence[str]) -> Buttons:
    """The keyboard below an answer."""
    rows = [[Button("👍 Helpful", f"{HELPFUL}:{question}"), Button("👎 Not helpful", f"{UNHELPFUL}:{question}")]]
    if answer.citations:
        rows.append([Button("❝ Show quotes", f"{QUOTES}:{question}")])
    return [*rows, *([Button(_label(text), f"{ASK}:{question}:{n}")] for n, text in enumerate(suggestions))]


def pressed_suggestion(data: str, answered: AnsweredQuestion) -> str:
    """The suggested question of a pressed button, empty for other buttons."""
    kind, _, rest = data.partition(":")
    number = rest.rpartition(":")[2]
    if kind != ASK or not number.isdecimal() or int(number) >= len(answered.suggestions):
        return ""
    return answered.suggestions[int(number)]


async def pressed_answer(services: BotServices, query: CallbackQuery) -> AnsweredQuestion | None:
    """The answer that a pressed button belongs to, None if it was deleted."""
    ids = (query.data or "").split(":")[1:2]
    if not ids or not ids[0].isdecimal():
        return None
    return await asyncio.to_thread(services.readers.answered_question, int(ids[0]))


async def record_feedback(update: Update, context: Context) -> None:
    """Store whether an answer was helpful, and why not."""
    query, services = update.callback_query, context.services
    assert query is not None, "buttons make callback queries"
    answered = await pressed_answer(services, query)
    if answered is None:
        await acknowledge_press(query, FORGOTTEN)
        return
    kind, _, rest = (query.data or "").partition(":")
    reason = REASONS[int(rest.rpartition(":")[2])] if kind == REASON else ""
    await asyncio.to_thread(services.readers.record_feedback, answered.id, helpful=kind == HELPFUL, reason=reason)
    await acknowledge_press(query, "What was wrong with it?" if kind == UNHELPFUL else "Thank you.")
    await _replace_rows(query, _reason_buttons(answered.id) if kind == UNHELPFUL else [])


async def show_quotes(update: Update, context: Context) -> None:
    """Reply with the quotes that an answer rests on."""
    query, services = update.callback_query, context.services
    assert query is not None, "buttons make callback queries"
    answered = await pressed_answer(services, query)
    await acknowledge_press(query, "" if answered else FORGOTTEN)
    if answered and query.message:
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


def _reason_buttons(question: int) -> Buttons:
    buttons = [Button(reason, f"{REASON}:{question}:{n}") for n, reason in enumerate(REASONS)]
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
