"""When one value may stand for another: types that generated code can't tell apart."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from srcad.trace.nodes import Atom, Const
from srcad.trace.types import Type, Unknown, dims_of, dtype_of, rank_of


def same_kind(a: Type, b: Type) -> bool:
    """Equal but for lengths of dimensions."""
    if (a.is_scalar and b.is_scalar) or (a.is_array and b.is_array):
        return (dtype_of(a), rank_of(a), a.is_python) == (dtype_of(b), rank_of(b), b.is_python)
    return a == b and a != Unknown()


def same_type(a: Type, b: Type) -> bool:
    """Whether two types have one dtype and surely one shape."""
    if not same_kind(a, b) or a.is_unknown:
        return False
    return all(x.same(y) for x, y in zip(dims_of(a) or (), dims_of(b) or (), strict=True))


def same_value(a: Atom, b: Atom) -> bool:
    """Whether two atoms are one variable, or equal constants."""
    return a is b or atom_key(a) == atom_key(b)


def atom_key(a: Atom) -> Hashable:
    """Variables by identity; constants by value, where 1, 1.0, True, 0.0 and -0.0 all differ."""
    if isinstance(a, Const):
        return "undefined" if a.type.is_undefined else value_key(a.value)
    return a


def value_key(value: Any) -> Hashable:
    if isinstance(value, (float, complex, np.generic)):
        return type(value), repr(value)
    if isinstance(value, (bool, int, str, bytes, type(None))):
        return type(value), value
    if isinstance(value, tuple):
        return tuple, tuple(map(value_key, value))
    return ("type", value) if isinstance(value, Type) else ("object", id(value))
