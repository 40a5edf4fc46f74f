"""Whose words they are: the source of each attribution resolved to a name within its article."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.speakers.mentions import Mention, Person, PersonMentions
from retrieval.quotes.speakers.names import MEN_TITLES, WOMEN_TITLES, Gender, fold
from retrieval.quotes.speakers.roles import NOUN, role_in, role_of
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span

REACH = 8  # sentences back in which `he` may have been named
_HE = frozenset("he him his himself".split())
_SHE = frozenset("she her hers herself".split())
_PLURAL = frozenset("they them their we us our you it its this these those some many others most".split())
_FIRST = frozenset("i me my myself".split())
_RELATIVE = frozenset("who whom whose which that".split())
_LEADS = (
    "from|by|to|of|in|at|with|for|and|but|if|whatever|when|while|as|that|because|after|before|although|though|"
    "since|unless"
)
_NO_NOUN = re.compile(
    r"\s*\(|\s+(?:of|on|in|at|after|before|during|from|when|while|told|as|last|this|by|with|outside|near|today|yesterday|"
    r"again|also|then|later|himself|herself)\b"
)
_DEFINITE = re.compile(r"^(?:the|this|that|his|her|their|its)\s+", re.IGNORECASE)
_CLAUSE = re.compile(r"\s*,|\s+(?:who|which|that|whose|speaking|including|—|--)\b|\s+\(")
_PHRASE_BEFORE = re.compile(
    r"\b((?:an?|the|some|many|several|few|two|three|four|one|other|another|most|all|both|those)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+|"
    r"[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*|[\w’'-]+)\s*,?\s*$"
)
_APPOSITION = re.compile(r"(?:\s*\([^)]*\)?)?(?:,\s+(?!and\b|those\b)[^,.!?“”\"]{0,70})?,?\s*$")


@dataclass(frozen=True, slots=True)
class ResolvedSpeaker:
    """Somebody who speaks in an article: the fullest name or the phrase it has for them, and the role given there.

    `name` is empty where the article does not tell who it is.
    """

    name: str
    role: str = ""
    is_person: bool = False


UNKNOWN_SPEAKER = ResolvedSpeaker("")


def resolve_speakers(text: str, cast: PersonMentions, found: Sequence[Attribution]) -> list[ResolvedSpeaker]:
    """The speaker of each attribution, in the order of `found`."""
    return _Resolver(text, cast, found).run()


class _Resolver:
    """Goes through the attributions in the order of the text and remembers who spoke last."""

    def __init__(self, text: str, cast: PersonMentions, found: Sequence[Attribution]) -> None:
        self._text, self._cast, self._found = text, cast, found
        self._spoke: list[tuple[int, ResolvedSpeaker, Person | None]] = []
        self._roles: dict[str, str] = {}

    def run(self) -> list[ResolvedSpeaker]:
        order = sorted(range(len(self._found)), key=lambda at: _place(self._found[at]))
        resolved: dict[int, ResolvedSpeaker] = {}
        for at in order:
            speaker, person = self._resolve(self._found[at], resolved)
            resolved[at] = speaker
            if speaker.name and not self._is_quoted(_place(self._found[at])):
                self._spoke.append((_place(self._found[at]), speaker, person))
        return [resolved[at] for at in range(len(self._found))]

    def _resolve(
        self, item: Attribution, resolved: dict[int, ResolvedSpeaker]
    ) -> tuple[ResolvedSpeaker, Person | None]:
        if item.source is None:
            return (
                (self._spoke[-1][1:] if self._goes_on(item) else (UNKNOWN_SPEAKER, None))
                if self._spoke
                else (UNKNOWN_SPEAKER, None)
            )
        phrase = self._text[slice(*item.source)]
        key = re.sub(r"[’']s?$", "", phrase.strip(" ,").casefold())
        if key in _FIRST:
            return self._first_person(item.source[0], resolved), None
        if key in _HE | _SHE:
            return self._of(self._pronoun(item.source[0], "m" if key in _HE else "f"))
        if key in _PLURAL:
            return self._plural(item.source[0]), None
        if key in _RELATIVE:
            return self._relative(item.source[0])
        named = self._named(item.source)
        if named:
            role = role_in(self._text, item.source, named.span) or self._role(named.person)
            return ResolvedSpeaker(named.person.name, role, True), named.person
        return self._described(item.source)

    def _goes_on(self, item: Attribution) -> bool:
        return item.cue is None and self._text.count("\n\n", self._spoke[-1][0], item.content[0][0]) <= 2

    def _is_quoted(self, at: int) -> bool:
        return any(
            start < at < end and self._text[start] in "“\"'‘«" for item in self._found for start, end in item.content
        )

    def _of(self, person: Person | None) -> tuple[ResolvedSpeaker, Person | None]:
        return (ResolvedSpeaker(person.name, self._role(person), True), person) if person else (UNKNOWN_SPEAKER, None)

    def _role(self, person: Person) -> str:
        if person.name not in self._roles:
            self._roles[person.name] = role_of(self._text, self._cast, person)
        return self._roles[person.name]

    def _first_person(self, at: int, resolved: dict[int, ResolvedSpeaker]) -> ResolvedSpeaker:
        """`I` inside a quotation is whoever is quoted; outside it is the article's author, who is no source."""
        for index, speaker in resolved.items():
            if any(start <= at < end for start, end in self._found[index].content):
                return speaker
        later = [item for item in self._found if any(start <= at < end for start, end in item.content)]
        return (
            self._resolve(later[0], resolved)[0]
            if later
            and later[0].source
            and at not in range(*later[0].source)
            and self._text[slice(*later[0].source)].casefold() not in _FIRST
            else UNKNOWN_SPEAKER
        )

    def _pronoun(self, at: int, wanted: Gender) -> Person | None:
        """Who `he` or `she` is: named lately, the one a sentence is about, the one who spoke last."""
        sentence = self._cast.sentence(at)
        scores: dict[str, tuple[float, Person]] = {}
        for mention in self._cast.before(at)[-60:]:
            if sentence - mention.sentence > REACH or not _agrees(mention.person, wanted):
                continue
            score = self._salience(mention, sentence, wanted)
            if score > scores.get(mention.person.name, (-9.0, None))[0]:
                scores[mention.person.name] = score, mention.person
        last = next(((place, person) for place, _, person in reversed(self._spoke) if person and place < at), None)
        if last and _agrees(last[1], wanted) and sentence - self._cast.sentence(last[0]) <= REACH:
            base = scores.get(last[1].name, (0.0, last[1]))[0]
            fresh = 2.2 - 0.3 * (sentence - self._cast.sentence(last[0]))
            scores[last[1].name] = max(base, 0.0) + max(fresh, 0.0), last[1]
        return max(scores.values(), key=lambda found: found[0])[1] if scores else None

    def _salience(self, mention: Mention, sentence: int, wanted: Gender) -> float:
        score = 1.5 * mention.subject - 0.4 * (sentence - mention.sentence) - 0.4 * mention.possessive
        score += 0.3 * (mention.person.gender == wanted) + 0.05 * min(mention.person.count, 10)
        score += 1.0 * (mention.sentence == sentence)
        return score - 1.5 * mention.quoted

    def _plural(self, at: int) -> ResolvedSpeaker:
        last = self._spoke[-1] if self._spoke else None
        if last and not last[1].is_person and self._cast.sentence(at) - self._cast.sentence(last[0]) <= 3:
            return last[1]
        return UNKNOWN_SPEAKER

    def _relative(self, at: int) -> tuple[ResolvedSpeaker, Person | None]:
        """`who`: the person named right before, else the words right before."""
        for mention in reversed(self._cast.before(at)[-3:]):
            if not mention.possessive and _APPOSITION.fullmatch(self._text, mention.span[1], at):
                return self._of(mention.person)
        phrase = _PHRASE_BEFORE.search(self._text, max(0, at - 60), at)
        return (ResolvedSpeaker(_tidy(phrase[1])), None) if phrase else (UNKNOWN_SPEAKER, None)

    def _named(self, source: Span) -> Mention | None:
        """The person a source names, not one it merely mentions: `a spokesman for Trump` is not Trump."""
        start, end = source
        mentions = self._cast.within(source)
        if not mentions:
            return None
        first_part = _CLAUSE.search(self._text, start, end)
        cut = first_part.start() if first_part else end
        for mention in mentions:
            rest = self._text[mention.span[1] : cut] if mention.span[1] <= cut else ""
            is_last = mention.span[1] <= cut and (not rest.strip() or bool(_NO_NOUN.match(rest)))
            if is_last and not self._is_dependent(start, mention):
                return mention
        after = [mention for mention in mentions if mention.span[0] > cut and not mention.possessive]
        if after and re.fullmatch(r"[\s,]*", self._text[cut : after[0].span[0]]) and not self._has_name(start, cut):
            return after[0]
        return None

    def _is_dependent(self, start: int, mention: Mention) -> bool:
        before = self._text[start : mention.span[0]]
        joined = re.search(r"\b(?:and|or)\s+$", before)
        of = re.search(r"\b(?:of|for|to|from|by|with|at|in|against|like|behind|on)\s+(?:[A-Z][\w.]*\s+)*$", before)
        title = re.search(
            r"\b(?:Secretary|Minister|Attorney|Speaker|Leader|Chief)\s+(?:of|for)\s+(?:the\s+)?[A-Z]\w+\s+$", before
        )
        return bool(joined or (of and not title) or self._text[mention.span[1] : mention.span[1] + 2] in ("’s", "'s"))

    def _has_name(self, start: int, end: int) -> bool:
        return any(
            not self._is_dependent(start, mention) and mention.span[1] == end
            for mention in self._cast.within((start, end))
        )

    def _described(self, source: Span) -> tuple[ResolvedSpeaker, Person | None]:
        """A source without a name: a role that somebody named has, or the phrase as it stands."""
        phrase = self._text[slice(*source)].strip(" ,\n\xa0")
        cut = _CLAUSE.search(phrase)
        head = phrase[: cut.start()] if cut and cut.start() > 3 else phrase
        last = re.split(r"\s(?:of|for|in|at|from|with|to)\b", head)[0].split()[-1:]
        noun = [fold(word) for word in last if NOUN.fullmatch(word)]
        if _DEFINITE.match(head) and noun and not head.casefold().startswith(("the official", "the source")):
            holder = self._holder(noun[-1], source[0])
            if holder:
                return ResolvedSpeaker(holder.name, _tidy(head), True), holder
        return ResolvedSpeaker(self._longer(_tidy(head))), None

    def _holder(self, noun: str, at: int) -> Person | None:
        """Who in the article is called by this noun, the one named last; without any, whoever a pronoun would mean."""
        for mention in reversed(self._cast.before(at)):
            if re.search(rf"\b{re.escape(noun)}", self._role(mention.person).casefold()):
                return mention.person
        wanted: Gender = "m" if noun.endswith("man") or noun in MEN_TITLES else ""
        wanted = "f" if noun.endswith("woman") or noun in WOMEN_TITLES else wanted
        recent = self._pronoun(at, wanted)
        near = [
            m for m in self._cast.before(at)[-6:] if m.person is recent and self._cast.sentence(at) - m.sentence <= 2
        ]
        return recent if near and noun not in word_list("anybody") else None

    def _longer(self, name: str) -> str:
        """`The Post` where the article also says `The New York Post`."""
        bare = re.sub(r"^(?:the|a)\s+", "", name, flags=re.IGNORECASE)
        if not bare[:1].isupper() or fold(bare) not in word_list("generic"):
            return name
        found = re.findall(rf"\b((?:[A-Z][\w&’'-]*[ \xa0]+){{1,3}}{re.escape(bare)})\b", self._text)
        longer = [" ".join(part for part in one.split() if fold(part) not in word_list("not_names")) for one in found]
        return next((one for one in longer if len(one.split()) > len(bare.split())), name)


def _agrees(person: Person, wanted: Gender) -> bool:
    return not wanted or person.gender in (wanted, "")


def _place(item: Attribution) -> int:
    return item.source[0] if item.source else item.content[0][0]


def _tidy(phrase: str) -> str:
    bare = re.sub(rf"^(?:{_LEADS})\s+", "", " ".join(phrase.split()).strip(" ,—–-"), flags=re.IGNORECASE)
    return re.sub(r"[’']s$|(?<=\w{3})\.$", "", bare)
