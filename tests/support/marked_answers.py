"""An answer of two claims whose answering words are known, instead of what the reader would mark."""

import time
from collections.abc import Callable, Generator

from bot.answering.composition import AnswerBuilder
from bot.answering.messages import Answer, Claim, Sentence
from bot.service.turns.answer_pipeline import AnswerContext
from retrieval.documents import Article
from tests.support.newsroom import FERRY, LORRIES, TOLL

FOURTEEN, PASSENGERS = "14 crowns a crossing", "412,000 passengers"
CARRIED = "The island ferries carried 412,000 passengers last year, the harbour office reported on Monday."


def marked_answer(pause: float = 0.0) -> Callable[[AnswerContext], Generator[Sentence, None, Answer]]:
    """What takes the place of `answer_question`; it waits after each of its claims."""

    def answer_question(context: AnswerContext) -> Generator[Sentence, None, Answer]:
        builder = AnswerBuilder(context.catalog)
        for article, sentence, words in ((TOLL, LORRIES, FOURTEEN), (FERRY, CARRIED, PASSENGERS)):
            yield builder.add(_claim(article, sentence, words))
            time.sleep(pause)
        return builder.answer(context.question, context.standalone)

    return answer_question


def _claim(article: Article, sentence: str, words: str) -> Claim:
    span, answer = (_span(article.text, part) for part in (sentence, words))
    return Claim(sentence, ((article.id, span),), answer=_span(sentence, words), cited_answer=answer)


def _span(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)
