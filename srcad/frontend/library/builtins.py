"""The built-in functions of Python, and a few of its standard library: what reads a call of each."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from srcad.frontend.containers import objects
from srcad.frontend.control.comprehensions import accumulate, to_list
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    ArrayRef,
    Iter,
    Num,
    Obj,
    Ref,
    Static,
    Tup,
    Value,
)
from srcad.frontend.library.combinators import COMBINATORS
from srcad.frontend.library.kinds import KINDS
from srcad.frontend.library.numbers import NUMBERS, as_array
from srcad.frontend.library.sequences import SEQUENCES, first_of
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.syntax.expressions import evaluate

# ---- forms that look at the syntax of their arguments


def special_form(m: Machine, function: Value, node: ast.Call) -> Value | None:
    """super(), sum(... for ...), which adds up as it goes, and next(... for ...)."""
    if not isinstance(function, Static):
        return None
    if function.value is next and node.args and isinstance(node.args[0], ast.GeneratorExp):
        with m.at(node):
            made, *default = (evaluate(m, arg) for arg in node.args)
            return first_of(m, to_list(m, made), default[0] if default else None)
    if function.value is super and not node.args:
        return _super(m)
    plain = len(node.args) == 1 and not node.keywords
    if function.value is sum and plain and isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp)):
        with m.at(node):
            return accumulate(m, node.args[0])
    return None


def _super(m: Machine) -> Value:
    for frame in (m.frame,):
        cls = next((cell.cell_contents for name, cell in frame.code.closure if name == "__class__"), None)
        first = frame.code.node.args.args[0].arg
        if cls is not None:
            return Iter("super", (Static(cls), frame.names[first]))
    m.refuse("super() outside of a method")


def _text(m: Machine, value: Value = Static("")) -> Value:  # noqa: B008
    if isinstance(value, Static):
        return Static(str(value.value))
    return Obj(m.emit("format", to_atom(m, value), pieces=((0, "", ""),)))


def _represented(m: Machine, value: Value) -> Value:
    return Static(repr(value.value)) if isinstance(value, Static) else _formatted(m, value, "r", "")


def _format(m: Machine, value: Value, spec: Value = Static("")) -> Value:  # noqa: B008
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


BUILTINS: dict[Any, Callable[..., Value]] = {
    **NUMBERS,
    **SEQUENCES,
    **KINDS,
    **COMBINATORS,
    str: _text,
    repr: _represented,
    format: _format,
}

__all__ = ["BUILTINS", "special_form"]
