"""Citations hold the exact words, and their links name words that stand there."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.citations import cite_article, deep_link
from retrieval.text.sentences import Span
from tests.support.articles import article
from tests.support.newsroom import BRANDT, TOLL

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
TEXTS = st.lists(PARAGRAPHS, min_size=1, max_size=4).map("\n\n".join)


@st.composite
def cited(draw: st.DrawFn) -> tuple[str, Span]:
    """A text and a span of whole words in it."""
    text = draw(TEXTS)
    starts = [at for at, char in enumerate(text) if not char.isspace() and (at == 0 or text[at - 1].isspace())]
    start = draw(st.sampled_from(starts))
    ends = [at for at in range(start + 1, len(text) + 1) if at == len(text) or text[at].isspace()]
    return text, (start, draw(st.sampled_from([end for end in ends if not text[end - 1].isspace()])))


def terms_of(link: str) -> list[str]:
    return [unquote(term) for term in urlsplit(link).fragment.removeprefix(":~:text=").split(",")]


def flat(text: str) -> str:
    return " ".join(text.split())


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return start, start + len(words)


def test_a_citation_holds_the_words_and_the_facts_of_their_article() -> None:
    citation = cite_article(3, TOLL, span_of(TOLL.text, BRANDT), "Brandt")
    assert citation.quote == BRANDT == TOLL.text[citation.start : citation.end]
    assert (citation.number, citation.article, citation.speaker) == (3, "toll", "Brandt")
    assert (citation.title, citation.outlet, citation.authors) == (TOLL.title, TOLL.outlet, TOLL.authors)
    assert (citation.published, citation.updated) == ("2025-05-02", "2025-05-04")


@given(cited())
def test_the_link_is_a_valid_url_whose_terms_stand_in_the_quote(found: tuple[str, Span]) -> None:
    text, (start, end) = found
    link = deep_link("https://example.org/a?b=c", text, (start, end))
    assert link.isascii() and " " not in link and link.startswith("https://example.org/a?b=c#:~:text=")
    terms = terms_of(link)
    assert 1 <= len(terms) <= 2
    assert all(term and term in flat(text[start:end]) for term in terms)


@given(cited())
def test_a_term_of_the_link_stays_inside_one_paragraph(found: tuple[str, Span]) -> None:
    text, (start, end) = found
    paragraphs = [flat(part) for part in text[start:end].split("\n\n")]
    terms = terms_of(deep_link("https://example.org/", text, (start, end)))
    assert all(any(term in part for part in paragraphs) for term in terms)


@given(cited())
def test_the_end_of_the_link_comes_after_its_start(found: tuple[str, Span]) -> None:
    text, (start, end) = found
    terms = terms_of(deep_link("https://example.org/", text, (start, end)))
    quote = flat(text[start:end])
    assert quote.index(terms[0]) + len(terms[0]) <= quote.rindex(terms[-1]) or len(terms) == 1


def test_what_means_something_in_a_fragment_is_encoded() -> None:
    text = "A half-price fare, for bed & board, is 5% off."
    assert deep_link("https://example.org/", text, (0, len(text))).endswith(
        "#:~:text=A%20half%2Dprice%20fare%2C%20for%20bed%20%26%20board%2C%20is%205%25%20off."
    )


def test_a_short_quote_is_named_whole_and_a_long_one_by_its_ends() -> None:
    short, long = "Lorries pay 14 crowns.", flat(BRANDT)
    assert terms_of(deep_link("https://example.org/", short, (0, len(short)))) == [short]
    start, end = terms_of(deep_link("https://example.org/", long, (0, len(long))))
    assert long.startswith(start) and long.endswith(end) and len(start) + len(end) < len(long) / 2


def test_the_start_of_a_link_is_as_long_as_it_takes_to_be_found_once() -> None:
    opening = "The mayor of the island said on Friday that"
    text = f"{opening} ferries would sail all night long.\n\n{opening} the bridge would open before the summer fair."
    start, end = span_of(text, text.split("\n\n")[1])
    head = terms_of(deep_link("https://example.org/", text, (start, end)))[0]
    assert text.count(head) == 1 and text.index(head) == start


@pytest.mark.parametrize("url", ["https://example.org/a#comments", "https://example.org/a"])
def test_an_old_fragment_gives_way(url: str) -> None:
    assert deep_link(url, "Some words.", (0, 11)) == "https://example.org/a#:~:text=Some%20words."


def test_an_article_without_an_address_has_no_link() -> None:
    assert cite_article(1, article("a", "Some words.", url=""), (0, 11)).deep_link == ""
