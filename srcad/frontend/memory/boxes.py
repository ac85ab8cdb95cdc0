"""Lists as run-time objects: made of known items or of other lists, and what they share with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import holding
from srcad.frontend.core.values import ArrayRef, GrownCell, ListCell, Ref, Tup, Value
from srcad.frontend.core.walk import inside
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
        if isinstance(cell, GrownCell):
            made = holding(m.heap, made, None, *elements_held(m, part))
            made = replace(made, repeated=made.repeated or cell.repeated)
        for item in cell.children():
            made = holding(m.heap, made, None, *held(m, (item,)))
    return made


def grow_all(m: Machine, items: tuple[Value, ...]) -> None:
    """Make the lists among items run-time lists: a change through the list that holds them can then be told to them."""
    for item in items:
        match item:
            case Ref() if isinstance(cell := m.heap[item.cell], ListCell):
                m.heap[item.cell] = boxed(m, cell.items)
            case Tup():
                grow_all(m, item.items)


def held(m: Machine, items: Iterable[Value]) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of the arrays and of the containers among items, and in them."""
    arrays: set[int] = set()
    lists: set[int] = set()
    for item in inside(m.heap, *items):
        match item:
            case ArrayRef():
                arrays.add(item.cell)
            case Ref():
                lists.add(item.cell)
                shared = shared_by(m, item)
                arrays |= shared[0]
                lists |= shared[1]
    return frozenset(arrays), frozenset(lists)


def elements_held(m: Machine, ref: Ref) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of the arrays and containers that a container holds; of a run-time list also itself."""
    arrays, lists = held(m, m.heap[ref.cell].children())
    own = shared_by(m, ref)
    return arrays | own[0], lists | own[1]


def shared_by(m: Machine, ref: Ref) -> tuple[frozenset[int], frozenset[int]]:
    """The cells of what a run-time list holds, which the run alone can look into, and of the list itself."""
    cell = m.heap[ref.cell]
    return (frozenset((ref.cell,)), cell.lists) if isinstance(cell, GrownCell) else (frozenset(), frozenset())
