"""A request's parameters, however they were sent: query, form, JSON or multipart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

from tests.bot_api.entities import Refusal


@dataclass(frozen=True)
class Params:
    """Parameters by name; numbers and objects may have come as text."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return "" if value is None else str(value)

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        try:
            return None if value in (None, "") else int(str(value))
        except ValueError:
            raise Refusal(f"Bad Request: can't parse {name}: expected an integer") from None

    def need(self, name: str) -> int:
        value = self.number(name)
        if value is None:
            raise Refusal(f"Bad Request: {name.replace('_id', ' identifier').replace('_', ' ')} is not specified")
        return value

    def yes(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1", "yes")

    def json(self, name: str) -> Any:
        """An object or a list, None if it was not given."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refusal(f"Bad Request: can't parse {name} JSON object") from None

    def file(self, name: str) -> tuple[str, bytes]:
        """Name and content of an upload, which may be named as attach://..."""
        key = self.text(name).removeprefix("attach://") or name
        if key not in self.files:
            raise Refusal(f"Bad Request: there is no {name} in the request")
        return self.files[key]


def read_params(query: str, kind: str, body: bytes) -> Params:
    """The parameters in an address and a body of this content type."""
    values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    if kind.startswith("multipart/form-data"):
        return _multipart(values, kind, body)
    if kind.startswith("application/json"):
        try:
            return Params(values | json.loads(body or b"{}"))
        except (ValueError, TypeError):
            raise Refusal("Bad Request: can't parse JSON object") from None
    return Params(values | dict(parse_qsl(body.decode(), keep_blank_values=True)))


def _multipart(values: dict[str, Any], kind: str, body: bytes) -> Params:
    files = dict[str, tuple[str, bytes]]()
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    for part in message.get_payload() if message.is_multipart() else []:
        assert not isinstance(part, str)
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name = str(part.get_param("name", "", "content-disposition"))
        if (filename := part.get_filename()) is not None:
            files[name] = (filename, content)
        else:
            values[name] = content.decode()
    return Params(values, files)
