"""Who asks, and what they may see."""

from dataclasses import dataclass, field, replace

from retrieval.filters import Filters


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose request was let in: a site's reader, a server with a key, or anybody on a loopback server.

    Conversations belong to one caller's `name`; `scope` limits what is searched, whatever the request says.
    """

    name: str = "open"
    address: str = ""
    scope: Filters = field(default_factory=Filters)

    def within(self, wanted: Filters) -> Filters:
        """The filters asked for, with the scope's own where it has any."""
        own = {name: value for name in Filters.__dataclass_fields__ if (value := getattr(self.scope, name))}
        return replace(wanted, **own)
