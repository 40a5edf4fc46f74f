"""The trend of quality: the same twentieth of the sets each time, and how it is shown."""

import gzip
import json
from pathlib import Path
from typing import Any

from evals.data import rows
from evals.sampling import ONE_IN, OTHERS, sample
from evals.trend import trend_lines

QUESTIONS = [{"question": f"Who mended pier {at}?", "query": f"Who mended pier {at}?"} for at in range(200)]


def write(path: Path, found: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "\n".join(map(json.dumps, found)).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def sets(folder: Path) -> Path:
    articles = [{"id": f"a{at}", "title": f"Pier {at}", "text": "“Mended.”"} for at in range(200)]
    asked = [row | {"id": str(at), "gold": [f"a{at}"]} for at, row in enumerate(QUESTIONS)]
    write(folder / "news/questions.jsonl", asked)
    write(folder / "news/articles.jsonl.gz", articles)
    write(folder / "quotes/questions.jsonl", [row | {"gold": [{"article": row["gold"][0]}]} for row in asked])
    write(folder / "quotes/articles.jsonl.gz", articles)
    write(folder / "multihop/queries.jsonl", asked)
    write(folder / "multihop/evidence.jsonl", articles)
    write(folder / "answerable/clapnq.jsonl", QUESTIONS)
    return folder


def test_a_twentieth_has_its_answers_some_others_and_is_the_same_each_time(tmp_path: Path) -> None:
    whole = sets(tmp_path / "whole")
    one, two = (sample(whole, tmp_path / name) for name in ("one", "two"))
    names = sorted(path.relative_to(one) for path in one.rglob("*.jsonl*"))
    assert len(names) == 7 and all((one / name).read_bytes()[10:] == (two / name).read_bytes()[10:] for name in names)
    for asked, articles in (
        ("news/questions.jsonl", "news/articles.jsonl.gz"),
        ("multihop/queries.jsonl", "multihop/evidence.jsonl"),
    ):
        questions, found = rows(one / asked), {row["id"] for row in rows(one / articles)}
        assert 0 < len(questions) < 3 * len(QUESTIONS) / ONE_IN
        assert {row["gold"][0] for row in questions} <= found and len(found) == len(questions) * (1 + OTHERS)
    assert {row["gold"][0]["article"] for row in rows(one / "quotes/questions.jsonl")} <= {
        row["id"] for row in rows(one / "quotes/articles.jsonl.gz")
    }


def test_what_is_new_stands_beside_what_was(tmp_path: Path) -> None:
    runs = [{"date": f"2026-01-{day:02}", "figures": {"hit@1": day / 20}} for day in range(1, 20)]
    runs.append({"date": "2026-01-20", "figures": {"hit@1": 1.0, "refused": 0.0}})
    head, hit, refused = trend_lines(runs).splitlines()
    assert head.split()[-2:] == ["before", "now"]
    assert hit.split() == ["hit@1", "▄▅▅▅▆▆▇▇▇███", "0.950", "1.000"]
    assert refused.split() == ["refused", "▁", "-", "0.000"]
