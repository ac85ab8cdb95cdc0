"""The command line."""

from srcad.cli.commands import main

__all__ = ["main"]
