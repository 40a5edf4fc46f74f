"""A suggestion that was pressed is asked as if it had been typed."""

from dataclasses import replace

from telegram import Update

from bot.telegram.context import Context
from bot.telegram.handlers.feedback import FORGOTTEN, answered_of, notify, suggestion_in
from bot.telegram.handlers.questions import answer_question, question_of


async def ask_suggestion(update: Update, context: Context) -> None:
    """Ask what the button offers."""
    query, desk = update.callback_query, context.desk
    assert query is not None, "buttons make callback queries"
    answered = await answered_of(desk, query)
    asked = suggestion_in(query.data or "", answered) if answered else ""
    await notify(query, asked[:200] if asked else FORGOTTEN)
    if not asked or not update.effective_message:
        return
    question = question_of(update, desk, asked)
    question = replace(question, place=replace(question.place, reply_to=update.effective_message.message_id))
    await answer_question(desk, question)
