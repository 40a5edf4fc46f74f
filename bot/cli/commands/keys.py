"""keys: which servers may ask."""

from pathlib import Path

from bot.cli.output import terminal
from bot.web.auth.api_keys import ApiKeyStore

OK = 0


def add_key(folder: Path, name: str) -> int:
    """The key on stdout, once; what to do with it on stderr."""
    terminal.say(ApiKeyStore(folder).add(name))
    terminal.warn("This key is shown once; keep it on a server, and send it as 'Authorization: Bearer KEY'.")
    return OK


def list_keys(folder: Path, *, as_json: bool) -> int:
    """Names and days, never the keys."""
    for key in ApiKeyStore(folder).all():
        if as_json:
            terminal.say_json({"name": key.name, "created": key.created, "used": key.used})
        else:
            terminal.say(f"{key.name}: made {key.created}, {f'last used {key.used}' if key.used else 'never used'}")
    return OK


def revoke_key(folder: Path, name: str) -> int:
    """Servers that are running refuse it from their next request on."""
    ApiKeyStore(folder).revoke(name)
    return OK
