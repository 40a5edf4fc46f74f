"""A question to the passages that may answer it: Chroma and tantivy side by side, fused, filtered, copies once."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

from retrieval import backlog
from retrieval.copies import once
from retrieval.dates import asked_days, asks_latest
from retrieval.documents import Hit
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.filters import Filters
from retrieval.rank import Asked, phrases, rank, text_score
from retrieval.speech import asked_speech, spoken_by
from retrieval.store import Store
from retrieval.terms import content_terms

DEFAULT_HITS = 10
CANDIDATES = 40  # of each index; 60 and 100 ranked no better on evals `news` and `quotes`
# Chroma's `where` grows with the index; up to this many passages their ids are given instead, beyond it hits are
# fetched in excess and checked.
MOST_NAMED = 5_000
EXCESS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """The hits for one question, best first, and how the question was understood."""

    hits: tuple[Hit, ...]
    asked: Asked
    without_vectors: str = ""  # why, when words alone were searched


class Search:
    """Searches one store; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="dense")

    def close(self) -> None:
        """Stop the threads; the store stays open."""
        self._pool.shutdown(cancel_futures=True)

    def warm(self) -> None:
        """Start loading what the first question needs, without waiting for it."""
        self._pool.submit(lambda: self._store.vectors)

    def __call__(
        self, question: str, k: int = DEFAULT_HITS, *, filters: Filters | None = None, today: date | None = None
    ) -> Found:
        """The `k` best passages, near-duplicates counted once."""
        limits = filters or Filters()
        asked = self._ask(question, limits.speaker, today or date.today())
        articles = self._store.catalog.matching(limits) if limits.limit_articles else None
        if articles == []:
            return Found((), asked)
        dense = self._pool.submit(self._dense, question, articles)
        words = dict(self._store.words.search(asked.terms, CANDIDATES, articles))
        candidates = self._store.catalog.hits(list(words))
        texts = {key: text_score(asked, hit) for key, hit in candidates.items()}  # while the other index is searched
        try:
            near, trouble = dict(dense.result()), ""
        except (EmbeddingUnavailable, IndexUnavailable) as exc:
            near, trouble = {}, str(exc)
        others = self._store.catalog.hits([key for key in near if key not in words])
        candidates |= others
        texts |= {key: text_score(asked, hit) for key, hit in others.items()}
        scored = [replace(hit, words=words.get(key, 0.0), dense=near.get(key, 0.0)) for key, hit in candidates.items()]
        return Found(tuple(once(rank(asked, scored, texts), k)), asked, trouble)

    def _ask(self, question: str, speaker: str, today: date) -> Asked:
        speech = spoken_by(speaker, question) if speaker else asked_speech(question)
        terms = list(dict.fromkeys([*content_terms(question), *(speech.speaker if speech else ())]))
        frequencies, total = self._store.words.document_frequencies(terms)
        weight = {term: math.log(1 + (total - df + 0.5) / (df + 0.5)) for term, df in frequencies.items()}
        since, until = asked_days(question, today)
        unknown = frozenset(term for term, df in frequencies.items() if df == 0)
        return Asked(
            tuple(terms), phrases(question), weight, speech, since, until, asks_latest(question), unknown, total
        )

    def _dense(self, question: str, articles: Sequence[str] | None) -> list[tuple[str, float]]:
        catalog, vectors = self._store.catalog, self._store.vectors
        generation = backlog.generation(catalog)
        vector = vectors.embed(question)
        if articles is None:
            return vectors.search(vector, CANDIDATES, generation=generation)
        passages = catalog.passages_of(articles, embedded=True)
        if len(passages) <= MOST_NAMED:
            return vectors.search(vector, CANDIDATES, generation=generation, among=passages)
        allowed = set(passages)
        found = vectors.search(vector, CANDIDATES * EXCESS, generation=generation)
        return [hit for hit in found if hit[0] in allowed][:CANDIDATES]
