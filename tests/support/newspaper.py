"""Pages as tests write them: a head, a story, and what newspapers put around it."""

import json

from retrieval.ingest.fetched_document import FetchedDocument

URL = "https://post.example/news/pier"
STORY = (
    "The harbour council voted on Tuesday to close the old ferry pier after divers found cracks in its pillars.",
    "Repairs will take eleven months, the council's engineer told the meeting, and the town will pay for half of them.",
    "“We should have looked ten years ago,” said Mara Lind, who runs the ferry, as boats were moved to the north quay.",
    "Fishermen may land their catch at the old quay until autumn, when the first forty pillars are to be replaced.",
    "The region has not said whether it will pay the other half; its spokesman called the sum surprising on Wednesday.",
)
TEXT = "\n\n".join(STORY)


def html(body: str, *, head: str = "", title: str = "Pier closes for repairs") -> str:
    """A whole page around a body."""
    nav = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
    return f"<!doctype html><html lang='en-GB'><head><title>{title}</title>{head}</head><body>{nav}{body}</body></html>"


def story(*, before: str = "", within: str = "", after: str = "") -> str:
    """The story as an article, with markup before, amid and after its paragraphs."""
    first, last = ("".join(f"<p>{text}</p>" for text in part) for part in (STORY[:2], STORY[2:]))
    return f"<article><h1>Pier closes for repairs</h1>{before}{first}{within}{last}{after}</article>"


def ld(*objects: object) -> str:
    """JSON-LD for the head, one script an object."""
    return "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in objects)


def fetched(page: str, *, url: str = URL, **headers: str) -> FetchedDocument:
    """The page as a server sends it."""
    return FetchedDocument(url, page.encode(), "text/html", headers=headers)
