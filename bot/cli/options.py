"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]
Since = Annotated[str, typer.Option(help="Only articles published on this day or later (2025-03-11).")]
Until = Annotated[str, typer.Option(help="Only articles published on this day or earlier.")]
Outlet = Annotated[str, typer.Option(help="Only articles of this outlet.")]
Author = Annotated[str, typer.Option(help="Only articles by this author.")]
Speaker = Annotated[str, typer.Option(help="Only what this person says.")]
Hits = Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages to look at.")]
Model = Annotated[str, typer.Option(help="Who writes: `extract` for the articles' own sentences, or a model's name.")]
From = Annotated[Path | None, typer.Option("--from", help="JSON lines, each with a `question`.")]
