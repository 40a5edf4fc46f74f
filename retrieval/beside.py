"""What is still owed is embedded while questions are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from retrieval import backlog, index
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.store import Store


@contextmanager
def embedding_beside(store: Store) -> Iterator[None]:
    """Embed what is still owed while questions are asked; what is in hand is finished before leaving."""
    stop = Event()

    def embed() -> None:
        try:
            index.catch_up(store, wait=0, stop=stop)
        except (EmbeddingUnavailable, IndexUnavailable):
            return  # each answer says that words alone were searched; whoever holds the index embeds for us

    thread = Thread(target=embed, name="embedding")
    if backlog.is_owed(store.catalog):
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if thread.is_alive():
            thread.join()
