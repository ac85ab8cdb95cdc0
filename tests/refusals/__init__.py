"""Programs that must be refused, at the lines that carry `# <- refused`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from srcad.errors import ArgumentError, NotDifferentiable, NotYetSupported, SrcadError

MARKER = "# <- refused"


@dataclass(frozen=True)
class Refused:
    """`kinds`: the classes of error that tell the user the truth. `helpers`: where else the marker may stand."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    argnums: int | tuple[int, ...]
    kinds: tuple[type[SrcadError], ...]
    helpers: tuple[Callable[..., Any], ...]

    @property
    def lines(self) -> set[int]:
        """The numbers of the marked lines: the error may name any of them."""
        found = set()
        for function in (self.function, *self.helpers):
            source, first = inspect.getsourcelines(function)
            found |= {first + k for k, line in enumerate(source) if MARKER in line}
        return found

    def __str__(self) -> str:
        return self.function.__name__


REFUSED: list[Refused] = []
PROGRAM = (NotYetSupported, NotDifferentiable)


def refused(
    *args: Any,
    argnums: int | tuple[int, ...] = 0,
    kinds: tuple[type[SrcadError], ...] = PROGRAM,
    helpers: tuple[Callable[..., Any], ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`function(*args)` must be refused."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        REFUSED.append(Refused(function, args, argnums, kinds, helpers))
        return function

    return register


__all__ = ["ArgumentError", "NotDifferentiable", "NotYetSupported", "REFUSED", "refused"]
