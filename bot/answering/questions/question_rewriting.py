"""Rewrite follow-up questions by rule, so that they stand alone."""

import re
from collections.abc import Callable, Iterator, Sequence

from bot.answering.messages import Turn
from bot.answering.questions.question_parts import ADDED, is_bare, question_parts
from retrieval.quotes.speakers.given_names import gender
from retrieval.quotes.speakers.names import Gender, is_thing, parse_person_names
from retrieval.quotes.speakers.resolution.antecedents import pronoun_gender
from retrieval.search.quote_intent import QuoteIntent, parse_quote_intent
from retrieval.text.terms import STOP_WORDS, content_terms

TextOf = Callable[[str], str]
"""The text of an article by its id, empty where it is not known."""

MIN_TERMS = 2  # a question with fewer content terms does not stand alone

_ABOUT = re.compile(
    r"^(?:and |but |so |ok(?:ay)?,? )*(?P<what>(?:what|how) )?(?:about|of|on|regarding)\s+(?P<topic>.+?)[\s?.!]*$", re.I
)
_AND = re.compile(r"^(?:and|or)\s+(?P<topic>[^?]{1,60}?)[\s?.!]*$", re.I)
PERSON_PRONOUN = re.compile(r"\b(?:he|she|him|her|they|them)\b", re.I)
_OWNER = re.compile(r"\b(?:his|her|their)\b(?=\s+\w)", re.I)
_THING = re.compile(r"\b(?:it|that|this|those|these|there|they|them|their)\b", re.I)
_ABOUT_THING = re.compile(r"\s*\b(?:about|of|on|to)\s+(?:it|that|this|those|these)\b", re.I)
_IT_SAID = re.compile(r"(?<=\bdid )it(?= \w+\W*$)", re.I)  # `What else did it say?`, after `What did the letter say?`
_NAME_ON = re.compile(r"(?P<name>[^\W\d]\S*(?: [^\W\d]\S*){0,2}) (?:on|about) (?P<topic>\S.*?)[\s?.!]*", re.I)
_NAMES_NOUN_ON = re.compile(
    r"(?P<name>[^\W\d]\S*(?: [^\W\d]\S*){0,2}?)[’']s? (?P<noun>[^\W\d]+ (?:on|about|to)) (?P<topic>\S.*?)[\s?.!]*", re.I
)
_WORD = re.compile(r"\w+")
_LEAD = re.compile(r"^(?:and|but|so|also|then|ok(?:ay)?)[,\s]+", re.I)
_NAME = re.compile(r"(?:[A-Z][\w’'.-]*)(?:\s+(?:of |the |bin |al |de |van )?[A-Z][\w’'.-]*|\s+\d{1,3}(?![\w.,:%-]))*")
# `Who directed ...?` and `Who is the head of ...?` ask for a person whom they do not name; `Who is Brandt?` names one.
_ASKS_FOR_PERSON = re.compile(
    r"(?:and |but |so )?who(?:(?:['’]s| is| was) (?:the|an?|his|her|its|their)\b"
    r"| (?!(?:is|was|are|were|did|does|do|has|have|had|will|would|can|could)\b)\w+)",
    re.I,
)
_QUESTION_WORDS = set(
    "what who when where why how which did does do is was are were has have had can could tell".split()
)


def rewrite_question(
    question: str,
    turns: Sequence[Turn],
    text_of: TextOf = lambda _: "",
    is_quoted: Callable[[str], bool] = lambda _: False,
) -> str:
    """Rewrite a follow-up question so that it stands alone, and `Pell on tolls`, which is none, as one.

    `text_of` returns the text of an article that an earlier answer cites, which tells whose surname it has; `is_quoted`
    tells whether articles quote somebody of a name. Any other question is returned unchanged.
    """
    plain = question.strip()
    if (headline := _headline(plain)) and is_quoted(headline["name"]):
        return _written_out(headline)
    if not turns:
        return plain
    last = turns[-1]
    before, speech = last.standalone, parse_quote_intent(last.standalone)
    if found := _new_topic(plain):
        return _with_new_topic(found["topic"], before, speech, of_person=found.re is _AND or bool(found["what"]))
    resolved = _resolve_pronouns(_LEAD.sub("", plain), turns, speech, text_of)
    intent = parse_quote_intent(resolved)
    if intent and not intent.topic_terms and speech and speech.topic_terms:
        return f"{resolved.rstrip(' ?.!')} about {_topic_words(before, speech)}?"
    if is_bare(resolved):
        return f"{resolved} ({_without_brackets(before)})"
    if len(content_terms(resolved)) < MIN_TERMS and not intent and resolved == _LEAD.sub("", plain):
        return f"{resolved} ({_talked_of(turns)})"
    return _capitalised(resolved)


def is_headline(question: str) -> bool:
    """Whether a turn has the form of `Pell on tolls`, which may be a question for Pell's words."""
    return _headline(question.strip()) is not None


def _headline(question: str) -> re.Match[str] | None:
    found = _NAMES_NOUN_ON.fullmatch(question) or _NAME_ON.fullmatch(question)
    return None if found and STOP_WORDS & set(found["name"].lower().split()) else found


def _written_out(headline: re.Match[str]) -> str:
    """The question that `Pell on tolls` or `Pell's joke about tolls` is."""
    if noun := headline.groupdict().get("noun"):
        return f"What was {headline['name']}’s {noun} {headline['topic']}?"
    return f"What did {headline['name']} say about {headline['topic']}?"


def _without_brackets(before: str) -> str:
    """The question before, to stand in brackets, which are not nested; what one that was bare itself was asked of."""
    added = ADDED.search(before)
    if added and is_bare(before[: added.start()]):
        return added[1]
    return re.sub(r"[()?]", "", before).rstrip(" .!")


def _talked_of(turns: Sequence[Turn]) -> str:
    """What the question before names, else what was added to it, else what the one before names, else all of it."""
    before = turns[-1].standalone
    added = ADDED.search(before)
    return _named_last(turns) or (added[1] if added else before.rstrip(" ?.!"))


def _named_last(turns: Sequence[Turn]) -> str:
    """What the last question names; where it was added to or names nothing, what the one before it does.

    `How many fit in?` is about the stadium that was asked about before it.
    """
    last = turns[-1].standalone
    names = _names(last)
    if not names and len(turns) > 1 and not ADDED.search(last):
        names = _names(turns[-2].standalone)
    return ", ".join(names)


def _with_new_topic(topic: str, before: str, speech: QuoteIntent | None, *, of_person: bool) -> str:
    """Ask the question before about a new topic (`And about Russia?`) or of another speaker (`What about Trump?`)."""
    if speech and not speech.speaker_name:
        return before.replace(speech.topic_text, topic)
    if speech and of_person and _replaces_speaker(topic, before, speech):
        return re.sub(re.escape(speech.speaker_name), lambda _: topic, before, flags=re.IGNORECASE)
    if speech:
        return f"What did {speech.speaker_name} say about {topic}?"
    names = _names(before)
    if names and _NAME.fullmatch(topic):
        return before.replace(names[-1], topic)
    added = ADDED.search(before)
    plain = before[: added.start()] if added else before
    return f"{plain.rstrip(' ?.!')}: {topic}?" + (f" ({added[1]})" if added else "")


def _replaces_speaker(topic: str, before: str, speech: QuoteIntent) -> bool:
    """Whether the topic is a name that replaces the speaker: only where the topic before was no name itself."""
    return bool(speech.topic_terms) and bool(_NAME.fullmatch(topic)) and not _NAME.match(_topic_words(before, speech))


def asks_the_same_anew(question: str) -> bool:
    """Whether a turn but asks the question before of another: `And about Russia?`, `What about Okoro?`."""
    return _new_topic(question.strip()) is not None


def _new_topic(question: str) -> re.Match[str] | None:
    asks_itself = _has_question_word(question) or is_bare(question)
    return _ABOUT.match(question) or (None if asks_itself else _AND.match(question))


def is_about_another_topic(question: str, standalone: str) -> bool:
    """Whether a question names what it is about itself and refers to nothing that was said before."""
    return question == standalone and bool(_names(question)) and not PERSON_PRONOUN.search(question)


def _resolve_pronouns(question: str, turns: Sequence[Turn], speech: QuoteIntent | None, text_of: TextOf) -> str:
    """Replace the first `he` or `she` by the person meant, and say what `it`, `there` or `they` were."""
    last, before = turns[-1], turns[-1].standalone
    if speech and speech.is_described:  # the letter, not what it is about
        question = _IT_SAID.sub(lambda _: speech.titled_name, question)
    # In a later part, a pronoun means whom the first part asks for: `Who was there, and what did they decide?`.
    first_part = question_parts(question)[0]
    own, other = _OWNER.search(first_part), PERSON_PRONOUN.search(first_part)
    first = min(filter(None, (own, other)), key=lambda found: found.start(), default=None)  # `her` may be both
    if first and (person := _person_meant(first.group().lower(), last, speech, text_of)):
        name = f"{person}’s" if first is own else person
        question = f"{question[: first.start()]}{name}{question[first.end() :]}"
    is_unresolved = any(one.search(question_parts(question)[0]) for one in (_THING, _OWNER, PERSON_PRONOUN))
    if _names(question) or not is_unresolved:
        return question
    if speech and parse_quote_intent(question):
        about = f"about {_topic_words(before, speech)}" if speech.topic_terms else ""
        kept = _ABOUT_THING.sub("", question).rstrip(" ?.!")
        return " ".join(f"{kept} {about}".split()) + "?"
    topic = _topic_words(before, speech) if speech and speech.topic_terms else _named_last(turns)
    return f"{question} ({topic})" if topic and topic not in question else question


def _person_meant(pronoun: str, last: Turn, speech: QuoteIntent | None, text_of: TextOf) -> str:
    """Whom a pronoun means: the speaker asked for, else the first in the question before or its answer who may be.

    Subjects come before objects, and a pronoun rather means a subject (centering: Grosz, Joshi and Weinstein, 1995).
    `they` means a speaker alone.
    """
    if speech:
        return speech.speaker_name
    wanted = pronoun_gender(pronoun)
    return next(iter(_people_who_may_be(last, wanted, text_of)), "") if wanted else ""


def _people_who_may_be(last: Turn, wanted: Gender, text_of: TextOf) -> list[str]:
    """The people whom the last question, then its answer names, but for those of the other gender.

    Full names come before single words, of which those of the answer are people where its articles name them in full.
    Where the question asks for a person, whom the answer begins with comes before all, and a single word of the
    question is what the person did or leads.
    """
    written = _names(last.standalone)
    full, single = _people_in(last.standalone, wanted)
    full, single = ([name for name in names if any(name in one for one in written)] for names in (full, single))
    answer = last.answer if last.status != "no_answer" else ""
    answered, surnames = _people_in(answer, wanted)
    named = list(_named_in_full(surnames, wanted, [text_of(key) for key in last.articles] if surnames else ()))
    if not _ASKS_FOR_PERSON.match(last.standalone):
        return [*full, *answered, *single, *named]
    lead = answer.split(maxsplit=1)[0].rstrip(",.") if answer else ""
    return [*(name for name in (*answered, *named) if lead in name.split()), *full, *answered, *named]


def _people_in(text: str, wanted: Gender) -> tuple[list[str], list[str]]:
    """The people of a text who are not of the other gender: full names, those of told gender first, and single words.

    A single word whose gender is told, as by a title, is among the first.
    """
    told, full, single = list[str](), list[str](), list[str]()
    for name in parse_person_names(text):
        found = gender(name.words, name.titles)
        if found in ("", wanted) and not is_thing(name.words):
            kind = told if found else full if len(name.words) > 1 else single
            kind.append(" ".join(name.words))
    return told + full, single


def _named_in_full(surnames: Sequence[str], wanted: Gender, articles: Sequence[str]) -> Iterator[str]:
    """The first full name in articles that ends in each surname, but for people of the other gender."""
    names = [name for text in articles for name in parse_person_names(text) if len(name.words) > 1]
    for surname in surnames:
        name = next((name for name in names if name.words[-1] == surname), None)
        if name and gender(name.words, name.titles) in ("", wanted) and not is_thing(name.words):
            yield " ".join(name.words)


def _topic_words(before: str, speech: QuoteIntent | None) -> str:
    found = re.search(r"\b(?:about|on|regarding|of|to)\s+(?P<topic>[^?]+)", before)
    return found["topic"].strip() if found and speech else before.rstrip(" ?.!")


def _names(question: str) -> list[str]:
    """The capitalised names in a question; its first word is one only where another capitalised word follows it."""
    lead, _, rest = question.strip().partition(" ")
    is_name = not rest or (rest[:1].isupper() and not _has_question_word(lead))
    return _NAME.findall(question if is_name else f"{lead.lower()} {rest}")


def _has_question_word(question: str) -> bool:
    return not _QUESTION_WORDS.isdisjoint(_WORD.findall(question.lower()))


def _capitalised(question: str) -> str:
    return question[:1].upper() + question[1:]
