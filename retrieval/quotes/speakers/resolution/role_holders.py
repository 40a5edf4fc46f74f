"""Find who has the role that a phrase such as `the former mayor` names, and the role of each person of an article."""

import re
from collections.abc import Sequence

from retrieval.quotes.speakers.mentions import PersonMentions
from retrieval.quotes.speakers.names import TITLES, fold
from retrieval.quotes.speakers.people import Person
from retrieval.quotes.speakers.role_phrases import ROLE_NOUN
from retrieval.quotes.speakers.roles import role_of
from retrieval.quotes.word_lists import word_list

_MENTIONS = 500  # before a phrase that are looked at
MAX_DISTANCE = 15  # sentences back in which who has the role is named
_JUST_SPOKEN = 3  # sentences back in which one of several spoke
_NEAR_NAMES = 6  # before a phrase, for who is just named
_RANK = re.compile(r"\b(?:vice|deputy|assistant|associate|former|ex|acting)\b")
_PAST = "former"  # which an article leaves out when it speaks of somebody again
_IN_PLACE = re.compile(r"(?:In|At|On|Outside|Near)\s(?P<place>[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*),")
_OF_PLACE = re.compile(r"\s(?:of|in)\s(?P<place>[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*)$")
_PREPOSITIONAL_PHRASE = re.compile(r"\s(?:of|for|in|at|from|with|to|on)\b")


class RoleHolders:
    """The roles of the people of one article, and who is meant by one."""

    def __init__(self, text: str, mentions: PersonMentions) -> None:
        self._text, self._mentions = text, mentions
        self._roles: dict[str, str] = {}

    def role(self, person: Person) -> str:
        """The role that the article gives a person, empty where it gives none."""
        if person.name not in self._roles:
            self._roles[person.name] = role_of(self._text, self._mentions, person)
        return self._roles[person.name]

    def extend(self, person: Person, role: str) -> None:
        """Take a longer form of a person's role from here on: `health minister` for `minister`."""
        if role.endswith(self.role(person)):
            self._roles[person.name] = role

    def holder(self, phrase: str, at: int, last: tuple[int, Person] | None) -> Person | None:
        """The one person named before whose role is what a phrase without its article says, such as `former mayor`.

        The role has the phrase's noun as its own and all its other words: `the Mexican driver` is no `Red Bull driver`,
        `the governor` no `governor's spokeswoman`. Where the sentence names another place, another is meant. `last` is
        who spoke before, and where.
        """
        if not _role_nouns(phrase):
            return None
        place, first = self._place(phrase, at), self._mentions.sentence_number(at) - MAX_DISTANCE
        near = {m.person.name: m.person for m in self._mentions.before(at, _MENTIONS) if m.sentence >= first}
        holders = [
            person
            for name, person in near.items()
            if not name.isupper() and place <= set(self.role(person).split()) and _says(phrase, self.role(person))
        ]
        return self._likeliest(holders, at, last)

    def _place(self, phrase: str, at: int) -> set[str]:
        """The words of the place that a phrase or the beginning of its sentence names: `In Lowick, the mayor`."""
        start = self._mentions.sentence_starts[self._mentions.sentence_number(at)]
        found = _IN_PLACE.match(self._text, start, at)
        of = _OF_PLACE.search(phrase)
        if found and fold(found["place"].split()[0]) in word_list("not_names"):  # `On Monday,`
            found = None
        return set((found["place"] if found else "").split()) | set((of["place"] if of else "").split())

    def _likeliest(self, holders: Sequence[Person], at: int, last: tuple[int, Person] | None) -> Person | None:
        """The only one of those who have a role, who has just spoken, or who alone has just been named.

        Nobody where somebody else spoke right before of whom the article tells no role that is known: it may be that.
        """
        sentence = self._mentions.sentence_number(at)
        since = sentence - self._mentions.sentence_number(last[0]) if last else _JUST_SPOKEN + 1
        if last and last[1] in holders and 0 <= since <= _JUST_SPOKEN:
            return last[1]
        if last and 0 <= since <= 1 and not self.role(last[1]):
            return None
        if len(holders) == 1:
            return holders[0]
        near = {m.person for m in self._mentions.before(at, _NEAR_NAMES) if sentence - m.sentence <= 2}
        fitting = [person for person in holders if person in near]
        return fitting[0] if len(fitting) == 1 else None


def _says(phrase: str, role: str) -> bool:
    """Whether a role has all that a phrase says, and no rank besides that tells it from the phrase's."""
    rank, of_rank = _rank(phrase), _rank(role)
    if rank - of_rank or of_rank - rank - {_PAST}:
        return False
    return _role_nouns(phrase) <= _role_nouns(role) and _role_words(phrase) <= _role_words(role)


def _rank(role: str) -> set[str]:
    """What tells one role from another with the same noun: `vice` president, `former` president."""
    return {_PAST if word == "ex" else word for word in _RANK.findall(role.casefold())}


def _role_nouns(role: str) -> set[str]:
    """The nouns that say what somebody is: `president` and `founder` of `president and founder of a trust`."""
    parts = re.split(r"\s(?:and|or)\s|,\s|/", _PREPOSITIONAL_PHRASE.split(role)[0])
    last = (fold(part.split()[-1]) for part in parts if part.split())
    return {noun for noun in last if noun in TITLES or ROLE_NOUN.fullmatch(noun)}


def _role_words(role: str) -> set[str]:
    return {fold(word) for word in re.findall(r"[\w’'-]+", role)}
