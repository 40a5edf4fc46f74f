"""A follow-up to a question that stands alone, by rule; one that already does is left alone."""

import re
from collections.abc import Sequence

from bot.answering.messages import Turn
from retrieval.search.quote_intent import QuoteIntent, parse_quote_intent
from retrieval.text.terms import content_terms

FEWEST_TERMS = 2  # a question with fewer content terms than this cannot stand alone after another

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
    """The question as it would be asked with nothing said before."""
    plain = question.strip()
    if not turns:
        return plain
    before = turns[-1].standalone
    speech = parse_quote_intent(before)
    if found := _ABOUT.match(plain):
        return _same_about(found["topic"], before, speech, of_person=bool(found["what"]))
    if (found := _AND.match(plain)) and not _verb_in(plain):
        return _same_about(found["topic"], before, speech, of_person=True)
    resolved = _resolve(_LEAD.sub("", plain), before, speech)
    mine = parse_quote_intent(resolved)
    if mine and not mine.topic and speech and speech.topic:
        return f"{resolved.rstrip(' ?.!')} about {_topic_words(before, speech)}?"
    if len(content_terms(resolved)) < FEWEST_TERMS and not mine and resolved == _LEAD.sub("", plain):
        return f"{resolved} ({', '.join(_names(before)) or before})"
    return _capitalised(resolved)


def _same_about(topic: str, before: str, speech: QuoteIntent | None, *, of_person: bool) -> str:
    """`And about Russia?` asks the question before about something else, `what about Trump?` perhaps about somebody."""
    if speech and of_person and _is_person(topic, before, speech):
        return re.sub(re.escape(speech.name), lambda _: topic, before, flags=re.IGNORECASE)
    if speech:
        return f"What did {speech.name} say about {topic}?"
    names = _names(before)
    if names and _NAME.fullmatch(topic):
        return before.replace(names[-1], topic)
    return f"{before.rstrip(' ?.!')}: {topic}?"


def _is_person(topic: str, before: str, speech: QuoteIntent) -> bool:
    """A name takes the speaker's place where the topic so far was no name itself: then it more likely takes that."""
    return bool(speech.topic) and bool(_NAME.fullmatch(topic)) and not _NAME.match(_topic_words(before, speech))


def _resolve(question: str, before: str, speech: QuoteIntent | None) -> str:
    """Put the last person named in the place of `he`, what was talked about in the place of `it`."""
    own = _names(question)
    names = _names(before)
    person = speech.name if speech else (names[-1] if names else "")
    if person and not own:
        owned = _OWNER.sub(lambda _: f"{person}’s", question, count=1)
        question = owned if owned != question else _PERSON.sub(lambda _: person, question, count=1)
    if own or not _THING.search(question):
        return question
    if speech and parse_quote_intent(question):
        about = f"about {_topic_words(before, speech)}" if speech.topic else ""
        kept = _ABOUT_THING.sub("", question).rstrip(" ?.!")
        return " ".join(f"{kept} {about}".split()) + "?"
    topic = _topic_words(before, speech) if speech and speech.topic else ", ".join(names)
    return f"{question} ({topic})" if topic and topic not in question else question


def _topic_words(before: str, speech: QuoteIntent | None) -> str:
    found = re.search(r"\b(?:about|on|regarding|of|to)\s+(?P<topic>[^?]+)", before)
    return found["topic"].strip() if found and speech else before.rstrip(" ?.!")


def _names(question: str) -> list[str]:
    return [name for name in _NAME.findall(question) if name.split()[0].lower() not in _QUESTION_WORDS]


def _verb_in(question: str) -> bool:
    return any(word in _QUESTION_WORDS for word in question.lower().split())


def _capitalised(question: str) -> str:
    return question[:1].upper() + question[1:]
