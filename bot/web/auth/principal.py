"""Who asks, and what they may see."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from retrieval.catalog.filters import Filters

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # of sites and keys

Kind = Literal["open", "site", "key"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose request was let in: a site's reader, a server with a key, or anybody on a loopback server.

    Conversations belong to one caller's `name`; `scope` limits what is searched, whatever the request says.
    """

    name: str = "open"
    address: str = ""
    scope: Filters = field(default_factory=Filters)
    kind: Kind = "open"

    def within(self, wanted: Filters) -> Filters:
        """The filters asked for, with the scope's own where it has any; days are limited by both."""
        own = {name: value for name in Filters.__dataclass_fields__ if (value := getattr(self.scope, name))}
        if "since" in own:
            own["since"] = max(own["since"], wanted.since)
        return replace(wanted, **own)
