"""The widget for web pages: scripts and a stylesheet that are served as one script."""

import gzip
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.documents import digest

STYLES = ("theme", "style")
SECTIONS = (
    "lib/strings lib/dates lib/dom lib/links lib/client ui/prose ui/card ui/actions ui/turn lib/memory ui/form ui/chat "
    "ui/panel element start".split()
)
_START = """// OnRecord's widget, Apache-2.0. Readable on purpose: nothing is minified but for full-line comments.
(() => {
"use strict";
const SCRIPT = document.currentScript;
const HOME = SCRIPT?.src ? new URL(".", SCRIPT.src).href : location.origin;
"""
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)
_INDENT = re.compile(r"^ +", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """The script as it is sent; `version` changes whenever a byte does."""

    plain: bytes
    gzipped: bytes
    version: str


@cache
def script() -> Script:
    """All sections in one function, so that nothing but the element is seen by the page."""
    style = "".join(_INDENT.sub("", _STYLE_COMMENT.sub("", _read(f"{name}.css"))) for name in STYLES)
    sections = [_COMMENT.sub("", _read(f"{name}.js")) for name in SECTIONS]
    text = "\n".join([_START, f"const STYLE = {json.dumps(style)};", *sections, "})();\n"])
    plain = text.encode()
    return Script(plain, gzip.compress(plain, mtime=0), digest(text))


def _read(name: str) -> str:
    return (files("bot.web.widget") / "assets" / name).read_text("utf-8")
