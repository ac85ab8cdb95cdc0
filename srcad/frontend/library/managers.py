"""contextlib: managers as they are made, as objects, and as decorators."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

from srcad.definitions import contexts
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.suspended import GeneratorCell, Progress
from srcad.frontend.core.values import NONE, Bound, Iter, Ref, Static, Value
from srcad.frontend.memory.objects import get_attribute


def managed(function: Callable[..., Any], *args: object, **named: object) -> object:
    """What contextlib.contextmanager(function) makes."""
    return contextlib.contextmanager(function)(*args, **named)


def _managed(m: Machine, function: Value, *args: Value, **named: Value) -> Value:
    return Iter("contextmanager", (m.call(function, args, named),))


def _as_manager(m: Machine, manager: Value) -> Value:
    """A manager of contextlib as an object, whose methods are called one by one; any other as it is."""
    made = OBJECTS.get(manager.kind) if isinstance(manager, Iter) else None
    return m.call(Static(made), manager.parts) if made is not None and isinstance(manager, Iter) else manager


OBJECTS = {"contextmanager": contexts.Managed, "closing": contexts.Closing, "nullcontext": contexts.NullContext}


# ---- as decorators


def call_manager(m: Machine, manager: Iter, given: Arguments) -> Value:
    """A manager as a decorator."""
    if manager.kind != "contextmanager" or len(given.args) != 1 or given.keywords:
        m.refuse(f"{manager.describe()} is called")
    return Bound(Static(contexts.decorated), (manager, *given.args))


def _renewed(m: Machine, manager: Iter) -> Value:
    """What the same call makes once more, as long as nothing of it has run."""
    (generator,) = manager.parts
    cell = m.content(generator)
    if not isinstance(cell, GeneratorCell) or cell.progress is not Progress.FRESH:
        m.refuse("a context manager that has been entered is used as a decorator", do="make one for each.")
    return Iter("contextmanager", (Ref(m.allocate(replace(cell, frame=m.allocate(m.heap[cell.frame])))),))


def _made_anew(m: Machine, manager: Value) -> Value:
    """What a manager that was made outside of the program does for each call of the function that it decorates."""
    function, args, named = (get_attribute(m, manager, name) for name in ("func", "args", "kwds"))
    return Iter("contextmanager", (m.call(Static(contexts.applied), (function, args, named)),))


CONTEXTS: dict[Hashable, Callable[..., Value]] = {
    contextlib.nullcontext: lambda m, enter_result=NONE: Iter("nullcontext", (enter_result,)),
    contextlib.closing: lambda m, thing: Iter("closing", (thing,)),
    contextlib.contextmanager: lambda m, func: Bound(Static(managed), (func,)),
    contextlib.ExitStack: lambda m: m.call(Static(contexts.Exits), ()),
    managed: _managed,
    contexts.as_manager: _as_manager,
    contexts.renewed: _renewed,
}
_AGAIN = getattr(contextlib._GeneratorContextManager, "_recreate_cm", None)
OF_DECORATED: dict[Hashable, Callable[..., Value]] = {_AGAIN: _made_anew} if _AGAIN is not None else {}
