"""Find the person that `he` or `she` means."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cached_property

from retrieval.quotes.speakers.given_names import given_name_gender, is_given_name, modelled_gender
from retrieval.quotes.speakers.mentions import Mention, PersonMentions
from retrieval.quotes.speakers.name_contexts import kinship
from retrieval.quotes.speakers.names import PRONOUNS, Gender, fold, given_names
from retrieval.quotes.speakers.people import Person
from retrieval.quotes.speakers.role_phrases import ROLE_NOUN

MAX_ANTECEDENT_DISTANCE = 8  # sentences back in which `he` may have been named
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")
_OBJECT = re.compile(
    r"\b(?:by|with|of|to|for|from|against|about|on|at|in|like|than|behind|including)\s(?:[\w.’'-]+\s){0,3}$"
)
_DESCRIPTION = re.compile(rf"The\s(?:[a-z-]+\s)?(?P<noun>{ROLE_NOUN.pattern})(?:[’']s?)?\s")
_SUBJECT_PRONOUN = re.compile(r"\b[Ss]?[Hh]e\b")
_FRONTED = re.compile(r"(?:Of|About|On|To)\s(?:[\w.-]+\s){0,4}")
_JOINED_CLAUSE, _VERB_AFTER = re.compile(r"[,;]\s(?:and|but|while)\s$"), re.compile(r"\s[a-z]")  # `, and Roe left`
_PREPOSITION = re.compile(r"\b(?:by|with|of|to|and|for)\s$")
# Of a mention's salience; fitted with `evals.pronouns`, then rounded.
SUBJECT_WEIGHT, SAME_SENTENCE_WEIGHT, GENDER_WEIGHT, MENTION_WEIGHT, MAX_COUNTED = 1.0, 0.5, 0.3, 0.15, 6
SENTENCE_WEIGHT, PERSON_BETWEEN_WEIGHT, MAX_PEOPLE_BETWEEN = 0.3, 0.5, 5  # each sentence and person in between
OBJECT_WEIGHT, QUOTED_WEIGHT, POSSESSIVE_WEIGHT = 0.5, 1.0, 0.2
LAST_SPEAKER_WEIGHT = 1.8
MARGIN = 1.6  # in salience, before somebody else, of one whose gender is not known
# Sentences back in which whom a pronoun means has to have spoken, or has to have been the subject.
SPOKE_WITHIN, NAMED_WITHIN = 3, 2
_CANDIDATES = 60  # mentions before a pronoun that are looked at


def pronoun_key(phrase: str) -> str:
    """A source as pronouns are compared: folded, without punctuation and a possessive ending; `WHO` is a name."""
    bare = re.sub(r"[’']s?$", "", phrase.strip(" ,"))
    return bare if len(bare) > 1 and bare.isupper() else bare.casefold()


def pronoun_gender(phrase: str) -> Gender:
    """The gender of `he`, `her` and the like; empty for any other phrase."""
    return PRONOUNS.get(pronoun_key(phrase), "")


class Antecedents:
    """Finds whom a pronoun means among the people of one article; `role` tells the role that it gives each of them."""

    def __init__(self, text: str, mentions: PersonMentions, role: Callable[[Person], str] = lambda _: "") -> None:
        self._text, self._mentions, self._role = text, mentions, role
        self._unsure = {mention.person for mention in mentions.unsure}

    def of_pronoun(
        self, at: int, gender: Gender, last: tuple[int, Person] | None = None, others: Set[str] = frozenset()
    ) -> Person | None:
        """The person a pronoun means, where the text leaves no doubt; `last` is who spoke before, and where.

        It does where the likeliest neither spoke nor was the subject right before, or where somebody else who may be
        meant is named in between. `others` are the names of those whom it cannot mean.
        """
        found = self.likeliest(at, gender, last, others)
        spoke = last[0] if last and last[1] == found else None
        return found if found and self._is_certain(found, at, gender, spoke, others) else None

    def likeliest(
        self, at: int, gender: Gender, last: tuple[int, Person] | None = None, others: Set[str] = frozenset()
    ) -> Person | None:
        """The person a pronoun most likely means: just named, subject of a sentence, or `last`, who spoke before.

        None where that is a subject of which nothing tells whether it is a person.
        """
        sentence, between = self._mentions.sentence_number(at), set[str]()
        scores: dict[str, tuple[float, Person]] = {}
        candidates = self._mentions.candidates(at, _CANDIDATES)
        for mention in reversed(candidates):
            name = mention.person.name
            is_far = sentence - mention.sentence > MAX_ANTECEDENT_DISTANCE
            if is_far or name in others or not self._agrees(mention.person, gender):
                continue
            between.add(name)
            closer = min(len(between) - 1, MAX_PEOPLE_BETWEEN)
            score = self._salience(mention, sentence, gender) - PERSON_BETWEEN_WEIGHT * closer
            if score > scores.get(name, (-9.0, None))[0]:
                scores[name] = score, mention.person
        if (
            last
            and last[1].name not in others
            and self._agrees(last[1], gender)
            and sentence - self._mentions.sentence_number(last[0]) <= MAX_ANTECEDENT_DISTANCE
        ):
            salience = scores.get(last[1].name, (0.0, last[1]))[0]
            recency = LAST_SPEAKER_WEIGHT - SENTENCE_WEIGHT * (sentence - self._mentions.sentence_number(last[0]))
            scores[last[1].name] = max(salience, 0.0) + max(recency, 0.0), last[1]
        return self._surest(sorted(scores.values(), key=lambda found: -found[0]), gender)

    def _is_certain(
        self, person: Person, at: int, gender: Gender, spoke: int | None, others: Set[str] = frozenset()
    ) -> bool:
        """Whether a person spoke right before, or was the last subject, and nobody else who may be meant came after.

        Whoever is no subject has to be the only one who may be meant in the sentences right before.
        """
        sentence, candidates = self._mentions.sentence_number(at), self._mentions.candidates(at, _CANDIDATES)
        if any(mention.person == person and self._is_spoken_of(mention, at) for mention in candidates):
            return False
        rivals = [mention for mention in candidates if self._is_rival(mention, person, gender)]
        if spoke is not None and sentence - self._mentions.sentence_number(spoke) <= SPOKE_WITHIN:
            is_told = self._gender(person) == gender or not self._names_others(person, gender, spoke, at)
            if self._describes_other(person, spoke, at):
                return False
            return is_told and not any(
                self._is_topic(rival)
                or (rival.sentence == sentence and self._is_free(rival) and rival.person.name not in others)
                for rival in rivals
                if rival.span[0] > spoke
            )
        near = [m for m in candidates if m.person == person and sentence - m.sentence <= NAMED_WITHIN]
        subjects = [mention.span[1] for mention in near if self._leads(mention)]
        if not subjects and not any(self._is_free(mention) for mention in near):
            return False
        first = self._mentions.sentence_starts[max(0, sentence - NAMED_WITHIN)]
        start = subjects[-1] if subjects else first
        if self._describes_other(person, start, at):
            return False
        return not any(rival.span[0] >= start for rival in rivals) and not self._names_others(person, gender, start, at)

    def _describes_other(self, person: Person, start: int, end: int) -> bool:
        """Whether a sentence in a part of the text begins with a role that is not the person's: `The president’s`."""
        first, last = self._mentions.sentence_number(start) + 1, self._mentions.sentence_number(end)
        for begin in self._mentions.sentence_starts[first : last + 1]:
            found = _DESCRIPTION.match(self._text, begin, end)
            if found and found["noun"].lower() not in self._role(person).lower().split():
                return True
        return False

    def _is_spoken_of(self, mention: Mention, at: int) -> bool:
        """Whether the paragraph begins with whom somebody else speaks of: `Of Roe, he said`."""
        start = self._mentions.sentence_starts[mention.sentence]
        fronted = _FRONTED.fullmatch(self._text, start, mention.span[0])
        return bool(fronted) and self._text.startswith(",", mention.span[1]) and "\n" not in self._text[start:at]

    def _is_topic(self, mention: Mention) -> bool:
        """Whether a sentence is about somebody: as a clause's subject, or as whose thing it begins with."""
        start, end = mention.span
        is_in_clause = _JOINED_CLAUSE.search(self._text, max(0, start - 10), start) and _VERB_AFTER.match(
            self._text, end
        )
        return bool(mention.is_subject or is_in_clause or start == self._mentions.sentence_starts[mention.sentence])

    def _is_free(self, mention: Mention) -> bool:
        """Whether a mention stands neither in a quotation nor after a preposition."""
        before = _OBJECT.search(self._text, max(0, mention.span[0] - 30), mention.span[0])
        return not (mention.in_quotation or mention.is_possessive or before)

    def _leads(self, mention: Mention) -> bool:
        """Whether a sentence is about the person it mentions: it is not where `he` or `she` stands before the name."""
        start = self._mentions.sentence_starts[mention.sentence]
        return mention.is_subject and not _SUBJECT_PRONOUN.search(self._text, start, mention.span[0])

    def _is_rival(self, mention: Mention, person: Person, gender: Gender) -> bool:
        """Whether a mention names somebody else who may be meant; letters of a rare name tell no gender for sure."""
        if mention.person == person or mention.in_quotation:
            return False
        if mention.is_possessive and not self._is_topic(mention):
            return False
        return self._agrees(mention.person, gender) or self._is_told_by_letters(mention.person)

    def _is_told_by_letters(self, person: Person) -> bool:
        """Whether nothing but the letters of a rare given name tells a gender."""
        given = fold(person.words[0]) if len(person.words) > 1 else ""
        is_told = person.is_relative or person in self._told_by_kin or given in given_names()
        return not is_told and person.gender == modelled_gender(given) != ""

    def _names_others(self, person: Person, gender: Gender, start: int, end: int) -> bool:
        """Whether a given name of the pronoun's gender that is not the person's stands in a part of the text."""
        own = {fold(word) for word in person.words}
        words = {fold(found[0]) for found in _CAPITALISED.finditer(self._text, start, end)} - own
        return any(is_given_name(word) and given_name_gender(word) == gender for word in words)

    def _surest(self, scored: Sequence[tuple[float, Person]], gender: Gender) -> Person | None:
        """The first of some people, best first; none where its gender is unknown and the next fits about as well."""
        if not scored:
            return None
        best, person = scored[0]
        is_sure = self._gender(person) or not gender or len(scored) < 2 or best - scored[1][0] >= MARGIN
        return person if is_sure and person.is_sure and person not in self._unsure else None

    def _agrees(self, person: Person, gender: Gender) -> bool:
        return not gender or self._gender(person) in (gender, "")

    def _gender(self, person: Person) -> Gender:
        return person.gender or self._told_by_kin.get(person, "")

    @cached_property
    def _told_by_kin(self) -> Mapping[Person, Gender]:
        """The gender of those whose relatives are named: `Kim thanked her brother Ivo` tells that Kim is a woman."""
        told: dict[Person, Gender] = {}
        for mention in self._mentions.mentions:
            start = mention.span[0]
            kin = kinship(self._text, *mention.span) if mention.person.is_relative else None
            if kin and kin.possessor:
                before = [m for m in self._mentions.before(start, 3) if m.sentence == mention.sentence]
                if len(possessors := {m.person for m in before} - {mention.person}) == 1:
                    told.setdefault(possessors.pop(), kin.possessor)
        return told

    def _salience(self, mention: Mention, sentence: int, gender: Gender) -> float:
        """How likely a pronoun in a sentence means the person of an earlier mention."""
        is_object = _PREPOSITION.search(self._text, max(0, mention.span[0] - 5), mention.span[0])
        score = SUBJECT_WEIGHT * mention.is_subject - SENTENCE_WEIGHT * (sentence - mention.sentence)
        score += GENDER_WEIGHT * (self._gender(mention.person) == gender)
        score += MENTION_WEIGHT * min(mention.person.count, MAX_COUNTED)
        score += SAME_SENTENCE_WEIGHT * (mention.sentence == sentence) - OBJECT_WEIGHT * bool(is_object)
        return score - QUOTED_WEIGHT * mention.in_quotation - POSSESSIVE_WEIGHT * mention.is_possessive
