"""Answers that a model writes from numbered passages; only what was verified leaves this module."""

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, cast

from bot.condense import condense
from bot.draft import Sentences, Written
from bot.messages import Claim, Turn
from bot.phrases import is_refusal
from bot.render import day
from bot.verify import Dropped, verify
from prompts import Prompts
from retrieval.catalog import Catalog
from retrieval.circuit import CircuitBreaker
from retrieval.documents import Hit
from retrieval.errors import ModelError, ModelUnreachable
from retrieval.quotes import table
from retrieval.search import Found

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

PASSAGES = 8  # given to the model
SPEAKERS = 6  # quotes of a passage whose speakers are told
MOST_SENTENCES = 6
TURNS, LONGEST_TURN = 4, 400  # of the conversation that the model is told, characters of an answer
LONGEST_QUESTION = 300  # characters; a longer rewriting is no question
FENCE = "-----"
_FENCE_LIKE = re.compile(r"-{3,}")


@dataclass(slots=True)
class Outcome:
    """What became of one answer: the claims that hold, what was dropped by reason, whether the model declined."""

    claims: list[Claim] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Writer:
    """A model with its prompts and its time; `first_within` are the seconds until a first sentence holds."""

    model: "BaseChatModel"
    name: str
    prompts: Prompts
    first_within: float
    breaker: CircuitBreaker

    def write(self, question: str, found: Found, catalog: Catalog) -> Outcome:
        """The verified answer. Raises ModelError when the model cannot be asked or takes too long."""
        if not self.breaker.allows():
            raise ModelUnreachable("The model failed several times and is left alone for a while.")
        try:
            outcome = self._write(question, found, catalog)
        except ModelError:
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return outcome

    def _write(self, question: str, found: Found, catalog: Catalog) -> Outcome:
        passages = readable(found, catalog)
        prompt = self.prompts.fill("answer", question=question, passages=_numbered(passages, catalog))
        outcome, until = Outcome(), time.monotonic() + self.first_within
        for written in self._sentences(prompt):
            if is_refusal(written.text) and not outcome.claims:
                outcome.declined = True
                return outcome
            _judge(outcome, written, passages, question, catalog)
            if len(outcome.claims) == MOST_SENTENCES:
                return outcome
            if not outcome.claims and time.monotonic() > until:
                raise ModelUnreachable("The model wrote no sentence that holds in time.")
        return outcome

    def _sentences(self, prompt: str) -> Iterator[Written]:
        sentences, until, seen = Sentences(), time.monotonic() + self.first_within, list[Written]()
        for text in _in_time(self.model, prompt, lambda: None if seen else until - time.monotonic()):
            for written in sentences.feed(text):
                seen.append(written)
                yield written
        yield from sentences.end()


def _in_time(model: "BaseChatModel", prompt: str, left: Callable[[], float | None]) -> Iterator[str]:
    """The model's text piece by piece; `left` are the seconds that the next piece may take, None for any.

    A thread reads, because waiting for a server that says nothing cannot be ended otherwise. Raises ModelError.
    """
    pieces: Queue[str | BaseException | None] = Queue()
    over = Event()
    Thread(target=_read, args=(model, prompt, pieces, over), name="model", daemon=True).start()
    try:
        while True:
            seconds = left()
            try:
                piece = pieces.get(timeout=None if seconds is None else max(seconds, 0.0))
            except Empty:
                raise ModelUnreachable("The model wrote no sentence in time.") from None
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        over.set()


def _read(model: "BaseChatModel", prompt: str, pieces: "Queue[str | BaseException | None]", over: Event) -> None:
    try:
        with closing(cast("Generator[AIMessageChunk]", model.stream(prompt))) as chunks:
            for chunk in chunks:
                if over.is_set():
                    return
                pieces.put(chunk.content if isinstance(chunk.content, str) else str(chunk.text))
        pieces.put(None)
    except ModelError as exc:
        pieces.put(exc)
    except Exception as exc:  # other providers' models raise errors of their own
        pieces.put(ModelUnreachable(f"The model failed: {type(exc).__name__}."))


def standalone(writer: Writer, question: str, turns: Sequence[Turn]) -> str:
    """A follow-up as the model rewrites it, by rule where it cannot be asked; unchanged where it stands alone."""
    by_rule = condense(question, turns)
    if not turns or by_rule == question.strip() or not writer.breaker.allows():
        return by_rule
    said = "\n".join(f"Reader: {turn.question}\nAnswer: {turn.answer[:LONGEST_TURN]}" for turn in turns[-TURNS:])
    prompt = writer.prompts.fill("condense", turns=said, question=question)
    until = time.monotonic() + writer.first_within
    try:
        written = "".join(_in_time(writer.model, prompt, lambda: until - time.monotonic())).strip()
    except ModelError:
        writer.breaker.failed()
        return by_rule
    first = written.splitlines()[0].strip() if written else ""
    return first if first and len(first) <= LONGEST_QUESTION else by_rule


def readable(found: Found, catalog: Catalog) -> list[Hit]:
    """The passages the model reads: those of the words asked for first, then the best of the others."""
    places = catalog.passages_at((hit.article, hit.quote.start) for hit in found.remarks[:PASSAGES])
    said = catalog.hits(list(dict.fromkeys(places.values())))
    return list({hit.passage.id: hit for hit in (*said.values(), *found.hits)}.values())[:PASSAGES]


def _judge(outcome: Outcome, written: Written, passages: Sequence[Hit], question: str, catalog: Catalog) -> None:
    judged = verify(written, passages, question, lambda article: table.of_article(catalog.db, article))
    if isinstance(judged, Dropped):
        outcome.dropped[judged.reason] = outcome.dropped.get(judged.reason, 0) + 1
    elif all(judged.text != claim.text for claim in outcome.claims):
        outcome.claims.append(judged)


def _numbered(passages: Sequence[Hit], catalog: Catalog) -> str:
    """Passages as data: number, outlet, headline, day, who is quoted; fenced, so that no article ends its own fence."""
    return "\n\n".join(_fenced(number, hit, catalog) for number, hit in enumerate(passages, start=1))


def _fenced(number: int, hit: Hit, catalog: Catalog) -> str:
    passage = hit.passage
    quoted = {
        quote.quote.speaker: None
        for quote in table.of_article(catalog.db, passage.article)
        if passage.start <= quote.quote.start < passage.end and quote.quote.speaker and quote.quote.said
    }
    facts = [hit.outlet, hit.title, day(hit.published)]
    if quoted:
        facts.append(f"quotes {', '.join(list(quoted)[:SPEAKERS])}")
    head = f"[{number}] {'; '.join(fact for fact in facts if fact)}"
    return f"{_plain(head)}\n{FENCE}\n{_plain(passage.text)}\n{FENCE}"


def _plain(text: str) -> str:
    return _FENCE_LIKE.sub(" ", text)
