"""Which messages are addressed to the bot, where it replies, and which conversation and reader they belong to."""

from telegram import Message, MessageEntity, Update, User

from bot.telegram.messages.outgoing import MessageTarget


def question_text(message: Message, me: User) -> str | None:
    """The question in a message: its text in a private chat, in a group only if it mentions the bot or replies to it.

    None for a message that is not addressed to the bot.
    """
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
    if (
        not text and replied and not _replies_to(message, me)
    ):  # a reply "@bot" to another reader's message asks that message
        return replied.text or replied.caption or ""
    return text


def reply_target(message: Message) -> MessageTarget:
    """Where a message is answered: in a group as a reply to it."""
    reply_to = None if message.chat.type == "private" else message.message_id
    return MessageTarget(message.chat_id, message.message_thread_id if message.is_topic_message else None, reply_to)


def conversation_name(update: Update, *, per_user: bool) -> str:
    """The history's name of a chat's thread; with `per_user` each user of a group has a conversation of their own."""
    chat, message, user = update.effective_chat, update.effective_message, update.effective_user
    thread = message.message_thread_id if message and message.is_topic_message else None
    name = f"{chat_prefix(chat.id if chat else 0)}{thread or 0}"
    is_separate = per_user and chat and chat.type != "private" and user
    return f"{name}/{user.id}" if is_separate and user else name


def chat_prefix(chat: int) -> str:
    """The prefix of the names of all conversations of a chat."""
    return f"telegram/{chat}/"


def reader_id(update: Update) -> int:
    """The sender's id: the user, or the channel or group that they write as."""
    message, user = update.message, update.effective_user
    if message and message.sender_chat:
        return message.sender_chat.id
    return user.id if user else 0


def _mentions(message: Message, me: User) -> list[str]:
    """The mentions of the bot, as written in the message."""
    mentions = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    mentions |= message.parse_caption_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    name = f"@{me.username}".lower()
    return [
        text for entity, text in mentions.items() if (entity.user and entity.user.id == me.id) or text.lower() == name
    ]


def _replies_to(message: Message, me: User) -> bool:
    replied = message.reply_to_message
    # Every message in a topic replies to the message that opened it, which the bot may have written.
    return bool(replied and not replied.forum_topic_created and replied.from_user and replied.from_user.id == me.id)
