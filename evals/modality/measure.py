"""Measure the modality of quotes on sentences that the model has not seen: `python -m evals.modality.measure`.

A denial, question or claim counts as listed when a quote in the sentence is taken for said whose words begin
with those in brackets; words that were said count as withheld when all quotes that share them are taken for not said.
"""

from evals.modality.examples import EARLIEST, FOLDER, Sentence, read_sentences
from retrieval.documents import Quote
from retrieval.quotes.extraction import extract_quotes


def main() -> None:
    """Print the sentences that are judged wrongly, and how many there are."""
    sentences = read_sentences(FOLDER / "held_out.jsonl")
    listed = [one for one in sentences if one.modality != "said" and any(quote.is_said for quote in _begun(one))]
    withheld = [one for one in sentences if one.modality == "said" and _is_withheld(one)]
    for name, some in (("listed", listed), ("withheld", withheld)):
        total = sum((one.modality == "said") is (name == "withheld") for one in sentences)
        print(f"{name}: {len(some)} of {total}", *(one.marked for one in some), sep="\n  ")


def _begun(sentence: Sentence) -> list[Quote]:
    """The quotes that begin with the words in brackets."""
    start, end = sentence.words
    return [quote for quote in extract_quotes(sentence.text) if start - EARLIEST <= quote.start < end]


def _is_withheld(sentence: Sentence) -> bool:
    start, end = sentence.words
    shared = [quote for quote in extract_quotes(sentence.text) if quote.start < end and start < quote.end]
    return bool(shared) and not any(quote.is_said for quote in shared)


if __name__ == "__main__":
    main()
