"""Passages as a model reads them: numbered, with what is known of them, fenced, as many as fit."""

import re
from collections.abc import Sequence

from bot.answering.verification.evidence import Quotes
from bot.formatting import format_date
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.search.hybrid_search import SearchResult

MAX_PASSAGES = 8  # passages given to a model
MAX_SPEAKERS = 6  # quotes of a passage whose speakers are told
FENCE = "-----"
ASCII_CHARS_PER_TOKEN, OTHER_CHARS_PER_TOKEN = (
    3.5,
    1.5,
)  # characters a token, at the least: English, and what most tokenizers cut smaller
_FENCE_LIKE = re.compile(r"-{3,}")
_WRAPPED = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?=[^\s\d*•–#>|-])")  # small models end a sentence where a line ends


def select_passages(found: SearchResult, catalog: CatalogReader, most: int = MAX_PASSAGES) -> list[Hit]:
    """The passages a model reads: those of the words asked for first, then the best of the others."""
    places = catalog.passage_ids_at((hit.article, hit.quote.start) for hit in found.remarks[:most])
    said = catalog.hits(list(dict.fromkeys(places.values())))
    return list({hit.passage.id: hit for hit in (*said.values(), *found.hits)}.values())[:most]


def fit_to_context(passages: Sequence[str], tokens: int) -> list[str]:
    """As many of them, best first, as need no more tokens by estimate; the first one always."""
    kept, spent = list[str](), 0
    for text in passages:
        spent += estimated_tokens(text)
        if kept and spent > tokens:
            break
        kept.append(text)
    return kept


def format_passages(passages: Sequence[Hit], quotes: Quotes) -> list[str]:
    """Each as data: number, outlet, headline, day, who is quoted; fenced, so that no article ends its own fence."""
    return [_format_passage(number, hit, quotes) for number, hit in enumerate(passages, start=1)]


def estimated_tokens(text: str) -> int:
    """How many tokens a text takes, rather too many than too few."""
    narrow = sum(char.isascii() for char in text)
    return round(narrow / ASCII_CHARS_PER_TOKEN + (len(text) - narrow) / OTHER_CHARS_PER_TOKEN)


def _format_passage(number: int, hit: Hit, quotes: Quotes) -> str:
    passage = hit.passage
    quoted = {
        quote.quote.speaker: None
        for quote in quotes(passage.article)
        if passage.start <= quote.quote.start < passage.end and quote.quote.speaker and quote.quote.is_speech
    }
    facts = [hit.outlet, hit.title, format_date(hit.published)]
    if quoted:
        facts.append(f"quotes {', '.join(list(quoted)[:MAX_SPEAKERS])}")
    head = f"[{number}] {'; '.join(fact for fact in facts if fact)}"
    return f"{_without_fences(head)}\n{FENCE}\n{_WRAPPED.sub(' ', _without_fences(passage.text))}\n{FENCE}"


def _without_fences(text: str) -> str:
    return _FENCE_LIKE.sub(" ", text)
