"""Rewrite follow-up questions by rule, so that they stand alone."""

import re
from collections.abc import Sequence

from bot.answering.messages import Turn
from retrieval.search.quote_intent import QuoteIntent, parse_quote_intent
from retrieval.text.terms import content_terms

MIN_TERMS = 2  # a question with fewer content terms does not stand alone

_ABOUT = re.compile(
    r"^(?:and |but |so |ok(?:ay)?,? )*(?P<what>(?:what|how) )?(?:about|of|on|regarding)\s+(?P<topic>.+?)[\s?.!]*$", re.I
)
_AND = re.compile(r"^(?:and|or)\s+(?P<topic>[^?]{1,60}?)[\s?.!]*$", re.I)
_PERSON = re.compile(r"\b(?:he|she|him|her|they|them)\b", re.I)
_OWNER = re.compile(r"\b(?:his|her|their)\b(?=\s+\w)", re.I)
_THING = re.compile(r"\b(?:it|that|this|those|these|there)\b", re.I)
_ABOUT_THING = re.compile(r"\s*\b(?:about|of|on|to)\s+(?:it|that|this|those|these)\b", re.I)
_LEAD = re.compile(r"^(?:and|but|so|also|then|ok(?:ay)?)[,\s]+", re.I)
_NAME = re.compile(r"(?:[A-Z][\w’'.-]*)(?:\s+(?:of |the |bin |al |de |van )?[A-Z][\w’'.-]*)*")
_QUESTION_WORDS = set(
    "what who when where why how which did does do is was are were has have had can could tell".split()
)


def rewrite_question(question: str, turns: Sequence[Turn]) -> str:
    """Rewrite a follow-up question so that it stands alone; return any other question unchanged."""
    plain = question.strip()
    if not turns:
        return plain
    before = turns[-1].standalone
    speech = parse_quote_intent(before)
    if found := _ABOUT.match(plain):
        return _with_new_topic(found["topic"], before, speech, of_person=bool(found["what"]))
    if (found := _AND.match(plain)) and not _has_question_word(plain):
        return _with_new_topic(found["topic"], before, speech, of_person=True)
    resolved = _resolve_pronouns(_LEAD.sub("", plain), before, speech)
    intent = parse_quote_intent(resolved)
    if intent and not intent.topic_terms and speech and speech.topic_terms:
        return f"{resolved.rstrip(' ?.!')} about {_topic_words(before, speech)}?"
    if len(content_terms(resolved)) < MIN_TERMS and not intent and resolved == _LEAD.sub("", plain):
        return f"{resolved} ({', '.join(_names(before)) or before})"
    return _capitalised(resolved)


def _with_new_topic(topic: str, before: str, speech: QuoteIntent | None, *, of_person: bool) -> str:
    """Ask the question before about a new topic (`And about Russia?`) or of another speaker (`What about Trump?`)."""
    if speech and of_person and _replaces_speaker(topic, before, speech):
        return re.sub(re.escape(speech.speaker_name), lambda _: topic, before, flags=re.IGNORECASE)
    if speech:
        return f"What did {speech.speaker_name} say about {topic}?"
    names = _names(before)
    if names and _NAME.fullmatch(topic):
        return before.replace(names[-1], topic)
    return f"{before.rstrip(' ?.!')}: {topic}?"


def _replaces_speaker(topic: str, before: str, speech: QuoteIntent) -> bool:
    """Whether the topic is a name that replaces the speaker: only where the topic before was no name itself."""
    return bool(speech.topic_terms) and bool(_NAME.fullmatch(topic)) and not _NAME.match(_topic_words(before, speech))


def _resolve_pronouns(question: str, before: str, speech: QuoteIntent | None) -> str:
    """Replace the first `he` or `she` by the last person named, and `it` by the topic before."""
    names_in_question = _names(question)
    names = _names(before)
    person = speech.speaker_name if speech else (names[-1] if names else "")
    if person and not names_in_question:
        with_possessive = _OWNER.sub(lambda _: f"{person}’s", question, count=1)
        question = with_possessive if with_possessive != question else _PERSON.sub(lambda _: person, question, count=1)
    if names_in_question or not _THING.search(question):
        return question
    if speech and parse_quote_intent(question):
        about = f"about {_topic_words(before, speech)}" if speech.topic_terms else ""
        kept = _ABOUT_THING.sub("", question).rstrip(" ?.!")
        return " ".join(f"{kept} {about}".split()) + "?"
    topic = _topic_words(before, speech) if speech and speech.topic_terms else ", ".join(names)
    return f"{question} ({topic})" if topic and topic not in question else question


def _topic_words(before: str, speech: QuoteIntent | None) -> str:
    found = re.search(r"\b(?:about|on|regarding|of|to)\s+(?P<topic>[^?]+)", before)
    return found["topic"].strip() if found and speech else before.rstrip(" ?.!")


def _names(question: str) -> list[str]:
    return [name for name in _NAME.findall(question) if name.split()[0].lower() not in _QUESTION_WORDS]


def _has_question_word(question: str) -> bool:
    return any(word in _QUESTION_WORDS for word in question.lower().split())


def _capitalised(question: str) -> str:
    return question[:1].upper() + question[1:]
