"""Loops over lists that their turns change: what Python's index meets in the list as it is by then.

for v in values:              # values[0], values[1], ... as long as there are any
    if v in seen:
        values.append(2 * v)
"""

from __future__ import annotations

from functools import partial

from srcad.frontend.containers.iterated import ChangedInLoop, refuse_change, watching
from srcad.frontend.containers.iteration import Indexed, Items, Streamed
from srcad.frontend.control.loops import for_loop
from srcad.frontend.control.turns import MOST_TURNS, Turn, left
from srcad.frontend.core.cells import ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, Ref, Value
from srcad.frontend.memory.branches import branch, negate, truth
from srcad.trace.nodes import Var


def loop_over(m: Machine, values: Value, items: Items | Indexed | Streamed, turn: Turn) -> None:
    """Run `turn` for the items of `values`."""
    if not isinstance(values, Ref) or not isinstance(m.heap[values.cell], ListCell):
        for_loop(m, items, watching(m, values, turn))
        return
    with m.attempt(ChangedInLoop) as tried:
        for_loop(m, items, watching(m, values, turn))
    if tried.error is not None:
        for_loop(m, Streamed(partial(_from, m, values, 0)), turn)


def _from(m: Machine, values: Ref, k: int, turn: Turn) -> None:
    """The turns from the k-th item on."""
    while k < MOST_TURNS:
        cell = m.heap[values.cell]
        if not isinstance(cell, ListCell):
            break
        if k >= len(cell.items):
            return
        turn(cell.items[k])
        k += 1
        gone = truth(m, left(m))
        if isinstance(gone, Var):
            branch(m, negate(m, gone), partial(_rest, m, values, k, turn), lambda: FALSE)
            return
        if gone:
            return
    refuse_change(m)


def _rest(m: Machine, values: Ref, k: int, turn: Turn) -> Value:
    _from(m, values, k, turn)
    return FALSE


__all__ = ["loop_over"]
