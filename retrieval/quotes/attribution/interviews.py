"""Attribute the answers of an interview by its layout: `Berg: It is deep.`, `A: No.`, questions as paragraphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.documents import TIMECODE
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.text.sentences import Span

MIN_TURNS = 2  # labelled paragraphs; a single one may be a dateline or a topic
MAX_ANSWERS = 3  # to a question, on average; a list of topics has more labels and few questions
MAX_QUESTION_LENGTH = 400  # characters of a question without a label
_PARAGRAPH = re.compile(r"[^\n]+")
_LABEL = re.compile(
    r"[*_]{0,2}(?P<name>[A-Z][\w.’'-]{0,30}(?:[ \xa0][A-Z][\w.’'-]{0,30}){0,3})[*_]{0,2}:[*_]{0,2}(?=\s+\S)"
)
_ASKER, _ANSWERER = "Q", "A"


@dataclass(frozen=True, slots=True)
class Interview:
    """The answers of an interview, and the paragraphs that ask, which are no source's words."""

    answers: tuple[Attribution, ...] = ()
    questions: tuple[Span, ...] = ()

    def excludes(self, item: Attribution) -> bool:
        """Whether an attribution of other origin asks a question of the interview, or takes a label for its cue."""
        labels = [answer.cue for answer in self.answers if answer.cue]
        marks = [span for span in (item.source, item.cue) if span]
        return any(start <= item.content[0][0] < end for start, end in self.questions) or any(
            start < end and one < other for start, other in labels for one, end in marks
        )


@dataclass(frozen=True, slots=True)
class _Turn:
    """A paragraph: its label, if it has one, and the words after it."""

    name: str
    label: Span | None
    words: Span
    is_question: bool


def read_interview(text: str) -> Interview:
    """The answers and questions of a text that is an interview; of another text none."""
    paragraphs = (found for found in _PARAGRAPH.finditer(text) if not TIMECODE.fullmatch(found[0]))
    turns = [_turn(text, found.span()) for found in paragraphs]
    askers = _askers(turns)
    turns = [turn for turn in turns if not turn.label or turn.name in askers or _is_speaker(text, turns, turn.name)]
    labelled = [turn for turn in turns if turn.label]
    answerers = {turn.name for turn in labelled if turn.name not in askers}
    if len(labelled) < MIN_TURNS or not askers or not answerers:
        return Interview()
    sources = {turn.name: turn.label for turn in labelled if turn.name in answerers - {_ANSWERER}}
    only = next(iter(sources.values())) if len(sources) == 1 else None
    asked = [turn for turn in turns if turn.name in askers or (not turn.label and turn.is_question)]
    answers = tuple(_attribution(turn, words, only) for turn, words in _answers(turns, set(asked)))
    if len(answers) > MAX_ANSWERS * len(asked):
        return Interview()
    return Interview(answers, tuple(turn.words for turn in asked))


def _turn(text: str, paragraph: Span) -> _Turn:
    found = _LABEL.match(text, *paragraph)
    start = found.end() if found else paragraph[0]
    words = text[start : paragraph[1]]
    span = (start + len(words) - len(words.lstrip()), start + len(words.rstrip("*_ \t\xa0")))
    is_question = words.rstrip("*_ \t\xa0").endswith("?") and (found is not None or len(words) <= MAX_QUESTION_LENGTH)
    return _Turn(found["name"] if found else "", found.span("name") if found else None, span, is_question)


def _is_speaker(text: str, turns: Sequence[_Turn], name: str) -> bool:
    """Whether a label is the name of somebody who speaks rather than a section: used again, or named in the text."""
    is_used_again = sum(turn.name == name for turn in turns) > 1
    return name == _ANSWERER or is_used_again or bool(re.search(rf"\b{re.escape(name)}\b(?![*_]*:)", text))


def _askers(turns: Sequence[_Turn]) -> set[str]:
    """The names of those who ask: `Q`, and whose turns are questions for the most part."""
    names = {turn.name for turn in turns if turn.label}
    of = {name: [turn.is_question for turn in turns if turn.name == name] for name in names}
    return {name for name, asks in of.items() if name == _ASKER or (name != _ANSWERER and sum(asks) * 2 > len(asks))}


def _answers(turns: Sequence[_Turn], asked: set[_Turn]) -> Iterator[tuple[_Turn, list[Span]]]:
    """The first paragraph of each answer, and the words of all of its paragraphs.

    A paragraph without a label belongs to the answer before it only where another turn follows: after the last one the
    article may go on.
    """
    ends = [at for at, turn in enumerate(turns) if turn.label or turn in asked]
    for at, following in zip(ends, [*ends[1:], None], strict=True):
        first = at + 1 if turns[at] in asked else at
        stop = min(at + 2, len(turns)) if following is None else following
        if following is None and turns[at] not in asked:
            stop = at + 1
        if first < stop and (turns[first].label is None or turns[first] not in asked):
            yield turns[first], [turn.words for turn in turns[first:stop]]


def _attribution(turn: _Turn, words: Sequence[Span], only: Span | None) -> Attribution:
    """An answer with its label as source; one without a name is that of the only one who answers, if it is one."""
    named = turn.label if turn.label and turn.name != _ANSWERER else None
    return Attribution(named or only, turn.label, tuple(words), is_verbatim=True)
