"""The sites whose readers may ask, from a file of TOML: a table a site, with the origins its pages have."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.web.auth.principal import NAME
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.errors import UsageError

MOST_STARTERS, LONGEST_STARTER = 6, 200  # questions; characters

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_KEYS = ("origins", "name", "starters", "outlet", "since")


@dataclass(frozen=True, slots=True)
class Site:
    """A publication whose pages carry the widget; `scope` is what its readers are answered from."""

    id: str
    origins: tuple[str, ...]
    name: str
    starters: tuple[str, ...] = ()
    scope: Filters = field(default_factory=Filters)


def read_sites(path: Path | None) -> Mapping[str, Site]:
    """The sites by id, none without a file. Raises UsageError that names the line or the key and what is right."""
    if path is None:
        return {}
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"ONRECORD_SITES_FILE is {str(path)!r}, which cannot be read: {exc}.") from exc
    except tomllib.TOMLDecodeError as exc:
        raise UsageError(f"{path} is not TOML: {exc}.") from exc
    if not tables:
        raise UsageError(f"{path} lists no site; a site is a table such as [courier] with its origins.")
    return {name: _site(path, name, table) for name, table in tables.items()}


def _site(path: Path, name: str, table: object) -> Site:
    try:
        if not NAME.fullmatch(name):
            raise ValueError("is no site's id; use lower-case letters, digits and hyphens, at most 40")
        if not isinstance(table, dict):
            raise ValueError("stands outside a table; a site is a table such as [courier] with its origins")
        if unknown := sorted(set(table) - set(_KEYS)):
            raise ValueError(f"{unknown[0]} is not known; a site has {', '.join(_KEYS)}")
        scope = parse_filters(outlet=_text(table, "outlet"), since=_text(table, "since"))
        return Site(name, _origins(table), _text(table, "name") or name, _starters(table), scope)
    except (ValueError, UsageError) as exc:
        raise UsageError(f"{path}: [{name}] {str(exc).rstrip('.')}.") from exc


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if key == "since" and not isinstance(value, str):
        value = str(value)  # a bare date of TOML, or a year
    if not isinstance(value, str):
        raise ValueError(f'{key} is {value!r}; write a text in quotation marks, such as {key} = "…"')
    return value.strip()


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ValueError(f'{key} is {values!r}; write a list of texts, such as {key} = ["…"]')
    if repeated := [value for value in values if values.count(value) > 1]:
        raise ValueError(f"{key} lists {repeated[0]!r} more than once")
    return tuple(values)


def _starters(table: Mapping[str, Any]) -> tuple[str, ...]:
    starters = _texts(table, "starters")
    if len(starters) > MOST_STARTERS or any(len(starter) > LONGEST_STARTER for starter in starters):
        raise ValueError(f"starters are at most {MOST_STARTERS} questions of at most {LONGEST_STARTER} characters")
    return starters


def _origins(table: Mapping[str, Any]) -> tuple[str, ...]:
    origins = _texts(table, "origins")
    if not origins:
        raise ValueError('has no origins; add origins = ["https://courier.example"]')
    for origin in origins:
        if fault := _fault(origin):
            raise ValueError(f"origins has {origin!r}, which {fault}")
    return origins


def _fault(origin: str) -> str:
    """What is wrong with an origin; it has to be written as browsers send it, because it is compared exactly."""
    if "*" in origin:
        return "would let pages ask that nobody listed; list each origin"
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no origin; write it as https://courier.example"
    if parts.scheme not in _PORTS or not host:
        return "has no scheme; write it as https://courier.example or http://localhost:8080"
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        return "has no host as browsers send it; other alphabets are written as xn--…"
    right = f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _PORTS[parts.scheme]) else "")
    return "" if origin == right else f"is more or other than an origin; write it as {right}"
