"""What came of a question, and why it was not what its publisher expected."""

from collections.abc import Iterator

import pytest

from bot.app.build import App
from bot.evaluation.expectation import Expectation, parse_expectation
from bot.evaluation.failure_cause import (
    DECLINED,
    NOT_FOUND,
    NOT_INDEXED,
    OTHER_ARTICLES_CITED,
    RANKED_TOO_LOW,
    WORDS_MISSING,
    WORDS_NOT_IN_ARTICLE,
    FailureCause,
)
from retrieval.errors import UsageError
from retrieval.index import indexer
from retrieval.index.store import Store
from tests.support.articles import article
from tests.support.evaluation import evaluated
from tests.support.web_server import opened

SAID = "What did Brandt say about the toll?"
LORRIES = "How much will lorries pay for a crossing?"
OPERA = "Who designed the Sydney Opera House?"
HARBOURS = tuple(
    article(f"harbour-{n}", f"The harbour of {town} closed its {gate} gate on day {n} because the {thing} was broken.")
    for n, (town, gate, thing) in enumerate(
        zip(
            "Arle Brone Celm Dorn Esk Falm Gorse Hythe Ives Jarn Kelp Lorn".split(),
            "north south east west upper lower old new red green long short".split(),
            "crane lock pump chain winch lamp bell rope hinge motor cable wheel".split(),
            strict=True,
        )
    )
)
WEAK = article("weak", "Bakers in the capital sold more rye bread this winter than in any other, the guild reported.")
LATE = article("late", "A lighthouse keeper retired.")  # taken, but in neither index yet


@pytest.fixture(scope="module")
def app(shared_newsroom: Store) -> Iterator[App]:
    with opened(shared_newsroom, articles=(*HARBOURS, WEAK)) as everything:
        indexer.add_articles(shared_newsroom, [LATE])
        yield everything


@pytest.mark.parametrize(
    ("expectation", "cause"),
    [
        pytest.param(Expectation(1, SAID, ("opera",)), NOT_INDEXED, id="no article has the id"),
        pytest.param(Expectation(1, SAID, ("late",)), NOT_FOUND, id="nothing of the article can be found"),
        pytest.param(
            Expectation(1, "Which harbour closed a gate?", ("weak",)), RANKED_TOO_LOW, id="ten others fit better"
        ),
        pytest.param(Expectation(1, OPERA), DECLINED, id="nothing answers"),
        pytest.param(
            Expectation(1, "Which toll pays for the ferries?", ("ferry",)), OTHER_ARTICLES_CITED, id="another answers"
        ),
        pytest.param(
            Expectation(1, LORRIES, ("toll",), "Daniel Okoro"), WORDS_MISSING, id="other words of the article"
        ),
        pytest.param(Expectation(1, LORRIES, (), "ninety crowns"), WORDS_MISSING, id="other words of no article"),
        pytest.param(
            Expectation(1, LORRIES, ("toll",), "ninety crowns"), WORDS_NOT_IN_ARTICLE, id="words nobody wrote"
        ),
    ],
)
def test_a_wrong_answer_has_the_cause_of_its_first_failure(
    app: App, expectation: Expectation, cause: FailureCause
) -> None:
    result = evaluated(app, expectation)
    assert result.cause and result.cause.name == cause.name
    assert result.retrieved[0].number == 1 and result.retrieved[0].quote


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (("toll",), ""),
        (("opera", "https://www.example.org/toll/?utm_source=letter"), "NINE  years"),
        ((), '"We have waited nine years'),
    ],
    ids=["by id", "by any address of its page", "with straight quotation marks"],
)
def test_a_right_answer_has_no_cause(app: App, named: tuple[str, ...], words: str) -> None:
    result = evaluated(app, Expectation(1, SAID, named, words))
    assert (result.cause, result.rank, result.retrieved) == (None, 1 if named else 0, ())


def test_an_article_below_the_first_ten_has_its_rank(app: App) -> None:
    result = evaluated(app, Expectation(1, "Which harbour closed a gate?", ("weak",)))
    assert 10 < result.rank <= len(HARBOURS) + 8


@pytest.mark.parametrize("row", [{"article": {"id": 1}}, {"article": ["toll", None]}, {"answer": ["14", "crowns"]}])
def test_an_expectation_of_another_form_is_refused_with_its_place(row: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"^q\.jsonl:3: `(article|answer)` is "):
        parse_expectation("q.jsonl:3", 3, {"question": SAID} | row)
