"""How a program says that it can't do what it is asked for."""

from __future__ import annotations

from typing import NoReturn


def unsupported(what: str, do: str) -> NoReturn:
    """Refuse the call that is being read: it is no fault of the user's program."""
    raise NotImplementedError(f"{what}: {do}")
