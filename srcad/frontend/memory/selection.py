"""One of several arrays, by a value of the run: it is looked at, and written to, in a branch for each of them.

    t = a if c else b      v1 = if c {yield a0} else {yield b0}
    t[0] = s          ->   a1, b1 = if c {v2 = set_item(a0, s, 0); yield v2, b0} else {v3 = ...; yield a0, v3}

`c` is the selector. In a loop whose arrays change places, it is an int that the loop carries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.values import ArrayRef, Obj, Value, ViewStep
from srcad.trace.builder import const
from srcad.trace.nodes import Atom

Use = Callable[[ArrayRef], Value]


def selected(m: Machine, ref: ArrayRef) -> SelectedCell | None:
    """What tells which array is meant, where that isn't known now."""
    cell = m.heap[ref.cell]
    return cell if isinstance(cell, SelectedCell) else None


def selected_content(m: Machine, cell_id: int, read: Callable[[ArrayRef], Atom]) -> Atom:
    """The present content of the array that is meant."""
    cell = m.cell(cell_id, SelectedCell)
    if cell.var is not None:
        return cell.var
    found = each(m, cell, (), lambda ref: Obj(read(ref)))
    assert isinstance(found, Obj)
    m.heap[cell_id] = replace(m.cell(cell_id, SelectedCell), var=found.var)
    return found.var


def each(m: Machine, cell: SelectedCell, path: tuple[ViewStep, ...], use: Use) -> Value:
    """Use the array that is meant, or the view of it that a path leads to."""
    refs = [ArrayRef(ref.cell, ref.path + path) for ref in cell.refs]
    if not cell.numbers:
        return m.ports.branch(m, cell.selector, lambda: use(refs[0]), lambda: use(refs[1]))
    return _numbered(m, cell, refs, 0, use)


def _numbered(m: Machine, cell: SelectedCell, refs: list[ArrayRef], k: int, use: Use) -> Value:
    if k == len(refs) - 1:
        return use(refs[k])
    meant = m.emit("equal", cell.selector, const(cell.numbers[k]))
    return m.ports.branch(m, meant, lambda: use(refs[k]), lambda: _numbered(m, cell, refs, k + 1, use))


__all__ = ["each", "selected", "selected_content"]
