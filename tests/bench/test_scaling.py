"""Articles made of others' paragraphs, for indexes larger than there are articles for."""

import gzip
import json
from pathlib import Path

import pytest

from bench.scaling.articles import REAL, articles, segmented_articles
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel

ROWS = [
    {
        "id": name,
        "title": f"The {name} and the council",
        "text": f"The {name} has been closed since the storm of last winter, and nobody knows when it opens.\n\n"
        f"“The {name} will open in spring,” Mayor {speaker} said on Monday. “We have found the money for it.”\n"
        f"{speaker} also said that the {name} was worth every penny that its repair would cost.",
    }
    for name, speaker in (("pier", "Ana Pell"), ("mill", "Tom Obi"), ("lamp", "Rosa Lind"))
]


def no_model() -> EmbeddingModel:
    raise EmbeddingUnavailable("There is no model.")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data/news"
    folder.mkdir(parents=True)
    (folder / "questions.jsonl").write_text("")
    (folder / "articles.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, ROWS)).encode()))
    return folder.parent


def test_the_real_articles_come_first_and_the_others_are_made_of_their_paragraphs(data: Path) -> None:
    assert [article.id for article in articles(data, 0, 3)] == ["pier", "mill", "lamp"]
    paragraphs = {line for row in ROWS for line in row["text"].split("\n") if line}
    made = list(articles(data, REAL, REAL + 20))
    assert len({article.id for article in made}) == 20
    assert {line for article in made for line in article.text.split("\n\n")} == paragraphs
    assert made[5:] == list(articles(data, REAL + 5, REAL + 20))


def test_quotes_move_with_their_paragraphs(data: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "index", no_model) as store:
        indexer.add_articles(store, articles(data, 0, 3))
        made = list(segmented_articles(data, store.catalog, REAL, REAL + 20))
        assert [cut.article for cut in made] == list(articles(data, REAL, REAL + 20))
        for cut in made:
            text = cut.article.text
            for quote in cut.quotes:
                assert " … ".join(text[start:end] for start, end in quote.spans) == quote.words
                assert quote.source is None or quote.source[1] <= len(text)
        said = {quote.speaker for cut in made for quote in cut.quotes}
        assert said >= {"Ana Pell", "Tom Obi", "Rosa Lind"}
        store.catalog.save_articles(made)
        assert len(store.catalog.article_ids()) == 23
