"""Read the YAML front matter of text and Markdown files: scalars, lists and objects, without aliases, within bounds."""

import re
from typing import Any

import yaml
from yaml.composer import ComposerError

from retrieval.ingest.parsing.markup.decoding import storable

MAX_FRONT_MATTER_CHARACTERS = 65_536
MAX_DEPTH = 16  # lists and objects in one another; `authors` are two deep
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_WRONG_TYPE = "has front matter with a value that is not of its type in YAML"

Fields = dict[str, Any]


def split_front_matter(content: str) -> tuple[Fields, str]:
    """Split content into the fields of its front matter and its body. Raises ValueError when that is not YAML."""
    match = _FRONT_MATTER.match(content)
    if not match:
        return {}, content
    if len(match[1]) > MAX_FRONT_MATTER_CHARACTERS:
        raise ValueError(f"has more than {MAX_FRONT_MATTER_CHARACTERS:,} characters of front matter")
    fields = _load(match[1])
    if not isinstance(fields, dict):  # two horizontal rules with a paragraph between them
        return {}, content
    return {str(key): value for key, value in fields.items()}, content[match.end() :]


def field_text(fields: Fields, *names: str) -> str:
    """The first of the fields that is not empty, as text. Raises ValueError for a number of thousands of digits."""
    value = next((fields[name] for name in names if fields.get(name)), "")
    try:
        return storable(str(value))
    except ValueError as exc:
        raise ValueError(_WRONG_TYPE) from exc


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader without what makes a short text large or deep."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next node. Raises ComposerError for an alias and for more than MAX_DEPTH levels."""
        if self.check_event(yaml.AliasEvent):
            raise ComposerError(problem="aliases are not read")
        if self.depth > MAX_DEPTH:
            raise ComposerError(problem="it is nested too deeply")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _load(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as exc:
        raise ValueError(f"has front matter that is not YAML ({getattr(exc, 'problem', None) or exc})") from exc
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as exc:
        # What PyYAML lets through for `2026-13-40` or `!!int x`.
        raise ValueError(_WRONG_TYPE) from exc
