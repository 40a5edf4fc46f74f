"""Terms as the BM25 index has them: lower case, without accents, stemmed."""

import re
import sys
from functools import cache, lru_cache

import tantivy

ANALYZER_NAME = "onrecord_en"
MAX_TERM_BYTES = 60

# Words of questions and function words that say nothing about the topic; unstemmed, without accents.
STOP_WORDS = frozenset(
    "a about above cannot after again against ago all also am an and any are as at be became because been before being "
    "below between both but by can could d did do does doing down during each few for from further had has have "
    "get gets getting go goes going got many much "
    "having he her here hers herself him himself his how i if in into is it its itself just ll m may me might "
    "more most must my myself no nor not now of off on once only or other our ours out over own re s same shall "
    "she should so some such t than that the their theirs them themselves then there these they this those "
    "through to too under until up us ve very was we were what when where which while who whom whose why will "
    "with would you your yours tell say says said according article articles report reports reported".split()
)


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """The analyzer that the BM25 index and everything that matches terms share."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TERM_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """All terms of a text, in order."""
    found: list[str] = analyzer().analyze(text)
    return found


@lru_cache(maxsize=8_192)  # some 16 MB
def passage_terms(text: str) -> tuple[str, ...]:
    """All terms of a passage, cached: passages on popular topics are found again and again."""
    return tuple(map(sys.intern, terms(text)))


@cache
def _stop_terms() -> frozenset[str]:
    return frozenset(terms(" ".join(STOP_WORDS)))


def content_terms(text: str) -> list[str]:
    """The distinct terms of a question without stop words, in order; with them if there are no others."""
    distinct = list(dict.fromkeys(terms(text)))
    return [term for term in distinct if term not in _stop_terms()] or distinct


_NAME = re.compile(r"(?:[A-Z][\w’'.-]*|\d[\w.,-]*)")


def name_terms(question: str) -> list[str]:
    """Terms of a question's proper names and figures: capitalised words except the first, and numbers."""
    words = question.split()
    kept = [w for at, w in enumerate(words) if _NAME.match(w.strip("“”\"'‘’([")) and (at > 0 or w.isupper())]
    return [term for term in content_terms(" ".join(kept)) if term not in _stop_terms()] if kept else []
