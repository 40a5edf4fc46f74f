"""Updates on their way to the bot: kept until acknowledged, polled by one at a time, or posted to a webhook."""

import json
import threading
from collections import deque
from copy import deepcopy
from time import monotonic, time
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.bot_api.entities import Refusal

BY_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}  # not sent unless asked for
AGAIN_AFTER = 0.1  # seconds to the next try of a webhook, doubled each time
POLLED_ELSEWHERE = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
ENDED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"
HAS_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
DIRECT = build_opener(ProxyHandler({}))


class Updates:
    """The queue of one bot; every method may be called from any thread."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.waiting = deque[dict[str, Any]]()
        self.allowed = list[str]()
        self.webhook: dict[str, Any] = {}
        self.closed = False
        self.delivered = list[int]()  # update ids in the order of answers, repeated where given again
        self._next_id, self._poller = 100_000_001, 0

    def put(self, kind: str, content: Any) -> int | None:
        """Queues an update; its id, or None where the bot does not want this kind."""
        with self.news:
            wanted = kind in self.allowed if self.allowed else kind not in BY_REQUEST
            if not wanted:
                return None
            self._next_id += 1
            self.waiting.append({"update_id": self._next_id, kind: deepcopy(content)})
            self.news.notify_all()
            return self._next_id

    def put_unasked(self, content: dict[str, Any]) -> int:
        """Queues an update of any kind and shape, as a server of another version may send it; returns its id."""
        with self.news:
            self._next_id += 1
            self.waiting.append({"update_id": self._next_id} | content)
            self.news.notify_all()
            return self._next_id

    def get(self, offset: int, limit: int, timeout: float, allowed: list[str] | None) -> list[dict[str, Any]]:
        """What a poll answers; the poll that waits is ended by the next one."""
        if not 1 <= limit <= 100:
            limit = 100
        with self.news:
            if self.webhook:
                raise Refusal(HAS_WEBHOOK, 409)
            if allowed is not None:
                self.allowed = allowed
            self._acknowledge(offset)
            self._poller += 1
            mine = self._poller
            self.news.notify_all()
            end = monotonic() + min(timeout, 50)
            while not self.waiting and not self.closed and self._poller == mine and monotonic() < end:
                self.news.wait(end - monotonic())
            if self._poller != mine:
                raise Refusal(ENDED_BY_WEBHOOK if self.webhook else POLLED_ELSEWHERE, 409)
            given = list(self.waiting)[:limit]
            self.delivered += [one["update_id"] for one in given]
            return given

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
        while offset > 0 and self.waiting and self.waiting[0]["update_id"] < offset:
            self.waiting.popleft()

    def set_webhook(self, url: str, secret: str, allowed: list[str] | None, *, drop: bool) -> None:
        """Posts to this address from now on; to none if it is empty."""
        with self.news:
            if drop:
                self.waiting.clear()
            if allowed is not None:
                self.allowed = allowed
            self.webhook = {"url": url, "secret": secret} if url else {}
            self._poller += 1
            self.news.notify_all()

    def webhook_info(self) -> dict[str, Any]:
        with self.news:
            known = {name: self.webhook[name] for name in self.webhook if name.startswith("last_")}
            allowed = {"allowed_updates": self.allowed} if self.allowed else {}
            count = {"has_custom_certificate": False, "pending_update_count": len(self.waiting)}
            return {"url": self.webhook.get("url", "")} | count | known | allowed

    def close(self) -> None:
        with self.news:
            self.closed = True
            self.news.notify_all()

    def post_all(self) -> None:
        """Posts to the webhook, in order, each again until it is taken; ends when closed."""
        pause = AGAIN_AFTER
        while True:
            with self.news:
                self.news.wait_for(lambda: self.closed or (self.webhook and self.waiting))
                if self.closed:
                    return
                update, webhook = self.waiting[0], self.webhook
            error = _post(webhook, update)
            with self.news:
                if error is None:
                    pause = AGAIN_AFTER
                    self.delivered.append(update["update_id"])
                    if self.waiting and self.waiting[0] is update:
                        self.waiting.popleft()
                    continue
                webhook |= {"last_error_date": int(time()), "last_error_message": error}
                self.news.wait_for(lambda: self.closed, pause)
                pause = min(2 * pause, 2)


def _post(webhook: dict[str, Any], update: dict[str, Any]) -> str | None:
    """What went wrong, if anything did."""
    headers = {"Content-Type": "application/json"}
    if webhook["secret"]:
        headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret"]
    try:
        with DIRECT.open(Request(webhook["url"], json.dumps(update).encode(), headers), timeout=10):
            return None
    except HTTPError as error:
        return f"Wrong response from the webhook: {error.code} {error.reason}"
    except OSError as error:
        return f"Connection failed: {error}"
