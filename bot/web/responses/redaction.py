"""What may leave the server: addresses on the web, no files, no paths, nothing that only its operator should read."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bot.answering.messages import Answer, Citation, Sentence
from bot.service.conversation import AnswerEvent, AnswerTrace
from bot.web.auth.conversation_ids import public
from retrieval.documents import Copy
from retrieval.text.sentences import sentence_spans

T = TypeVar("T", bound=AnswerEvent)

# A path, an address, a file or the name of a setting: then the sentence is for the operator.
_INWARD = re.compile(r"[/\\]|\.onnx\b|\b[A-Z]+_[A-Z_]+\b|'onrecord ")


def on_the_web(url: str) -> str:
    """The URL, empty where it leads to a file of this machine."""
    return url if url.startswith(("http://", "https://")) else ""


def redact(event: T) -> T:
    """What happens, as readers may see it."""
    if isinstance(event, AnswerTrace):
        return replace(event, answer=_answer(event.answer))
    if isinstance(event, Sentence):
        return replace(event, citations=_citations(event.citations))
    return event


def _answer(answer: Answer) -> Answer:
    return replace(
        answer,
        conversation_id=public(answer.conversation_id),
        citations=_citations(answer.citations),
        nearest=_citations(answer.nearest),
        notes=tuple(note for note in map(_note, answer.notes) if note),
    )


def _citations(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(map(_citation, citations))


def _citation(one: Citation) -> Citation:
    return replace(one, url=on_the_web(one.url), deep_link=on_the_web(one.deep_link), copies=elsewhere(one.copies))


def elsewhere(copies: Sequence[Copy]) -> tuple[Copy, ...]:
    """Where else an article stands, without the files of this machine."""
    return tuple(replace(copy, url=on_the_web(copy.url)) for copy in copies)


def _note(note: str) -> str:
    said = (note[start:end] for start, end in sentence_spans(note))
    return " ".join(sentence for sentence in said if not _INWARD.search(sentence))
