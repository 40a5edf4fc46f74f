"""Write the examples: `python -m evals.reader.prepare --data FOLDER --work .evals`."""

import argparse
from collections import Counter
from pathlib import Path

from evals.data import asked_articles, evidence_articles
from evals.reader.asked_examples import asked_examples
from evals.reader.examples import read_examples, write_examples
from evals.reader.multihop_examples import multihop_examples
from evals.reader.news_examples import news_examples, news_question_articles
from evals.reader.public_examples import public_examples
from evals.reader.sentence_examples import sentence_examples
from evals.systems import build
from retrieval.index.vectors.minilm import MiniLM


def main() -> None:
    """Write the examples of each set into the folder `reader` of the work folder."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.prepare", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of indexes and examples")
    options = parser.parse_args()
    with build(options.work / "asked", MiniLM(), asked_articles(options.data)) as store:
        write_examples(options.work / "reader/asked.jsonl.gz", asked_examples(options.data, store))
    with build(options.work / "multihop", MiniLM(), evidence_articles(options.data)) as store:
        write_examples(options.work / "reader/multihop.jsonl.gz", multihop_examples(options.data, store))
    with build(options.work / "news-questions", MiniLM(), news_question_articles(options.data)) as store:
        write_examples(options.work / "reader/news.jsonl.gz", news_examples(options.data, store))
    write_examples(options.work / "reader/public.jsonl.gz", public_examples(options.data))
    write_examples(options.work / "reader/sentences.jsonl.gz", sentence_examples(options.data))
    for name in ("asked", "multihop", "news", "public", "sentences"):
        examples = read_examples(options.work / f"reader/{name}.jsonl.gz")
        print(name, len(examples), Counter(example.source for example in examples))


if __name__ == "__main__":
    main()
