"""Tell the language of a text, as ISO 639-1 code: articles from their body, questions against likely languages.

py3langid is a naive Bayes model over byte sequences (https://aclanthology.org/P12-3005), packaged with its library. Its
model takes 0.7 seconds to load, once a process.
"""

import unicodedata
from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
SAMPLE_CHARACTERS = 2_000  # of an article; more tell no better
# Least probability of another language than the one that is expected. Of 3,163 English questions of evals `asked` none
# reached .74, of 99 in other languages 98 did.
SURE = 0.75

ARTICLE_LANGUAGES = frozenset(
    "af ar be bg bn ca cs da de el en es et fa fi fr he hi hr hu hy id it ja ka kk ko lt lv mk nl no pl pt ro ru sk sl "
    "sq sr sv ta th tr uk ur vi zh".split()
)
# Fewer than those of articles, because few words tell less.
QUESTION_LANGUAGES = frozenset(
    "en uk de es fr ru it pt nl pl cs ro tr sv da no fi hu el bg ar fa he hi th vi id zh ja ko".split()
)


def article_language(title: str, text: str, declared: str = "") -> str:
    """The language of an article; the one that it declares, else English, where the text does not tell for sure."""
    ranked = _ranked(f"{title}\n{text}"[:SAMPLE_CHARACTERS], ARTICLE_LANGUAGES)
    expected = language_code(declared)
    return _sure(ranked) or (expected if expected in ARTICLE_LANGUAGES else ENGLISH)


def language_code(tag: str) -> str:
    """The language of a language tag as ISO 639 has it shortest: `en` of `en-US` and of `eng`; empty if it is none."""
    code = tag.strip().lower().replace("_", "-").partition("-")[0]
    if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
        return ""
    if len(code) == 2:
        return code
    from babel.core import get_global  # takes a moment that most pages need not wait for

    return str(get_global("language_aliases").get(code, code))


def question_language(question: str, languages: Collection[str] = (), spoken: str = ENGLISH) -> str:
    """The language of a question over articles in some languages, in a conversation that has been in one of them.

    Where its words do not tell for sure and most of its letters are Latin, it is that language or English, whichever is
    likelier; else the likeliest language of the articles, or of all where the articles are in English.
    """
    ranked = _ranked(question, QUESTION_LANGUAGES.union(languages))
    if sure := _sure(ranked):
        return sure
    if is_latin(question):
        shares = dict(ranked)
        return spoken if shares.get(spoken, 0.0) > shares[ENGLISH] else ENGLISH
    of_articles = [language for language, _ in ranked if language in languages and language != ENGLISH]
    return next(iter(of_articles), ranked[0][0])


def language_name(language: str, spoken: str = ENGLISH) -> str:
    """The name of a language in another one, its code where it has none."""
    from babel import Locale  # takes a moment that most questions need not wait for

    return str(Locale(spoken).languages.get(language, language))


def is_latin(text: str) -> bool:
    """Whether most letters of a text are Latin, or it has none."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum("LATIN" in unicodedata.name(character, "") for character in letters) >= len(letters)


def _ranked(text: str, candidates: Collection[str]) -> list[tuple[str, float]]:
    """The candidates, the likeliest first, with their probabilities, which sum to less than 1."""
    return [(language, share) for language, share in _identifier().rank(text) if language in candidates]


def _sure(ranked: Sequence[tuple[str, float]]) -> str:
    """The likeliest candidate, empty where the others together are nearly as likely."""
    likeliest, share = ranked[0]
    return likeliest if share >= SURE * sum(share for _, share in ranked) else ""


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
