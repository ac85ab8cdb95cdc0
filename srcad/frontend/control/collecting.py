"""Lists and sums of what a loop comes by: list(values), sum(values), values.extend(others)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from srcad.frontend.containers.containers import append, concatenate, last
from srcad.frontend.containers.exhaustion import spend
from srcad.frontend.containers.iteration import Indexed, Items, sequence
from srcad.frontend.containers.operators import binary
from srcad.frontend.control.loops import for_loop
from srcad.frontend.control.pipes import is_stream, stream
from srcad.frontend.core.cells import FrameCell, GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, TRUE, Iter, Ref, Static, Value
from srcad.frontend.memory import grown
from srcad.frontend.memory.boxes import gathered
from srcad.frontend.memory.branches import branch, settled, truth
from srcad.trace.nodes import Var

NOBODY: frozenset[str] = frozenset()


@contextmanager
def scope(m: Machine, names: frozenset[str] = NOBODY, outer: frozenset[str] = NOBODY) -> Iterator[None]:
    """A frame inside of the present one, with `names` of its own; it sets the names `outer` around it."""
    code = replace(m.code, local_names=names, nonlocals=outer)
    with m.stack.frame(m.allocate(FrameCell(code, {}, m.stack.frames[-1]))):
        yield


def accumulate(
    m: Machine,
    values: Value,
    start: Value = Static(0),  # noqa: B008
    op: ast.operator = ast.Add(),  # noqa: B008
) -> Value:
    """sum(values)."""
    with scope(m):
        return total(m, start, op, lambda add: for_loop(m, stream(m, values), add))


def total(m: Machine, start: Value, op: ast.operator, run: Callable[[Callable[[Value], None]], None]) -> Value:
    """What `run` hands to its argument, added up as it comes: in a name of the frame, so that loops carry it."""
    m.bind("$total", start)
    owner = m.stack.frames[-1]

    def add(value: Value) -> None:
        frame = m.cell(owner, FrameCell)
        m.bind("$total", binary(m, op, frame.names["$total"], value), owner)

    run(add)
    return m.frame.names["$total"]


def first_of(m: Machine, values: Value, default: Value | None) -> Value:
    """next(values, default), where nobody asks for a second item."""
    found, item = search(m, values, default)
    if default is not None:
        return item or default
    if isinstance(found, Var):
        branch(m, found, lambda: NONE, lambda: m.raises(StopIteration()))
    return item if found and item is not None else m.raises(StopIteration())


def search(m: Machine, values: Value, default: Value | None = None) -> tuple[bool | Var, Value | None]:
    """Whether there is a first item, and what it is: a loop that is left in its first turn."""
    with scope(m):
        m.bind("$found", FALSE)
        if default is not None:
            m.bind("$item", default)

        def turn(item: Value) -> None:
            for name, value in (("$found", TRUE), ("$item", item), ("$break", TRUE)):
                m.bind(name, value)

        for_loop(m, stream(m, values), turn)
        return truth(m, m.look("$found") or FALSE), m.look("$item")


def to_list(m: Machine, values: Value) -> Ref:
    """list(values): a new list."""
    values = settled(m, values)
    items = stream(m, values)
    made = Ref(m.allocate(ListCell(())))
    if isinstance(items, Items):
        m.heap[made.cell] = ListCell(items.values)
        return made
    if isinstance(values, Ref) and isinstance(m.heap[values.cell], GrownCell):
        grown = m.cell(values.cell, GrownCell)
        m.heap[made.cell] = replace(gathered(m, grown.var, values), poison=grown.poison)
        return made
    with scope(m):
        for_loop(m, items, lambda item: _append(m, made, item))
    return made


def _append(m: Machine, made: Ref, item: Value) -> None:
    append(m, made, item)


def taken(m: Machine, value: Value) -> Value:
    """An argument of a builtin, which runs through it at once, and may look at it more than once."""
    if is_stream(m, value):
        return to_list(m, value)
    if not isinstance(value, Iter) or value.state is None:
        return value
    if value.kind == "once":
        return to_list(m, value)
    spend(m, value)
    return replace(value, state=None)


def extend(m: Machine, owner: Ref, values: Value) -> None:
    """list += values."""
    cell = m.heap[owner.cell]
    items = sequence(m, values)
    match cell:
        case ListCell() if not isinstance(items, Indexed):
            m.change(owner.cell, replace(cell, items=last(cell.items + items.values, cell.most)))
            return
        case GrownCell() if not isinstance(items, Indexed):
            for item in items.values:
                append(m, owner, item)
            return
    made = to_list(m, values)
    joined = concatenate(m, owner, made)
    assert isinstance(joined, Ref)
    made_cell = m.cell(joined.cell, GrownCell)
    most = cell.most if isinstance(cell, (ListCell, GrownCell)) else None
    m.change(owner.cell, grown.shortened(m, replace(made_cell, most=most), front=False))
