"""The command line: completion of commands and options by the shell."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer
from typer.completion import completion_init, get_completion_script  # type: ignore[attr-defined]

from srcad.cli.commands import app, print_plain

VARIABLE = "_SRCAD_COMPLETE"

if VARIABLE in os.environ:  # the shell asks what may come next
    completion_init()


class Shell(StrEnum):
    """The shells that can be told."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"


@app.command("completion", epilog='Example: eval "$(srcad completion bash)"')
def completion_command(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print what the shell has to run to complete commands and options."""
    print_plain(get_completion_script(prog_name="srcad", complete_var=VARIABLE, shell=shell.value))
