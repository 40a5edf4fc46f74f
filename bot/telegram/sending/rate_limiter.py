"""Rate limits for requests to Telegram; droppable requests are skipped when capacity is low."""

from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter

DROPPABLE = -1  # rate_limit_args of a request that is dropped rather than delayed
MAX_RETRIES = 5
# Requests per seconds in one chat: Telegram allows one message a second after a short burst; it names none for edits.
CHAT_LIMITS = {"sendMessage": (2, 2.0), "editMessageText": (1, 1.0)}
MIN_CAPACITY, MIN_GROUP_CAPACITY = (
    10.0,
    10.0,
)  # free requests in total, and in a group, that a droppable one needs
MAX_CHATS = 1024  # chats with a limiter before idle ones are removed
UNLIMITED_ENDPOINTS = {"sendChatAction"}

Callback = Callable[..., Coroutine[Any, Any, Any]]


class RateLimitExceeded(TelegramError):
    """A droppable request was dropped."""


class RateLimiter(AIORateLimiter):
    """The library's limits, limits per chat, and droppable requests that never wait for the global ones."""

    def __init__(self) -> None:
        super().__init__(max_retries=MAX_RETRIES)
        self._chats = dict[tuple[str, Any], AsyncLimiter]()

    async def process_request(
        self,
        callback: Callback,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Send a request within the limits. Raises RateLimitExceeded for a droppable request that is dropped."""
        chat = data.get("chat_id")
        if endpoint in UNLIMITED_ENDPOINTS:
            return await callback(*args, **kwargs)
        if rate_limit_args == DROPPABLE:
            return await self._send_or_drop(callback, args, kwargs, endpoint, chat)
        if endpoint in CHAT_LIMITS:
            await self._chat_limiter(endpoint, chat).acquire()
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)

    async def _send_or_drop(
        self, callback: Callback, args: Any, kwargs: dict[str, Any], endpoint: str, chat: Any
    ) -> Any:
        group = chat if isinstance(chat, int) and chat < 0 else False
        is_full = self._base_limiter is not None and not self._base_limiter.has_capacity(MIN_CAPACITY)
        if is_full or not self._retry_after_event.is_set():
            raise RateLimitExceeded("too much is sent already")
        if group and not self._get_group_limiter(group).has_capacity(MIN_GROUP_CAPACITY):
            raise RateLimitExceeded("too much is sent to this group already")
        if endpoint in CHAT_LIMITS:
            await self._chat_limiter(endpoint, chat).acquire()
        return await self._run_request(True, group, False, callback, args, kwargs)

    def _chat_limiter(self, endpoint: str, chat: Any) -> AsyncLimiter:
        if len(self._chats) > MAX_CHATS:
            self._chats = {key: chat for key, chat in self._chats.items() if not chat.has_capacity(chat.max_rate)}
        return self._chats.setdefault((endpoint, chat), AsyncLimiter(*CHAT_LIMITS[endpoint]))
