"""Redaction of answers before they leave the server: no local files or paths, and no notes meant for its operator."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bot.answering.messages import Answer, Citation, Sentence
from bot.service.turns.turn import AnswerEvent, AnswerTrace
from bot.web.auth.conversation_ids import public_id
from retrieval.documents import Copy
from retrieval.text.sentences import sentence_spans

T = TypeVar("T", bound=AnswerEvent)

# A sentence with a path, an address, a file or the name of a setting is meant for the operator.
_INTERNAL = re.compile(r"[/\\]|\.onnx\b|\b[A-Z]+_[A-Z_]+\b|'onrecord ")


def web_url(url: str) -> str:
    """The URL, empty when it is not on the web but a file of this machine."""
    return url if url.startswith(("http://", "https://")) else ""


def redact(event: T) -> T:
    """The event without what only the operator may see."""
    if isinstance(event, AnswerTrace):
        return replace(event, answer=_redact_answer(event.answer))
    if isinstance(event, Sentence):
        return replace(event, citations=_redact_citations(event.citations))
    return event


def _redact_answer(answer: Answer) -> Answer:
    return replace(
        answer,
        conversation_id=public_id(answer.conversation_id),
        citations=_redact_citations(answer.citations),
        nearest=_redact_citations(answer.nearest),
        notes=tuple(note for note in map(_redact_note, answer.notes) if note),
    )


def _redact_citations(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(map(_redact_citation, citations))


def _redact_citation(citation: Citation) -> Citation:
    return replace(
        citation,
        url=web_url(citation.url),
        deep_link=web_url(citation.deep_link),
        copies=redact_copies(citation.copies),
    )


def redact_copies(copies: Sequence[Copy]) -> tuple[Copy, ...]:
    """The other places of an article, without the files of this machine."""
    return tuple(replace(copy, url=web_url(copy.url)) for copy in copies)


def _redact_note(note: str) -> str:
    sentences = (note[start:end] for start, end in sentence_spans(note))
    return " ".join(sentence for sentence in sentences if not _INTERNAL.search(sentence))
