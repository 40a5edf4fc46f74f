"""Claims made from articles by rule: the lies and truths of `evals`, each with the passage that it cites."""

import random
from collections.abc import Iterator

from bot.answering.generation.parsing.sentence_stream import SentenceStream
from bot.answering.messages import DraftSentence
from bot.answering.verification.evidence import Evidence
from evals.judge.examples import JudgeExample
from evals.lies import LIES
from evals.truths import TRUTHS
from evals.writing import Case, grounds
from retrieval.catalog import quote_table
from retrieval.index.store import Store

TOGETHER = 5  # passages of one article that are taken for a model's prompt
LIES_TRIED, TRUTHS_TRIED = 6, 4  # kinds drawn for a sentence, of which some cannot be made from it
ABSENT = {"invented quotation", "invented figure", "invented name", "from nowhere", "hedge lost", "attribution lost"}
SEED = 13


def made_examples(store: Store, articles: int) -> Iterator[JudgeExample]:
    """Lies and truths over passages of some articles of an index."""
    chance = random.Random(SEED)
    for case, ground in grounds(list(_cases(store, articles, chance))):
        evidence, cited = Evidence(case.passages, case.question, case.quotes.__getitem__), [(ground.passage, ())]
        for kind, lie in chance.sample(list(LIES.items()), len(LIES))[:LIES_TRIED]:
            if text := lie(ground):
                label = "absent" if kind in ABSENT else "contradicted"
                made = evidence.cited_claim(text, cited)
                yield JudgeExample("lies", made.claim, made.context, made.evidence, label, kind=kind)
        for kind, truth in chance.sample(list(TRUTHS.items()), len(TRUTHS))[:TRUTHS_TRIED]:
            if draft := truth(ground):
                for sentence in _sentences(draft.replace("#", "1")):
                    made = evidence.cited_claim(sentence.text, cited)
                    yield JudgeExample("truths", made.claim, made.context, made.evidence, "supported", kind=kind)


def _sentences(draft: str) -> list[DraftSentence]:
    stream = SentenceStream()
    found = (*stream.feed(draft), *stream.end())
    return [one for one in found if isinstance(one, DraftSentence) and len(one.text.split()) > 4]


def _cases(store: Store, articles: int, chance: random.Random) -> Iterator[Case]:
    """Passages of one article and one of another, as if a search had found them."""
    catalog = store.catalog
    known = catalog.article_ids()
    drawn = chance.sample(known, min(articles, len(known)))
    for key, other in zip(drawn, [*drawn[1:], drawn[0]], strict=True):
        passages = [*catalog.passage_ids_of([key])[:TOGETHER], *catalog.passage_ids_of([other])[:1]]
        hits = catalog.hits(passages)
        quotes = {article: quote_table.quotes_of_article(catalog, article) for article in (key, other)}
        yield Case("", [hits[one] for one in passages if one in hits], quotes)
