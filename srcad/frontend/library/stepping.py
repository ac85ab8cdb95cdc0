"""One item of an iterator: what takes it goes on with the item in one branch, and without one in the other.

An iterator of which an item is taken by itself is opened (`srcad.frontend.memory.cursors`): from then on it is made of
iterators that know how far they have come, and of what else Python's has of its own: a count, the last item.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from srcad.frontend.containers.cursors import end, has_item, taken_from
from srcad.frontend.containers.exhaustion import refuse_used
from srcad.frontend.containers.iteration import Items, known_items, sequence
from srcad.frontend.containers.operators import binary
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.control.collecting import search, to_list
from srcad.frontend.control.pipes import compared, known_number, where
from srcad.frontend.control.pulled import Otherwise, Then, pull
from srcad.frontend.control.streams import is_generator
from srcad.frontend.core import arithmetic
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import IteratorCell, Progress
from srcad.frontend.core.values import FALSE, NONE, TRUE, Iter, Partial, Ref, Static, Tup, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import truth
from srcad.frontend.memory.cursors import BEFORE, content_of, cursor, is_cursor, opened, refuse_changed
from srcad.trace.builder import const
from srcad.trace.nodes import Const, Var


def take(m: Machine, value: Value, then: Then, otherwise: Otherwise) -> Value:
    """Take the next item, and read `then` with it; `otherwise` where there is none any more."""
    if is_generator(m, value):
        return pull(m, value, then, otherwise)
    if is_cursor(m, value):
        assert isinstance(value, Ref)
        return _of_cursor(m, value, then, otherwise)
    if isinstance(value, Iter) and value.kind == "repeat":
        return then(value.parts[0])
    if isinstance(value, Iter) and value.state is not None:
        return _of_iterator(m, value.state, then, otherwise)
    m.refuse(
        "items of this iterator can't be taken one at a time",
        why="how far it has come isn't followed.",
        do="index the sequence, loop over it, or collect its items in a list.",
    )


def _of_cursor(m: Machine, ref: Ref, then: Then, otherwise: Otherwise) -> Value:
    def ended() -> Value:
        end(m, ref)
        return otherwise()

    return where(m, has_item(m, ref), lambda: then(taken_from(m, ref)), ended)


def _of_iterator(m: Machine, state: int, then: Then, otherwise: Otherwise) -> Value:
    cell = m.cell(state, IteratorCell)
    if cell.left is None and cell.progress is Progress.FRESH:
        cell = replace(cell, left=opened(m, cell) or _collected(m, cell, state))
        m.heap[state] = cell
    left = cell.left
    inner = m.cell(left.state, IteratorCell) if isinstance(left, Iter) and left.state is not None else cell
    if Progress.FINISHED in (cell.progress, inner.progress):
        return otherwise()
    if left is None or inner.progress is not Progress.FRESH:
        refuse_used(m)
    if not isinstance(left, Iter):
        return take(m, left, then, otherwise)
    return STEPS[left.kind](Opened(m, state, left, then, otherwise), *left.parts)


def _collected(m: Machine, cell: IteratorCell, state: int) -> Value:
    """The items of an iterator in a list, where nobody can tell that they were read too early."""
    kept = [value for part in cell.parts for value in content_of(m, part)]
    before = dict(m.heap)
    cycled = cell.kind == "cycle"
    made = to_list(m, cell.parts[0] if cycled else Iter(cell.kind, cell.parts, m.allocate(IteratorCell())))
    if any(m.heap[k] is not one for k, one in before.items() if k != state):
        m.refuse(
            "items are taken one at a time of an iterator that changes something, or of what runs through once",
            why="how much of it runs depends on the run.",
            do="loop over it by a `for`, and leave that by a `break`.",
        )
    return Iter("cycle", (made, Static(0)), cell.behind) if cycled else cursor(m, made, tuple(kept))


# ---- the kinds


@dataclass(frozen=True)
class Opened:
    """An iterator of which an item is taken, and what goes on with it."""

    m: Machine
    state: int
    left: Iter
    then: Then
    otherwise: Otherwise

    def now(self, *parts: Value) -> None:
        """What it is made of from now on."""
        cell = self.m.cell(self.state, IteratorCell)
        self.m.heap[self.state] = replace(cell, left=replace(self.left, parts=parts))

    def each(self, sources: tuple[Value, ...], use: Callable[[tuple[Value, ...]], Value]) -> Value:
        """An item of each of the sources, in their order; where one has none, those before it are lost."""

        def go_on(row: tuple[Value, ...]) -> Value:
            if len(row) == len(sources):
                return use(row)
            return take(self.m, sources[len(row)], lambda item: go_on((*row, item)), self.otherwise)

        return go_on(())


def _zip(it: Opened, *sources: Value) -> Value:
    return it.each(sources, lambda row: it.then(Tup(row))) if sources else it.otherwise()


def _map(it: Opened, function: Value, *sources: Value) -> Value:
    return it.each(sources, lambda row: it.then(it.m.call(function, row)))


def _starmap(it: Opened, function: Value, rows: Value) -> Value:
    m = it.m
    return take(m, rows, lambda row: it.then(m.call(function, known_items(m, row, "arguments"))), it.otherwise)


def _enumerate(it: Opened, source: Value, count: Value) -> Value:
    def use(item: Value) -> Value:
        it.now(source, _following(it.m, count))
        return it.then(Tup((count, item)))

    return take(it.m, source, use, it.otherwise)


def _following(m: Machine, count: Value, step: int = 1) -> Value:
    return arithmetic.number(m, arithmetic.add(m, to_atom(m, count), const(step)))


def _count(it: Opened, start: Value = Static(0), step: Value = Static(1)) -> Value:  # noqa: B008
    it.now(binary(it.m, ast.Add(), start, step), step)
    return it.then(start)


def _filter(it: Opened, *_parts: Value) -> Value:
    """The next item that is let through: a loop over the source, which is left there."""
    found, item = search(it.m, it.left)
    item = item.value if isinstance(item, Partial) else item
    return it.otherwise() if item is None else where(it.m, found, partial(it.then, item), it.otherwise)


def _drop_while(it: Opened, function: Value, source: Value, dropping: Value) -> Value:
    m = it.m

    def first() -> Value:
        found, item = search(m, Iter("dropwhile", (function, source)))
        it.now(function, source, FALSE)
        item = item.value if isinstance(item, Partial) else item
        return it.otherwise() if item is None else where(m, found, partial(it.then, item), it.otherwise)

    return where(m, truth(m, dropping), first, lambda: take(m, source, it.then, it.otherwise))


def _take_while(it: Opened, function: Value, source: Value, done: Value) -> Value:
    m = it.m

    def stop() -> Value:
        it.now(function, source, TRUE)
        return it.otherwise()

    def use(item: Value) -> Value:
        return where(m, truth(m, m.call(function, (item,))), lambda: it.then(item), stop)

    return where(m, truth(m, done), it.otherwise, lambda: take(m, source, use, it.otherwise))


def _chain(it: Opened, *sources: Value) -> Value:
    if not sources:
        return it.otherwise()
    return take(it.m, sources[0], it.then, lambda: _chain(it, *sources[1:]))


def _pairs(it: Opened, source: Value, last: Value) -> Value:
    def use(before: Value, item: Value) -> Value:
        it.now(source, item)
        return it.then(Tup((before, item)))

    if last == BEFORE:
        return it.each((source, source), lambda row: use(*row))
    return take(it.m, source, partial(use, last), it.otherwise)


def _accumulate(it: Opened, source: Value, function: Value, initial: Value, last: Value) -> Value:
    m = it.m

    def use(total: Value) -> Value:
        it.now(source, function, initial, total)
        return it.then(total)

    def add(item: Value) -> Value:
        return use(binary(m, ast.Add(), last, item) if function == NONE else m.call(function, (last, item)))

    if last != BEFORE:
        return take(m, source, add, it.otherwise)
    return take(m, source, use, it.otherwise) if initial == NONE else use(initial)


def _slice(it: Opened, source: Value, start: Value, stop: Value, step: Value) -> Value:
    """What stands at `start`; of what is left then, `start` and `stop` are counted anew."""
    m = it.m
    skipped, by = known_number(to_atom(m, start)), known_number(to_atom(m, step))

    def inside(k: int) -> bool | Var:
        return True if stop == NONE else compared(m, "less", k, to_atom(m, stop))

    def use(item: Value) -> Value:
        rest = NONE if stop == NONE else _following(m, stop, -skipped - 1)
        within = by - 1 if rest == NONE or not isinstance(rest, Static) else max(min(by - 1, rest.value), 0)
        it.now(source, Static(within), rest, step)
        return it.then(item)

    def go_on(k: int) -> Value:
        def next_one() -> Value:
            return take(m, source, use if k == skipped else lambda _: go_on(k + 1), it.otherwise)

        return where(m, inside(k), next_one, it.otherwise)

    return go_on(0)


def _cycle(it: Opened, source: Value, place: Value, *kept: Value) -> Value:
    m = it.m
    refuse_changed(m, *kept)
    items = sequence(m, source)
    if isinstance(items, Items) and not items.values:
        return it.otherwise()
    count = to_atom(m, m.call(Static(len), (source,)))

    def use() -> Value:
        item = get_at(m, source, place)
        after = arithmetic.remainder(m, arithmetic.add(m, to_atom(m, place), const(1)), count)
        it.now(source, arithmetic.number(m, after), *kept)
        return it.then(item)

    return where(m, True if isinstance(count, Const) else compared(m, "greater", count, 0), use, it.otherwise)


STEPS: dict[str, Callable[..., Value]] = {
    "zip": _zip,
    "map": _map,
    "starmap": _starmap,
    "enumerate": _enumerate,
    "count": _count,
    "filter": _filter,
    "filterfalse": _filter,
    "takewhile": _take_while,
    "dropwhile": _drop_while,
    "chain": _chain,
    "pairwise": _pairs,
    "accumulate": _accumulate,
    "islice": _slice,
    "cycle": _cycle,
}

__all__ = ["take"]
