"""One question evaluated over an opened application."""

from bot.app.build import App
from bot.evaluation.expectation import Expectation
from bot.evaluation.question_result import QuestionResult, evaluate_question


def evaluated(app: App, expectation: Expectation) -> QuestionResult:
    return evaluate_question(expectation, conversation=app.conversation, search=app.search, catalog=app.store.catalog)
