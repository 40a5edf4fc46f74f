"""Measure answers of a real model: correctness, dropped sentences, cost."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from bot.answering.generation.writer import Writer
from bot.answering.messages import Answer
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from evals.data import Row, rows
from evals.table import Line, mean
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search

_QUOTED = re.compile(r"[“\"]([^”\"]{3,})[”\"]")
_MARK = re.compile(r"\s*\[\d+\]")


def news(data: Path, store: Store, writer: Writer, most: int = 0) -> list[Line]:
    """Compare the model with extracted sentences on the same questions; `most` of them, evenly drawn, 0 for all."""
    questions = rows(data / "news/questions.jsonl")
    questions = questions[:: max(1, len(questions) // most)][:most] if most else questions
    history, search = ConversationHistory(store.folder / "conversations.db"), Search(store)
    ways: dict[str, Callable[[], Writer | None]] = {"extract": lambda: None, writer.name: lambda: writer}
    lines = []
    for name, make in ways.items():
        conversation = Conversation(store, search, history, make)
        answers = [conversation.ask(row["question"]) for row in questions]
        lines.append(Line("news, written", f"OnRecord, {name}", len(questions), _figures(answers, questions, store)))
    return lines


def _figures(answers: Sequence[Answer], questions: Sequence[Row], store: Store) -> dict[str, float]:
    by_model = [answer for answer in answers if answer.answered_by != "extract"]
    shown = sum(len(_MARK.findall(answer.text)) > 0 for answer in answers)
    pairs = list(zip(answers, questions, strict=True))
    return {
        "by the model": len(by_model) / len(answers),
        "cites gold": mean(any(cited.article in row["gold"] for cited in answer.citations) for answer, row in pairs),
        "contains answer": mean(_normalized(str(row["answer"])) in _normalized(answer.text) for answer, row in pairs),
        "no answer": mean(answer.status == "no_answer" for answer in answers),
        "dropped": float(sum(sum(answer.dropped.values()) for answer in answers)),
        "with sources": shown / len(answers),
        "false quotes": float(sum(_false_quotations(answer, store) for answer in answers)),
        "first, s": median(answer.timings_ms.get("first_sentence", 0.0) for answer in answers) / 1000,
        "total, s": median(answer.timings_ms["total"] for answer in answers) / 1000,
        "tokens": median(sum(answer.tokens.values()) for answer in answers),
    }


def _false_quotations(answer: Answer, store: Store) -> int:
    """The quotations that are in none of the cited articles, by a rule independent of the verification."""
    cited = " ".join(_normalized(store.catalog.article(citation.article).text) for citation in answer.citations)
    return sum(_normalized(words).strip(" .,;:!?") not in cited for words in _QUOTED.findall(answer.text))


def _normalized(text: str) -> str:
    """Normalize case, white space, quotation marks and dashes."""
    plain = re.sub(r"[“”\"‘’'`]+", "'", _MARK.sub("", text))
    return " ".join(re.sub(r"[–—−]", "-", plain).split()).casefold()
