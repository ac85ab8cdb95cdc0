"""Operations that take the elements along axes together: sums, means, extrema, and their running forms.

`axis` is None, an int or a tuple, not negative where the rank is known. `where=` and `initial=` of sums and products
are spelled out as equations; so are the functions that skip NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps

import numpy as np

from srcad.ops.arguments import as_dtype, emit, flag, is_given, known_rank, one_axis, only_axis
from srcad.ops.declare import Area, Argument, CallError, Infer, Kind, Spelling, ToOne, static
from srcad.ops.elementwise import isclose, mask_of
from srcad.ops.shaping import array_of
from srcad.ops.structural import Axis, as_array, as_axes, axis_text, normal_axis
from srcad.ops.typing import real_dtype, summed_dtype
from srcad.trace.builder import Builder
from srcad.trace.dims import ONE, Dim, fixed
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import BOOL, FLOAT, Array, Scalar, Type, Unknown, dims_of, dtype_of, is_complex, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- types


def reduced_dims(dims: tuple[Dim, ...], axis: Axis, keepdims: bool) -> tuple[Dim, ...]:
    """What is left of dims when some axes have been reduced."""
    axes = range(len(dims)) if axis is None else as_axes(axis)
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
        return summed_dtype(dtype)
    floating = dtype if np.dtype(dtype).kind in "fc" else "float64"
    if kind == "real":
        return real_dtype(floating)
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


def _exact_sum_type(x: Type) -> Type:
    return FLOAT


# ---- operations


def _text(function: str, texts: tuple[str, ...], params: Params) -> str:
    options = [texts[0]]
    axis = params.get("axis")
    if axis is not None:
        options.append(f"axis={axis_text(axis)}")
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
op("fsum", Kind.ALGORITHM, _exact_sum_type, "math.fsum({0})")
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


def _arguments(
    b: Builder, a: Argument, axis: Argument, keepdims: Argument, dtype: Argument = None
) -> tuple[Atom, dict[str, object]]:
    """The operand and the params that all reductions have."""
    x = as_dtype(b, as_array(b, a), dtype)
    rank = rank_of(x.type)
    if rank == 0 and static(axis, "axis") in (0, -1):  # which NumPy lets a number have here
        axis = None
    return x, {"axis": _shortened(normal_axis(axis, rank), rank), "keepdims": flag(keepdims, "keepdims")}


def _shortened(axis: Axis, rank: int | None) -> Axis:
    """None for all axes."""
    if axis is None or rank is None:
        return axis
    axes = as_axes(axis)
    if len(axes) == rank:
        return None
    return axes[0] if len(axes) == 1 else axes


def _masked(b: Builder, x: Atom, where: Argument, neutral: float) -> Atom:
    """`x` with the neutral element in the places that `where=` leaves out."""
    mask = mask_of(where)
    return x if mask is None else emit(b, "where", as_array(b, where), x, neutral)


def _folding(name: str, combine: str, neutral: float) -> ToOne:
    """The lowering of a sum or a product."""

    def lowering(
        b: Builder,
        a: Argument,
        axis: Argument = None,
        dtype: Argument = None,
        keepdims: Argument = False,
        initial: Argument = None,
        where: Argument = True,
    ) -> Atom:
        x, params = _arguments(b, a, axis, keepdims, dtype)
        result = emit(b, name, _masked(b, x, where, neutral), **params)
        return emit(b, combine, result, initial) if is_given(initial) else result

    lowering.__name__ = name
    return lowering


def _worst(x: Atom, lowest: bool) -> float:
    """What no element is beyond, in the dtype of the elements."""
    dtype = np.dtype(dtype_of(x.type) or "float64")
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return int(info.min if lowest else info.max)
    return not lowest if dtype.kind == "b" else -np.inf if lowest else np.inf


def _extremum(name: str) -> ToOne:
    """The lowering of max and min."""

    def lowering(
        b: Builder,
        a: Argument,
        axis: Argument = None,
        keepdims: Argument = False,
        initial: Argument = None,
        where: Argument = True,
    ) -> Atom:
        if mask_of(where) is not None and not is_given(initial):
            raise CallError(
                f"reduction operation '{name}imum' does not have an identity, so to use a where mask one has to "
                "specify 'initial'"
            )
        x, params = _arguments(b, a, axis, keepdims)
        x = _masked(b, x, where, _worst(x, name == "max"))
        if is_given(initial):
            return emit(b, name, x, initial, has_initial=True, **params)
        return emit(b, name, x, **params)

    lowering.__name__ = name
    return lowering


sum_ = lowers(np.sum, method="sum")(_folding("sum", "add", 0))
prod = lowers(np.prod, method="prod")(_folding("prod", "multiply", 1))
max_ = lowers(np.max, np.amax, method="max")(_extremum("max"))
min_ = lowers(np.min, np.amin, method="min")(_extremum("min"))


@lowers(np.mean, method="mean")
def mean(
    b: Builder,
    a: Argument,
    axis: Argument = None,
    dtype: Argument = None,
    keepdims: Argument = False,
    *,
    where: Argument = True,
) -> Atom:
    x, params = _arguments(b, a, axis, keepdims, dtype)
    if mask_of(where) is None:
        return emit(b, "mean", x, **params)
    return _quotient(b, _masked(b, x, where, 0), _counted(b, x, where, params), params)


def _counted(b: Builder, x: Atom, where: Argument, params: Mapping[str, object]) -> Atom:
    """How many elements along the axes `where=` takes."""
    return emit(b, "sum", emit(b, "materialise", as_array(b, where), x), **params)


def _quotient(b: Builder, x: Atom, count: Atom, params: Mapping[str, object]) -> Atom:
    total = emit(b, "sum", x, **params)
    narrow = dtype_of(total.type) in ("float32", "float16")
    return emit(b, "divide", total, emit(b, "cast", count, dtype=dtype_of(total.type)) if narrow else count)


def _spread(name: str, skips_nan: bool = False) -> ToOne:
    """The lowering of var and std, and of those that skip NaN."""

    def lowering(
        b: Builder,
        a: Argument,
        axis: Argument = None,
        dtype: Argument = None,
        ddof: Argument = 0,
        keepdims: Argument = False,
        *,
        where: Argument = True,
        mean: Argument = None,
        correction: Argument = None,
    ) -> Atom:
        x, params = _arguments(b, a, axis, keepdims, dtype)
        where = _present_of(b, x, where) if skips_nan else where
        if is_given(correction) and static(ddof, "ddof") != 0:
            raise CallError("ddof and correction can't be provided simultaneously.")
        less = static(correction if is_given(correction) else ddof, "ddof")
        if mask_of(where) is None and not is_given(mean):
            return emit(b, name, x, ddof=less, **params)
        variance = _variance_about(b, x, params, where, mean, less)
        return variance if name == "var" else emit(b, "sqrt", variance)

    lowering.__name__ = name
    return lowering


def _variance_about(
    b: Builder, x: Atom, params: Mapping[str, object], where: Argument, middle: Argument, less: float
) -> Atom:
    """The mean of squares of the deviations that count from a mean that is given, or from their own."""
    about = as_array(b, middle) if is_given(middle) else mean(b, x, params["axis"], keepdims=True, where=where)
    deviation = _masked(b, emit(b, "subtract", x, about), where, 0)
    squares = emit(b, "square", emit(b, "absolute", deviation) if is_complex(x.type) else deviation)
    count = _counted(b, x, where, params)
    return _quotient(b, squares, emit(b, "subtract", count, less) if less else count, params)


lowers(np.var, method="var")(_spread("var"))
lowers(np.std, method="std")(_spread("std"))


def _test(name: str, neutral: bool) -> ToOne:
    """The lowering of any and all."""

    def lowering(
        b: Builder, a: Argument, axis: Argument = None, keepdims: Argument = False, *, where: Argument = True
    ) -> Atom:
        x, params = _arguments(b, a, axis, keepdims)
        return emit(b, name, _masked(b, x, where, neutral), **params)

    return lowering


any_ = lowers(np.any, method="any")(_test("any", False))
all_ = lowers(np.all, method="all")(_test("all", True))


def _place(name: str) -> ToOne:
    """The lowering of argmax and its kin, which give ints."""

    def lowering(b: Builder, a: Argument, axis: Argument = None, *, keepdims: Argument = False) -> Atom:
        x, params = _arguments(b, a, axis, keepdims)
        return emit(b, name, x, **params)

    return lowering


lowers(np.argmax, method="argmax")(_place("argmax"))
lowers(np.argmin, method="argmin")(_place("argmin"))
lowers(np.nanargmax)(_place("nanargmax"))
lowers(np.nanargmin)(_place("nanargmin"))


@lowers(np.count_nonzero)
def count_nonzero(b: Builder, a: Argument, axis: Argument = None, *, keepdims: Argument = False) -> Atom:
    x, params = _arguments(b, a, axis, keepdims)
    return emit(b, "count_nonzero", x, **params)


def _running(name: str, neutral: float | None = None) -> ToOne:
    """The lowering of cumsum and cumprod; with a neutral element, which stands for NaN, of those that skip it."""

    def lowering(b: Builder, a: Argument, axis: Argument = None, dtype: Argument = None) -> Atom:
        x = array_of(b, a)
        x = as_dtype(b, x if neutral is None else _masked(b, x, _present(b, x), neutral), dtype)
        known = static(axis, "axis")
        place = None if known is None else one_axis(known, known_rank(x, name) or 1)
        if rank_of(x.type) == 0 or (place is None and rank_of(x.type) != 1):  # of a number, there is one sum
            x = emit(b, "ravel", x)
        return emit(b, name, x, axis=place or 0)

    return lowering


cumsum = lowers(np.cumsum, method="cumsum")(_running("cumsum"))
cumprod = lowers(np.cumprod, method="cumprod")(_running("cumprod"))
lowers(np.nancumsum)(_running("cumsum", 0))
lowers(np.nancumprod)(_running("cumprod", 1))


@lowers(np.ptp)
def ptp(b: Builder, a: Argument, axis: Argument = None, keepdims: Argument = False) -> Atom:
    x, params = _arguments(b, a, axis, keepdims)
    return emit(b, "subtract", emit(b, "max", x, **params), emit(b, "min", x, **params))


# ---- without NaN


def _present(b: Builder, x: Atom) -> Atom:
    return emit(b, "logical_not", emit(b, "isnan", x))


def _present_of(b: Builder, x: Atom, where: Argument) -> Atom:
    """Where there are numbers, of the places that `where=` takes."""
    present, mask = _present(b, x), mask_of(where)
    return present if mask is None else emit(b, "logical_and", present, mask)


def _without_nan(lowering: ToOne) -> ToOne:
    """The lowering of a function that takes NaN for absent, from that of the plain function with `where=`."""

    @wraps(lowering)
    def without(b: Builder, a: Argument, *args: Argument, where: Argument = True, **options: Argument) -> Atom:
        x = as_array(b, a)
        return lowering(b, x, *args, **options, where=_present_of(b, x, where))

    return without


def _extremum_without_nan(lowering: ToOne, worst: float) -> ToOne:
    """The lowering of nanmax and nanmin: what is absent is worse than all else."""

    @wraps(lowering)
    def without(
        b: Builder,
        a: Argument,
        axis: Argument = None,
        keepdims: Argument = False,
        initial: Argument = None,
        where: Argument = True,
    ) -> Atom:
        x = as_array(b, a)
        whole = dtype_of(x.type) is not None and np.dtype(dtype_of(x.type)).kind in "iub"  # which has no NaN
        present = x if whole else emit(b, "where", _present(b, x), x, worst)
        return lowering(b, present, axis, keepdims, initial, where)

    return without


lowers(np.nansum)(_without_nan(sum_))
lowers(np.nanprod)(_without_nan(prod))
lowers(np.nanmean)(_without_nan(mean))
lowers(np.nanmax)(_extremum_without_nan(max_, -np.inf))
lowers(np.nanmin)(_extremum_without_nan(min_, np.inf))
lowers(np.nanvar)(_spread("var", skips_nan=True))
lowers(np.nanstd)(_spread("std", skips_nan=True))


# ---- ufunc.reduce and ufunc.accumulate


def _along_first(lowering: ToOne) -> ToOne:
    """`ufunc.reduce` goes along axis 0 unless told otherwise."""

    @wraps(lowering)
    def along(b: Builder, array: Argument, axis: Argument = 0, **options: Argument) -> Atom:
        return lowering(b, array, axis, **options)

    return along


def _running_along_first(lowering: ToOne) -> ToOne:
    """And so does `ufunc.accumulate`."""

    @wraps(lowering)
    def along(b: Builder, array: Argument, axis: Argument = 0, **options: Argument) -> Atom:
        x = array_of(b, array)
        return lowering(b, x, only_axis(axis, known_rank(x, "accumulate")), **options)

    return along


for _ufunc, _reduction in {
    np.add: sum_,
    np.multiply: prod,
    np.maximum: max_,
    np.minimum: min_,
    np.logical_or: any_,
    np.logical_and: all_,
}.items():
    lowers(_ufunc.reduce)(_along_first(_reduction))
lowers(np.add.accumulate)(_running_along_first(cumsum))
lowers(np.multiply.accumulate)(_running_along_first(cumprod))


# ---- of numbers that are equal


def _array_equal_type(a: Type, b: Type, *, equal_nan: bool) -> Type:
    return BOOL


def _array_equal_text(texts: tuple[str, ...], params: Params) -> str:
    return f"np.array_equal({', '.join(texts)}{', True' if params['equal_nan'] else ''})"


# of arrays whose shapes only the run knows
op("array_equal", Kind.ALGORITHM, _array_equal_type, _array_equal_text)


@lowers(np.array_equal)
def array_equal(b: Builder, a1: Argument, a2: Argument, equal_nan: Argument = False) -> Atom:
    first, second = as_array(b, a1), as_array(b, a2)
    shapes = [dims_of(x.type) for x in (first, second)]
    if shapes[0] is None or shapes[0] != shapes[1]:
        return emit(b, "array_equal", first, second, equal_nan=flag(equal_nan, "equal_nan"))
    same = emit(b, "equal", first, second)
    if flag(equal_nan, "equal_nan"):
        same = emit(b, "logical_or", same, emit(b, "logical_and", emit(b, "isnan", first), emit(b, "isnan", second)))
    return emit(b, "truth", emit(b, "all", same, axis=None, keepdims=False))


@lowers(np.allclose)
def allclose(
    build: Builder,
    /,
    a: Argument,
    b: Argument,
    rtol: Argument = 1e-05,
    atol: Argument = 1e-08,
    equal_nan: Argument = False,
) -> Atom:
    close = emit(build, "all", isclose(build, a, b, rtol, atol, equal_nan), axis=None, keepdims=False)
    return emit(build, "truth", close)
