"""Items that are taken one at a time: next(it), iter(values), and the methods of generators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from srcad.definitions import iterators
from srcad.frontend.control.collecting import scope, to_list
from srcad.frontend.control.pulled import pull
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
        return _or_end(m, iterator)
    return take(m, iterator, lambda value: value, lambda: _ended(m, iterator, default))


def _or_end(m: Machine, iterator: Value) -> Value:
    """The next item, or that there is none: one of two, however many conditions tell which."""

    def found(item: Value) -> Value:
        m.bind("$item", item)
        return TRUE

    def nothing() -> Value:
        _ended(m, iterator, Static(END))
        return FALSE

    with scope(m):
        there, item = truth(m, take(m, iterator, found, nothing)), m.look("$item")
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
    given = (cell.value,) if isinstance(cell, GeneratorCell) and cell.value != NONE else ()
    if default is not None and not (given and default == Static(END)):
        return default
    if given:
        m.refuse("a StopIteration with a value is raised", do="use `yield from`, or return the value otherwise.")
    return m.raises(StopIteration())


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
