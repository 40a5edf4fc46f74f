"""The commands `onrecord keys ...`: keys for servers that ask over HTTP."""

from typing import Annotated

import typer

from bot.cli.options import Json

keys = typer.Typer(no_args_is_help=True, help="Keys for servers that ask over HTTP.")


@keys.command("add")
def add_key(name: Annotated[str, typer.Argument(help="Whose it is: lower-case letters, digits, hyphens.")]) -> None:
    """Make a key and show it, once."""
    from bot.app.build import data_folder
    from bot.cli.commands.keys import add_key as run

    raise typer.Exit(run(data_folder(), name))


@keys.command("list")
def list_keys(as_json: Json = False) -> None:
    """Show the names of all keys, and when each was made and last used."""
    from bot.app.build import data_folder
    from bot.cli.commands.keys import list_keys as run

    raise typer.Exit(run(data_folder(), as_json=as_json))


@keys.command("revoke")
def revoke_key(name: str) -> None:
    """End a key, also for servers that are running."""
    from bot.app.build import data_folder
    from bot.cli.commands.keys import revoke_key as run

    raise typer.Exit(run(data_folder(), name))
