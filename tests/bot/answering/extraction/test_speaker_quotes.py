"""Questions about a speaker are answered with that speaker's own words, named and dated, or honestly not at all."""

import pytest

from bot.answering.extraction.speaker_quotes import attribution_line, claims_of_quotes, parts_beside_quotes
from bot.answering.messages import Answer
from bot.answering.reading.read_sentences import PartReading
from bot.service.conversation import Conversation
from retrieval.documents import Article, Quote, QuoteHit
from retrieval.index.store import Store
from retrieval.search.quote_intent import parse_quote_intent
from tests.support.articles import article, fill
from tests.support.newsroom import ARTICLES, BRANDT, OKORO, VELDE

HARBOUR = article(
    "harbour",
    "Councillor Tomas Ferrow opened the new harbour wall on Monday.\n\n"
    "“The wall will stand for a hundred winters,” Ferrow said. “Nobody in the lower town will sleep badly again.”\n\n"
    "His rival Nils Ferrow, a fisherman, called the wall “a monument to vanity”.\n\n"
    "Engineer Ada Brook warned that the wall would sink without a second footing.",
    published="2025-03-03",
    title="Harbour wall opens",
)
STORM = article(
    "storm",
    "After the storm Tomas Ferrow inspected the damage.\n\n"
    "“The wall held, and that is all that counts,” Ferrow told reporters.",
    published="2025-11-20",
    title="Wall holds in storm",
)


def ask(conversation: Conversation, store: Store, question: str, *articles: Article) -> Answer:
    fill(store, *articles)
    answer = conversation.ask(question)
    for citation in (*answer.citations, *answer.nearest):
        assert citation.quote == store.catalog.article(citation.article).text[citation.start : citation.end]
    return answer


def test_the_whole_quotation_leads_with_name_role_and_day(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Brandt say about the toll?", *ARTICLES)
    assert answer.text.startswith(f"Ilse Brandt, Mayor, 2 May 2025: {BRANDT} [1]")
    assert answer.citations[0].speaker == "Ilse Brandt"


def test_somebody_elses_words_about_the_speaker_are_not_an_answer(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Brandt say about the ferries?", *ARTICLES)
    assert VELDE not in answer.text and "forgotten" not in answer.text


def test_two_speakers_in_one_article_are_told_apart(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Okoro say about the toll?", *ARTICLES)
    assert OKORO in answer.text and "nine years" not in answer.text


def test_she_said_is_given_to_whom_she_is(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Lind say about the engine?", *ARTICLES)
    assert answer.text.startswith("Rosa Lind, Captain, ") and "would outlive her" in answer.text


def test_a_speaker_who_says_nothing_on_it_is_said_to_and_what_else_they_say_is_offered(
    conversation: Conversation, store: Store
) -> None:
    answer = ask(conversation, store, "What did Tomas Ferrow say about taxes?", HARBOUR, STORM)
    assert answer.status == "no_answer"
    assert answer.text == "The articles quote Tomas Ferrow, but not on taxes."
    assert [citation.article for citation in answer.nearest] == ["storm", "harbour"]
    assert {citation.speaker for citation in answer.nearest} == {"Tomas Ferrow"}


def test_somebody_who_is_not_quoted_is_said_not_to_be(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Zebulon say about the wall?", HARBOUR)
    assert (answer.status, answer.text) == ("no_answer", "The articles quote nobody called Zebulon.")


def test_two_people_of_one_surname_are_told_apart(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Nils Ferrow say about the wall?", HARBOUR, STORM)
    assert "vanity" in answer.text and "hundred winters" not in answer.text


def test_the_sentence_beside_the_answer_is_left_out(conversation: Conversation, store: Store) -> None:
    interview = article(
        "interview",
        "Councillor Tomas Ferrow favours a lighthouse on the mole.\n\n"
        "He said: “I would rather build a lighthouse that people can see than a cellar that nobody can.” "
        "Asked about mooring fees, Ferrow said they were a matter for the board.",
        title="Ferrow favours a lighthouse",
    )
    answer = ask(conversation, store, "What did Tomas Ferrow say about mooring fees?", interview, STORM)
    assert "a matter for the board" in answer.text and "cellar" not in answer.text


def test_the_question_between_two_answers_is_not_the_speakers(conversation: Conversation, store: Store) -> None:
    interview = article(
        "interview",
        "The Courier met the mayor of Lowick, Olga Ferrow, to talk about the pier and her horse.\n\n"
        "When will the pier be built?\n\nNot before 2040, as we have no money for a pier.\n\n"
        "Courier: Do you like your horse?\n\nFerrow: I love it, and it likes the pier.",
        title="A talk with the mayor",
    )
    answer = ask(conversation, store, "What did Olga Ferrow say?", interview, STORM)
    assert "Not before 2040" in answer.text
    assert "Courier:" not in answer.text and "Do you like" not in answer.text


def test_what_was_said_on_a_condition_is_the_speakers_too(conversation: Conversation, store: Store) -> None:
    threat = article(
        "threat",
        "Ferrow has paired his approach with a threat. If the dredgers refuse to talk, he has said, they will face "
        "further levies.",
        published="2025-05-01",
        title="Ferrow presses the dredgers",
    )
    answer = ask(conversation, store, "What did Councillor Ferrow say about levies?", HARBOUR, threat)
    assert "further levies" in answer.text or "but not on" not in answer.text


def test_who_said_it_is_answered_with_the_name(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "Who said the wall would stand for a hundred winters?", HARBOUR, STORM)
    assert answer.text.startswith("Tomas Ferrow")
    answer = conversation.ask("Who warned that the wall would sink without a second footing?")
    assert answer.text.startswith("3 March 2025: Engineer Ada Brook warned")


def test_a_misspelt_name_is_guessed_and_that_is_said(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Tomas Ferow say about the wall?", HARBOUR)
    assert "hundred winters" in answer.text
    assert answer.notes == ("Nobody called Tomas Ferow is quoted; taken to mean Tomas Ferrow.",)


def test_the_latest_words_come_first_where_the_latest_are_asked_for(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Tomas Ferrow say most recently about the wall?", HARBOUR, STORM)
    assert answer.citations[0].article == "storm"


def test_words_of_several_days_come_oldest_first(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Tomas Ferrow say about the wall in 2025?", HARBOUR, STORM)
    assert [citation.article for citation in answer.citations][:2] == ["harbour", "storm"]


def test_that_there_is_more_is_said_and_how_to_see_it(conversation: Conversation, store: Store) -> None:
    words = (
        "The mole is long",
        "Gulls are loud in March",
        "Nets dry on the quay",
        "Tar costs nine crowns",
        "Fog is late",
    )
    text = "\n\n".join(f"“{word},” said Captain Rosa Lind. It rained on day {at}." for at, word in enumerate(words))
    answer = ask(conversation, store, "What did Rosa Lind say?", article("lind", text, title="A captain speaks"))
    assert answer.text.count("[") == 3
    assert answer.notes == ("2 more of what Rosa Lind said: ask about a topic, or list it with “quotes Rosa Lind”.",)
    assert conversation.ask("What did Rosa Lind say about tar?").notes == ()


def test_quotes_of_one_article_stand_under_one_line(store: Store) -> None:
    def hit(article: str, start: int) -> QuoteHit:
        quote = Quote("Ada Brook", "", True, "direct", "x", ((start, start + 10),), None, None)
        return QuoteHit(quote, article, "", "", "", "2025-05-01")

    text = "\n\n".join(f"“The wall number {at} sinks.” {'It rained on the wall. ' * 20}" for at in range(3))
    fill(store, article("one", text), article("two", f"{text} It snowed."))
    claims = claims_of_quotes(
        [hit("one", 0), hit("two", 0), hit("one", text.index("“The wall number 2"))], store.catalog
    )
    assert [claim.support[0][0] for claim in claims] == ["one", "one", "two"]
    assert [claim.text.startswith("Ada Brook, 1 May 2025: ") for claim in claims] == [True, False, True]


@pytest.mark.parametrize(
    ("speaker", "role", "text", "line"),
    [
        ("Some critics", "", "Some critics of the wall felt that it works.", "1 May 2025"),
        ("The critics", "", "Critics felt that it works.", "1 May 2025"),
        ("Ada Brook", "", "“It works,” Ada Brook said.", "Ada Brook, 1 May 2025"),
        ("Ada Brook", "", "Brook felt that it works.", "Ada Brook, 1 May 2025"),
        ("Ada Brook", "", "Ada Brookes felt that it works.", "Ada Brook, 1 May 2025"),
        ("Ada Brook", "the mayor", "Ada Brook felt that it works.", "the mayor, 1 May 2025"),
        ("Ada Brook", "Mayor", "Mayor Ada Brook felt that it works.", "1 May 2025"),
    ],
)
def test_a_sentence_that_begins_with_its_speaker_is_not_told_to_be_the_speakers(
    speaker: str, role: str, text: str, line: str
) -> None:
    quote = Quote(speaker, role, True, "indirect", "it works", ((0, 8),))
    assert attribution_line(QuoteHit(quote, "one", "", "", "", "2025-05-01"), text) == line


def test_quotes_do_not_answer_parts_that_ask_for_anything_else() -> None:
    parts = ("What did Brandt say about the toll", "what did she say about ferries", "how high is it?")
    beside = parts_beside_quotes([PartReading(part, ()) for part in parts], parse_quote_intent(parts[0]))
    assert [reading.part for reading in beside] == ["how high is it?"]
