"""The one service every surface calls: a question in, a cited answer out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from bot.answer import compose, decline, decline_speaker
from bot.condense import condense
from bot.extract import extract
from bot.gate import ENOUGH, evidence, unmentioned
from bot.history import History
from bot.messages import Answer, Claim, Turn
from bot.remarks import asks_only_for_words, own_words
from bot.write import Outcome, Writer
from bot.write import standalone as rewritten
from retrieval import backlog
from retrieval.errors import ModelError, UsageError
from retrieval.filters import Filters
from retrieval.search import DEFAULT_HITS, Found, Search
from retrieval.store import Store

LONGEST_QUESTION = 2_000  # characters
SPOKEN = 0.75  # the evidence that somebody's own words on the topic are


@dataclass(frozen=True, slots=True)
class Asking:
    """One question being answered: what was understood and found, for those who want to look behind the answer."""

    answer: Answer
    found: Found


class Conversation:
    """Answers questions over one store; safe to share between threads.

    `writer` makes what writes answers, at the first question: what needs no answers needs no model either.
    """

    def __init__(
        self, store: Store, search: Search, history: History, writer: Callable[[], Writer | None] = lambda: None
    ) -> None:
        self._store, self._search, self._history, self._make_writer = store, search, history, writer

    @cached_property
    def _writer(self) -> Writer | None:
        return self._make_writer()

    def ask(
        self,
        question: str,
        conversation: str = "",
        *,
        filters: Filters | None = None,
        k: int = DEFAULT_HITS,
        today: date | None = None,
    ) -> Answer:
        """The answer; a conversation's id makes follow-ups understood and the turn remembered.

        `today` is the day that `this week` is counted from. Raises UsageError.
        """
        return self.look(question, conversation, filters=filters, k=k, today=today).answer

    def look(
        self,
        question: str,
        conversation: str = "",
        *,
        filters: Filters | None = None,
        k: int = DEFAULT_HITS,
        today: date | None = None,
    ) -> Asking:
        """Like `ask`, with what the answer was made from."""
        started = time.perf_counter()
        question = checked(question)
        turns = self._turns(conversation)
        standalone = rewritten(self._writer, question, turns) if self._writer else condense(question, turns)
        found = self._search(standalone, k, filters=filters, today=today)
        searched = time.perf_counter()
        answer = self._answer(question, standalone, found)
        timings = {
            "search": round((searched - started) * 1000, 1),
            "answer": round((time.perf_counter() - searched) * 1000, 1),
            "total": round((time.perf_counter() - started) * 1000, 1),
        }
        answer = replace(answer, conversation_id=conversation, timings_ms=timings)
        if conversation:
            self._history.remember(conversation, answer)
        return Asking(answer, found)

    def forget(self, conversation: str) -> None:
        """Delete what was said."""
        self._history.forget(conversation)

    def _answer(self, question: str, standalone: str, found: Found) -> Answer:
        catalog = self._store.catalog
        # Counting what is owed reads a small index, the share reads every passage: only when there is something to say.
        share = backlog.share(catalog) if backlog.count_owed(catalog, "vectors") else None
        all_embedded = not found.without_vectors and (share is None or share.vectors >= share.passages)
        weight = evidence(standalone, found.asked, found.hits, all_embedded=all_embedded)
        claims = own_words(found, catalog)
        weight = max(weight, SPOKEN) if claims else weight
        if not claims and asks_only_for_words(found):
            answer = decline_speaker(question, standalone, found, catalog)
        elif claims or weight >= ENOUGH:
            answer = self._affirm(question, standalone, found, claims)
        else:
            answer = decline(question, standalone, found.hits, catalog)
        return replace(
            answer,
            evidence=round(weight, 3),
            indexed_at=catalog.last_run(),
            notes=(*answer.notes, *_notes(found, share)),
        )

    def _affirm(self, question: str, standalone: str, found: Found, claims: list[Claim]) -> Answer:
        """A speaker's own words as they are, else the model's answer where it holds, else the articles' sentences."""
        catalog = self._store.catalog
        outcome, note = (Outcome(), ()) if claims else self._written(standalone, found)
        if outcome.declined:
            return replace(decline(question, standalone, found.hits, catalog), answered_by=self._by)
        by = self._by if outcome.claims else "extract"
        claims = outcome.claims or claims or extract(standalone, found.asked, found.hits, catalog)
        if not claims:
            return decline(question, standalone, found.hits, catalog)
        missing = () if found.match.misspelt else unmentioned(standalone, found.asked)
        answer = compose(question, standalone, claims, catalog, missing)
        return replace(answer, answered_by=by, dropped=outcome.dropped, notes=(*answer.notes, *note))

    @property
    def _by(self) -> str:
        return self._writer.name if self._writer else "extract"

    def _written(self, standalone: str, found: Found) -> tuple[Outcome, tuple[str, ...]]:
        if not self._writer:
            return Outcome(), ()
        try:
            outcome = self._writer.write(standalone, found, self._store.catalog)
        except ModelError as exc:
            return Outcome(), (f"{exc} These are the articles' own sentences.",)
        if outcome.claims or outcome.declined:
            return outcome, ()
        return outcome, ("Nothing the model wrote could be verified; these are the articles' own sentences.",)

    def _turns(self, conversation: str) -> Sequence[Turn]:
        return self._history.turns(conversation) if conversation else ()


def _notes(found: Found, share: backlog.Share | None) -> tuple[str, ...]:
    if found.match.misspelt and found.match.voices and found.asked.speech:
        return (f"Nobody called {found.asked.speech.name} is quoted; taken to mean {found.match.voices[0].name}.",)
    if found.without_vectors:
        return (f"Searched by words alone. {found.without_vectors}",)
    if share and share.vectors < share.passages:
        return (f"{share.vectors_percent} % of the passages are embedded so far; the rest is searched by words alone.",)
    return ()


def checked(question: str) -> str:
    """The question on one line. Raises UsageError when there is none or too much of one."""
    text = " ".join(question.split())
    if not text:
        raise UsageError("The question is empty; ask something like 'What did Rubio say about concessions?'.")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(f"The question has {len(text)} characters; at most {LONGEST_QUESTION} are read.")
    return text
