"""Conversations over the newsroom's articles whose answers a stand-in server writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.answering.generation.model_judge import ModelJudge, model_judge
from bot.answering.generation.writer import Writer
from bot.answering.messages import Answer
from bot.answering.verification.judging import EMBEDDED
from bot.models.token_ledger import TokenLedger
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from prompts import Prompts
from retrieval.index.store import Store
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.search.hybrid_search import Search
from tests.support.chat_requests import model
from tests.support.endpoint_standin import Script, Standin, talking

COST = "How much will lorries pay for a crossing?"
TOLL = "What did Brandt say about the toll?"


@contextmanager
def conversing(
    store: Store,
    *script: Script,
    within: float = 5.0,
    context: int = 4096,
    daily: int = 0,
    failures: int = 2,
    cool_down: float = 60.0,
    judged_by_model: bool = False,
) -> Iterator[tuple[Conversation, Standin]]:
    """A conversation over an index of the newsroom's articles whose answers a stand-in server writes."""
    with Standin(*script).serving() as server:
        search = Search(store)
        ledger = TokenLedger(store.folder / "spent.db", daily)
        judge = ModelJudge(model(server.url), "tiny", Prompts(), ledger, within)
        writer = Writer(
            model(server.url),
            "tiny",
            Prompts(),
            within,
            CircuitBreaker(failures=failures, cool_down=cool_down),
            ledger,
            context,
            judge=model_judge(judge) if judged_by_model else EMBEDDED,
            foreign_judge=model_judge(judge),
        )
        yield (
            Conversation(store, search, ConversationHistory(store.folder / "conversations.db"), lambda: writer),
            server,
        )
        search.close()


def number_of(prompt: str, words: str) -> str:
    """The number under which the prompt has the passage with these words."""
    before = prompt[: prompt.index(words)]
    return before[before.rindex("\n[") + 2 :].split("]")[0]


def cited(text: str, words: str, finish: str = "stop") -> Script:
    """A server that answers with a text whose `#` is the number of the passage that has these words."""
    return lambda asked: talking(
        text.replace("#", number_of(asked.body["messages"][-1]["content"], words)), finish=finish
    )


def sources(answer: Answer, store: Store) -> None:
    """Holds that every citation is the article's own text."""
    for citation in answer.citations:
        assert citation.quote == store.catalog.article(citation.article).text[citation.start : citation.end]
