"""Measure whether quotes are found and attributed to the right source: precision and recall by kind.

`python -m evals` measures the shipped network, which was trained on all of these articles. To measure on unseen
articles, train on the others with `python -m evals.train_quotes --fold N` and measure with
`python -m evals.attributions --fold N`.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.data import Attributed, attributed, fold
from evals.table import Line, print_table
from retrieval.documents import Quote
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.network import NetworkWeights, load_weights
from retrieval.quotes.extraction import extract_quotes
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.resolution.coreference import ResolvedSpeaker, resolve_speakers
from retrieval.text.sentences import Span

Spans = Sequence[Span]
PRONOUNS = frozenset("he she they it i we you who which that his her their him them".split())


@dataclass(frozen=True, slots=True)
class Pair:
    """A predicted quote and the annotated attribution that it matches; either is None where there is no match."""

    quote: Quote | None
    gold: Attributed | None
    person: ResolvedSpeaker | None = None  # whom the marked source means, as resolved
    phrase: str = ""  # the marked source as it is written


def measure(data: Path, articles: Sequence[str] | None = None, *, net: NetworkWeights | None = None) -> list[Line]:
    """Overlap precision, recall and F1 in characters of the best pairs, one line for each kind."""
    pairs = [pair for text, marked in _chosen(data, articles) for pair in _pairs(text, marked, net)]
    lines = [
        _line("all, content", pairs, lambda quote: quote.spans, lambda gold: gold.content),
        _line("all, source", pairs, _source, lambda gold: gold.source),
    ]
    for name, direct in (("direct", True), ("indirect and mixed", False)):
        some = [pair for pair in pairs if _is_direct(pair) is direct]
        lines.append(_line(f"{name}, content", some, lambda quote: quote.spans, lambda gold: gold.content))
        lines.append(_line(f"{name}, source", some, _source, lambda gold: gold.source))
    return [*lines, _found(pairs), *_speakers(pairs)]


def _chosen(data: Path, articles: Sequence[str] | None) -> Iterator[tuple[str, list[Attributed]]]:
    for key, (text, marked) in attributed(data).items():
        if articles is None or key in articles:
            yield text, [item for item in marked if item.content]


def _pairs(text: str, marked: list[Attributed], net: NetworkWeights | None) -> Iterator[Pair]:
    """Each quote with the attribution it overlaps best, one to one."""
    quotes = extract_quotes(text, net=net)
    meant = resolve_speakers(text, find_mentions(text), [_predicted_quotes(item) for item in marked])
    fits = sorted(
        ((_dice(quote, gold), a, b) for a, quote in enumerate(quotes) for b, gold in enumerate(marked)), reverse=True
    )
    left, right = set(range(len(quotes))), set(range(len(marked)))
    for fit, a, b in fits:
        if fit > 0 and a in left and b in right:
            left.discard(a)
            right.discard(b)
            yield Pair(quotes[a], marked[b], meant[b], _phrase(text, marked[b]))
    yield from (Pair(quotes[a], None) for a in left)
    yield from (Pair(None, marked[b], meant[b], _phrase(text, marked[b])) for b in right)


def _phrase(text: str, gold: Attributed) -> str:
    return text[slice(*gold.source[0])] if gold.source else ""


def _predicted_quotes(item: Attributed) -> Attribution:
    return Attribution(item.source[0] if item.source else None, item.cue[0] if item.cue else None, item.content)


def _dice(quote: Quote, gold: Attributed) -> float:
    shared = _shared(quote.spans, gold.content)
    same_cue = bool(quote.cue and _shared([quote.cue], gold.cue))
    return 2 * shared / (_length(quote.spans) + _length(gold.content)) + 0.5 * (same_cue and shared > 0)


def _line(
    name: str, pairs: Sequence[Pair], found: Callable[[Quote], Spans], wanted: Callable[[Attributed], Spans]
) -> Line:
    shared = sum(_shared(found(pair.quote), wanted(pair.gold)) for pair in pairs if pair.quote and pair.gold)
    of_found = sum(_length(found(pair.quote)) for pair in pairs if pair.quote)
    of_wanted = sum(_length(wanted(pair.gold)) for pair in pairs if pair.gold)
    return Line(f"quotes, {name}", "OnRecord", len(pairs), _figures(shared, of_found, of_wanted))


def _found(pairs: Sequence[Pair]) -> Line:
    """The same measures counted in attributions rather than characters."""
    hits = sum(pair.quote is not None and pair.gold is not None for pair in pairs)
    found, wanted = sum(pair.quote is not None for pair in pairs), sum(pair.gold is not None for pair in pairs)
    return Line("quotes, all, counted", "OnRecord", wanted, _figures(hits, found, wanted))


def _figures(hits: float, found: float, wanted: float) -> dict[str, float]:
    precision, recall = hits / found if found else 0.0, hits / wanted if wanted else 0.0
    both = precision + recall
    return {"precision": precision, "recall": recall, "F1": 2 * precision * recall / both if both else 0.0}


def _speakers(pairs: Sequence[Pair]) -> Iterator[Line]:
    """Measure whether the speaker is the annotated one: the same words, or a name of the same person."""
    direct = [pair for pair in pairs if pair.gold and pair.gold.direct and pair.gold.source]
    kinds = {
        "named speaker": [pair for pair in direct if pair.person and pair.person.is_person and not _is_pronoun(pair)],
        "pronoun": [pair for pair in direct if _is_pronoun(pair)],
        "other source": [
            pair for pair in direct if pair.person and not pair.person.is_person and not _is_pronoun(pair)
        ],
    }
    for name, some in kinds.items():
        found = [pair for pair in some if pair.quote]
        right = sum(map(_is_right, found))
        named = sum(bool(pair.quote and pair.quote.speaker) for pair in some)
        figures = {
            "of all": right / max(len(some), 1),
            "of found": right / max(len(found), 1),
            "has a name": named / max(len(some), 1),
        }
        yield Line(f"quotes, direct, {name}", "OnRecord", len(some), figures)


def _is_right(pair: Pair) -> bool:
    if not pair.quote or not pair.gold:
        return False
    same_name = bool(pair.person and pair.person.name and pair.person.name == pair.quote.speaker)
    return same_name or bool(_shared(_source(pair.quote), pair.gold.source))


def _is_pronoun(pair: Pair) -> bool:
    return pair.phrase.casefold().strip(" ,") in PRONOUNS


def _is_direct(pair: Pair) -> bool:
    return pair.gold.direct if pair.gold else bool(pair.quote and pair.quote.kind == "direct")


def _source(quote: Quote) -> Spans:
    return [quote.source] if quote.source else []


def _shared(one: Spans, other: Spans) -> int:
    return sum(max(0, min(b, d) - max(a, c)) for a, b in one for c, d in other)


def _length(spans: Spans) -> int:
    return sum(end - start for start, end in spans)


def main() -> None:
    """Measure a network on the articles that one fold kept out of its training."""
    parser = argparse.ArgumentParser(prog="python -m evals.attributions", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--net", type=Path, required=True, help="what `python -m evals.train_quotes --fold N` wrote")
    parser.add_argument("--fold", type=int, required=True, help="the same N")
    options = parser.parse_args()
    articles = fold(list(attributed(options.data)), options.fold)
    print(print_table(measure(options.data, articles, net=load_weights(options.net))))


if __name__ == "__main__":
    main()
