"""Arrays in a list or tuple, told by a number of the run: selected, so that the list stays one of known items.

t = L[k]        the selector is [0, 1, 2][k], which raises what L[k] does
t[0] = s        if selector == 0: a[0] = s, elif selector == 1: b[0] = s, ...
L[k] = t        each item is t if the selector is its number, and else what it was
"""

from __future__ import annotations

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.values import ArrayRef, Static, Value
from srcad.frontend.memory.arrays import box, load
from srcad.frontend.memory.branches import branch
from srcad.trace.nodes import Var
from srcad.trace.types import Array

MOST_PICKED = 12


def may_be_picked(m: Machine, items: tuple[Value, ...]) -> bool:
    """Whether the items are selected: a few arrays of one rank, in a reading that does so."""
    if not m.known.picked or not 0 < len(items) <= MOST_PICKED:
        return False
    types = [load(m, item).type if isinstance(item, ArrayRef) else None for item in items]
    first = types[0]
    return isinstance(first, Array) and all(
        isinstance(t, Array) and (t.dtype, t.rank) == (first.dtype, first.rank) for t in types
    )


def picked(m: Machine, items: tuple[Value, ...], position: Var) -> SelectedCell:
    """The item with a number of the run."""
    refs = tuple(item for item in items if isinstance(item, ArrayRef))
    return SelectedCell(_selector(m, len(refs), position), refs, tuple(range(len(refs))))


def put_at(m: Machine, items: tuple[Value, ...], position: Var, value: Value) -> tuple[Value, ...]:
    """The items, with another one at a number of the run; `L[k] += s` puts back the array that it has changed."""
    if _stands_there(m, items, position, value):
        return items
    selector = _selector(m, len(items), position)
    return tuple(_put(m, m.emit("equal", selector, k), value, item) for k, item in enumerate(items))


def _stands_there(m: Machine, items: tuple[Value, ...], position: Var, value: Value) -> bool:
    """Whether it is the item that was picked from these by this number."""
    cell = m.heap[value.cell] if isinstance(value, ArrayRef) and not value.path else None
    if not isinstance(cell, SelectedCell) or cell.refs != items:
        return False
    selector = m.variables.definitions.get(cell.selector)
    return selector is not None and selector.op == "list_get" and selector.operands[1] is position


def _put(m: Machine, meant: Var, value: Value, item: Value) -> Value:
    return branch(m, meant, lambda: value, lambda: item)


def _selector(m: Machine, count: int, position: Var) -> Var:
    """The number, counted from the start: it is one of the list's, or raises."""
    return m.emit("list_get", box(m, tuple(map(Static, range(count)))), position)


__all__ = ["may_be_picked", "picked", "put_at"]
