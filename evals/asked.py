"""Measure answers to readers' questions: does the first claim answer, is what has no answer declined."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.answering.messages import Answer
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from bot.service.turns.turn import AskOptions
from evals.data import Row, rows
from evals.reader.examples import holds_gold, trigrams
from evals.table import Line, mean
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search

HELD_OUT = (8,)  # slices whose articles the packaged reader was not trained on
GROUPS = {
    "who, what, when, where, how-many, yes-no": ("who", "what", "when", "where", "how-many", "yes-no"),
    "why, how": ("why", "how"),
    "said, respond, group": ("said", "respond", "group"),
    "follow-up": ("follow-up",),
    "paraphrase": ("paraphrase",),
    "typo": ("typo",),
    "language": ("language",),
    "compare, multi-part, list": ("compare", "multi-part", "list"),
    "latest, summary, keyword": ("latest", "summary", "keyword"),
}
_MARKERS = re.compile(r"(?:\s*\[\d+\])+")


@dataclass(frozen=True, slots=True)
class AskedResult:
    """One question's answer: its claims, and which of them hold a gold sentence."""

    row: Row
    answer: Answer
    claims: tuple[str, ...]
    right: tuple[bool, ...]

    @property
    def declined(self) -> bool:
        return self.answer.status == "no_answer"

    @property
    def first_right(self) -> bool:
        return self.right[:1] == (True,)


def asked_questions(data: Path, slices: Sequence[int] = HELD_OUT) -> list[Row]:
    """The readers' questions of some slices."""
    return [row for row in rows(data / "asked/questions.jsonl") if row["slice"] in slices]


def measure(name: str, questions: Sequence[Row], store: Store, out: Path) -> list[Line]:
    """Ask questions of the form of `asked`; the answers are written to `out` as JSON lines, to be read."""
    conversation = Conversation(store, Search(store), ConversationHistory(store.folder / "asked.db"))
    results = [_judge(row, _ask(conversation, row)) for row in questions]
    with out.open("w", encoding="utf-8") as lines:
        for result in results:
            lines.write(json.dumps(_shown(result), ensure_ascii=False) + "\n")
    can = [result for result in results if result.row["answerable"]]
    cannot = [result for result in results if not result.row["answerable"] and result.row["kind"] != "small-talk"]
    lines_of_kinds = [
        _answerable(f"{name}, {group}", [result for result in can if result.row["kind"] in kinds])
        for group, kinds in GROUPS.items()
    ]
    return [_answerable(f"{name}, answerable", can), _unanswerable(name, cannot), *lines_of_kinds]


def _ask(conversation: Conversation, row: Row) -> Answer:
    options: AskOptions = {"today": date.fromisoformat(row["today"])} if row.get("today") else {}
    conversation.forget(row["id"])
    for earlier in row.get("history") or []:
        conversation.ask(earlier, row["id"], **options)
    return conversation.ask(row["question"], row["id"] if row.get("history") else "", **options)


def _judge(row: Row, answer: Answer) -> AskedResult:
    gold = [trigrams(item["text"]) for item in row.get("sentences") or []]
    text = answer.text if answer.status != "no_answer" else ""
    claims = tuple(claim.strip() for claim in _MARKERS.split(text) if claim.strip())
    return AskedResult(row, answer, claims, tuple(holds_gold(claim, gold) for claim in claims))


def _answerable(name: str, results: Sequence[AskedResult]) -> Line:
    claims = [right for result in results for right in result.right]
    figures = {
        "first claim": mean([result.first_right for result in results]),
        "any claim": mean([any(result.right) for result in results]),
        "declined": mean([result.declined for result in results]),
        "claims right": mean(claims),
        "claims shown": len(claims) / max(1, sum(not result.declined for result in results)),
    }
    return Line(name, "OnRecord, extract", len(results), figures)


def _unanswerable(name: str, results: Sequence[AskedResult]) -> Line:
    kinds = Counter(result.row["kind"] for result in results)
    figures = {
        "declined": mean([result.declined for result in results]),
        "or corrected": mean([result.declined or result.first_right for result in results]),
    }
    for kind in ("near", "false-premise"):
        own = [result for result in results if result.row["kind"] == kind]
        figures[kind] = mean([result.declined or result.first_right for result in own]) if kinds[kind] else 0.0
    return Line(f"{name}, not answerable", "OnRecord, extract", len(results), figures)


def _shown(result: AskedResult) -> Row:
    row = result.row
    return {
        "id": row["id"],
        "kind": row["kind"],
        "question": row["question"],
        "history": row.get("history"),
        "answerable": row["answerable"],
        "right": result.right,
        "status": result.answer.status,
        "evidence": result.answer.evidence,
        "claims": result.claims,
        "wanted": row.get("answer") or row.get("why"),
        "gold": [item["text"] for item in row.get("sentences") or []],
        "standalone": result.answer.standalone_question,
        "timings": result.answer.timings_ms,
    }
