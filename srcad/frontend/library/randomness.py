"""Random numbers: their generators run as they stand; the shape of what they give is known from their arguments."""

from __future__ import annotations

import inspect

import numpy as np

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import NONE, Num, Static, Tup, Value
from srcad.trace.dims import UNKNOWN_DIM, Dim, fixed
from srcad.trace.nodes import Var
from srcad.trace.types import Array, Scalar, Type

FLOATS = (
    "random", "normal", "standard_normal", "uniform", "exponential", "standard_exponential", "beta", "gamma",
    "standard_gamma", "laplace", "logistic", "lognormal", "chisquare", "standard_t", "random_sample", "rand", "randn",
)  # fmt: skip
INTEGERS = ("integers", "randint", "poisson", "binomial", "geometric")


def drawn_type(_m: Machine, name: str, args: tuple[Value, ...], keywords: dict[str, Value]) -> Type | None:
    """The type of what `generator.name(*args, **keywords)` gives; None if it isn't known."""
    if name not in (*FLOATS, *INTEGERS) or "dtype" in keywords or "out" in keywords:
        return None
    dtype = "float64" if name in FLOATS else "int64"
    size = _size(name, args, keywords)
    if size is None or (size == NONE and not _plain_numbers(name, args)):
        return None
    if size == NONE:
        return Scalar(dtype, True)
    parts = size.items if isinstance(size, Tup) else (size,)
    dims = [_dim(part) for part in parts]
    return None if None in dims else Array(dtype, tuple(d for d in dims if d is not None))


def numbers_of(dtype: str, size: Value) -> Type | None:
    """The type of so many random numbers; None if it isn't known."""
    if size == NONE:
        return Scalar(dtype)
    dims = [_dim(part) for part in (size.items if isinstance(size, Tup) else (size,))]
    return None if None in dims else Array(dtype, tuple(d for d in dims if d is not None))


def _size(name: str, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value | None:
    if name in ("rand", "randn"):
        return Tup(args) if args else NONE
    if "size" in keywords:
        return keywords["size"]
    position = list(inspect.signature(getattr(_GENERATOR, name, _GENERATOR.random)).parameters).index("size")
    return args[position] if len(args) > position else NONE


_GENERATOR = np.random.default_rng(0)


def _plain_numbers(_name: str, args: tuple[Value, ...]) -> bool:
    return all(isinstance(a, (Static, Num)) for a in args)


def _dim(value: Value) -> Dim | None:
    match value:
        case Static() if type(value.value) is int:
            return fixed(value.value)
        case Num() if isinstance(value.var, Var) and isinstance(value.var.type, Scalar):
            return value.var.type.length or UNKNOWN_DIM
    return None
