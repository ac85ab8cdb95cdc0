"""Items that are taken one at a time: next(it), iter(values), and the methods of generators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from srcad.definitions import iterators
from srcad.frontend.control.collecting import scope, to_list
from srcad.frontend.control.pulled import Otherwise, Then, interrupt, pull
from srcad.frontend.control.streams import close_in_loop, waits_in_loop
from srcad.frontend.core.cells import DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import GeneratorCell, Progress
from srcad.frontend.core.values import END, FALSE, NONE, TRUE, ArrayRef, Choice, Partial, Range, Ref, Static, Tup, Value
from srcad.frontend.library.stepping import take
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import is_list
from srcad.frontend.memory.branches import truth
from srcad.frontend.memory.cursors import cursor, cursor_over, knows_its_place
from srcad.trace.nodes import Var


def take_next(m: Machine, iterator: Value, default: Value | None = None) -> Value:
    """next(iterator): the first item of what is left, and what is left then."""
    if isinstance(m.content(iterator), InstanceCell):
        if default is not None:
            return m.call(Static(iterators.next_or), (iterator, default))
        made = objects.call_if_special(m, iterator, "__next__")
        if made is not None:
            return made
    if isinstance(iterator, (Tup, ArrayRef, Range)) or isinstance(m.content(iterator), (ListCell, GrownCell, DictCell)):
        m.raises(TypeError(f"{kind_of(m, iterator)!r} object is not an iterator"))
    if default == Static(END):
        return _or_end(m, iterator, partial(take, m, iterator))
    return take(m, iterator, lambda value: value, lambda: _ended(m, iterator, default))


def sent_or_end(m: Machine, generator: Value, value: Value) -> Value:
    """generator.send(value): what comes next, or that there is nothing."""
    return _or_end(m, generator, lambda found, nothing: pull(m, generator, found, nothing, value))


def _or_end(m: Machine, iterator: Value, taken: Callable[[Then, Otherwise], Value]) -> Value:
    """The next item, or that there is none: one of two, however many conditions tell which."""

    def found(item: Value) -> Value:
        m.bind("$item", item)
        return TRUE

    def nothing() -> Value:
        _ended(m, iterator, Static(END))
        return FALSE

    with scope(m):
        there, item = truth(m, taken(found, nothing)), m.look("$item")
    item = item.value if isinstance(item, Partial) else item
    if item is None or there is False:
        return Static(END)
    return Choice(there, item, Static(END)) if isinstance(there, Var) else item


def kind_of(m: Machine, value: Value) -> str:
    """How Python calls the class of a sequence."""
    match value:
        case Tup():
            return (value.cls or tuple).__name__
        case ArrayRef():
            return "list" if is_list(m, value) else "numpy.ndarray"
        case Range():
            return "range"
    return "dict" if isinstance(m.content(value), DictCell) else "list"


def _ended(m: Machine, generator: Value, default: Value | None) -> Value:
    cell = m.content(generator)
    if default == Static(END):
        return default
    given = isinstance(cell, GeneratorCell) and cell.value != NONE
    error = end_of(m, generator) if given else None
    if default is not None:
        return default
    return m.raises(StopIteration()) if error is None else m.ports.throw(m, error)


def end_of(m: Machine, iterator: Value) -> Value:
    """What is raised where an iterator has no further item; a generator raises it with what it returns, once."""
    cell = m.content(iterator)
    if not isinstance(iterator, Ref) or not isinstance(cell, GeneratorCell) or cell.value == NONE:
        return Static(StopIteration)
    m.heap[iterator.cell] = replace(cell, value=NONE)
    return m.call(Static(StopIteration), (cell.value,))


def iterator_of(m: Machine, values: Value, sentinel: Value | None = None) -> Value:
    """iter(values): it goes on from where the last item was taken."""
    if sentinel is not None:
        return m.call(Static(iterators.called_until), (values, sentinel))
    if knows_its_place(m, values):
        return values
    if isinstance(m.content(values), InstanceCell):
        made = objects.call_if_special(m, values, "__iter__")
        if made is not None:
            return made
    opened = cursor_over(m, values)
    return cursor(m, to_list(m, values)) if opened is values else opened


# ---- methods of generators


def _send(m: Machine, owner: Value, value: Value) -> Value:
    return pull(m, owner, lambda item: item, lambda: _ended(m, owner, None), value)


def _close(m: Machine, owner: Ref) -> Value:
    """generator.close(): GeneratorExit is raised where it waits, and has to leave it."""
    cell = m.cell(owner.cell, GeneratorCell)
    if cell.progress is Progress.RUNNING and waits_in_loop(m, cell):
        close_in_loop(m, cell)
        return NONE
    leaving = m.call(Static(GeneratorExit), ())

    def goes_on(_item: Value) -> Value:
        return m.raises(RuntimeError("generator ignored GeneratorExit"))

    def escaped(error: Value) -> Value:
        return NONE if error == leaving else m.ports.throw(m, error)

    return interrupt(m, owner, leaving, goes_on, lambda: NONE, escaped)


def _throw(m: Machine, owner: Ref, error: Value, *further: Value) -> Value:
    """generator.throw(error): it is raised where it waits."""
    if further and further != (NONE,) and further != (NONE, NONE):
        m.refuse("an exception is thrown by its class and arguments", do="throw the exception itself.")
    made = m.call(error, ()) if isinstance(error, Static) and isinstance(error.value, type) else error
    throw = partial(m.ports.throw, m)
    return interrupt(m, owner, made, lambda item: item, lambda: _ended(m, owner, None), throw)


GENERATOR_METHODS: dict[str, Callable[..., Value]] = {
    "send": _send,
    "__next__": take_next,
    "__iter__": lambda _m, owner: owner,
    "close": _close,
    "throw": _throw,
}
