"""Generators: functions of the program that have been called, and run as far as somebody asks for what they yield."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from srcad.frontend.core.cells import Cell
from srcad.frontend.core.parts import Children
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.values import NONE, Value


class Progress(Enum):
    """How far a generator has come."""

    FRESH = "it hasn't begun"
    RUNNING = "it is running"
    FINISHED = "it has come to its end"
    UNSURE = "a loop over it was left by a condition of the run"


# ---- what is still to be read


@dataclass(frozen=True)
class Unread:
    """Unread that are still to be read."""

    statements: tuple[ast.stmt, ...]


@dataclass(frozen=True)
class Loop:
    """A loop that goes on with its next turn: the number `turn` of a `for`. What that runs over has a hidden name."""

    node: ast.For | ast.While
    turn: int = 0


@dataclass(frozen=True)
class Delegation:
    """`yield from` the generator of a hidden name."""

    node: ast.stmt


@dataclass(frozen=True)
class Sent:
    """What is sent is given to these targets."""

    targets: tuple[ast.expr, ...]


Work = tuple[Unread | Loop | Delegation | Sent, ...]


def hidden(node: ast.stmt) -> str:
    """The name of what a statement runs over."""
    return f"$items {node.lineno} {node.col_offset}"


@dataclass(frozen=True)
class Paused:
    """It waits at a `yield`; what is still to be read then, innermost last."""

    work: Work


@dataclass(frozen=True)
class GeneratorCell(Cell):
    """A generator: the code of its function, the frame of the call, how far it has come.

    `value`: what it has returned, which `yield from` gives.
    """

    code: FunctionSource
    frame: int
    progress: Progress | Paused = Progress.FRESH
    value: Value = NONE

    def children(self) -> Children:
        return (self.value,)

    def keys(self) -> tuple[Hashable, ...]:
        return ("value",)

    def rebuild(self, children: Children) -> GeneratorCell:
        (value,) = children
        return replace(self, value=value)

    def cells(self) -> Sequence[int]:
        return (self.frame,)

    def with_cells(self, cells: Sequence[int]) -> GeneratorCell:
        (frame,) = cells
        return replace(self, frame=frame)

    def rest(self) -> Hashable:
        return self.code, self.frame, self.progress


@dataclass(frozen=True)
class IteratorCell(Cell):
    """How far a loop over an iterator (a zip, a map) has come. `left`: what goes on in its place, once an item of it
    has been taken by itself."""

    progress: Progress = Progress.FRESH
    left: Value | None = None

    def children(self) -> Children:
        return () if self.left is None else (self.left,)

    def rebuild(self, children: Children) -> IteratorCell:
        return IteratorCell(self.progress, *children)

    def rest(self) -> Hashable:
        return self.progress


def both(a: Progress | Paused, b: Progress | Paused) -> Progress | Paused:
    """How far a generator or an iterator has come that is so far on the one way and so far on the other.

    Whether one that waits on one way has ended on the other its frame tells.
    """
    if a == b:
        return a
    for one, other in ((a, b), (b, a)):
        if one is Progress.FINISHED and isinstance(other, Paused):
            return other
    return Progress.UNSURE


__all__ = [
    "Delegation",
    "GeneratorCell",
    "IteratorCell",
    "Loop",
    "Paused",
    "Progress",
    "Sent",
    "Unread",
    "Work",
    "both",
    "hidden",
]
