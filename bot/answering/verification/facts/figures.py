"""Parse figures in text, in all notations: 1,000, 31 per cent, $2bn, twenty-five, two million, 3rd."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
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
SMALL = 4  # `first`, `two` and `third` are said of much that no figure is written of
REMEMBERED = 4_096  # texts: the sentences of one answer are held against the same passages
_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]{0,6})\b\.?"
_MONTH_AFTER = re.compile(rf"\s+(?:of\s+)?{_MONTH}")
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\s+(?:the\s+)?\Z")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its unit (%, pp, $, s for decades, @sep for a day of September), and its span, with the month."""

    value: Decimal
    kind: str
    start: int
    end: int

    def agrees(self, other: "Figure") -> bool:
        """Whether an article's figure confirms this one, which may be rounded and leave out the unit."""
        return (not self.kind or self.kind == other.kind) and self.value in (other.value, _rounded(other, self))


@lru_cache(REMEMBERED)
def figures(text: str) -> tuple[Figure, ...]:
    """Parse the figures of a text in order; `one` and `first` only where they count something."""
    return tuple(figure for match in _FIGURE.finditer(text) if (figure := _figure(text, match)))


def unknown_figure(text: str, known: Iterable[str]) -> str:
    """The first figure of a text that no known text has, rounded or not; empty if none. Small counts are left out."""
    given = [figure for other in known for figure in figures(other)]
    for figure in figures(text):
        if (figure.value >= SMALL or figure.kind) and not any(figure.agrees(other) for other in given):
            return text[figure.start : figure.end].rstrip(".")
    return ""


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
    kind, start, end = _kind(match), *match.span()
    if not kind and value <= MOST_DAYS and (month := _month(text, match)):
        kind, start, end = f"@{month[1][:3].lower()}", min(start, month.start()), max(end, month.end())
    return Figure(value.normalize(), kind, start, end)


def _is_idle(text: str, match: re.Match[str]) -> bool:
    word = match["words"].lower()
    if match["scale"] or match["unit"]:
        return False
    if word == "one":
        return bool(_IDLE_ONE.search(text, 0, match.start()) or _AFTER_ONE.match(text, match.end()))
    return word == "first" and (text[match.end() : match.end() + 1] == "," or text[: match.start()].endswith("at "))


def _rounded(figure: Figure, like: Figure) -> Decimal:
    """A figure rounded to the place to which another one is given: 447,723 to 450,000, 19.6 to 20.

    Of whole numbers two digits stay at least, and days of a month are not rounded.
    """
    exponent = int(like.value.as_tuple().exponent)
    is_whole = figure.value == figure.value.to_integral_value()
    place = Decimal((0, (1,), exponent if is_whole else min(exponent, 0)))
    if figure.kind.startswith("@") or (is_whole and place * 10 > figure.value):
        return figure.value
    return (figure.value / place).quantize(Decimal(1), ROUND_HALF_UP) * place


def _kind(match: re.Match[str]) -> str:
    unit = (match["unit"] or "").lower()
    if unit.startswith("percentage"):
        return "pp"
    if unit.startswith("per"):
        return "%"
    if match["suffix"] and match["suffix"].lower() == "s":
        return "s"
    return _KINDS.get((match["currency"] or "").strip() or unit.removesuffix("s"), "")


def _month(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """The month of a day, which stands beside it."""
    return _MONTH_AFTER.match(text, match.end()) or _MONTH_BEFORE.search(text, 0, match.start())


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
