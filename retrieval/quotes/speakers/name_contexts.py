"""Tell by the words around a name whether it is a person's: a title, a verb of speech, an apposition, a relative."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.quotes.speakers.given_names import is_given_name
from retrieval.quotes.speakers.names import KIN, PRONOUNS, Gender, PersonName, fold
from retrieval.quotes.word_lists import word_list
from retrieval.text.terms import common_words

SPEECH_VERBS = (
    r"(?:said|says|told|added|wrote|asked|argued|tweeted|explained|recalled|replied|responded|continued|noted)"
)
FUNCTION_WORDS = (
    r"(?:the|an?|his|her|their|its|our|my|this|that|these|those|some|many|most|all|both|when|while|if|as|of|in|on|at|"
    r"to|for|from|by|with|after|before|since|about|and|or|but|because|including|he|she|it|they|we|you)"
)
_SPEAKER_CONTEXT_AFTER = re.compile(
    rf"\s*+(?:\([^)]{{1,20}}\)\s*+)?(?:,\s*+(?:an?|the|of|who|whose|\d\d)\b|,?\s*+(?:who|{SPEECH_VERBS})\b)"
)
_BEFORE_PLACE = re.compile(r"\b(?:in|from|near|at|across|outside|of|of the)\s+$")
_SPEECH_VERB_BEFORE = re.compile(rf"\b{SPEECH_VERBS}\s+$")
# `“…,” said harbourmaster Pilar Roe`: the noun after a quotation's cue says what somebody is.
_CUE_AND_NOUN_BEFORE = re.compile(rf"[,.!?][”\"’']?\s+{SPEECH_VERBS}\s+(?!{FUNCTION_WORDS}\s)[a-z][a-z-]{{2,}}\s+$")
# `her brother Ivo`, `Ana's late husband, Tom`, and after a name `, his sister`
_KIN = "|".join(sorted(KIN))
_RELATIVE_BEFORE = re.compile(
    rf"(?:\b(?P<whose>[Hh]is|[Hh]er|[Tt]heir)|[’']s?)\s(?:[\w-]+\s){{0,2}}(?P<kin>{_KIN}),?\s$"
)
_RELATIVE_AFTER = re.compile(rf",\s(?:his|her|their|[A-Z]\w+[’']s?)\s(?:[\w-]+\s)?(?P<kin>{_KIN})\b")
_ROLES = "|".join(map(re.escape, sorted(word_list("roles"), key=len, reverse=True)))
_CUE_REACH = 40  # characters before a name in which a cue and a noun are looked for
_KIN_REACH = 40  # characters before a name that tell whose relative somebody is
_WORD_BEFORE = re.compile(r"([a-z]+)[ \xa0]$")
_BEGINS_SENTENCE = re.compile(r"(?:\A|\n|[.!?:][”\"’')]{0,2}\s)$")
# A word without an article before `has` is a name, unlike `Residents have`; `Pell has paired his offer with a threat`
# says that Pell is a man.
_SINGULAR_VERB = re.compile(r"\s(?:has|is|was|does)\b")
_OWN_PRONOUN = re.compile(r"\s(?:[a-z][a-z-]*\s){1,6}?(?P<pronoun>his|her|himself|herself|he|she)\s(?=[a-z])")
# `the CDC said`, `the former PM,`: nobody's name; `the Pell administration` is not of Pell.
_DEFINITE_BEFORE = re.compile(r"\b[Tt]he\s(?:[a-z]+\s)?$")
_ARTICLE_BEFORE = re.compile(r"\b[Tt]he\s$")
_ENDS_PHRASE = re.compile(rf"\s{SPEECH_VERBS}\b|[,.;:)]")
_ACRONYM = re.compile(r"[A-Z]{2,}")
_ACRONYM_BEFORE = re.compile(r"\b[A-Z]{2,}\s$")  # `IHS Technology`
_INNER_CAPITAL = re.compile(r"(?!Mc|Mac|De|Di|Du|La|Le|Van|Fitz|O[’'])\w*[a-z][A-Z]\w*")  # `AccuWeather`
_LOWER_CASE_WORD = re.compile(r"(?<![\w’'-])(?P<first>[^\W\d_A-Z]\w*)(?:[’'-]\w+)*")
_NEXT_PRONOUN = re.compile(
    r"[^.!?\n“”\"]{0,150}?\b(?P<pronoun>he|she|his|her|him|himself|herself|it|its|itself|which)\b", re.IGNORECASE
)
_PERSON_AFTER = re.compile(
    rf"(?:\s\([^)]{{1,20}}\))?,?\s(?:\d\d,|whom?\b|whose\b)|,\s(?!{SPEECH_VERBS})(?:[\w’'-]+\s){{0,5}}?(?i:{_ROLES})\b"
)
# `GOP-controlled (Legislature)`
_LOWER_CASE_COMPOUND = re.compile(r"\w-[a-z]{3,}$")
_LONGER_NAME_BEFORE = re.compile(
    r"\b[A-Z][\w’'-]*\s(?:(?:for|of|on)(?:\sthe)?|&)\s$|\b(?:for|of|on)\s(?:[A-Z][\w’'-]*,?\s){1,3}and\s$"
)
_LONGER_NAME_REACH = 60
_FORMS_OF_ADDRESS = frozenset(
    "mr mrs ms miss sir dr prof professor sen senator rep representative gov governor president secretary chancellor "
    "minister judge justice mayor gen general pope king queen prince princess lord lady rev bishop cardinal".split()
)
_DEFINITE_TITLES = frozenset("rev reverend hon honorable ayatollah".split())
_DEFINITE_TITLE = re.compile(r"\b[Tt]he\s(?:[A-Z][\w’'.-]*\s){1,4}$")


def is_subject(text: str, name: PersonName) -> bool:
    """Whether a word that begins a sentence is its subject and a name rather than any noun."""
    start, end = name.span
    begins = _BEGINS_SENTENCE.search(text, max(0, start - 5), start)
    return bool(begins and _SINGULAR_VERB.match(text, end))


def pronoun_of_subject(text: str, name: PersonName) -> Gender:
    """The gender that the first pronoun after a subject tells: `Pell has paired his offer with a threat`."""
    found = _OWN_PRONOUN.match(text, name.span[1])
    return PRONOUNS[found["pronoun"]] if found else ""


def names_body(text: str, names: Sequence[PersonName]) -> bool:
    """Whether a name of one word without any title is a body's or no name: `the CDC`, `AccuWeather`, `Officials`."""
    word = names[0].words[-1]
    if any(has_title(name) or name.suffix for name in names):
        return False
    if _ACRONYM.fullmatch(word) or _INNER_CAPITAL.fullmatch(word):
        return True
    if any(_is_definite(text, name) or _follows_acronym(text, name) for name in names):
        return True
    begin = all(_BEGINS_SENTENCE.search(text, max(0, name.span[0] - 5), name.span[0]) for name in names)
    return begin and word.lower() in _lower_case_words(text)


@lru_cache(maxsize=1)  # asked for each name of a text
def _lower_case_words(text: str) -> frozenset[str]:
    return frozenset(word for found in _LOWER_CASE_WORD.finditer(text) for word in (found.group(), found["first"]))


def _is_definite(text: str, name: PersonName) -> bool:
    before = _DEFINITE_BEFORE.search(text, max(0, name.span[0] - 20), name.span[0])
    return bool(before and _ENDS_PHRASE.match(text, name.span[1]))


def _follows_acronym(text: str, name: PersonName) -> bool:
    return not name.titles and bool(_ACRONYM_BEFORE.search(text, max(0, name.span[0] - 12), name.span[0]))


def is_after_place(text: str, name: PersonName) -> bool:
    """Whether a preposition before a name tells that it is a place's."""
    return bool(_BEFORE_PLACE.search(text, max(0, name.span[0] - 12), name.span[0]))


def has_title(name: PersonName) -> bool:
    """Whether the word right before a name addresses a person: `Mr.`, `Senator`."""
    return any(title in _FORMS_OF_ADDRESS for title in name.titles[-1:])


def has_definite_title(text: str, name: PersonName) -> bool:
    """Whether `the` before a title tells that it begins a body's name: `the General Assembly`, not `the Rev. Pell`."""
    if not name.titles or name.titles[-1] in _DEFINITE_TITLES:
        return False
    return bool(_DEFINITE_TITLE.search(text, max(0, name.span[0] - _LONGER_NAME_REACH), name.span[0]))


def pronoun_votes(text: str, names: Sequence[PersonName]) -> int:
    """How many more of these names a personal pronoun follows than `it` and the like, first in its sentence."""
    found = [match for name in names if (match := _NEXT_PRONOUN.match(text, name.span[1]))]
    return sum(1 if fold(match["pronoun"]) in PRONOUNS else -1 for match in found)


def is_of_thing(text: str, name: PersonName) -> bool:
    """Whether `the` stands before a name, or it is the end of a longer one: `the Toll Pact,`, `Office for Pell Law`."""
    start = name.span[0]
    is_definite = _ARTICLE_BEFORE.search(text, max(0, start - 5), start) and _ENDS_PHRASE.match(text, name.span[1])
    if is_definite or _LOWER_CASE_COMPOUND.search(name.words[0]):
        return True
    return bool(_LONGER_NAME_BEFORE.search(text, max(0, start - _LONGER_NAME_REACH), start))


def is_thing_by_form(name: PersonName) -> bool:
    """Whether a full name has the form of a firm's or an office's: a plural noun at its end, a capital in a word."""
    last = name.words[-1].lower()
    is_plural = last.endswith("s") and {last, last[:-1]} <= common_words() and not is_given_name(last[:-1])
    return is_plural or any(_INNER_CAPITAL.fullmatch(word) for word in name.words)


def is_introduced_as_person(text: str, names: Sequence[PersonName]) -> bool:
    """Whether a role, an age or `who` beside one of these names tells that it is a person's."""
    return any(_PERSON_AFTER.match(text, name.span[1]) or _follows_role(text, name.span[0]) for name in names)


def stands_beside_speech(text: str, names: Sequence[PersonName], *, appositions: bool = False) -> bool:
    """Whether a verb of speech stands beside one of these names; `appositions` counts `, a ...` and `, 42,` as well.

    A name after `in`, `from`, `of` and the like is a place's.
    """
    if not appositions and any(is_after_place(text, name) for name in names):
        return False
    for start, end in (name.span for name in names):
        after = _SPEAKER_CONTEXT_AFTER.match(text, end)
        if after and (appositions or re.search(SPEECH_VERBS, after.group())):
            return True
        if _SPEECH_VERB_BEFORE.search(text, max(0, start - 12), start):
            return True
        if appositions and _follows_role(text, start):
            return True
    return False


def _follows_role(text: str, start: int) -> bool:
    """Whether a noun that says what somebody is stands before a name: `economist Ada Okafor`."""
    before = _WORD_BEFORE.search(text, max(0, start - 20), start)
    is_role = before and before[1] in word_list("roles")
    return bool(is_role or _CUE_AND_NOUN_BEFORE.search(text, max(0, start - _CUE_REACH), start))


@dataclass(frozen=True, slots=True)
class Kinship:
    """Whose relative somebody is: the gender that `brother` tells, and that of `his` or `her` before it.

    `is_introduction` is whether it stands before the name, `her brother Ivo`, rather than after it, `Ivo, her brother`.
    """

    gender: Gender
    possessor: Gender
    is_introduction: bool


def kinship(text: str, start: int, end: int) -> Kinship | None:
    """The kinship that stands beside a name, if one does."""
    if before := _RELATIVE_BEFORE.search(text, max(0, start - _KIN_REACH), start):
        return Kinship(KIN[before["kin"]], PRONOUNS.get((before["whose"] or "").casefold(), ""), True)
    after = _RELATIVE_AFTER.match(text, end)
    return Kinship(KIN[after["kin"]], "", False) if after else None
