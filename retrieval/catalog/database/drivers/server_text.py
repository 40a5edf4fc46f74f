"""Texts as PostgreSQL takes them."""

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

REPLACEMENT = "\ufffd"


class ServerTextDumper(StrDumperUnknown):
    """Replaces what no text in PostgreSQL holds, NUL and lone surrogates, so that a look-up of one finds nothing.

    Articles have none, because their sources are cleaned; names, addresses and questions may.
    """

    def dump(self, obj: str) -> Buffer | None:
        clean = obj.replace("\0", REPLACEMENT)
        try:
            return super().dump(clean)
        except UnicodeEncodeError:
            return super().dump(clean.encode("utf-8", "replace").decode())
