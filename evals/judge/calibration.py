"""Fit what the judge's log-odds must reach: `python -m evals.judge.calibration --work .evals [--file CLAIMS]`.

Prints, for each bar, the shares of true and of false claims that pass: of the claims written over news that the judge
was not trained on, each within its passage, and of every second question of a file of claims; the other half of the
file is measured with the constants of `judging.py`. WiCE is told by F1, as its authors do.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.answering.verification.judging import EMBEDDED, ClaimJudge
from bot.answering.verification.names import unknown_name
from evals.claims import judge_sentences, shown_shares
from evals.data import rows
from evals.judge.examples import JudgeExample, read_examples
from evals.judge.news_claims import HELD_OUT
from retrieval.models.claims import CitedClaim
from retrieval.text.facts.figures import unknown_figure

BARS = [step / 4 for step in range(-6, 5)]
OBJECTIONS = (0.0, 1.0, 2.0)


def main() -> None:
    """Judge the examples once, then print what each bar makes of them."""
    parser = argparse.ArgumentParser(prog="python -m evals.judge.calibration", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    parser.add_argument("--file", type=Path, help="claims in the form of `python -m evals claims`")
    options = parser.parse_args()
    for name, source in (("news", "news"), ("news", "news_passage"), ("public", "wice")):
        found = read_examples(options.work / f"judge/{name}.jsonl.gz")
        _print_bars(source, [one for one in found if one.source == source and one.slice == HELD_OUT])
    if options.file:
        _print_file(options.file)


def _print_bars(name: str, examples: Sequence[JudgeExample]) -> None:
    """Precision, recall and F1 of `supported` at each bar, without and with the objections of the rules."""
    odds = EMBEDDED.support([one.cited for one in examples])
    objected = [_is_objected(one) for one in examples]
    print(f"{name}: {len(examples)} claims, {sum(one.label == 'supported' for one in examples)} supported")
    for bar in BARS:
        judge = replace(EMBEDDED, bar=bar)
        for title, against in (("judge", [False] * len(examples)), ("with objections", objected)):
            passed = [one >= judge.required(objection) for one, objection in zip(odds, against, strict=True)]
            print(f"  {bar:>5}  {title:<16} {_scores(examples, passed)}")


def _scores(examples: Sequence[JudgeExample], passed: Sequence[bool]) -> str:
    true = [one.label == "supported" for one in examples]
    both = sum(a and b for a, b in zip(true, passed, strict=True))
    precision, recall = both / max(1, sum(passed)), both / max(1, sum(true))
    false_shown = (sum(passed) - both) / max(1, len(true) - sum(true))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"true {recall:.3f}  false {false_shown:.3f}  precision {precision:.3f}  F1 {f1:.3f}"


def _is_objected(example: JudgeExample) -> bool:
    known = [example.evidence, example.context]
    return bool(unknown_figure(example.claim, known) or unknown_name(example.claim, known))


def _print_file(file: Path) -> None:
    found = rows(file)
    remembered: dict[CitedClaim, float] = {}

    def support(claims: Sequence[CitedClaim]) -> list[float]:
        fresh = [one for one in claims if one not in remembered]
        remembered.update(zip(fresh, EMBEDDED.support(fresh), strict=True))
        return [remembered[one] for one in claims]

    for bar in BARS:
        for objection in OBJECTIONS:
            shares = shown_shares(judge_sentences(found[::2], ClaimJudge(support, bar, objection)))
            print(f"  {bar:>5} {objection:>4}  true {shares['true shown']:.3f}  false {shares['false shown']:.3f}")
    shares = shown_shares(judge_sentences(found[1::2]))
    print(f"the other half, at {EMBEDDED.bar} and {EMBEDDED.objection}: {shares}")


if __name__ == "__main__":
    main()
