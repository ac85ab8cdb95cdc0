"""Calls of NumPy's and SciPy's functions that are given constants alone: what they give is known by a call of them now.

    nodes, weights = np.polynomial.legendre.leggauss(6)     two arrays with 6 elements

They run as they stand nevertheless: what is known is what kind of thing their results are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.values import Num, Static, Value
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.dims import fixed
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import Array, Scalar, TupleOf, Type, type_of

MODULES = ("numpy.polynomial.", "scipy.special.", "scipy.signal.", "scipy.linalg.", "scipy.fft.")
PLAIN = (int, float, complex, str, bool, type(None), np.generic)


def tabulated_type(m: Machine, function: object, args: tuple[Value, ...], keywords: Keywords) -> Type | None:
    """The type of what a function gives for constants; None where it isn't known. Integer arguments are made known."""
    if not f"{getattr(function, '__module__', None)}.".startswith(MODULES) or not callable(function):
        return None
    for value in (*args, *keywords.values()):
        if isinstance(value, Num) and _is_argument(m, value.var):
            raise NeedsStatic(value.var, "an argument of a function of which the result depends on it")
    values = [value.value if isinstance(value, Static) else _UNKNOWN for value in (*args, *keywords.values())]
    if not all(isinstance(value, PLAIN) for value in values):
        return None
    try:
        made = function(*values[: len(args)], **dict(zip(keywords, values[len(args) :], strict=True)))
    except Exception:  # the run raises it
        return None
    return _type(made)


_UNKNOWN = object()


def _is_argument(m: Machine, atom: Atom) -> bool:
    """Whether a count is computed from integer arguments alone."""
    if not isinstance(atom, Var) or m.is_active(atom) or not _is_count(atom):
        return False
    given = {entry.var for entry in m.outside.inputs.values() if _is_count(entry.var)}
    sources = m.variables.sources(atom)
    return bool(sources) and sources <= given


def _is_count(var: Var) -> bool:
    return isinstance(var.type, Scalar) and var.type.dtype == "int64"


def _type(made: Any) -> Type | None:
    if type(made) is tuple and made:
        items = [_type(item) for item in made]
        return None if None in items else TupleOf(tuple(item for item in items if item is not None))
    if type(made) is np.ndarray and made.dtype.kind in "fcbiu":
        return Array(str(made.dtype), tuple(map(fixed, made.shape)))
    return type_of(made) if isinstance(made, (float, complex, np.number)) else None


__all__ = ["tabulated_type"]
