"""Measure answers about the archive itself against counts and lists that plain Python makes of the same articles."""

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.answering.archive.archive_answers import MAX_LISTED
from bot.answering.messages import Answer
from bot.formatting import format_date
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from evals.data import Row, rows
from evals.systems import build
from evals.table import Line, mean
from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.ingest.local_files import read_files
from retrieval.ingest.parsing.files.rows.article_row import article_from_row
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.search.hybrid_search import Search

QUESTIONS, SAMPLE = Path("evals/archive.jsonl"), Path("articles")
NEWS_STEP = 12  # every twelfth of the news articles: 500
TODAY = date(2026, 7, 1)


def measure(data: Path, work: Path, model: EmbeddingModel) -> list[Line]:
    """Ask the questions over the sample and over news; wrong answers are printed."""
    news = [article_from_row(f"news:{row['id']}", row) for row in rows(data / "news/articles.jsonl.gz")[::NEWS_STEP]]
    with ParserProcess() as parser:
        sample = list(read_files(str(SAMPLE), parser))
    sets: dict[str, Sequence[Article | SourceError]] = {"sample": sample, "news": news}
    return [_measure(name, articles, work / f"archive-{name}", model) for name, articles in sets.items()]


def _measure(name: str, read: Sequence[Article | SourceError], folder: Path, model: EmbeddingModel) -> Line:
    articles = [article for article in read if isinstance(article, Article)]
    right = list[bool]()
    with build(folder, model, articles) as store:
        kept = [article for article in articles if not store.catalog.copy_of(article.id)]
        conversation = Conversation(store, Search(store), ConversationHistory(folder / "conversations.db"))
        for row in (row for row in rows(QUESTIONS) if row["set"] == name):
            answer = conversation.ask(row["question"], today=TODAY)
            right.append(answer.answered_by == "catalog" and is_right(row, answer, kept))
            if not right[-1]:
                print(json.dumps({**row, "answer": answer.text[:300], "kind": answer.understood.kind}))
    return Line(f"archive, {name}", "OnRecord", len(right), {"right": mean(right), "wrong": right.count(False)})


def is_right(row: Row, answer: Answer, articles: Sequence[Article]) -> bool:
    """Whether an answer is what the articles themselves say."""
    cited = [citation.article for citation in answer.citations]
    fitting = [article for article in articles if _fits(row, article)]
    newest = sorted((article.published for article in fitting), reverse=True)[:MAX_LISTED]
    match row["check"]:
        case "count":
            return re.match(rf"(?:There (?:is|are) )?{len(fitting):,}\b", answer.text) is not None
        case "list" | "newest":
            own = {article.id for article in fitting}
            return set(cited) <= own and [citation.published for citation in answer.citations] == newest
        case "topic":
            return bool(cited) and set(cited) <= {article.id for article in fitting}
        case "authorship":
            (article,) = (article for article in articles if row["article"] in (article.id, Path(article.source).stem))
            facts = (*article.authors[:1], format_date(article.published))
            return cited == [article.id] and all(fact in answer.text for fact in facts)
    return False


def _fits(row: Row, article: Article) -> bool:
    """Whether an article is one that a row asks for."""
    day, phrase = article.published[:10], row.get("phrase", "")
    words = rf"\b{re.escape(phrase)}" + (r"" if row["check"] == "topic" else r"\b")
    text = f"{article.title}\n{article.text}" if row["check"] == "topic" else article.text
    return (
        row.get("author", "") in ("", *article.authors)
        and row.get("outlet", "") in ("", article.outlet)
        and row.get("since", "") <= day <= row.get("until", "9999")
        and re.search(words, text, re.IGNORECASE) is not None
    )
