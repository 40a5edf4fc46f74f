"""Terms as the BM25 index has them: lower case, without accents, stemmed by the rules of their language.

Languages with a Snowball stemmer have that one; in other languages that inflect their words a term is the beginning of
a word. Scripts without spaces between words give pairs of neighbouring characters, in texts of any language.
"""

import re
import sys
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from importlib.resources import files

import tantivy

from retrieval.text.language import ENGLISH

ANALYZER_NAME = "onrecord_en"
MAX_TERM_BYTES = 60
PREFIX_CHARACTERS = 5  # of a word that no stemmer shortens; as good as stemming in inflected languages
# (McNamee and Mayfield 2004, https://doi.org/10.1023/B:INRT.0000009441.78971.be)

SNOWBALL = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
"""The languages that tantivy stems, with its names for them."""

STOP_WORD_LANGUAGES = frozenset("da de es fi fr hu it nl no pt ru sv".split())  # whose function words tantivy knows
INFLECTED = frozenset("be bg cs et hr hy ka kk lt lv mk pl sk sl sq sr uk".split())  # and without a stemmer

UNSPACED_LANGUAGES = frozenset("ja ko th zh".split())  # whose terms are pairs of characters
# Runs of Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese.
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\U00020000-\U0003ffff]+)"
)

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
def analyzer(language: str = ENGLISH, *, drop_stop_words: bool = False) -> tantivy.TextAnalyzer:
    """The analyzer of a language's words, which the BM25 index and everything that matches terms share.

    `drop_stop_words` works in the STOP_WORD_LANGUAGES.
    """
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TERM_BYTES))
        .filter(tantivy.Filter.lowercase())
    )
    if language == ENGLISH:
        return builder.filter(tantivy.Filter.ascii_fold()).filter(tantivy.Filter.stemmer("english")).build()
    if drop_stop_words:
        builder = builder.filter(tantivy.Filter.stopword(SNOWBALL[language]))
    if language in SNOWBALL:
        builder = builder.filter(tantivy.Filter.stemmer(SNOWBALL[language]))
    return builder.filter(tantivy.Filter.ascii_fold()).build()  # last: accents tell stemmers what an ending is


def terms(text: str, language: str = ENGLISH) -> list[str]:
    """All terms of a text in a language, in order."""
    return _terms(text, language, analyzer(language))


@lru_cache(maxsize=8_192)  # some 16 MB
def passage_terms(text: str, language: str = ENGLISH) -> tuple[str, ...]:
    """All terms of a passage, cached: passages on popular topics are found again and again."""
    return tuple(map(sys.intern, terms(text, language)))


def content_terms(text: str, language: str = ENGLISH) -> list[str]:
    """The distinct terms of a question without stop words, in order; with them if there are no others."""
    distinct = list(dict.fromkeys(terms(text, language)))
    if language == ENGLISH:
        return [term for term in distinct if term not in _stop_terms()] or distinct
    if language not in STOP_WORD_LANGUAGES:
        return distinct
    return list(dict.fromkeys(_terms(text, language, analyzer(language, drop_stop_words=True)))) or distinct


def _terms(text: str, language: str, analyse: tantivy.TextAnalyzer) -> list[str]:
    """The terms of a text: its words as an analyzer has them, pairs of characters where words have no spaces."""
    if text.isascii() or not _UNSPACED.search(text):
        return _words(text, language, analyse)
    found = list[str]()
    for at, part in enumerate(_UNSPACED.split(text)):
        found += _pairs(part) if at % 2 else _words(part, language, analyse)
    return found


def _words(text: str, language: str, analyse: tantivy.TextAnalyzer) -> list[str]:
    found: list[str] = analyse.analyze(text)
    return [term[:PREFIX_CHARACTERS] for term in found] if language in INFLECTED else found


def _pairs(run: str) -> list[str]:
    """All pairs of neighbouring characters, a single character by itself."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


@cache
def _stop_terms() -> frozenset[str]:
    return frozenset(terms(" ".join(STOP_WORDS)))


SHARED_LETTERS = 5  # at the start of `Europe` and `European`
_NAME = re.compile(r"(?:[A-Z][\w’'.-]*|\d[\w.,-]*)")


def name_terms(question: str) -> list[str]:
    """Terms of a question's proper names and figures: capitalised words except the first, and numbers."""
    words = question.split()
    kept = [w for at, w in enumerate(words) if _NAME.match(w.strip("“”\"'‘’([")) and (at > 0 or w.isupper())]
    return [term for term in content_terms(" ".join(kept)) if term not in _stop_terms()] if kept else []


def begins_alike(term: str, text: AbstractSet[str]) -> bool:
    """Whether a text has a term, or one that begins like it: `Slovakia` where `Slovak` is asked for."""
    return term in text or (
        len(term) >= SHARED_LETTERS and any(other.startswith(term[:SHARED_LETTERS]) for other in text)
    )


@cache
def common_words() -> frozenset[str]:
    """About 24,000 English words and names in lower case: the whole words of MiniLM's vocabulary."""
    lines = (files("retrieval.text") / "minilm-vocab.txt").read_text("utf-8").split("\n")
    return frozenset(line for line in lines if line.isalpha())
