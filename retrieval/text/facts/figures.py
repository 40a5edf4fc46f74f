"""Find the figures of a text in all notations, 1,000, 31 per cent, $2bn, twenty-five, and those that no article has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, getcontext
from functools import lru_cache

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: at for at, word in enumerate(_UNITS)} | {word: 10 * at for at, word in enumerate(_TENS, 2)}
_NUMBERS |= {"dozen": 12, "a": 1, "an": 1}
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}  # as powers of ten
_SHORT_SCALES = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "tn": 12}
_KINDS = {"dollar": "$", "euro": "€", "pound": "£", "percent": "%", "per cent": "%", "pc": "%"}
_SCALE = rf"(?:{'|'.join(_SCALES)})s?"
_WORD = rf"(?:{'|'.join(sorted(_NUMBERS.keys() - {'a', 'an'}, key=len, reverse=True))}|an?(?=[ -](?:dozen|{_SCALE})))"
_MONTH = (
    "(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    "Nov(?:ember)?|Dec(?:ember)?)"
)
_FIGURE = re.compile(
    rf"(?:\b(?P<month>{_MONTH})\.?\s(?=\d\d?(?:st|nd|rd|th)?\b(?![.,:]\d)))?"
    r"(?P<currency>[$€£¥]\s?)?"
    r"(?:(?P<digits>(?<![\w.,])\d+(?:,\d{3})+(?:\.\d+)?|(?<!\d)\d+(?:[.:]\d+)?)(?:(?:st|nd|rd|th|s)\b)?|"
    rf"\b(?P<words>{_WORD}\b(?:[ -](?:(?<=d )and )?(?:{_WORD}|{_SCALE})\b)*)\b)"
    rf"(?:[ -]?(?P<scale>{_SCALE}|{'|'.join(_SHORT_SCALES)})\b)?"
    rf"(?:[ -]?(?P<unit>%|(?:percentage point|{'|'.join(_KINDS)})s?\b)|\s(?:of\s)?(?P<of_month>{_MONTH})\b)?",
    re.IGNORECASE,
)
SMALL = 4  # `two` and `third` are said of much that no figure is written of
DIGITS = getcontext().prec  # more cannot be rounded, and no figure has as many
REMEMBERED = 4_096  # texts: the sentences of one answer are held against the same passages


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is written from `start`, its value, and its kind: %, a currency's sign, a month, or empty."""

    start: int
    written: str
    value: Decimal
    kind: str

    def agrees(self, other: "Figure") -> bool:
        """Whether an article's figure confirms this one, which may be rounded and leave out the unit."""
        return (not self.kind or self.kind == other.kind) and self.value in (other.value, _rounded(other, self))


@lru_cache(REMEMBERED)
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text in order."""
    return tuple(map(_figure, _FIGURE.finditer(text)))


def unknown_figure(text: str, known: Iterable[str], least: int = SMALL) -> str:
    """The first figure of a text that no known text has, rounded or not; empty if none. Lower counts are left out."""
    given = [figure for other in known for figure in figures(other)]
    asked = (figure for figure in figures(text) if figure.value >= least or figure.kind)
    return next((one.written for one in asked if not any(map(one.agrees, given))), "")


def _figure(match: re.Match[str]) -> Figure:
    words, digits = match["words"], (match["digits"] or "").replace(",", "").replace(":", ".")
    value = Decimal(_spelled(re.findall(r"[a-z]+", words.lower())) if words else digits)
    scale, unit = ((match[part] or "").lower().removesuffix("s") for part in ("scale", "unit"))
    value = value.scaleb((_SCALES | _SHORT_SCALES)[scale]) if scale else value
    month = (match["month"] or match["of_month"] or "")[:3]
    kind = (match["currency"] or "").strip() or _KINDS.get(unit, unit) or month
    return Figure(match.start(), match.group(), value.normalize(), kind)


def _rounded(figure: Figure, like: Figure) -> Decimal:
    """A figure rounded to the place to which another one is given: 447,723 to 450,000, 19.6 to 20.

    Of whole numbers two digits stay at least.
    """
    exponent = int(like.value.as_tuple().exponent)
    is_whole = figure.value == figure.value.to_integral_value()
    place = Decimal((0, (1,), exponent if is_whole else min(exponent, 0)))
    if (is_whole and place * 10 > figure.value) or figure.value.adjusted() - place.adjusted() >= DIGITS:
        return figure.value
    return (figure.value / place).quantize(Decimal(1), ROUND_HALF_UP) * place


def _spelled(words: Iterable[str]) -> int:
    """The value of `two hundred and fifty thousand`."""
    total = current = 0
    for word in words:
        if word in ("hundred", "dozen"):
            current = (current or 1) * (100 if word == "hundred" else 12)
        elif power := _SCALES.get(word.removesuffix("s")):
            total, current = total + (current or 1) * 10**power, 0
        else:
            current += _NUMBERS.get(word, 0)
    return total + current
