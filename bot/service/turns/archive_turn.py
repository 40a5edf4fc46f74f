"""Answer a turn that asks about the archive: with a list of articles, a count, or a digest."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import date

from bot.answering.archive.archive_answers import Archive, ArchiveSteps
from bot.answering.archive.request import ArchiveRequest, asks_which_article, kind_by_form, parse_request
from bot.answering.extraction.key_sentences import key_sentences
from bot.answering.messages import Answer, Sentence
from bot.answering.questions.question_parts import question_parts
from bot.answering.questions.turn_kind import classify_turn
from bot.answering.reading.passage_reading import read_article
from bot.answering.reading.read_sentences import ReadSentence
from bot.service.turns.stages import log_stage
from bot.service.turns.turn import AskedTurn, Stage
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader, find_article
from retrieval.models.turn_kinds import ARCHIVE_KINDS, QUESTION, ArchiveKind
from retrieval.search.hybrid_search import SearchResult
from retrieval.search.quote_intent import parse_quote_intent
from retrieval.text.language import ENGLISH
from retrieval.text.terms import content_terms, terms

TellOfArchive = Callable[[ArchiveRequest, str, str, Archive], ArchiveSteps]


def archive_request(turn: AskedTurn, catalog: CatalogReader) -> ArchiveRequest | None:
    """What a question about the archive names; None for any other, of several parts, or for one speaker's words."""
    standalone = turn.standalone
    kind = kind_by_form(standalone)
    if kind is None or (kind == "latest" and turn.understood.kind == "count"):  # `How many were published in May?`
        kind = _kind(turn, catalog)
    if kind is None or turn.filters.speaker or _asks_several(standalone):
        return None
    if kind == "summary" and parse_quote_intent(standalone):
        return None
    today = turn.options.get("today") or date.today()
    request = parse_request(kind, standalone, catalog, turn.filters, today)
    if turn.turns and asks_which_article(request, standalone) and _article_at_hand(turn, catalog):
        return replace(request, kind="authorship", fits=True)
    return request


def _kind(turn: AskedTurn, catalog: CatalogReader) -> ArchiveKind | None:
    """The kind of a question about the archive, None for any other; a misspelt one may be taken for it."""
    kind = turn.understood.kind
    if kind != QUESTION and turn.understood.language == ENGLISH:
        spelt = turn.search.spelt(turn.standalone, catalog)
        kind = kind if spelt == turn.standalone else classify_turn(spelt, turn.store.packaged_vector)[0]
    return next((one for one in ARCHIVE_KINDS if one == kind), None)


def _asks_several(question: str) -> bool:
    """Whether a question has several parts; one word, such as `and when?`, is answered with the part before it."""
    return sum(" " in part for part in question_parts(question)) > 1


def tell_of_archive(
    tell: TellOfArchive, request: ArchiveRequest, turn: AskedTurn, catalog: CatalogReader
) -> Generator[Stage | Sentence, None, Answer | None]:
    """Answer a question about the archive with a list or a digest; None where nothing there fits."""
    today = turn.options.get("today")

    def find(topic: str, filters: Filters, k: int) -> SearchResult:
        with turn.slot():
            return turn.search(topic, k, filters=filters, today=today, catalog=catalog)

    def choose(question: str, article: str, count: int) -> list[ReadSentence]:
        with turn.slot():
            read = read_article(question, article, catalog)
            read = _on_topic(read, request.topic) if request.kind == "latest" else read
            return key_sentences(question, read, turn.store.packaged_vector, count)

    source = Archive(catalog, turn.store.bm25, find, choose, _article_at_hand(turn, catalog))
    answer = yield from tell(request, turn.text, turn.standalone, source)
    log_stage("archive", turn.watch.lap(), kind=request.kind, fits=answer is not None)
    return replace(answer, understood=request.understood(turn.standalone)) if answer else None


def _on_topic(read: list[ReadSentence], topic: str) -> list[ReadSentence]:
    """The sentences with a word of the topic, of an article whose headline has none, such as a review of the day."""
    wanted = set(content_terms(topic)) if topic else set[str]()
    if not read or not wanted.isdisjoint(terms(read[0].article.title)):
        return read
    return [one for one in read if not wanted.isdisjoint(terms(one.text))] or read


def _article_at_hand(turn: AskedTurn, catalog: CatalogReader) -> str:
    """The article that `this article` is: the one that the reader has open, else the first of the last answer."""
    cited = (article for earlier in turn.turns[-1:] for article in earlier.articles[:1])
    return find_article(catalog, turn.options.get("first_article", "")) or next(cited, "")
