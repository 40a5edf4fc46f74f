"""Make an index ready for questions."""

from contextlib import suppress
from pathlib import Path

import bot
from bot.app.build import App
from bot.cli.output import terminal
from retrieval.errors import (
    EmbeddingUnavailable,
    IndexBusy,
    IndexServerUnavailable,
    IndexUnavailable,
    VectorsUnavailable,
)
from retrieval.index import pending

SAMPLE_ARTICLES = Path(bot.__file__).resolve().parents[1] / "articles"  # beside the package, in a clone and in a wheel
MAX_VECTORS = 200  # passages that are embedded before a question is answered; more wait until after it


def prepare(app: App, *, quiet: bool, samples: bool = False) -> None:
    """Index the configured articles where there is no index yet; finish pending work if that is quick.

    `samples` takes OnRecord's sample articles where ONRECORD_ARTICLES has its default and there is no such folder.
    `serve` and `telegram` leave it off: started in the wrong folder they must fail, not answer readers from samples.
    """
    app.search.warm()
    if app.store.catalog.is_new():
        _index_first_articles(app, quiet=quiet, samples=samples)
        return
    _ = app.store.bm25  # opened first: passages that it has lost become pending
    if not pending.has_pending(app.store.catalog):
        return
    from retrieval.index import indexer  # half a second that an index without pending work need not spend

    waits = (IndexBusy, EmbeddingUnavailable, VectorsUnavailable, IndexServerUnavailable)
    with terminal.progress(quiet=quiet) as report, suppress(*waits):
        indexer.index_pending(app.store, report, wait=0, most_vectors=MAX_VECTORS)


def _index_first_articles(app: App, *, quiet: bool, samples: bool) -> None:
    from bot.cli.commands.archive.ingestion import ingest  # all that reads articles, needed once

    folder = app.settings.articles
    if samples and app.settings.has_default_articles and not folder.exists() and SAMPLE_ARTICLES.exists():
        folder = SAMPLE_ARTICLES
        terminal.warn("there are no articles here yet; the sample articles answer ('onrecord add SOURCE' adds others).")
    if not folder.exists():
        raise IndexUnavailable(
            f"There is no index in {app.settings.data} and no folder {folder} to make one from; "
            "'onrecord add SOURCE' makes one (or set ONRECORD_ARTICLES)."
        )
    summary, _ = ingest(app, [str(folder)], quiet=quiet)
    for failure in summary.failed:
        terminal.warn(str(failure))
