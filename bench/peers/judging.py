"""Judge search results by the same rules for all systems, from ids and texts alone."""

import math
from collections.abc import Sequence

from bench.peers.answering import Chunk, Row

TEN = 10
HALF = 0.5  # of a quotation must stand in a chunk in one piece


def article_rank(found: Sequence[Chunk], row: Row) -> int:
    """The rank of the first gold article among the first ten articles, 0 if it is not there."""
    articles = list(dict.fromkeys(article for article, _ in found))
    return next((place for place, article in enumerate(articles[:TEN], 1) if article in row["gold"]), 0)


def quote_rank(found: Sequence[Chunk], row: Row, texts: dict[str, str]) -> int:
    """The rank of the first chunk with at least half of a gold quotation, 0 if none of ten has it."""
    quotes = [(gold["article"], texts[gold["article"]][slice(*gold["span"])]) for gold in row["gold"]]
    for place, (article, text) in enumerate(found[:TEN], 1):
        if any(article == source and holds(text, quote) for source, quote in quotes):
            return place
    return 0


def holds(text: str, quote: str) -> bool:
    """Whether a text has half of a quotation in one piece, ignoring white space."""
    text, quote = " ".join(text.split()), " ".join(quote.split())
    half = math.ceil(HALF * len(quote))
    return any(quote[at : at + half] in text for at in range(len(quote) - half + 1))


def hit(ranks: Sequence[int], depth: int) -> float:
    """The share of questions with a right hit down to a depth."""
    return sum(0 < rank <= depth for rank in ranks) / len(ranks)


def mean_reciprocal(ranks: Sequence[int]) -> float:
    """MRR@10."""
    return sum(1 / rank for rank in ranks if rank) / len(ranks)
