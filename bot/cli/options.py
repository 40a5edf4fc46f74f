"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]
Since = Annotated[str, typer.Option(help="Only articles published on this day or later (2025-03-11).")]
Until = Annotated[str, typer.Option(help="Only articles published on this day or earlier.")]
Outlet = Annotated[str, typer.Option(help="Only articles of this outlet.")]
Author = Annotated[str, typer.Option(help="Only articles by this author.")]
Speaker = Annotated[str, typer.Option(help="Only what this person says.")]
Hits = Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages to retrieve.")]
Model = Annotated[str, typer.Option(help="The chat model; `extract` takes the articles' own sentences instead.")]
From = Annotated[Path | None, typer.Option("--from", help="File of JSON lines, each with a `question`.")]


def data_option(context: typer.Context) -> Path | None:
    """The folder that `onrecord --data FOLDER` names, None where the option is not given."""
    return context.obj if isinstance(context.obj, Path) else None
