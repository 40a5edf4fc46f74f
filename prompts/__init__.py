"""Prompts as files: Markdown with $name placeholders, which a publisher may replace by own copies."""

from importlib.resources import files
from pathlib import Path
from string import Template

from retrieval.errors import UsageError


class Prompts:
    """The prompts of a folder, those that it does not have from the package. Raises UsageError."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder and not folder.is_dir():
            raise UsageError(f"ONRECORD_PROMPTS is {folder}, which is no folder; it holds copies of the prompts.")
        self._folder = folder

    def fill(self, name: str, **values: str) -> str:
        """A prompt with its placeholders filled; one that is missing or unknown is named."""
        template = Template(self._read(name))
        known, wanted = set(values), set(template.get_identifiers())
        if not template.is_valid() or wanted - known:
            odd = ", ".join(f"${one}" for one in sorted(wanted - known)) or "a lone $ (write $$)"
            raise UsageError(f"The prompt {name}.md has {odd}, which nothing fills; known are {_listed(known)}.")
        if known - wanted:
            raise UsageError(f"The prompt {name}.md lacks {_listed(known - wanted)}.")
        return template.substitute(values)

    def _read(self, name: str) -> str:
        own = self._folder / f"{name}.md" if self._folder else None
        try:
            return (
                own.read_text("utf-8") if own and own.exists() else (files("prompts") / f"{name}.md").read_text("utf-8")
            )
        except (OSError, UnicodeDecodeError) as exc:
            raise UsageError(f"The prompt {own} cannot be read: {exc}.") from exc


def _listed(names: set[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names))
