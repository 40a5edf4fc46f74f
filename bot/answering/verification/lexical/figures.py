"""Parse figures in text, in all notations: 1,000, 31 per cent, $2bn, twenty-five, two million, 3rd."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_SPELLED = (
    {word: Decimal(at) for at, word in enumerate(_UNITS)}
    | {word: Decimal(30 + 10 * at) for at, word in enumerate(_TENS)}
    | {"dozen": Decimal(12)}
)
_ORDINALS = {
    word: Decimal(at)
    for at, word in enumerate("third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 3)
} | {"first": Decimal(1)}
_SCALES = {
    **dict.fromkeys(("thousand", "k"), Decimal(10**3)),
    **dict.fromkeys(("million", "millions", "m", "mn"), Decimal(10**6)),
    **dict.fromkeys(("billion", "billions", "bn", "b"), Decimal(10**9)),
    **dict.fromkeys(("trillion", "trillions", "tn"), Decimal(10**12)),
    "hundred": Decimal(100),
}
_LONG_SCALES = "hundred|thousand|millions?|billions?|trillions?"
_ORDINAL = rf"(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})"
_WORD = rf"(?:{'|'.join(sorted(_SPELLED, key=len, reverse=True))}|an?(?=[ -](?:dozen|{_LONG_SCALES})))"
_FIGURE = re.compile(
    r"(?P<currency>[$€£¥]\s?)?"
    rf"(?:(?P<digits>(?<![\w.,])\d+(?:,\d{{3}})+(?:\.\d+)?|(?<!\d)\d+(?:[.:]\d+)?)(?P<suffix>(?:st|nd|rd|th|s)\b)?|"
    rf"\b(?P<words>{_ORDINAL}|{_WORD}\b(?:[ -](?:(?<=d )and )?(?:{_WORD}|{_LONG_SCALES})\b)*(?:[ -]{_ORDINAL})?)\b)"
    rf"(?:[ -]?(?P<scale>{_LONG_SCALES}|bn|tn|mn|m|k|b)\b)?"
    r"(?:[ -]?(?P<unit>%|percentage points?\b|percent\b|per cent\b|pc\b|dollars?\b|euros?\b|pounds?\b))?",
    re.IGNORECASE,
)
_KINDS = {"$": "$", "€": "€", "£": "£", "¥": "¥", "dollar": "$", "euro": "€", "pound": "£", "%": "%", "pc": "%"}
# `one of the ferries`, `no one` and `the first` count nothing.
_IDLE_ONE = re.compile(r"\b(?:no|any|every|some|each|the|this|that|which|only)[ -]\Z", re.IGNORECASE)
_AFTER_ONE = re.compile(r"\s+(?:of|another|day|thing)\b|[-’']|\s*[.,;:]", re.IGNORECASE)
MOST_DAYS = 31
REMEMBERED = 4_096  # texts: the sentences of one answer are held against the same passages
_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]{0,6})\b\.?"
_MONTH_AFTER = re.compile(rf"\s+(?:of\s+)?{_MONTH}")
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\s+(?:the\s+)?\Z")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its unit (%, pp, $, s for decades, @sep for a day of September), and its span."""

    value: Decimal
    kind: str
    start: int
    end: int

    def agrees(self, other: "Figure") -> bool:
        """Whether an article's figure confirms this one; a plain number confirms neither a percentage nor an amount."""
        return self.value == other.value and (self.kind == other.kind or (not self.kind and other.kind in "$€£¥"))


@lru_cache(REMEMBERED)
def figures(text: str) -> tuple[Figure, ...]:
    """Parse the figures of a text in order; `one` and `first` only where they count something."""
    return tuple(figure for match in _FIGURE.finditer(text) if (figure := _figure(text, match)))


def without_figures(text: str) -> str:
    """Remove the figures from a text."""
    pieces, at = list[str](), 0
    for figure in figures(text):
        pieces.append(text[at : figure.start])
        at = figure.end
    return " ".join([*pieces, text[at:]])


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    if match["words"] and _is_idle(text, match):
        return None
    if match["words"]:
        value = _spelled(re.findall(r"[a-z]+", match["words"].lower()))
    else:
        digits = match["digits"]
        if ":" in digits:
            digits = digits.replace(":", ".") + "0001"  # a time of day is no decimal fraction
        value = Decimal(digits.replace(",", ""))
    if scale := (match["scale"] or "").lower():
        value *= _SCALES[scale]
    kind = _kind(match) or (_month(text, match) if value <= MOST_DAYS else "")
    return Figure(value.normalize(), kind, match.start(), match.end())


def _is_idle(text: str, match: re.Match[str]) -> bool:
    word = match["words"].lower()
    if match["scale"] or match["unit"]:
        return False
    if word == "one":
        return bool(_IDLE_ONE.search(text, 0, match.start()) or _AFTER_ONE.match(text, match.end()))
    return word == "first" and (text[match.end() : match.end() + 1] == "," or text[: match.start()].endswith("at "))


def _kind(match: re.Match[str]) -> str:
    unit = (match["unit"] or "").lower()
    if unit.startswith("percentage"):
        return "pp"
    if unit.startswith("per"):
        return "%"
    if match["suffix"] and match["suffix"].lower() == "s":
        return "s"
    return _KINDS.get((match["currency"] or "").strip() or unit.removesuffix("s"), "")


def _month(text: str, match: re.Match[str]) -> str:
    """`@sep` for a day with its month."""
    found = _MONTH_AFTER.match(text, match.end()) or _MONTH_BEFORE.search(text, 0, match.start())
    return f"@{found[1][:3].lower()}" if found else ""


def _spelled(words: Sequence[str]) -> Decimal:
    """The value of `two hundred and fifty thousand`."""
    total, current = Decimal(0), Decimal(0)
    for word in words:
        if word in _SCALES and word != "hundred":
            total, current = total + (current or 1) * _SCALES[word], Decimal(0)
        elif word in ("hundred", "dozen"):
            current = (current or 1) * (_SCALES.get(word) or _SPELLED[word])
        else:
            current += _SPELLED.get(word, _ORDINALS.get(word, Decimal(word in ("a", "an"))))
    return total + current


def figure_terms(text: str) -> Iterator[str]:
    """Yield a term for each figure; equal figures have equal terms."""
    return (f"#{figure.value:f}" for figure in figures(text))
