"""How fast the bot writes: as Telegram allows, and what can be left out only where there is room."""

from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter

IF_ROOM = -1  # rate_limit_args of a request that is left out rather than waited for
RETRIES = 5
# Requests and seconds in one chat: Telegram allows one message a second after a short burst; edits are ours to slow.
PACES = {"sendMessage": (2, 2.0), "editMessageText": (1, 1.0)}
ROOM, GROUP_ROOM = 10.0, 10.0  # requests that must be left in all, and in a group, for one that can be left out
MOST_CHATS = 1024  # whose pace is remembered before idle ones are forgotten
UNCOUNTED = {"sendChatAction"}

Callback = Callable[..., Coroutine[Any, Any, Any]]


class RateLimitExceeded(TelegramError):
    """The request was left out."""


class RateLimiter(AIORateLimiter):
    """The library's limits, one a chat as well, and no waiting for what is not worth it."""

    def __init__(self) -> None:
        super().__init__(max_retries=RETRIES)
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
        if endpoint in UNCOUNTED:
            return await callback(*args, **kwargs)
        if rate_limit_args == IF_ROOM:
            return await self._if_room(callback, args, kwargs, endpoint, chat)
        if endpoint in PACES:
            await self._of_chat(endpoint, chat).acquire()
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)

    async def _if_room(self, callback: Callback, args: Any, kwargs: dict[str, Any], endpoint: str, chat: Any) -> Any:
        group = chat if isinstance(chat, int) and chat < 0 else False
        is_full = self._base_limiter is not None and not self._base_limiter.has_capacity(ROOM)
        if is_full or not self._retry_after_event.is_set():
            raise RateLimitExceeded("too much is sent already")
        if group and not self._get_group_limiter(group).has_capacity(GROUP_ROOM):
            raise RateLimitExceeded("too much is sent to this group already")
        if endpoint in PACES:
            await self._of_chat(endpoint, chat).acquire()
        return await self._run_request(True, group, False, callback, args, kwargs)

    def _of_chat(self, endpoint: str, chat: Any) -> AsyncLimiter:
        if len(self._chats) > MOST_CHATS:
            self._chats = {key: one for key, one in self._chats.items() if not one.has_capacity(one.max_rate)}
        return self._chats.setdefault((endpoint, chat), AsyncLimiter(*PACES[endpoint]))
