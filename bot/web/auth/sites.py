"""The sites whose readers may ask, read from a TOML file with one table per site that lists its origins."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.web.auth.principal import NAME_PATTERN
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.errors import UsageError

MAX_STARTERS, MAX_STARTER_LENGTH = 6, 200  # questions per site; characters per question

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_SITE_KEYS = ("origins", "name", "starters", "outlet", "since")


@dataclass(frozen=True, slots=True)
class Site:
    """A publication whose pages embed the widget; `scope` filters the articles that its readers are answered from."""

    id: str
    origins: tuple[str, ...]
    name: str
    starters: tuple[str, ...] = ()
    scope: Filters = field(default_factory=Filters)


def read_sites(path: Path | None) -> Mapping[str, Site]:
    """Read the sites by id; no file means no sites. Raises UsageError that names the line or key and a correct form."""
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
    return {site_id: _parse_site(path, site_id, table) for site_id, table in tables.items()}


def _parse_site(path: Path, site_id: str, table: object) -> Site:
    try:
        if not NAME_PATTERN.fullmatch(site_id):
            raise ValueError("is no site's id; use lower-case letters, digits and hyphens, at most 40")
        if not isinstance(table, dict):
            raise ValueError("stands outside a table; a site is a table such as [courier] with its origins")
        if unknown := sorted(set(table) - set(_SITE_KEYS)):
            raise ValueError(f"{unknown[0]} is not known; a site has {', '.join(_SITE_KEYS)}")
        scope = parse_filters(outlet=_text(table, "outlet"), since=_text(table, "since"))
        return Site(site_id, _origins(table), _text(table, "name") or site_id, _starters(table), scope)
    except (ValueError, UsageError) as exc:
        raise UsageError(f"{path}: [{site_id}] {str(exc).rstrip('.')}.") from exc


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if key == "since" and not isinstance(value, str):
        value = str(value)  # an unquoted TOML date, or a year
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
    if len(starters) > MAX_STARTERS or any(len(starter) > MAX_STARTER_LENGTH for starter in starters):
        raise ValueError(f"starters are at most {MAX_STARTERS} questions of at most {MAX_STARTER_LENGTH} characters")
    return starters


def _origins(table: Mapping[str, Any]) -> tuple[str, ...]:
    origins = _texts(table, "origins")
    if not origins:
        raise ValueError('has no origins; add origins = ["https://courier.example"]')
    for origin in origins:
        if error := _origin_error(origin):
            raise ValueError(f"origins has {origin!r}, which {error}")
    return origins


def _origin_error(origin: str) -> str:
    """What is wrong with an origin, empty if nothing. It is compared exactly, so it must be as browsers send it."""
    if "*" in origin:
        return "would let pages ask that nobody listed; list each origin"
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no origin; write it as https://courier.example"
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return "has no scheme; write it as https://courier.example or http://localhost:8080"
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        return "has no host as browsers send it; other alphabets are written as xn--…"
    expected = f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _DEFAULT_PORTS[parts.scheme]) else "")
    return "" if origin == expected else f"is more or other than an origin; write it as {expected}"
