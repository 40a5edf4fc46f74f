"""The authenticated client of a request and the articles it may see."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from retrieval.catalog.filters import Filters

NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # the form of site ids and key names

PrincipalKind = Literal["open", "site", "key"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The client of an accepted request: a site's reader, a server with an API key, or a client of an open server.

    Conversations belong to one `name`; `scope` limits what is searched, whatever the request asks for.
    """

    name: str = "open"
    address: str = ""
    scope: Filters = field(default_factory=Filters)
    kind: PrincipalKind = "open"

    def restrict(self, requested: Filters) -> Filters:
        """The requested filters, overridden by those of the scope; of the two `since` days the later one applies."""
        scoped = {name: value for name in Filters.__dataclass_fields__ if (value := getattr(self.scope, name))}
        if "since" in scoped:
            scoped["since"] = max(scoped["since"], requested.since)
        return replace(requested, **scoped)
