"""Measure the overhead of our code per streamed answer over a client that only reads the stream."""

import re
import time
from pathlib import Path

import httpx

from bench.clock import percentile
from bench.scripted_model import bare_client_times, scripted_model, set_script
from bot.answering.extraction.sentence_claims import extract_claims
from bot.answering.generation.parsing.sentence_stream import SentenceStream
from bot.answering.generation.passage_prompt import select_passages
from bot.answering.generation.writer import Writer
from bot.answering.reading.passage_reading import read_question
from bot.models.chat_model import ChatModel
from bot.models.token_ledger import TokenLedger
from prompts import Prompts
from retrieval.index.store import Store
from retrieval.models.endpoints.address import parse_address
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.search.hybrid_search import Search, SearchResult

PAUSE = 0.02  # seconds from word to word: a quick model
SENTENCES = 3
REPORTED = "As the articles put it, "  # before each sentence, so that it is no copy and the judge reads it

Figures = dict[str, tuple[float, str]]
"""Name to value and unit."""


def streaming(store: Store, questions: list[str], folder: Path) -> Figures:
    """Measure the time to the first verified sentence and to the end, minus the bare client's."""
    search = Search(store)
    first, total, shown = list[float](), list[float](), 0
    with scripted_model() as url, httpx.Client() as client:
        writer = bench_writer(url, folder)
        for question in questions:
            found = search(question)
            words = re.findall(r"\S+\s*", true_answer(question, found, store))
            set_script(url, words, PAUSE)
            bare_client_times(client, url)  # the connection is open from here on, as ours is
            bare = bare_client_times(client, url)
            ours, sentences = _sentence_times(writer, question, found, store)
            if not sentences:
                continue
            first.append((ours[0] - bare[words_until_complete(words)]) * 1000)
            total.append((ours[-1] - bare[-1]) / bare[-1] * 100)
            shown += sentences
    name = f"streamed answer of {len(first)}"
    return {
        f"{name}, overhead to the first sentence, p50": (percentile(first, 0.5), "ms"),
        f"{name}, overhead to the first sentence, p95": (percentile(first, 0.95), "ms"),
        f"{name}, overhead of the whole, p50": (percentile(total, 0.5), "%"),
        f"{name}, overhead of the whole, p95": (percentile(total, 0.95), "%"),
        f"{name}, sentences shown": (shown, ""),
    }


def bench_writer(url: str, folder: Path) -> Writer:
    model = ChatModel(endpoint=Endpoint(parse_address(url, "none")), model="bench")
    breaker = CircuitBreaker(failures=3, cool_down=30)
    return Writer(model, "bench", Prompts(), 20.0, breaker, TokenLedger(folder / "spent.db"), 4096)


def true_answer(question: str, found: SearchResult, store: Store) -> str:
    """Sentences of the articles as a model would cite them, each told as a report."""
    passages = select_passages(found)
    said = []
    for claim in extract_claims(read_question(question, found, store.catalog)):
        article, (start, end) = claim.support[0]
        for number, hit in enumerate(passages, 1):
            if hit.passage.article == article and hit.passage.start <= start and end <= hit.passage.end:
                said.append(f"{REPORTED}{claim.text} [{number}]")
                break
    return " ".join(said[:SENTENCES])


def _sentence_times(writer: Writer, question: str, found: SearchResult, store: Store) -> tuple[list[float], int]:
    """Seconds until each sentence and until the end."""
    times = list[float]()
    started = time.perf_counter()
    for _ in writer.write(question, found, store.catalog, writer.start()):
        times.append(time.perf_counter() - started)
    return [*times, time.perf_counter() - started], len(times)


def words_until_complete(words: list[str]) -> int:
    """The index of the word with which the first sentence and its markers are complete."""
    sentences = SentenceStream()
    for at, word in enumerate(words):
        if sentences.feed(word):
            return at
    return len(words)
