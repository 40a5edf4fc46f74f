"""Write the judge's examples: `python -m evals.judge.prepare --data FOLDER --work .evals`."""

import argparse
from collections import Counter
from pathlib import Path

from evals.data import asked_articles
from evals.judge.examples import read_examples, write_examples
from evals.judge.made_claims import made_examples
from evals.judge.news_claims import news_claim_examples
from evals.judge.public_claims import public_examples
from evals.systems import build
from retrieval.index.vectors.minilm import MiniLM

ARTICLES = 400  # that lies and truths are made from


def main() -> None:
    """Write the examples of each kind into the folder `judge` of the work folder."""
    parser = argparse.ArgumentParser(prog="python -m evals.judge.prepare", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of indexes and examples")
    options = parser.parse_args()
    folder = options.work / "judge"
    write_examples(folder / "public.jsonl.gz", public_examples(options.data))
    write_examples(folder / "news.jsonl.gz", news_claim_examples(options.data))
    with build(options.work / "asked", MiniLM(), asked_articles(options.data)) as store:
        write_examples(folder / "made.jsonl.gz", made_examples(store, ARTICLES))
    for name in ("public", "news", "made"):
        examples = read_examples(folder / f"{name}.jsonl.gz")
        print(name, len(examples), Counter((one.source, one.label) for one in examples))


if __name__ == "__main__":
    main()
