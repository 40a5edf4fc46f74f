"""Find the people named in an article: under which names, and where each is mentioned."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speakers.given_names import is_given_name
from retrieval.quotes.speakers.name_contexts import is_subject
from retrieval.quotes.speakers.names import PARTICLES, PersonName, fold, parse_person_names
from retrieval.quotes.speakers.people import Person, find_people
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import common_words

MIN_TIMES_ALONE = 2  # that the second of two names run together is used
_PREPOSITION = re.compile(
    r"\b(?:of|to|by|with|for|from|at|on|in|against|about|around|between|over|under|after|before|than|like)\s+"
    r"(?:(?!\S*[,.!?][”\"])\S+\s+){0,2}$"  # no mark that ends a quotation: `“... to be first,” (Pell) said`
)
MAX_HEADING = 161  # characters
_HEADING = re.compile(rf"[^\n]{{0,{MAX_HEADING - 1}}}[^\n\s.!?:;,…”\"’')\]–—-][ \xa0]*\n\n")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a person is named; `is_subject` where the sentence is likely to be about them.

    A heading is a paragraph of one short line without a mark at its end, such as the title of another article.
    """

    span: Span
    person: Person
    sentence: int
    is_subject: bool
    in_quotation: bool
    is_possessive: bool
    in_heading: bool = False


@dataclass(frozen=True)
class PersonMentions:
    """All mentions of people in one article, in order, and where its sentences start."""

    mentions: tuple[Mention, ...]
    sentence_starts: tuple[int, ...]
    unsure: tuple[Mention, ...] = ()  # subjects of which nothing tells whether they are people

    def candidates(self, at: int, most: int) -> Sequence[Mention]:
        """The last mentions outside headings that end by a character, at most so many, with the unsure subjects."""
        found = [mention for mention in self.before(at, most) if not mention.in_heading]
        first = bisect_left(self.unsure, found[0].span[0] if found else 0, key=lambda mention: mention.span[0])
        unsure = (mention for mention in self.unsure[first : first + most] if mention.span[1] <= at)
        return sorted([*found, *unsure], key=lambda mention: mention.span)

    def before(self, at: int, most: int) -> Sequence[Mention]:
        """The last mentions that end by a character, at most so many."""
        count = bisect_left(self.mentions, at, key=lambda mention: mention.span[1])
        return self.mentions[max(0, count - most) : count]

    def of_person(self, person: Person) -> Sequence[Mention]:
        """The mentions of one person."""
        return self._by_person.get(person, ())

    @cached_property
    def _by_person(self) -> Mapping[Person, Sequence[Mention]]:
        found: dict[Person, list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            found[mention.person].append(mention)
        return found

    def within(self, span: Span) -> Sequence[Mention]:
        """The mentions that begin or go on inside a span."""
        first = bisect_left(self.mentions, span[0] + 1, key=lambda mention: mention.span[1])
        return [m for m in self.mentions[first : first + 8] if m.span[0] < span[1]]

    def sentence_number(self, at: int) -> int:
        """The number of the sentence a character stands in."""
        return bisect_left(self.sentence_starts, at + 1) - 1


def find_mentions(
    text: str, quotations: Sequence[Span] | None = None, sentences: Sequence[Span] | None = None
) -> PersonMentions:
    """The mentions of people in a text; its quotations and sentences are found where they are not given."""
    found = _apart(text, list(parse_person_names(text)))
    people = find_people(text, found)
    starts = tuple(start for start, _ in (sentence_spans(text) if sentences is None else sentences))
    quotations = quotation_spans(text) if quotations is None else quotations
    quotation_starts = [start for start, _ in quotations]
    mentions, unsure, with_subject = list[Mention](), list[Mention](), set[int]()
    for name in found:
        person, rival = people.named(name), people.unsure.get(name.surname)
        start, end = name.span
        sentence = bisect_left(starts, start + 1) - 1
        before = bisect_left(quotation_starts, start) - 1
        in_quotation = before >= 0 and start < quotations[before][1]
        if person is None:
            if rival and is_subject(text, name):
                unsure.append(Mention(name.span, rival, sentence, True, in_quotation, False))
            continue
        is_possessive = text[end : end + 2] in ("’s", "'s")
        # The first person named in a sentence, neither quoted nor part of another phrase, is taken for its subject.
        leads = not (sentence in with_subject or is_possessive or in_quotation or _after_preposition(text, start))
        if leads:
            with_subject.add(sentence)
        mentions.append(
            Mention(name.span, person, sentence, leads, in_quotation, is_possessive, _in_heading(text, start))
        )
    return PersonMentions(tuple(mentions), starts, tuple(unsure))


def _in_heading(text: str, at: int) -> bool:
    paragraph = text.rfind("\n\n", max(0, at - MAX_HEADING - 2), at)
    if paragraph < 0 and at > MAX_HEADING:
        return False
    return bool(_HEADING.match(text, paragraph + 2 if paragraph >= 0 else 0))


def _apart(text: str, found: Sequence[PersonName]) -> list[PersonName]:
    """The names without what stands before them: a photographer's or an author's name, or a noun.

    `Ana Pell/Harbour Images Trump`; `Ana Pell Trump` where Trump was alone before and Pell is no given name;
    `Celebrities Ana Pell and Tom Obi`.
    """
    alone: dict[str, list[int]] = defaultdict(list)
    for name in found:
        if not name.given:
            alone[name.surname].append(name.span[0])
    return [_own_name(text, name, alone[name.surname]) for name in found]


def _own_name(text: str, name: PersonName, alone: Sequence[int]) -> PersonName:
    if _is_run_together(text, name, alone):
        return _from_word(text, name, len(name.words) - 1)
    first, second = (fold(word) for word in name.words[:2]) if len(name.words) > 2 else ("", "")
    is_plural = first.endswith("s") and first in common_words() and not is_given_name(first)
    return _from_word(text, name, 1) if is_plural and is_given_name(second) else name


def _is_run_together(text: str, name: PersonName, alone: Sequence[int]) -> bool:
    if not name.given or name.suffix or len(alone) < MIN_TIMES_ALONE:
        return False
    if text[name.span[0] - 1 : name.span[0]] == "/":
        return True
    first, second = (fold(word) for word in name.words[:2])
    may_be_surname = len(second) > 1 and second not in PARTICLES and not is_given_name(second)
    is_name = len(first) > 1 and is_given_name(first) and may_be_surname
    return is_name and len(name.words) > 2 and alone[MIN_TIMES_ALONE - 1] < name.span[0]


def _from_word(text: str, name: PersonName, at: int) -> PersonName:
    start = text.index(name.words[at], name.span[0] + sum(map(len, name.words[:at])))
    return replace(name, span=(start, name.span[1]), words=name.words[at:], titles=())


def _after_preposition(text: str, start: int) -> bool:
    return bool(_PREPOSITION.search(text, max(0, start - 30), start))
