"""Resolve the source of each attribution to a speaker of its article: pronouns, roles and short names to names."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.doubtful_sources import is_cut_short, is_doubtful
from retrieval.quotes.attribution.quotation_marks import OPENING_MARKS
from retrieval.quotes.span_index import NumberedSpans, SpanIndex
from retrieval.quotes.speakers.mentions import Mention, PersonMentions
from retrieval.quotes.speakers.name_contexts import FUNCTION_WORDS, SPEECH_VERBS
from retrieval.quotes.speakers.names import KIN, Gender, fold
from retrieval.quotes.speakers.people import Person
from retrieval.quotes.speakers.resolution.antecedents import Antecedents, pronoun_gender, pronoun_key
from retrieval.quotes.speakers.resolution.named_sources import (
    CLAUSE_START,
    cleaned_phrase,
    end_of_name,
    is_one_of_several,
    named_person,
    names_object,
    start_of_name,
)
from retrieval.quotes.speakers.resolution.role_holders import RoleHolders
from retrieval.quotes.speakers.role_phrases import cleaned_role
from retrieval.quotes.speakers.roles import role_in
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span

_MAX_APPOSITION = 1_000  # characters between a name and `who`
_MAX_INSTITUTIONS = 50  # short names of an article, such as `The Post`, whose longer form is looked for
_PLURAL = frozenset("they them their we us our you it its this these those some many others most".split())
_OFFICE = re.compile(r"[’']s?\s(?:office|campaign|team|staff|department|administration|party|family|lawyers?)$")
_ACCORDING_TO = re.compile(r"\bto\s$")
_CONJUNCTION = re.compile(r"(?:(?:But|And|So|Yet)\s)?")  # before the pronoun that begins a sentence
_SINGULAR = re.compile(r"(?:an?|one|this|that|another)\s", re.IGNORECASE)
_FIRST_PERSON = frozenset("i me my myself".split())
_RELATIVE = frozenset("who whom whose which that".split())
_DEFINITE_ARTICLE = re.compile(r"^(?:the|this|that)\s+", re.IGNORECASE)
# `federal(, state and local agencies)`, unlike the apposition `the club(, a charity and school)`
_LIST = re.compile(r",\s(?!(?:an?|the|his|her|its|their|who|which)\s)(?:[a-z][\w-]*,?\s){1,3}and\s[a-z]")
# `said shipbuilder Arken`: lower-case words before a name are its cue or role.
_NAME_AFTER_NOUN = re.compile(
    rf"(?:{SPEECH_VERBS}\s)?(?P<role>(?:(?!{FUNCTION_WORDS}\s)[a-z][a-z-]+\s){{1,3}})"
    r"(?P<name>[A-Z][\w’'.-]*(?:\s[A-Z][\w’'.-]*)+|[A-Z][\w’'.-]*(?<!s))"
)
_PHRASE_BEFORE = re.compile(
    r"\b((?:an?|the|some|many|several|few|two|three|four|one|other|another|most|all|both|those)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+|"
    r"[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*|[\w’'-]+)\s*,?\s*$"
)
# `a perfect score from Norland News, which`: the clause may be about the score.
_DEPENDENT = re.compile(r"\b(?:of|for|in|at|from|to|by|with|on)\s(?:the\s)?(?:[A-Z][\w’'.-]*\s?)+$")
_PREPOSITION_REACH = 12
_POSSESSIVE = re.compile(r"[’']s$")
# After `Pilling’s`, which then owns nothing: `according to Pilling’s`, `Pilling’s said`.
_VERB_OR_END = re.compile(rf"[,.;:!?]|\s(?:(?:has|have|had|also)\s)?(?:say|{SPEECH_VERBS}|announced)\b|\Z")
_FULL_NAME = re.compile(r"[A-Z][\w’'.-]+(?:\s[A-Z][\w’'.-]+)+")
_APPOSITION = re.compile(r"(?:\s*\([^)]*\)?)?(?:,\s+(?!and\b|those\b)[^,.!?“”\"]{0,70})?,?\s*$")


@dataclass(frozen=True, slots=True)
class ResolvedSpeaker:
    """A speaker within an article: the fullest name or else the phrase it has for them, and the role it gives them.

    `name` is empty where the article does not tell who speaks.
    """

    name: str
    role: str = ""
    is_person: bool = False


UNKNOWN_SPEAKER = ResolvedSpeaker("")


def resolve_speakers(text: str, mentions: PersonMentions, attributions: Sequence[Attribution]) -> list[ResolvedSpeaker]:
    """The speaker of each attribution, in the same order."""
    return _SpeakerResolver(text, mentions, attributions).run()


class _SpeakerResolver:
    """Resolves attributions in the order of the text, because pronouns mean who spoke before."""

    def __init__(self, text: str, mentions: PersonMentions, attributions: Sequence[Attribution]) -> None:
        self._text, self._mentions, self._attributions = text, mentions, attributions
        spans = ((span, number) for number, item in enumerate(attributions) for span in item.content)
        self._contents = NumberedSpans(spans)
        self._quoted = SpanIndex(
            span for item in attributions for span in item.content if text[span[0]] in OPENING_MARKS
        )
        self._resolved: dict[int, ResolvedSpeaker] = {}  # by number of the attribution
        # Speakers so far and where they speak, all of them and the people among them.
        self._previous: list[tuple[int, ResolvedSpeaker, Person | None]] = []
        self._previous_people: list[tuple[int, Person]] = []
        self._unresolved: dict[Gender, int] = {}  # where `he` or `she` last spoke without telling who it is
        self._roles = RoleHolders(text, mentions)
        self._antecedents = Antecedents(text, mentions, self._roles.role)
        self._institutions: dict[str, str] = {}

    def run(self) -> list[ResolvedSpeaker]:
        """The speakers, in the order of the attributions given."""
        for at in sorted(range(len(self._attributions)), key=lambda at: _position(self._attributions[at])):
            place = _position(self._attributions[at])
            speaker, person = self._resolve(self._attributions[at])
            self._resolved[at] = speaker
            if speaker.name and not self._quoted.overlaps((place, place)):
                self._previous.append((place, speaker, person))
                if person:
                    self._previous_people.append((place, person))
        return [self._resolved[at] for at in range(len(self._attributions))]

    def _resolve(self, item: Attribution) -> tuple[ResolvedSpeaker, Person | None]:
        if item.source is None:
            return self._previous[-1][1:] if self._continues_previous(item) else (UNKNOWN_SPEAKER, None)
        if is_doubtful(self._text, item):
            return UNKNOWN_SPEAKER, None
        key = pronoun_key(self._text[slice(*item.source)])
        if key in _FIRST_PERSON:
            return self._first_person(item.source[0]), None
        if gender := pronoun_gender(key):
            person = self._antecedent(item, item.source[0], gender)
            if person is None:
                self._unresolved[gender] = item.source[0]
            return self._as_speaker(person)
        if key in _PLURAL:
            return self._body(item, item.source, key), None
        if key in _RELATIVE:
            return self._relative(item.source[0], is_person=key not in ("which", "that"))
        if names_object(self._text, self._mentions, item.source):
            return UNKNOWN_SPEAKER, None
        named = named_person(self._text, self._mentions, item.source)
        if named and not named.person.is_sure:
            return self._maybe_person(named, item, item.source)
        if named and is_one_of_several(self._text, self._mentions, item.source, named):
            return ResolvedSpeaker(cleaned_phrase(self._text[slice(*item.source)])), None
        if named:
            role = role_in(self._text, item.source, named.span) or self._roles.role(named.person)
            self._roles.extend(named.person, role)
            return ResolvedSpeaker(named.person.name, role, True), named.person
        return self._described(item, item.source)

    def _maybe_person(self, named: Mention, item: Attribution, source: Span) -> tuple[ResolvedSpeaker, Person | None]:
        """The speaker of a source whose name may be a thing's: as it stands there, without what is elsewhere."""
        start, end = named.span
        if self._text[start:end].split() == named.person.name.split():
            return ResolvedSpeaker(named.person.name), None
        return self._described(item, source)

    def _continues_previous(self, item: Attribution) -> bool:
        """Whether a quotation without a cue goes on from the previous speaker's, at most two paragraphs back."""
        if not self._previous or item.cue is not None or item.is_verbatim:
            return False
        return self._text.count("\n\n", self._previous[-1][0], item.content[0][0]) <= 2

    def _as_speaker(self, person: Person | None) -> tuple[ResolvedSpeaker, Person | None]:
        if person is None:
            return UNKNOWN_SPEAKER, None
        return ResolvedSpeaker(person.name, self._roles.role(person), True), person

    def _first_person(self, at: int) -> ResolvedSpeaker:
        """`I` within a quotation is its speaker; elsewhere it is the article's author, who is no source."""
        holding = list(self._contents.holding(at))
        resolved = [number for number in holding if number in self._resolved]
        if resolved:  # the one that stands first in the text
            return self._resolved[min(resolved, key=lambda number: (_position(self._attributions[number]), number))]
        source = self._attributions[holding[0]].source if holding else None
        if not source or source[0] <= at < source[1] or pronoun_key(self._text[slice(*source)]) in _FIRST_PERSON:
            return UNKNOWN_SPEAKER
        return self._resolve(self._attributions[holding[0]])[0]

    def _antecedent(self, item: Attribution, at: int, gender: Gender) -> Person | None:
        """The person `he` or `she` means; none where nobody known spoke last, or a pronoun before leaves doubt."""
        earlier = bisect_left(self._previous, at, key=lambda found: found[0])
        last = self._previous[earlier - 1] if earlier else (-1, UNKNOWN_SPEAKER, None)
        if not last[2] and (_FULL_NAME.fullmatch(last[1].name) or self._is_relative(last, at)):
            return None
        doubt = self._unresolved.get(gender, -1)
        if last[0] < doubt < at and self._mentions.sentence_number(at) - self._mentions.sentence_number(doubt) <= 2:
            return None
        earlier = bisect_left(self._previous_people, at, key=lambda found: found[0])
        last_person = self._previous_people[earlier - 1] if earlier else None
        return self._antecedents.of_pronoun(at, gender, last_person, self._not_meant(item, at))

    def _is_relative(self, last: tuple[int, ResolvedSpeaker, Person | None], at: int) -> bool:
        """Whether somebody's relative without a name, `Roe's father`, spoke right before."""
        is_near = self._mentions.sentence_number(at) - self._mentions.sentence_number(last[0]) <= 1
        return is_near and fold("".join(last[1].name.split()[-1:])) in KIN

    def _not_meant(self, item: Attribution, at: int) -> set[str]:
        """The names of those whom a pronoun that speaks cannot mean: whom its own words name, and who says it.

        `He said Roe left`: Roe did not say so (principle C of binding theory: Chomsky, Lectures on Government and
        Binding, 1981). Before `he said`, what an article tells in its own words may name its speaker as whom it is
        about. And `he` in what Roe is quoted with is not Roe.
        """
        is_quoted = self._quoted.holds(item.content[0][0]) or item.is_verbatim
        named = {
            mention.person.name
            for span in item.content
            for mention in self._mentions.within(span)
            if is_quoted or at < span[0] or not (mention.is_subject or mention.is_possessive)
        }
        holding = [number for number in self._contents.holding(at) if number in self._resolved]
        return named | {self._resolved[number].name for number in holding if self._is_quoted_at(number, at)}

    def _is_quoted_at(self, number: int, at: int) -> bool:
        """Whether a character stands in somebody's own words rather than in the article's report of them."""
        return self._attributions[number].is_verbatim or self._quoted.holds(at)

    def _body(self, item: Attribution, source: Span, pronoun: str) -> ResolvedSpeaker:
        """`they` and `it`, first in a sentence or after its quotation: the subject that spoke in the one before."""
        last = self._previous[-1] if self._previous else None
        start = item.content[0][0] if self._quoted.holds(item.content[0][0]) else source[0]
        sentence = self._mentions.sentence_number(min(start, source[0]))
        if pronoun not in ("they", "it") or last is None or last[1].is_person:
            return UNKNOWN_SPEAKER
        is_subject = not _ACCORDING_TO.search(self._text, max(0, last[0] - _PREPOSITION_REACH), last[0])
        is_next = sentence - self._mentions.sentence_number(last[0]) == 1
        begins = start < source[0] or _CONJUNCTION.fullmatch(
            self._text, self._mentions.sentence_starts[sentence], source[0]
        )
        agrees = pronoun != "they" or not _SINGULAR.match(last[1].name)
        return last[1] if is_subject and is_next and begins and agrees else UNKNOWN_SPEAKER

    def _relative(self, at: int, *, is_person: bool) -> tuple[ResolvedSpeaker, Person | None]:
        """`who`: the person named right before; that, or `which` and `that`: the phrase right before."""
        for mention in reversed(self._mentions.before(at, 3) if is_person else ()):
            is_near = not mention.is_possessive and at - mention.span[1] <= _MAX_APPOSITION
            if is_near and _APPOSITION.fullmatch(self._text, mention.span[1], at):
                return self._as_speaker(mention.person)
        phrase = _PHRASE_BEFORE.search(self._text, max(0, at - 60), at)
        if not phrase or (not is_person and not _is_named_subject(self._text, phrase)):
            return UNKNOWN_SPEAKER, None
        return ResolvedSpeaker(cleaned_phrase(phrase[1])), None

    def _described(self, item: Attribution, source: Span) -> tuple[ResolvedSpeaker, Person | None]:
        """The speaker of a source without a name: the named person who has this role, else the phrase as it stands."""
        if is_cut_short(self._text, item):
            return UNKNOWN_SPEAKER, None
        start, end = start_of_name(self._text, source), end_of_name(self._text, source)
        phrase = self._text[start:end].strip(" ,\n\xa0")
        cut = CLAUSE_START.search(phrase)
        head = phrase[: cut.start()] if cut and cut.start() > 3 and not _LIST.match(phrase, cut.start()) else phrase
        is_office = bool(_OFFICE.search(head))  # `the secretary of state's office`
        definite, last = _DEFINITE_ARTICLE.match(head), self._previous_people[-1] if self._previous_people else None
        if definite and not is_office and (holder := self._roles.holder(head[definite.end() :], source[0], last)):
            return self._as_speaker(holder)
        name = cleaned_phrase(head)
        if after_noun := _NAME_AFTER_NOUN.fullmatch(name):
            return ResolvedSpeaker(after_noun["name"], cleaned_role(after_noun["role"])), None
        ending = _POSSESSIVE.search(head) if _VERB_OR_END.match(self._text, source[1]) else None
        return ResolvedSpeaker(self._full_institution_name(name + ending[0] if name and ending else name)), None

    def _full_institution_name(self, name: str) -> str:
        """`New York Post` for `The Post`, where the article has the longer name as well."""
        bare = re.sub(r"^(?:the|a)\s+", "", name, flags=re.IGNORECASE)
        if not bare[:1].isupper() or fold(bare) not in word_list("generic"):
            return name
        if bare not in self._institutions and len(self._institutions) < _MAX_INSTITUTIONS:
            self._institutions[bare] = self._longer_name(bare)
        return self._institutions.get(bare) or name

    def _longer_name(self, bare: str) -> str:
        """The first name in the text that ends with this one and has more words; empty where there is none."""
        for found in re.finditer(rf"\b((?:[A-Z][\w&’'-]{{0,60}}[ \xa0]+){{1,3}}{re.escape(bare)})\b", self._text):
            words = [part for part in found[1].split() if fold(part) not in word_list("not_names")]
            if len(words) > len(bare.split()):
                return " ".join(words)
        return ""


def _is_named_subject(text: str, phrase: re.Match[str]) -> bool:
    """Whether a phrase before `which` or `that` is a name and depends on no other noun."""
    before = text[max(0, phrase.start(1) - _PREPOSITION_REACH) : phrase.start(1)]
    return phrase[1][:1].isupper() and not _DEPENDENT.search(before + phrase[1])


def _position(item: Attribution) -> int:
    """Where an attribution stands in the text: its source, else its content."""
    return item.source[0] if item.source else item.content[0][0]
