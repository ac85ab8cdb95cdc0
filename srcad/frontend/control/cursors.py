"""Loops over iterators that know how far they have come: they go on from there, and stay where the loop is left.

rows = iter(table)            header = table[0]
header = next(rows)           for k in range(1, len(table)):
for row in rows:       ->         total = total + table[k] @ header
    total += row @ header
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from srcad.frontend.containers.cursors import count_of, end, has_item, item_of, moved_on, taken_from
from srcad.frontend.containers.iteration import Indexed, Items, Turn, sequence
from srcad.frontend.control.loops import for_loop, while_loop
from srcad.frontend.control.turns import left
from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import Cell, GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import CursorCell
from srcad.frontend.core.values import FALSE, NONE, Num, Ref, Static, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import as_bool, branch, negate, truth
from srcad.trace.builder import const
from srcad.trace.nodes import Var


class Moved(Exception):  # noqa: N818 - an answer, not an error
    """A turn takes items of the iterator itself, or changes the list under it."""


def run_cursor(m: Machine, ref: Ref, turn: Turn, most: Value = NONE) -> None:
    """A turn for each item that is left, or for that many of them."""
    over = truth(m, m.cell(ref.cell, CursorCell).ended)
    if isinstance(over, Var):
        branch(m, negate(m, over), lambda: _rest(m, ref, turn, most), lambda: FALSE)
    elif not over:
        _rest(m, ref, turn, most)


def _rest(m: Machine, ref: Ref, turn: Turn, most: Value) -> Value:
    cell = m.cell(ref.cell, CursorCell)
    if isinstance(cell.place, Static) and isinstance(most, Static) and isinstance(sequence(m, cell.source), Items):
        return _known(m, ref, turn, most)
    if not cell.backwards:
        with m.attempt(Moved) as tried:
            _counted(m, ref, turn, most)
        if tried.error is None:
            return FALSE
    return _asked(m, ref, turn, most)


def _known(m: Machine, ref: Ref, turn: Turn, most: Static) -> Value:
    """Items that are known one by one, as long as they are."""
    while True:
        if most.value == 0:
            return FALSE
        there = has_item(m, ref)
        if isinstance(there, Var):
            return _asked(m, ref, turn, most)
        if not there:
            return end(m, ref)
        m.bind("$continue", FALSE)
        turn(taken_from(m, ref))
        most = most if most == NONE else Static(most.value - 1)
        gone = truth(m, left(m))
        if isinstance(gone, Var):
            branch(m, negate(m, gone), partial(_known, m, ref, turn, most), lambda: FALSE)
        if gone is not False:
            return FALSE


def _counted(m: Machine, ref: Ref, turn: Turn, most: Value) -> None:
    """A loop that counts from the present place to the end."""
    cell = m.cell(ref.cell, CursorCell)
    source = cell.source.refers_to()

    def one(index: Value) -> None:
        m.heap[ref.cell] = replace(m.cell(ref.cell, CursorCell), place=index)
        item = item_of(m, ref)
        after, before = moved_on(m, ref), _list(m, source)
        turn(item)
        if m.cell(ref.cell, CursorCell).place != after or _list(m, source) is not before:
            raise Moved

    start, stop = to_atom(m, cell.place), count_of(m, cell)
    if most != NONE:
        stop = arithmetic.smaller(m, arithmetic.add(m, start, to_atom(m, most)), stop)
    for_loop(m, Indexed(start, stop, const(1), lambda k: k), one)
    _behind(m, ref, most)


def _list(m: Machine, source: int | None) -> Cell | None:
    """A list, whose number of items may change; None for anything else."""
    cell = None if source is None else m.heap[source]
    return cell if isinstance(cell, (ListCell, GrownCell)) else None


def _asked(m: Machine, ref: Ref, turn: Turn, most: Value) -> Value:
    """A loop that asks before each turn whether something is left."""
    if most != NONE:
        m.refuse("a slice of an iterator that is moved on, or whose list changes, meanwhile", do="make a list of it.")

    def more() -> Value:
        there = has_item(m, ref)
        return Num(there) if isinstance(there, Var) else Static(there)

    def one() -> None:
        m.bind("$continue", FALSE)
        turn(taken_from(m, ref))

    while_loop(m, more, one)
    _behind(m, ref, most)
    return FALSE


def _behind(m: Machine, ref: Ref, most: Value) -> None:
    """Behind a loop of its own: whether it was left is for the loop around it to know; else nothing is left."""
    m.bind("$break", m.look("$broke") or FALSE)
    if most != NONE:
        return
    gone = truth(m, as_bool(m, left(m)))
    if isinstance(gone, Var):
        branch(m, gone, lambda: FALSE, lambda: end(m, ref))
    elif not gone:
        end(m, ref)


__all__ = ["run_cursor"]
