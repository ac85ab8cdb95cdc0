"""Items that are taken one at a time: next(it), iter(values), and the methods of generators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from srcad.definitions import iterators
from srcad.frontend.containers.containers import pop_front
from srcad.frontend.containers.exhaustion import following, is_over, spend
from srcad.frontend.containers.iteration import items_of_array, refuse_changed, refuse_spent
from srcad.frontend.control.collecting import to_list
from srcad.frontend.control.pulled import pull
from srcad.frontend.control.streams import is_generator
from srcad.frontend.core.cells import InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import GeneratorCell, IteratorCell, Progress
from srcad.frontend.core.values import END, NONE, Iter, Ref, Static, Value
from srcad.frontend.memory import objects
from srcad.frontend.memory.branches import branch, truth
from srcad.trace.nodes import Var


def take_next(m: Machine, iterator: Value, default: Value | None = None) -> Value:
    """next(iterator): the first item of what is left, and what is left then."""
    iterator = following(m, iterator)
    if isinstance(iterator, Iter) and iterator.kind in BY_ITEMS and iterator.state is not None:
        iterator = _by_items(m, iterator, iterator.state)
    if is_generator(m, iterator):
        return pull(m, iterator, lambda value: value, lambda: _ended(m, iterator, default))
    if isinstance(m.content(iterator), InstanceCell) and default is None:
        made = objects.call_if_special(m, iterator, "__next__")
        if made is not None:
            return made
    if not isinstance(iterator, Iter) or iterator.kind != "iterator":
        m.refuse("next() of this iterator isn't supported yet", do="index the sequence, or loop over it.")
    rest, *source = iterator.parts
    assert isinstance(rest, Ref)
    refuse_spent(m, rest)
    refuse_changed(m, *source)
    return first_item(m, rest, default)


def _by_items(m: Machine, iterator: Iter, state: int) -> Value:
    """What gives the items of an iterator one at a time: a generator for map, a list for what calls nothing."""
    if is_over(m, iterator):
        return Iter("iterator", (Ref(m.allocate(ListCell(()))),))
    if iterator.kind == "map":
        left: Value = m.call(Static(iterators.mapped), iterator.parts)
        spend(m, iterator)
    else:
        arrays = [pair for part in iterator.parts for pair in items_of_array(m, part)]
        before = dict(m.heap)
        left = Iter("iterator", (to_list(m, iterator), *arrays))
        if iterator.kind == "filter" and any(m.heap[k] is not cell for k, cell in before.items() if k != state):
            m.refuse(
                "items are taken one at a time of a filter that changes something, or of what runs through once",
                why="how many times its function is called depends on the run.",
                do="loop over it by a `for`, and leave that by a `break`.",
            )
    m.heap[state] = IteratorCell(Progress.FRESH, left)
    return left


BY_ITEMS = ("map", "zip", "enumerate", "filter", "reversed")


def _ended(m: Machine, generator: Value, default: Value | None) -> Value:
    cell = m.content(generator)
    given = (cell.value,) if isinstance(cell, GeneratorCell) and cell.value != NONE else ()
    if default is not None and not (given and default == Static(END)):
        return default
    if given:
        m.refuse("a StopIteration with a value is raised", do="use `yield from`, or return the value otherwise.")
    return m.raises(StopIteration())


def first_item(m: Machine, rest: Ref, default: Value | None) -> Value:
    """The first item, which leaves the list; a default where there is none."""
    some = truth(m, rest)
    if isinstance(some, Var):
        return branch(m, some, lambda: pop_front(m, rest), lambda: _default(m, default))
    return pop_front(m, rest) if some else _default(m, default)


def _default(m: Machine, default: Value | None) -> Value:
    return m.raises(StopIteration()) if default is None else default


def iterator_of(m: Machine, values: Value) -> Value:
    """iter(values): a list of what is left to iterate over."""
    if is_generator(m, values) or (isinstance(values, Iter) and values.state is not None):
        return values
    if isinstance(m.content(values), InstanceCell):
        made = objects.call_if_special(m, values, "__iter__")
        if made is not None:
            return made
    if isinstance(values, Iter) and values.kind == "iterator":
        return values
    return Iter("iterator", (to_list(m, values), *items_of_array(m, values)))


# ---- methods of generators


def _send(m: Machine, owner: Value, value: Value) -> Value:
    return pull(m, owner, lambda item: item, lambda: _ended(m, owner, None), value)


def _close(m: Machine, owner: Ref) -> Value:
    cell = m.cell(owner.cell, GeneratorCell)
    m.heap[owner.cell] = replace(cell, progress=Progress.FINISHED)
    return NONE


def _throw(m: Machine, _owner: Value, *_args: Value) -> Value:
    m.refuse("an exception is thrown into a generator", do="send it a value, and let it raise.")


GENERATOR_METHODS: dict[str, Callable[..., Value]] = {
    "send": _send,
    "__next__": take_next,
    "__iter__": lambda _m, owner: owner,
    "close": _close,
    "throw": _throw,
}
