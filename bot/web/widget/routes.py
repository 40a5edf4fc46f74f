"""GET /widget.js: the widget as one script that browsers keep until it changes."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response

from bot.web.widget.script import script

FRESH = 3_600  # seconds that a browser asks for no newer one

router = APIRouter()


@router.get("/widget.js", include_in_schema=False)
@router.head("/widget.js", include_in_schema=False)
def widget(accept_encoding: Annotated[str, Header()] = "", if_none_match: Annotated[str, Header()] = "") -> Response:
    """The script, gzipped where that is understood; 304 to whoever has it."""
    sent = script()
    zipped = "gzip" in accept_encoding
    tag = f'"{sent.version}{"-gz" if zipped else ""}"'
    headers = {
        "Cache-Control": f"public, max-age={FRESH}",
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    if sent.version in if_none_match:
        return Response(status_code=304, headers=headers)
    body = sent.gzipped if zipped else sent.plain
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type="text/javascript")
