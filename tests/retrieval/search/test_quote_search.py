"""What somebody says on a topic, and who says something, in a store that holds words alone."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from retrieval.catalog.filters import Filters
from retrieval.catalog.rows import SegmentedArticle
from retrieval.documents import Hit, Quote
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.search.quote_search import CANDIDATE_PASSAGES, QuoteSearch
from retrieval.text.terms import content_terms
from tests.support.articles import article

HARBOUR = article(
    "harbour",
    "“We will not sell the harbour,” Mayor Ana Pell said on Monday.\n\n"
    "“The ferry will run again in spring,” Tom Obi, a harbour pilot, said.\n\n"
    "Mayor Ana Pell said that the ferry was too old for another winter.",
    title="Council keeps the pier",
    outlet="Quay Gazette",
    authors=("Nia Roth",),
    published="2026-03-02",
)
STORM = article(
    "storm",
    "“The storm took the roof of the school,” Mayor Ana Pell said on Friday.\n\n"
    "The Harbour Trust said that the ferry would stay in port until the storm was over.\n\n"
    "“I have never seen such waves,” said Captain Rosa Lind.",
    title="Storm over Seaford",
    outlet="Northern Tide",
    authors=("Per Holm",),
    published="2026-01-10",
)
PRIDE = article(
    "pride",
    "“The ferry is the pride of the town,” Mayor Ana Pell said on Sunday.\n\nThe ferry was built in 1961.",
    title="The ferry turns fifty",
    outlet="Quay Gazette",
    published="2025-06-01",
)
FERRY = content_terms("the ferry")
ANY = Filters()


def no_model() -> EmbeddingModel:
    raise EmbeddingUnavailable("There is no model.")


def catch_up(store: Store) -> None:
    with suppress(EmbeddingUnavailable):  # once the words are in
        indexer.index_pending(store)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "index", no_model) as opened:
        indexer.add_articles(opened, (HARBOUR, STORM, PRIDE))
        catch_up(opened)
        yield opened


@pytest.fixture
def quote_search(store: Store) -> QuoteSearch:
    return QuoteSearch(store.catalog, store.bm25)


def told(quote_search: QuoteSearch, topic: str, filters: Filters = ANY, who: str = "") -> list[tuple[str, str, str]]:
    """Article, speaker and kind of each quote on a topic, best first."""
    found = quote_search.quotes_on(content_terms(topic), filters, match=quote_search.find_speaker(who) if who else None)
    return [(hit.article, hit.quote.speaker, hit.quote.kind) for hit in found]


def said(store: Store, *quotes: str, key: str = "quay", kind: str = "direct", **facts: object) -> None:
    """Put an article whose quotes are these, each by a speaker of its own."""
    text = "\n".join(quotes)
    spans = [(text.index(words), text.index(words) + len(words)) for words in quotes]
    made = [
        Quote(f"Ana Pell{at}", "", True, kind, words, (span,))  # type: ignore[arg-type]
        for at, (words, span) in enumerate(zip(quotes, spans, strict=True))
    ]
    store.catalog.save_articles([SegmentedArticle(article(key, text, **facts), [((0, len(text)), "")], made)])
    catch_up(store)


def test_everybody_on_record_is_known_most_quoted_first(quote_search: QuoteSearch) -> None:
    speakers = quote_search.speakers()
    assert (speakers[0].name, speakers[0].quotes, speakers[0].newest) == ("Ana Pell", 4, "2026-03-02")
    assert {speaker.name for speaker in speakers} == {"Ana Pell", "Tom Obi", "Rosa Lind", "The Harbour Trust"}


def test_somebodys_words_come_newest_article_first_in_its_order(quote_search: QuoteSearch) -> None:
    found = quote_search.quotes_by(quote_search.find_speaker("Mayor Pell"), ANY)
    assert [(hit.article, hit.quote.kind) for hit in found] == [
        ("harbour", "direct"),
        ("harbour", "indirect"),
        ("storm", "direct"),
        ("pride", "direct"),
    ]


def test_words_on_a_topic_are_somebodys_and_on_it(quote_search: QuoteSearch) -> None:
    assert told(quote_search, "the storm", who="Pell") == [("storm", "Ana Pell", "direct")]
    assert told(quote_search, "the roof of the school", who="Ana Pell") == [("storm", "Ana Pell", "direct")]
    assert told(quote_search, "a zeppelin", who="Pell") == told(quote_search, "the roof", who="Nobody Atall") == []


def test_own_words_come_before_reported_ones(quote_search: QuoteSearch) -> None:
    kinds = [kind for _, _, kind in told(quote_search, "the ferry", who="Pell")]
    assert kinds == ["direct", "indirect"]


def test_without_a_name_anybody_may_have_said_it(quote_search: QuoteSearch) -> None:
    assert {speaker for _, speaker, _ in told(quote_search, "the ferry")} == {
        "Ana Pell",
        "Tom Obi",
        "The Harbour Trust",
    }
    assert told(quote_search, "waves")[0][1] == "Rosa Lind"


def test_of_equal_words_the_newest_come_first(quote_search: QuoteSearch) -> None:
    direct = [article for article, _, kind in told(quote_search, "the ferry") if kind == "direct"]
    assert direct == ["harbour", "pride"]


def test_words_without_a_day_come_after_dated_ones(store: Store) -> None:
    said(store, "“The lamp went out again tonight,”", key="undated")
    said(store, "“The lamp went out again tonight,”", key="dated", published="2020-01-01")
    assert [article for article, _, _ in told(QuoteSearch(store.catalog, store.bm25), "the lamp")] == [
        "dated",
        "undated",
    ]


def test_words_that_hold_more_of_the_topic_come_first(quote_search: QuoteSearch) -> None:
    assert told(quote_search, "the ferry in winter")[0] == ("harbour", "Ana Pell", "indirect")
    assert told(quote_search, "the ferry in spring")[0][1] == "Tom Obi"


def test_what_stands_around_words_and_in_the_headline_counts_less(store: Store) -> None:
    said(store, "“The lamp and the buoy are lit tonight,”", key="both")
    said(store, "“Somebody has lit the lamp tonight,”", "“A buoy is a buoy in any weather,”", key="around")
    said(store, "“Somebody has lit the lamp tonight,”", key="headline", title="The buoy is back")
    said(store, "“Somebody has lit the lamp tonight,”", key="neither")
    found = QuoteSearch(store.catalog, store.bm25).quotes_on(content_terms("lamp buoy"), ANY)
    scores = {hit.article: hit.score for hit in reversed(found) if "lamp" in hit.quote.words}
    assert scores["both"] > scores["around"] > scores["headline"] > scores["neither"] > 0


def test_few_words_say_little(store: Store) -> None:
    said(store, "“A lamp,”", "“The lamp went out again tonight,”")
    assert [
        hit.quote.words for hit in QuoteSearch(store.catalog, store.bm25).quotes_on(content_terms("lamp"), ANY)
    ] == [
        "“The lamp went out again tonight,”",
        "“A lamp,”",
    ]


@pytest.mark.parametrize(
    ("filters", "articles"),
    [
        (Filters(since="2026-01-01"), {"harbour", "storm"}),
        (Filters(until="2025-12-31"), {"pride"}),
        (Filters(outlet="quay"), {"harbour", "pride"}),
        (Filters(author="Holm"), {"storm"}),
        (Filters(since="2026-01-01", outlet="quay"), {"harbour"}),
        (Filters(outlet="nowhere"), set()),
        (ANY, {"harbour", "storm", "pride"}),
    ],
)
def test_filters_limit_words_and_speakers(quote_search: QuoteSearch, filters: Filters, articles: set[str]) -> None:
    assert {article for article, _, _ in told(quote_search, "the ferry", filters)} == articles
    assert {hit.article for hit in quote_search.quotes_by(quote_search.find_speaker("Pell"), filters)} == articles
    assert ("Ana Pell" in {speaker.name for speaker in quote_search.speakers(filters)}) == bool(articles)


def test_a_filter_finds_words_however_many_others_there_are(store: Store) -> None:
    said(store, *(f"“The lamp Nr{at} is out,”" for at in range(CANDIDATE_PASSAGES + 20)), outlet="Quay Gazette")
    said(store, "“The lamp of the old pier is out again tonight, as it was last year,”", key="tide", outlet="Tide")
    assert [
        article for article, _, _ in told(QuoteSearch(store.catalog, store.bm25), "lamp", Filters(outlet="Tide"))
    ] == ["tide"]


def test_words_in_the_passages_found_are_looked_at_too(store: Store, quote_search: QuoteSearch) -> None:
    hits: list[Hit] = list(store.catalog.hits(store.catalog.passage_ids_of(["storm"])).values())
    alone = {hit.quote.speaker for hit in quote_search.quotes_on(FERRY, ANY)}
    beside = quote_search.quotes_on(FERRY, ANY, hits=hits)
    assert "Rosa Lind" not in alone and "Rosa Lind" in {hit.quote.speaker for hit in beside}
    (lind,) = quote_search.quotes_on(FERRY, ANY, match=quote_search.find_speaker("Lind"), hits=hits)
    assert 0 < lind.score < max(hit.score for hit in beside)


def test_scores_are_shares_and_fall(store: Store, quote_search: QuoteSearch) -> None:
    hits = list(store.catalog.hits(store.catalog.passage_ids_of(["harbour"])).values())
    scores = [hit.score for hit in quote_search.quotes_on(content_terms("ferry winter storm"), ANY, hits=hits)]
    assert all(0 <= score <= 1 for score in scores) and scores == sorted(scores, reverse=True)


def test_no_topic_is_nobodys(quote_search: QuoteSearch) -> None:
    assert quote_search.quotes_on([], ANY) == []
    assert quote_search.quotes_on(content_terms(""), ANY, match=quote_search.find_speaker("Pell")) == []


def test_a_nobody_has_no_words(quote_search: QuoteSearch) -> None:
    nobody = quote_search.find_speaker("Zebulon")
    assert nobody.speakers == ()
    assert quote_search.quotes_by(nobody, ANY) == quote_search.quotes_on(FERRY, ANY, match=nobody) == []


def test_what_is_added_and_removed_is_heard_of_at_once(store: Store, quote_search: QuoteSearch) -> None:
    assert quote_search.find_speaker("Holm").speakers == ()
    indexer.add_articles(
        store, [article("lamp", "“The lamp is out,” Per Holm, the lighthouse keeper, said on Monday.\n\nIt was dark.")]
    )
    assert [speaker.name for speaker in quote_search.find_speaker("Holm").speakers] == ["Per Holm"]
    store.catalog.remove("lamp")
    assert quote_search.find_speaker("Holm").speakers == ()


def test_a_new_version_with_as_many_quotes_is_heard_of_at_once(store: Store, quote_search: QuoteSearch) -> None:
    indexer.add_articles(store, [article("lamp", "“The lamp is out,” Mayor Ana Pell said on Monday.\n\nIt was dark.")])
    quote_search.speakers()
    indexer.add_articles(
        store, [article("lamp", "“The lamp is out,” Per Holm, the keeper, said on Monday.\n\nIt was dark.")]
    )
    assert [speaker.name for speaker in quote_search.find_speaker("Per Holm").speakers] == ["Per Holm"]


def test_every_quote_stands_in_a_passage(store: Store, quote_search: QuoteSearch) -> None:
    places = [(hit.article, hit.quote.start) for hit in quote_search.quotes_by(quote_search.find_speaker("Pell"), ANY)]
    found = store.catalog.passage_ids_at([*places, ("harbour", 99_999), ("nowhere", 0)])
    assert set(found) == set(places)
    for (key, at), passage in found.items():
        hit = store.catalog.hits([passage])[passage]
        assert hit.passage.article == key and hit.passage.start <= at < hit.passage.end
