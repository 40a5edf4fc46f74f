"""PDF files: reading order, paragraphs and words rebuilt from places, facts, and what cannot be read."""

import os
import shutil
from io import BytesIO
from itertools import chain
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bot.answering.citations import cite_article
from retrieval.documents import RECOGNISED_SECTION, Article
from retrieval.errors import SourceError
from retrieval.index.indexer import segment
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.formats.pdf import document
from retrieval.ingest.parsing.pages import page
from tests.support.local_files import read_files
from tests.support.pdf_files import LEADING, TOP, Line, column, draw_pdf, raw_pdf

FERRY = (
    "The harbour council voted on Tuesday to close the old ferry pier after",
    "divers had found cracks in its pillars, which were last painted in the",
    "nineties.",
    "Repairs will take eleven months, the engineer told the coun-",
    "cil, and the town will pay for half of them if the region does not",
    "change its mind.",
)
FERRY_PARAGRAPHS = [
    "The harbour council voted on Tuesday to close the old ferry pier after divers had found cracks in its pillars, "
    "which were last painted in the nineties.",
    "Repairs will take eleven months, the engineer told the council, and the town will pay for half of them if the "
    "region does not change its mind.",
]
LEFT_COLUMN = (
    "The town of Brackwater will get a",
    "new hospital with 240 beds, health",
    "minister Dagny Ferrer said on Monday",
    "in the town hall.",
)
RIGHT_COLUMN = (
    "The river Orle rose by 80 centi-",
    "metres on Sunday. The fire brigade",
    "filled 3,000 sandbags, said the fire",
    "chief of the town.",
)
COLUMN_PARAGRAPHS = [
    "The town of Brackwater will get a new hospital with 240 beds, health minister Dagny Ferrer said on Monday in the "
    "town hall.",
    "The river Orle rose by 80 centimetres on Sunday. The fire brigade filled 3,000 sandbags, said the fire chief of "
    "the town.",
]
HEADLINE: Line = (60, 800, "Hospital and river news for all", 18)


def paragraphs(content: bytes) -> list[str]:
    return document.parse_pdf(content).text.split("\n\n")


def test_lines_become_paragraphs_across_pages() -> None:
    assert paragraphs(draw_pdf(column(*FERRY[:5]), column(*FERRY[5:]))) == FERRY_PARAGRAPHS


def test_paragraphs_that_stand_apart_are_not_joined() -> None:
    first = ("The council met for five hours on Monday and then again on Tuesday:", "nobody knew how it would end")
    apart = column(
        *first, "", "Then the mayor spoke to them all about the pier and what it would cost,", "and they voted."
    )
    assert len(paragraphs(draw_pdf(apart))) == 2


def test_an_indented_line_begins_a_paragraph() -> None:
    lines = column(
        "The council met for five hours on Monday and then on Tuesday once more,",
        "and nobody knew until the very last minute how all of it was going to end.",
        "Then the mayor spoke to them all about the pier and what it would cost,",
    )
    left, *rest = lines[-1]
    assert len(paragraphs(draw_pdf([*lines[:-1], (left + 20, *rest)]))) == 2


@pytest.mark.parametrize("order", ["rows", "columns"])
def test_columns_are_read_one_after_the_other_in_whatever_order_they_are_drawn(order: str) -> None:
    left, right = column(*LEFT_COLUMN), column(*RIGHT_COLUMN, left=320)
    drawn = list(chain.from_iterable(zip(left, right, strict=True))) if order == "rows" else left + right
    assert paragraphs(draw_pdf([HEADLINE, *drawn])) == [HEADLINE[2], *COLUMN_PARAGRAPHS]


def test_three_columns_whose_lines_stand_at_different_heights_are_read_apart() -> None:
    third = ("The weather service expects more", "rain until Thursday, and then a", "week of sun.")
    drawn = [
        *column(*LEFT_COLUMN),
        *column(*RIGHT_COLUMN, left=240, top=TOP - 5),
        *column(*third, left=420, top=TOP - 9),
    ]
    assert paragraphs(draw_pdf(drawn)) == [*COLUMN_PARAGRAPHS, " ".join(third)]


def test_what_stands_across_the_page_below_columns_is_read_after_them() -> None:
    below = ("Notes to editors: the council meets again in the second week of next month, and",)
    drawn = column(*LEFT_COLUMN) + column(*RIGHT_COLUMN, left=320) + column(*below, top=TOP - 8 * LEADING)
    assert paragraphs(draw_pdf(drawn)) == [*COLUMN_PARAGRAPHS, *below]


def test_a_table_is_read_row_by_row() -> None:
    rows = (("Line", "First", "Last"), ("North", "06:10", "22:40"), ("South", "07:20", "21:05"))
    cells = [
        (60.0 + 120 * at, 740.0 - 14 * row, cell, 10.0) for row, line in enumerate(rows) for at, cell in enumerate(line)
    ]
    above = column("The ferries of the harbour board will run as follows from Monday, it said today.")
    assert paragraphs(draw_pdf([*above, *cells]))[1:] == ["Line First Last", "North 06:10 22:40", "South 07:20 21:05"]


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("the well-known anti-", "corruption office", "the well-known anti-corruption office"),
        ("the officers arres-", "ted a man of forty", "the officers arrested a man of forty"),
        ("he is a twenty-", "one-year-old man", "he is a twenty-one-year-old man"),
        ("seen at the inter-", "national port", "seen at the international port"),
        ("he had some 1,200-", "year-old coins", "he had some 1,200-year-old coins"),
        ("said the mayor Jean-", "Baptiste Moreau", "said the mayor Jean-Baptiste Moreau"),
        ("the sandbag-fillers and the sandbag-", "fillers", "the sandbag-fillers and the sandbag-fillers"),
    ],
)  # fmt: skip
def test_a_hyphen_at_the_end_of_a_line_stays_where_it_belongs_to_the_word(before: str, after: str, joined: str) -> None:
    around = "and many others had seen them at the port as well, the harbour master said."
    (found,) = paragraphs(draw_pdf(column(before, f"{after}", around)))
    assert found.startswith(joined)


def test_what_runs_along_two_pages_is_left_out() -> None:
    def runs(number: int) -> list[Line]:
        return [
            (60, 820, "PRESS RELEASE | Marlow Harbour Board", 9),
            (60, 30, f"1 Quay Road, Marlow | press@marlow.example | Page {number} of 2", 8),
        ]

    drawn = draw_pdf(
        [*runs(1), HEADLINE, *column(*FERRY[:5])],
        [*runs(2), *column(*FERRY[5:])],
        about={"Author": "Marlow Harbour Board"},
    )
    assert paragraphs(drawn) == [HEADLINE[2], *FERRY_PARAGRAPHS]
    assert document.parse_pdf(drawn).authors == ()


def test_the_largest_letters_are_the_title_and_other_large_ones_are_headings() -> None:
    drawn = [(60, 800, "Old pier closes for eleven months while", 18), (60, 778, "divers count the piles", 18)]
    heading = column("Who will pay", top=TOP - 4 * LEADING, size=13)
    more = column("The region has not said whether it will pay the other half.", top=TOP - 5.5 * LEADING)
    found = document.parse_pdf(draw_pdf([*drawn, *column(*FERRY[:3]), *heading, *more], about={"Title": "v3.indd"}))
    assert found.title == "Old pier closes for eleven months while divers count the piles"
    assert [found.text[start:end] for start, end in found.headings] == ["Who will pay"]


def test_a_title_in_the_metadata_tells_which_large_line_is_the_headline() -> None:
    drawn = [(60, 810, "BRACKWATER GAZETTE", 30), (60, 780, "Old pier closes", 18), *column(*FERRY)]
    assert document.parse_pdf(draw_pdf(drawn, about={"Title": "Old pier closes"})).title == "Old pier closes"


def test_a_page_that_is_drawn_sideways_is_read() -> None:
    assert paragraphs(draw_pdf([(60, 560, FERRY[0], 10), (60, 546, FERRY[1], 10)], turned=True)) == [
        " ".join(FERRY[:2])
    ]


def test_a_pdf_from_the_web_has_the_facts_that_it_and_its_address_tell() -> None:
    content = draw_pdf(column(*FERRY), about={"Title": "Report on the pier", "Author": "Mara Lind"})
    (found,) = page.parse_page(FetchedDocument("https://post.example/report.pdf?utm_source=x", content))
    assert (found.title, found.authors) == ("Report on the pier", ("Mara Lind",))
    assert (found.url, found.outlet, found.language) == ("https://post.example/report.pdf", "post.example", "en")
    assert found.published[:2] == "20"


def test_a_title_that_is_a_file_s_name_is_not_believed() -> None:
    drawn = draw_pdf(column(*FERRY), about={"Title": "Microsoft Word - pier_v3.docx"})
    assert document.parse_pdf(drawn).title == ""


@pytest.mark.parametrize("strength", [40, 128, 256])
def test_a_file_that_opens_without_a_password_is_read_although_it_is_encrypted(strength: int) -> None:
    assert paragraphs(draw_pdf(column(*FERRY), password="", strength=strength)) == FERRY_PARAGRAPHS


def test_files_that_cannot_be_read_do_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(draw_pdf(column(*FERRY), password="secret"))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4\nnothing")
    (tmp_path / "pier.pdf").write_bytes(draw_pdf(column(*FERRY)))
    *refused, found = read_files(tmp_path)
    assert [one.reason for one in refused if isinstance(one, SourceError)] == [
        "is encrypted; save it without a password",
        "is a damaged PDF file",
    ]
    assert isinstance(found, Article)
    assert (found.title, found.url) == ("pier", (tmp_path / "pier.pdf").as_uri())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (draw_pdf(column(*FERRY), password="secret"), "is encrypted"),
        (raw_pdf(b"", b"0 0 100 100 re f"), "holds no text"),
        (raw_pdf(*[b""] * (document.MAX_PAGES + 1)), "has 301 pages"),
        (b"%PDF-1.4\nnothing", "is a damaged PDF file"),
        (draw_pdf(column(*FERRY))[:400], "is a damaged PDF file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        document.parse_pdf(content)


def scanned() -> bytes:
    """A PDF file with a picture of a page, as a scanner makes it."""
    shown = pdfium.PdfDocument(
        draw_pdf([(60, 760, "Old pier closes", 24), (60, 720, "The mayor spoke on Monday.", 16)])
    )
    picture = shown[0].render(scale=2).to_pil()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawInlineImage(picture, 0, 0, *A4)
    canvas.save()
    return out.getvalue()


@pytest.mark.skipif(
    shutil.which("tesseract") is None and not os.environ.get("CI"), reason="needs Tesseract, which is optional"
)
def test_a_scan_is_read_by_machine_and_says_so_wherever_it_is_cited(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(scanned())
    (found,) = read_files(tmp_path)
    assert isinstance(found, Article)
    assert found.is_recognised and "The mayor spoke on Monday." in found.text
    assert cite_article(1, found, (0, 5)).title == "Old pier closes (scan, read by machine)"


def test_a_scan_says_what_reads_it_where_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="install Tesseract"):
        document.parse_pdf(scanned())


def test_words_that_a_machine_read_are_nobody_s_quotes() -> None:
    text = "“The pier will close in May,” said the mayor, Ada Weiss, on Monday in the town hall of Marlow."
    assert segment(Article("a", "a", "", "Pier", text)).quotes
    assert not segment(Article("a", "a", "", "Pier", text, section=RECOGNISED_SECTION)).quotes


def test_a_row_of_invisible_characters_is_no_line() -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Vera", 11)
    for at, text in enumerate((*FERRY[:2], "\u00ad")):
        canvas.drawString(60, TOP - at * LEADING, text)
    canvas.save()
    assert paragraphs(out.getvalue()) == [" ".join(FERRY[:2])]
