"""Tell headline, headings and body of an article apart from the boilerplate around them.

Nothing is deleted: the stored text stays as it came, and blocks label its parts. Only body blocks become passages.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import accumulate, islice

from retrieval.text.sentences import Span

MAX_HEADING_CHARACTERS = 120  # characters
MIN_BODY_CHARACTERS = 20
MAX_BLOCKS = 100_000  # of one article; what follows is one more block, which bounds the memory


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
_NOTICE = re.compile(
    r"legitimate interest|your (?:personal )?(?:data|consent|registration)|unsubscribe|enable javascript|not a robot|"
    r"privacy policy|cookie policy|terms of (?:use|service)",
    re.IGNORECASE,
)
# Words of consent notices that are news as well, unless a site (we) or its reader (you) is spoken of.
_CONSENT_WORD = re.compile(
    r"\bcookies?\b|\bconsent\b|\bprivacy\b|personal data|\bpartners\b|\bgdpr\b|datenschutz|einwillig|"
    r"données personnelles|datos personales|dati personali",
    re.IGNORECASE,
)
_SITE_OR_READER = re.compile(
    r"\b(?:we|our|us|you|your|wir|unsere?[rn]?|Ihre?[rnm]?|Sie|nous|notre|nos|vous|votre|vos|nuestr[oa]s?|usted|su|"
    r"nostr[oaie]|vostr[oaie])\b"
)
_IMAGE_CREDIT = re.compile(
    r"Getty Images|\b(?:AP|AFP|Reuters|NASA|Shutterstock|USA TODAY Sports|pic\.twitter\.com/\S+)$|@\w+|/AP\b"
)
_SECTION_LABEL = re.compile(r"(?<!\s)\s+(?:front ?page|breaking|top|latest|world) (?:news|stories)\W*$", re.IGNORECASE)
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
    r"by (?:[A-Z][\w.’'-]++[ ,]*+(?:and |for |the )?){1,8}|(?:published|posted|updated|last updated)\b.{0,60}|"
    r"(?:\w{3,9}day,? )?(?:\d{1,2} [A-Z]\w{2,8},? \d{4}|[A-Z]\w{2,8} \d{1,2},? \d{4}|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;,][\"'’”»)\]]*$")
_BULLET = re.compile(r"\s*(?:[-•*–▪]|\d{1,2}[.)])\s")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NOT_SPACE = re.compile(r"\S")
_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"[^\W\d_]+")
_MAX_FOOTER_CHARACTERS = 160  # of a paragraph below the heading of a footer; a longer one is prose


@dataclass(frozen=True, slots=True)
class _Headline:
    """A headline in the forms in which each paragraph is compared with it."""

    length: int
    folded: str
    words: frozenset[str]


@cache
def _boilerplate_pattern() -> re.Pattern[str]:
    """A pattern for whole paragraphs that belong to the page around an article, from `boilerplate.txt`."""
    lines = (files("retrieval.text") / "boilerplate.txt").read_text("utf-8").splitlines()
    return re.compile("|".join(f"(?:{line})" for line in lines if line and not line.startswith("#")), re.I | re.S)


def split_blocks(text: str, title: str = "", headings: Sequence[Span] = ()) -> tuple[Block, ...]:
    """Split `text` into labelled blocks. `headings` are spans the source marked as such (none is guessed then)."""
    spans = list(_bounded(_paragraphs(text), text))
    kinds = list(_classified((text[start:end] for start, end in spans), title))
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


def is_consent_notice(sentence: str) -> bool:
    """Whether a sentence or paragraph asks for consent or explains it, rather than tell of it."""
    return bool(_NOTICE.search(sentence)) or bool(_CONSENT_WORD.search(sentence) and _SITE_OR_READER.search(sentence))


def has_article(text: str, parts: Sequence[Block]) -> bool:
    """Whether the blocks hold an article, rather than a consent notice, a form or a list of links."""
    body = [text[part.start : part.end] for part in parts if part.kind is BlockKind.BODY]
    prose = sum(len(part) for part in body if not is_consent_notice(part))
    return prose >= MIN_BODY_CHARACTERS and prose * 2 >= sum(map(len, body)) and any(map(_WORD.search, body))


def _bounded(paragraphs: Iterator[Span], text: str) -> Iterator[Span]:
    """The first MAX_BLOCKS paragraphs, and the rest of the text as one."""
    yield from islice(paragraphs, MAX_BLOCKS)
    if rest := next(paragraphs, None):
        yield rest[0], len(text.rstrip())


def _paragraphs(text: str) -> Iterator[Span]:
    """Spans of paragraphs, split at blank lines; if the lines of one are not wrapped prose, each is a paragraph."""
    for start, end in _split_at_blank_lines(text):
        if _is_one_paragraph(text, start, end):
            yield _trim(text, (start, end))
        else:
            yield from (_trim(text, line) for line in _lines(text, start, end))


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the lines that are not empty."""
    spans = (line.span() for line in _LINE.finditer(text, start, end))
    return (span for span in spans if not text[span[0] : span[1]].isspace())


def _split_at_blank_lines(text: str) -> Iterator[Span]:
    """Spans between blank lines without the white space around them, in one pass over the text."""
    found = _NOT_SPACE.search(text)
    for blank in _BLANK_LINE.finditer(text):
        if found is None:
            return
        if blank.start() > found.start():  # else it is white space before the paragraph that comes next
            yield found.start(), found.start() + len(text[found.start() : blank.start()].rstrip())
            found = _NOT_SPACE.search(text, blank.end())
    if found is not None:
        yield found.start(), len(text.rstrip())


def _is_one_paragraph(text: str, start: int, end: int) -> bool:
    """Whether there is one line, or wrapped prose: all lines but the last are full, at most half end a sentence."""
    lengths = array("L", (stop - begin for begin, stop in _lines(text, start, end)))
    if len(lengths) <= 1:
        return True
    full, widest = lengths[:-1], max(lengths)
    if not 30 <= widest <= 130 or min(full) < widest * 0.6:
        return False
    lines = islice(_lines(text, start, end), len(full))
    ends = sum(bool(_SENTENCE_END.search(text[begin:stop].rstrip())) for begin, stop in lines)
    return ends <= len(full) * 0.5


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _classified(blocks: Iterator[str], title: str) -> Iterator[BlockKind]:
    """The kind of each block; the headline is looked for above the first body block."""
    headline = _Headline(len(title), title.casefold(), _content_words(title)) if title else None
    for block in blocks:
        kind = _classify(block, headline)
        if kind is BlockKind.BODY:
            headline = None
        yield kind


def _classify(block: str, headline: _Headline | None) -> BlockKind:
    if (
        _boilerplate_pattern().fullmatch(block)
        or (len(block) <= 50 and _DATELINE.fullmatch(block))
        or _is_byline(block)
    ):
        return BlockKind.BOILERPLATE
    if headline and len(block) <= 2 * headline.length + 40 and _same_headline(block, headline):
        return BlockKind.TITLE
    return BlockKind.BODY


def _is_byline(block: str) -> bool:
    return len(block) <= 80 and not block.endswith(".") and bool(_BYLINE.fullmatch(block))


def _same_headline(block: str, headline: _Headline) -> bool:
    """Whether a block repeats the headline, perhaps reworded or with a section label: half of the words are shared."""
    if block.casefold() == headline.folded:
        return True
    if _SENTENCE_END.search(block):
        return False
    words = _content_words(block)
    shared = len(words & headline.words)
    return bool(words and headline.words) and shared >= 0.5 * min(len(words), len(headline.words)) and len(words) >= 3


def _content_words(line: str) -> frozenset[str]:
    words = map(str.lower, _WORD.findall(_SECTION_LABEL.sub("", line)))
    return frozenset(word for word in words if len(word) > 3) - _FILLER_WORDS


def _mark_footer(text: str, spans: Sequence[Span], kinds: list[BlockKind]) -> None:
    """Mark all from the first heading of a footer in the second half, as long as no full paragraph follows."""
    is_full = [end - start > _MAX_FOOTER_CHARACTERS for start, end in spans]
    after_full = len(spans) - is_full[::-1].index(True) if True in is_full else 0
    for first in range(max(len(spans) // 2 + 1, after_full), len(spans)):
        if _FOOTER.fullmatch(text[spans[first][0] : spans[first][1]]):
            kinds[first:] = [BlockKind.BOILERPLATE] * (len(spans) - first)
            return


def _mark_source_headings(spans: Sequence[Span], kinds: list[BlockKind], headings: Sequence[Span]) -> None:
    """Mark the body blocks that lie within a heading; `headings` may stand in any order."""
    ordered = sorted(headings)
    starts = [start for start, _ in ordered]
    furthest = list(accumulate((end for _, end in ordered), max))  # the last end of a heading up to each one
    for at, (start, end) in enumerate(spans):
        before = bisect_right(starts, start)
        if kinds[at] is BlockKind.BODY and before and end <= furthest[before - 1]:
            kinds[at] = BlockKind.HEADING


def _mark_guessed_headings(text: str, spans: Sequence[Span], kinds: list[BlockKind]) -> None:
    candidates = [kinds[at] is BlockKind.BODY and _looks_like_heading(text[a:b]) for at, (a, b) in enumerate(spans)]
    followers, seen_body = _followers(kinds), False
    for at, candidate in enumerate(candidates):
        if not candidate:
            seen_body = seen_body or kinds[at] is BlockKind.BODY
            continue
        follower = followers[at]
        if follower is not None and (not candidates[follower] or not seen_body):
            previous_in_list = at > 0 and candidates[at - 1] and kinds[at - 1] is BlockKind.BODY
            kinds[at] = BlockKind.BODY if previous_in_list else BlockKind.HEADING


def _followers(kinds: Sequence[BlockKind]) -> list[int | None]:
    """For each block the next one that is no boilerplate."""
    followers, following = list[int | None](), None
    for at in reversed(range(len(kinds))):
        followers.append(following)
        if kinds[at] is not BlockKind.BOILERPLATE:
            following = at
    return followers[::-1]


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
