"""A group of commands that imports a command's module only when that command is called.

`onrecord --help` so lists all commands without importing what they need, and a command that reads the catalog does not
wait for those that search it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from retrieval.errors import OnRecordError, UsageError

_OUTCOMES = (typer.Exit, typer.Abort, typer.exceptions.TyperException)  # wrong usage, too: no errors of the command

_WHY_STRICT = "Whoever serves others must spell each setting right: a misspelt limit or list of users is not kept."


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command's help, and where it is: `module:function`, or the group that holds further commands.

    The function returns an exit code. `is_server`: the command answers others, so that a misspelt setting is an error.
    """

    help: str
    function: str = ""
    group: "type[LazyGroup] | None" = None
    is_server: bool = False


class ExitCodeCommand(TyperCommand):
    """Warns of misspelt settings, calls the function and ends with the exit code that it returns."""

    is_server: ClassVar[bool] = False

    def invoke(self, ctx: Any) -> Any:
        from bot.app.settings import (
            setting_warnings,
        )  # pydantic takes a tenth of a second that --help need not wait for
        from bot.cli.output import terminal

        warnings = setting_warnings()
        if warnings and self.is_server:
            raise UsageError(f"{' '.join(warnings)} {_WHY_STRICT}")
        for warning in warnings:
            terminal.warn(warning)
        raise typer.Exit(self._invoke_explained(ctx))

    def _invoke_explained(self, ctx: Any) -> Any:
        """Call the function; an unexpected error is looked into, and explained where files are damaged."""
        from bot.app.data_folder import databases_folder, explain_failure
        from bot.cli.options import data_option

        try:
            return super().invoke(ctx)
        except (OnRecordError, *_OUTCOMES):
            raise
        except Exception as exc:
            if explained := explain_failure(databases_folder(data_option(ctx)), exc):
                raise explained from exc
            raise


class ServerCommand(ExitCodeCommand):
    """Refuses to run with misspelt settings: a limit or a list of users would not be kept."""

    is_server = True


class LazyGroup(TyperGroup):
    """Shows `lazy_commands` in its help and loads one when it is called.

    The contexts are annotated as Any because typer exports no type for those that it hands to these methods.
    """

    lazy_commands: ClassVar[Mapping[str, LazyCommand]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.lazy_commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if (command := self.lazy_commands.get(cmd_name)) is None:
            return None
        if command.group:
            return command.group(name=cmd_name, help=command.help, no_args_is_help=True, rich_markup_mode=None)
        module, _, function = command.function.partition(":")
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        kind = ServerCommand if command.is_server else ExitCodeCommand
        single.command(cmd_name, cls=kind, help=command.help)(getattr(import_module(module), function))
        return get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self.lazy_commands.items()])
