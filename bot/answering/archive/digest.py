"""Summarise articles, or tell what is new on a topic, in the articles' own sentences."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.archive.archive_answers import Archive, ArchiveSteps
from bot.answering.archive.request import ArchiveRequest, asks_of_one_article, asks_who_somebody_is
from bot.answering.composition import NEAR_COSINE, PARAGRAPH, SPACE, AnswerBuilder
from bot.answering.extraction.sentence_claims import day_lead
from bot.answering.messages import Claim
from bot.answering.questions.reader_strings import english_phrases
from bot.answering.reading.read_sentences import ReadSentence
from retrieval.catalog import archive
from retrieval.catalog.filters import Filters
from retrieval.documents import Article, Hit, indexed_text
from retrieval.search.hybrid_search import DEFAULT_HITS
from retrieval.text.terms import begins_alike, content_terms, name_terms, terms

SENTENCES, SENTENCES_OF_FIRST = 5, 3  # of the only article, of the first of several
MAX_OTHERS = 2  # articles beside the first, each with its best sentence
NEARLY = 0.75  # of the best passage's score, from which another article is on the topic as much


def answer_with_digest(request: ArchiveRequest, question: str, standalone: str, source: Archive) -> ArchiveSteps:
    """Tell the sentences that carry the articles a question is about, or return None where no article is on its topic.

    A summary of several articles is in order of their days; what is new has the newest day first.
    """
    articles = _articles(request, standalone, source) if request.fits else ()
    if not articles:
        return None
    counts = [SENTENCES_OF_FIRST if len(articles) > 1 else SENTENCES, *[1] * MAX_OTHERS]
    chosen = [source.choose(standalone, article, count) for article, count in zip(articles, counts, strict=False)]
    if not any(chosen):
        return None
    told = sorted(filter(None, chosen), key=lambda own: own[0].article.published, reverse=request.kind == "latest")
    builder = AnswerBuilder(source.catalog)
    for own in told:
        for at, claim in enumerate(_claims(own, with_day=len(told) > 1 or request.kind == "latest")):
            yield builder.add(claim, after=SPACE if at else PARAGRAPH)
    return replace(builder.answer(question, standalone), evidence=1.0, indexed_at=source.catalog.last_run())


def _claims(sentences: Sequence[ReadSentence], *, with_day: bool) -> list[Claim]:
    """A claim for each sentence of an article, the first with the day of the article where that is wanted."""
    leads = [day_lead(sentences[0], english_phrases()) if with_day else "", *[""] * len(sentences)]
    return [
        Claim(f"{lead}{one.text}", ((one.article.id, one.span),)) for lead, one in zip(leads, sentences, strict=False)
    ]


def _articles(request: ArchiveRequest, question: str, source: Archive) -> tuple[str, ...]:
    """The articles to tell of, the main one first; none where nothing is on the topic."""
    if not request.topic:
        return _article_without_topic(request, source)
    hits = source.find(question, _filters(request), DEFAULT_HITS).hits
    best = dict[str, Hit]()
    for hit in hits:
        best.setdefault(hit.passage.article, hit)
    near = [hit for hit in best.values() if hit.score >= NEARLY * hits[0].score]
    fit = [hit for hit in near if _is_on_topic(request, hit, source.catalog.article(hit.passage.article), hits)]
    if not fit or fit[0].passage.article != hits[0].passage.article:
        return ()
    if request.kind == "latest":
        return tuple(archive.newest_articles(source.catalog, 1 + MAX_OTHERS, [hit.passage.article for hit in fit]))
    wanted = set(content_terms(request.topic))
    titled = [hit for hit in fit if wanted <= set(terms(hit.title))]
    if asks_who_somebody_is(question):  # answered by articles on that person, not by any that mentions one
        return tuple(hit.passage.article for hit in titled[:1])
    others = [hit for hit in titled if hit is not fit[0] and not asks_of_one_article(question)]
    return tuple(hit.passage.article for hit in (fit[0], *others[:MAX_OTHERS]))


def _article_without_topic(request: ArchiveRequest, source: Archive) -> tuple[str, ...]:
    """The article at hand, as in `Summarise this`, else the newest by the author or of the outlet that is named."""
    named = request.filters
    if source.article or not (named.author or named.outlet):
        return (source.article,) if source.article else ()
    return tuple(archive.newest_articles(source.catalog, 1, source.catalog.matching_articles(named)))


def _filters(request: ArchiveRequest) -> Filters:
    """The filters to search with: news are of the days that a question names, a summary may be of an article near them.

    The search prefers articles of those days.
    """
    if request.kind == "latest":
        return request.filters
    return replace(request.filters, since=request.scope.since, until=request.scope.until)


def _is_on_topic(request: ArchiveRequest, hit: Hit, article: Article, hits: Sequence[Hit]) -> bool:
    """Whether an article is on the topic and has all names of it: no other town's bridge is told of.

    It is where its passage is near the question, or has all words of the topic.
    """
    near = request.filters.author or hit.dense >= NEAR_COSINE or not any(one.dense for one in hits)
    own = set(terms(" ".join((article.title, article.text, article.outlet, article.published, *article.authors))))
    names = all(begins_alike(name, own) for name in name_terms(f"on {request.topic}"))
    return names and (bool(near) or set(content_terms(request.topic)) <= set(terms(indexed_text(hit))))
