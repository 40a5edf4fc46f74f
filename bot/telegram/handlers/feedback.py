"""The buttons below an answer: whether it helped, the words it rests on, what else can be asked."""

import asyncio
from collections.abc import Sequence

from telegram import CallbackQuery, Update
from telegram.error import BadRequest, TelegramError

from bot.answering.messages import Answer
from bot.telegram.context import BotServices, Context
from bot.telegram.messages.outgoing import Button, Buttons, MessageTarget, keyboard_of, outgoing
from bot.telegram.messages.rendering import quotes_to_rich
from bot.telegram.storage.reader_store import AnsweredQuestion

HELPFUL, UNHELPFUL, REASON, QUOTES, ASK = "yes", "no", "why", "quotes", "ask"
REASONS = ("Wrong", "Incomplete", "Source does not fit", "Not what I asked", "Too old")
FORGOTTEN = "This answer is no longer kept."
LONGEST_LABEL = 60  # characters


def buttons_below(question: int, answer: Answer, suggestions: Sequence[str]) -> Buttons:
    """What can be done with an answer."""
    rows = [[Button("👍 Helpful", f"{HELPFUL}:{question}"), Button("👎 Not helpful", f"{UNHELPFUL}:{question}")]]
    if answer.citations:
        rows.append([Button("❝ Show quotes", f"{QUOTES}:{question}")])
    return [*rows, *([Button(_label(text), f"{ASK}:{question}:{n}")] for n, text in enumerate(suggestions))]


def suggestion_in(data: str, answered: AnsweredQuestion) -> str:
    """The question that a button asks, empty where it asks none."""
    kind, _, rest = data.partition(":")
    number = rest.rpartition(":")[2]
    if kind != ASK or not number.isdecimal() or int(number) >= len(answered.suggestions):
        return ""
    return answered.suggestions[int(number)]


async def answered_of(desk: BotServices, query: CallbackQuery) -> AnsweredQuestion | None:
    """The answer that a button belongs to, None where it is forgotten."""
    key = (query.data or "").split(":")[1:2]
    if not key or not key[0].isdecimal():
        return None
    return await asyncio.to_thread(desk.readers.answer, int(key[0]))


async def judge(update: Update, context: Context) -> None:
    """Helpful, not helpful, and why."""
    query, desk = update.callback_query, context.desk
    assert query is not None, "buttons make callback queries"
    answered = await answered_of(desk, query)
    if answered is None:
        await notify(query, FORGOTTEN)
        return
    kind, _, rest = (query.data or "").partition(":")
    reason = REASONS[int(rest.rpartition(":")[2])] if kind == REASON else ""
    await asyncio.to_thread(desk.readers.judge, answered.id, helpful=kind == HELPFUL, reason=reason)
    await notify(query, "What was wrong with it?" if kind == UNHELPFUL else "Thank you.")
    await _press(query, _why(answered.id) if kind == UNHELPFUL else [])


async def show_quotes(update: Update, context: Context) -> None:
    """The exact words that an answer rests on."""
    query, desk = update.callback_query, context.desk
    assert query is not None, "buttons make callback queries"
    answered = await answered_of(desk, query)
    await notify(query, "" if answered else FORGOTTEN)
    if answered and query.message:
        place = MessageTarget(query.message.chat.id, _topic(update), query.message.message_id)
        await desk.delivery.deliver(update.update_id, outgoing(place, quotes_to_rich(answered.citations)))
        await _press(query, _without(query, QUOTES), all_rows=True)


async def notify(query: CallbackQuery, text: str = "") -> None:
    """Answer a press; one that is too old is answered by nothing."""
    try:
        await query.answer(text or None)
    except BadRequest:
        return


async def _press(query: CallbackQuery, rows: Buttons, *, all_rows: bool = False) -> None:
    """Put these rows in the place of the verdict's, or of all."""
    kept = [] if all_rows else _without(query, HELPFUL, UNHELPFUL, REASON)
    try:
        await query.edit_message_reply_markup(keyboard_of([*rows, *kept]))
    except TelegramError:  # the message is gone, or the button was pressed twice
        return


def _why(question: int) -> Buttons:
    buttons = [Button(reason, f"{REASON}:{question}:{n}") for n, reason in enumerate(REASONS)]
    return [buttons[:2], buttons[2:4], buttons[4:]]


def _without(query: CallbackQuery, *kinds: str) -> Buttons:
    """The rows below the message, without those whose buttons are of these kinds."""
    message = query.message
    markup = getattr(message, "reply_markup", None)
    rows = markup.inline_keyboard if markup else ()
    stored = [[Button(button.text, str(button.callback_data)) for button in row] for row in rows]
    return [row for row in stored if row[0].data.partition(":")[0] not in kinds]


def _topic(update: Update) -> int | None:
    message = update.effective_message
    return message.message_thread_id if message and message.is_topic_message else None


def _label(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"
