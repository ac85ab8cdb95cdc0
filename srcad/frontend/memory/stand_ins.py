"""Objects that stand for values of the run, to see what Python raises of all that are like them.

x.T = y        AttributeError: attribute 'T' of 'numpy.ndarray' objects is not writable
del x[0]       ValueError: cannot delete array elements
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ArrayRef, Num, Range, Static, Tup, Value
from srcad.frontend.memory.arrays import is_list, load
from srcad.trace.nodes import Var
from srcad.trace.types import Array, Scalar


def raise_what_setting_does(m: Machine, value: Value, name: str) -> None:
    """Raise what setting an attribute always raises; nothing if it may be set: to something else than None, say."""
    raise_what_python_does(m, value, lambda one: setattr(one, name, None), (AttributeError,))


def raise_what_python_does(
    m: Machine,
    value: Value,
    use: Callable[[object], object],
    errors: tuple[type[Exception], ...] = (TypeError, ValueError),
) -> None:
    """Raise what a use of a value that can't be changed, or of an array, always raises; nothing if it may go well."""
    one = _stand_in(m, value)
    if one is None:
        return
    error = _raised_by(use, one)
    if isinstance(error, errors):
        m.raises(type(error)(*error.args))


def _raised_by(use: Callable[[object], object], one: object) -> Exception | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            use(one)
        except (AttributeError, TypeError, ValueError) as error:
            return error
    return None


def _stand_in(m: Machine, value: Value) -> object | None:
    """An object of the class of a value; None where that isn't known, or where it says more than its class."""
    match value:
        case Static(value=bool() | int() | float() | complex() | str() | tuple() | np.generic() as known):
            return known
        case Num(var=Var(type=Scalar() as t)):
            number = np.zeros((), t.dtype)[()]
            return number.item() if t.python else number
        case Tup():
            return () if value.cls is None else None
        case Range():
            return range(0)
        case ArrayRef() if not is_list(m, value):
            kind = load(m, value).type
            return np.ones((1,) * kind.rank, kind.dtype) if isinstance(kind, Array) and kind.dtype else None
    return None


__all__ = ["raise_what_python_does", "raise_what_setting_does"]
