"""Made-up articles, and a sentence held against them."""

from bot.answering.messages import Claim, DraftSentence
from bot.answering.verification.evidence import Evidence, Quotes
from bot.answering.verification.judging import EMBEDDED, ClaimJudge
from bot.answering.verification.verify import DroppedSentence, verify_sentences
from retrieval.documents import Article, Hit, Passage, QuoteHit
from retrieval.quotes.extraction import extract_quotes
from tests.support.articles import article
from tests.support.newsroom import FERRY, TOLL

WALL = article(
    "wall",
    "The harbour wall at Skerry Point did not survive the storm of 14 January, engineers confirmed.\n\n"
    "Councillor Tomas Ferrow denied that the contractor had been paid twice. "
    "“We paid once, and we paid late,” he said.\n\n"
    "Ada Brook, the chief engineer, never promised that the wall would last a century. "
    "“A wall is only as good as its footing — and this one has none,” Brook told the inquiry.\n\n"
    "Repairs will cost $2.5 million and take eighteen months. The German builder Strandbau has not yet been hired.",
    title="Storm breaks harbour wall",
    outlet="Northern Tide",
    published="2025-01-20",
)
SCHOOL = article(
    "school",
    "Eleven schools on the island will share one nurse from autumn, the health board decided.\n\n"
    "Attendance rose by 4 per cent last year, while the number of pupils fell to 1,860. "
    "Head teacher Miriam Aske called the plan “a plaster on a broken leg”.\n\n"
    "The board's director, Jon Varga, said that the savings would pay for two buses. "
    "Parents from Lower Quay plan a protest on Thursday.",
    title="Island schools to share a nurse",
    outlet="Quay Gazette",
    published="2025-03-11",
)
BODY = (TOLL, FERRY, WALL, SCHOOL)
QUESTION = "What do the articles report about the island?"


def hit(item: Article, start: int = 0) -> Hit:
    passage = Passage(f"{item.id}:{start}", item.id, start, len(item.text), item.text[start:])
    return Hit(passage, item.title, item.url, item.outlet, item.authors, item.published, item.updated, 1.0)


PASSAGES = [hit(item) for item in BODY]
QUOTES = {
    item.id: [
        QuoteHit(quote, item.id, item.title, item.url, item.outlet, item.published)
        for quote in extract_quotes(item.text)
    ]
    for item in BODY
}


def verify_sentence(
    written: DraftSentence, passages: list[Hit], question: str, quotes: Quotes, judge: ClaimJudge = EMBEDDED
) -> Claim | DroppedSentence:
    return verify_sentences([written], Evidence(passages, question, quotes), judge)[0]


def check(text: str, *numbers: int, question: str = QUESTION) -> Claim | DroppedSentence:
    return verify_sentence(DraftSentence(text, numbers), PASSAGES, question, QUOTES.__getitem__)


def kept(text: str, *numbers: int, question: str = QUESTION) -> Claim:
    claim = check(text, *numbers, question=question)
    assert isinstance(claim, Claim), claim
    return claim
