"""Prompts as files: Markdown with $name placeholders, which a publisher may replace by own copies.

A line `=== system ===`, `=== user ===` or `=== assistant ===` begins a message of its own; without one, a prompt is one
message of the user.
"""

import re
from importlib.resources import files
from pathlib import Path
from string import Template

from retrieval.errors import UsageError

Message = tuple[str, str]
"""Who says it (system, user, assistant), and what."""

_TURN = re.compile(r"^===[ \t]*(\w+)[ \t]*===[ \t]*$\n?", re.MULTILINE)
_ROLES = ("system", "user", "assistant")
# What servers take for the end or the beginning of a message wherever it stands: <|im_end|>, </s>, [INST].
_CONTROL = re.compile(r"<(?=[|｜/]?\w[\w▁]*[|｜]?>)|\[(?=/?INST\])")


class Prompts:
    """The prompts of a folder, those that it does not have from the package. Raises UsageError."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder and not folder.is_dir():
            raise UsageError(f"ONRECORD_PROMPTS is {folder}, which is no folder; it holds copies of the prompts.")
        self._folder = folder

    def fill(self, name: str, **values: str) -> str:
        """A prompt with its placeholders filled; one that is missing or unknown is named."""
        return "\n".join(text for _, text in self.messages(name, **values))

    def messages(self, name: str, **values: str) -> list[Message]:
        """The same as messages. The file is cut before it is filled: nothing that fills it begins another message."""
        turns = _turns(name, self._checked(name, set(values)))
        defused = {key: _CONTROL.sub(lambda mark: f"{mark[0]} ", value) for key, value in values.items()}
        return [(role, Template(text).substitute(defused).strip()) for role, text in turns]

    def _checked(self, name: str, known: set[str]) -> str:
        text = self._read(name)
        template = Template(text)
        wanted = set(template.get_identifiers())
        if not template.is_valid() or wanted - known:
            odd = ", ".join(f"${one}" for one in sorted(wanted - known)) or "a lone $ (write $$)"
            raise UsageError(f"The prompt {name}.md has {odd}, which nothing fills; known are {_listed(known)}.")
        if known - wanted:
            raise UsageError(f"The prompt {name}.md lacks {_listed(known - wanted)}.")
        return text

    def _read(self, name: str) -> str:
        own = self._folder / f"{name}.md" if self._folder else None
        try:
            return (
                own.read_text("utf-8") if own and own.exists() else (files("prompts") / f"{name}.md").read_text("utf-8")
            )
        except (OSError, UnicodeDecodeError) as exc:
            raise UsageError(f"The prompt {own} cannot be read: {exc}.") from exc


def _turns(name: str, text: str) -> list[Message]:
    """A template's messages, not filled yet."""
    first, *rest = _TURN.split(text)
    if not rest:
        return [("user", first)]
    if odd := [role for role in rest[::2] if role not in _ROLES]:
        raise UsageError(f"The prompt {name}.md has a message of {odd[0]!r}; write one of {', '.join(_ROLES)}.")
    if first.strip():
        raise UsageError(f"The prompt {name}.md has text above its first message; put it below === system ===.")
    return list(zip(rest[::2], rest[1::2], strict=True))


def _listed(names: set[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names))
