"""Generators that wait in a `try` when nobody asks for their items any more: Python runs their finalizers then.

When that is, who holds them tells, which isn't followed. So a generator whose finalizer does what others may see has to
be run to its end, or closed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from srcad.errors import Span
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import DictCell, FrameCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import FunctionSource, is_yielding, own_nodes
from srcad.frontend.core.suspended import GeneratorCell, Guarded, Paused, Piece, Progress, Work, finalizer
from srcad.frontend.core.values import Ref
from srcad.trace.nodes import Var

DO = "close it, or take its items until there are none."


@dataclass(frozen=True)
class WaitsAt:
    """Where a generator waits, and under which conditions it has come there."""

    span: Span | None
    conditions: tuple[Var, ...]


@dataclass(eq=False)
class Waiting(Restorable):
    """The generators that wait in a `try`, by their cells."""

    places: dict[int, WaitsAt] = field(default_factory=dict)


def note_waiting(m: Machine, cell: int, work: Work) -> None:
    """A generator waits at a `yield`, with this still to be read."""
    if _is_loud(m.cell(cell, GeneratorCell).code, work):
        m.part(Waiting).places[cell] = WaitsAt(m.builder.span, tuple(m.stack.conditions))
    else:
        note_ended(m, cell)


def _is_loud(code: FunctionSource, work: Work) -> bool:
    return any(not is_quiet(code, block) for piece in work for block in _at_the_end(piece))


def note_ended(m: Machine, cell: int) -> None:
    """A generator has come to its end, or out of its `try`, on all ways on which it has waited in one."""
    noted = m.part(Waiting).places.get(cell)
    now = tuple(m.stack.conditions)
    if noted is not None and noted.conditions[: len(now)] == now:
        del m.part(Waiting).places[cell]


def refuse_dropped(m: Machine) -> None:
    """At the end of the program: what still waits has been dropped somewhere."""
    for cell, place in m.part(Waiting).places.items():
        if _may_be_dropped(m.heap.get(cell)):
            m.builder.span = place.span
            m.refuse(
                "a generator that waits in a `try` is dropped, whose finalizer does what others may see",
                why="when Python runs that depends on who holds the generator, which isn't followed.",
                do=DO,
            )


def _may_be_dropped(cell: object) -> bool:
    """Whether a generator, as the program leaves it, may have something to do that others see."""
    if not isinstance(cell, GeneratorCell) or cell.progress is Progress.UNSURE:
        return True
    return isinstance(cell.progress, Paused) and _is_loud(cell.code, cell.progress.work)


def refuse_held(m: Machine, ref: Ref) -> None:
    """A loop is left: a generator that has a name waits on, and is closed when nobody holds it any more."""
    code = m.cell(ref.cell, GeneratorCell).code
    tries = [n for n in own_nodes(code.node) if isinstance(n, (ast.Try, ast.With)) and is_yielding(n)]
    loud = any(isinstance(n, ast.With) or not is_quiet(code, n.finalbody) for n in tries)
    if loud and _has_name(m, ref):
        m.refuse(
            "a loop is left over a generator that is kept, whose finalizer does what others may see",
            why="it runs when nobody holds the generator any more, which isn't followed.",
            do="close it behind the loop, and take its items one at a time.",
        )


def _has_name(m: Machine, ref: Ref) -> bool:
    frames = (cell.names for cell in m.heap.values() if isinstance(cell, FrameCell))
    holders = (cell for cell in m.heap.values() if isinstance(cell, (InstanceCell, ListCell, DictCell)))
    named = any(value == ref for names in frames for name, value in names.items() if not name.startswith("$"))
    return named or any(ref in cell.children() for cell in holders)


def _at_the_end(piece: Piece) -> Iterator[list[ast.stmt]]:
    """What runs when a generator is closed."""
    for block in finalizer(piece):
        yield list(block.statements)
    for handler in piece.node.handlers if isinstance(piece, Guarded) else ():
        if _is_told_of_end(handler):
            yield handler.body


def _is_told_of_end(handler: ast.ExceptHandler) -> bool:
    """Whether a handler waits for GeneratorExit, as far as its names say."""
    if handler.type is None:
        return True
    named = {getattr(n, "id", getattr(n, "attr", None)) for n in ast.walk(handler.type)}
    known = any(isinstance(n, ast.Constant) and isinstance(n.value, type) for n in ast.walk(handler.type))
    return known or not named.isdisjoint({"BaseException", "GeneratorExit"})


def is_quiet(code: FunctionSource, block: list[ast.stmt]) -> bool:
    """Whether statements do nothing but set names of their own function."""
    inner = [n for statement in block for n in ast.walk(statement)]
    names = {n.id for n in inner if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    loud = (ast.Call, ast.Attribute, ast.Subscript, ast.Yield, ast.YieldFrom, ast.Await, ast.Raise, ast.AugAssign)
    return not any(isinstance(n, loud) for n in inner) and names.isdisjoint(code.nonlocals)


__all__ = ["Waiting", "is_quiet", "note_ended", "note_waiting", "refuse_dropped", "refuse_held"]
