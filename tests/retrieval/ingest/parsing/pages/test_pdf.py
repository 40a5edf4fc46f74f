"""PDF files: paragraphs rebuilt from lines, facts from metadata, and what cannot be read."""

import zlib
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from retrieval.documents import Article
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.pages import page, pdf
from tests.support.local_files import read_files

PAGES = (
    (
        "The harbour council voted on Tuesday to close the old ferry pier after",
        "divers had found cracks in its pillars, which were last painted in the",
        "nineties.",
        "Repairs will take eleven months, the engineer told the coun-",
        "cil, and the town will pay for half of them if the region does not",
    ),
    (
        "change its mind.",
        "Who will pay",
        "The region has not said whether it will pay the other half of the sum;",
        "its spokesman called it surprising.",
    ),
    ("Fishermen may land their catch at the old quay until autumn, he said.",),
)


def written(*pages: tuple[str, ...], about: dict[str, str] | None = None, password: str = "") -> bytes:
    """A PDF file with a running header and page numbers."""
    contents = []
    for number, body in enumerate(pages, 1):
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in ("Harbour Post 2026", *body, f"Page {number}"))
        contents.append(f"BT /F1 10 Tf 50 750 Td {shown} ET".encode())
    writer = PdfWriter(PdfReader(BytesIO(raw(*contents))))
    writer.add_metadata(about or {})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def raw(*contents: bytes) -> bytes:
    """A PDF file with a page for each content stream."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(contents)))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(en-GB)>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>".encode(),
    ]
    parts.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    for at, content in enumerate(contents):
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {5 + 2 * at} 0 R"
        page += "/Resources<</Font<</F1 3 0 R>>>>>>"
        packed = zlib.compress(content)
        stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
        parts += [page.encode(), stream]
    out, places = b"%PDF-1.4\n", list[int]()
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj %s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, len(out))


def test_lines_become_paragraphs_across_pages_without_what_runs_along() -> None:
    assert pdf.parse_pdf(written(*PAGES)).text.split("\n\n") == [
        "The harbour council voted on Tuesday to close the old ferry pier after divers had found cracks in its "
        "pillars, which were last painted in the nineties.",
        "Repairs will take eleven months, the engineer told the council, and the town will pay for half of them if the "
        "region does not change its mind.",
        "Who will pay",
        "The region has not said whether it will pay the other half of the sum; its spokesman called it surprising.",
        "Fishermen may land their catch at the old quay until autumn, he said.",
    ]


def test_a_pdf_from_the_web_has_the_facts_that_it_and_its_address_tell() -> None:
    about = {"/Title": "Report on the pier", "/Author": "Mara Lind", "/CreationDate": "D:20260303080000Z"}
    (found,) = page.parse_page(
        FetchedDocument("https://post.example/report.pdf?utm_source=x", written(*PAGES, about=about))
    )
    assert (found.title, found.authors, found.published[:10]) == ("Report on the pier", ("Mara Lind",), "2026-03-03")
    assert (found.url, found.outlet, found.language) == ("https://post.example/report.pdf", "post.example", "en")


def test_a_title_that_is_a_file_s_name_is_not_believed() -> None:
    assert pdf.parse_pdf(written(*PAGES, about={"/Title": "Microsoft Word - pier_v3.docx"})).title == ""


def test_a_pdf_file_on_this_machine_is_read(tmp_path: Path) -> None:
    (tmp_path / "pier.pdf").write_bytes(written(*PAGES))
    (found,) = read_files(tmp_path)
    assert isinstance(found, Article)
    assert (found.title, found.url) == ("pier", (tmp_path / "pier.pdf").as_uri())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (written(*PAGES, password="secret"), "is encrypted"),
        (raw(b"", b"0 0 m"), "pictures of pages"),
        (raw(*[b""] * (pdf.MAX_PAGES + 1)), "has 301 pages"),
        (raw(b"0 0 m " * 15_000_000), "unpacks to more than can be read"),
        (b"%PDF-1.4\nnothing", "is a damaged PDF file"),
        (written(*PAGES)[:400], "is a damaged PDF file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        pdf.parse_pdf(content)
