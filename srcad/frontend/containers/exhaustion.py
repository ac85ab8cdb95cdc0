"""Iterators with a name: they can be run through once.

    pairs = zip(x, y)
    a = sum(p * q for p, q in pairs)
    b = sum(p + q for p, q in pairs)      # 0: nothing is left

The frontend knows what an iterator runs over, and whether it has been run through to its end; not how far it has come
where a loop over it was left. So each has a cell that says so, wherever the iterator was handed to in the meantime. To
go on behind a loop that was left is refused. Branches and loops join these cells as they do all others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import IteratorCell, Progress
from srcad.frontend.core.values import Iter, Value


def once(m: Machine, kind: str, *parts: Value) -> Iter:
    """A new iterator that can be run through once."""
    behind = m.allocate(IteratorCell())
    return Iter(kind, parts, m.allocate(IteratorCell(kind=kind, parts=parts, behind=behind)))


def following(m: Machine, value: Value) -> Value:
    """What goes on in the place of an iterator of which items have been taken by themselves; else the value itself."""
    if not isinstance(value, Iter) or value.state is None:
        return value
    return m.cell(value.state, IteratorCell).left or value


def spend(m: Machine, iterator: Iter) -> None:
    """A loop begins to run through it."""
    if iterator.state is None:
        return
    cell = m.cell(iterator.state, IteratorCell)
    if cell.progress is not Progress.FRESH:
        refuse_used(m)
    m.heap[iterator.state] = replace(cell, progress=Progress.UNSURE)


def refuse_used(m: Machine) -> NoReturn:
    m.refuse(
        "an iterator may be run through more than once",
        why="a loop over it was left, and how much it has left isn't followed through the run.",
        do="make a list of it: list(zip(...)).",
        each_turn=True,
    )


def is_over(m: Machine, value: Value) -> bool:
    """Whether an iterator has been run through to its end, so that nothing is left of it."""
    if not isinstance(value, Iter) or value.state is None:
        return False
    return m.cell(value.state, IteratorCell).progress is Progress.FINISHED


def run_through(m: Machine, iterator: Iter) -> None:
    """A loop has come to the end of an iterator, and wasn't left before."""
    if iterator.state is not None:
        m.heap[iterator.state] = replace(m.cell(iterator.state, IteratorCell), progress=Progress.FINISHED)


__all__ = ["following", "is_over", "once", "refuse_used", "run_through", "spend"]
