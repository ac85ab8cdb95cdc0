"""Control: the operations with regions. Their result types are those of what their regions yield.

So they are built by `Builder.structured`, not by `emit`, and have neither a typing nor a spelling: the code generator
writes them as statements. What their regions take and yield, `srcad.trace.nodes` says.
"""

from __future__ import annotations

from typing import Literal, NoReturn

from srcad.errors import InternalError
from srcad.ops.declare import Area, Index, Kind
from srcad.trace.types import Type

AREA = Area()
op = AREA.op


def _if(condition: Type) -> NoReturn:
    raise _structured("if")


def _for(
    start: Index, stop: Index, step: Index, *initial: Type, breaks: bool = False, backwards: bool = False
) -> NoReturn:
    raise _structured("for")


def _while(*initial: Type) -> NoReturn:
    raise _structured("while")


def _scope(*captured: Type, kind: Literal["with", "finally", "try"], clauses: tuple[int, ...] = ()) -> NoReturn:
    raise _structured("scope")


def _structured(name: str) -> InternalError:
    return InternalError(f"the types of the results of `{name}` are those that its regions yield: structured makes it")


op("if", Kind.CONTROL, _if, cost="dear")
op("for", Kind.CONTROL, _for, cost="dear")
op("while", Kind.CONTROL, _while, cost="dear")
op("scope", Kind.CONTROL, _scope, cost="dear")
