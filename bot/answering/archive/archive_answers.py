"""Answer questions about the archive with lists of articles, each cited, and with exact counts."""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.answering.archive.request import ArchiveRequest
from bot.answering.composition import NEAR_COSINE, AnswerBuilder
from bot.answering.messages import Answer, Claim, Sentence
from bot.answering.questions.small_talk import CATALOG
from bot.answering.reading.read_sentences import ReadSentence
from bot.formatting import format_date
from retrieval.catalog import archive
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Hit, indexed_text
from retrieval.index.words.mentions import articles_mentioning
from retrieval.index.words.word_index import WordIndex
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import content_terms, terms

MAX_LISTED, MAX_EXAMPLES = 8, 3  # articles of a list; articles below a count
TOPIC_HITS = 30  # passages searched for a topic
SURE_COSINE = 0.55  # of a passage that is on a topic although it lacks some of its words

FindTopic = Callable[[str, Filters, int], SearchResult]
ChooseSentences = Callable[[str, str, int], list[ReadSentence]]
ArchiveSteps = Generator[Sentence, None, Answer | None]
"""Yields the lines of a list as they are ready, and returns the answer; None where nothing fits the question."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What questions about the archive are answered from; `find` searches, `article` is the one at hand, if any.

    `choose` gives so many of the sentences that carry an article, for a question.
    """

    catalog: CatalogReader
    bm25: WordIndex
    find: FindTopic
    choose: ChooseSentences
    article: str = ""


@dataclass(frozen=True, slots=True)
class ListedArticles:
    """Articles to list: their ids, what they are (`articles by Mira Castellan`), and how many there are in all."""

    articles: Sequence[str]
    lead: str


def answer_archive_question(request: ArchiveRequest, question: str, standalone: str, source: Archive) -> ArchiveSteps:
    """Answer a question about the archive, or return None where nothing in it fits."""
    listed = _listed(request, source) if request.fits else None
    if listed is None:
        return None
    builder = AnswerBuilder(source.catalog)
    describe = _authorship_line if request.kind == "authorship" else _article_line
    for at, article in enumerate(map(source.catalog.article, listed.articles)):
        line = describe(article)
        text = f"{listed.lead}\n\n{line}" if listed.lead and at == 0 else line
        yield builder.add(Claim(text, ((article.id, _opening(source.catalog, article)),)))
    answer = builder.answer(question, standalone)
    answer = answer if builder.has_text else replace(answer, text=listed.lead)
    return replace(answer, answered_by=CATALOG, evidence=1.0, indexed_at=source.catalog.last_run())


def _listed(request: ArchiveRequest, source: Archive) -> ListedArticles | None:
    """The articles that answer, with the sentence above them."""
    if request.kind == "count" or (request.topic and request.asks_mentions):
        return _counted(request, source)
    if request.kind == "authorship":
        article = _meant_article(request, source)
        return ListedArticles((article,), "") if article else None
    if request.topic:
        return _on_topic(request, source)
    return _of_archive(request, source)


def _counted(request: ArchiveRequest, source: Archive) -> ListedArticles:
    """How many articles mention a phrase, or are by, of or from what the question names."""
    within, total = _within(request.filters, source.catalog), archive.count_articles(source.catalog)
    most = MAX_EXAMPLES if request.kind == "count" else MAX_LISTED
    if request.topic:
        found = articles_mentioning(request.topic, source.catalog, source.bm25)
        found = found if within is None else found & within
        whole = total if within is None else len(within)
        mention = "mentions" if len(found) == 1 else "mention"
        subject = f"{len(found):,} of {_articles(whole)}{_named(request)} {mention} “{request.topic}”"
        return _with_newest(found, subject, source, most)
    if within is None:
        return _with_newest(None, _whole_archive(source.catalog), source, most)
    subject = f"{len(within):,} of {_articles(total)} {'is' if len(within) == 1 else 'are'}{_named(request)}"
    return _with_newest(within, subject, source, most)


def _whole_archive(catalog: CatalogReader) -> str:
    """How many articles there are, and of which days."""
    total, (first, last) = archive.count_articles(catalog), archive.published_days(catalog)
    days = f", from {format_date(first)} to {format_date(last)}" if first != last else ""
    return f"There {'is' if total == 1 else 'are'} {_articles(total)}{days}"


def _with_newest(found: Iterable[str] | None, subject: str, source: Archive, most: int) -> ListedArticles:
    newest = archive.newest_articles(source.catalog, most, found)
    return ListedArticles(
        newest, f"{subject}. The newest:" if len(newest) > 1 else f"{subject}{':' if newest else '.'}"
    )


def _of_archive(request: ArchiveRequest, source: Archive) -> ListedArticles | None:
    """The newest articles, of the days, outlet or author that the question names."""
    catalog, within = source.catalog, _within(request.filters, source.catalog)
    total = archive.count_articles(catalog) if within is None else len(within)
    if not total and (request.kind != "latest" or request.filters.outlet or request.filters.author):
        return None
    if not total:
        newest = archive.newest_articles(catalog, MAX_LISTED, _within(request.scope, catalog))
        return ListedArticles(newest, f"No article is{_named(request)}. The newest before that:") if newest else None
    newest = archive.newest_articles(catalog, MAX_LISTED, within)
    counted = _articles(total) if total == len(newest) else f"The {len(newest)} newest of {_articles(total)}"
    lead = f"{counted}{_named(request)}:"
    if within is None and request.kind == "about":
        lead = f"{_whole_archive(catalog)}. The newest:"
    return ListedArticles(newest, lead)


def _on_topic(request: ArchiveRequest, source: Archive) -> ListedArticles | None:
    """The articles on a topic: the best first, the newest first where the latest are asked for."""
    hits = _topical_hits(request, source)
    found = list(dict.fromkeys(hit.passage.article for hit in hits))
    if not found:
        return None
    if request.kind == "latest":
        found = archive.newest_articles(source.catalog, len(found), found)
    order = "newest" if request.kind == "latest" else "closest"
    subject = f"Articles{_named(request)} on “{request.topic}”, the {order} first:"
    return ListedArticles(
        found[:MAX_LISTED], subject if len(found) > 1 else f"One article{_named(request)} on “{request.topic}”:"
    )


def _topical_hits(request: ArchiveRequest, source: Archive) -> list[Hit]:
    """The passages found for a topic whose article has all its words, or is as near as to be on it in other words."""
    result = source.find(request.topic, request.filters, TOPIC_HITS)
    wanted = set(content_terms(result.question.text))
    full = [hit for hit in result.hits if wanted <= set(terms(indexed_text(hit)))]
    sure = NEAR_COSINE if request.kind == "authorship" else SURE_COSINE  # which article is meant is said in the answer
    near = [hit for hit in result.hits if hit.dense >= sure]
    kept = {hit.passage.id for hit in (*full, *near)}
    return [hit for hit in result.hits if hit.passage.id in kept]


def _meant_article(request: ArchiveRequest, source: Archive) -> str:
    """The one article that a question is about: the best on its topic, else the one at hand."""
    if not request.topic:
        within = _within(request.filters, source.catalog)
        return source.article if within is None or source.article in within else ""
    hits = _topical_hits(request, source)
    wanted = set(content_terms(request.topic))
    titled = (hit for hit in hits if wanted <= set(terms(hit.title)))
    best = next(titled, hits[0] if hits else None)
    return best.passage.article if best else ""


def _within(filters: Filters, catalog: CatalogReader) -> frozenset[str] | None:
    """The articles that pass the filters; None where they restrict nothing."""
    return frozenset(catalog.matching_articles(filters)) if filters.restricts_articles else None


def _named(request: ArchiveRequest) -> str:
    """What a question restricts the articles to, in words that go on after `articles`."""
    named = request.filters
    days = f" {_days(named)}" if named.since or named.until else ""
    return f"{f' by {named.author}' if named.author else ''}{f' from {named.outlet}' if named.outlet else ''}{days}"


def _days(filters: Filters) -> str:
    if filters.since == filters.until:
        return f"of {format_date(filters.since)}"
    if not filters.until:
        return f"since {format_date(filters.since)}"
    if not filters.since:
        return f"until {format_date(filters.until)}"
    return f"from {format_date(filters.since)} to {format_date(filters.until)}"


def _article_line(article: Article) -> str:
    return f"{format_date(article.published)} – {article.title}" if article.published else article.title


def _authorship_line(article: Article) -> str:
    """Who wrote an article, where and when it was published."""
    day = f" on {format_date(article.published)}" if article.published else ""
    if article.authors:
        outlet = f" for {article.outlet}" if article.outlet else ""
        published = f" and published{day}" if day else ""
        return f"“{article.title}” was written by {' and '.join(article.authors)}{outlet}{published}."
    outlet = f" by {article.outlet}" if article.outlet else ""
    published = f"; it was published{outlet}{day}" if outlet or day else ""
    return f"“{article.title}” names no author{published}."


def _opening(catalog: CatalogReader, article: Article) -> Span:
    """The first sentence of an article's body."""
    passage = archive.first_passage(catalog, article.id) or (0, len(article.text))
    return next(iter(sentence_spans(article.text, *passage)), passage)


def _articles(count: int) -> str:
    return f"{count:,} {'article' if count == 1 else 'articles'}"
