"""Lists as run-time objects: made of known items or of other lists, and what they share with them."""

from __future__ import annotations

from dataclasses import replace

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import holding
from srcad.frontend.core.values import ArrayRef, DictCell, GrownCell, ListCell, Ref, Tup, Value
from srcad.frontend.memory.arrays import box
from srcad.trace.nodes import Atom
from srcad.trace.types import Type


def boxed(m: Machine, items: tuple[Value, ...], element: Type | None = None) -> GrownCell:
    """A cell with a run-time list of the items, and what it shares with them."""
    grow_all(m, items)
    made = GrownCell(box(m, items, element))
    for item in items:
        made = holding(m.heap, made, None, *held(m, (item,)))
    return made


def gathered(m: Machine, var: Atom, *parts: Ref) -> GrownCell:
    """A run-time list of the elements of other lists."""
    made = GrownCell(var)
    for part in parts:
        cell = m.heap[part.cell]
        if isinstance(cell, ListCell):
            for item in cell.items:
                made = holding(m.heap, made, None, *held(m, (item,)))
        else:
            assert isinstance(cell, GrownCell)
            made = holding(m.heap, made, None, *elements_held(m, part))
            made = replace(made, repeated=made.repeated or cell.repeated)
    return made


def grow_all(m: Machine, items: tuple[Value, ...]) -> None:
    """Make the lists among items run-time lists: a change through the list that holds them can then be told to them."""
    for item in items:
        cell = m.heap[item.cell] if isinstance(item, Ref) else None
        if isinstance(item, Ref) and isinstance(cell, ListCell):
            m.heap[item.cell] = boxed(m, cell.items)
        elif isinstance(item, Tup):
            grow_all(m, item.items)


def held(m: Machine, items: tuple[Value, ...]) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of the arrays and of the containers among items."""
    arrays: set[int] = set()
    lists: set[int] = set()
    todo = list(items)
    while todo:
        item = todo.pop()
        if isinstance(item, ArrayRef):
            arrays.add(item.cell)
        elif isinstance(item, Tup):
            todo += item.items
        elif isinstance(item, Ref) and item.cell not in lists:
            lists.add(item.cell)
            inside = elements_held(m, item)
            arrays |= inside[0]
            lists |= inside[1]
    return frozenset(arrays), frozenset(lists)


def elements_held(m: Machine, ref: Ref) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of the arrays and containers that a container holds; of a run-time list also itself."""
    cell = m.heap[ref.cell]
    if isinstance(cell, ListCell):
        return held(m, cell.items)
    if isinstance(cell, DictCell):
        return held(m, tuple(item for _, item in cell.items))
    if isinstance(cell, GrownCell):
        return frozenset((ref.cell,)), cell.lists
    return frozenset(), frozenset()
