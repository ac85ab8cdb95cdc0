"""Result types of elementwise operations: NumPy's own promotion, broadcasting, and what ints count."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from srcad.ops.declare import Infer
from srcad.trace.dims import UNKNOWN_DIM, Dim, fixed
from srcad.trace.types import BOOL, Array, Scalar, Type, Unknown, broadcast_dims, dims_of, dtype_of
from srcad.trace.widths import width_of_result

PYTHON_DTYPES = ("float64", "int64", "bool", "complex128")
_WEAK: dict[str, Any] = {"float64": float, "int64": int, "bool": np.dtype(bool), "complex128": complex}


def is_python(t: Type) -> bool:
    return isinstance(t, Scalar) and t.python


def operand_kind(t: Type) -> np.dtype[Any] | type | None:
    """What `ufunc.resolve_dtypes` takes for an operand of this type; None where its dtype isn't known."""
    dtype = dtype_of(t)
    return None if dtype is None else _WEAK[dtype] if is_python(t) else np.dtype(dtype)


@lru_cache(maxsize=4096)
def ufunc_dtype(name: str, kinds: tuple[tuple[str, bool], ...]) -> str | None:
    """The dtype of a ufunc's result for operands (dtype, weak); None where NumPy has no loop for them."""
    ufunc = getattr(np, name)
    operands = tuple(_WEAK[dtype] if weak else np.dtype(dtype) for dtype, weak in kinds)
    try:
        return str(ufunc.resolve_dtypes((*operands, *(None,) * ufunc.nout))[ufunc.nin])
    except TypeError:
        return None


def result_dtype(name: str, types: tuple[Type, ...]) -> str | None:
    """The dtype of a ufunc's result for operands of these types; None where it is known at run time only."""
    kinds = []
    for t in types:
        dtype = dtype_of(t)
        if dtype is None:
            return None
        kinds.append((dtype, is_python(t)))
    return ufunc_dtype(name, tuple(kinds))


def summed_dtype(dtype: str) -> str:
    """The dtype of a sum of these: ints are added up as wide ones."""
    return {"i": "int64", "u": "uint64", "b": "int64"}.get(np.dtype(dtype).kind, dtype)


def shaped(types: tuple[Type, ...], dtype: str | None, python: bool | None = None) -> Type:
    """A result of this dtype, with the operands broadcast together.

    `python`: whether a scalar result is a Python number; None: if all operands are.
    """
    dims: tuple[Dim, ...] = ()
    for t in types:
        known = dims_of(t)
        if known is None or dtype is None:
            return Unknown(dtype)
        dims = broadcast_dims(dims, known)
    assert dtype is not None
    if dims or any(isinstance(t, Array) for t in types if python):
        return Array(dtype, dims)
    return number_of(types, dtype, python)


def number_of(types: tuple[Type, ...], dtype: str, python: bool | None = None) -> Scalar:
    """A number of this dtype that is made of others: Python's if they all are."""
    either = python is None and dtype in PYTHON_DTYPES and all(t.may_be_python for t in types)
    if python is None:
        python = all(map(is_python, types))
    python = python and dtype in PYTHON_DTYPES
    return Scalar(dtype, python, either=either and not python)


def elementwise_typing(count: int, infer: Callable[[tuple[Type, ...], bool | None], Type]) -> Infer:
    """The typing of an elementwise operation on so many operands, as a function of the types of them all.

    `python=False`: it was called by NumPy's name, and a number that results is NumPy's.
    """

    def unary(x: Type, *, python: bool | None = None) -> Type:
        return infer((x,), python)

    def binary(x: Type, y: Type, *, python: bool | None = None) -> Type:
        return infer((x, y), python)

    def ternary(x: Type, y: Type, z: Type, *, python: bool | None = None) -> Type:
        return infer((x, y, z), python)

    def of_four(x: Type, y: Type, z: Type, w: Type, *, python: bool | None = None) -> Type:
        return infer((x, y, z, w), python)

    typings: dict[int, Infer] = {1: unary, 2: binary, 3: ternary, 4: of_four}
    return typings[count]


def ufunc(name: str) -> Infer:
    """The typing of a ufunc of NumPy."""
    return elementwise_typing(_nin(name), lambda types, python: shaped(types, result_dtype(name, types), python))


def of_squares(infer: Infer) -> Infer:
    """The typing of a root, as of what it is taken is known to be a sum of squares."""

    def root(x: Type, *, python: bool | None = None, of_squares: bool = False) -> Type | tuple[Type, ...]:
        return infer(x, python=python)

    def power(x: Type, y: Type, *, python: bool | None = None, of_squares: bool = False) -> Type | tuple[Type, ...]:
        return infer(x, y, python=python)

    return root if infer.__code__.co_argcount == 1 else power


def fixed_dtype(dtype: str, count: int) -> Infer:
    """The typing of an elementwise operation whose result always has this dtype."""
    return elementwise_typing(count, lambda types, python: shaped(types, dtype, python))


def floating(count: int) -> Infer:
    """The typing of a function that makes floats of ints."""
    return elementwise_typing(count, lambda types, python: shaped(types, floating_dtype(types), python))


def floating_dtype(types: tuple[Type, ...]) -> str | None:
    """The dtype that a function makes of these which makes floats of ints."""
    return result_dtype("exp", types) if len(types) == 1 else result_dtype("arctan2", types)


def real_dtype(dtype: str) -> str:
    """The dtype of real parts."""
    return np.empty(0, dtype).real.dtype.name


def _nin(name: str) -> int:
    count: int = getattr(np, name).nin
    return count


# ---- Python's arithmetic


def arithmetic(name: str) -> Infer:
    """The typing of an operator: of a ufunc, but Python numbers follow Python and ints keep what they count."""

    def infer(types: tuple[Type, ...], python: bool | None) -> Type:
        if python is not False and all(map(is_python, types)):
            return _python_number(name, types)
        return shaped(types, result_dtype(name, types), python)

    return elementwise_typing(_nin(name), infer)


def _python_number(name: str, types: tuple[Type, ...]) -> Type:
    dtypes = {dtype_of(t) for t in types}
    if dtypes == {"bool"} and name.startswith("bitwise"):
        return BOOL
    if dtypes <= {"int64", "bool"}:
        if name == "divide" or (name == "power" and _negative(types[1])):
            return Scalar("float64", True)
        return _python_int(name, types)
    complex_result = "complex128" in dtypes and name != "absolute"
    return Scalar("complex128" if complex_result else "float64", True)


def _python_int(name: str, types: tuple[Type, ...]) -> Scalar:
    numbers = [t for t in types if isinstance(t, Scalar)]
    counted = count(name, types)
    width = width_of_result(name, [t.width for t in numbers], counted, [t.length for t in numbers])
    return Scalar("int64", True, counted, width)


def _negative(t: Type) -> bool:
    counted = t.length if isinstance(t, Scalar) else None
    return counted is not None and counted.number is not None and counted.number < 0


def count(name: str, types: tuple[Type, ...]) -> Dim | None:
    """What the result of integer arithmetic counts, if it is known for the operands."""
    lengths = [t.length for t in types if isinstance(t, Scalar) and t.length is not None]
    function = _COUNTS.get(name)
    if function is None or len(lengths) < len(types):
        return None
    result = function(*lengths)
    return result if result.known else None


def _absolute(a: Dim) -> Dim:
    if a.number is not None:
        return fixed(abs(a.number))
    return a if a.natural else UNKNOWN_DIM


_COUNTS: dict[str, Callable[..., Dim]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "floor_divide": operator.floordiv,
    "remainder": lambda a, b: a - b * (a // b),
    "negative": operator.neg,
    "positive": lambda a: a,
    "absolute": _absolute,
}
