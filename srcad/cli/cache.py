"""The command line: what the native back end has compiled and kept."""

from __future__ import annotations

from typing import Annotated

import typer

from srcad.cli.commands import app, print_plain
from srcad.native.cache import cache_folder, cleared, kept


@app.command("cache", epilog="Example: srcad cache --clear")
def cache_command(
    clear: Annotated[
        bool, typer.Option("--clear", help="Delete all of it; it is compiled anew when it is needed.")
    ] = False,
) -> None:
    """Show where compiled derivatives are kept, and how much that is."""
    found = cleared() if clear else kept()
    size = sum(found.values())
    what = f"{len(found)} compiled {'library' if len(found) == 1 else 'libraries'}, {size / 1e3:.0f} kB"
    print_plain(f"{cache_folder()}: {'deleted ' if clear else ''}{what}")
