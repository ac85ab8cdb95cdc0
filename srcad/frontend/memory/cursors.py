"""Iterators of which items are taken by themselves: what they run over is opened, so that it knows how far it has come.

pairs = zip(x, y)         the sources x and y
a, b = next(pairs)        a cursor over each of them, which next() and loops move on
"""

from __future__ import annotations

from collections.abc import Callable

from srcad.frontend.core.cells import ArrayCell, DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import CursorCell, GeneratorCell, IteratorCell
from srcad.frontend.core.values import FALSE, NONE, TRUE, Choice, Iter, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.core.walk import same
from srcad.trace.nodes import Var

STATELESS = frozenset(("map", "starmap", "filter", "filterfalse", "zip", "chain"))  # their sources tell what is left
AS_LISTS = frozenset(("once", "reversed"))


class Nothing:
    """What there was before the first item."""


BEFORE = Static(Nothing)


def opened(m: Machine, cell: IteratorCell) -> Value | None:
    """What goes on in the place of an iterator that hasn't begun; None for a kind whose items are to be collected."""
    if cell.kind in AS_LISTS:
        return _over_list(m, cell)
    make = OPENED.get(cell.kind)
    parts = make(m, *cell.parts) if make is not None else None
    if parts is None:
        return None
    return Iter(cell.kind, parts, None if cell.kind in STATELESS else cell.behind)


def _over_list(m: Machine, cell: IteratorCell) -> Value | None:
    (source,) = cell.parts
    if isinstance(source, Iter):
        return None
    backwards = cell.kind == "reversed"
    return cursor(m, source, content_of(m, source) if backwards else (), backwards)


def cursor(m: Machine, source: Value, kept: tuple[Value, ...] = (), backwards: bool = False) -> Ref:
    """An iterator over a sequence, at its start."""
    return Ref(m.allocate(CursorCell(source, kept=kept, backwards=backwards)))


def cursor_over(m: Machine, value: Value) -> Value:
    """iter(value), for what is no iterator itself; an object or a value of the run stays what it is."""
    if isinstance(value, (Choice, Obj, Num)) or (
        isinstance(value, Iter) and value.kind not in ("keys", "values", "items")
    ):
        return value
    if isinstance(m.content(value), (GeneratorCell, CursorCell, InstanceCell)):
        return value
    return cursor(m, value)


def is_cursor(m: Machine, value: Value) -> bool:
    """Whether a value is an iterator over a sequence."""
    return isinstance(m.content(value), CursorCell)


def knows_its_place(m: Machine, value: Value) -> bool:
    """Whether a value is an iterator that says itself how far it has come."""
    given = isinstance(value, Iter) and value.state is not None
    return given or isinstance(m.content(value), (GeneratorCell, CursorCell))


# ---- what copies are made of


def content_of(m: Machine, value: Value) -> tuple[Value, ...]:
    """A list or array, and its content now; nothing for what doesn't change."""
    now = _content(m, value)
    return () if now is None else (value, now)


def _content(m: Machine, value: Value) -> Value | None:
    place = value.refers_to()
    match None if place is None else m.heap[place]:
        case ArrayCell(var=Var() as var) | GrownCell(var=Var() as var):
            return Num(var)
        case (ListCell() | DictCell()) as cell:
            return Tup(tuple(cell.children()))
    return None


def refuse_changed(m: Machine, *kept: Value) -> None:
    """Python reads an item when its turn comes; these were read when the iterator was made."""
    for source, content in zip(kept[::2], kept[1::2], strict=True):
        now = _content(m, source)
        if now is None or not same(now, content):
            m.refuse(
                "a list or array has changed since an iterator over it was made",
                why="the items of this iterator were read before the change.",
                do="loop over the list or array, or over indices.",
            )


# ---- the kinds


def _of_function(m: Machine, function: Value, *sources: Value) -> tuple[Value, ...]:
    return (function, *_each(m, *sources))


def _each(m: Machine, *sources: Value) -> tuple[Value, ...]:
    return tuple(cursor_over(m, source) for source in sources)


def _cycled(m: Machine, source: Value) -> tuple[Value, ...] | None:
    if isinstance(source, (Iter, Choice, Obj, Num)) or isinstance(m.content(source), (GeneratorCell, InstanceCell)):
        return None
    kept, cell = content_of(m, source), m.content(source)
    if isinstance(cell, ListCell):  # which becomes a run-time list where an item is told by a number of the run
        source = Ref(m.allocate(cell.copied()))
    return (source, Static(0), *kept)


OPENED: dict[str, Callable[..., tuple[Value, ...] | None]] = {
    "map": _of_function,
    "starmap": _of_function,
    "filter": _of_function,
    "filterfalse": _of_function,
    "takewhile": lambda m, function, source: (function, cursor_over(m, source), FALSE),
    "dropwhile": lambda m, function, source: (function, cursor_over(m, source), TRUE),
    "zip": _each,
    "chain": _each,
    "enumerate": lambda m, source, start=Static(0): (cursor_over(m, source), start),  # noqa: B008
    "pairwise": lambda m, source: (cursor_over(m, source), BEFORE),
    "accumulate": lambda m, source, function, initial: (cursor_over(m, source), function, initial, BEFORE),
    "islice": lambda m, source, start, stop, step: (
        cursor_over(m, source),
        Static(0) if start == NONE else start,
        stop,
        Static(1) if step == NONE else step,
    ),
    "count": lambda _m, *given: given,
    "cycle": _cycled,
}

__all__ = [
    "BEFORE",
    "content_of",
    "cursor",
    "cursor_over",
    "is_cursor",
    "knows_its_place",
    "opened",
    "refuse_changed",
]
