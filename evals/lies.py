"""Make true sentences false in one place, as a careless or lying model might."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.verification.names import find_names
from retrieval.documents import Hit, QuoteHit
from retrieval.quotes.speakers.names import parse_person_names
from retrieval.text.terms import content_terms

INVENTED_WORDS = (
    "We will look back on this as the week in which everything turned",
    "Nobody in that room believed a single word of it",
    "I have seldom been so ashamed of my own office",
)
INVENTED_PEOPLE = ("Elena Marwick", "Tobias Renfield", "Oona Castellane")
INVENTED_PLACES = ("Varnholm", "Quessia", "Port Ellery")
AUXILIARY = r"\b(is|are|was|were|will|would|has|have|had|can|could|should|did|does)\b"
ANTONYMS = (
    "rose fell,increased decreased,increase decrease,won lost,win lose,more fewer,more less,higher lower,before after,"
    "approved rejected,first last,up down,largest smallest,biggest smallest,most least,best worst,accepted refused,"
    "opened closed,began ended,started ended,gained lost,support oppose,supported opposed,guilty innocent,above below,"
    "allow ban,allowed banned,arrested released,hired fired,older younger,oldest youngest,early late,strong weak,"
    "success failure,bought sold,arrived left,remove add,strengthen weaken,longer shorter,male female,men women,"
    "north south,east west,new old,agreed disagreed,increasing decreasing,growing shrinking,raise cut,raised cut,"
    "cheaper costlier,minimum maximum,left right,inside outside,legal illegal,public private,love hate,better worse"
)
PAIRS = [(one, two) for pair in ANTONYMS.split(",") for a, b in [pair.split()] for one, two in ((a, b), (b, a))]
HEDGES = (
    (r"\b(?:may|might|could) have been\b", "was"),
    (r"\b(?:may|might|could) be\b", "is"),
    (r"\b(?:may|might|could)(?= [a-z]+\b)", "will"),
    (r"\b(?:allegedly|reportedly|possibly|probably|perhaps|apparently|potentially) ", ""),
    (r"\b(?:alleged|suspected|potential|possible|proposed|purported) ", ""),
    (r"\b(?:plans?|hopes?|wants?|intends?|is expected|is set|is likely|is considering|seeks?) to\b", "will"),
    (r"\b(?:are expected|are set|are likely) to\b", "will"),
    (r"\b(?:seems?|appears?) to be\b", "is"),
)
_NUMBER = re.compile(r"(?<![\w.,$-])(\$?)(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w,]*\d)")
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True)
class DraftEvidence:
    """The source of a draft sentence: a true sentence, its passage, all numbered passages and their quotes."""

    text: str
    passage: int
    passages: Sequence[Hit]
    quotes: Sequence[QuoteHit]
    others: Sequence[str]  # sentences of articles that are not among the passages
    chance: random.Random

    @property
    def every(self) -> str:
        return "\n\n".join(hit.passage.text for hit in self.passages)

    def people(self) -> list[str]:
        """Full names in the passages, and who is quoted there."""
        quoted = [hit.quote.speaker for hit in self.quotes if hit.quote.is_person and hit.quote.speaker]
        found = [" ".join(person.words) for person in parse_person_names(self.every) if person.given]
        return list(dict.fromkeys((*quoted, *found)))


Lie = Callable[[DraftEvidence], str]
"""A false sentence, empty where none can be made from the ground."""


def _invented_quotation(ground: DraftEvidence) -> str:
    people = ground.people()
    return f"{people[0]} said: “{ground.chance.choice(INVENTED_WORDS)}.”" if people else ""


def _changed_quotation(ground: DraftEvidence) -> str:
    for hit in ground.quotes:
        words = hit.quote.words.strip('“”" ,.').split()
        if hit.quote.kind != "direct" or len(words) < 6 or "…" in words:
            continue
        at = max(range(1, len(words) - 1), key=lambda at: len(words[at]))
        other = max(ground.text.split(), key=len).strip(',.“”"')
        if other.casefold() not in hit.quote.words.casefold():
            changed = " ".join([*words[:at], other.lower(), *words[at + 1 :]])
            return f"“{changed},” {hit.quote.speaker or 'he'} said."
    return ""


def _quotation_of_another(ground: DraftEvidence) -> str:
    return _said_by_another(ground, "direct", "{other} said: “{words}.”")


def _speech_of_another(ground: DraftEvidence) -> str:
    return _said_by_another(ground, "indirect", "{other} said that {words}.")


def _said_by_another(ground: DraftEvidence, kind: str, form: str) -> str:
    for hit in ground.quotes:
        quote = hit.quote
        if quote.kind != kind or not quote.is_person or not quote.speaker or not quote.is_said or len(quote.spans) > 1:
            continue
        mine = set(content_terms(quote.speaker))
        for other in ground.people():
            if not mine & set(content_terms(other)) and len(quote.words.split()) > 4:
                words = re.sub(r"^that ", "", " ".join(quote.words.split()).strip('“”" ,.'))
                return form.format(other=other, words=words)
    return ""


def _figure(ground: DraftEvidence) -> str:
    """A number that no passage has."""
    for match in _NUMBER.finditer(ground.text):
        digits = match[2].replace(",", "")
        new = str(int(float(digits)) + ground.chance.choice((1, 2, 3, 7)))
        if not re.search(rf"\b{new}\b", ground.every):
            return ground.text[: match.start(2)] + new + ground.text[match.end(2) :]
    return ""


def _figure_of_another(ground: DraftEvidence) -> str:
    """A number that the same passage has elsewhere."""
    own = {match[2] for match in _NUMBER.finditer(ground.text)}
    others = [match for match in _NUMBER.finditer(ground.passages[ground.passage].passage.text) if match[2] not in own]
    for match in _NUMBER.finditer(ground.text):
        alike = [o[2] for o in others if bool(o[1]) == bool(match[1]) and len(o[2]) == len(match[2])]
        if alike:
            return ground.text[: match.start(2)] + alike[0] + ground.text[match.end(2) :]
    return ""


def _magnitude(ground: DraftEvidence) -> str:
    for one, two in (("million", "billion"), ("billion", "million"), ("percent", "million"), ("%", " million")):
        if one in ground.text:
            return ground.text.replace(one, two, 1)
    return ""


def _date(ground: DraftEvidence) -> str:
    for words in (_DAYS, _MONTHS):
        for word in words:
            if re.search(rf"\b{word}\b", ground.text):
                others = [other for other in words if not re.search(rf"\b{other}\b", ground.every)]
                if others:
                    return re.sub(rf"\b{word}\b", ground.chance.choice(others), ground.text, count=1)
    return ""


def _name_of_another(ground: DraftEvidence) -> str:
    people = ground.people()
    for person in parse_person_names(ground.text):
        mine = set(content_terms(" ".join(person.words)))
        if not any(mine & set(content_terms(other)) for other in people):
            continue
        for other in people:
            if not mine & set(content_terms(other)) and not set(content_terms(other)) & set(content_terms(ground.text)):
                return ground.text[: person.span[0]] + other + ground.text[person.span[1] :]
    return ""


def _invented_name(ground: DraftEvidence) -> str:
    for person in parse_person_names(ground.text):
        if person.given:
            other = ground.chance.choice(INVENTED_PEOPLE)
            return ground.text[: person.span[0]] + other + ground.text[person.span[1] :]
    names = [match.span() for match in find_names(ground.text) if match.start() > 0]
    if not names:
        return ""
    start, end = names[0]
    for following in names[1:]:
        if ground.text[end : following[0]] == " ":
            end = following[1]
    return ground.text[:start] + ground.chance.choice(INVENTED_PLACES) + ground.text[end:]


def _negation_added(ground: DraftEvidence) -> str:
    bare = re.sub(r"“[^”]*”|\"[^\"]*\"", lambda match: " " * len(match[0]), ground.text)
    found = re.search(AUXILIARY + r"(?! not|n['’]t| \w+ not)", bare)
    if not found or re.search(r"\b(?:not|no|never|nor|neither)\b|n['’]t\b", bare):
        return ""
    return f"{ground.text[: found.end()]} not{ground.text[found.end() :]}"


def _negation_removed(ground: DraftEvidence) -> str:
    bare = re.sub(r"“[^”]*”|\"[^\"]*\"", lambda match: " " * len(match[0]), ground.text)
    found = re.search(r"\b(?:not(?! only| just)|never) |(?<=[a-z])n['’]t\b", bare)
    return ground.text[: found.start()] + ground.text[found.end() :] if found else ""


def _from_nowhere(ground: DraftEvidence) -> str:
    return ground.chance.choice(ground.others)


def _swapped(ground: DraftEvidence) -> str:
    """Exchange two names of one kind around a verb."""
    found = [person for person in parse_person_names(ground.text) if len(person.words) <= 3]
    for one, two in pairwise(found):
        between = ground.text[one.span[1] : two.span[0]]
        if re.fullmatch(r"\s(?:\w+ )*?\w+ed (?:\w+ ){0,3}", between) and not re.search(r" and | with | or ", between):
            a, b = (ground.text[slice(*person.span)] for person in (one, two))
            return f"{ground.text[: one.span[0]]}{b}{between}{a}{ground.text[two.span[1] :]}"
    return ""


def _antonym(ground: DraftEvidence) -> str:
    bare = re.sub(r"“[^”]*”|\"[^\"]*\"", lambda match: " " * len(match[0]), ground.text)
    for one, two in ground.chance.sample(PAIRS, len(PAIRS)):
        if found := re.search(rf"\b{one}\b", bare):
            return ground.text[: found.start()] + two + ground.text[found.end() :]
    return ""


def _hedge_lost(ground: DraftEvidence) -> str:
    bare = re.sub(r"“[^”]*”|\"[^\"]*\"", lambda match: " " * len(match[0]), ground.text)
    for pattern, sure in HEDGES:
        if found := re.search(pattern, bare):
            return ground.text[: found.start()] + sure + ground.text[found.end() :]
    return ""


def _attribution_lost(ground: DraftEvidence) -> str:
    for hit in ground.quotes:
        quote = hit.quote
        if quote.kind == "indirect" and quote.is_said and len(quote.spans) == 1 and len(quote.words.split()) > 6:
            words = re.sub(r"^that ", "", " ".join(quote.words.split()).strip(" ,."))
            return f"{words[:1].upper()}{words[1:]}."
    return ""


def _halves(ground: DraftEvidence) -> str:
    """Join the first half of the sentence with the second half of one from another passage."""
    for number, hit in enumerate(ground.passages):
        if number != ground.passage and hit.passage.article != ground.passages[ground.passage].passage.article:
            words, other = ground.text.split(), hit.passage.text.split("\n\n")[0].split(". ")[0].split()
            if len(words) > 10 and len(other) > 10 and not re.search(r"[“”\"]", ground.text + " ".join(other)):
                return " ".join([*words[: len(words) // 2], *other[len(other) // 2 :]]).rstrip(".") + "."
    return ""


LIES: dict[str, Lie] = {
    "invented quotation": _invented_quotation,
    "changed quotation": _changed_quotation,
    "quotation of another": _quotation_of_another,
    "speech of another": _speech_of_another,
    "invented figure": _figure,
    "figure of another": _figure_of_another,
    "magnitude": _magnitude,
    "day or month": _date,
    "name of another": _name_of_another,
    "invented name": _invented_name,
    "negation added": _negation_added,
    "negation removed": _negation_removed,
    "from nowhere": _from_nowhere,
    "subject and object": _swapped,
    "antonym": _antonym,
    "hedge lost": _hedge_lost,
    "attribution lost": _attribution_lost,
    "two halves": _halves,
}
