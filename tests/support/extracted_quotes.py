"""Quotes of a text, by where they stand."""

from retrieval.documents import Quote
from retrieval.quotes.extraction import extract_quotes


def only(text: str) -> Quote:
    """The one quote of a text."""
    (quote,) = extract_quotes(text)
    return quote


def at(text: str, words: str) -> Quote:
    """The quote that holds these words."""
    place = text.index(words)
    (quote,) = [q for q in extract_quotes(text) if any(start <= place < end for start, end in q.spans)]
    return quote
