"""GET /widget.js: scripts and stylesheets bundled into one script that browsers cache until it changes."""

import gzip
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response

from retrieval.documents import digest

MAX_AGE = 3_600  # seconds that a browser uses its copy without asking for a newer one
STYLES = ("theme", "style")
SECTIONS = (
    "lib/strings strings/en strings/uk strings/de strings/es strings/fr "
    "lib/dates lib/dom lib/highlights lib/links lib/client "
    "ui/prose ui/card ui/actions ui/turn lib/memory ui/form ui/chat ui/panel element start".split()
)
_PREAMBLE = """// OnRecord's widget, Apache-2.0. Readable on purpose: nothing is minified but for full-line comments.
(() => {
"use strict";
const SCRIPT = document.currentScript;
const HOME = SCRIPT?.src ? new URL(".", SCRIPT.src).href : location.origin;
"""
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)
_INDENT = re.compile(r"^ +", re.MULTILINE)


router = APIRouter()


@dataclass(frozen=True, slots=True)
class WidgetScript:
    """The script as it is served; `version` is a digest of its text."""

    plain: bytes
    gzipped: bytes
    version: str


@cache
def widget_script() -> WidgetScript:
    """All sections in one function scope, so that the page sees only the custom element."""
    style = "".join(_INDENT.sub("", _STYLE_COMMENT.sub("", _read(f"{name}.css"))) for name in STYLES)
    sections = [_COMMENT.sub("", _read(f"{name}.js")) for name in SECTIONS]
    text = "\n".join([_PREAMBLE, f"const STYLE = {json.dumps(style)};", *sections, "})();\n"])
    plain = text.encode()
    return WidgetScript(plain, gzip.compress(plain, mtime=0), digest(text))


@router.get("/widget.js", include_in_schema=False)
@router.head("/widget.js", include_in_schema=False)
def widget(accept_encoding: Annotated[str, Header()] = "", if_none_match: Annotated[str, Header()] = "") -> Response:
    """The script, gzipped for clients that accept it; 304 for a client that has this version."""
    bundle = widget_script()
    is_gzipped = "gzip" in accept_encoding
    etag = f'"{bundle.version}{"-gz" if is_gzipped else ""}"'
    headers = {
        "Cache-Control": f"public, max-age={MAX_AGE}",
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    if bundle.version in if_none_match:
        return Response(status_code=304, headers=headers)
    body = bundle.gzipped if is_gzipped else bundle.plain
    if is_gzipped:
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type="text/javascript")


def _read(name: str) -> str:
    return (files("bot.web.widget") / "assets" / name).read_text("utf-8")
