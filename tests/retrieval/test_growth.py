"""What an article costs grows with its length and no faster, whatever its text is like."""

import re
from collections.abc import Callable

import pytest

from retrieval.catalog.duplicate_articles import minhash_bands, text_signature
from retrieval.catalog.rows import SegmentedArticle, passage_rows
from retrieval.catalog.versions import sentence_diff
from retrieval.documents import Article, Quote
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.attribution.signed_quotes import chain_starts, continued_quotations, signed_quotations
from retrieval.quotes.attribution.token_features import tokenize
from retrieval.quotes.extraction import extract_quotes
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.resolution.coreference import resolve_speakers
from retrieval.text.addresses.canonical_url import url_key
from retrieval.text.boilerplate import Block, BlockKind
from retrieval.text.chunking import chunk_article
from retrieval.text.sentences import sentence_spans
from retrieval.text.terms import terms
from tests.support.cpu_growth import MAX_GROWTH, cpu_growth, growth_cases
from tests.support.text_shapes import TEXT_SHAPES

_WORD = re.compile(r"\S{1,20}")


def _chunk(text: str) -> object:
    return chunk_article(text, [Block(BlockKind.BODY, 0, len(text))])


def _attributions(text: str) -> list[Attribution]:
    """Each sentence said by its first word and by its last."""
    said = list[Attribution]()
    for start, end in sentence_spans(text)[::2]:
        words = [word.span() for word in _WORD.finditer(text, start, min(end, start + 400))]
        said += [Attribution(words[at], None, ((start, end),)) for at in (0, -1)]
    return said


def _resolve(text: str) -> object:
    return resolve_speakers(text, find_mentions(text), _attributions(text))


def _lay_out(text: str) -> object:
    quotations = quotation_spans(text)
    chain_starts(text, quotations)
    signed = signed_quotations(text, quotations).values()
    return list(continued_quotations(text, list(signed), quotations))


def _compare(text: str) -> object:
    middle = len(text) // 3
    return sentence_diff(text, f"{text[:middle]} Other words. {text[middle:]}")


def _sign(text: str) -> object:
    signature = text_signature(text)
    return minhash_bands(signature) if signature else None


def _make_rows(text: str) -> object:
    passages = [((at, at + 100), "") for at in range(0, len(text), 100)]
    quotes = [Quote("Anna Miller", "", True, "direct", "Yes", ((at, at + 3),)) for at in range(0, len(text), 50)]
    return list(passage_rows(SegmentedArticle(Article("a", "", "", "", text), passages, quotes), 1))


STEPS: dict[str, tuple[Callable[[str], object], int]] = {
    "sentences": (sentence_spans, 60_000),
    "passages": (_chunk, 40_000),
    "terms": (terms, 60_000),
    "quotation marks": (quotation_spans, 60_000),
    "quotations by layout": (_lay_out, 40_000),
    "tokens": (tokenize, 20_000),
    "mentions": (find_mentions, 40_000),
    "speakers": (_resolve, 30_000),
    "signature": (_sign, 60_000),
    "difference of versions": (_compare, 30_000),
    "rows": (_make_rows, 60_000),
    "URL": (lambda text: url_key(f"https://courier.example/{text}"), 60_000),
}
QUOTED = ("short quotes", "open quotes", "one quotation", "distinct speakers", "pronouns", "roles", "right to left")


@pytest.mark.parametrize(("step", "shape"), growth_cases(STEPS, TEXT_SHAPES))
def test_twice_the_text_costs_twice_the_time(step: str, shape: str) -> None:
    run, size = STEPS[step]
    assert cpu_growth(run, TEXT_SHAPES[shape], size) <= MAX_GROWTH


@pytest.mark.parametrize(("step", "shape"), growth_cases(["quotes"], QUOTED))
def test_twice_the_quotes_cost_twice_the_time(step: str, shape: str) -> None:
    assert cpu_growth(extract_quotes, TEXT_SHAPES[shape], 15_000) <= MAX_GROWTH


@pytest.mark.parametrize("url", ["https://a.example/x" + "/amp" * 40_000 + "/y", "https://google.com/amp/s/" * 5_000])
def test_urls_of_urls_have_an_end(url: str) -> None:
    assert url_key(url)
