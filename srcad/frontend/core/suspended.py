"""Generators and iterators: how far they have come, and what is left of them."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from srcad.frontend.core.cells import Cell
from srcad.frontend.core.parts import Children
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.values import FALSE, NONE, Static, Value

START = Static(0)


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


@dataclass(frozen=True)
class Guarded:
    """Behind the body of a `try`: until this is read, its clauses wait for exceptions, its finalizer for the end."""

    node: ast.Try


@dataclass(frozen=True)
class Finalized:
    """Behind a handler or the `else` of a `try`, of which the finalizer alone still waits."""

    node: ast.Try


@dataclass(frozen=True)
class Handled:
    """Behind the statements of a handler: the name of the exception is forgotten. `error`: what is handled has it."""

    node: ast.ExceptHandler
    error: str


@dataclass(frozen=True)
class Leaving:
    """Behind a finalizer: the block is left by this flag, as it was before."""

    flag: str


@dataclass(frozen=True)
class Raising:
    """Behind finalizers: the exception of this name is raised further."""

    error: str


Piece = Unread | Loop | Delegation | Sent | Guarded | Finalized | Handled | Leaving | Raising
Work = tuple[Piece, ...]


def finalizer(piece: Piece) -> tuple[Unread, ...]:
    """What waits to be read at the end of a `try`, however that is left."""
    if isinstance(piece, (Guarded, Finalized)) and piece.node.finalbody:
        return (Unread(tuple(piece.node.finalbody)),)
    return ()


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
    """How far an iterator (a zip, a map) has come.

    `kind` and `parts`: what it was made of. `left`: what goes on in its place, once an item of it has been taken by
    itself; how far loops over that have come stands in the cell `behind`.
    """

    progress: Progress = Progress.FRESH
    kind: str = ""
    parts: tuple[Value, ...] = ()
    left: Value | None = None
    behind: int | None = None

    def children(self) -> Children:
        return self.parts if self.left is None else (*self.parts, self.left)

    def rebuild(self, children: Children) -> IteratorCell:
        parts, left = children[: len(self.parts)], children[len(self.parts) :]
        return replace(self, parts=tuple(parts), left=left[0] if left else None)

    def cells(self) -> Sequence[int]:
        return () if self.behind is None else (self.behind,)

    def with_cells(self, cells: Sequence[int]) -> IteratorCell:
        (behind,) = cells
        return replace(self, behind=behind)

    def rest(self) -> Hashable:
        return self.progress, self.kind, len(self.parts), self.behind


@dataclass(frozen=True)
class CursorCell(Cell):
    """An iterator over a sequence: the number of the item that comes next; from the end, where it runs backwards.

    `ended`: whether it has said that nothing is left: then it gives nothing more, whatever is appended. `kept`: what
    the source is a copy of, and its content then, by turns.
    """

    source: Value
    place: Value = START
    ended: Value = FALSE
    kept: tuple[Value, ...] = ()
    backwards: bool = False

    def children(self) -> Children:
        return self.source, self.place, self.ended, *self.kept

    def keys(self) -> tuple[Hashable, ...]:
        return "source", "place", "ended", *range(len(self.kept))

    def rebuild(self, children: Children) -> CursorCell:
        source, place, ended, *kept = children
        return replace(self, source=source, place=place, ended=ended, kept=tuple(kept))

    def rest(self) -> Hashable:
        return self.backwards, len(self.kept)


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
    "CursorCell",
    "Delegation",
    "Finalized",
    "GeneratorCell",
    "Guarded",
    "Handled",
    "IteratorCell",
    "Leaving",
    "Loop",
    "Paused",
    "Piece",
    "Progress",
    "Raising",
    "Sent",
    "Unread",
    "Work",
    "both",
    "finalizer",
    "hidden",
]
