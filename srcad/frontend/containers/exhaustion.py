"""Iterators with a name: they can be run through once.

    pairs = zip(x, y)
    a = sum(p * q for p, q in pairs)
    b = sum(p + q for p, q in pairs)      # 0: nothing is left

The frontend knows what an iterator runs over, not how far it has come. So each has a cell that is lost when it has been
run through, wherever it was handed to in the meantime, and to run through it again is refused. Branches and loops join
these cells as they do all others.
"""

from __future__ import annotations

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Iter, ListCell, Lost, Value


def once(m: Machine, kind: str, *parts: Value) -> Iter:
    """A new iterator that can be run through once."""
    return Iter(kind, parts, m.allocate(ListCell(())))


def spend(m: Machine, iterator: Iter) -> None:
    """It is run through now."""
    if iterator.state is None:
        return
    if isinstance(m.heap.get(iterator.state), Lost):  # which leaves the question of what was there to us
        m.refuse(
            "an iterator may be run through more than once",
            why="after the first time nothing is left of it, and how much is left isn't followed through the run.",
            do="make a list of it: list(zip(...)).",
        )
    m.heap[iterator.state] = Lost(m.builder.span)


__all__ = ["once", "spend"]
