"""Read the phrase of a source: the person it names as the one who speaks, or else the name or description it is."""

import calendar
import re

from retrieval.quotes.speakers.mentions import Mention, PersonMentions
from retrieval.quotes.speakers.name_contexts import SPEECH_VERBS
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span

CLAUSE_START = re.compile(r"\s*,|\s+(?:who|which|that|whose|speaking|including|—|--)\b|\s+\(")
_AFTER_NAME = re.compile(
    r"\s*\(|\s+(?:of|on|in|at|after|before|during|for\sthe|from|when|while|told|as|last|this|by|with|outside|near|today|yesterday|"
    r"again|also|then|later|himself|herself)\b"
)
_VERB_AFTER = re.compile(rf"\s{SPEECH_VERBS}\s[a-z]")  # `Pell said of the talks with Obi`
# Not `the newly elected Pell`, `the disgraced Pell`, `the Gazette reported Pell (said)`.
_VERB_BEFORE = re.compile(
    r"(?<![\w’'-])(?!(?:the|an?|his|her|their|its|our|this|that|of|by)\s)[\w’'-]+(?<!ly)\s"
    rf"(?!{SPEECH_VERBS}\s|reported\s)[a-z]+ed\s(?:[A-Z][\w.]*\s)*$"
)
_AND_TITLES = re.compile(r"\b(?:and|or)\s+(?:[A-Z][\w.’']*\s+)*$")  # `President Pell and Chancellor Obi`
_LEADING_WORDS = (
    "from|by|to|of|in|at|with|for|and|but|if|whatever|when|while|as|that|because|after|before|although|though|"
    "since|unless"
)
# `The state on Friday`, `Scientists have for decades`, `The Trust on its website`, `Pell earlier this year`: when and
# where somebody spoke is no part of who it is.
_DAYS, _MONTHS = "|".join(calendar.day_name), "|".join(calendar.month_name[1:])
_TIME = rf"(?:\w+day|{_MONTHS}|week|month|year|\d+)"
_AFTER_NOUN = re.compile(
    rf"(?<=\w)\s(?:(?:(?:on|in|late|early|earlier|later|last|this)\s)+{_TIME}\b.*|during\s.*|(?:now|today|yesterday)|"
    rf"on\s(?:its|his|her|their)\s.*|(?:{_DAYS})|(?:have|has|had)\s(?:for|since|long|also|each)\b.*)$"
)
_LABEL = re.compile(r"^[^:]{1,40}:\s(?=\S)")  # `Lowick: The ministry`
_TOLD_WITHIN = re.compile(r"\s(?:[a-z]+ly\s)?(?:told|said)\s.*$|\s:?https?:.*$")  # `Pell previously told the Courier`
# `I hereby`, `this mission`, `that’s after its owner`, `only 15%`, `both`: no phrase for somebody who speaks.
_NOBODY = re.compile(
    r"(?:I|you|this|that|it|there|and|amid)\b|(?:(?:many\s)?others|both|each|neither|either|one|all)$|(?:each\sof|one\sthat)\b|"
    r"(?:just\s|only\s)?[\w-]*-(?:third|half|quarter)s?\b|[^,]*\d\s?(?:%|per\s?cent\b)|\w+\sper\s?cent$|"
    rf"(?:{'|'.join(calendar.month_abbr[1:])})[a-z]*\.?\s\d",
    re.IGNORECASE,
)
_STARTERS = "|".join(sorted(map(re.escape, word_list("not_names")), key=len, reverse=True))
# Capitalised words on the same line, at the beginning of a sentence or after a lower-case word that is no preposition.
_NAME_BEFORE = re.compile(
    r"(?:^|[.!?►•–—][ \xa0]?|"
    r"(?<![\w’'-])(?!(?:in|from|near|at|across|outside|of|on|by|to|for|with)[ \xa0])[a-z]+[ \xa0])"
    rf"(?P<name>(?:(?!(?i:{_STARTERS})[ \xa0])[A-Z][\w’'-]*[ \xa0]){{1,3}})$",
    re.MULTILINE,
)
_NAME_AFTER = re.compile(rf"(?:[ \xa0](?!(?:{_DAYS}|{_MONTHS})\b)[A-Z][\w’'-]*(?<![’']s)){{1,4}}")
_LONE_SINGULAR = re.compile(r"[a-z]+(?<!s)")
_DETERMINER_BEFORE = re.compile(r"\b(?:[Tt]he|[Aa]n?)\s(?:[\w’'-]+\s){1,2}$")
_LONGEST_CUT = 60
_AFTER_FULL_NAME = r"(?:,\s(?:Jr\.|[RDI]-[\w.]+|\d\d),?)?"
_JOINED = re.compile(rf"{_AFTER_FULL_NAME}\s+and\s+(?:[\w’'.-]+\s+){{0,6}}")  # between two names
_AND_OTHERS = re.compile(rf"{_AFTER_FULL_NAME}\s+and\s+(?:\w+\s)?others\b")
_WHOM = re.compile(r"\bwhom\s+")


def named_person(text: str, mentions: PersonMentions, source: Span) -> Mention | None:
    """The mention of the person who is the source; not of one it merely names, as in `a spokesman for Trump`."""
    start, end = source
    if whom := _WHOM.search(text, start, end):  # `Ana Pell, whom Tom Obi`
        start = whom.end()
    found = mentions.within((start, end))
    clause = CLAUSE_START.search(text, start, end)
    for mention in found:
        if clause and mention.span[0] < clause.start() < mention.span[1]:  # `Tom Obi, Jr.`
            clause = CLAUSE_START.search(text, mention.span[1], end)
    cut = clause.start() if clause else end
    for mention in found:
        rest = text[mention.span[1] : cut] if mention.span[1] <= cut else ""
        is_last = mention.span[1] <= cut and (
            not rest.strip() or bool(_AFTER_NAME.match(rest) or _VERB_AFTER.match(rest))
        )
        if is_last and not _is_dependent(text, mentions, start, mention):
            return mention
    after = [mention for mention in found if mention.span[0] > cut and not mention.is_possessive]
    if after and re.fullmatch(r"[\s,]*", text[cut : after[0].span[0]]) and not _has_name(text, mentions, start, cut):
        return after[0]
    return None


def names_object(text: str, mentions: PersonMentions, source: Span) -> bool:
    """Whether a phrase is a clause whose object it names: `The mayor and the board sued Pell`, not `Pell, who sued`."""
    clause = CLAUSE_START.search(text, *source)
    head = source[0], clause.start() if clause else source[1]
    return any(_VERB_BEFORE.search(text, source[0], mention.span[0]) for mention in mentions.within(head))


def is_one_of_several(text: str, mentions: PersonMentions, source: Span, named: Mention) -> bool:
    """Whether a phrase joins a person with others: `Ana Pell and minister Tom Obi`, `Pell and others`."""
    if _AND_OTHERS.match(text, named.span[1], source[1]):
        return True
    others = [m for m in mentions.within(source) if m.person != named.person and not m.is_possessive]
    pairs = (sorted((named.span, other.span)) for other in others)
    return any(_JOINED.fullmatch(text, one[1], other[0]) for one, other in pairs)


def _is_dependent(text: str, mentions: PersonMentions, start: int, mention: Mention) -> bool:
    """Whether a mention in a phrase depends on another noun: after `of`, after `and`, or as a possessive."""
    before = text[start : mention.span[0]]
    after_and = re.search(r"\b(?:and|or)\s+$", before) or (
        mention != mentions.within((start, mention.span[1]))[0] and _AND_TITLES.search(before)
    )
    after_preposition = re.search(
        r"\b(?:of|for|to|from|by|with|at|in|against|like|behind|on)\s+(?:[A-Z][\w.]*\s+)*$|"
        r"^(?:In|At|Like|Unlike)\s+$",
        before,
    )
    in_title = re.search(
        r"\b(?:Secretary|Minister|Attorney|Speaker|Leader|Chief)\s+(?:of|for)\s+(?:the\s+)?[A-Z]\w+\s+$", before
    )
    is_possessive = text[mention.span[1] : mention.span[1] + 2] in ("’s", "'s")
    return bool(after_and or (after_preposition and not in_title) or is_possessive)


def _has_name(text: str, mentions: PersonMentions, start: int, end: int) -> bool:
    """Whether a phrase ends with the name of its head, so that what follows is another's."""
    return any(
        not _is_dependent(text, mentions, start, mention) and mention.span[1] == end
        for mention in mentions.within((start, end))
    )


def start_of_name(text: str, source: Span) -> int:
    """Where the phrase begins that a source is cut from: `Pom (Wonderful)`, `the fast-food (chain)`.

    A single noun in small letters is no whole phrase unless it is a plural; `Residents` of `In Lowick (Residents)` is.
    """
    if _LONE_SINGULAR.fullmatch(text, *source):
        noun = _DETERMINER_BEFORE.search(text, max(0, source[0] - _LONGEST_CUT), source[0])
        return noun.start() if noun else source[0]
    before = _NAME_BEFORE.search(text, max(0, source[0] - _LONGEST_CUT), source[0])
    return before.start("name") if before and text[source[0]].isupper() else source[0]


def end_of_name(text: str, source: Span) -> int:
    """Where the name ends that a source is cut from: `(the Quay) Action Team`; not `(Astronomers) Monday`."""
    last = text[source[0] : source[1]].split()[-1:]
    found = _NAME_AFTER.match(text, source[1]) if last and last[0][:1].isupper() else None
    return found.end() if found else source[1]


def cleaned_phrase(phrase: str) -> str:
    """A phrase without a preposition or conjunction before it and a possessive or full stop after it.

    Empty where it is none for somebody who speaks.
    """
    bare = re.sub(rf"^(?:{_LEADING_WORDS})\s+", "", " ".join(phrase.split()).strip(" ,—–-"), flags=re.IGNORECASE)
    bare = _TOLD_WITHIN.sub("", _AFTER_NOUN.sub("", _LABEL.sub("", bare)))
    if _NOBODY.match(bare):
        return ""
    return re.sub(r"[’']s$|(?<=\w{3})\.$", "", bare)
