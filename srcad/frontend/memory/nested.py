"""Lists that are elements of run-time lists: rows[k] + [x], rows[k].sort().

What is done with such a list is done with one of the same elements; where that changes it, it is put back in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from srcad.frontend.core.cells import GrownCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import holding, sharers
from srcad.frontend.core.values import ArrayRef, Ref, Value
from srcad.frontend.memory.arrays import MANY_KINDS, is_list, load, store
from srcad.frontend.memory.boxes import boxed
from srcad.frontend.memory.elements import form_at
from srcad.trace.types import ListOf, Scalar, Type


def listed(m: Machine, value: Value) -> Value:
    """A list in a run-time list as a list of the same elements; any other value as it is."""
    return _taken(m, value) if isinstance(value, ArrayRef) and value.path and is_list(m, value) else value


def _taken(m: Machine, ref: ArrayRef) -> Ref:
    form, whole = form_at(m, ref), m.cell(ref.cell, GrownCell)
    made = GrownCell(load(m, ref), form=None if form is None else form.parts[0])
    if not _holds_numbers(made):
        made = replace(made, aliases=sharers(m.heap, ref.cell), lists=whole.lists, repeated=whole.repeated)
    return Ref(m.allocate(made))


def _element(cell: GrownCell) -> Type | None:
    return cell.var.type.element if isinstance(cell.var.type, ListOf) else None


def _holds_numbers(cell: GrownCell) -> bool:
    return isinstance(_element(cell), Scalar) and cell.form is None


def change_nested(m: Machine, ref: ArrayRef, change: Callable[[Ref], Value], adds: bool = False) -> Value:
    """What `change` does to a list, done to a list in a run-time list; `adds`: behind what is in it."""
    one = _taken(m, ref)
    before = m.cell(one.cell, GrownCell)
    result = change(one)
    after = m.heap[one.cell]
    if not isinstance(after, GrownCell):
        after = boxed(m, tuple(after.children()), _element(before), before.form)
    if after.var is before.var:
        return result
    if after.form != before.form:
        m.refuse(MANY_KINDS, unsettled=True)
    store(m, ref, after.var)
    whole = m.cell(ref.cell, GrownCell)
    whole = holding(m.heap, whole, ref.cell, after.aliases - before.aliases, after.lists - before.lists)
    moves = not adds and not _holds_numbers(after)
    m.heap[ref.cell] = replace(
        whole,
        repeated=whole.repeated or (after.repeated and not _holds_numbers(after)),
        inside=object() if moves else whole.inside,
    )
    return result
