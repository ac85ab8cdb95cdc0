"""Dicts whose keys only the run knows: from the first such key on they are those of `srcad.definitions.tables`."""

from __future__ import annotations

import collections
from collections.abc import Hashable, Iterable

from srcad.definitions.tables import RunCounter, RunDefaultDict, RunDict, RunSet
from srcad.frontend.core.cells import Cell, DictCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Choice, Num, Obj, Ref, Static, Tup, Value
from srcad.trace.nodes import Equation, Var

TABLES = (RunDict, RunCounter, RunDefaultDict)


def needs_table(m: Machine, cell: object, key: Value) -> bool:
    """Whether a key of a dict is known at run time only, and can't be known before."""
    return m.known.chosen and isinstance(cell, DictCell) and _of_run(key)


def _of_run(key: Value) -> bool:
    match key:
        case Tup():
            return any(map(_of_run, key.items))
        case Num() | Obj():
            return isinstance(key.var, Var)
    return isinstance(key, Choice)


def make_table(m: Machine, ref: Ref) -> None:
    """A dict is a table from now on."""
    cell = m.cell(ref.cell, DictCell)
    m.heap[ref.cell] = table_of(m, cell)


def table_of(m: Machine, cell: DictCell) -> InstanceCell:
    """The table with the keys and values of a dict."""
    plain = cell.cls in (None, dict, collections.OrderedDict, collections.defaultdict, collections.Counter)
    if cell.unsure or not cell.ordered or not plain or cell.attributes_of is not None or cell.home is not None:
        m.refuse("which keys a dict has depends on the run, and so does what is asked for", do="set its keys before.")
    if cell.origin is not None:
        m.refuse("a key that only the run knows is asked of a dict from outside of the function", do="use a list.")
    names = Ref(m.allocate(ListCell(tuple(_value_of(m, key) for key, _ in cell.items))))
    held = Ref(m.allocate(ListCell(tuple(value for _, value in cell.items))))
    fields: tuple[tuple[str, Value], ...] = (("names", names), ("held", held))
    if cell.factory is not None:
        return InstanceCell(RunDefaultDict, (*fields, ("factory", cell.factory)), changed=True)
    return InstanceCell(RunCounter if cell.cls is collections.Counter else RunDict, fields, changed=True)


def _value_of(m: Machine, key: object) -> Value:
    if isinstance(key, (bool, int, float, str)):
        return Static(key)
    if type(key) is tuple:
        return Tup(tuple(_value_of(m, part) for part in key))
    m.refuse("a dict has keys of several kinds, some of which only the run knows", do="use keys of one kind.")


def as_table(m: Machine, heap: dict[int, Cell], equations: list[Equation], mine: Cell, other: Cell) -> Cell:
    """The cell of one state, which is joined with that of another one: a dict as a table, if that one is a table."""
    if not isinstance(mine, DictCell) or not (is_table(other) or (m.known.chosen and _have_other_keys(mine, other))):
        return mine
    with m.on_side(heap, equations):
        return table_of(m, mine)


def _have_other_keys(a: Cell, b: Cell) -> bool:
    """Whether two dicts of the program's own differ in their keys or the order of these."""
    if not isinstance(a, DictCell) or not isinstance(b, DictCell) or tuple(a.entries()) == tuple(b.entries()):
        return False
    return not any(cell.unsure or cell.origin is not None or cell.attributes_of is not None for cell in (a, b))


def is_table(cell: object) -> bool:
    """Whether a cell is a dict whose keys the run knows."""
    return isinstance(cell, InstanceCell) and cell.cls in TABLES


def known_set(m: Machine, keys: Iterable[Hashable]) -> Ref:
    """A set of the program, with these elements."""
    known = Ref(m.allocate(DictCell(tuple((key, Static(True)) for key in keys))))
    return Ref(m.allocate(InstanceCell(RunSet, (("known", known),), changed=True)))


def is_set(cell: object) -> bool:
    """Whether a cell is a set of the program."""
    return isinstance(cell, InstanceCell) and cell.cls is RunSet


__all__ = ["TABLES", "as_table", "is_set", "is_table", "known_set", "make_table", "needs_table", "table_of"]
