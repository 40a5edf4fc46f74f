"""One question in, one cited answer out; follow-ups are understood and remembered."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.messages import MAX_QUESTION_LENGTH, Answer, Turn
from bot.answering.questions.small_talk import CATALOG
from bot.service.conversation import Conversation
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.errors import Cancelled, EmbeddingUnavailable, UsageError
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.models.endpoints.cancellation import Cancellation
from tests.support.articles import article, fill
from tests.support.newsroom import ARTICLES, BRANDT, OKORO, talking

TOLL = "What did Brandt say about the toll?"
WORDS = st.sampled_from("What Who When How many did does say said Brandt Okoro she the toll ferries crowns ? “".split())


@pytest.fixture
def conversation(shared_newsroom: Store) -> Iterator[Conversation]:
    with talking(shared_newsroom) as opened:
        yield opened


def test_an_answer_cites_the_words_it_gives(conversation: Conversation, shared_newsroom: Store) -> None:
    answer = conversation.ask(TOLL)
    first = answer.citations[0]
    assert (answer.status, answer.answered_by) == ("answered", "extract")
    assert answer.text.startswith(f"Ilse Brandt, Mayor, 2 May 2025: {BRANDT} [1]")
    assert first.quote == shared_newsroom.catalog.article("toll").text[first.start : first.end] == BRANDT
    assert first.speaker == "Ilse Brandt"


def test_what_the_articles_do_not_speak_of_is_declined_with_the_nearest(conversation: Conversation) -> None:
    answer = conversation.ask("How much did the bridge cost?")
    assert (answer.status, answer.citations) == ("no_answer", ())
    assert [near.article for near in answer.nearest] == ["toll"]
    far = conversation.ask("Who designed the Sydney Opera House?")
    assert (far.status, far.nearest) == ("no_answer", ())


def test_an_answer_says_how_fresh_it_is_and_how_long_it_took(
    conversation: Conversation, shared_newsroom: Store
) -> None:
    answer = conversation.ask(TOLL)
    assert (answer.newest_source, answer.indexed_at) == ("2025-05-02", shared_newsroom.catalog.last_run())
    assert list(answer.timings_ms) == ["search", "read", "first_sentence", "total"]
    assert list(answer.timings_ms.values()) == sorted(answer.timings_ms.values())


def test_a_follow_up_is_understood_in_its_conversation_only(conversation: Conversation) -> None:
    conversation.ask(TOLL, "chat/1")
    followed = conversation.ask("What did Okoro say?", "chat/1")
    assert followed.standalone_question == "What did Okoro say about the toll?" and OKORO in followed.text
    assert conversation.ask("What did Okoro say?", "chat/2").standalone_question == "What did Okoro say?"
    assert conversation.ask("What did Okoro say?").standalone_question == "What did Okoro say?"


def test_a_name_on_a_topic_asks_for_words_else_for_what_it_says(conversation: Conversation) -> None:
    answer = conversation.ask("Brandt on the toll")
    assert answer.standalone_question == TOLL
    assert answer.text.startswith(f"Ilse Brandt, Mayor, 2 May 2025: {BRANDT} [1]")
    assert conversation.ask("Ferries on Sunday").standalone_question == "Ferries on Sunday"


def test_what_else_leaves_out_what_was_told(conversation: Conversation) -> None:
    assert BRANDT in conversation.ask(TOLL, "chat/else").text
    assert BRANDT not in conversation.ask("What else did she say about it?", "chat/else").text
    others = conversation.ask("Who else said something about the toll?", "chat/else")
    assert "Okoro" in others.text and "Ilse Brandt, Mayor" not in others.text


def test_what_was_told_in_one_breath_is_left_out_as_well(tmp_path: Path, model: MiniLM) -> None:
    first = "“The toll stays,” mayor Ilse Brandt said on Friday. “It pays for nine ferries.”"
    later = "“We will open a third lane in autumn,” Brandt told the council later."
    with Store(tmp_path / "index", lambda: model) as store:
        fill(store, article("toll", f"{first}\n\nThe hall was full.\n\n{later}", title="Council on the toll"))
        with talking(store) as conversation:
            conversation.ask("What did Brandt say about the toll?", "chat/breath")
            answer = conversation.ask("What else did Brandt say?", "chat/breath")
    assert "third lane" in answer.text and "nine ferries" not in answer.text


def test_a_follow_up_without_a_name_is_about_what_was_talked_of(shared_newsroom: Store) -> None:
    with talking(shared_newsroom) as conversation:
        conversation.ask("How many passengers did the island ferries carry?", "chat/without")
        answer = conversation.ask("and who has steered the oldest one?", "chat/without")
    assert "Rosa Lind" in answer.text.split("[1]")[0]


def test_a_conversation_goes_on_after_a_new_start(shared_newsroom: Store) -> None:
    with talking(shared_newsroom) as before:
        before.ask(TOLL, "chat/kept")
    with talking(shared_newsroom) as after:
        assert after.ask("What did Okoro say?", "chat/kept").standalone_question == "What did Okoro say about the toll?"


def test_which_article_says_so_and_when_it_was_published_is_asked_of_the_last_answer(
    conversation: Conversation,
) -> None:
    conversation.ask(TOLL, "chat/which")
    for question in ("in which article?", "When was it published?", "and who wrote that?"):
        answer = conversation.ask(question, "chat/which")
        assert [citation.article for citation in answer.citations] == ["toll"]
        assert "2 May 2025" in answer.text
    assert len(conversation.ask("which articles do you have?").citations) > 1


def test_a_forgotten_conversation_starts_afresh(conversation: Conversation) -> None:
    conversation.ask(TOLL, "chat/gone")
    conversation.forget("chat/gone")
    assert conversation.ask("What did Okoro say?", "chat/gone").standalone_question == "What did Okoro say?"


@pytest.mark.parametrize("question", ["", "  \n ", "x" * (MAX_QUESTION_LENGTH + 1)])
def test_an_empty_or_endless_question_is_refused(conversation: Conversation, question: str) -> None:
    with pytest.raises(UsageError, match="question"):
        conversation.ask(question)


def test_signs_alone_are_no_question(conversation: Conversation) -> None:
    assert conversation.ask("?!… 🛳").status == "no_question"


@pytest.mark.parametrize(
    "filters",
    [
        parse_filters(since="2025-06-01"),
        parse_filters(until="2025-01-01"),
        parse_filters(outlet="Elsewhere"),
        Filters(author="X"),
    ],
)
def test_articles_outside_the_filters_do_not_answer(conversation: Conversation, filters: Filters) -> None:
    answer = conversation.ask(TOLL, filters=filters)
    assert (answer.status, answer.nearest) == ("no_answer", ())


def test_an_outlet_that_a_question_names_answers_or_it_is_said_that_others_do(conversation: Conversation) -> None:
    ferry, others = "Who has steered the oldest ferry since 1998, according to the {}?", "This is what others say."
    own = conversation.ask(ferry.format("Northern Tide"))
    assert "Rosa Lind" in own.text and (own.notes, own.understood.outlet) == ((), "Northern Tide")
    silent = conversation.ask(ferry.format("Gazette"))
    assert "Rosa Lind" in silent.text and silent.status == "partial"
    assert silent.notes == (f"The articles from Quay Gazette do not answer this. {others}",)
    unknown = conversation.ask("What did Brandt say about the toll in the Ledger?")
    assert BRANDT in unknown.text and unknown.question.endswith("Ledger?")
    assert unknown.notes == (f"There is nothing from the Ledger here, and no article mentions that name. {others}",)
    declined = conversation.ask("How much did the bridge cost, according to the Ledger?")
    assert declined.status == "no_answer" and "nothing from the Ledger" in declined.notes[0]


def test_quotes_answer_their_part_of_a_question_and_what_is_missing_is_said(conversation: Conversation) -> None:
    answer = conversation.ask("What did Brandt say about the toll, and how tall is its tower?")
    assert BRANDT in answer.text and answer.status == "partial"
    assert answer.notes == ("The articles do not answer this part: how tall is its tower?",)


def test_a_speaker_beside_the_question_asks_for_that_persons_words(conversation: Conversation) -> None:
    answer = conversation.ask("bridge toll", filters=Filters(speaker="Okoro"))
    assert OKORO in answer.text and "nine years" not in answer.text


def test_without_an_embedding_model_words_answer_and_a_note_says_so(tmp_path: Path) -> None:
    missing = tmp_path / "missing.onnx"
    with Store(tmp_path / "index", lambda: MiniLM(missing)) as store:
        indexer.add_articles(store, ARTICLES)
        with pytest.raises(EmbeddingUnavailable, match=r"missing\.onnx"):
            indexer.index_pending(store)
        with talking(store) as conversation:
            answer = conversation.ask(TOLL)
    assert answer.status == "answered" and BRANDT in answer.text
    assert "words alone" in answer.notes[0] and "missing.onnx" in answer.notes[0]


def test_while_passages_wait_for_their_vectors_a_note_says_how_many_are_embedded(store: Store) -> None:
    fill(store, ARTICLES[0])
    indexer.add_articles(store, [article("late", "The harbour museum opens on Saturday with a show of ship models.")])
    with talking(store) as conversation:
        (note,) = conversation.ask(TOLL).notes
    assert re.match(r"\d\d % of the passages are embedded so far", note)


@settings(max_examples=40)
@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join))
def test_every_citation_of_any_answer_is_a_span_of_its_article(shared_newsroom: Store, question: str) -> None:
    with talking(shared_newsroom) as conversation:
        answer: Answer = conversation.ask(question)
    is_answered = answer.status in ("answered", "partial")
    assert is_answered == bool(answer.citations) or answer.answered_by == CATALOG
    for citation in (*answer.citations, *answer.nearest):
        assert citation.quote == shared_newsroom.catalog.article(citation.article).text[citation.start : citation.end]
    assert all(f"[{citation.number}]" in answer.text for citation in answer.citations)


def test_turns_that_are_given_are_understood_and_not_remembered(conversation: Conversation) -> None:
    before = Turn(TOLL, TOLL, "She defended it.", "answered")
    followed = conversation.ask("What did Okoro say?", turns=[before])
    assert (followed.standalone_question, followed.turn) == ("What did Okoro say about the toll?", 0)


def test_an_answer_knows_its_number_in_the_conversation(conversation: Conversation) -> None:
    assert [conversation.ask(TOLL, "chat/numbered").turn for _ in range(2)] == [1, 2]


def test_the_article_asked_first_answers_where_it_can(conversation: Conversation) -> None:
    about = "How many people did the ferries carry?"
    assert {one.article for one in conversation.ask(about, first_article="ferry").citations} == {"ferry"}
    assert conversation.ask(TOLL, first_article="ferry").text == conversation.ask(TOLL).text
    assert conversation.ask(TOLL, first_article="https://elsewhere.org").text == conversation.ask(TOLL).text


def test_nobody_works_on_what_was_cancelled(conversation: Conversation) -> None:
    cancellation = Cancellation()
    events = conversation.stream(TOLL, cancellation=cancellation)
    next(events)
    cancellation.cancel()
    with pytest.raises(Cancelled):
        next(events)


@pytest.mark.parametrize(("town", "cars"), [("Lowick", "3,000"), ("Dunmoor", "9,000")])
def test_a_follow_up_is_answered_from_the_article_that_was_talked_of(store: Store, town: str, cars: str) -> None:
    fill(
        store,
        *(
            article(
                name,
                f"Work on the new bridge in {name} begins in May, the council said on Monday.\n\n"
                f"The bridge will have two lanes and a path for cyclists. About {number} cars a day are expected.",
                title=f"{name} gets its bridge",
            )
            for name, number in [("Lowick", "3,000"), ("Dunmoor", "9,000")]
        ),
    )
    with talking(store) as conversation:
        conversation.ask(f"When does work on the bridge in {town} begin?", "chat/1")
        answer = conversation.ask("how many cars are expected?", "chat/1")
    assert (answer.citations[0].article, cars in answer.text) == (town, True)
