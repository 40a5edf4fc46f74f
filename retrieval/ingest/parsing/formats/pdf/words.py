"""Read the words of a PDF page with their places, by PDFium."""

import ctypes
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import pi

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from retrieval.ingest.parsing.markup.decoding import normalised

_DIVIDING_HYPHEN = "\x02"  # what PDFium makes of a hyphen at the end of a line
_BASELINE_TOLERANCE = 0.3  # of the size, by which the characters of one word may stand higher or lower
_WORD_GAP = 0.18  # of the size, between two characters of different words where no space is drawn


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them; lengths in points, `baseline` counted from the bottom of the page."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    quarter: int  # clockwise quarter turns, 0 for upright text
    left: float
    right: float
    baseline: float
    size: float


def page_words(page: pdfium.PdfPage) -> list[Word]:
    """The words of a page in the order in which they are drawn, those of its main direction alone.

    Stamps along the edge of a page are left out; a page that is drawn sideways is read as if it were turned.
    """
    text_page = page.get_textpage()
    try:
        runs = list(_runs(_characters(text_page)))
    finally:
        text_page.close()
    turns = Counter(run[0].quarter for run in runs)
    main = turns.most_common(1)[0][0] if turns else 0
    words = (_word(run) for run in runs if run[0].quarter == main)
    return [word for word in words if word.text]  # of invisible characters nothing is left


def _characters(text_page: pdfium.PdfTextPage) -> Iterator[_Character | None]:
    """The characters of a page, turned upright; None for white space."""
    box, x, y = pdfium_c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text_page, index)
        text = chr(code) if code < 0x110000 else "\ufffd"
        if text.isspace() or not code:
            yield None
            continue
        pdfium_c.FPDFText_GetLooseCharBox(text_page, index, box)
        pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
        quarter = round(pdfium_c.FPDFText_GetCharAngle(text_page, index) / (pi / 2)) % 4
        yield _upright("-" if text == _DIVIDING_HYPHEN else text, quarter, box, x.value, y.value)


def _upright(text: str, quarter: int, box: pdfium_c.FS_RECTF, x: float, y: float) -> _Character:
    match quarter:
        case 3:
            left, right, baseline, size = box.bottom, box.top, -x, box.right - box.left
        case 2:
            left, right, baseline, size = -box.right, -box.left, -y, box.top - box.bottom
        case 1:
            left, right, baseline, size = -box.top, -box.bottom, x, box.right - box.left
        case _:
            left, right, baseline, size = box.left, box.right, y, box.top - box.bottom
    return _Character(text, quarter, left, right, baseline, size)


def _runs(characters: Iterable[_Character | None]) -> Iterator[list[_Character]]:
    """Runs of characters that make one word each."""
    run = list[_Character]()
    for character in characters:
        if run and (character is None or not _continues(run[-1], character)):
            yield run
            run = []
        if character is not None:
            run.append(character)
    if run:
        yield run


def _continues(before: _Character, character: _Character) -> bool:
    size = max(before.size, character.size)
    gap = character.left - before.right
    return (
        before.quarter == character.quarter
        and abs(character.baseline - before.baseline) <= _BASELINE_TOLERANCE * size
        and -0.5 * size <= gap <= _WORD_GAP * size
    )


def _word(run: list[_Character]) -> Word:
    sizes = sorted(character.size for character in run)
    return Word(
        text=normalised("".join(character.text for character in run)),
        left=min(character.left for character in run),
        right=max(character.right for character in run),
        baseline=run[0].baseline,
        size=sizes[len(sizes) // 2],
    )
