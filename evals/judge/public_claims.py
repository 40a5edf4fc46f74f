"""Claims of public sets, each with its evidence: only sets that may be used for what is given away."""

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

from evals.data import Row, rows
from evals.judge.examples import JudgeExample

# Rows drawn of each set; those that are like a model's sentences over news count most. Licences are in docs/models.md.
MOST = {
    "wice": 2_000,
    "fool_me_twice": 2_000,
    "fever_symmetric": 1_000,
    "fever": 3_000,
    "mnli": 3_500,
    "healthver": 1_200,
    "covidfact": 1_200,
    "climate_fever": 1_000,
    "scifact": 600,
    "qags_cnndm": 1_000,
    "qags_xsum": 500,
    "cliff": 500,
    "goyal21": 200,
    "begin_wow": 1_500,
    "begin_cmu": 300,
    "begin_tc": 300,
    "summedits_news": 700,
    "summedits_podcast": 400,
    "summedits_samsum": 500,
    "summedits_ectsum": 400,
    "summedits_qmsumm": 300,
    "summedits_sales_email": 400,
}
HELD_OUT_WICE = 4  # every fourth of WiCE's articles is kept to measure with
SEED = 3


def public_examples(data: Path) -> Iterator[JudgeExample]:
    """The rows drawn, in the order of the sets; WiCE's held-out rows have the slice 8."""
    by_set: dict[str, list[Row]] = {}
    for row in rows(data / "reading/claims.jsonl.gz"):
        by_set.setdefault(row["set"], []).append(row)
    for name, most in MOST.items():
        found = by_set.get(name, [])
        for row in random.Random(SEED).sample(found, min(most, len(found))):
            kept_out = name == "wice" and _article(row["id"]) % HELD_OUT_WICE == 0
            context, evidence = row.get("title", ""), " ".join(row["evidence"].split())
            yield JudgeExample(name, row["claim"], context, evidence, row["label"], 8 if kept_out else 0)
    yield from _wice_sentences(data)


def _wice_sentences(data: Path) -> Iterator[JudgeExample]:
    """WiCE's claims with no more than the sentences that its annotators took for their support."""
    for row in rows(data / "reading/selection.jsonl.gz"):
        if row["set"] == "wice_claim" and _article(f"{row['id']}-") % HELD_OUT_WICE:
            evidence = " ".join(text for text, label in zip(row["sentences"], row["labels"], strict=True) if label)
            label = "supported" if row["support"] == "supported" else "not_supported"
            yield JudgeExample("wice_sentences", row["question"], row["title"], " ".join(evidence.split()), label)


def _article(key: str) -> int:
    """A number of the article that a claim of WiCE is from: `wice-dev02986-5_15`."""
    return zlib.crc32(key.rsplit("-", 1)[0].encode())
