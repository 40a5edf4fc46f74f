"""Detect sentences that contradict their support by an antonym."""

from collections.abc import Iterator
from functools import cache

from bot.answering.verification.contradiction.negation import negations
from bot.answering.verification.lexical.weighted_terms import stems
from retrieval.text.terms import terms

# Words, a slash, their antonyms; only pairs that are seldom both true of the same thing.
_SIDES = """
rise increase grow climb gain jump surge soar / fall decrease drop decline shrink plunge tumble slump
raise increase / cut lower reduce
win victory gain / lose loss defeat
approve accept pass adopt / reject refuse decline
allow permit legalize / ban prohibit forbid outlaw
support back endorse favor / oppose
agree / disagree
begin start launch open / end finish stop close
buy / sell
arrive / leave depart
arrest detain jail / release free
hire / fire
convict guilty / acquit innocent
strengthen / weaken
add / remove
success succeed / failure fail
find / lose
lift / impose
join / leave quit
praise / criticize condemn
confirm / deny
alive survive / die dead kill
male man men / female woman women
before / after
more / fewer less
above over / below under
high higher highest / low lower lowest
large larger largest big bigger biggest / small smaller smallest
old older oldest / young younger youngest
old / new
early earlier earliest / late later latest
strong stronger strongest / weak weaker weakest
long longer longest / short shorter shortest
good better best / bad worse worst
most / least
maximum / minimum
first / last
up / down
inside / outside
legal / illegal
public / private
north northern / south southern
east eastern / west western
left / right
cheap cheaper / expensive costlier
love / hate
million millions / billion billions
millionaire / billionaire
thousand thousands / million millions
thousand thousands / billion billions
"""


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _SIDES.strip().splitlines():
        one, other = ({_key(word) for word in side.split()} for side in line.split("/"))
        for mine, theirs in ((one, other), (other, one)):
            for word in mine:
                found.setdefault(word, set()).update(theirs - {word})
    return {word: frozenset(theirs) for word, theirs in found.items()}


def _key(word: str) -> str:
    """The stem by which a word is compared, also of a past form; stop words are stemmed as they are."""
    return next(iter(stems(word)), None) or next(iter(terms(word)), word)


def are_opposites(one: str, other: str) -> bool:
    """Whether two words are antonyms."""
    return _key(other) in _opposites().get(_key(one), ())


def says_opposite(said: str, held: str) -> bool:
    """Whether the support has a content word of a sentence only as its antonym, and neither is negated."""
    mine, theirs = stems(said), set(stems(held))
    if set(mine) <= theirs or any(_denied(said)) or any(_denied(held)):
        return False
    return any(
        term not in theirs and (against := _opposites().get(term, frozenset()) & theirs) and not against & set(mine)
        for term in mine
    )


def _denied(text: str) -> Iterator[str]:
    return (term for denial in negations(text) for term in denial.near)
