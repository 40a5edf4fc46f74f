"""Write true sentences in the many ways that models do, with correct citations."""

import re
from collections.abc import Callable
from itertools import pairwise

from evals.lies import DraftEvidence
from retrieval.documents import Quote
from retrieval.quotes.speakers.names import parse_person_names
from retrieval.text.sentences import sentence_spans

Truth = Callable[[DraftEvidence], str]
"""A draft, `#` for the passage's number; empty where none can be made from the ground."""

SYNONYMS = (
    (r"\bsaid\b", "stated"),
    (r"\babout (?=\d)", "roughly "),
    (r"\bpercent\b", "%"),
    (r"(?<=\d)%", " percent"),
    (r"\bU\.S\.(?= [a-z])", "US"),
    (r"\bthe United States\b", "the US"),
    (r"\bthe US\b", "the United States"),
    (r"\bbecause\b", "since"),
    (r"\bseveral\b", "a number of"),
    (r"\bmore than (?=\d)", "over "),
    (r"\bstarted\b", "began"),
    (r"\bbegan\b", "started"),
    (r"\bbut\b", "although"),
    (r"\bthree\b", "3"),
    (r"\bfour\b", "4"),
    (r"\bfive\b", "5"),
    (r"\bsix\b", "6"),
    (r"\bten\b", "10"),
)
_DATE = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December) (\d{1,2})(, (\d{4}))?\b"
)
_SAID = re.compile(r"\b(?:said|says|added|argued|claimed|announced|noted|warned|told [\w ]+)(?: that)? \Z")
_PRONOUN = re.compile(r"\b(?:he|she|his|her|they|I)\b")


def _verbatim(ground: DraftEvidence) -> str:
    return f"{ground.text} [#]"


def _without_aside(ground: DraftEvidence) -> str:
    short = re.sub(
        r", (?:who|which|whose|a|an|the) [^,“”\"]{5,80},(?= (?:is|are|was|were|has|have|had|said|will)\b)",
        "",
        ground.text,
    )
    return f"{short} [#]" if short != ground.text else ""


def _without_end(ground: DraftEvidence) -> str:
    short = re.sub(
        r", (?:as|while|after|before|although|though|which|who|with|including|because|but) [^,“”\"]+\.\Z",
        ".",
        ground.text,
    )
    return f"{short} [#]" if short != ground.text and len(short.split()) > 5 else ""


def _end_first(ground: DraftEvidence) -> str:
    found = re.fullmatch(
        r"((?:In|On|After|When|As|At|During|Since|By|For|With) [^,“”\"]{4,60}), ([^“”\"]+)\.", ground.text
    )
    if not found or not re.match(r"(?:the|a|an|he|she|it|they) ", found[2]):
        return ""
    return f"{found[2][0].upper()}{found[2][1:]} {found[1][0].lower()}{found[1][1:]} [#]."


def _according(ground: DraftEvidence) -> str:
    outlet = ground.passages[ground.passage].outlet
    if not outlet or not re.match(r"(?:The|A|An|In|On) ", ground.text):
        return ""
    return f"According to {outlet}, {ground.text[0].lower()}{ground.text[1:]} [#]"


def _quote(ground: DraftEvidence, kind: str) -> Quote | None:
    passage = ground.passages[ground.passage].passage
    for hit in ground.quotes:
        quote = hit.quote
        inside = hit.article == passage.article and passage.start <= quote.start and quote.end <= passage.end
        named_once = quote.kind == kind and quote.is_said and quote.speaker and len(quote.spans) == 1
        stands_alone = len(quote.words.split()) > 4 and not _PRONOUN.search(quote.words)
        if inside and named_once and stands_alone:
            return quote
    return None


def _reported(ground: DraftEvidence) -> str:
    quote = _quote(ground, "indirect")
    if not quote:
        return ""
    passage = ground.passages[ground.passage].passage
    before, after = passage.text[: quote.start - passage.start], passage.text[quote.end - passage.start :]
    if not _SAID.search(before) or not re.match(r"\.\s|\.?\Z|\s*\Z", after) or not quote.is_person:
        return ""
    words = re.sub(r"^that ", "", " ".join(quote.words.split()).strip(" ,."))
    return f"{quote.speaker} said that {words} [#]."


def _quoted_before(ground: DraftEvidence) -> str:
    quote = _quote(ground, "direct")
    return f"“{_bare(quote)},” {quote.speaker} said. [#]" if quote else ""


def _quoted_after(ground: DraftEvidence) -> str:
    quote = _quote(ground, "direct")
    return f'{quote.speaker} said, "{_bare(quote)}." [#]' if quote else ""


def _bare(quote: Quote) -> str:
    return " ".join(quote.words.split()).strip("“”\"'‘’ ,.")


def _following(ground: DraftEvidence) -> str:
    """The sentence after this one in its paragraph."""
    text = ground.passages[ground.passage].passage.text
    spans = sentence_spans(text)
    for one, two in pairwise(spans):
        if " ".join(text[slice(*one)].split()) == ground.text and "\n" not in text[one[1] : two[0]]:
            return " ".join(text[slice(*two)].split())
    return ""


def _joined(ground: DraftEvidence) -> str:
    after = _following(ground)
    if not after or re.search(r"[“”\"]", ground.text + after) or not ground.text.endswith("."):
        return ""
    word = "and" if len(after) % 2 else "while"
    small = after[0].lower() + after[1:] if re.match(r"(?:The|A|An|In|On|He|She|It|They|This|That)\b", after) else after
    return f"{ground.text[:-1]}, {word} {small} [#]"


def _synonyms(ground: DraftEvidence) -> str:
    text = re.sub(r"“[^”]*”|\"[^\"]*\"", "", ground.text)
    if text != ground.text:
        return ""
    for pattern, other in SYNONYMS:
        text = re.sub(pattern, other, text)
    return f"{text} [#]" if text != ground.text else ""


def _day_first(ground: DraftEvidence) -> str:
    text = _DATE.sub(lambda match: f"{match[2]} {match[1]}{' ' + match[4] if match[4] else ''}", ground.text)
    return f"{text} [#]" if text != ground.text else ""


def _name_for_pronoun(ground: DraftEvidence) -> str:
    after = _following(ground)
    people = {" ".join(person.words) for person in parse_person_names(ground.text) if person.given}
    if len(people) != 1 or not re.match(r"(?:He|She) ", after):
        return ""
    return f"{people.pop()} {after.split(' ', 1)[1]} [#]"


def _styled(form: str) -> Truth:
    return lambda ground: form.replace("~", ground.text.rstrip(".")) if ground.text.endswith(".") else ""


TRUTHS: dict[str, Truth] = {
    "verbatim": _verbatim,
    "without an aside": _without_aside,
    "without its end": _without_end,
    "clauses in another order": _end_first,
    "according to the outlet": _according,
    "reported speech": _reported,
    "quoted, name last": _quoted_before,
    "quoted, name first": _quoted_after,
    "two joined": _joined,
    "synonyms": _synonyms,
    "day before month": _day_first,
    "name for a pronoun": _name_for_pronoun,
    "[1] before the stop": _styled("~ [#]."),
    "[1, 1]": _styled("~. [#, #]"),
    "[1][1]": _styled("~. [#][#]"),
    "【1】": _styled("~.【#】"),
    "(1)": _styled("~ (#)."),
    "[^1]": _styled("~.[^#]"),
    "[Source 1]": _styled("~. [Source #]"),
    "[1] first": _styled("[#] ~."),
    "no marker": _styled("~."),
    "bullet": _styled("- ~. [#]"),
    "numbered": _styled("1. ~. [#]"),
    "bold": _styled("**Answer:** ~. [#]"),
    "heading above": _styled("## What happened\n\n~. [#]"),
    "opening": _styled("Based on the passages, ~. [#]"),
}
