"""Claims written over news articles; the file holds no text of the articles but where it is."""

import random
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from bot.answering.verification.evidence import evidence_context
from evals.data import Row, rows
from evals.judge.compound_claims import compound_rows
from evals.judge.examples import JudgeExample
from retrieval.documents import Quote
from retrieval.quotes.extraction import extract_quotes
from retrieval.text.sentences import Span, sentence_spans

CLAIMS = Path(__file__).parent / "news_claims.jsonl.gz"
HELD_OUT = 8  # the slice that is not trained on
PASSAGE = 800  # characters, about what the index cuts articles into
LONGEST_PASSAGE = 1_500  # of the evidence of a claim of two facts, which may come from two passages
MOVED = 0.08  # share of the supported claims that are also given a passage that does not hold their evidence
SEED = 5


def news_claim_examples(data: Path) -> Iterator[JudgeExample]:
    """Each claim with its sentences, and again with the passage around them; some with another passage instead."""
    articles = {row["id"]: row for row in rows(data / "news/articles.jsonl.gz")}
    chance = random.Random(SEED)

    @cache
    def read(key: str) -> tuple[list[Span], list[Quote]]:
        text = articles[key]["text"]
        return sentence_spans(text), extract_quotes(text)

    claims = sorted(rows(CLAIMS), key=itemgetter("article"))
    for row in claims:
        article, (sentences, quotes) = articles[row["article"]], read(row["article"])
        spans = [(start, end) for start, end in row["spans"]]
        around = _around(spans, sentences, chance)
        yield _example("news", row, article, spans, quotes)
        yield _example("news_passage", row, article, around, quotes)
        if row["label"] == "supported" and chance.random() < MOVED and (elsewhere := _away(around, sentences, chance)):
            yield _example("news_moved", row | {"label": "absent"}, article, elsewhere, quotes)
    for key, found in groupby(claims, itemgetter("article")):
        sentences, quotes = read(key)
        for row in compound_rows(list(found)):
            around = _widened(row, sentences, chance)
            yield _example("news_compound", row, articles[key], around, quotes)


def _widened(row: Row, sentences: list[Span], chance: random.Random) -> list[Span]:
    """The sentences around each span of a claim of two facts, but none of those that it is not given."""
    spans = [(start, end) for start, end in row["spans"]]
    most = chance.randint(PASSAGE // 4, LONGEST_PASSAGE) // len(spans)
    around = (one for span in spans for one in _around([span], sentences, chance, most))
    kept = {one for one in around if not any(start < one[1] and one[0] < end for start, end in row["wanted"])}
    return sorted(kept) or spans


def _example(source: str, row: Row, article: Row, spans: list[Span], quotes: list[Quote]) -> JudgeExample:
    text = article["text"]
    evidence = " ".join(" ".join(text[start:end] for start, end in spans).split())
    speakers = [one.speaker for one in quotes if any(one.start < end and start < one.end for start, end in spans)]
    context = evidence_context(article["title"], article.get("date") or "", speakers)
    return JudgeExample(source, row["claim"], context, evidence, row["label"], row["slice"], row["error"])


def _around(spans: list[Span], sentences: list[Span], chance: random.Random, most: int = PASSAGE) -> list[Span]:
    """The evidence and its neighbouring sentences, up to about `most` characters together."""
    within = [at for at, one in enumerate(sentences) if any(a < one[1] and one[0] < b for a, b in spans)]
    if not within:
        return spans
    first, last = within[0], within[-1]
    if sentences[last][1] - sentences[first][0] > most:
        return spans
    while (first or last + 1 < len(sentences)) and sentences[last][1] - sentences[first][0] < most:
        if last + 1 == len(sentences) or (first and chance.random() < 0.5):
            first -= 1
        else:
            last += 1
    return sentences[first : last + 1]


def _away(spans: list[Span], sentences: list[Span], chance: random.Random) -> list[Span]:
    """As many sentences of the article that do not touch the spans; none where it has too few."""
    outside = [one for one in sentences if one[1] <= spans[0][0] or spans[-1][1] <= one[0]]
    if len(outside) < len(spans):
        return []
    first = chance.randrange(len(outside) - len(spans) + 1)
    return outside[first : first + len(spans)]
