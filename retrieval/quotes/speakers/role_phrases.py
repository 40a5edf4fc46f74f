"""Clean the phrase that says what somebody is, such as `his former deputy`, as it is shown beside the name."""

import re

from retrieval.quotes.speakers.names import KIN, TITLES, fold
from retrieval.quotes.word_lists import word_list

MAX_ROLE_LENGTH = 110  # characters
ROLE_NOUNS = "|".join(map(re.escape, sorted(word_list("roles"), key=len, reverse=True)))
ROLE_NOUN = re.compile(rf"\b(?:{ROLE_NOUNS})\b", re.IGNORECASE)
# `the prosecutor for Bernalillo County and Gov.`, `Allies of President`: a title that is all the role there is.
_OWN_TITLE = re.compile(r"\s(?:and|of|for)\s((?:[A-Z][a-z]+\.?\s?)+)$")
# `an attorney for Surgeon General`: what stands before `for` is another's.
_ANOTHERS = re.compile(r"(?:[Aa]n?|[Tt]he)\s[a-z][a-z\s-]*\s(?:for|of|to)\s((?:[A-Z][\w.]*\s?)+)$")
_PARTY = re.compile(r"^[RDI]-[A-Z][\w.]*(?:\s[A-Z]\w+)*\s+and\s+")
# `those were the same ones former counsel`: `former` begins a role after a noun.
_FORMER = re.compile(
    r"^(?:(?:an?|the|this|that)\s.*\s(?!(?:the|an?|and|of|for|to|by|with|at|from|in|on)\s)[a-z]+(?<!’s)(?<!'s)|[a-z]+s)"
    r"\s(?=former\s)"
)
# `Critics of Norland's President`: of what somebody alone is.
_PLURAL_HEAD = re.compile(r"^[\w-]+[^s]s\sof\s(?=[A-Z])")
# `whose son`, `remains the leader`, `Neither Senator`: no description.
_NO_DESCRIPTION = re.compile(
    r"who(?:se|m)?\b|\w+ing\s(?:his|her|their|the|an?)\s|(?:n?either|no)\b|(?!one\b)[a-z]+s\s(?:the|an?)\s",
    re.IGNORECASE,
)
# `on Tuesday Judge`, `Only Justice`, `Beth Or’s Rabbi`: what stands before a role.
_LEADING_WORD = re.compile(
    r"^(?:now|also|then|only|even|just|still|himself|herself|(?:mon|tues|wednes|thurs|fri|satur|sun)day|[’']s)\s",
    re.IGNORECASE,
)
_OF_DEFINITE = re.compile(r"\s(?:at|of|for|in)\sthe(?:\s[A-Z][\w-]*)+$")  # `at the University`, whose name is cut off
PREPOSITION = re.compile(r"\s(?:of|for|at|in|from|with|to|on|who)\s")
_OPEN_END = re.compile(
    r"\b(?:of|for|at|in|from|with|to|on|who|and|or|the|an?|that|by|as|his|her|their|its)$|[’']s$", re.IGNORECASE
)
# `alongside every speaker`, `like his mother`: a phrase that begins so says nothing of what somebody is.
PREPOSITIONS = (
    r"(?:along|alongside|like|unlike|with|without|among|amid|despite|after|before|during|through|near|under|over|against|"
    r"as|by|from|in|at|on|to|of|for|about|between)"
)
_PREPOSITIONAL = re.compile(rf"{PREPOSITIONS}\b|fellow$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"^(?:his|her|their|its|our|my|your)\s+", re.IGNORECASE)
# `by the way FBI Director`, `the court struck down tariffs President`: a title after a lower-case word that is no role.
_TITLE_AFTER_NOUN = re.compile(
    r"(?:[A-Za-z][a-z]+ly\s)?(?:[Aa]n?|[Tt]he|this|that|what|which)\s(?:[\w’'-]++\s)*?(?!(?:former|late|then|current|acting|deputy|retired|longtime|"
    rf"veteran|new|ex|vice|of|for|and|the|{ROLE_NOUNS})\b)[a-z-]++\s"
    r"((?:[A-Z][\w.’'-]*+\s(?:(?:of|for)\s(?:the\s)?)?)*[A-Z][\w.’'-]*+)$"
)
_UNCLOSED_MARK = re.compile(r"(?<!\w)[‘'](?!.*\w[’'](?!\w))")
_SIGN = re.compile(r"^[^\w“\"‘’']+")  # a bullet
_UNOPENED_MARK = re.compile(r"^[^‘']*(?<=[^\W\dsS_])[’']\s")  # `Gull Rock' star`, not `Jones’ lawyer`
_MARK = re.compile(r"[:;|►•*“”\"]\s*")
# `Patrol spokesperson Lt.`, `University President the Rev.`: a rank that belongs to the name.
_RANK_AFTER = re.compile(r"(?:\sthe)?\s[A-Z][a-z]+\.$")
_SENTENCE_BEFORE = re.compile(r"^the\s.*\b[A-Z][a-z]{2,}\.\s(?=[A-Z])")  # `the Harbour Act. Judge`
_INSTITUTION = re.compile(r"The(?:\s+[A-Z][\w’'-]*){2,}")


def cleaned_role(role: str) -> str:
    """A role as it is shown, without `his` before it; empty where it is no whole description of one person."""
    whole = _LEADING_WORD.sub("", _SIGN.sub("", _MARK.split(" ".join(role.split()))[-1]).strip(" ,-–—"))
    words = _FORMER.sub("", _PARTY.sub("", _POSSESSIVE.sub("", _PLURAL_HEAD.sub("", whole))))
    if words != whole and fold("".join(words.split()[:1])) in KIN and ROLE_NOUN.search(" ".join(words.split()[1:])):
        words = " ".join(words.split()[1:])  # "her husband Prince"
    own = _OWN_TITLE.search(words)
    if own and all(_is_title(word) for word in own[1].split()):
        words = own[1]
    elif (of_another := _ANOTHERS.match(words)) and _is_title(of_another[1].split()[-1]):
        words = of_another[1]
    words, within_marks = _UNOPENED_MARK.subn("", _SENTENCE_BEFORE.sub("", words))
    if within_marks and " " not in words:
        return ""
    if ends_with_role(without_rank := _RANK_AFTER.sub("", words)):
        words = without_rank
    if _UNCLOSED_MARK.search(words):  # "the star of HBO's 'The White Lotus"
        words = without_last_phrase(words)
    is_relative = words in word_list("anybody") or (words != whole and fold("".join(words.split()[-1:])) in KIN)
    if (after_noun := _TITLE_AFTER_NOUN.match(words)) and ends_with_role(after_noun[1]):
        words = after_noun[1]
    is_whole = (
        ROLE_NOUN.search(words)
        and not _PREPOSITIONAL.match(words)
        and not _NO_DESCRIPTION.match(words)
        and not _OPEN_END.search(words)
        and not _INSTITUTION.fullmatch(words)
    )
    return words if is_whole and not is_relative and len(words) <= MAX_ROLE_LENGTH else ""


def without_last_phrase(role: str) -> str:
    """A role without the prepositional phrase at its end; empty where it has none."""
    starts = [found.start() for found in PREPOSITION.finditer(role)]
    return _OF_DEFINITE.sub("", role[: starts[-1]]) if starts else ""


def ends_with_role(phrase: str) -> bool:
    """Whether the last word of a phrase says what somebody is."""
    last = "".join(phrase.split()[-1:]).strip(".,’'")
    return fold(last) in TITLES or bool(ROLE_NOUN.fullmatch(last.rsplit("-", 1)[-1]))


def _is_title(word: str) -> bool:
    return fold(word) in TITLES
