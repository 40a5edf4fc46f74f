"""Find the role that an article gives a person beside the name: `Secretary of State`, `a nursing home owner`."""

import re

from retrieval.quotes.speakers.mentions import Person, PersonMentions
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span

MAX_ROLE_LENGTH = 110  # characters
_MENTIONS_WITH_ROLE = 4  # of a person, the first ones: papers give the role where they introduce somebody
_ROLE_NOUNS = "|".join(map(re.escape, sorted(word_list("roles"), key=len, reverse=True)))
ROLE_NOUN = re.compile(rf"\b(?:{_ROLE_NOUNS})\b", re.IGNORECASE)
_BOUNDARY = re.compile(
    r"\b(?:said|says|told|asked|added|that|and|but|or|when|while|as|if|by|with|from|in|on|at|after|before|is|was|were|"
    r"are|be|been|has|have|had|did|does|do|will|would|could|should|than|like|against|about|between|over|under|because|"
    r"who|which|including|named|made|him|them|it|he|she|they|not|also|to|"
    r"(?!retired|elected|appointed|convicted|accused)[a-z]+ed|"
    r"(?!managing|acting|leading|outgoing|incoming|ranking|sitting|nursing|housing|founding|reigning)[a-z]+ing)\b|"
    r"[.;:!?“”\"](?=\s)(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.)(?<!\.[A-Z]\.)|\s[–—-]\s|[’']s\s(?=[A-Z]\w+ [A-Z])"
)
_APPOSITION = re.compile(
    r"(?:\s*\([^)]{1,20}\))?,\s+(?:\d\d,\s+)?"
    r"((?:(?:an?|the|his|her|their|one of|who (?:is|was|has been) (?:an?|the)?)\s+[^,.;:“”\"()\n]{0,70}?"
    r"|(?:[\w’'-]+\s+){0,3}?)"
    rf"\b(?:{_ROLE_NOUNS})s?\b(?:\s+(?:of|for|at|in|from|and|with|to|on|who)\b[^,.;:“”\"()\n]{{0,60}})?)(?=[,.;)]|\s*$)",
    re.IGNORECASE,
)
_ROLE_START = re.compile(
    r"\b(?:the|an?|his|her|their|its|our|former|longtime|then|fellow|senior|retired|veteran|top|chief|deputy|acting|"
    r"presumptive|ex)[\s-].*$",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(
    rf"(?:(?:[A-Z][\w’'.&/-]*+|(?i:{_ROLE_NOUNS})|presidential|vice-presidential|campaign|press|prime|foreign|national|media|"
    r"political|legal|policy|law|of|for)\.?\s*)+$"
)
_VERB = re.compile(r"\b(?:\w+ing\s[–—-]|said|says|told|added|is|was|were|are|has|had|have|will|would|did|who said)\b")


def role_in(text: str, span: Span, name: Span) -> str:
    """The role that the phrase of a source gives beside the name in it; empty where it gives none."""
    before = text[span[0] : name[0]].strip(" ,\n\xa0")
    if ROLE_NOUN.search(before):
        return _cleaned(before)
    after = text[name[1] : span[1]]
    return _apposition(after) or ""


def role_of(text: str, mentions: PersonMentions, person: Person) -> str:
    """The first role the article gives a person, before the name or in apposition; empty where it gives none."""
    for mention in mentions.of_person(person)[:_MENTIONS_WITH_ROLE]:
        start, end = mention.span
        found = _apposition(text[end : end + 2 * MAX_ROLE_LENGTH]) or _title_before(text, start)
        if found:
            return found
    return ""


def _apposition(after: str) -> str:
    """`a nursing home owner` after a name, in commas."""
    found = _APPOSITION.match(after)
    if not found or _VERB.search(re.sub(r"^who (?:is|was|has been) ", "", found[1])):
        return ""
    return _cleaned(re.sub(r"^who (?:is|was|has been) ", "", found[1]))


def _title_before(text: str, start: int) -> str:
    """`Secretary of State` before a name: from a word that begins a role, or the capitalised words right before."""
    line = text.rfind("\n", 0, start) + 1
    left = text[max(line, start - MAX_ROLE_LENGTH) : start]
    left = left[max((found.end() for found in _BOUNDARY.finditer(left)), default=0) :].strip(" ,").rsplit(", ", 1)[-1]
    found = _ROLE_START.search(left) or _TITLE.search(left)
    return _cleaned(found.group()) if found and ROLE_NOUN.search(found.group()) else ""


def _cleaned(role: str) -> str:
    """A role without the conjunction before it; empty where it is too long to be one."""
    role = re.sub(r"^(?:so|but|and|now|then)\s+", "", " ".join(role.split()), flags=re.IGNORECASE).strip(" ,-–—")
    return role if len(role) <= MAX_ROLE_LENGTH else ""
