"""Recognise the text on scanned pages by Tesseract, a program of the system that need not be installed."""

import shutil
import subprocess
from collections.abc import Iterator
from time import monotonic

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from retrieval.ingest.parsing.formats.pdf.paragraphs import Hyphenation
from retrieval.ingest.parsing.markup.decoding import normalised
from retrieval.ingest.parsing.markup.paragraphs import Paragraph

MAX_SECONDS = 15.0  # for all pages; the process that parses documents ends 5 seconds later
_DOTS_PER_POINT = 300 / 72
_MAX_PIXELS = 20_000_000  # of one page
_MAX_LANGUAGES = 4  # each one takes time
_PROGRAM = "tesseract"


def recognise_paragraphs(document: pdfium.PdfDocument) -> list[Paragraph]:
    """The paragraphs in the pictures on the pages of a scan.

    Raises ValueError when there are no pictures, when Tesseract is not installed or fails, and for too many pages.
    """
    pages = [page for page in document if any(page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE]))]
    if not pages:
        raise ValueError("holds no text")
    program = shutil.which(_PROGRAM)
    if program is None:
        raise ValueError("holds pictures of pages and no text; install Tesseract (tesseract-ocr) to read them")
    deadline = monotonic() + MAX_SECONDS
    try:
        command = [program, "stdin", "stdout", "-l", _languages(program)]
        texts = [_run(command, _picture(page), deadline) for page in pages]
    except subprocess.TimeoutExpired as exc:
        raise ValueError(f"holds more scanned pages than Tesseract recognises in {MAX_SECONDS:g} s") from exc
    except (OSError, subprocess.CalledProcessError) as exc:
        raise ValueError("holds pictures of pages, and Tesseract fails to recognise their text") from exc
    paragraphs = [(paragraph, False) for text in texts for paragraph in _paragraphs(text)]
    if not paragraphs:
        raise ValueError("holds pictures of pages in which no text is recognised")
    return paragraphs


def _languages(program: str) -> str:
    """The languages that Tesseract is installed with, as it takes them: `deu+eng`."""
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=True, timeout=MAX_SECONDS)
    names = [name for name in listed.stdout.split("\n")[1:] if name and name != "osd"]
    return "+".join(names[:_MAX_LANGUAGES]) or "eng"


def _picture(page: pdfium.PdfPage) -> bytes:
    """A page in shades of grey, as a PGM file."""
    width, height = page.get_size()
    scale = min(_DOTS_PER_POINT, (_MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        pixels, stride = bytes(bitmap.buffer), bitmap.stride
        rows = (pixels[at * stride : at * stride + bitmap.width] for at in range(bitmap.height))
        return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(rows)
    finally:
        bitmap.close()
        page.close()


def _run(command: list[str], picture: bytes, deadline: float) -> str:
    seconds = max(deadline - monotonic(), 0.01)
    done = subprocess.run(command, input=picture, capture_output=True, check=True, timeout=seconds)
    return normalised(done.stdout.decode("utf-8", "replace"))


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs that Tesseract parts by empty lines, with their lines joined."""
    hyphens = Hyphenation(text.splitlines())
    for block in text.replace("\f", "\n\n").split("\n\n"):
        lines = [" ".join(line.split()) for line in block.splitlines() if line.strip()]
        paragraph = ""
        for line in lines:
            paragraph = hyphens.join(paragraph, line) if paragraph else line
        if paragraph:
            yield paragraph
