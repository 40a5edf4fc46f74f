"""Measure whether answers are right and whether unanswerable questions are declined."""

import random
import re
import tempfile
from pathlib import Path

from bot.answering.reading.answerability import ANSWER_THRESHOLD
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from evals.data import Row, attributed, clapnq_articles, rows
from evals.table import Line, mean
from retrieval.documents import QuoteHit
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.search.hybrid_search import Search
from retrieval.text.terms import terms

STRANGERS = 400  # pairs of speaker and topic that are drawn
Judged = list[tuple[float, bool, bool]]
"""For each question: the evidence, whether it was answered, whether it can be."""


def quotes(data: Path, store: Store) -> list[Line]:
    """The shares of questions whose gold quotation is found first, among five, in the answer, and cited first."""
    conversation, questions = _conversation(store), rows(data / "quotes/questions.jsonl")
    led, five, contains, first, refused = list[bool](), list[bool](), list[bool](), list[bool](), list[bool]()
    for row in questions:
        trace = conversation.ask_with_trace(row["question"])
        answer, said = trace.answer, [_holds(row, hit) for hit in trace.search_result.speaker_quotes]
        gold = [_normalized(quote["quote"]) for quote in row["gold"]]
        led.append(any(said[:1]))
        five.append(any(said[:5]))
        contains.append(any(quote in _normalized(answer.text) for quote in gold))
        first.append(bool(answer.citations) and any(quote in _normalized(answer.citations[0].quote) for quote in gold))
        refused.append(answer.status == "no_answer")
    kept = {"first of quotes": led, "of five quotes": five, "in answer": contains, "cited first": first}
    figures = {name: mean(values) for name, values in (kept | {"no answer": refused}).items()}
    return [
        Line("quotes, answers", "OnRecord, extract", len(questions), figures),
        _answers_of_other_speakers(data, conversation),
    ]


def _holds(row: Row, hit: QuoteHit) -> bool:
    """Whether a quote found shares words with a gold one."""
    return any(
        hit.article == gold["article"] and hit.quote.start < gold["span"][1] and gold["span"][0] < hit.quote.end
        for gold in row["gold"]
    )


def _answers_of_other_speakers(data: Path, conversation: Conversation) -> Line:
    """Ask about topics that a speaker is not marked to speak of; count answers, and answers with other speakers."""
    questions, spoken = rows(data / "quotes/questions.jsonl"), _topics_by_surname(data)
    drawn, asked, answered, others = random.Random(4), 0, 0, 0
    for _ in range(STRANGERS):
        speaker, topic = drawn.choice(questions)["speaker"], drawn.choice(questions)["topic"]
        surname = speaker.split()[-1]
        if set(terms(topic)) & spoken.get(surname, set()):
            continue
        answer = conversation.ask(f"What did {speaker} say about {topic}?")
        asked += 1
        answered += answer.status != "no_answer"
        others += any(surname not in f"{citation.speaker} {citation.quote}" for citation in answer.citations)
    figures = {"answered": answered / asked, "by another": others / asked}
    return Line("quotes, off their topics", "OnRecord, extract", asked, figures)


def _topics_by_surname(data: Path) -> dict[str, set[str]]:
    """The stems of all marked statements by each word of their sources."""
    found: dict[str, set[str]] = {}
    for text, marked in attributed(data).values():
        for item in marked:
            said = {stem for start, end in item.content for stem in terms(text[start:end])}
            for word in (word for start, end in item.source for word in text[start:end].split()):
                found.setdefault(re.sub(r"[’']s$|[.,]$", "", word), set()).update(said)
    return found


def news(data: Path, store: Store) -> list[Line]:
    """How often the answer cites a gold article, or contains the words of the quiz's own answer."""
    conversation, questions = _conversation(store), rows(data / "news/questions.jsonl")
    cites, contains, refused = list[bool](), list[bool](), list[bool]()
    for row in questions:
        answer = conversation.ask(row["question"])
        cites.append(any(citation.article in row["gold"] for citation in answer.citations))
        contains.append(_normalized(str(row["answer"])) in _normalized(answer.text))
        refused.append(answer.status == "no_answer")
    figures = {"cites gold": mean(cites), "contains answer": mean(contains), "no answer": mean(refused)}
    return [Line("news, answers", "OnRecord, extract", len(questions), figures)]


def multihop(data: Path, store: Store) -> list[Line]:
    """Null queries against answerable ones."""
    conversation = _conversation(store)
    judged: Judged = []
    for row in rows(data / "multihop/queries.jsonl"):
        answer = conversation.ask(row["query"])
        judged.append((answer.evidence, answer.status != "no_answer", row["type"] != "null_query"))
    return [_abstention("multihop, abstention", judged)]


def clapnq(data: Path, model: EmbeddingModel) -> list[Line]:
    """Questions with only their own passages indexed, half of which do not answer them."""
    judged: Judged = []
    for row in rows(data / "answerable/clapnq.jsonl"):
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder), lambda: model) as store:
            indexer.add_articles(store, clapnq_articles(row))
            indexer.index_pending(store)
            answer = _conversation(store).ask(row["question"])
            judged.append((answer.evidence, answer.status != "no_answer", str(row["answerable"]) == "True"))
    return [_abstention("clapnq, abstention", judged)]


def _conversation(store: Store) -> Conversation:
    return Conversation(store, Search(store), ConversationHistory(store.folder / "conversations.db"))


def _abstention(name: str, judged: Judged) -> Line:
    """AUROC: the probability that an answerable question has more evidence than an unanswerable one."""
    can = [evidence for evidence, _, answerable in judged if answerable]
    cannot = [evidence for evidence, _, answerable in judged if not answerable]
    wins = sum((one > other) + 0.5 * (one == other) for one in can for other in cannot)
    answered = mean([was for _, was, answerable in judged if answerable])
    refused = mean([not was for _, was, answerable in judged if not answerable])
    figures = {
        "AUROC": wins / (len(can) * len(cannot)),
        "balanced acc.": (answered + refused) / 2,
        "answered": answered,
        "refused": refused,
    }
    return Line(f"{name} (>= {ANSWER_THRESHOLD})", "OnRecord, extract", len(judged), figures)


def _normalized(text: str) -> str:
    """Normalize case, white space and quotation marks, and remove citation markers."""
    plain = re.sub(r"[“”\"‘’'`]+", "'", re.sub(r"\s*\[\d+\]", "", text))
    return " ".join(plain.split()).strip(" '.,").casefold()
