"""One answer reads one moment of the catalog, whatever is corrected and removed meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy.exc import ResourceClosedError

from bot.service.conversation import Conversation
from bot.service.turns.turn import AnswerTrace
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import Database
from retrieval.catalog.rows import SegmentedArticle
from retrieval.documents import Article
from retrieval.errors import UnknownArticle
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.articles import article, fill
from tests.support.newsroom import talking

ASKED = ("What did Okoro say about the toll?", "How many crowns do lorries pay?", "Who designed the Opera House?")
WITHIN = 1.5  # seconds of asking while an article is corrected all the time
EDITIONS = 7
HEADING = "What lorries will pay"
BEGINNINGS = ("The council", "It was late.", "Lorries will", "“A toll")


def edition(number: int, crowns: int = 20) -> Article:
    """The same article with a longer opening each time: its passages stay in the indexes, all of their offsets move."""
    opening = "The council met in the old town hall on Friday evening. " + "It was late. " * number
    text = (
        f"{opening}\n\n{HEADING}\n\nLorries will pay {crowns} crowns a crossing under the bridge toll.\n\n"
        f"“A toll of {crowns} crowns is a tax on people,” transport minister Daniel Okoro told the council."
    )
    heading = (text.index(HEADING), text.index(HEADING) + len(HEADING))
    return article("toll", text, title="Council votes for the toll", published="2025-05-02", headings=(heading,))


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    catalog.save_articles([SegmentedArticle(edition(0), [((0, 20), "")])])
    return catalog


@pytest.fixture
def filled(tmp_path: Path, model: MiniLM, database: Database) -> Iterator[Store]:
    with Store(tmp_path / "index", lambda: model, database=database) as store:
        fill(store, edition(0), article("ferry", "The ferry sails at seven, the harbour office said on Monday."))
        yield store


@contextmanager
def meanwhile(work: object) -> Iterator[None]:
    """Do something again and again in another thread; what it raises is raised here."""
    done, raised = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            while not done.is_set():
                work()  # type: ignore[operator]
        except BaseException as exc:
            raised.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    assert raised == []


def test_a_moment_stands_still_while_articles_are_put_and_removed(catalog: Catalog) -> None:
    with catalog.snapshot() as moment:
        catalog.save_articles([SegmentedArticle(edition(1), [((0, 20), "")])])
        catalog.set_fact("colour", "blue")
        assert (moment.article("toll"), moment.fact("colour")) == (edition(0), "")
        catalog.remove("toll")
        assert moment.article("toll") == edition(0)
        assert moment.hits(moment.passage_ids_of(["toll"]))
    with catalog.snapshot() as later, pytest.raises(UnknownArticle):
        later.article("toll")
    assert catalog.fact("colour") == "blue"


def test_a_moment_is_that_of_its_beginning_not_of_its_first_question(catalog: Catalog) -> None:
    with catalog.snapshot() as moment:
        catalog.save_articles([SegmentedArticle(edition(1), [((0, 20), "")])])
        assert moment.article("toll") == edition(0)


def test_moments_side_by_side_are_each_their_own(catalog: Catalog) -> None:
    with catalog.snapshot() as first:
        catalog.save_articles([SegmentedArticle(edition(1), [((0, 20), "")])])
        with catalog.snapshot() as second:
            assert (first.article("toll"), second.article("toll")) == (edition(0), edition(1))


def test_nothing_is_read_through_a_moment_that_is_over_but_one_that_is_not_outlives_the_catalog(
    catalog: Catalog,
) -> None:
    with catalog.snapshot() as moment:
        catalog.close()
        assert moment.article("toll") == edition(0)
    with pytest.raises(ResourceClosedError):
        moment.fact("any")


def test_a_stream_may_be_closed_early_and_in_another_thread(filled: Store) -> None:
    with talking(filled) as conversation:
        for _ in range(5):
            stream = conversation.stream(ASKED[0])
            assert next(stream) == "searching"
            next(stream)  # a sentence: the moment is open
            thread = threading.Thread(target=stream.close)  # type: ignore[attr-defined]
            thread.start()
            thread.join()
        filled.catalog.save_articles([])
        assert conversation.ask(ASKED[0]).status == "answered"


def test_an_answer_that_has_begun_is_told_to_its_end_from_the_version_it_began_with(filled: Store) -> None:
    with talking(filled) as conversation:
        stream = conversation.stream("How many crowns do lorries pay under the toll, and what did Okoro say?")
        assert next(stream) == "searching"
        next(stream)
        fill(filled, edition(1, crowns=31))
        filled.catalog.remove("toll")
        *_, last = stream
    assert isinstance(last, AnswerTrace)
    assert "20 crowns" in last.answer.text and "31 crowns" not in last.answer.text


def of_one_edition(conversation: Conversation, question: str) -> int:
    """Ask, and hold every citation against the editions there are; how many citations there were."""
    answer = conversation.ask(question)
    cited = [one for one in (*answer.citations, *answer.nearest) if one.article == "toll"]
    texts = {number: edition(number).text for number in range(EDITIONS)}
    held = [{number for number, text in texts.items() if one.quote == text[one.start : one.end]} for one in cited]
    assert all(held)
    assert all(one.quote.startswith(BEGINNINGS) and one.quote.endswith(".") for one in cited), "another version's span"
    assert not held or set.intersection(*held), "two versions in one answer"
    return len(cited)


def test_answers_never_mix_versions_while_an_article_is_corrected_all_the_time(filled: Store) -> None:
    cuts = cycle([indexer.segment(edition(number)) for number in range(EDITIONS)])

    def correct() -> None:
        filled.catalog.save_articles([next(cuts)])

    with talking(filled) as conversation, meanwhile(correct):
        until = threading.Event()
        threading.Timer(WITHIN, until.set).start()
        cited = 0
        while not until.is_set():
            cited += sum(of_one_edition(conversation, question) for question in ASKED)
    assert cited > 0


def test_answers_come_while_an_article_is_removed_and_added_all_the_time(filled: Store) -> None:
    def flicker() -> None:
        filled.catalog.remove("toll")
        indexer.add_articles(filled, [edition(1)])

    with talking(filled) as conversation, meanwhile(flicker):
        until = threading.Event()
        threading.Timer(WITHIN, until.set).start()
        while not until.is_set():
            for question in ASKED:
                of_one_edition(conversation, question)
