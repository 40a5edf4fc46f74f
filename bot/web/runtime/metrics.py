"""The Prometheus metrics of /metrics: counts and times of questions, nothing about who asked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.answering.messages import Answer
from bot.service.thread_pool import BoundedThreadPool
from bot.service.turns.turn import AnswerEvent, AnswerTrace
from bot.web.runtime.index_status import IndexStatus
from bot.web.schemas.error_responses import to_api_error
from retrieval.errors import Busy, Cancelled

Surface = Literal["ask", "events", "completions"]
LATENCY_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """All metrics, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        counter = partial(Counter, namespace="onrecord", registry=registry)
        gauge = partial(Gauge, namespace="onrecord", registry=registry)
        self._questions = counter("questions", "Questions by outcome.", ["surface", "status"])
        self._answered = counter("answers", "Answers by the model or method that wrote them.", ["answered_by"])
        self._dropped = counter(
            "dropped_sentences", "Sentences of the model that verification dropped, by reason.", ["reason"]
        )
        self._tokens = counter("tokens", "Tokens that models read and wrote, by kind.", ["kind"])
        self._unstored = counter("unstored_turns", "Answers that were given but could not be stored.")
        self._rejected = counter("rejected", "Questions refused because too many were waiting.", ["surface"])
        self._seconds = Histogram(
            "onrecord_answer_seconds",
            "Seconds from the question to a stage of the answer.",
            ["stage"],
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self._under_way = gauge("answers_under_way", "Answers in progress.")
        self._waiting = gauge("answers_waiting", "Questions waiting for a free thread.")
        self._age = gauge("index_age_seconds", "Seconds since articles were last looked for.")
        self._articles = gauge("articles", "Articles in the index.")
        self._passages = gauge("passages", "Passages in the index.")
        self._source_age = gauge("source_age_seconds", "Seconds since a source was last read completely.", ["source"])
        self._source_stale = gauge("source_stale", "1 for a source that was last read too long ago.", ["source"])

    @contextmanager
    def count_question(self, surface: Surface) -> Iterator[Callable[[AnswerEvent], None]]:
        """Count one question by its outcome; yields a function that must be called with every event of the answer."""
        status = "left"  # the client left before there was an answer

        def count_event(event: AnswerEvent) -> None:
            nonlocal status
            if isinstance(event, AnswerTrace):
                status = event.answer.status
                self._count_answer(event.answer)

        try:
            yield count_event
        except Exception as exc:
            if isinstance(exc, Busy):
                self._rejected.labels(surface).inc()
                status = "rejected"
            elif not isinstance(exc, Cancelled):
                status = "refused" if to_api_error(exc).status < 500 else "failed"
            raise
        finally:
            self._questions.labels(surface, status).inc()

    def render(self, threads: BoundedThreadPool, index: IndexStatus | None) -> bytes:
        """The current values in Prometheus' text format."""
        self._under_way.set(threads.running)
        self._waiting.set(threads.waiting)
        if index:
            self._articles.set(index.articles)
            self._passages.set(index.passages)
        if index and index.indexed_at:
            self._age.set(time.time() - datetime.fromisoformat(index.indexed_at).timestamp())
        self._source_age.clear()  # forget sources that are no longer watched
        self._source_stale.clear()
        for source in index.sources if index else ():
            age = time.time() - datetime.fromisoformat(source.read_at).timestamp()
            self._source_age.labels(source.url).set(age)
            self._source_stale.labels(source.url).set(source.stale)
        return generate_latest(self._registry)

    def _count_answer(self, answer: Answer) -> None:
        self._answered.labels(answer.answered_by).inc()
        if answer.conversation_id and not answer.turn:
            self._unstored.inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._seconds.labels(stage).observe(milliseconds / 1000)
        for reason, count in answer.dropped.items():
            self._dropped.labels(reason).inc(count)
        for kind, count in answer.tokens.items():
            self._tokens.labels(kind).inc(count)
