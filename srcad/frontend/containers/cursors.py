"""Items of iterators over sequences: whether there is one, which one it is, and going on to the next."""

from __future__ import annotations

from dataclasses import replace

from srcad.frontend.containers.iteration import Items, counted, length, nth, sequence
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import CursorCell
from srcad.frontend.core.values import FALSE, TRUE, ArrayRef, Range, Ref, Static, Tup, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import truth
from srcad.frontend.memory.cursors import refuse_changed
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Var


def has_item(m: Machine, ref: Ref) -> bool | Var:
    """Whether something is left."""
    cell = m.cell(ref.cell, CursorCell)
    ended = truth(m, cell.ended)
    if ended is True:
        return False
    place, stop = to_atom(m, cell.place), count_of(m, cell)
    if isinstance(place, Const) and isinstance(stop, Const):
        left: bool | Var = place.value < stop.value
    else:
        left = m.emit("less", place, stop)
    if ended is False or left is False:
        return left
    going = m.emit("not_", ended)
    return going if left is True else m.emit("logical_and", going, left)


def count_of(m: Machine, cell: CursorCell) -> Atom:
    """How many items the source has now."""
    items = sequence(m, cell.source)
    return const(len(items.values)) if isinstance(items, Items) else length(m, items)


def item_of(m: Machine, ref: Ref) -> Value:
    """The item that comes next, where there is one."""
    cell = m.cell(ref.cell, CursorCell)
    refuse_changed(m, *cell.kept)
    place = cell.place
    if cell.backwards:
        last = arithmetic.subtract(m, count_of(m, cell), const(1))
        place = arithmetic.number(m, arithmetic.subtract(m, last, to_atom(m, place)))
    listed = isinstance(m.content(cell.source), (ListCell, GrownCell))
    if listed or isinstance(cell.source, (Tup, ArrayRef, Range)):
        return get_at(m, cell.source, place)
    items = sequence(m, cell.source)
    if isinstance(items, Items) and isinstance(place, Static):
        known: Value = items.values[place.value]
        return known
    return nth(m, counted(m, items), place)


def moved_on(m: Machine, ref: Ref) -> Value:
    """The place behind the next item, which is the place of the cursor from now on."""
    cell = m.cell(ref.cell, CursorCell)
    after = arithmetic.number(m, arithmetic.add(m, to_atom(m, cell.place), const(1)))
    m.heap[ref.cell] = replace(cell, place=after)
    return after


def taken_from(m: Machine, ref: Ref) -> Value:
    """The next item, which is gone then."""
    item = item_of(m, ref)
    moved_on(m, ref)
    return item


def end(m: Machine, ref: Ref) -> Value:
    """It says that nothing is left."""
    m.heap[ref.cell] = replace(m.cell(ref.cell, CursorCell), ended=TRUE)
    return FALSE


__all__ = ["count_of", "end", "has_item", "item_of", "moved_on", "taken_from"]
