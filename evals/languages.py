"""Measure other languages than English: questions in them over English articles, and articles in them.

`python -m evals.languages --data FOLDER` fits BAR and SLOPE of `bot.answering.reading.foreign_reading`.
"""

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from math import log
from pathlib import Path

import numpy as np

from bot.answering.reading.foreign_reading import nearest_statements, sentence_in_context
from bot.answering.reading.passage_reading import _candidates
from evals import asked
from evals.bm25 import MemoryBM25
from evals.data import Row, asked_articles, rows
from evals.logistic import fit_logistic
from evals.reader.examples import holds_gold, trigrams
from evals.systems import build
from evals.table import Line, mean
from retrieval.documents import Article
from retrieval.index.store import Store
from retrieval.index.vectors.e5 import MultilingualE5
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.search.hybrid_search import Search
from retrieval.text.terms import terms

XQUAD_LANGUAGES = ("de", "ru", "zh", "es", "ar")
UNSTEMMED = "xx"  # no language, so that nothing is stemmed
TOP = 10
FITTED_SLICES = tuple(range(1, 8))
RIDGE = 1e-3  # so little that a slope as steep as that of cosines is reached
LEAST = 0.2  # probability from which on a sentence is given
UNANSWERABLE = ("near", "false-premise")  # in English, which makes no difference to the model


def measure(data: Path, work: Path, slices: Sequence[int], limit: int) -> list[Line]:
    """Measure with the extra `multilingual`; `limit` is the number of questions a language, 0 for all."""
    model = MultilingualE5()
    lines = list[Line]()
    with build(work / "asked-multilingual", model, asked_articles(data)) as store:
        questions = [row for row in asked.asked_questions(data, slices) if row["kind"] == "language"]
        lines += asked.measure("asked, languages", questions, store, work / "language-answers.jsonl")[:1]
    passages = [row for row in rows(data / "reading/reading.jsonl.gz") if row["set"] == "xquad"]
    for language in XQUAD_LANGUAGES:
        lines += _xquad([row for row in passages if row["language"] == language], language, work, model, limit)
    return lines


def _xquad(questions: Sequence[Row], language: str, work: Path, model: EmbeddingModel, limit: int) -> list[Line]:
    """How often the passage of a question is the first found, one article a passage."""
    contexts = list(dict.fromkeys(row["context"] for row in questions))
    places = {context: f"{language}-{at}" for at, context in enumerate(contexts)}
    plain = MemoryBM25({key: text for text, key in places.items()}, partial(terms, language=UNSTEMMED))
    chosen = questions[:: max(1, len(questions) // limit)] if limit else questions
    with build(work / f"xquad-{language}", model, _articles(places)) as store:
        search = Search(store)
        found = [[hit.passage.article for hit in search(row["question"], TOP).hits] for row in chosen]
        search.close()
    gold = [places[row["context"]] for row in chosen]
    words = [plain.search(row["question"], TOP) for row in chosen]
    return [
        Line(f"xquad {language}", system, len(chosen), _hits(results, gold))
        for system, results in (("BM25, unstemmed", words), ("OnRecord, multilingual", found))
    ]


def _articles(places: dict[str, str]) -> Iterator[Article]:
    return (Article(key, f"xquad:{key}", "", "", text) for text, key in places.items())


def _hits(found: Sequence[Sequence[str]], gold: Sequence[str]) -> dict[str, float]:
    pairs = list(zip(found, gold, strict=True))
    return {f"hit@{k}": mean([right in keys[:k] for keys, right in pairs]) for k in (1, 5)}


def cosines_of_sentences(store: Store, search: Search, row: Row) -> list[tuple[float, bool]]:
    """For each sentence near a question: its cosine, and whether it holds a gold sentence."""
    candidates = _candidates(search(row["question"]), store.catalog)
    sentences = nearest_statements([(one.hit, one.article, one.sentences) for one in candidates])
    cosines = store.cosines(row["question"], [sentence_in_context(*sentence) for sentence in sentences])
    gold = [trigrams(item["text"]) for item in row.get("sentences") or [] if row["answerable"]]
    return [
        (cosine, holds_gold(article.text[slice(*span)], gold))
        for (_, article, span), cosine in zip(sentences, cosines, strict=True)
    ]


def main() -> None:
    """Fit, on the nearest sentence to each question, how likely it answers by its cosine."""
    parser = argparse.ArgumentParser(prog="python -m evals.languages", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    options = parser.parse_args()
    every = asked.asked_questions(options.data, FITTED_SLICES)
    questions = [row for row in every if row["kind"] == "language"]
    questions += [row for row in every if row["kind"] in UNANSWERABLE][:: max(1, len(every) // 60)]
    with build(options.work / "asked-multilingual", MultilingualE5(), asked_articles(options.data)) as store:
        search = Search(store)
        read = [cosines_of_sentences(store, search, row) for row in questions]
        search.close()
    best = [max(sentences) for sentences in read if sentences]
    intercept, slope = fit_logistic(
        np.array([[one[0]] for one in best]), np.array([one[1] for one in best]), ridge=RIDGE
    )
    bar = (log(LEAST / (1 - LEAST)) - intercept) / slope
    print(f"{len(best)} questions, {mean([one[1] for one in best]):.3f} right; BAR {bar:.3f}, SLOPE {slope:.1f}")


if __name__ == "__main__":
    main()
