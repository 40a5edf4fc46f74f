"""Say what OnRecord can do with articles in each language."""

from collections.abc import Iterator, Mapping

from retrieval.models.embedding_names import MULTILINGUAL_E5
from retrieval.text.language import ENGLISH, language_name


def language_lines(languages: Mapping[str, int], embedding: str) -> Iterator[str]:
    """One line for each language but English, by its number of articles and the name of the index's embedding."""
    found_by = "found by words and by meaning" if embedding == MULTILINGUAL_E5 else "found by words"
    for language, count in languages.items():
        if language not in ("", ENGLISH):
            articles = f"{count:,} {'article' if count == 1 else 'articles'}"
            yield f"{articles} in {language_name(language)}: {found_by}; quotations are not attributed"
