"""Whether a call that can't be read is one that fails: it is tried on made-up arguments of the types that it has.

np.reshape(x, (2, 2.0))     TypeError, whatever x is: the program's own error, and no bug of whoever reads it
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.errors import SrcadError
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.values import ArrayRef, DictCell, Func, ListCell, Num, Static, Tup, Value
from srcad.frontend.memory.arrays import load
from srcad.trace.types import Array, Scalar, Type

FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
PUBLIC = ("builtins", "numpy.exceptions", "numpy.linalg")
UNKNOWN_LENGTH = 2


class _Unmade(Exception):  # noqa: N818 - no error: nothing can be made up for an argument
    pass


def tried(m: Machine, function: Callable[..., Any], given: Arguments, read: Callable[[], Value]) -> Value:
    """What reading a call gives; an exception of the call itself is raised by the program."""
    try:
        return read()
    except SrcadError:
        raise
    except FAULTS:
        found = fault_of(m, function, given)
        if found is None:
            raise
        m.raises(found)


def fault_of(m: Machine, function: Callable[..., Any], given: Arguments) -> Exception | None:
    """What a call raises for made-up arguments, as an exception of a public class; None if it doesn't."""
    try:
        args = [_made(m, value) for value in given.args]
        keywords = {name: _made(m, value) for name, value in given.keywords.items()}
    except _Unmade:
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
    return lambda owner, *args, **keywords: getattr(owner, name)(*args, **keywords)


def _made(m: Machine, value: Value) -> object:
    match value:
        case Static(known):
            return known.copy() if isinstance(known, np.ndarray) else known
        case Num(var):
            return _of_type(m, var.type)
        case ArrayRef():
            return _of_type(m, load(m, value).type)
        case Tup(items):
            return tuple(_made(m, item) for item in items)
        case Func():
            return _first
    cell = m.content(value)
    if isinstance(cell, ListCell):
        return [_made(m, item) for item in cell.items]
    if isinstance(cell, DictCell):
        return {key: _made(m, item) for key, item in cell.items}
    raise _Unmade


def _first(*args: object) -> object:
    """Stands for a function of the program."""
    return args[0] if args else None


def _of_type(m: Machine, t: Type) -> object:
    """A value of a type, with the lengths of the present call as far as they are known."""
    if isinstance(t, Scalar):
        count = t.length.evaluate(m.lengths.sizes) if t.length is not None else None
        number = np.dtype(t.dtype).type(1 if count is None else count)
        return number.item() if t.python else number
    if isinstance(t, Array):
        lengths = (d.evaluate(m.lengths.sizes) for d in t.dims)
        return np.full([UNKNOWN_LENGTH if n is None else max(n, 0) for n in lengths], 1, t.dtype)
    raise _Unmade
