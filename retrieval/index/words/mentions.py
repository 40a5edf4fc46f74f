"""Count mentions exactly: the articles whose text has a word or phrase, in full and not stemmed."""

import re

from retrieval.catalog.archive import passage_texts, unindexed_passages
from retrieval.catalog.reader import CatalogReader
from retrieval.index.words.word_index import WordIndex
from retrieval.text.terms import content_terms


def articles_mentioning(
    phrase: str, catalog: CatalogReader, bm25: WordIndex, *, match_case: bool = False
) -> frozenset[str]:
    """Ids of the current articles, copies excluded, that have a phrase in their text.

    The text is the article's own, with its section headings and without boilerplate such as links to other stories.
    The BM25 index names the passages with all its terms, and their texts are read: so only a common word takes long
    (half a second for one that 60,000 articles have). Raises IndexUnavailable.
    """
    words = phrase.split()
    if not words:
        return frozenset()
    flags = re.NOFLAG if match_case else re.IGNORECASE
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", flags)
    passages = [*bm25.passages_with_all(content_terms(phrase)), *unindexed_passages(catalog)]
    found = set[str]()
    for article, text in passage_texts(catalog, passages):
        if article not in found and pattern.search(text):
            found.add(article)
    return frozenset(found)
