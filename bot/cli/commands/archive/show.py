"""show: one article with its stored text, or all its versions."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.app.data_folder import open_catalog
from bot.cli.commands.archive.articles import article_facts
from bot.cli.exit_code import ExitCode
from bot.cli.options import Json, data_option
from bot.cli.output import terminal
from bot.formatting import format_date, printable
from retrieval.catalog.reader import CatalogReader
from retrieval.catalog.versions import Version, article_versions, last_corrected


def show(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="Its id; `onrecord articles` lists them.")],
    as_json: Json = False,
    versions: Annotated[bool, typer.Option("--versions", help="All its versions, and what each one changed.")] = False,
) -> ExitCode:
    """Show an article as it is now, or its versions. Raises UnknownArticle."""
    with open_catalog(data_option(context)) as opened, opened.catalog.snapshot() as catalog:
        if versions:
            _show_versions(article_versions(catalog, article), as_json=as_json)
        else:
            _show_article(catalog, article, as_json=as_json)
    return ExitCode.OK


def _show_article(catalog: CatalogReader, key: str, *, as_json: bool) -> None:
    """The facts, the other outlets that have the same text, and the text."""
    article, copies = catalog.article(key), catalog.copies(key)
    corrected = last_corrected(catalog, key)
    if as_json:
        facts = {"copy_of": catalog.copy_of(key), "copies": [asdict(copy) for copy in copies], "corrected": corrected}
        terminal.write_json(article_facts(article) | facts | {"text": article.text})
        return
    head = [article.title, " and ".join(article.authors), article.outlet, format_date(article.published), article.url]
    head += [f"corrected on {format_date(corrected)}"] if corrected else []
    head += [f"also in: {', '.join(part for part in (copy.outlet, copy.url) if part)}" for copy in copies]
    terminal.write(printable("\n".join(line for line in head if line) + f"\n\n{article.text}"))


def _show_versions(versions: list[Version], *, as_json: bool) -> None:
    """Each version: when it was added, which facts it changed, which sentences were removed and added."""
    for version in versions:
        if as_json:
            terminal.write_json(_version_facts(version))
        else:
            changed = f", changed: {', '.join(version.changed)}" if version.changed else ""
            lines = [f"version {version.number}, added {version.added}{changed}", *version.difference]
            terminal.write(printable("\n".join(lines)))


def _version_facts(version: Version) -> dict[str, Any]:
    facts = {"number": version.number, "added": version.added, "changed": version.changed}
    return facts | {"difference": version.difference} | article_facts(version.article)
