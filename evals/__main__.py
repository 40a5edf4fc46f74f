"""Run the evals: `python -m evals --data FOLDER [--articles 1500] [set ...]`, or with `claims --file FILE`."""

import argparse
import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bot.app.model_factory import claim_judge, writer
from bot.app.settings import read_settings
from evals import (
    answers,
    archive,
    asked,
    attributions,
    claims,
    data,
    feeds,
    followups,
    injection,
    languages,
    pages,
    pronouns,
    retrieval,
    writing,
    written,
)
from evals.reader.news_examples import news_question_articles, news_question_rows
from evals.systems import build
from evals.table import Line, print_table
from retrieval.index.vectors.minilm import MiniLM

SETS = (
    *("feeds", "pages", "attributions", "pronouns", "quotes", "multihop", "clapnq", "followups", "news", "asked"),
    *("news-questions", "archive", "languages"),
    *("writing", "injection", "written"),
)


def main() -> None:
    """Build the indexes of the chosen sets, measure them and print one table."""
    options = _options()
    model, lines = MiniLM(), list[Line]()
    measure: dict[str, Callable[[], list[Line]]] = {
        "feeds": lambda: feeds.measure(options.data),
        "attributions": lambda: attributions.measure(options.data),
        "pronouns": lambda: pronouns.measure(options.data),
        "pages": lambda: pages.measure(options.data),
        "quotes": lambda: _quotes(options, model),
        "multihop": lambda: _multihop(options, model),
        "clapnq": lambda: answers.clapnq(options.data, model),
        "followups": lambda: _followups(options, model),
        "news": lambda: _news(options, model),
        "asked": lambda: _asked(options, model),
        "news-questions": lambda: _news_questions(options, model),
        "archive": lambda: archive.measure(options.data, options.work, model),
        "languages": lambda: languages.measure(options.data, options.work, options.slices, options.questions),
        "written": lambda: _written(options, model),
        "injection": lambda: injection.measure(options.data, model),
        "writing": lambda: _writing(options, model),
        "claims": lambda: [_claims(options)],
    }
    for name in options.sets or SETS:
        started = time.perf_counter()
        lines += measure[name]()
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    print(print_table(lines))
    print(f"\n{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, embedding {model.name}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the labelled sets; all but `claims` need it")
    parser.add_argument("--file", type=Path, help="claims to verify, for the set `claims`")
    parser.add_argument(
        "--judge", default="", help="model at the endpoint that judges claims, not the package's network"
    )
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of the indexes, kept between runs")
    parser.add_argument("--articles", type=int, default=6000, help="news articles to index, all gold ones among them")
    parser.add_argument("--questions", type=int, default=0, help="of a set that a model is asked; 0 means all")
    parser.add_argument("--slices", type=int, nargs="*", default=asked.HELD_OUT, help="of readers' questions")
    parser.add_argument("sets", nargs="*", choices=[[], *SETS, "claims"], help="all but `claims` when none is named")
    options = parser.parse_args()
    if ("claims" in options.sets) != bool(options.file):
        parser.error("`claims` and --file go together: python -m evals claims --file FILE")
    if not options.data and options.sets != ["claims"]:
        parser.error("--data is needed: the folder with the labelled sets")
    return options


def _quotes(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    with build(options.work / "quotes", model, data.quote_articles(options.data)) as store:
        return retrieval.quotes(options.data, store) + answers.quotes(options.data, store)


def _multihop(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    with build(options.work / "multihop", model, data.evidence_articles(options.data)) as store:
        return retrieval.multihop(options.data, store) + answers.multihop(options.data, store)


def _followups(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    with ExitStack() as opened:
        store = opened.enter_context(build(options.work / "followups", model, data.followup_articles(options.data)))
        return followups.followups(options.data, store, writer(read_settings(), opened), options.questions)


def _news(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    folder = options.work / f"news-{options.articles}"
    with build(folder, model, data.news_articles(options.data, options.articles)) as store:
        return retrieval.news(options.data, store) + answers.news(options.data, store)


def _asked(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    with build(options.work / "asked", model, data.asked_articles(options.data)) as store:
        questions = asked.asked_questions(options.data, options.slices)
        return asked.measure("asked", questions, store, options.work / "asked-answers.jsonl")


def _news_questions(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    """Measure on questions that neither training nor acceptance has seen; constants are tuned on these."""
    with build(options.work / "news-questions", model, news_question_articles(options.data)) as store:
        questions = [row for row in news_question_rows(options.data) if row["slice"] in asked.HELD_OUT]
        return asked.measure("news questions", questions, store, options.work / "news-question-answers.jsonl")


def _claims(options: argparse.Namespace) -> Line:
    settings = read_settings().model_copy(update={"judge_model": options.judge})
    return claims.measure(options.file, claim_judge(settings), options.judge or "embedded judge")


def _written(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    """Measure a real model, only where one is set as for `onrecord`; it takes long and may cost money."""
    with ExitStack() as opened:
        if (made := writer(read_settings(), opened)) is None:
            return []
        folder = options.work / f"news-{options.articles}"
        store = opened.enter_context(build(folder, model, data.news_articles(options.data, options.articles)))
        return written.news(options.data, store, made, options.questions)


def _writing(options: argparse.Namespace, model: MiniLM) -> list[Line]:
    indexes = (
        ("news", f"news-{options.articles}", data.news_articles(options.data, options.articles)),
        ("quotes", "quotes", data.quote_articles(options.data)),
        ("multihop", "multihop", data.evidence_articles(options.data)),
    )
    lines = list[Line]()
    for name, folder, articles in indexes:
        with build(options.work / folder, model, articles) as store:
            lines += writing.measure(name, writing.cases(store, writing.questions(options.data, name)))
    return lines


if __name__ == "__main__":
    main()
