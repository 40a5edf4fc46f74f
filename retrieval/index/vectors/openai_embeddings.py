"""Embeddings from an OpenAI-compatible endpoint."""

import json
from base64 import b64decode
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from retrieval.errors import EmbeddingUnavailable, ModelError
from retrieval.index.vectors.minilm import EmbeddingModel, VectorArray
from retrieval.models.endpoints.address import Address
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.models.endpoints.endpoint_errors import not_json_error, payload_error
from retrieval.models.endpoints.event_loop import shared_loop_thread
from retrieval.models.endpoints.retry import Deadline, RetryPolicy

EMBEDDINGS_PATH = "/embeddings"
BATCH_SIZE = 64  # texts per request
BATCH_SECONDS = 60.0  # per batch, retries included
START_SECONDS = 20.0  # for the first request, in which a server may have to load the model
QUESTION_SECONDS, QUESTION_ATTEMPTS = 8.0, 2  # a user waits; after that time BM25 alone answers
PROBE_TEXT = "What was said, and where?"  # embedded at the start to learn the number of dimensions


class EndpointEmbeddings(EmbeddingModel):
    """A model behind an endpoint; `name` combines model and dimensions, which a request in the constructor determines.

    No requests are made while `breaker` is open. Raises EmbeddingUnavailable, in the constructor too.
    """

    def __init__(
        self, endpoint: Endpoint, model: str, *, breaker: CircuitBreaker, seconds: float = BATCH_SECONDS
    ) -> None:
        self._endpoint, self._model, self._breaker, self._seconds = endpoint, model, breaker, seconds
        self._dimensions = self._embed([PROBE_TEXT], endpoint.retry, START_SECONDS).shape[1]
        self.name = f"{model}-{self._dimensions}"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors in the order of `texts`."""
        vectors: list[list[float]] = []
        for first in range(0, len(texts), BATCH_SIZE):
            vectors.extend(self._embed_checked(texts[first : first + BATCH_SIZE], self._endpoint.retry, self._seconds))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question."""
        return self._embed_checked([text], replace(self._endpoint.retry, attempts=QUESTION_ATTEMPTS), QUESTION_SECONDS)[
            0
        ]

    def _embed_checked(self, texts: Sequence[str], retry: RetryPolicy, seconds: float) -> list[list[float]]:
        vectors = self._embed(texts, retry, seconds)
        if vectors.shape[1] != self._dimensions:
            raise EmbeddingUnavailable(
                f"{self._endpoint.address} gives vectors of {vectors.shape[1]} dimensions where it gave "
                f"{self._dimensions}; 'onrecord reindex' embeds everything anew."
            )
        rows: list[list[float]] = vectors.tolist()
        return rows

    def _embed(self, texts: Sequence[str], retry: RetryPolicy, seconds: float) -> VectorArray:
        if not self._breaker.allow_request():
            raise EmbeddingUnavailable(f"{self._endpoint.address} failed a moment ago and is left alone for a while.")
        try:
            vectors = shared_loop_thread().run(self._request(texts, retry, min(seconds, self._seconds)))
        except ModelError as exc:
            if exc.retryable:
                self._breaker.record_failure()
            else:
                self._breaker.record_success()  # it does answer, even if it refuses
            raise EmbeddingUnavailable(str(exc)) from exc
        self._breaker.record_success()
        return vectors

    async def _request(self, texts: Sequence[str], retry: RetryPolicy, seconds: float) -> VectorArray:
        deadline = Deadline(seconds)
        attempts = retry.run(lambda: self._attempt(texts, deadline), deadline)
        (vectors,) = [found async for found in attempts]
        return vectors

    async def _attempt(self, texts: Sequence[str], deadline: Deadline) -> AsyncGenerator[VectorArray, None]:
        # base64 takes a third of the bytes of decimal numbers, and OpenAI's own client requests it.
        body = {"model": self._model, "input": list(texts), "encoding_format": "base64"}
        content = b"".join([part async for part in self._endpoint.post(EMBEDDINGS_PATH, body, deadline)])
        yield _parse_vectors(self._endpoint.address, content, len(texts))


def _parse_vectors(address: Address, content: bytes, count: int) -> VectorArray:
    """Parse the vectors of an answer, in the order of the request, as an array of shape (count, dimensions)."""
    try:
        payload = json.loads(content)
    except ValueError as exc:
        raise not_json_error(address, content) from exc
    if not isinstance(payload, dict) or not isinstance(payload.get("data"), list):
        raise payload_error(address, payload if isinstance(payload, dict) else {}, path=EMBEDDINGS_PATH)
    try:
        rows = sorted(enumerate(payload["data"]), key=lambda row: row[1].get("index", row[0]))
        vectors = np.stack([_vector(row["embedding"]) for _, row in rows])
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise _unusable_vectors(address, "that cannot be read") from exc
    if vectors.ndim != 2 or not vectors.size:
        raise _unusable_vectors(address, "that cannot be read")
    if len(vectors) != count:
        raise _unusable_vectors(address, f"for {len(vectors)} of {count} texts")
    if not np.isfinite(vectors).all():
        raise _unusable_vectors(address, "that are not numbers throughout")
    return vectors


def _vector(embedding: Any) -> VectorArray:
    if isinstance(embedding, str):
        return np.frombuffer(b64decode(embedding), dtype="<f4")
    return np.asarray(embedding, dtype=np.float32)


def _unusable_vectors(address: Address, what: str) -> EmbeddingUnavailable:
    return EmbeddingUnavailable(f"{address} gives vectors {what}; correct {address.setting_names.model}.")
