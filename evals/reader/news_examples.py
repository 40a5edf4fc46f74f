"""Examples from questions written for training over news articles; the file holds no text of theirs but where it is."""

from collections.abc import Iterator
from pathlib import Path

from evals.data import Row, rows
from evals.reader.asked_examples import examples_of
from evals.reader.examples import Example
from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.index.store import Store
from retrieval.ingest.parsing.files.rows.article_row import article_from_row

QUESTIONS = Path(__file__).parent / "news_questions.jsonl.gz"


def news_question_articles(data: Path) -> Iterator[Article | SourceError]:
    """The articles that the questions were written over."""
    wanted = {key for row in rows(QUESTIONS) for key in row["cluster"]}
    found = (row for row in rows(data / "news/articles.jsonl.gz") if row["id"] in wanted)
    return (article_from_row(f"news:{row['id']}", row) for row in found)


def news_question_rows(data: Path) -> list[Row]:
    """The questions in the form of `asked`, with the sentences that answer and the words in them that do."""
    texts = {row["id"]: row["text"] for row in rows(data / "news/articles.jsonl.gz")}
    found = []
    for row in rows(QUESTIONS):
        sentences = [{"article": key, "text": texts[key][start:end]} for key, start, end in row["sentences"]]
        key, start, end = row["answer"] or ("", 0, 0)
        found.append(row | {"sentences": sentences, "answer": texts.get(key, "")[start:end]})
    return found


def news_examples(data: Path, store: Store) -> Iterator[Example]:
    """The questions with what the product's search finds in the articles they were written over."""
    return examples_of(news_question_rows(data), store, "news")
