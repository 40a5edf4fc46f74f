"""HTML as Telegram parses it: text, entities, and its own words for what it cannot parse."""

import re
from dataclasses import dataclass

from tests.bot_api.entities import Entity, Refusal, units

SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = SIMPLE.keys() | {"a", "tg-emoji", "pre", "code", "blockquote"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER = re.compile(r"&(?:#(?P<decimal>[0-9]{1,8})|#x(?P<hex>[0-9a-fA-F]{1,8})|(?P<name>[a-zA-Z]+));?")
ARGUMENT = {("a", "href"): "", ("code", "class"): "language-", ("span", "class"): "tg-", ("tg-emoji", "emoji-id"): ""}


@dataclass(frozen=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int  # in the characters of the result


class HtmlText:
    """One text, parsed from its start to its end."""

    def __init__(self, source: str) -> None:
        self.source, self.at, self.tag_at = source, 0, 0
        self.text, self.entities, self.open = "", list[Entity](), list[_Open]()

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            if self._peek() == "<":
                self._tag()
            else:
                self.text += self._character()
        if self.open:
            self._refuse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        for one in self.entities:
            one.pop("class", None)
        return self.text, self.entities

    def _refuse(self, reason: str) -> None:
        raise Refusal(f"Bad Request: can't parse entities: {reason}")

    def _refuse_here(self, reason: str, after: str = "") -> None:
        self._refuse(f"{reason} at byte offset {len(self.source[: self.tag_at].encode())}{after}")

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _character(self) -> str:
        if found := CHARACTER.match(self.source, self.at):
            number = int(found["decimal"] or 0) or int(found["hex"] or "0", 16)
            meant = NAMED.get(found["name"] or "")
            if found["name"] is None and 0 < number < 0x10FFFF:
                meant = chr(number)
            if meant:
                self.at = found.end()
                return meant
        self.at += 1
        return self.source[self.at - 1]

    def _skip(self, pattern: str) -> str:
        found = re.compile(pattern).match(self.source, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found.group()

    def _tag(self) -> None:
        self.tag_at, self.at = self.at, self.at + 1
        if self._peek() == "/":
            self.at += 1
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        tag = self._skip(r"[^\s>]*").lower()
        if not self._peek():
            self._refuse_here("Unclosed start tag")
        if tag not in TAGS:
            self._refuse_here(f'Unsupported start tag "{tag}"')
        argument = ""
        while self._skip(r"\s*") is not None and self._peek() != ">":
            argument = self._attribute(tag) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            self._refuse_here('Tag "span" must have class "tg-spoiler"')
        self.open.append(_Open(tag, argument, units(self.text), len(self.text)))

    def _attribute(self, tag: str) -> str:
        """The argument that the attribute gives the tag, empty if none."""
        if not self._peek():
            self._refuse_here(f'Unclosed start tag "{tag}"')
        name = self._skip(r"[^\s=>]*")
        if not name:
            self._refuse_here(f'Empty attribute name in the tag "{tag}"')
        self._skip(r"\s*")
        value = ""
        if self._peek() == "=":
            self.at += 1
            value = self._value()
        if not self._peek():
            self._refuse_here("Unclosed start tag")
        if (tag, name) == ("blockquote", "expandable"):
            return "expandable"
        prefix = ARGUMENT.get((tag, name))
        return value.removeprefix(prefix) if prefix is not None and value.startswith(prefix) else ""

    def _value(self) -> str:
        self._skip(r"\s*")
        quote = self._peek()
        if quote not in ("'", '"'):
            token = self._skip(r"[a-zA-Z0-9.-]*")
            if self._peek() not in (">", " ", "\n", "\t"):
                self._refuse_here("Unexpected end of name token")
            return token.lower()
        self.at += 1
        value = ""
        while self._peek() not in (quote, ""):
            value += self._character()
        self.at += 1
        return value

    def _end_tag(self) -> None:
        if not self.open:
            self._refuse_here("Unexpected end tag")
        name = self._skip(r"[^\s>]*").lower()
        self._skip(r"\s*")
        if self._peek() != ">":
            self._refuse_here("Unclosed end tag")
        self.at += 1
        begun = self.open.pop()
        if name and name != begun.tag:
            self._refuse_here("Unmatched end tag", f', expected "</{begun.tag}>", found "</{name}>"')
        length = units(self.text) - begun.offset
        if length:
            self._close(begun, {"offset": begun.offset, "length": length})

    def _close(self, begun: _Open, place: Entity) -> None:
        last = self.entities[-1] if self.entities else {}
        same = last.get("offset") == place["offset"] and last.get("length") == place["length"]
        if begun.tag in SIMPLE:
            self.entities.append({"type": SIMPLE[begun.tag]} | place)
        elif begun.tag == "a":
            self.entities.append(linked(begun.argument or self.text[begun.start :], place))
        elif begun.tag == "tg-emoji":
            self.entities.append({"type": "custom_emoji", "custom_emoji_id": begun.argument} | place)
        elif begun.tag == "blockquote":
            self.entities.append({"type": f"{begun.argument}_blockquote".lstrip("_")} | place)
        elif begun.tag == "pre" and same and last.get("class"):
            last.update(type="pre", language=last.pop("class"))
        elif begun.tag == "code" and same and last["type"] == "pre" and begun.argument:
            last["language"] = begun.argument
        elif begun.tag == "code":
            self.entities.append({"type": "code", "class": begun.argument} | place)
        else:
            self.entities.append({"type": "pre"} | place)


def linked(url: str, place: Entity) -> Entity:
    """A link, or a mention of somebody without a username."""
    if found := re.fullmatch(r"tg://user\?id=(\d+)", url):
        user = {"id": int(found[1]), "is_bot": False, "first_name": "User"}
        return {"type": "text_mention", "user": user} | place
    return {"type": "text_link", "url": url} | place


def from_html(source: str) -> tuple[str, list[Entity]]:
    """The text and the entities in it."""
    return HtmlText(source).parse()
