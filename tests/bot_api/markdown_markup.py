"""MarkdownV2, as much of it as a test needs: every mark, escapes, and the refusals of what is not escaped."""

import re

from tests.bot_api.entities import Entity, Refusal, units
from tests.bot_api.html_markup import linked

MARKS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
RESERVED = "_*[]()~`>#+-=|{}.!"
TOKEN = re.compile(
    r"\\(?P<escaped>[\x01-\x7e])|(?P<pre>```)|(?P<mark>__|\|\||[*_~`\[\]])|(?P<quote>(?m:^)(?:\*\*)?>)|(?P<other>.)",
    re.S,
)


def _refuse(reason: str) -> Refusal:
    return Refusal(f"Bad Request: can't parse entities: {reason}")


def from_markdown(source: str) -> tuple[str, list[Entity]]:
    """The text and the entities in it."""
    text, entities, begun, at, quote = "", list[Entity](), list[tuple[str, int, int]](), 0, -1
    while at < len(source):
        token = TOKEN.match(source, at)
        assert token
        found, start = token.group(), at
        at = token.end()
        if token["escaped"]:
            text += token["escaped"]
        elif found in ("`", "```"):
            at, text = _verbatim(source, at, found, text, entities)
        elif found == "]" and begun and begun[-1][0] == "[":
            at = _link(source, at, begun.pop(), text, entities)
        elif begun and begun[-1][0] == found:
            _mark, offset, _ = begun.pop()
            entities.append({"type": MARKS[found], "offset": offset, "length": units(text) - offset})
        elif found in MARKS or found == "[":
            begun.append((found, units(text), start))
        elif token["quote"]:
            quote = units(text) if quote < 0 else quote
        elif found in RESERVED:
            raise _refuse(f"Character '{found}' is reserved and must be escaped with the preceding '\\'")
        else:
            text += found
            if quote >= 0 and found == "\n" and not source.startswith((">", "**>"), at):
                entities.append({"type": "blockquote", "offset": quote, "length": units(text) - 1 - quote})
                quote = -1
    if begun:
        name = MARKS.get(begun[-1][0], "text_link")
        raise _refuse(f"Can't find end of {name.title()} entity at byte offset {len(source[: begun[-1][2]].encode())}")
    if quote >= 0:
        entities.append({"type": "blockquote", "offset": quote, "length": units(text) - quote})
    return text, entities


def _verbatim(source: str, at: int, fence: str, text: str, entities: list[Entity]) -> tuple[int, str]:
    end = source.find(fence, at)
    if end < 0:
        kind = "Pre" if fence == "```" else "Code"
        raise _refuse(f"Can't find end of {kind} entity at byte offset {len(source[: at - len(fence)].encode())}")
    inside = re.sub(r"\\([`\\])", r"\1", source[at:end])
    place = {"offset": units(text), "length": units(inside)}
    entities.append({"type": "pre" if fence == "```" else "code"} | place)
    return end + len(fence), text + inside


def _link(source: str, at: int, begun: tuple[str, int, int], text: str, entities: list[Entity]) -> int:
    found = re.compile(r"\(((?:\\.|[^)\\])*)\)").match(source, at)
    if not found:
        raise _refuse("Can't find end of a URL at byte offset " + str(len(source[:at].encode())))
    url = re.sub(r"\\(.)", r"\1", found[1])
    entities.append(linked(url, {"offset": begun[1], "length": units(text) - begun[1]}))
    return found.end()
