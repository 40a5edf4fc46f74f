"""Find the role that an article gives a person beside the name: `Secretary of State`, `a nursing home owner`."""

import re

from retrieval.quotes.speakers.mentions import PersonMentions
from retrieval.quotes.speakers.name_contexts import FUNCTION_WORDS, SPEECH_VERBS
from retrieval.quotes.speakers.names import KIN, TITLES, fold
from retrieval.quotes.speakers.people import Person
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span

MAX_ROLE_LENGTH = 110  # characters
_MENTIONS_WITH_ROLE = 4  # of a person, the first ones: papers give the role where they introduce somebody
_ROLE_NOUNS = "|".join(map(re.escape, sorted(word_list("roles"), key=len, reverse=True)))
ROLE_NOUN = re.compile(rf"\b(?:{_ROLE_NOUNS})\b", re.IGNORECASE)
# What ends the phrase before a name that may be a role: verbs, and words that join it to another phrase.
_BOUNDARY = re.compile(
    r"\b(?i:said|says|told|asked|added|that|and|but|or|when|while|as|if|by|with|from|in|on|at|after|before|is|was|were|"
    r"are|be|been|has|have|had|did|does|do|will|would|could|should|than|like|against|about|between|over|under|because|"
    r"who|whose|whom|what|how|where|which|including|named|made|him|them|it|he|she|they|not|also|to|since|during|without|through|"
    r"despite|amid|into|among|until|unless|though|although|toward|towards|per|via|upon|then|so|now|yet|even|both|can)"
    r"\b(?!-)|"
    r"\b(?:(?!retired|elected|appointed|convicted|accused)[a-z]+ed|"
    r"(?!managing|acting|leading|outgoing|incoming|ranking|sitting|nursing|housing|founding|reigning)[a-z]+ing)\b(?!-)|"
    r"[.;:!?“”\"](?=\s)(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.)(?<!\.[A-Z]\.)|[►•|()*]|\s[‒–—−-]\s|"
    r"[’']s\s(?=[A-Z]\w+ [A-Z])"
)
_APPOSITION = re.compile(
    r"(?:\s*\([^)]{1,20}\))?,\s+(?:\d\d,\s+)?"
    r"((?:(?:an?|the|his|her|their|one of|who (?:is|was|has been) (?:an?|the)?)\s+[^,.;:“”\"()\n]{0,70}?"
    r"|(?:[\w’'-]+\s+){0,3}?)"
    rf"\b(?:{_ROLE_NOUNS})s?\b(?:\s+(?:of|for|at|in|from|and|with|to|on|who)\b[^,.;:“”\"()\n]{{0,60}}?)?)"
    r"(?=[,;)]|\.(?!\w)|\s*$|\s+(?:who|whose)\b|\s[–—-]\s)",
    re.IGNORECASE,
)
_ROLE_START = re.compile(
    r"\b(?:the|an?|his|her|their|its|our|former|longtime|fellow|senior|retired|veteran|top|chief|deputy|acting|"
    r"presumptive|ex)[\s-]",
    re.IGNORECASE,
)
_TITLE = re.compile(
    rf"(?<![\w-])(?:(?:(?:co-|ex-|vice-)?(?i:{_ROLE_NOUNS})|[A-Z][\w’'.&/-]*+|presidential|vice-presidential|campaign|press|prime|foreign|national|media|"
    r"political|legal|policy|law|of|for)\.?\s*)+$"
)
_VERB = re.compile(rf"\b(?:\w+ing\s[–—-]|{SPEECH_VERBS}|is|was|were|are|has|had|have|will|would|did)\b")
# What goes on about a person after the role, and may go on beyond the comma that ends it.
_CLAUSE_AFTER = re.compile(r"\s(?:who|whose|which|before|after|when|while)\s")
# `a member of the Cecil County, Maryland-based punk band`
_GOES_ON = re.compile(r",\s(?:[A-Z][\w.]*\s?)+-(?:based|area|born)\b")
# `the prosecutor for Bernalillo County and Gov.`, `Allies of President`: a title that is all the role there is.
_OWN_TITLE = re.compile(r"\s(?:and|of|for)\s((?:[A-Z][a-z]+\.?\s?)+)$")
# `an attorney for Surgeon General`: what stands before `for` is another's.
_ANOTHERS = re.compile(r"(?:[Aa]n?|[Tt]he)\s[a-z][a-z\s-]*\s(?:for|of|to)\s((?:[A-Z][\w.]*\s?)+)$")
_PARTY = re.compile(r"^[RDI]-[A-Z][\w.]*(?:\s[A-Z]\w+)*\s+and\s+")
# `those were the same ones former counsel`: `former` begins a role after a noun.
_FORMER = re.compile(
    r"^(?:an?|the|this|that)\s.*\s(?!(?:the|an?|and|of|for|to|by|with|at|from|in|on)\s)[a-z]+(?<!’s)(?<!'s)\s(?=former\s)"
)
# `Critics of Norland's President`: of what somebody alone is.
_PLURAL_HEAD = re.compile(r"^[\w-]+[^s]s\sof\s(?=[A-Z])")
# `whose son`, `remains the leader`, `Neither Senator`: no description.
_NO_DESCRIPTION = re.compile(r"who(?:se|m)?\b|(?:n?either|no)\b|(?!one\b)[a-z]+s\s(?:the|an?)\s", re.IGNORECASE)
_IN_SOMETHING = re.compile(r"\sin\san?\s.*")  # `director at the Harbour Trust in a statement`
# `in a move leader Ana Pell regrets`: of such words before a name the last one is a title.
_INDEFINITE = re.compile(r"^an?\s(?!former\s|(?:\w+ed|\w+ing)\s)[a-z].*\s(?=\S+$)")
_CREDIT = re.compile(r"\w/[A-Z]")  # `Ana Pell/AP President`: a photographer's, before the caption
_OF_DEFINITE = re.compile(r"\s(?:at|of|for|in)\sthe\s[A-Z][\w-]*$")  # `at the University`, whose name is cut off
_PREPOSITION = re.compile(r"\s(?:of|for|at|in|from|with|to|on|who)\s")
_OPEN_END = re.compile(
    r"\b(?:of|for|at|in|from|with|to|on|who|and|or|the|an?|that|by|as|his|her|their|its)$|[’']s$", re.IGNORECASE
)
# `In a letter to Ana Pell, the mayor asked`: what follows is the subject.
_FRONTED = re.compile(r"(?:In|At|On|With|To|For|From|After|Before|During|Like|Unlike|Despite)\s[^,.!?]*")
# `alongside every speaker`, `like his mother`: a phrase that begins so says nothing of what somebody is.
_PREPOSITIONAL = re.compile(
    r"(?:along|alongside|like|unlike|with|without|among|amid|despite|after|before|during|through|near|under|over|against|"
    r"as|by|from|in|at|on|to)\b|fellow$",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|[A-Z][a-z]{1,2})$")
_POSSESSIVE = re.compile(r"^(?:his|her|their|its|our|my|your)\s+", re.IGNORECASE)
# A lower-case word between capitalised ones, or before an article, which is a verb more often than not:
# `Hawaii Public Radio reports Gov.`, `The Post met the`.
_CLAUSE = re.compile(
    r"[A-Z][\w.’'-]*\s(?!(?:of|for|and|the|to|in|at|on|with|from|de|del|du|la|von|van)\s)(?!" + rf"(?:{_ROLE_NOUNS})\s)"
    r"[a-z]+\s(?:[A-Z]|(?:the|an?|his|her|their|its)\s)"
)
# `by the way FBI Director`, `the court struck down tariffs President`: a title after a lower-case word that is no role.
_TITLE_AFTER_NOUN = re.compile(
    r"(?:[Aa]n?|[Tt]he|this|that|what|which)\s(?:[\w’'-]++\s)*?(?!(?:former|late|then|current|acting|deputy|retired|longtime|"
    rf"veteran|new|ex|vice|of|for|and|the|{_ROLE_NOUNS})\b)[a-z-]++\s"
    r"((?:[A-Z][\w.’'-]*+\s(?:(?:of|for)\s(?:the\s)?)?)*[A-Z][\w.’'-]*+)$"
)
# `a letter by health minister Ana Roe`; after a subject the word before the role may be a verb, `Roe met minister`.
_LOWER_CASE_COMPOUND = re.compile(
    rf"(?:^|(?:\b(?:by|with|from|of|for|as|{SPEECH_VERBS})|,)\s)(?!(?:{FUNCTION_WORDS}|{SPEECH_VERBS})\s)"
    rf"([a-z][a-z-]+\s(?:{_ROLE_NOUNS}))\s$",
    re.MULTILINE,
)
_UNCLOSED_MARK = re.compile(r"(?<!\w)[‘'](?!.*\w[’'](?!\w))")
_MARK = re.compile(r"[:;|►•*“”\"]\s*")
_FORM_OF_ADDRESS = re.compile(r"\s+(?:Dr|Mr|Mrs|Ms|Miss|Sir|Dame|Lady|Lord|Sister|Brother|Father)\.?$")
MAX_ROLE_WORDS = 10  # before a name; a longer phrase is a clause
_INSTITUTION = re.compile(r"The(?:\s+[A-Z][\w’'-]*){2,}")


def role_in(text: str, span: Span, name: Span) -> str:
    """The role that the phrase of a source gives beside the name in it; empty where it gives none."""
    lowest = text.rfind(" ", 0, span[0] + 1) + 1
    phrase = re.sub(r"^(?:of|for)\s+", "", _phrase_before(text, name[0], lowest))
    if len(phrase.split()) <= MAX_ROLE_WORDS and _names_role(phrase) and (role := cleaned_role(phrase)):
        return role
    found = _title_in(phrase)
    return found or (_apposition(text, name[1]) if span[1] > name[1] + 1 else "")


def role_of(text: str, mentions: PersonMentions, person: Person) -> str:
    """The first role the article gives a person, before the name or in apposition; empty where it gives none."""
    for mention in mentions.of_person(person)[:_MENTIONS_WITH_ROLE]:
        start, end = mention.span
        is_fronted = _FRONTED.fullmatch(text, mentions.sentence_starts[mention.sentence], start)
        found = ("" if is_fronted else _apposition(text, end)) or _title_before(text, start)
        if found:
            return found
    return ""


def cleaned_role(role: str) -> str:
    """A role as it is shown, without `his` before it; empty where it is no whole description of one person."""
    whole = re.sub(r"^(?:now|also|then)\s", "", _MARK.split(" ".join(role.split()))[-1].strip(" ,-–—"))
    words = _FORMER.sub("", _PARTY.sub("", _POSSESSIVE.sub("", _PLURAL_HEAD.sub("", whole))))
    own = _OWN_TITLE.search(words)
    if own and all(_is_title(word) for word in own[1].split()):
        words = own[1]
    elif (of_another := _ANOTHERS.match(words)) and _is_title(of_another[1].split()[-1]):
        words = of_another[1]
    if _UNCLOSED_MARK.search(words):  # "the star of HBO's 'The White Lotus"
        words = _without_last_phrase(words)
    is_relative = words in word_list("anybody") or (words != whole and fold("".join(words.split()[-1:])) in KIN)
    if (after_noun := _TITLE_AFTER_NOUN.match(words)) and _ends_with_role(after_noun[1]):
        words = after_noun[1]
    is_whole = (
        ROLE_NOUN.search(words)
        and not _PREPOSITIONAL.match(words)
        and not _NO_DESCRIPTION.match(words)
        and not _OPEN_END.search(words)
        and not _INSTITUTION.fullmatch(words)
    )
    return words if is_whole and not is_relative and len(words) <= MAX_ROLE_LENGTH else ""


def _apposition(text: str, end: int) -> str:
    """`a nursing home owner` after a name, in commas."""
    reach = min(len(text), end + 2 * MAX_ROLE_LENGTH)
    found = _APPOSITION.match(text, end, reach)
    if not found or found.end(1) == reach < len(text):
        return ""
    role = _IN_SOMETHING.sub("", _CLAUSE_AFTER.split(re.sub(r"^who (?:is|was|has been) ", "", found[1]))[0])
    if _VERB.search(role) or _GOES_ON.match(text, found.end(1)):
        return ""
    if text[found.end(1) : found.end(1) + 1] == "." and _ABBREVIATION.search(role):
        role = _without_last_phrase(role)  # "president of a bank in St. Louis"
        if fold("".join(role.split()[-1:])) in KIN:  # "the husband of Dr. Pell"
            return ""
    return cleaned_role(role) if _has_role_as_head(role) else ""


def _without_last_phrase(role: str) -> str:
    """A role without the prepositional phrase at its end; empty where it has none."""
    starts = [found.start() for found in _PREPOSITION.finditer(role)]
    return _OF_DEFINITE.sub("", role[: starts[-1]]) if starts else ""


def _has_role_as_head(role: str) -> bool:
    """Whether a noun phrase is about somebody of this role: `the head of a union`, not `the union of the heads`."""
    head = role[: found.start()] if (found := _PREPOSITION.search(role)) else role
    if re.match(r"one of\b", role, re.IGNORECASE):
        return True
    return any(_ends_with_role(part) for part in re.split(r"\sand\s", head))


def _ends_with_role(phrase: str) -> bool:
    """Whether the last word of a phrase says what somebody is."""
    last = "".join(phrase.split()[-1:]).strip(".,’'")
    return fold(last) in TITLES or bool(ROLE_NOUN.fullmatch(last.rsplit("-", 1)[-1]))


def _is_title(word: str) -> bool:
    return fold(word) in TITLES


def _title_before(text: str, start: int) -> str:
    """`Secretary of State` before a name: from a word that begins a role, or the capitalised words right before."""
    if compound := _LOWER_CASE_COMPOUND.search(text, max(0, start - MAX_ROLE_LENGTH), start):
        return cleaned_role(compound[1])
    return _title_in(_phrase_before(text, start, 0))


def _phrase_before(text: str, start: int, lowest: int) -> str:
    """The words before a name that may belong to its role; empty where they go on further back than a role is long."""
    reach = start - MAX_ROLE_LENGTH
    begin = max(text.rfind("\n", 0, start) + 1, lowest, reach)
    before = text[begin:start]
    ends = [found.end() for found in _BOUNDARY.finditer(before) if not _joins_roles(before, found)]
    left = before[ends[-1] :] if ends else before if begin > reach else ""
    if _CREDIT.search(left):
        return ""
    return _FORM_OF_ADDRESS.sub("", left.strip(" ,\xa0").rsplit(", ", 1)[-1])


def _joins_roles(text: str, found: re.Match[str]) -> bool:
    """Whether this is within one role: `head and founder`, `aide to the king`, `Office of Management and Budget`."""
    before = text[: found.start()]
    if found.group() in ("and", "to", "in", "at") and _ends_with_role(before):
        return True
    return found.group() == "and" and bool(re.search(r"\s(?:of|for)\s(?:[A-Z][a-z]+\s){1,3}$", before))


def _title_in(left: str) -> str:
    """The role at the end of the words before a name."""
    if not ROLE_NOUN.search(left):
        return ""
    for found in _ROLE_START.finditer(left):
        if _names_role(phrase := left[found.start() :]):
            return cleaned_role(_INDEFINITE.sub("", phrase))
    title = _TITLE.search(left)
    phrase = re.sub(r"^(?:of|for)\s+", "", title.group()) if title else ""
    return cleaned_role(phrase) if _names_role(phrase) else ""


def _names_role(phrase: str) -> bool:
    """Whether a phrase before a name is a role: it ends with one, or one stands before its first `of`."""
    parts = re.split(r"\s(?:of|for)\s", phrase)
    if _CLAUSE.search(phrase):
        return False
    is_compound = all(part.split()[-1][:1].isupper() or _ends_with_role(part) for part in parts[:-1] if part.split())
    return bool(phrase) and is_compound and (_ends_with_role(phrase) or _has_role_as_head(phrase))
