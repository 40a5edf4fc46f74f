"""Find the role that an article gives a person beside the name: `Secretary of State`, `a nursing home owner`."""

import re
from itertools import pairwise

from retrieval.quotes.speakers.given_names import is_given_name
from retrieval.quotes.speakers.mentions import PersonMentions
from retrieval.quotes.speakers.name_contexts import FUNCTION_WORDS, SPEECH_VERBS
from retrieval.quotes.speakers.names import KIN, fold
from retrieval.quotes.speakers.people import Person
from retrieval.quotes.speakers.role_phrases import (
    MAX_ROLE_LENGTH,
    PREPOSITION,
    PREPOSITIONS,
    ROLE_NOUN,
    ROLE_NOUNS,
    cleaned_role,
    ends_with_role,
    without_last_phrase,
)
from retrieval.text.sentences import Span

_MENTIONS_WITH_ROLE = 4  # of a person, the first ones: papers give the role where they introduce somebody
_PARTICIPLE = (  # but for those that belong to roles
    r"(?:(?!retired|elected|appointed|convicted|accused)[a-z]+ed|"
    r"(?!managing|acting|leading|outgoing|incoming|ranking|sitting|nursing|housing|founding|reigning)[a-z]+ing)"
)
# What ends the phrase before a name that may be a role: verbs, and words that join it to another phrase.
_BOUNDARY = re.compile(
    r"\b(?i:said|says|told|asked|added|that|and|but|or|when|while|as|if|by|with|from|in|on|at|after|before|is|was|were|"
    r"are|be|been|has|have|had|did|does|do|will|would|could|should|than|like|against|about|between|over|under|behind|because|"
    r"who|whose|whom|what|how|where|which|including|named|made|him|them|it|he|she|they|not|also|to|since|during|without|through|"
    r"despite|amid|into|among|until|unless|though|although|toward|towards|per|via|upon|then|so|now|yet|even|both|can)"
    r"\b(?!-)|"
    rf"\b{_PARTICIPLE}\b(?!-)|"
    r"[.;:!?“”\"](?=\s)(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.)(?<!\.[A-Z]\.)|[►•|()*]|\s[‒–—―−-]\s|"
    r"[’']s\s(?=[A-Z]\w+ [A-Z])"
)
_APPOSITION = re.compile(
    r"(?:\s*\([^)]{1,20}\))?,\s+(?:\d\d,\s+)?"
    r"((?:(?:an?|the|his|her|their|one of|who (?:is|was|has been) (?:an?|the)?)\s+[^,.;:“”\"()\n]{0,70}?"
    r"|(?:[\w’'-]+\s+){0,3}?)"
    rf"\b(?:{ROLE_NOUNS})s?\b(?:\s+(?:of|for|at|in|from|and|with|to|on|who)\b[^,.;:“”\"()\n]{{0,60}}?)?)"
    r"(?=[,;)]|\.(?!\w)|\s*$|\s+(?:who|whose)\b|\s[–—-]\s)",
    re.IGNORECASE,
)
_ROLE_START = re.compile(
    r"\b(?:the|an?|his|her|their|its|our|former|longtime|fellow|senior|retired|veteran|top|chief|deputy|acting|"
    r"presumptive|ex)[\s-]",
    re.IGNORECASE,
)
_TITLE = re.compile(
    rf"(?<![\w-])(?:(?:(?:co-|ex-|vice-)?(?i:{ROLE_NOUNS})|[A-Z][\w’'.&/-]*+|presidential|vice-presidential|campaign|press|prime|foreign|national|media|"
    r"political|legal|policy|law|of|for|and|&)\.?\s*)+$"
)
_VERB = re.compile(rf"\b(?:\w+ing\s[–—-]|{SPEECH_VERBS}|is|was|were|are|has|had|have|will|would|did)\b")
# What goes on about a person after the role, and may go on beyond the comma that ends it.
_CLAUSE_AFTER = re.compile(r"\s(?:who|whose|which|before|after|when|while)\s")
_SECOND_NOUN = re.compile(r"\sand\s(?:the|an?)\s\w+$")  # `the chair of the board and the man who sold it`
# `a member of the Cecil County, Maryland-based punk band`
_GOES_ON = re.compile(r",\s(?:[A-Z][\w.]*\s?)+-(?:based|area|born)\b")
_OF_BODY = re.compile(rf"\s(?!(?i:{ROLE_NOUNS})\b)(?:[A-Z][\w’'-]*\s)+(?:[a-z]+\s)*(?i:{ROLE_NOUNS})\b")
_CAPITALISED_BEFORE = re.compile(r"\b[A-Z][\w’'-]*\s(?:and\s)?$")  # `Norland Solicitor (General Ana Pell)`
_NAME_END = re.compile(r"\b(?P<first>[A-Z][\w’'-]*)\s(?:[A-Z][\w.’'-]*\s)*$")
_CAPITALISED_PREPOSITION = re.compile(
    r"(?<=[a-z])\s(?:To|In|At|For|From|With|On|By|As|And|But)\s[a-z].*"
)  # a new sentence
_RELATIVE_OF = re.compile(r".*\sand\s(?:his|her|their)\s")  # `the mayor and his husband`: another's relative
_AND_NAME = re.compile(r"\sand\s([A-Z][\w’'-]+)\s[A-Z][\w’'-]+$")  # `president of a club and Tom Obi`
_IN_SOMETHING = re.compile(r"\sin\san?\s.*")  # `director at the Harbour Trust in a statement`
# `in a move leader Ana Pell regrets`: of such words before a name the last one is a title.
_INDEFINITE = re.compile(r"^an?\s(?!former\s|(?:\w+ed|\w+ing)\s)[a-z].*\s(?=\S+$)")
_CREDIT = re.compile(r"\w/[A-Z]")  # `Ana Pell/AP President`: a photographer's, before the caption
_ROLE_ALONE = re.compile(rf"(?:{ROLE_NOUNS})\s*")  # `the Gull for principal Ana Pell`
_BELONGS = re.compile(r"\s(?:of|for|to)\s")
_TWO_PEOPLE = re.compile(r"[Tt]he\s[a-z].*\sand\s([A-Z].*)$")  # `the mayor and Senator`
# `In a letter to Ana Pell, the mayor asked`: what follows is the subject.
_FRONTED = re.compile(r"(?:In|At|On|With|To|For|From|After|Before|During|Like|Unlike|Despite)\s[^,.!?]*")
_DEPENDENT, _PREPOSITION_REACH = re.compile(rf"\b{PREPOSITIONS}\s$", re.IGNORECASE), 12  # `Through (an aide, Pell)`
_NAMES = r"[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*"
_LIST_AFTER = re.compile(rf",\s(?:{_NAMES},\s)*{_NAMES},?\s(?:and|&)\s[A-Z]")
# `professor at the University of Norland, Lowick, and lead of its team`: what stands after the comma is of the name.
_PLACE_AFTER = re.compile(r",\s[A-Z][\w’'-]*(?=[,;.)]|\s(?:and|who)\b)")
_OF_PLACE = re.compile(r"\sUniversity\sof\s[A-Z][\w’'-]*$")
_MORE_AFTER_POINT = re.compile(r"\.[ \xa0]?\S")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|[A-Z][a-z]{1,2}|vs?)$")
# A lower-case word between capitalised ones, or before an article, which is a verb more often than not:
# `Hawaii Public Radio reports Gov.`, `The Post met the`.
_CLAUSE = re.compile(
    r"[A-Z][\w.’'-]*\s(?!(?:of|for|and|the|to|in|at|on|with|from|de|del|du|la|von|van)\s)(?!" + rf"(?:{ROLE_NOUNS})\s)"
    r"[a-z]+\s(?:[A-Z]|(?:the|an?|his|her|their|its)\s)"
)
# `a letter by health minister Ana Roe`; after a subject the word before the role may be a verb, `Roe met minister`.
_LOWER_CASE_COMPOUND = re.compile(
    rf"(?:^|(?:\b(?:by|with|from|of|for|as|{SPEECH_VERBS})|,)\s)(?!(?:{FUNCTION_WORDS}|{SPEECH_VERBS}|{_PARTICIPLE})\s)"
    rf"([a-z][a-z-]+\s(?:{ROLE_NOUNS}))\s$",
    re.MULTILINE,
)
_MARK_AFTER = re.compile(r"\s?[^\w\s’']|\s*$|\s(?:and|or)\b")
_FORM_OF_ADDRESS = re.compile(r"\s+(?:Dr|Mr|Mrs|Ms|Miss|Sir|Dame|Lady|Lord|Sister|Brother|Father)\.?$")
MAX_ROLE_WORDS = 10  # before a name; a longer phrase is a clause


def role_in(text: str, span: Span, name: Span) -> str:
    """The role that the phrase of a source gives beside the name in it; empty where it gives none."""
    is_cut = text[span[0]].isupper() and _CAPITALISED_BEFORE.search(text, max(0, span[0] - MAX_ROLE_LENGTH), span[0])
    lowest = 0 if is_cut else text.rfind(" ", 0, span[0] + 1) + 1
    depends = _DEPENDENT.search(text, max(0, span[0] - _PREPOSITION_REACH), span[0])
    before = "" if depends and _is_after_phrase(text, name) else _phrase_before(text, name[0], lowest)
    phrase = re.sub(r"^(?:of|for)\s+", "", before)
    is_whole = not is_cut and len(phrase.split()) <= MAX_ROLE_WORDS and _names_role(phrase)
    if is_whole and (role := cleaned_role(phrase)):
        return role
    found = _title_in(phrase)
    return found or (_apposition(text, name[1]) if span[1] > name[1] + 1 else "")


def role_of(text: str, mentions: PersonMentions, person: Person) -> str:
    """The first role the article gives a person, before the name or in apposition; empty where it gives none."""
    for mention in mentions.of_person(person)[:_MENTIONS_WITH_ROLE]:
        start, end = mention.span
        is_fronted = _FRONTED.fullmatch(text, mentions.sentence_starts[mention.sentence], start)
        found = ("" if is_fronted else _apposition(text, end)) or _title_before(text, mention.span)
        if found:
            return found
    return ""


def _apposition(text: str, end: int) -> str:
    """`a nursing home owner` after a name, in commas."""
    reach = min(len(text), end + 2 * MAX_ROLE_LENGTH)
    found = _APPOSITION.match(text, end, reach)
    if not found or found.end(1) == reach < len(text):
        return ""
    phrase = _CAPITALISED_PREPOSITION.sub("", re.sub(r"^who (?:is|was|has been) ", "", found[1]))
    role, *clauses = _CLAUSE_AFTER.split(phrase)
    if clauses or _CLAUSE_AFTER.match(text, found.end(1)):
        role = _SECOND_NOUN.sub("", role)
    if (other := _AND_NAME.search(role)) and is_given_name(fold(other[1])):
        role = role[: other.start()]
    role = _IN_SOMETHING.sub("", role)
    if _VERB.search(role) or _GOES_ON.match(text, found.end(1)):
        return ""
    is_place = _OF_PLACE.search(role) and _PLACE_AFTER.match(text, found.end(1))
    if is_place or _LIST_AFTER.match(text, found.end(1)):  # `chair of the Committee on Boats, Nets and Ropes`
        role = without_last_phrase(role)
    if _MORE_AFTER_POINT.match(text, found.end(1)) and _ABBREVIATION.search(role):
        role = without_last_phrase(role)  # "president of a bank in St. Louis"
        if fold("".join(role.split()[-1:])) in KIN:  # "the husband of Dr. Pell"
            return ""
    return cleaned_role(role) if _has_role_as_head(role) else ""


def _has_role_as_head(role: str) -> bool:
    """Whether a noun phrase is about somebody of this role: `the head of a union`, not `the union of the heads`."""
    head = role[: found.start()] if (found := PREPOSITION.search(role)) else role
    if re.match(r"one of\b", role, re.IGNORECASE):
        return True
    return any(ends_with_role(part) for part in re.split(r"\sand\s", head))


def _is_after_phrase(text: str, name: Span) -> bool:
    """Whether a name is the subject after another phrase: a comma before it alone, `over her head, Pell was`."""
    return text[max(0, name[0] - 3) : name[0]].rstrip().endswith(",") and not _MARK_AFTER.match(text, name[1])


def _title_before(text: str, name: Span) -> str:
    """`Secretary of State` before a name: from a word that begins a role, or the capitalised words right before."""
    if _is_after_phrase(text, name):
        return ""
    start = name[0]
    if compound := _LOWER_CASE_COMPOUND.search(text, max(0, start - MAX_ROLE_LENGTH), start):
        return cleaned_role(compound[1])
    return _title_in(_phrase_before(text, start, 0))


def _phrase_before(text: str, start: int, lowest: int) -> str:
    """The words before a name that may belong to its role; empty where they go on further back than a role is long."""
    reach = start - MAX_ROLE_LENGTH
    begin = max(text.rfind("\n", 0, start) + 1, lowest, reach)
    before = text[begin:start]
    cuts = [found for found in _BOUNDARY.finditer(before) if not _joins_roles(before, found)]
    left = before[cuts[-1].end() :] if cuts else before if begin > reach else ""
    left = _RELATIVE_OF.sub("", left)
    if _CREDIT.search(left) or (cuts and _is_in_name(before, cuts[-1])):
        return ""
    phrase = _FORM_OF_ADDRESS.sub("", left.strip(" ,\xa0").rsplit(", ", 1)[-1])
    if cuts and cuts[-1].group() in '”"' and " " not in phrase:  # `“The Long Quay” star Ana Pell`
        return ""
    return phrase if left.rstrip().endswith(",") else _of_bearer(phrase)


def _joins_roles(text: str, found: re.Match[str]) -> bool:
    """Whether this is within one role: `head and founder`, `aide to the king`, `Office of Management and Budget`."""
    before = text[: found.start()]
    if found.group() in ("and", "to", "in", "at") and ends_with_role(before):
        return True
    return found.group() == "and" and bool(re.search(r"\s(?:of|for)\s(?:[A-Z][a-z]+\s){1,3}$", before))


def _is_in_name(text: str, found: re.Match[str]) -> bool:
    """Whether `and` stands in the name of a body whose role follows: `Nets and Boats Committee chair`."""
    name = _NAME_END.search(text, 0, found.start()) if found.group() == "and" else None
    return bool(name and not is_given_name(fold(name["first"])) and _OF_BODY.match(text, found.end()))


def _title_in(left: str) -> str:
    """The role at the end of the words before a name."""
    if not ROLE_NOUN.search(left):
        return ""
    for found in _ROLE_START.finditer(left):
        if _names_role(phrase := left[found.start() :]):
            return cleaned_role(_INDEFINITE.sub("", phrase))
    title = _TITLE.search(left)
    phrase = re.sub(r"^(?:of|for|and)\s+", "", title.group()) if title else ""
    return cleaned_role(phrase) if _names_role(phrase) else ""


def _of_bearer(phrase: str) -> str:
    """The end of a phrase before a name that is the role of who bears it: `the widow of (the director) Ana Pell`."""
    if two := _TWO_PEOPLE.match(phrase):
        return two[1]
    first, *rest = _BELONGS.split(phrase)
    last = "".join(rest[-1].split()[-1:]) if rest else ""
    return rest[-1] if ends_with_role(first) and _is_role_noun(last) else phrase


def _is_role_noun(word: str) -> bool:
    return bool(ROLE_NOUN.fullmatch(word.rsplit("-", 1)[-1]))


def _names_role(phrase: str) -> bool:
    """Whether a phrase before a name is a role: it ends with one, or one stands before its first `of`."""
    parts = re.split(r"\s(?:of|for)\s", phrase)
    if _CLAUSE.search(phrase):
        return False
    is_compound = all(
        ends_with_role(part) or (part.split()[-1][:1].isupper() and not _ROLE_ALONE.fullmatch(after))
        for part, after in pairwise(parts)
        if part.split()
    )
    return bool(phrase) and is_compound and (ends_with_role(phrase) or _has_role_as_head(phrase))
