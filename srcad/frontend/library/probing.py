"""Whether a call that can't be read is one that fails: it is tried on made-up arguments of the types that it has.

np.reshape(x, (2, 2.0))     TypeError, whatever x is: the program's own error, and no bug of whoever reads it
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.errors import InternalError, SrcadError
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.values import ArrayRef, DictCell, Func, ListCell, Num, Static, Tup, Value
from srcad.frontend.memory.arrays import load, to_atom
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import OPAQUE, Array, Scalar, Type

FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
PUBLIC = ("builtins", "numpy.exceptions", "numpy.linalg")
UNKNOWN_LENGTH = 2


Fill = Callable[[tuple[int, ...], str], Any]


def _ones(shape: tuple[int, ...], dtype: str) -> Any:
    return np.full(shape, 1, dtype)


def _irregular(shape: tuple[int, ...], dtype: str) -> Any:
    """Numbers between 0 and 1; of whole numbers zeros."""
    numbers = 0.3 + 0.6 * np.abs(np.sin(np.arange(1.0, 1.0 + int(np.prod(shape, dtype=int)))))
    return (numbers if np.dtype(dtype).kind in "fc" else np.zeros_like(numbers)).reshape(shape).astype(dtype)


class _Unmade(Exception):  # noqa: N818 - no error: nothing can be made up for an argument
    pass


def tried(
    m: Machine, function: Callable[..., Any], given: Arguments, read: Callable[[], Value], options: bool = False
) -> Value:
    """What reading a call gives; an exception of the call itself is raised by the program.

    `options`: of what is known beforehand a reading may pass over what is wrong. If such a call fails on made-up
    arguments, it stands in the generated code as well, for its exception.
    """
    known = options and _has_options(function, given)
    found = certain_fault_of(m, function, given) if known else None
    if found is not None:
        _as_a_check(m, function, given)
    try:
        return read()
    except InternalError:
        raise
    except SrcadError:
        if options and not known:
            found = certain_fault_of(m, function, given)
        if found is None:
            raise
        m.raises(found)
    except FAULTS:
        found = fault_of(m, function, given)
        if found is None:
            raise
        m.raises(found)


def _has_options(function: Callable[..., Any], given: Arguments) -> bool:
    """Whether something is known beforehand, other than the operands of a ufunc."""
    values = (*given.args, *(v for name, v in given.keywords.items() if name != "out"))
    known = [v.value for v in values if isinstance(v, Static)]
    if isinstance(function, np.ufunc):
        return bool(given.keywords.keys() - {"out"}) or any(isinstance(v, str) for v in known)
    plain = (str, int, float, tuple, list, dict)
    return any(isinstance(v, plain) for v in known) or any(isinstance(v, Tup) for v in values)


def _as_a_check(m: Machine, function: Callable[..., Any], given: Arguments) -> None:
    """The call, for the exception that it raises."""
    keywords = {name: value for name, value in given.keywords.items() if name != "out"}
    atoms = [to_atom(m, value) for value in (*given.args, *keywords.values())]
    named = getattr(function, "method_name", None)
    callee: Atom = Const(function, OPAQUE)
    if named is not None:
        callee, *atoms = m.emit("attribute", atoms[0], name=named), *atoms[1:]
    m.builder.structured("call", (callee, *atoms), (), (OPAQUE,), keywords=tuple(keywords))


def certain_fault_of(m: Machine, function: Callable[..., Any], given: Arguments) -> Exception | None:
    """What a call raises for made-up arguments of two kinds: it isn't about the numbers in them."""
    one = fault_of(m, function, given)
    other = fault_of(m, function, given, _irregular) if one is not None else None
    if one is None or type(one) is not type(other) or isinstance(one, np.linalg.LinAlgError):
        return None
    return one


def fault_of(m: Machine, function: Callable[..., Any], given: Arguments, fill: Fill = _ones) -> Exception | None:
    """What a call raises for made-up arguments, as an exception of a public class; None if it doesn't."""
    try:
        args = [_made(m, value, fill) for value in given.args]
        keywords = {name: _made(m, value, fill) for name, value in given.keywords.items()}
    except (_Unmade, SrcadError):
        return None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            function(*args, **keywords)
    except FAULTS as error:
        kind = next(k for k in type(error).__mro__ if k.__module__ in PUBLIC)
        return error if kind is type(error) else kind(str(error))
    return None


def named_method(name: str) -> Callable[..., Any]:
    """The method of this name of the first argument."""

    def method(owner: object, *args: object, **keywords: object) -> Any:
        return getattr(owner, name)(*args, **keywords)

    method.method_name = name  # type: ignore[attr-defined]
    return method


def _made(m: Machine, value: Value, fill: Fill) -> object:
    match value:
        case Static(known):
            return known.copy() if isinstance(known, np.ndarray) else known
        case Num(var):
            return _of_type(m, var.type, fill)
        case ArrayRef():
            return _of_type(m, load(m, value).type, fill)
        case Tup(items):
            return tuple(_made(m, item, fill) for item in items)
        case Func():
            return _first
    cell = m.content(value)
    if isinstance(cell, ListCell):
        return [_made(m, item, fill) for item in cell.items]
    if isinstance(cell, DictCell):
        return {key: _made(m, item, fill) for key, item in cell.items}
    raise _Unmade


def _first(*args: object) -> object:
    """Stands for a function of the program."""
    return args[0] if args else None


def _of_type(m: Machine, t: Type, fill: Fill) -> object:
    """A value of a type, with the lengths of the present call as far as they are known."""
    if isinstance(t, Scalar):
        count = t.length.evaluate(m.lengths.sizes) if t.length is not None else None
        number = np.dtype(t.dtype).type(fill((), t.dtype) if count is None else count)
        return number.item() if t.python else number
    if isinstance(t, Array):
        lengths = (d.evaluate(m.lengths.sizes) for d in t.dims)
        return fill(tuple(UNKNOWN_LENGTH if n is None else max(n, 0) for n in lengths), t.dtype)
    raise _Unmade
