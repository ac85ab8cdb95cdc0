"""Run-time lists cut and joined: what insert, pop, del and a maximal length do to them."""

from __future__ import annotations

from dataclasses import replace

from srcad.frontend.core.cells import GrownCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.memory.arrays import content
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const


def place(m: Machine, cell: GrownCell, index: Atom) -> Atom:
    """An index that counts from the start."""
    if isinstance(index, Const) and index.value >= 0:
        return index
    length = m.emit("list_len", cell.var)
    if isinstance(index, Const):
        return m.emit("add", length, index)
    return m.emit("remainder", index, length)


def part(m: Machine, cell: GrownCell, start: Atom | None, stop: Atom | None) -> Atom:
    """The items from start to stop."""
    bounds = (const(None) if bound is None else bound for bound in (start, stop))
    return m.emit("list_slice", content(m, cell), *bounds, const(None))


def without(m: Machine, cell: GrownCell, index: Atom) -> GrownCell:
    """The list without one of its items."""
    at = place(m, cell, index)
    after = const(at.value + 1) if isinstance(at, Const) else m.emit("add", at, 1)
    rest = part(m, cell, after, None)
    if isinstance(at, Const) and at.value == 0:
        return replace(cell, var=rest)
    return replace(cell, var=m.emit("list_concat", part(m, cell, None, at), rest))


def inserted(m: Machine, cell: GrownCell, index: Atom, item: Atom) -> GrownCell:
    """The list with an item before the one at an index."""
    first = m.emit("list_append", part(m, cell, None, index), item)
    return replace(cell, var=m.emit("list_concat", first, part(m, cell, index, None)))


def shortened(m: Machine, cell: GrownCell, front: bool) -> GrownCell:
    """The list with no more than its maximal length: from the other end than that where an item was added."""
    if cell.most is None:
        return cell
    most = const(cell.most)
    kept = part(m, cell, None, most) if front else part(m, cell, const(-cell.most), None)
    return replace(cell, var=kept)
