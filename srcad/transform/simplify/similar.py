"""When one value may stand for another: types that generated code can't tell apart."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from srcad.trace.nodes import Atom, Const
from srcad.trace.types import Array, Scalar, Type, Undefined, Unknown


def same_kind(a: Type, b: Type) -> bool:
    """Equal but for lengths of dimensions."""
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return (a.dtype, a.python) == (b.dtype, b.python)
    if isinstance(a, Array) and isinstance(b, Array):
        return (a.dtype, a.rank) == (b.dtype, b.rank)
    return a == b and not (isinstance(a, Unknown) and a.dtype is None)


def same_type(a: Type, b: Type) -> bool:
    """The same dtype and surely the same shape."""
    if not same_kind(a, b) or a.is_unknown:
        return False
    if isinstance(a, Array) and isinstance(b, Array):
        return all(x.same(y) for x, y in zip(a.dims, b.dims, strict=True))
    return True


def same_value(a: Atom, b: Atom) -> bool:
    """The same variable, or equal constants."""
    return a is b or atom_key(a) == atom_key(b)


def atom_key(a: Atom) -> Hashable:
    """Variables by identity; constants by value, where 1, 1.0, True, 0.0 and -0.0 all differ."""
    if isinstance(a, Const):
        return "undefined" if isinstance(a.type, Undefined) else value_key(a.value)
    return a


def value_key(value: Any) -> Hashable:
    if isinstance(value, (float, complex, np.generic)):
        return type(value), repr(value)
    if isinstance(value, (bool, int, str, bytes, type(None))):
        return type(value), value
    if isinstance(value, tuple):
        return tuple, tuple(map(value_key, value))
    return ("type", value) if isinstance(value, Type) else ("object", id(value))
