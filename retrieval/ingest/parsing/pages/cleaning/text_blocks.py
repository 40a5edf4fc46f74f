"""Give each paragraph of a page an element of its own, as old pages, page builders and careless editors do not."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from retrieval.ingest.parsing.pages.cleaning.elements import (
    BLOCK_TAGS,
    MIN_PROSE_LENGTH,
    is_leaf_block,
    is_own_sentence,
    is_sentence,
    text_of,
)

_CONTAINERS = frozenset("article blockquote body center dd div main p section".split())
_ALWAYS_DIVIDED = frozenset(("p", "blockquote"))  # their parts are paragraphs, whatever they say
_MIN_LINES, _MAX_LINE_LENGTH = 3, 120  # of a paragraph that is a list of lines, most no sentences
_MAX_EMPTY_ELEMENTS = 4  # pictures and the like between two line breaks
_MAX_HOLDERS, _MAX_SIBLINGS = 3, 20  # elements around one, and on each side, that are looked at
_MAX_LINKED_SHARE = 0.5  # of a paragraph in a container that may also hold navigation


@dataclass(slots=True)
class _Run:
    """Text and inline elements between two blocks or empty lines."""

    text: str = ""
    elements: list[HtmlElement] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join(f"{self.text}{''.join(map(_text_with_tail, self.elements))}".split())


def separate_paragraphs(page: HtmlElement) -> None:
    """Put text that stands between blocks or empty lines into paragraphs."""
    for element in reversed(list(page.iter())):  # from the innermost outwards
        if element.tag not in BLOCK_TAGS and element.tag not in ("a", "br") and any(map(_divides, element)):
            element.tag = "div"
    prose = _count_prose(page)
    for container in list(page.iter(*_CONTAINERS)):
        parts = list(_parts(container))
        if len(parts) > 1 or (container.tag not in _ALWAYS_DIVIDED and parts and isinstance(parts[0], _Run)):
            own = sum(isinstance(part, _Run) and _is_paragraph(part) for part in parts)
            is_amid_prose = own > 1 or prose[container] or (own and prose[_holder(container)] > own)
            _rebuild(container, parts, is_amid_prose=bool(is_amid_prose))


def _divides(element: HtmlElement) -> bool:
    """Whether an element ends a paragraph: it is a block, a link around one, or the first break of an empty line."""
    if element.tag == "a":
        return any(child.tag in BLOCK_TAGS for child in element.iterdescendants())
    return element.tag in BLOCK_TAGS or _is_empty_line(element)


def _is_empty_line(element: HtmlElement) -> bool:
    """Whether an element is the first of two line breaks with no text between them."""
    following = element
    for _ in range(_MAX_EMPTY_ELEMENTS):
        if element.tag != "br" or (following.tail or "").strip():
            return False
        following = following.getnext()
        if following is None:
            return False
        if text_of(following):
            return False
        if next(following.iter("br"), None) is not None:
            return True
    return False


def _parts(container: HtmlElement) -> Iterator[_Run | HtmlElement]:
    """The blocks of a container and the runs of text between them, in order."""
    run, is_after_break = _Run(container.text or ""), False
    are_lines = container.tag not in _ALWAYS_DIVIDED or _is_list_of_lines(container)
    for child in container:
        is_empty_line = _is_empty_line(child) or (are_lines and child.tag == "br")
        if is_empty_line or _divides(child):
            if run.words:
                yield run
            run = _Run(child.tail or "")
            if not is_empty_line:
                yield child
        elif is_after_break and not text_of(child):  # the second break of an empty line, or a picture before it
            run.text += child.tail or ""
        else:
            run.elements.append(child)
        is_after_break = (is_empty_line or is_after_break) and not run.words
    if run.words:
        yield run


def _is_list_of_lines(paragraph: HtmlElement) -> bool:
    """Whether single line breaks divide a paragraph into lines of their own, not into lines of a wrapped sentence."""
    if len(paragraph.findall("br")) < _MIN_LINES - 1:
        return False
    text = [paragraph.text or "", *("\n" * (one.tag == "br") + _text_with_tail(one) for one in paragraph)]
    lines = [line for line in map(str.strip, "".join(text).split("\n")) if line]
    return (
        len(lines) >= _MIN_LINES
        and not any(line[0].islower() and "://" not in line for line in lines[1:])
        and sum(is_sentence(line) or len(line) > _MAX_LINE_LENGTH for line in lines) < len(lines) / 2
    )


def _rebuild(container: HtmlElement, parts: list[_Run | HtmlElement], *, is_amid_prose: bool) -> None:
    """Fill a container anew, with each run that is a paragraph in an element of its own.

    A lone sentence that is not amid prose may be that of a teaser and stays as it is.
    """
    is_divided = container.tag in _ALWAYS_DIVIDED
    for child in list(container):
        container.remove(child)
    container.text = None
    for part in parts:
        if not isinstance(part, _Run):
            part.tail = None
            container.append(part)
        elif is_divided or (is_amid_prose and _is_paragraph(part)):
            container.append(_paragraph_of(container, part))
        else:
            if len(container):
                container.append(container.makeelement("br"))
            _append_text(container, part.text)
            container.extend(part.elements)
    if container.tag == "p":
        _replace_by_children(container)


def _paragraph_of(container: HtmlElement, run: _Run) -> HtmlElement:
    paragraph = container.makeelement("p", dict(container.attrib) if container.tag == "p" else {})
    paragraph.text = run.text
    paragraph.extend(run.elements)
    return paragraph


def _replace_by_children(paragraph: HtmlElement) -> None:
    for child in list(paragraph):
        paragraph.addprevious(child)
    paragraph.drop_tree()


def _count_prose(page: HtmlElement) -> Counter[HtmlElement]:
    """How many sentences each element has as its children or, alone in a container, as those of its children."""
    counts = Counter[HtmlElement]()
    for leaf in page.iter("p", "div"):
        if leaf.getparent() is None or not is_leaf_block(leaf):
            continue
        if is_own_sentence(leaf, MIN_PROSE_LENGTH):
            for around in islice(leaf.iterancestors(), 2 if leaf.tag == "p" else 1):
                counts[around] += 1
    return counts


def _holder(container: HtmlElement) -> HtmlElement:
    """The element around a container, without those that hold no words besides it."""
    holder = container
    for around in islice(container.iterancestors(), _MAX_HOLDERS):
        if any(any(map(str.isalpha, text)) for text in _texts_beside(holder, around)):
            return around
        holder = around
    return holder


def _texts_beside(element: HtmlElement, parent: HtmlElement) -> Iterator[str]:
    """The pieces of text in a parent that are not within an element, as far as its near siblings hold them."""
    yield from (parent.text or "", element.tail or "")
    for is_before in (False, True):
        for one in islice(element.itersiblings(preceding=is_before), _MAX_SIBLINGS):
            yield from one.itertext()
            yield one.tail or ""


def _append_text(container: HtmlElement, text: str) -> None:
    if len(container):
        container[-1].tail = (container[-1].tail or "") + text
    else:
        container.text = (container.text or "") + text


def _is_paragraph(run: _Run) -> bool:
    words = run.words
    links = (link for element in run.elements for link in element.iter("a"))
    return is_sentence(words) and sum(len(text_of(link)) for link in links) <= _MAX_LINKED_SHARE * len(words)


def _text_with_tail(element: HtmlElement) -> str:
    return f"{''.join(element.itertext())}{element.tail or ''}"
