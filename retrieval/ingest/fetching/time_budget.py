"""The time that one fetch may take, all its requests together; waiting for a turn costs nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from retrieval.errors import SourceUnreachable
from retrieval.ingest.fetching.safety.url import Url


class TimeBudget:
    """`seconds` in all, spent inside `spending`."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._left = seconds, seconds

    @asynccontextmanager
    async def spending(self, url: Url) -> AsyncIterator[None]:
        """Ends what is awaited inside when nothing is left, however it dawdles; raises SourceUnreachable."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(max(self._left, 0.0)):
                yield
        except TimeoutError as exc:
            raise SourceUnreachable(str(url), f"did not answer within {self.seconds:g} seconds") from exc
        finally:
            self._left -= clock() - began
