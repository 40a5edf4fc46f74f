"""Answer a turn from the articles: whole or in parts, over one scope of articles after the other."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bot.answering.messages import Answer
from bot.answering.questions.constraints import NamedSource, named_source
from bot.answering.questions.question_parts import separate_questions
from bot.answering.questions.question_rewriting import is_about_another_topic
from bot.answering.questions.reader_strings import Phrases
from bot.answering.reading.following import NOTHING_BEFORE, Before, follows
from bot.service.turns.answer_parts import answer_in_parts
from bot.service.turns.answer_pipeline import AnswerContext, answer_question
from bot.service.turns.stages import log_stage
from bot.service.turns.turn import AnsweringSteps, AskedTurn
from retrieval.catalog.archive import languages
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader, find_article
from retrieval.documents import Hit, QuoteHit
from retrieval.models.turn_kinds import COMPARISON
from retrieval.search.hybrid_search import DEFAULT_HITS, SearchResult, has_multilingual_embedding, merge_results
from retrieval.text.language import ENGLISH

EARLIER_ANSWERS, EARLIER_ARTICLES, EARLIER_PASSAGES = 2, 2, 14  # read for a follow-up; passages of all these articles


def answer_from_articles(turn: AskedTurn, catalog: CatalogReader) -> AnsweringSteps:
    """Answer a question from the articles: from the outlet that it names, and else from others, which is said."""
    is_free = not turn.filters.outlet and turn.understood.language == ENGLISH
    source = named_source(turn.standalone, catalog, turn.store.bm25) if is_free else None
    if source is None:
        return (yield from _answer_whole_or_parts(turn, catalog))
    understood = replace(
        turn.understood, standalone_question=source.rest, outlet=source.name if source.is_known else ""
    )
    text = source.rest if turn.text == turn.standalone else turn.text
    asked = replace(turn, text=text, understood=understood)
    if source.is_known:
        filters = replace(turn.filters, outlet=source.name)
        within = replace(asked, options={**turn.options, "filters": filters})
        answer, found = yield from _answer_whole_or_parts(within, catalog)
    if not source.is_known or answer.status == "no_answer":
        answer, found = yield from _answer_whole_or_parts(asked, catalog)
        answer = _told_by_others(answer, source, turn.phrases)
    understood = replace(answer.understood, standalone_question=turn.standalone)
    return replace(answer, question=turn.text, standalone_question=turn.standalone, understood=understood), found


def _told_by_others(answer: Answer, source: NamedSource, phrases: Phrases) -> Answer:
    """The answer with a note that it is not from the source that the question names."""
    lacks = phrases.say("source_silent" if source.is_known else "source_unknown", name=source.name)
    if answer.status == "no_answer":
        return answer if source.is_known else replace(answer, notes=(lacks, *answer.notes))
    return replace(answer, status="partial", notes=(f"{lacks} {phrases.say('others_say')}", *answer.notes))


def _answer_whole_or_parts(turn: AskedTurn, catalog: CatalogReader) -> AnsweringSteps:
    """Answer a question, in parts where they are answered in different ways."""
    standalone = turn.standalone
    quote_search = turn.search.quote_search(catalog)

    def is_quoted(name: str) -> bool:
        match = quote_search.find_speaker(name)
        return bool(match.people) and not match.misspelt

    parts = separate_questions(standalone, is_quoted, compares=turn.understood.kind == COMPARISON)
    if len(parts) > 1 and not turn.filters.speaker:

        def answer_part(part: str) -> AnsweringSteps:
            understood = replace(turn.understood, standalone_question=part)
            return _answer(replace(turn, text=part, understood=understood, searches=()), catalog)

        answered = yield from answer_in_parts(parts, answer_part, turn.phrases)
        if answered:
            answer, found = answered
            whole = replace(answer.understood, standalone_question=standalone)
            return replace(answer, question=turn.text, standalone_question=standalone, understood=whole), found
    return (yield from _answer(turn, catalog))


def _answer(turn: AskedTurn, catalog: CatalogReader) -> AnsweringSteps:
    """Search for what answers a question, and answer from it."""
    is_fresh = is_about_another_topic(turn.text, turn.standalone)
    before = NOTHING_BEFORE if is_fresh else follows(turn.text, turn.turns)
    for filters in _search_scopes(turn, catalog):
        with turn.slot():
            found = _not_told(_search(turn, before, filters, catalog), before)
            if not is_fresh:
                found = replace(found, earlier=_earlier_passages(turn, found, filters, catalog))
        _log_search(turn, found, filters)
        answer = yield from answer_question(AnswerContext(turn, found, catalog, before))
        if answer.status != "no_answer":
            break
    days = found.question
    return replace(answer, understood=replace(turn.understood, since=days.since, until=days.until)), found


def _search(turn: AskedTurn, before: Before, filters: Filters, catalog: CatalogReader) -> SearchResult:
    """Search for the question, and for what a model has planned to search for: as much as it takes.

    Without a plan, a short follow-up is searched for with the questions before it, too; what was found is read.
    """
    written = turn.writer.output_format.passages if turn.writer else 0
    k, today = turn.options.get("k", max(DEFAULT_HITS, written)), turn.options.get("today")
    search = partial(turn.search, k=k, filters=filters, today=today, catalog=catalog)
    language = turn.understood.language
    is_found_by_plan = bool(turn.searches) and is_language_missing(language, catalog)
    results = [] if is_found_by_plan else [search(turn.standalone, language=language)]
    results += [search(planned) for planned in turn.searches if planned != turn.standalone or is_found_by_plan]
    if before.words and not turn.searches:
        results.append(search(before.words, language=language))
    return merge_results(results, k) if len(results) > 1 else results[0]


def is_language_missing(language: str, catalog: CatalogReader) -> bool:
    """Whether nothing can be found for a question in a language: articles in others are found by meaning alone."""
    known = languages(catalog)
    return bool(known) and language not in known and not has_multilingual_embedding(catalog)


def _earlier_passages(
    turn: AskedTurn, found: SearchResult, filters: Filters, catalog: CatalogReader
) -> tuple[Hit, ...]:
    """The best passages of the articles that the last answers cite, which the question is likely about."""
    cited = dict.fromkeys(key for earlier in turn.turns[: -EARLIER_ANSWERS - 1 : -1] for key in earlier.articles)
    articles = list(cited)[:EARLIER_ARTICLES]
    if filters.article or not articles:
        return ()
    return turn.search.in_articles(found.question, articles, EARLIER_PASSAGES, filters=filters, catalog=catalog)


def _not_told(found: SearchResult, before: Before) -> SearchResult:
    """What was found, of a question for what else is said without quotes that were told, or whose speakers were."""
    intent = found.question.quote_intent
    if not before.asks_else or intent is None:
        return found

    def is_told(hit: QuoteHit) -> bool:
        words = hit.quote.words.split(" … ") if intent.speaker_name else [hit.quote.speaker]  # of each span
        return all(before.has_told(" ".join(one.split())) for one in words)

    return replace(found, speaker_quotes=tuple(hit for hit in found.speaker_quotes if not is_told(hit)))


def _search_scopes(turn: AskedTurn, catalog: CatalogReader) -> Iterator[Filters]:
    """The filters to search with, one after the other until one answers: `first_article`, then the filters asked for.

    The second is tried only where the first yielded no sentence.
    """
    first = find_article(catalog, turn.options.get("first_article", ""))
    if first and not turn.filters.article:
        yield replace(turn.filters, article=first)
    yield turn.filters


def _log_search(turn: AskedTurn, found: SearchResult, filters: Filters) -> None:
    turn.watch.mark("search")
    log_stage(
        "search",
        turn.watch.lap(),
        scope="article" if filters.article else "filtered" if filters != Filters() else "all",
        passages=len(found.hits),
        quotes=len(found.speaker_quotes),
        vectors=not found.why_no_vectors,
    )
