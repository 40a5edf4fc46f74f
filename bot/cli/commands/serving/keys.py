"""keys: for servers that ask over HTTP."""

from typing import Annotated

import typer

from bot.app.data_folder import keys_place
from bot.cli.exit_code import ExitCode
from bot.cli.options import Json, data_option
from bot.cli.output import terminal
from bot.web.auth.api_keys import ApiKeyStore


def add_key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the server that gets it: lower-case letters, digits, hyphens.")],
) -> ExitCode:
    """Print the key on stdout, and on stderr what to do with it."""
    terminal.write(_store(context).add(name))
    terminal.warn("This key is shown once; keep it on a server, and send it as 'Authorization: Bearer KEY'.")
    return ExitCode.OK


def list_keys(context: typer.Context, as_json: Json = False) -> ExitCode:
    """Names and days, never the keys."""
    for key in _store(context).all():
        if as_json:
            terminal.write_json({"name": key.name, "created": key.created, "used": key.used})
        else:
            used = f"last used {key.used}" if key.used else "never used"
            terminal.write(f"{key.name}: made {key.created}, {used}")
    return ExitCode.OK


def revoke_key(
    context: typer.Context, name: Annotated[str, typer.Argument(help="Its name; `onrecord keys list` shows them.")]
) -> ExitCode:
    """Remove the key; running servers refuse it from their next request on."""
    _store(context).revoke(name)
    return ExitCode.OK


def _store(context: typer.Context) -> ApiKeyStore:
    return ApiKeyStore(keys_place(data_option(context)))
