"""Remove what a site says to its readers after the last paragraph of an article: calls, credits, notes on authors.

Form decides where it can: headings without text, an address or handle, an author's name at the start. Only short
paragraphs at the very end are looked at, so that what an article says of subscriptions or copyright stays.
"""

import re
from collections.abc import Sequence

from retrieval.ingest.parsing.markup.paragraphs import Paragraph

_MAX_FAREWELLS = 6  # paragraphs at the end
_MAX_LENGTH = 400  # characters of one
_QUOTED = re.compile(r"[“„«\"].{3,}?[”“»\"]")
_HANDLE = re.compile(r"(?:^|\s)@\w{2,}|\b[\w.+-]+@[\w-]+\.\w{2,}")
_CREDIT = re.compile(
    r"(?:the post .{1,300} (?:first )?appeared (?:first )?on .{1,100}|(?:source|via|photos?|images?):.{0,100}|"
    r"(?:copyright\W{0,3}(?:©|\(c\)|\d{4})|©)[^.!?]{0,120}[.!?]?(?: all rights reserved\.?)?|tags?:[^.!?]{0,200}|"
    r"more from [^.!?]{1,80}|comments?\W*)",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"(?:e-?mail|contact|reach|follow) .{3,60}(?:https?://|www\.)", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?<=[.!?])\s+")
# What only a site says to its reader: it asks for a subscription, a message or a click.
_CALL = re.compile(
    r"(?:follow (?:him|her|us|them|me|@?\w+(?: \w+)?) on |"
    r"have a (?:news )?tip|got a (?:news )?tip|"
    r"(?:you can )?(?:sign up|subscribe|register)\b.{0,80}\b"
    r"(?:newsletters?|inbox|alerts?|briefing|updates|here|today|now)\b|"
    r"(?:get|receive) .{3,80}\b(?:inbox|newsletters?|updates)\b|(?:download|get) (?:the|our) .{0,40}app\b|"
    r"tell us what you think|what do you think\?|let us know\b|click here (?:to|for)|like us on|join the conversation|"
    r"read more (?:from|about|on)|share this)",
    re.IGNORECASE,
)
# A paper that asks for support speaks to its reader of its own work: `our reporting`.
_OWN_WORK = re.compile(
    r"\b(?:our|unser\w*|notre|nos|nuestr[oa]s?|nostr[oaie])\s(?:\w+\s){0,2}(?:journalis\w*|report\w*|newsroom|newspaper|"
    r"redaktion|zeitung|rédaction|periodis\w*|giornal\w*)",
    re.IGNORECASE,
)
_YOU = re.compile(r"\b(?:you|your|Sie|Ihren?|vous|votre|vos|usted|voi|vostr[oaie])\b")


def without_farewell(parts: list[Paragraph], authors: Sequence[str] = ()) -> list[Paragraph]:
    """The paragraphs up to the last one of the article; at least one stays."""
    for _ in range(_MAX_FAREWELLS):
        if len(parts) < 2:
            break
        text, is_heading = parts[-1]
        if not is_heading and not _is_farewell(text, authors):
            break
        parts = parts[:-1]
    return parts


def _is_farewell(text: str, authors: Sequence[str]) -> bool:
    if len(text) > _MAX_LENGTH or _QUOTED.search(text):
        return False
    if any(text.startswith(f"{author} ") for author in authors if " " in author):
        return True
    if _HANDLE.search(text) or _CREDIT.fullmatch(text) or _CONTACT.match(text):
        return True
    if any(map(_CALL.match, _SENTENCE_START.split(text))):
        return True
    return bool(_OWN_WORK.search(text) and _YOU.search(text))
