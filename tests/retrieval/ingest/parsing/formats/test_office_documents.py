"""DOCX, ODT and RTF: text as a reader sees it, facts, tables by rows, and what cannot be read."""

from pathlib import Path

import pytest

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.content_type import detect_content_type
from retrieval.ingest.parsing.formats.reading import read_document
from retrieval.ingest.parsing.formats.zip_archive import MAX_UNPACKED_BYTES
from retrieval.ingest.parsing.pages.page import parse_page
from tests.support.document_files import ODF, archive, docx, epub, odt, word_paragraph, word_table
from tests.support.local_files import read_files

NEWS = "The harbour council voted on Tuesday to close the old pier."
TRACKED = (
    '<w:p><w:r><w:t xml:space="preserve">The county pays </w:t></w:r><w:ins w:id="1"><w:r><w:t>all</w:t></w:r></w:ins>'
    '<w:del w:id="2"><w:r><w:delText>half</w:delText></w:r></w:del>'
    '<w:r><w:t xml:space="preserve"> of it.</w:t></w:r></w:p>'
)
ROWS = (("Candidate", "Votes"), ("Ida", "4,210"), ("Pavel", "3,100"))
RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\info{\title Mill burns down}{\author Mara Lind}}\f0 "
    rb"Mill burns down\par The mill burnt down, fire chief Zo\'eb M\u252?ller said.\par "
    rb'{\field{\*\fldinst{HYPERLINK "https://post.example/x"}}{\fldrslt The report}} is online.\par}'
)


def paragraphs(kind: str, content: bytes) -> list[str]:
    (found,) = read_document(kind, content)  # type: ignore[arg-type]
    return found.text.split("\n\n")


def test_a_docx_file_has_the_facts_at_its_top_and_its_headings(tmp_path: Path) -> None:
    body = word_paragraph("Pier closes", "Title") + word_paragraph("By Mara Lind") + word_paragraph("4 March 2026")
    body += (
        word_paragraph(NEWS) + word_paragraph("Who pays", "Heading1") + word_paragraph("The county pays half of it.")
    )
    (tmp_path / "a.docx").write_bytes(docx(body))
    (found,) = read_files(tmp_path)
    assert isinstance(found, Article)
    assert (found.title, found.authors, found.published) == ("Pier closes", ("Mara Lind",), "2026-03-04")
    assert [found.text[start:end] for start, end in found.headings] == ["Pier closes", "Who pays"]
    assert NEWS in found.text


def test_insertions_of_a_docx_file_are_accepted_and_deletions_left_out() -> None:
    assert paragraphs("docx", docx(TRACKED)) == ["The county pays all of it."]


def test_a_row_of_a_table_is_one_line() -> None:
    assert paragraphs("docx", docx(word_table(ROWS))) == [
        "Candidate: Ida; Votes: 4,210",
        "Candidate: Pavel; Votes: 3,100",
    ]
    cells = ("".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row) for row in ROWS)
    table = f"<table:table>{''.join(f'<table:table-row>{row}</table:table-row>' for row in cells)}</table:table>"
    assert paragraphs("odt", odt(table)) == ["Candidate: Ida; Votes: 4,210", "Candidate: Pavel; Votes: 3,100"]


def test_the_properties_of_a_docx_file_name_people_alone() -> None:
    core = "<dc:title>The pier</dc:title><dc:creator>Mara Lind</dc:creator><dc:language>en-GB</dc:language>"
    (found,) = read_document("docx", docx(word_paragraph(NEWS), core=core))
    assert (found.title, found.authors, found.language) == ("The pier", ("Mara Lind",), "en")
    (found,) = read_document("docx", docx(word_paragraph(NEWS), core="<dc:creator>python-docx</dc:creator>"))
    assert found.authors == ()


def test_an_odt_file_is_read_as_it_is_shown() -> None:
    body = "<text:note-body><text:p>From May.</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    text = (
        "<text:tracked-changes><text:p>Deleted.</text:p></text:tracked-changes>"
        "<text:p text:style-name='P1'>Fares rise</text:p>"
        f"<text:p>The ferry<text:s text:c='2'/>will <text:span>cost</text:span> more{note}, she said.</text:p>"
        "<text:list><text:list-item><text:p>Children pay half.</text:p></text:list-item></text:list>"
    )
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    (found,) = read_document("odt", odt(text, styles=styles))
    assert found.title == "Fares rise"
    assert found.text.split("\n\n")[1:] == ["The ferry will cost more, she said.", "Children pay half.", "From May."]


def test_an_rtf_file_is_read_with_its_title_and_author_and_without_addresses_of_links() -> None:
    (found,) = read_document("rtf", RTF)
    assert (found.title, found.authors) == ("Mill burns down", ("Mara Lind",))
    assert found.text.split("\n\n")[1:] == ["The mill burnt down, fire chief Zoë Müller said.", "The report is online."]


LAUGHS = '<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>'
LOCKED = f'<m xmlns="{ODF}:manifest:1.0"><encryption-data/></m>'


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("fake.docx", b"PK\x03\x04junk", "is no DOCX file, whatever its name says: it is a damaged ZIP archive"),
        ("fake.docx", b"just words", "is no DOCX file, whatever its name says"),
        ("fake.odt", RTF, "it is RTF, so name it .rtf"),
        ("page.pdf", b"<html><body>404</body></html>", "is no PDF file"),
        ("table.docx", archive({"xl/workbook.xml": "<a/>"}), "is no DOCX file"),
        ("empty.rtf", b"", "is empty"),
        ("bomb.docx", docx("<w:p/>", more={"word/x.xml": " " * (MAX_UNPACKED_BYTES + 1)}), "unpacks to more than"),
        ("laughs.odt", odt("", more={"content.xml": LAUGHS}), "declares XML entities"),
        ("secret.odt", odt("", more={"META-INF/manifest.xml": LOCKED}), "is encrypted"),
        ("nothing.docx", docx("<w:p/>"), "holds no text"),
        ("broken.docx", docx("</w:nonsense>"), "is a damaged DOCX file"),
        ("broken.epub", epub({}, more={"OEBPS/book.opf": ""}), "is a damaged EPUB file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so_and_stops_no_other(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "z.txt").write_text(NEWS)
    refused, found = read_files(tmp_path)
    assert isinstance(refused, SourceError) and isinstance(found, Article)
    assert reason in refused.reason


def test_a_document_from_the_web_is_read() -> None:
    fetched = FetchedDocument("https://post.example/a.docx", docx(word_paragraph(NEWS)))
    assert detect_content_type(fetched).kind == "document"
    (found,) = parse_page(fetched)
    assert (found.url, found.outlet, found.text) == ("https://post.example/a.docx", "post.example", NEWS)


def test_a_named_file_without_a_known_suffix_is_read_for_what_its_bytes_are(tmp_path: Path) -> None:
    (tmp_path / "pier").write_bytes(docx(word_paragraph(NEWS)))
    (found,) = read_files(tmp_path / "pier")
    assert isinstance(found, Article) and found.text == NEWS
