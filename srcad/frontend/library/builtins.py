"""The built-in functions of Python, and a few of its standard library: what reads a call of each."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from srcad.frontend.containers.strings import told
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ArrayRef, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.library.combinators import COMBINATORS
from srcad.frontend.library.kinds import KINDS
from srcad.frontend.library.managers import CONTEXTS, OF_DECORATED
from srcad.frontend.library.numbers import NUMBERS, as_array
from srcad.frontend.library.sequences import SEQUENCES
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import to_atom

# ---- forms that look at the syntax of their arguments


def _text(m: Machine, value: Value = Static("")) -> Value:  # noqa: B008
    value = told(m, value)
    if isinstance(value, Static):
        return Static(str(value.value))
    return Obj(m.emit("format", to_atom(m, value), pieces=((0, "", ""),)))


def _represented(m: Machine, value: Value) -> Value:
    own = told(m, value, "r")
    if own is not value:
        return own
    return Static(repr(value.value)) if isinstance(value, Static) else _formatted(m, value, "r", "")


def _format(m: Machine, value: Value, spec: Value = Static("")) -> Value:  # noqa: B008
    own = told(m, value, "", str(spec.value)) if isinstance(spec, Static) else value
    if own is not value:
        return own
    if isinstance(value, Static) and isinstance(spec, Static):
        return Static(format(value.value, spec.value))
    if not isinstance(spec, Static):
        m.refuse("a format that is known at run time only isn't supported")
    return _formatted(m, value, "", spec.value)


def _formatted(m: Machine, value: Value, conversion: str, spec: str) -> Value:
    return Obj(m.emit("format", to_atom(m, value), pieces=((0, conversion, spec),)))


def _shape(m: Machine, x: Value) -> Value:
    return objects.get_attribute(m, x, "shape") if isinstance(x, (ArrayRef, Num)) else Tup(_dims(m, x))


def _dims(m: Machine, x: Value) -> tuple[Value, ...]:
    if isinstance(x, (Tup, Ref)):
        array = as_array(m, x)
        shape = objects.get_attribute(m, array, "shape")
        assert isinstance(shape, Tup)
        return shape.items
    return ()


BUILTINS: dict[Hashable, Callable[..., Value]] = {
    **NUMBERS,
    **SEQUENCES,
    **KINDS,
    **COMBINATORS,
    **CONTEXTS,
    **OF_DECORATED,
    str: _text,
    repr: _represented,
    format: _format,
}

__all__ = ["BUILTINS"]
