"""PDF files for tests: pages drawn line by line where each line stands, and raw content streams."""

import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

LEFT, TOP, LEADING = 60.0, 760.0, 14.0  # points

Line = tuple[float, float, str, float]  # left, height, text, size of the letters


def draw_pdf(
    *pages: Sequence[Line],
    about: Mapping[str, str] | None = None,
    password: str | None = None,
    strength: int = 256,
    turned: bool = False,
) -> bytes:
    """A PDF file with these lines in the order in which they are drawn; `password` is that for opening it."""
    out = BytesIO()
    encryption = None if password is None else StandardEncryption(password, "owner", strength=strength)
    canvas = Canvas(out, pagesize=A4, encrypt=encryption, lang="en-GB")
    for name, value in (about or {}).items():
        getattr(canvas, f"set{name}")(value)
    for page in pages:
        if turned:
            canvas.rotate(90)
            canvas.translate(0, -A4[0])
        for left, height, text, size in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(left, height, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def column(*lines: str, left: float = LEFT, top: float = TOP, size: float = 10) -> list[Line]:
    """Lines below each other; an empty one leaves half a line free."""
    drawn, height = list[Line](), top
    for line in lines:
        if line:
            drawn.append((left, height, line, size))
        height -= LEADING if line else LEADING / 2
    return drawn


def raw_pdf(*contents: bytes) -> bytes:
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
