"""articles: list what the catalog holds."""

from dataclasses import asdict
from typing import Any

import typer

from bot.app.data_folder import open_catalog
from bot.cli.exit_code import ExitCode
from bot.cli.options import Json, data_option
from bot.cli.output import terminal
from bot.formatting import format_date, printable
from retrieval.documents import Article


def articles(context: typer.Context, as_json: Json = False) -> ExitCode:
    """One line for each article, newest first."""
    with open_catalog(data_option(context)) as opened:
        for article in opened.catalog.articles():
            if as_json:
                terminal.write_json(article_facts(article) | {"copy_of": opened.catalog.copy_of(article.id)})
            else:
                facts = (article.id, format_date(article.published) or "undated", article.outlet, article.title)
                terminal.write(printable("  ".join(fact for fact in facts if fact)))
    return ExitCode.OK


def article_facts(article: Article) -> dict[str, Any]:
    """An article as JSON, without its text and headings."""
    return {name: value for name, value in asdict(article).items() if name not in ("text", "headings")}
