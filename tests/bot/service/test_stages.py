"""Each stage of an answer is logged in one line, without any text that was asked, answered or read."""

import logging
import re
from collections.abc import Iterator

import pytest

from bot.answering.messages import Answer, Turn
from bot.service.turns.stages import STAGE_LOGGER, Stopwatch, log_stage
from retrieval.index.store import Store
from tests.support.endpoint_standin import failing
from tests.support.endpoint_standin import talking as writes
from tests.support.model_answers import COST, TOLL, cited, conversing
from tests.support.newsroom import ARTICLES, LORRIES, talking

LINE = re.compile(r"(?P<stage>[a-z]+) \d+\.\d ms(?P<facts>(?: [a-z_]+=\S+)*)")
WORD = re.compile(r"[^\W\d_]{4,}")
SPELLED_OUT = 'Nothing of "this", nor of\nthat, may be\x1b[31m shown as it is'


class Listener(logging.Handler):
    """Keeps the lines that are logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    caplog.set_level(logging.INFO, STAGE_LOGGER)
    listener = Listener()
    logging.getLogger(STAGE_LOGGER).addHandler(listener)
    yield listener.lines
    logging.getLogger(STAGE_LOGGER).removeHandler(listener)


def stages(lines: list[str]) -> dict[str, str]:
    """The facts of each stage, in the order of the stages."""
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    return {match["stage"]: match["facts"] for match in found if match}


def words(*texts: str) -> set[str]:
    return {word.lower() for text in texts for word in WORD.findall(text)}


def tells_nothing(lines: list[str], question: str, answer: Answer) -> bool:
    """Whether no word of the question, the answer or the articles is in the lines; ids of articles may be."""
    told = words(*(re.sub(r" articles=\S+", "", line) for line in lines))
    read = [text for one in ARTICLES for text in (one.text, one.title, one.outlet, *one.authors, one.url)]
    return not told & words(question, answer.text, answer.standalone_question, *read)


def test_an_extracted_answer_is_logged_stage_by_stage(newsroom: Store, lines: list[str]) -> None:
    with talking(newsroom) as conversation:
        answer = conversation.ask(TOLL, "chat/1")
    logged = stages(lines)
    assert list(logged) == ["understand", "search", "read", "answerability", "extract", "remember"]
    assert "decision=answer" in logged["answerability"] and "source=quotes" in logged["extract"]
    assert logged["remember"] == " turn=1 status=answered answered_by=extract articles=toll"
    assert tells_nothing(lines, TOLL, answer)


def test_a_follow_up_and_a_refusal_are_logged(newsroom: Store, lines: list[str]) -> None:
    asked = "And about the Sydney Opera House?"
    with talking(newsroom) as conversation:
        answer = conversation.ask(asked, turns=[Turn(TOLL, TOLL, "She defended it.", "answered")])
    logged = stages(lines)
    assert list(logged) == ["understand", "search", "read", "answerability", "remember"]
    assert (
        logged["understand"] == " kind=question turns=1 rewritten=yes" and "decision=decline" in logged["answerability"]
    )
    assert tells_nothing(lines, asked + TOLL, answer)


def test_a_generated_answer_is_logged_with_what_verification_kept_and_dropped(
    newsroom_copy: Store, lines: list[str]
) -> None:
    draft = "Lorries will pay 14 crowns a crossing. [#] Lorries will pay 40 crowns a crossing. [#]"
    with conversing(newsroom_copy, cited(draft, LORRIES)) as (conversation, _):
        answer = conversation.ask(COST)
    logged = stages(lines)
    assert list(logged) == ["understand", "search", "read", "answerability", "generate", "verify", "remember"]
    assert (
        logged["generate"] == " model=tiny declined=no failure=- tokens_read=14 tokens_written=4"
    )  # of it 7 and 2 to repair
    assert logged["verify"] == " verified=1 dropped=figure:1"
    assert tells_nothing(lines, COST, answer)


def test_a_model_that_fails_is_logged_by_the_kind_of_its_failure(newsroom_copy: Store, lines: list[str]) -> None:
    with conversing(newsroom_copy, failing(401, "the harbour key is wrong")) as (conversation, _):
        answer = conversation.ask(COST)
    logged = stages(lines)
    assert list(logged) == [
        "understand",
        "search",
        "read",
        "answerability",
        "generate",
        "verify",
        "extract",
        "remember",
    ]
    assert "failure=Model" in logged["generate"] and tells_nothing(lines, COST, answer)


def test_nothing_a_model_writes_is_logged(newsroom_copy: Store, lines: list[str]) -> None:
    with conversing(newsroom_copy, writes("Zeppelins carried cheese to Venus. [1]")) as (conversation, _):
        conversation.ask(COST)
    assert stages(lines)["verify"].startswith(" verified=0") and not words(*lines) & words("Zeppelins cheese Venus")


def test_a_line_stays_one_line_whatever_it_is_given(lines: list[str]) -> None:
    log_stage("search", Stopwatch().lap(), value=SPELLED_OUT, none="", many=("a b", "c"))
    assert stages(lines)["search"].endswith("none=- many=a_b,c") and "\x1b" not in lines[0]


def test_without_a_listener_nothing_is_logged(newsroom: Store, caplog: pytest.LogCaptureFixture) -> None:
    with talking(newsroom) as conversation:
        conversation.ask(TOLL)
    assert not caplog.messages
