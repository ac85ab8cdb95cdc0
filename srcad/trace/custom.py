"""What is known of a function with rules of its own.

The operation `custom` calls such a function, or one of its rules: operand 0 is what is called, so many of those behind
it as params["shown"] says are its arguments, and the rest are what the sources in params["custom"] read beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from srcad.errors import SrcadError
from srcad.trace.nodes import Region


@dataclass(frozen=True, eq=False)
class Source:
    """A rule as it has been read: a region whose parameters are the operands of its call; or why it can't be."""

    callee: Callable[..., Any] | None
    region: Region | None
    problem: SrcadError | None = None


@dataclass(frozen=True, eq=False)
class Custom:
    """What is called.

    rules     "tangent" and "adjoint" of a function
    source    of a rule that is called itself
    primal    the function as it has been read, if it can be
    inline    generated code has the sources in it, instead of calls
    """

    name: str
    rules: Mapping[str, Source] = field(default_factory=dict)
    source: Source | None = None
    primal: Region | None = None
    inline: bool = False

    def __repr__(self) -> str:
        return self.name
