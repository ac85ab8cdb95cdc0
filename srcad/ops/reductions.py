"""Operations that take the elements along axes together: sums, means, extrema, and their running forms.

`axis` is None, an int or a tuple, not negative where the rank is known. `where=` and `initial=` of sums and products
are spelled out as equations; so are the functions that skip NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import LOWERINGS, METHODS, Infer, Kind, Spelling, lowers, op, static
from srcad.ops.elementwise import as_dtype, refuse_out
from srcad.ops.structural import as_array, normal_axis
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom
from srcad.trace.types import ONE, Array, Dim, Scalar, Type, Unknown, dims_of, dtype_of, fixed, rank_of

Axis = int | tuple[int, ...] | None

# ---- types


def reduced_dims(dims: tuple[Dim, ...], axis: Axis, keepdims: bool) -> tuple[Dim, ...]:
    """What is left of dims when some axes have been reduced."""
    axes = range(len(dims)) if axis is None else (axis,) if isinstance(axis, int) else axis
    places = {a % len(dims) for a in axes} if dims else set()
    return tuple(ONE if k in places else d for k, d in enumerate(dims) if keepdims or k not in places)


def reduced_type(x: Type, dtype: str | None, axis: Axis = None, keepdims: bool = False) -> Type:
    dims = dims_of(x)
    if dtype is not None and axis is None and not keepdims:
        return Scalar(dtype)
    if dims is None or dtype is None:
        return Unknown(dtype)
    left = reduced_dims(dims, axis, keepdims)
    return Array(dtype, left) if left else Scalar(dtype)


def _infer(kind: str) -> Infer:
    """The typing of a reduction; `kind` says how its dtype follows from the operand's."""

    def infer(x: Type, *, axis: Axis = None, keepdims: bool = False) -> Type:
        return reduced_type(x, _dtype(kind, dtype_of(x)), axis, keepdims)

    return infer


def _spread_type(x: Type, *, axis: Axis = None, keepdims: bool = False, ddof: float = 0) -> Type:
    return reduced_type(x, _dtype("real", dtype_of(x)), axis, keepdims)


def _extreme_type(
    x: Type, initial: Type | None = None, *, axis: Axis = None, keepdims: bool = False, has_initial: bool = False
) -> Type:
    return reduced_type(x, dtype_of(x), axis, keepdims)


def _dtype(kind: str, dtype: str | None) -> str | None:
    if kind in ("bool", "int64"):
        return kind
    if dtype is None or kind == "same":
        return dtype
    if kind == "sum":
        return {"i": "int64", "u": "uint64", "b": "int64"}.get(np.dtype(dtype).kind, dtype)
    floating = dtype if np.dtype(dtype).kind in "fc" else "float64"
    if kind == "real":
        return {"complex64": "float32", "complex128": "float64"}.get(floating, floating)
    return floating


def _running_type(x: Type, *, axis: int) -> Type:
    dims, dtype = dims_of(x), _dtype("sum", dtype_of(x))
    return Unknown(dtype) if dims is None or dtype is None else Array(dtype, dims or (fixed(1),))


def _others_type(x: Type, *, axis: Axis) -> Type:
    return x


def _others_adjoint_type(g: Type, x: Type, *, axis: Axis) -> Type:
    return x


def _derivative_type(moved: Type, x: Type, y: Type, *, axis: int) -> Type:
    return x


def _recurrence_type(a: Type, b: Type, *, axis: int) -> Type:
    return b


# ---- operations


def _text(function: str, texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    options = [texts[0]]
    axis = params.get("axis")
    if axis is not None:
        options.append(f"axis={axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis}")
    if params.get("ddof"):
        options.append(f"ddof={params['ddof']!r}")
    if params.get("keepdims"):
        options.append("keepdims=True")
    if params.get("has_initial"):
        options.append(f"initial={texts[1]}")
    return f"{function}({', '.join(options)})"


def _register() -> None:
    kinds = {"sum": "sum", "prod": "sum", "mean": "float"}
    kinds |= {"any": "bool", "all": "bool", "argmax": "int64", "argmin": "int64", "count_nonzero": "int64"}
    kinds |= {"nanargmax": "int64", "nanargmin": "int64"}
    typings: dict[str, Infer] = {name: _infer(kind) for name, kind in kinds.items()}
    typings |= dict.fromkeys(("var", "std"), _spread_type) | dict.fromkeys(("max", "min"), _extreme_type)
    for name, infer in typings.items():
        op(name, Kind.REDUCTION, infer, _spelled(name), linear=name in ("sum", "mean"))


def _spelled(name: str) -> Spelling:
    return lambda texts, params: _text(f"np.{name}", texts, params)


_register()
op("cumsum", Kind.SCAN, _running_type, "np.cumsum({0}, axis={axis})", linear=True)
op("cumprod", Kind.SCAN, _running_type, "np.cumprod({0}, axis={axis})")
# the products of all other elements, along axes: the slope of `prod`; exact where elements are zero
op("product_of_others", Kind.SCAN, _others_type, lambda t, p: _text("product_of_others", t, p))
op(
    "product_of_others_adjoint",
    Kind.SCAN,
    _others_adjoint_type,
    lambda t, p: f"product_of_others_adjoint({t[0]}, {t[1]}, axis={p['axis']})",
)
# the adjoint and the tangent of x, of which y is the running product; exact where elements are zero
op("cumprod_adjoint", Kind.SCAN, _derivative_type, "cumprod_adjoint({0}, {1}, {2}, axis={axis})")
op("cumprod_tangent", Kind.SCAN, _derivative_type, "cumprod_tangent({0}, {1}, {2}, axis={axis})")
# t[k] = a[k] t[k - 1] + b[k]
op("recurrence", Kind.SCAN, _recurrence_type, "recurrence({0}, {1}, axis={axis})", cost="dear")


# ---- lowerings


def _arguments(b: Builder, a: Any, axis: Any, keepdims: Any, dtype: Any = None) -> tuple[Atom, dict[str, Any]]:
    """The operand and the params that all reductions have."""
    x = as_dtype(b, as_array(b, a), dtype)
    keep = False if keepdims is np._NoValue else bool(static(keepdims, "keepdims"))
    return x, {"axis": _shortened(normal_axis(axis, rank_of(x.type)), rank_of(x.type)), "keepdims": keep}


def _shortened(axis: Axis, rank: int | None) -> Axis:
    """None for all axes."""
    if axis is None or rank is None:
        return axis
    axes = (axis,) if isinstance(axis, int) else axis
    if len(axes) == rank:
        return None
    return axes[0] if len(axes) == 1 else axes


def _given(value: Any) -> bool:
    """Whether an optional argument was given."""
    return not (value is None or value is True or value is np._NoValue)


def _masked(b: Builder, x: Atom, where: Any, neutral: Any) -> Atom:
    """`x` with the neutral element in the places that `where=` leaves out."""
    if not _given(where):
        return x
    result: Atom = b.emit("where", as_array(b, where), x, neutral)
    return result


def _folding(name: str, combine: str, neutral: float) -> Any:
    """The lowering of a sum or a product."""

    def lowering(
        b: Builder,
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse_out(out, True, name)
        x, params = _arguments(b, a, axis, keepdims, dtype)
        result = b.emit(name, _masked(b, x, where, neutral), **params)
        return b.emit(combine, result, initial) if _given(initial) else result

    lowering.__name__ = name
    return lowering


def _extremum(name: str, worst: float) -> Any:
    """The lowering of max and min."""

    def lowering(
        b: Builder,
        a: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse_out(out, True, name)
        x, params = _arguments(b, a, axis, keepdims)
        x = _masked(b, x, where, worst)
        if _given(initial):
            return b.emit(name, x, initial, has_initial=True, **params)
        return b.emit(name, x, **params)

    lowering.__name__ = name
    return lowering


sum_ = lowers(np.sum, method="sum")(_folding("sum", "add", 0))
prod = lowers(np.prod, method="prod")(_folding("prod", "multiply", 1))
max_ = lowers(np.max, np.amax, method="max")(_extremum("max", -np.inf))
min_ = lowers(np.min, np.amin, method="min")(_extremum("min", np.inf))


@lowers(np.mean, method="mean")
def mean(
    b: Builder,
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    refuse_out(out, True, "mean")
    x, params = _arguments(b, a, axis, keepdims, dtype)
    if not _given(where):
        return b.emit("mean", x, **params)
    return _quotient(b, _masked(b, x, where, 0), _counted(b, x, where, params), params)


def _counted(b: Builder, x: Atom, where: Any, params: Mapping[str, Any]) -> Atom:
    """How many elements along the axes `where=` takes."""
    result: Atom = b.emit("sum", b.emit("materialise", as_array(b, where), x), **params)
    return result


def _quotient(b: Builder, x: Atom, count: Any, params: Mapping[str, Any]) -> Any:
    total = b.emit("sum", x, **params)
    narrow = dtype_of(total.type) in ("float32", "float16")
    return b.emit("divide", total, b.emit("cast", count, dtype=dtype_of(total.type)) if narrow else count)


def _spread(name: str) -> Any:
    """The lowering of var and std."""

    def lowering(
        b: Builder,
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        ddof: Any = 0,
        keepdims: Any = False,
        *,
        where: Any = True,
        mean: Any = None,
        correction: Any = None,
    ) -> Any:
        refuse_out(out, True, name)
        if _given(where) or _given(mean):
            raise NotYetSupported(f"np.{name} with where= or mean=", do="write the mean of the squares out")
        x, params = _arguments(b, a, axis, keepdims, dtype)
        ddof = ddof if correction is None or correction is np._NoValue else correction
        return b.emit(name, x, ddof=static(ddof, "ddof"), **params)

    lowering.__name__ = name
    return lowering


lowers(np.var, method="var")(_spread("var"))
lowers(np.std, method="std")(_spread("std"))


def _test(name: str, neutral: bool) -> Any:
    """The lowering of any and all."""

    def lowering(
        b: Builder, a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
    ) -> Any:
        refuse_out(out, True, name)
        x, params = _arguments(b, a, axis, keepdims)
        return b.emit(name, _masked(b, x, where, neutral), **params)

    return lowering


lowers(np.any, method="any")(_test("any", False))
lowers(np.all, method="all")(_test("all", True))


def _place(name: str) -> Any:
    """The lowering of argmax and its kin, which give ints."""

    def lowering(b: Builder, a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
        refuse_out(out, True, name)
        x, params = _arguments(b, a, axis, keepdims)
        return b.emit(name, x, **params)

    return lowering


lowers(np.argmax, method="argmax")(_place("argmax"))
lowers(np.argmin, method="argmin")(_place("argmin"))
lowers(np.nanargmax)(_place("nanargmax"))
lowers(np.nanargmin)(_place("nanargmin"))


@lowers(np.count_nonzero)
def count_nonzero(b: Builder, a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    x, params = _arguments(b, a, axis, keepdims)
    return b.emit("count_nonzero", x, **params)


def _running(name: str) -> Any:
    """The lowering of cumsum and cumprod."""

    def lowering(b: Builder, a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        refuse_out(out, True, name)
        x = as_dtype(b, as_array(b, a), dtype)
        axis = normal_axis(axis, rank_of(x.type))
        if axis is None and rank_of(x.type) != 1:
            x = b.emit("ravel", x)
        return b.emit(name, x, axis=axis or 0)

    return lowering


lowers(np.cumsum, method="cumsum")(_running("cumsum"))
lowers(np.cumprod, method="cumprod")(_running("cumprod"))


@lowers(np.ptp)
def ptp(b: Builder, a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    refuse_out(out, True, "ptp")
    x, params = _arguments(b, a, axis, keepdims)
    return b.emit("subtract", b.emit("max", x, **params), b.emit("min", x, **params))


# ---- without NaN


def _present(b: Builder, x: Atom) -> Atom:
    result: Atom = b.emit("logical_not", b.emit("isnan", x))
    return result


def _without_nan(lowering: Any, **fixed_arguments: Any) -> Any:
    """The lowering of a function that takes NaN for absent, from that of the plain function with `where=`."""

    def without(b: Builder, a: Any, *args: Any, **options: Any) -> Any:
        x = as_array(b, a)
        return lowering(b, x, *args, **options, **fixed_arguments, where=_present(b, x))

    return without


lowers(np.nansum)(_without_nan(sum_))
lowers(np.nanprod)(_without_nan(prod))
lowers(np.nanmean)(_without_nan(mean))
lowers(np.nanmax)(_without_nan(max_))
lowers(np.nanmin)(_without_nan(min_))


def _nan_running(name: str, neutral: float) -> Any:
    def lowering(b: Builder, a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        x = as_array(b, a)
        return _running(name)(b, _masked(b, x, _present(b, x), neutral), axis, dtype, out)

    return lowering


lowers(np.nancumsum)(_nan_running("cumsum", 0))
lowers(np.nancumprod)(_nan_running("cumprod", 1))


@lowers(np.nanvar)
def nanvar(
    b: Builder, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, **options: Any
) -> Any:
    refuse_out(out, True, "nanvar")
    x, params = _arguments(b, a, axis, options.get("keepdims", False), dtype)
    present = _present(b, x)
    middle = mean(b, x, params["axis"], keepdims=True, where=present)
    deviation = b.emit("where", present, b.emit("subtract", x, middle), 0)
    count = b.emit("subtract", _counted(b, x, present, params), static(ddof, "ddof"))
    return _quotient(b, b.emit("square", deviation), count, params)


@lowers(np.nanstd)
def nanstd(b: Builder, a: Any, *args: Any, **options: Any) -> Any:
    return b.emit("sqrt", nanvar(b, a, *args, **options))


# ---- ufunc.reduce and ufunc.accumulate


def _along_first(lowering: Any) -> Any:
    """`ufunc.reduce` and `ufunc.accumulate` go along axis 0 unless told otherwise."""

    def along(b: Builder, array: Any, axis: Any = 0, *args: Any, **options: Any) -> Any:
        return lowering(b, array, axis, *args, **options)

    return along


for _ufunc, _name in {
    np.add: "sum",
    np.multiply: "prod",
    np.maximum: "max",
    np.minimum: "min",
    np.logical_or: "any",
    np.logical_and: "all",
}.items():
    LOWERINGS[_ufunc.reduce] = _along_first(METHODS[_name])
LOWERINGS[np.add.accumulate] = _along_first(METHODS["cumsum"])
LOWERINGS[np.multiply.accumulate] = _along_first(METHODS["cumprod"])


# ---- of numbers that are equal


@lowers(np.array_equal)
def array_equal(b: Builder, a1: Any, a2: Any, equal_nan: Any = False) -> Any:
    first, second = as_array(b, a1), as_array(b, a2)
    shapes = [dims_of(x.type) for x in (first, second)]
    if shapes[0] is None or shapes[0] != shapes[1] or static(equal_nan, "equal_nan"):
        raise NotYetSupported("np.array_equal of arrays that may differ in shape", do="compare the shapes first")
    return b.emit("all", b.emit("equal", first, second), axis=None, keepdims=False)


@lowers(np.allclose)
def allclose(b: Builder, a: Any, c: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    close = LOWERINGS[np.isclose](b, a, c, rtol, atol, equal_nan)
    return b.emit("all", close, axis=None, keepdims=False)
