"""Passages as a model reads them: numbered, with what is known of them, fenced, as many as fit."""

import re
from collections.abc import Sequence

from bot.answering.verification.evidence import Quotes
from bot.formatting import day
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.search.hybrid_search import SearchResult

MOST = 8  # passages given to a model
SPEAKERS = 6  # quotes of a passage whose speakers are told
FENCE = "-----"
ASCII, OTHER = 3.5, 1.5  # characters a token, at the least: English, and what most tokenizers cut smaller
_FENCE_LIKE = re.compile(r"-{3,}")
_WRAPPED = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?=[^\s\d*•–#>|-])")  # small models end a sentence where a line ends


def readable(found: SearchResult, catalog: CatalogReader, most: int = MOST) -> list[Hit]:
    """The passages a model reads: those of the words asked for first, then the best of the others."""
    places = catalog.passages_at((hit.article, hit.quote.start) for hit in found.remarks[:most])
    said = catalog.hits(list(dict.fromkeys(places.values())))
    return list({hit.passage.id: hit for hit in (*said.values(), *found.hits)}.values())[:most]


def fitting(passages: Sequence[str], tokens: int) -> list[str]:
    """As many of them, best first, as need no more tokens by estimate; the first one always."""
    kept, spent = list[str](), 0
    for text in passages:
        spent += estimated_tokens(text)
        if kept and spent > tokens:
            break
        kept.append(text)
    return kept


def numbered(passages: Sequence[Hit], quotes: Quotes) -> list[str]:
    """Each as data: number, outlet, headline, day, who is quoted; fenced, so that no article ends its own fence."""
    return [_fenced(number, hit, quotes) for number, hit in enumerate(passages, start=1)]


def estimated_tokens(text: str) -> int:
    """How many tokens a text takes, rather too many than too few."""
    narrow = sum(char.isascii() for char in text)
    return round(narrow / ASCII + (len(text) - narrow) / OTHER)


def _fenced(number: int, hit: Hit, quotes: Quotes) -> str:
    passage = hit.passage
    quoted = {
        quote.quote.speaker: None
        for quote in quotes(passage.article)
        if passage.start <= quote.quote.start < passage.end and quote.quote.speaker and quote.quote.said
    }
    facts = [hit.outlet, hit.title, day(hit.published)]
    if quoted:
        facts.append(f"quotes {', '.join(list(quoted)[:SPEAKERS])}")
    head = f"[{number}] {'; '.join(fact for fact in facts if fact)}"
    return f"{_plain(head)}\n{FENCE}\n{_WRAPPED.sub(' ', _plain(passage.text))}\n{FENCE}"


def _plain(text: str) -> str:
    return _FENCE_LIKE.sub(" ", text)
