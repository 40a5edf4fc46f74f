"""The real library against a Bot API server that others wrote; run with ONRECORD_TEST_NPM=1 where npm is at hand."""

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from tests.bot_api.other_bot_api import OtherBotApi, install, other_bot_api

pytestmark = [
    pytest.mark.usefixtures("loopback"),
    pytest.mark.skipif(not os.environ.get("ONRECORD_TEST_NPM"), reason="ONRECORD_TEST_NPM is not set"),
    pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed"),
]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherBotApi]:
    folder = tmp_path_factory.mktemp("npm")
    install(folder)
    with other_bot_api(folder) as running:
        yield running


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_message
    await update.effective_message.reply_chat_action("typing")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Helpful", callback_data="yes")]])
    await update.effective_message.reply_text(f"You said {update.effective_message.text}", reply_markup=keyboard)


async def pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query
    assert update.effective_chat
    await update.callback_query.answer()
    await context.bot.send_message(update.effective_chat.id, f"Pressed {update.callback_query.data}")


async def serve(api: OtherBotApi, done: threading.Event) -> None:
    app = Application.builder().token(api.token).base_url(api.base_url).build()
    app.add_handler(CommandHandler("start", echo))
    app.add_handler(MessageHandler(filters.TEXT, echo))
    app.add_handler(CallbackQueryHandler(pressed))
    async with app:
        assert app.updater
        await app.bot.set_my_commands([("start", "Begin")])
        await app.updater.start_polling()
        await app.start()
        await asyncio.to_thread(done.wait, 30)
        await app.updater.stop()
        await app.stop()


def test_messages_commands_and_presses_are_answered(other: OtherBotApi) -> None:
    done = threading.Event()
    bot = threading.Thread(target=asyncio.run, args=[serve(other, done)])
    bot.start()
    try:
        other.says("Hello")
        answer = other.answer()
        assert answer["message"]["text"] == "You said Hello"
        other.says("/start")
        assert other.answer()["message"]["text"] == "You said /start"
        other.presses(answer["message"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"], answer)
        assert other.answer()["message"]["text"] == "Pressed yes"
    finally:
        done.set()
        bot.join()
