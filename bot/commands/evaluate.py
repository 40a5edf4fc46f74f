"""eval: whether a publisher's own questions are answered from its articles."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import terminal
from bot.build import App, open_app
from bot.commands.ask import prepare, questions
from bot.messages import Answer, Citation

OK = 0
DEPTHS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Result:
    """One question: the rank of the first right article (0 if none was found), and what the answer was."""

    row: dict[str, Any]
    rank: int
    answer: Answer

    @property
    def is_right(self) -> bool:
        """Whether the answer cites a right article and, where the row says how, contains the words."""
        cited = any(_places(item) & _wanted(self.row) for item in self.answer.citations)
        words = str(self.row.get("answer") or "").casefold()
        return (cited or not _wanted(self.row)) and words in self.answer.text.casefold() and bool(self.answer.citations)


def evaluate(file: Path, k: int, *, as_json: bool) -> int:
    """A table of how many questions find and cite a right article, and those that do not."""
    rows = questions(file)
    with open_app() as app:
        prepare(app, quiet=False)
        results = [_result(app, row, k) for row in rows]
    figures = _figures(results)
    if as_json:
        terminal.say_json(figures)
        return OK
    for name, figure in figures.items():
        terminal.say(f"{name:<20} {figure:>8.3f}" if isinstance(figure, float) else f"{name:<20} {figure:>8}")
    for result in results:
        if not result.is_right:
            terminal.say(f"{result.answer.status:<10} rank {result.rank or '-'}  {result.row['question']}")
    return OK


def _result(app: App, row: dict[str, Any], k: int) -> Result:
    asking = app.conversation.look(row["question"], k=max(k, *DEPTHS))
    places = [{hit.passage.article, hit.url, *hit.copies} for hit in asking.found.hits]
    rank = next((at for at, found in enumerate(places, 1) if found & _wanted(row)), 0)
    return Result(row, rank, asking.answer)


def _places(citation: Citation) -> set[str]:
    """Id and URL of the article, and of those with the same text."""
    return {citation.article, citation.url, *(name for copy in citation.copies for name in (copy.article, copy.url))}


def _wanted(row: dict[str, Any]) -> set[str]:
    gold = row.get("article") or row.get("gold") or []
    return set(map(str, gold)) if isinstance(gold, list) else {str(gold)}


def _figures(results: list[Result]) -> dict[str, float | int]:
    """Ranks are of those questions that name an article."""
    figures: dict[str, float | int] = {"questions": len(results)}
    if ranks := [result.rank for result in results if _wanted(result.row)]:
        for depth in DEPTHS:
            figures[f"hit@{depth}"] = sum(0 < rank <= depth for rank in ranks) / len(ranks)
        figures["MRR@10"] = sum(1 / rank for rank in ranks if 0 < rank <= 10) / len(ranks)
    if results:
        figures["answered"] = sum(result.answer.status != "no_answer" for result in results) / len(results)
        figures["answered rightly"] = sum(result.is_right for result in results) / len(results)
    return figures
