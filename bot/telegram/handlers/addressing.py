"""Which messages are meant for the bot, where the answer goes and to which conversation it belongs."""

from telegram import Message, MessageEntity, Update, User

from bot.telegram.messages.outgoing import MessageTarget


def question_in(message: Message, me: User) -> str | None:
    """What is asked: anything in private, in a group what mentions the bot or replies to it. None where nothing is."""
    if message.via_bot or (message.from_user and message.from_user.is_bot and not message.sender_chat):
        return None
    text = message.text or message.caption or ""
    if message.chat.type == "private":
        return text
    mentions = _mentions(message, me)
    if not mentions and not _replies_to(message, me):
        return None
    for mention in mentions:
        text = text.replace(mention, " ")
    text = " ".join(text.split())
    replied = message.reply_to_message
    if not text and replied and not _replies_to(message, me):  # "@bot" below somebody's question asks it
        return replied.text or replied.caption or ""
    return text


def place_of(message: Message) -> MessageTarget:
    """Where a message is answered: in a group below it."""
    reply_to = None if message.chat.type == "private" else message.message_id
    return MessageTarget(message.chat_id, message.message_thread_id if message.is_topic_message else None, reply_to)


def conversation_of(update: Update, *, per_user: bool) -> str:
    """The history's name of a chat's thread, where `per_user` apart for each user of a group."""
    chat, message, user = update.effective_chat, update.effective_message, update.effective_user
    thread = message.message_thread_id if message and message.is_topic_message else None
    name = f"{chat_prefix(chat.id if chat else 0)}{thread or 0}"
    is_apart = per_user and chat and chat.type != "private" and user
    return f"{name}/{user.id}" if is_apart and user else name


def chat_prefix(chat: int) -> str:
    """What all conversations of a chat begin with."""
    return f"telegram/{chat}/"


def reader_of(update: Update) -> int:
    """Who writes: the user, or the channel or group in whose name somebody does."""
    message, user = update.message, update.effective_user
    if message and message.sender_chat:
        return message.sender_chat.id
    return user.id if user else 0


def _mentions(message: Message, me: User) -> list[str]:
    """The mentions of the bot as they are written."""
    found = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    found |= message.parse_caption_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    name = f"@{me.username}".lower()
    return [
        words for entity, words in found.items() if (entity.user and entity.user.id == me.id) or words.lower() == name
    ]


def _replies_to(message: Message, me: User) -> bool:
    replied = message.reply_to_message
    # What stands in a topic replies to the message that opened it, which a bot may have written.
    return bool(replied and not replied.forum_topic_created and replied.from_user and replied.from_user.id == me.id)
