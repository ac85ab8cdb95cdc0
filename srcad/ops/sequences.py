"""Operations on samples in order: differences, integrals, interpolation, convolution, Fourier transforms."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    WHOLE,
    dim_atom,
    dims_or_raise,
    emit,
    known_rank,
    length_atom,
    length_dim,
    many_axes,
    one_axis,
    shape_atoms,
    sliced,
    with_new_axes,
)
from srcad.ops.catalogue import CallError, Index, Kind, lowers, op, static
from srcad.ops.creation import unless_default
from srcad.ops.elementwise import as_dtype
from srcad.ops.joining import joined_along
from srcad.ops.linalg import as_vector, number_or_array
from srcad.ops.shaping import array_of, array_type, ravel, roll
from srcad.ops.spelling import call, options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom
from srcad.trace.types import (
    UNKNOWN_DIM,
    Array,
    Dim,
    Type,
    Unknown,
    dims_of,
    dtype_of,
    fixed,
    is_complex,
    promote,
)

WINDOWS = ("bartlett", "blackman", "hamming", "hanning")

# ---- types


def _diff(x: Type, *, axis: int = -1) -> Type:
    dims = list(dims_or_raise(x, "diff"))
    n = dims[axis]
    dims[axis] = fixed(max(n.offset - 1, 0)) if n.symbol is None else n.plus(-1)
    return array_type(x, dims)


def _interp(x: Type, xp: Type, fp: Type, *values: Type, ends: tuple[str, ...] = ()) -> Type:
    return number_or_array("complex128" if is_complex(fp) else "float64", dims_of(x))


def _convolve(a: Type, v: Type, *, mode: str = "full") -> Type:
    (n,), (m,) = dims_or_raise(a, "convolve"), dims_or_raise(v, "convolve")
    return number_or_array(promote(a, v), (_overlap(n, m, mode),))


def _correlate(a: Type, v: Type, *, mode: str = "valid") -> Type:
    return _convolve(a, v, mode=mode)


def _overlap(n: Dim, m: Dim, mode: str) -> Dim:
    if n.symbol is None and m.symbol is None:
        longer, shorter = max(n.offset, m.offset), min(n.offset, m.offset)
        return fixed({"full": longer + shorter - 1, "same": longer, "valid": longer - shorter + 1}[mode])
    if mode != "full":
        return UNKNOWN_DIM
    return n.plus(m.offset - 1) if m.symbol is None else m.plus(n.offset - 1) if n.symbol is None else UNKNOWN_DIM


def _polyval(p: Type, x: Type) -> Type:
    dtypes = (dtype_of(p), dtype_of(x))
    return number_or_array(None if None in dtypes else str(np.result_type(*dtypes)), dims_of(x))


def _complex_dtype(x: Type) -> str:
    return "complex64" if dtype_of(x) in ("float32", "complex64", "float16") else "complex128"


def _fft(x: Type, *, function: str, axis: int = -1, norm: str | None = None) -> Type:
    dims = dims_of(x)
    return Unknown(_complex_dtype(x)) if dims is None else Array(_complex_dtype(x), dims)


def _rfft(x: Type, *, function: str = "rfft", axis: int = -1, norm: str | None = None) -> Array:
    dims = list(dims_or_raise(x, "rfft"))
    dims[axis] = fixed(dims[axis].offset // 2 + 1) if dims[axis].symbol is None else UNKNOWN_DIM
    return Array(_complex_dtype(x), tuple(dims))


def _irfft(x: Type, n: Index, *, function: str, axis: int = -1, norm: str | None = None) -> Type:
    dims = list(dims_or_raise(x, "irfft"))
    dims[axis] = length_dim(n)
    return Array("float32" if _complex_dtype(x) == "complex64" else "float64", tuple(dims))


def _unwrapped(p: Type, *, discont: float | None = None, axis: int = -1, period: float = 2 * np.pi) -> Type:
    return p


def _window_type(n: Index) -> Type:
    return Array("float64", (length_dim(n),))


def _half(n: Index) -> Type:
    return Array("float64", _rfft(_window_type(n)).dims)


# ---- spellings


def _fourier_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    extra = options(params, {"axis": -1, "norm": None})
    return f"np.fft.{params['function']}({', '.join([*texts, *extra])})"


def _interp_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    ends = [f"{name}={text}" for name, text in zip(params.get("ends", ()), texts[3:], strict=True)]
    return f"np.interp({', '.join([*texts[:3], *ends])})"


op("diff", Kind.SCAN, _diff, call("np.diff", axis=-1), linear=True)
op("interp", Kind.ALGORITHM, _interp, _interp_text)
op("convolve", Kind.ALGORITHM, _convolve, call("np.convolve", mode="full"), cost="dear", bilinear=True)
op("correlate", Kind.ALGORITHM, _correlate, call("np.correlate", mode="valid"), cost="dear", bilinear=True)
op("polyval", Kind.ALGORITHM, _polyval, "np.polyval({0}, {1})")
op("unwrap", Kind.SCAN, _unwrapped, call("np.unwrap", discont=None, axis=-1, period=2 * np.pi), linear=True)
op("fftfreq", Kind.CREATION, _window_type, "np.fft.fftfreq({0})")
op("rfftfreq", Kind.CREATION, _half, "np.fft.rfftfreq({0})")
for _name in WINDOWS:
    op(_name, Kind.CREATION, _window_type, f"np.{_name}({{0}})")
op("fft", Kind.ALGORITHM, _fft, _fourier_text, cost="dear", linear=True)
op("rfft", Kind.ALGORITHM, _rfft, _fourier_text, cost="dear", linear=True)
op("irfft", Kind.ALGORITHM, _irfft, _fourier_text, cost="dear", linear=True)


# ---- lowerings: differences and derivatives


def differences(b: Builder, x: Atom, axis: int) -> Atom:
    """Of neighbours along an axis."""
    last = axis == known_rank(x, "diff") - 1
    return emit(b, "diff", x, **({} if last else {"axis": axis}))


@lowers(np.diff)
def diff(b: Builder, a: Any, n: Any = 1, axis: Any = -1, prepend: Any = None, append: Any = None) -> Atom:
    x: Atom = as_array(b, a)
    place, times = one_axis(axis, known_rank(x, "diff")), operator.index(static(n, "n"))
    if times == 0:
        return x
    ends = [None if end is None else _end(b, x, end, place) for end in (prepend, append)]
    if ends != [None, None]:
        x = joined_along(b, [part for part in (ends[0], x, ends[1]) if part is not None], place)
    for _ in range(times):
        x = differences(b, x, place)
    return x


def _end(b: Builder, x: Atom, value: Any, axis: int) -> Atom:
    """A value to put at the end of an axis: a number is spread over the other axes."""
    end: Atom = as_array(b, value)
    if known_rank(end, "diff"):
        return end
    shape = list(shape_atoms(b, x))
    shape[axis] = const(1)
    return emit(b, "full", end, *shape)


@lowers(np.ediff1d)
def ediff1d(b: Builder, ary: Any, to_end: Any = None, to_begin: Any = None) -> Atom:
    gaps = differences(b, as_vector(b, array_of(b, ary)), 0)
    kept = dtype_of(gaps.type)
    ends = [None if end is None else as_dtype(b, ravel(b, array_of(b, end)), kept) for end in (to_begin, to_end)]
    parts = [part for part in (ends[0], gaps, ends[1]) if part is not None]
    return parts[0] if len(parts) == 1 else joined_along(b, parts, 0)


@lowers(np.gradient)
def gradient(b: Builder, f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    x = array_of(b, f)
    rank = known_rank(x, "gradient")
    axes = many_axes(static(axis, "axis"), rank) if static(axis, "axis") is not None else tuple(range(rank))
    spacings = [1.0] * len(axes) if not varargs else varargs * len(axes) if len(varargs) == 1 else varargs
    order = operator.index(static(edge_order, "edge_order"))
    results = tuple(_gradient(b, x, k, h, order) for k, h in zip(axes, spacings, strict=True))
    return results[0] if len(results) == 1 else results


def _gradient(b: Builder, x: Atom, axis: int, spacing: Any, order: int) -> Atom:
    h = as_array(b, spacing)
    if known_rank(h, "the spacing of gradient"):
        return _uneven_gradient(b, x, axis, h, order)
    inner = _over(b, b.emit("subtract", sliced(b, x, axis, 2, None), sliced(b, x, axis, None, -2)), h, 2.0)
    if order == 1:
        first, last = (_over(b, _weighted(b, x, axis, {k + 1: 1.0, k: -1.0}), h, 1.0) for k in (0, -2))
    else:
        first = _over(b, _weighted(b, x, axis, {0: -1.5, 1: 2.0, 2: -0.5}), h, 1.0)
        last = _over(b, _weighted(b, x, axis, {-1: 1.5, -2: -2.0, -3: 0.5}), h, 1.0)
    return joined_along(b, [first, inner, last], axis)


def _over(b: Builder, difference: Any, h: Atom, times: float) -> Atom:
    """`difference / (times * h)`, with the division left out where it is by one."""
    by = b.emit("multiply", h, times) if not isinstance(h, type(const(0))) else const(h.value * times)
    return difference if getattr(by, "value", None) == 1 else emit(b, "divide", difference, by)


def _edge(b: Builder, x: Atom, axis: int, place: int) -> Atom:
    """One place along an axis, as an axis of length one."""
    return sliced(b, x, axis, place, place + 1 if place != -1 else None)


def _weighted(b: Builder, x: Atom, axis: int, weights: Mapping[int, Any]) -> Atom:
    """A sum of elements at an edge, each with a weight."""
    total: Atom | None = None
    for place, weight in weights.items():
        part = _edge(b, x, axis, place)
        part = part if weight == 1.0 else emit(b, "multiply", part, weight)
        total = part if total is None else emit(b, "add", total, part)
    assert total is not None
    return total


def _uneven_gradient(b: Builder, x: Atom, axis: int, coordinates: Atom, order: int) -> Atom:
    """Differences over coordinates that need not be evenly spaced."""
    if order != 1:
        raise NotYetSupported("np.gradient with coordinates and edge_order=2", do="use edge_order=1")
    gaps = differences(b, coordinates, 0)
    after = tuple(range(1, known_rank(x, "gradient") - axis))
    spread = with_new_axes(b, gaps, after)
    slope = emit(b, "divide", differences(b, x, axis), spread)
    left, right = sliced(b, spread, 0, None, -1), sliced(b, spread, 0, 1, None)
    before, behind = sliced(b, slope, axis, None, -1), sliced(b, slope, axis, 1, None)
    weighted = b.emit("add", b.emit("multiply", before, right), b.emit("multiply", behind, left))
    inner = emit(b, "divide", weighted, b.emit("add", left, right))
    return joined_along(b, [_edge(b, slope, axis, 0), inner, _edge(b, slope, axis, -1)], axis)


# ---- lowerings: integrals, interpolation, convolution, polynomials


def _trapezoid(b: Builder, y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Atom:
    heights = array_of(b, y)
    rank = known_rank(heights, "trapezoid")
    place = one_axis(axis, rank)
    pairs = b.emit("add", sliced(b, heights, place, 1, None), sliced(b, heights, place, None, -1))
    if x is None:
        total = emit(b, "sum", pairs, axis=place, keepdims=False)
        return emit(b, "multiply", total, b.emit("multiply", as_array(b, dx), 0.5))
    widths = _widths(b, as_array(b, x), rank, place)
    areas = b.emit("multiply", pairs, b.emit("multiply", widths, 0.5))
    return emit(b, "sum", areas, axis=place, keepdims=False)


def _widths(b: Builder, x: Atom, rank: int, axis: int) -> Atom:
    if known_rank(x, "trapezoid") == 1:
        return with_new_axes(b, differences(b, x, 0), tuple(range(1, rank - axis)))
    return differences(b, x, axis - rank + known_rank(x, "trapezoid"))


trapezoid = lowers(np.trapezoid)(_trapezoid)


@lowers(np.interp)
def interp(b: Builder, x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Atom:
    if period is not None:
        raise NotYetSupported("np.interp with a period", do="take x modulo the period, and repeat the first point")
    ends = {"left": left, "right": right}
    given = {name: as_array(b, value) for name, value in ends.items() if value is not None}
    extra = {"ends": tuple(given)} if given else {}
    return emit(b, "interp", as_array(b, x), as_array(b, xp), as_array(b, fp), *given.values(), **extra)


def _mode(mode: Any, default: str) -> dict[str, str]:
    mode = {0: "valid", 1: "same", 2: "full"}.get(static(mode, "mode"), mode)
    if mode not in ("valid", "same", "full"):
        raise CallError(f"mode must be one of 'valid', 'same', 'full', not {mode!r}")
    return {} if mode == default else {"mode": mode}


@lowers(np.convolve)
def convolve(b: Builder, a: Any, v: Any, mode: Any = "full") -> Atom:
    return emit(b, "convolve", as_array(b, a), as_array(b, v), **_mode(mode, "full"))


@lowers(np.correlate)
def correlate(b: Builder, a: Any, v: Any, mode: Any = "valid") -> Atom:
    return emit(b, "correlate", as_array(b, a), as_array(b, v), **_mode(mode, "valid"))


@lowers(np.polyval)
def polyval(b: Builder, p: Any, x: Any) -> Atom:
    return emit(b, "polyval", array_of(b, p), as_array(b, x))


@lowers(np.polyder)
def polyder(b: Builder, p: Any, m: Any = 1) -> Atom:
    x = array_of(b, p)
    for _ in range(operator.index(static(m, "m"))):
        degrees = b.emit("arange", b.emit("subtract", dim_atom(b, x, 0), 1), 0, -1)
        x = emit(b, "multiply", sliced(b, x, 0, None, -1), degrees)
    return x


@lowers(np.polyint)
def polyint(b: Builder, p: Any, m: Any = 1, k: Any = None) -> Atom:
    if operator.index(static(m, "m")) != 1:
        raise NotYetSupported("np.polyint more than once in a call", do="call it again")
    x = array_of(b, p)
    quotients = emit(b, "divide", x, b.emit("arange", dim_atom(b, x, 0), 0, -1))
    return joined_along(b, [quotients, as_vector(b, array_of(b, 0.0 if k is None else k))], 0)


@lowers(np.unwrap)
def unwrap(b: Builder, p: Any, discont: Any = None, axis: Any = -1, *, period: Any = 2 * np.pi) -> Atom:
    x = as_array(b, p)
    rank = known_rank(x, "unwrap")
    place = one_axis(axis, rank)
    given = {"discont": static(discont, "discont"), "period": static(period, "period")}
    extra = {} if place == rank - 1 else {"axis": place}
    return emit(b, "unwrap", x, **extra, **{name: value for name, value in given.items() if value is not None})


def _window(name: str) -> Any:
    return lambda b, M: emit(b, name, length_atom(M))


for _name in WINDOWS:
    lowers(getattr(np, _name))(_window(_name))


# ---- lowerings: Fourier transforms


def _frequencies(name: str) -> Any:
    def lowering(b: Builder, n: Any, d: Any = 1.0, device: Any = None) -> Atom:
        cycles = emit(b, name, length_atom(n))
        return cycles if isinstance(d, (int, float)) and d == 1 else emit(b, "divide", cycles, d)

    return lowering


fftfreq = lowers(np.fft.fftfreq)(_frequencies("fftfreq"))
rfftfreq = lowers(np.fft.rfftfreq)(_frequencies("rfftfreq"))


def _fitted(b: Builder, x: Atom, n: Any, axis: int) -> Atom:
    """Cut or padded with zeros to length `n` along an axis."""
    if n is None:
        return x
    wanted, have = length_dim(length_atom(n).type), dims_or_raise(x.type, "fft")[axis]
    if wanted.same(have):
        return x
    if wanted.symbol is None and have.symbol is None:
        return _cut_or_padded(b, x, axis, have.offset, wanted.offset)
    shape = list(shape_atoms(b, x))
    common = b.emit("minimum", shape[axis], n)
    shape[axis] = length_atom(n)
    blank = b.emit("zeros", *shape, **unless_default(dtype_of(x.type)))
    index = (*(WHOLE,) * axis, ("slice", None, 0, None))
    return emit(b, "set_item", blank, sliced(b, x, axis, None, common), common, index=index)


def _cut_or_padded(b: Builder, x: Atom, axis: int, have: int, wanted: int) -> Atom:
    if wanted < have:
        return sliced(b, x, axis, None, wanted)
    width = tuple((0, wanted - have if k == axis else 0) for k in range(known_rank(x, "fft")))
    return emit(b, "pad", x, width=width, mode="constant")


def along_axis(axis: int, norm: str | None, rank: int | None = None) -> dict[str, Any]:
    """The options of a transform that differ from NumPy's defaults."""
    given: dict[str, Any] = {} if axis in (-1, rank - 1 if rank else -1) else {"axis": axis}
    return given if norm in (None, "backward") else {**given, "norm": norm}


def _transform(name: str) -> Any:
    """The lowering of a transform along one axis."""

    def lowering(b: Builder, a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Atom:
        x = as_array(b, a)
        rank = known_rank(x, name)
        place = one_axis(axis, rank)
        operation = "rfft" if name == "rfft" else "fft"
        return emit(
            b, operation, _fitted(b, x, n, place), function=name, **along_axis(place, static(norm, "norm"), rank)
        )

    return lowering


fft = lowers(np.fft.fft)(_transform("fft"))
ifft = lowers(np.fft.ifft)(_transform("ifft"))
rfft = lowers(np.fft.rfft)(_transform("rfft"))


@lowers(np.fft.irfft)
def irfft(b: Builder, a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "irfft")
    place = one_axis(axis, rank)
    if n is None:
        n = b.emit("multiply", b.emit("subtract", dim_atom(b, x, place), 1), 2)
    else:
        x = _first_frequencies(b, x, n, place)
    return emit(b, "irfft", x, n, function="irfft", **along_axis(place, static(norm, "norm"), rank))


def _first_frequencies(b: Builder, x: Atom, n: Any, axis: int) -> Atom:
    """What a transform back to length `n` reads: n // 2 + 1 frequencies."""
    if not isinstance(n, int):
        n = b.emit("add", b.emit("floor_divide", n, 2), 1)
        return _fitted(b, x, n, axis)
    return _fitted(b, x, n // 2 + 1, axis)


def _transform_of_many(one: Any, default: tuple[int, ...] | None) -> Any:
    """The lowering of a transform over several axes: one after the other."""

    def lowering(b: Builder, a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None) -> Atom:
        x: Atom = as_array(b, a)
        rank = known_rank(x, "fft")
        chosen = tuple(range(rank)) if static(axes, "axes") is None else many_axes(axes, rank)
        lengths = [None] * len(chosen) if s is None else list(s)
        for axis, n in list(zip(chosen, lengths, strict=True))[::-1]:
            x = one(b, x, n, axis, norm)
        return x

    return lowering


fft2 = lowers(np.fft.fft2)(_transform_of_many(fft, (-2, -1)))
ifft2 = lowers(np.fft.ifft2)(_transform_of_many(ifft, (-2, -1)))
fftn = lowers(np.fft.fftn)(_transform_of_many(fft, None))
ifftn = lowers(np.fft.ifftn)(_transform_of_many(ifft, None))


def _real_transform_of_many(default: tuple[int, ...] | None) -> Any:
    def lowering(b: Builder, a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None) -> Atom:
        x: Atom = as_array(b, a)
        rank = known_rank(x, "rfft2")
        *rest, last = tuple(range(rank)) if static(axes, "axes") is None else many_axes(axes, rank)
        lengths = [None] * (len(rest) + 1) if s is None else list(s)
        x = rfft(b, x, lengths[-1], last, norm)
        for axis, n in list(zip(rest, lengths[:-1], strict=True))[::-1]:
            x = fft(b, x, n, axis, norm)
        return x

    return lowering


def _real_inverse_of_many(default: tuple[int, ...] | None) -> Any:
    def lowering(b: Builder, a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None) -> Atom:
        x = as_array(b, a)
        rank = known_rank(x, "irfft2")
        *rest, last = tuple(range(rank)) if static(axes, "axes") is None else many_axes(axes, rank)
        lengths = [None] * (len(rest) + 1) if s is None else list(s)
        for axis, n in zip(rest, lengths[:-1], strict=True):
            x = ifft(b, x, n, axis, norm)
        return irfft(b, x, lengths[-1], last, norm)

    return lowering


rfft2 = lowers(np.fft.rfft2)(_real_transform_of_many((-2, -1)))
rfftn = lowers(np.fft.rfftn)(_real_transform_of_many(None))
irfft2 = lowers(np.fft.irfft2)(_real_inverse_of_many((-2, -1)))
irfftn = lowers(np.fft.irfftn)(_real_inverse_of_many(None))


def _shift(sign: int) -> Any:
    def lowering(b: Builder, x: Any, axes: Any = None) -> Atom:
        x = as_array(b, x)
        rank = known_rank(x, "fftshift")
        places = tuple(range(rank)) if static(axes, "axes") is None else many_axes(axes, rank)
        halves = [b.emit("floor_divide", dim_atom(b, x, k), 2) for k in places]
        shifts = halves if sign > 0 else [b.emit("negative", half) for half in halves]
        return roll(b, x, tuple(shifts), places)

    return lowering


fftshift = lowers(np.fft.fftshift)(_shift(1))
ifftshift = lowers(np.fft.ifftshift)(_shift(-1))
