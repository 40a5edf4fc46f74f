"""What /metrics tells: numbers about questions, none about who asked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.answering.messages import Answer
from bot.service.conversation import AnswerEvent, AnswerTrace
from bot.service.thread_pool import BoundedThreadPool
from bot.web.runtime.index_status import IndexStatus
from bot.web.schemas.error_responses import problem_of
from retrieval.errors import Busy, Cancelled

Surface = Literal["ask", "events", "completions"]
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Counters on a registry of their own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        counter = partial(Counter, namespace="onrecord", registry=registry)
        gauge = partial(Gauge, namespace="onrecord", registry=registry)
        self._questions = counter("questions", "Questions by how they ended.", ["surface", "status"])
        self._answered = counter("answers", "Answers by who wrote them.", ["answered_by"])
        self._dropped = counter("dropped_sentences", "Sentences that did not hold, by reason.", ["reason"])
        self._tokens = counter("tokens", "Tokens that models read and wrote.", ["kind"])
        self._rejected = counter("rejected", "Questions refused because too many waited.", ["surface"])
        self._seconds = Histogram(
            "onrecord_answer_seconds", "From the question to a stage.", ["stage"], buckets=SECONDS, registry=registry
        )
        self._under_way = gauge("answers_under_way", "Answers that are being made.")
        self._waiting = gauge("answers_waiting", "Questions that wait for their turn.")
        self._age = gauge("index_age_seconds", "Since articles were last looked for.")
        self._articles = gauge("articles", "Articles in the index.")
        self._passages = gauge("passages", "Passages in the index.")
        self._source_age = gauge("source_age_seconds", "Since a source was last read whole.", ["source"])
        self._source_stale = gauge("source_stale", "1 where that is too long ago.", ["source"])

    @contextmanager
    def counting(self, surface: Surface) -> Iterator[Callable[[AnswerEvent], None]]:
        """Count one question by how it ends; what is yielded wants to be told what happens."""
        status = "left"  # before there was an answer

        def told(event: AnswerEvent) -> None:
            nonlocal status
            if isinstance(event, AnswerTrace):
                status = event.answer.status
                self._count(event.answer)

        try:
            yield told
        except Exception as exc:
            if isinstance(exc, Busy):
                self._rejected.labels(surface).inc()
                status = "rejected"
            elif not isinstance(exc, Cancelled):
                status = "refused" if problem_of(exc).status < 500 else "failed"
            raise
        finally:
            self._questions.labels(surface, status).inc()

    def text(self, answering: BoundedThreadPool, standing: IndexStatus | None) -> bytes:
        """Everything in Prometheus' text format, as it is now."""
        self._under_way.set(answering.under_way)
        self._waiting.set(answering.waiting)
        if standing:
            self._articles.set(standing.articles)
            self._passages.set(standing.passages)
        if standing and standing.indexed_at:
            self._age.set(time.time() - datetime.fromisoformat(standing.indexed_at).timestamp())
        self._source_age.clear()  # what is no longer watched
        self._source_stale.clear()
        for source in standing.sources if standing else ():
            age = time.time() - datetime.fromisoformat(source.read_at).timestamp()
            self._source_age.labels(source.url).set(age)
            self._source_stale.labels(source.url).set(source.stale)
        return generate_latest(self._registry)

    def _count(self, answer: Answer) -> None:
        self._answered.labels(answer.answered_by).inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._seconds.labels(stage).observe(milliseconds / 1000)
        for reason, count in answer.dropped.items():
            self._dropped.labels(reason).inc(count)
        for kind, count in answer.tokens.items():
            self._tokens.labels(kind).inc(count)
