"""Split a question of several parts, so that each is answered or said to be missing."""

import re
from collections.abc import Callable

from retrieval.search.quote_intent import parse_quote_intent
from retrieval.text.terms import STOP_WORDS, content_terms

MAX_PARTS = 3
MIN_TERMS = 2  # of a part that stands alone

_PREPOSITION = r"(?:against|at|by|for|from|in|of|on|since|to|until|with)"
_QUESTION_WORD = rf"(?:{_PREPOSITION} )?(?:who|whom|whose|what|when|where|why|how|which)\b"
_AUXILIARY = r"(?:did|does|is|are|was|were|will|has|have)\b"
_ASKS = re.compile(_QUESTION_WORD, re.IGNORECASE)
# A new clause that asks: after a question mark, or `and` before an interrogative; `when and where` is one.
_NEXT_PART = re.compile(
    r"(?<=\?)\s+(?:and\s+|but\s+)?(?=\S)"
    r"|(?<!\bwho)(?<!\bhow)(?<!\bwhy)(?<!\bwhat)(?<!\bwhen)(?<!\bwhere)(?<!\bwhich)"
    rf",?\s+and\s+(?={_QUESTION_WORD})"
    rf"|,\s+and\s+(?={_AUXILIARY})",
    re.IGNORECASE,
)
# A first part that asks of the verb of the second: `On which channel and when is the final?`
_NO_VERB = re.compile(
    rf"(?:{_PREPOSITION} )?(?:whom|when|where|why|how|which)(?: \w+)?|{_PREPOSITION} what \w+", re.IGNORECASE
)
_VERB = re.compile(rf"\b{_AUXILIARY}.*", re.IGNORECASE)
ADDED = re.compile(r"\(([^()]*)\)\W*$")  # what rewriting has put behind a question
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|its|their|theirs|hers|this|that|these|those|there|one|ones)\b", re.IGNORECASE
)
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[A-Z][\w.-]*(?:[ ’'-](?:al |bin |de |van |von )?[A-Z][\w.-]*)*")
_TOPIC = re.compile(r"\b(?:on|about|over|regarding|concerning)\s+(?P<topic>[^?.!:;,]+)", re.IGNORECASE)


def question_parts(question: str) -> list[str]:
    """Return the parts of a question in order, the question itself where it has only one.

    `Who won, and who came last?` has the parts `Who won` and `who came last?`. What was added to it is the first's. A
    part that has no verb has that of the next one: `Where is the final?` of `Where and on which day is the final?`.
    """
    added = ADDED.search(question)
    asked = question[: added.start()].rstrip() if added else question
    parts = [part.strip() for part in _NEXT_PART.split(asked) if part.strip()]
    if not 1 < len(parts) <= MAX_PARTS or not (parts[-1].endswith("?") or _ASKS.match(parts[-1])):
        return [question]
    if not all(any(map(str.isalnum, part)) for part in parts):
        return [question]
    first = parts[0]
    if _NO_VERB.fullmatch(first) and (verb := _VERB.search(parts[1])):
        first = f"{first} {verb.group()}"
    return [f"{first} {added.group()}" if added else first, *parts[1:]]


def stands_alone(part: str) -> bool:
    """Whether a part can be understood without the one before it: it has no pronoun, and more than one content term."""
    return len(content_terms(part)) >= MIN_TERMS and not has_pronoun(part)


def is_bare(question: str) -> bool:
    """Whether a part or a turn asks but one thing more of what stands before it: `when?`, `how many?`."""
    return STOP_WORDS.issuperset(_WORD.findall(question.lower()))


def has_pronoun(part: str) -> bool:
    """Whether a part refers to something by a pronoun."""
    return bool(_PRONOUN.search(part))


def separate_questions(question: str, is_quoted: Callable[[str], bool], *, compares: bool) -> list[str]:
    """Return the questions to search for apart, the question itself where it is one.

    They are those of a comparison, one for the words of each person, and parts of which one asks for somebody's words:
    these come from the quotes, other answers from sentences. `is_quoted` says whether articles quote a person.
    """
    if compares and (sides := _sides(question, is_quoted)):
        return sides
    parts = question_parts(question)
    intents = [parse_quote_intent(part) for part in parts]
    asks_words = any(intent and intent.speaker_name and not intent.asks_fact for intent in intents)
    return parts if asks_words and all(map(stands_alone, parts)) else [question]


def _sides(question: str, is_quoted: Callable[[str], bool]) -> list[str]:
    """For the first two people whom a comparison names, a question for the words of each; none without a topic."""
    topic = _TOPIC.search(question)
    first = question.split()[0]
    start = 0 if is_quoted(first) else len(first)  # `Compare` is written like a name
    names = [(match.group(), match.span()) for match in _NAME.finditer(question, start)]
    people = [name for name, span in names if not topic or not topic.start("topic") <= span[0] < topic.end("topic")]
    quoted = list(dict.fromkeys(filter(is_quoted, people)))
    if topic is None or len(quoted) != 2:
        return []
    return [f"What did {name} say about {topic['topic'].strip()}?" for name in quoted]
