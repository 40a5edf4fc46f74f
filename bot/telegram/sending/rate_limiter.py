"""How fast the bot writes: as Telegram allows, and what can be left out only where there is room."""

from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter

DROPPABLE = -1  # rate_limit_args of a request that is left out rather than waited for
MAX_RETRIES = 5
# Requests and seconds in one chat: Telegram allows one message a second after a short burst; edits are ours to slow.
CHAT_LIMITS = {"sendMessage": (2, 2.0), "editMessageText": (1, 1.0)}
MIN_CAPACITY, MIN_GROUP_CAPACITY = (
    10.0,
    10.0,
)  # requests that must be left in all, and in a group, for one that can be left out
MAX_CHATS = 1024  # whose pace is remembered before idle ones are forgotten
UNLIMITED_ENDPOINTS = {"sendChatAction"}

Callback = Callable[..., Coroutine[Any, Any, Any]]


class RateLimitExceeded(TelegramError):
    """The request was left out."""


class RateLimiter(AIORateLimiter):
    """The library's limits, one a chat as well, and no waiting for what is not worth it."""

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
        """Raises NoRoom for a request that is left out."""
        chat = data.get("chat_id")
        if endpoint in UNLIMITED_ENDPOINTS:
            return await callback(*args, **kwargs)
        if rate_limit_args == DROPPABLE:
            return await self._if_room(callback, args, kwargs, endpoint, chat)
        if endpoint in CHAT_LIMITS:
            await self._of_chat(endpoint, chat).acquire()
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)

    async def _if_room(self, callback: Callback, args: Any, kwargs: dict[str, Any], endpoint: str, chat: Any) -> Any:
        group = chat if isinstance(chat, int) and chat < 0 else False
        is_full = self._base_limiter is not None and not self._base_limiter.has_capacity(MIN_CAPACITY)
        if is_full or not self._retry_after_event.is_set():
            raise RateLimitExceeded("too much is sent already")
        if group and not self._get_group_limiter(group).has_capacity(MIN_GROUP_CAPACITY):
            raise RateLimitExceeded("too much is sent to this group already")
        if endpoint in CHAT_LIMITS:
            await self._of_chat(endpoint, chat).acquire()
        return await self._run_request(True, group, False, callback, args, kwargs)

    def _of_chat(self, endpoint: str, chat: Any) -> AsyncLimiter:
        if len(self._chats) > MAX_CHATS:
            self._chats = {key: one for key, one in self._chats.items() if not one.has_capacity(one.max_rate)}
        return self._chats.setdefault((endpoint, chat), AsyncLimiter(*CHAT_LIMITS[endpoint]))
