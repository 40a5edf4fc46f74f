"""Tell headline, headings and body of an article apart from the boilerplate around them.

Nothing is deleted: the stored text stays as it came, and blocks label its parts. Only body blocks become passages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from retrieval.text.sentences import Span

MAX_HEADING_CHARACTERS = 120  # characters
MIN_BODY_CHARACTERS = 20


class BlockKind(Enum):
    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-sized part of an article's text."""

    kind: BlockKind
    start: int
    end: int


# Headings after which everything to the end of the page is boilerplate, as long as no full paragraph follows.
_FOOTER = re.compile(
    r"(?:leave a (?:reply|comment)|trending(?: posts| now| stories)?|related(?: articles| stories| posts)|"
    r"most (?:read|popular)|you may also like|recommended(?: for you)?|comments?|more from .{1,60})\W*",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"privacy policy|cookie(?:s| policy)|legitimate interest|your (?:personal )?(?:data|consent|registration)|"
    r"unsubscribe|"
    r"enable javascript|not a robot|terms of (?:use|service)",
    re.IGNORECASE,
)
_IMAGE_CREDIT = re.compile(
    r"Getty Images|\b(?:AP|AFP|Reuters|NASA|Shutterstock|USA TODAY Sports|pic\.twitter\.com/\S+)$|@\w+|/AP\b"
)
_SECTION_LABEL = re.compile(r"\s+(?:front ?page|breaking|top|latest|world) (?:news|stories)\W*$", re.IGNORECASE)
_FILLER_WORDS = {
    "amid",
    "with",
    "from",
    "over",
    "after",
    "into",
    "that",
    "this",
    "says",
    "said",
    "will",
    "have",
    "what",
}
_DATELINE = re.compile(r"[A-Z][\w .,/-]{0,40}(?:CNN|AP|Reuters|CNN Business|USA TODAY)?\s*[—–-]+")
_BYLINE = re.compile(
    r"by (?:[A-Z][\w.’'-]+[ ,]*(?:and |for |the )?){1,8}|(?:published|posted|updated|last updated)\b.{0,60}|"
    r"(?:\w{3,9}day,? )?(?:\d{1,2} [A-Z]\w{2,8},? \d{4}|[A-Z]\w{2,8} \d{1,2},? \d{4}|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;,][\"'’”»)\]]*$")
_BULLET = re.compile(r"\s*(?:[-•*–▪]|\d{1,2}[.)])\s")
_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*(?:\n[ \t]*\n|\Z))", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _boilerplate_pattern() -> re.Pattern[str]:
    """A pattern for whole paragraphs that belong to the page around an article, from `boilerplate.txt`."""
    lines = (files("retrieval.text") / "boilerplate.txt").read_text("utf-8").splitlines()
    return re.compile("|".join(f"(?:{line})" for line in lines if line and not line.startswith("#")), re.I | re.S)


def split_blocks(text: str, title: str = "", headings: Sequence[Span] = ()) -> tuple[Block, ...]:
    """Split `text` into labelled blocks. `headings` are spans the source marked as such (none is guessed then)."""
    spans = _paragraphs(text)
    kinds = list[BlockKind]()
    for start, end in spans:
        block, seen_body = text[start:end], any(kind is BlockKind.BODY for kind in kinds)
        kinds.append(_classify(block, title, seen_body=seen_body))
    if BlockKind.BODY not in kinds:  # a text of one sentence that repeats the headline
        kinds = [BlockKind.BODY if kind is BlockKind.TITLE else kind for kind in kinds]
    _mark_footer(text, spans, kinds)
    if headings:
        _mark_source_headings(spans, kinds, headings)
    else:
        _mark_guessed_headings(text, spans, kinds)
    return tuple(Block(kind, start, end) for kind, (start, end) in zip(kinds, spans, strict=True))


def guess_headline(text: str) -> str:
    """The first paragraph, boilerplate aside, if it looks like a headline, for sources without titles; else empty."""
    for start, end in _paragraphs(text):
        line = text[start:end]
        if not _boilerplate_pattern().fullmatch(line):
            return line if _looks_like_heading(line) else ""
    return ""


def is_boilerplate(paragraph: str) -> bool:
    """Whether a whole paragraph belongs to the page around an article."""
    return bool(_boilerplate_pattern().fullmatch(paragraph))


def has_article(text: str, parts: Sequence[Block]) -> bool:
    """Whether the blocks hold an article, rather than a consent notice, a form or a list of links."""
    body = [text[part.start : part.end] for part in parts if part.kind is BlockKind.BODY]
    prose = sum(len(part) for part in body if not _CONSENT.search(part))
    return prose >= MIN_BODY_CHARACTERS and prose * 2 >= sum(map(len, body)) and any(map(_WORD.search, body))


def _paragraphs(text: str) -> list[Span]:
    """Spans of paragraphs, split at blank lines; if the lines of one are not wrapped prose, each is a paragraph."""
    spans: list[Span] = []
    for match in _PARAGRAPH.finditer(text):
        lines = [line for line in re.finditer(r"[^\n]+", match.group()) if line.group().strip()]
        if len(lines) > 1 and not _is_wrapped([line.group() for line in lines]):
            spans.extend((match.start() + line.start(), match.start() + line.end()) for line in lines)
        else:
            spans.append(match.span())
    return [_trim(text, span) for span in spans]


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines are hard-wrapped prose: all but the last are nearly full, and at most half end a sentence."""
    full = lines[:-1]
    widest = max(map(len, lines))
    ends = sum(bool(_SENTENCE_END.search(line.rstrip())) for line in full)
    return 30 <= widest <= 130 and min(map(len, full)) >= widest * 0.6 and ends <= len(full) * 0.5


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _classify(block: str, title: str, *, seen_body: bool) -> BlockKind:
    if (
        _boilerplate_pattern().fullmatch(block)
        or (len(block) <= 50 and _DATELINE.fullmatch(block))
        or _is_byline(block)
    ):
        return BlockKind.BOILERPLATE
    if title and not seen_body and len(block) <= 2 * len(title) + 40 and _same_headline(block, title):
        return BlockKind.TITLE
    return BlockKind.BODY


def _is_byline(block: str) -> bool:
    return len(block) <= 80 and not block.endswith(".") and bool(_BYLINE.fullmatch(block))


def _same_headline(block: str, title: str) -> bool:
    """Whether a block repeats the headline, perhaps reworded or with a section label: half of the words are shared."""
    if block.casefold() == title.casefold():
        return True
    if _SENTENCE_END.search(block):
        return False
    words, title_words = _content_words(block), _content_words(title)
    shared = len(words & title_words)
    return bool(words and title_words) and shared >= 0.5 * min(len(words), len(title_words)) and len(words) >= 3


def _content_words(line: str) -> set[str]:
    return {
        word for word in map(str.lower, _WORD.findall(_SECTION_LABEL.sub("", line))) if len(word) > 3
    } - _FILLER_WORDS


def _mark_footer(text: str, spans: Sequence[Span], kinds: list[BlockKind]) -> None:
    for first, (start, end) in enumerate(spans):
        if first * 2 > len(spans) and _FOOTER.fullmatch(text[start:end]):
            rest = range(first, len(spans))
            if all(spans[at][1] - spans[at][0] <= 160 for at in rest):
                kinds[first:] = [BlockKind.BOILERPLATE] * len(rest)
                return


def _mark_source_headings(spans: Sequence[Span], kinds: list[BlockKind], headings: Sequence[Span]) -> None:
    for at, (start, end) in enumerate(spans):
        if kinds[at] is BlockKind.BODY and any(start >= left and end <= right for left, right in headings):
            kinds[at] = BlockKind.HEADING


def _mark_guessed_headings(text: str, spans: Sequence[Span], kinds: list[BlockKind]) -> None:
    candidates = [kinds[at] is BlockKind.BODY and _looks_like_heading(text[a:b]) for at, (a, b) in enumerate(spans)]
    seen_body = False
    for at, candidate in enumerate(candidates):
        if not candidate:
            seen_body = seen_body or kinds[at] is BlockKind.BODY
            continue
        follower = next((j for j in range(at + 1, len(spans)) if kinds[j] is not BlockKind.BOILERPLATE), None)
        if follower is not None and (not candidates[follower] or not seen_body):
            previous_in_list = at > 0 and candidates[at - 1] and kinds[at - 1] is BlockKind.BODY
            kinds[at] = BlockKind.BODY if previous_in_list else BlockKind.HEADING


def _looks_like_heading(block: str) -> bool:
    if (
        len(block) > MAX_HEADING_CHARACTERS
        or "\n" in block
        or (_SENTENCE_END.search(block) and not block.endswith("?"))
    ):
        return False
    words = _WORD.findall(block)
    starts_well = block[0].isupper() or block[0] in "“\"'‘" or block[0].isdigit()
    return (
        bool(words)
        and len(words) <= 18
        and starts_well
        and not _BULLET.match(block)
        and not _IMAGE_CREDIT.search(block)
    )
