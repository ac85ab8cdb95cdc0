"""Operations on samples in order: differences, integrals, interpolation, convolution, Fourier transforms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    WHOLE,
    as_dtype,
    dim_atom,
    dims_or_raise,
    emit,
    integer,
    is_given,
    known_rank,
    length_atom,
    length_dim,
    many_axes,
    one_axis,
    only_given,
    repeated_axes,
    shape_atoms,
    shape_operands,
    sliced,
    with_new_axes,
    word,
)
from srcad.ops.creation import unless_default
from srcad.ops.declare import Area, Argument, CallError, Index, Kind, ToOne, static
from srcad.ops.joining import joined_along
from srcad.ops.products import as_vector, number_or_array
from srcad.ops.shaping import array_of, array_type, ravel, roll
from srcad.ops.spelling import call, options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder, const
from srcad.trace.dims import Dim, larger, smaller
from srcad.trace.nodes import Atom, Const, Params, Var
from srcad.trace.types import Array, Scalar, Type, Unknown, dims_of, dtype_of, is_complex, promote, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

WINDOWS = ("bartlett", "blackman", "hamming", "hanning")

# ---- types


def _diff(x: Type, *, axis: int = -1) -> Type:
    dims = list(dims_or_raise(x, "diff"))
    n = dims[axis]
    dims[axis] = (n - 1).counted.as_length
    return array_type(x, dims)


def _interp(x: Type, xp: Type, fp: Type, *values: Type, ends: tuple[str, ...] = ()) -> Type:
    return number_or_array("complex128" if is_complex(fp) else "float64", dims_of(x))


def _convolve(a: Type, v: Type, *, mode: str = "full") -> Type:
    (n,), (m,) = dims_or_raise(a, "convolve"), dims_or_raise(v, "convolve")
    return number_or_array(promote(a, v), (overlap(n, m, mode),))


def _correlate(a: Type, v: Type, *, mode: str = "valid") -> Type:
    return _convolve(a, v, mode=mode)


def overlap(n: Dim, m: Dim, mode: str) -> Dim:
    """The length of a convolution of things that aren't empty."""
    if mode == "full":
        return n + m - 1
    longer = larger(n, m)
    return longer if mode == "same" else longer - smaller(n, m) + 1


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
    dims[axis] = dims[axis].counted // 2 + 1
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


def _fourier_text(texts: tuple[str, ...], params: Params) -> str:
    extra = options(params, {"axis": -1, "norm": None})
    return f"np.fft.{params['function']}({', '.join([*texts, *extra])})"


def _interp_text(texts: tuple[str, ...], params: Params) -> str:
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
def diff(
    b: Builder, a: Argument, n: Argument = 1, axis: Argument = -1, prepend: Argument = None, append: Argument = None
) -> Atom:
    x = as_array(b, a)
    place, times = one_axis(axis, known_rank(x, "diff")), integer(n, "n")
    if times == 0:
        return x
    before, after = ([_end(b, x, end, place)] if is_given(end) else [] for end in (prepend, append))
    x = joined_along(b, [*before, x, *after], place) if before or after else x
    for _ in range(times):
        x = differences(b, x, place)
    return x


def _end(b: Builder, x: Atom, value: Argument, axis: int) -> Atom:
    """A value to put at the end of an axis: a number is spread over the other axes."""
    end = as_array(b, value)
    if known_rank(end, "diff"):
        return end
    shape = list(shape_atoms(b, x))
    shape[axis] = const(1)
    return emit(b, "full", end, *shape)


@lowers(np.ediff1d)
def ediff1d(b: Builder, ary: Argument, to_end: Argument = None, to_begin: Argument = None) -> Atom:
    gaps = differences(b, as_vector(b, array_of(b, ary)), 0)
    kept = dtype_of(gaps.type)
    before, after = (
        [] if end is None else [as_dtype(b, ravel(b, array_of(b, end)), kept)] for end in (to_begin, to_end)
    )
    return joined_along(b, [*before, gaps, *after], 0) if before or after else gaps


@lowers(np.gradient)
def gradient(
    b: Builder, f: Argument, *varargs: Argument, axis: Argument = None, edge_order: Argument = 1
) -> Atom | tuple[Atom, ...]:
    x = array_of(b, f)
    rank = known_rank(x, "gradient")
    axes = tuple(range(rank)) if static(axis, "axis") is None else many_axes(axis, rank)
    spacings = (1.0,) * len(axes) if not varargs else varargs * len(axes) if len(varargs) == 1 else varargs
    order = integer(edge_order, "edge_order")
    lengths = [(dims_of(x.type) or ())[k].number for k in axes]
    if any(n is not None and n < order + 1 for n in lengths):
        raise CallError(f"a gradient takes at least {order + 1} elements")
    results = tuple(_gradient(b, x, k, h, order) for k, h in zip(axes, spacings, strict=True))
    return results[0] if len(results) == 1 else results


def _gradient(b: Builder, x: Atom, axis: int, spacing: Argument, order: int) -> Atom:
    h = as_array(b, spacing)
    if known_rank(h, "the spacing of gradient"):
        return _uneven_gradient(b, x, axis, h, order)
    inner = _over(b, emit(b, "subtract", sliced(b, x, axis, 2, None), sliced(b, x, axis, None, -2)), h, 2.0)
    if order == 1:
        first, last = (_over(b, _weighted(b, x, axis, {k + 1: 1.0, k: -1.0}), h, 1.0) for k in (0, -2))
    else:
        first = _over(b, _weighted(b, x, axis, {0: -1.5, 1: 2.0, 2: -0.5}), h, 1.0)
        last = _over(b, _weighted(b, x, axis, {-1: 1.5, -2: -2.0, -3: 0.5}), h, 1.0)
    return joined_along(b, [first, inner, last], axis)


def _over(b: Builder, difference: Atom, h: Atom, times: float) -> Atom:
    """`difference / (times * h)`, with the division left out where it is by one."""
    by = const(h.value * times) if isinstance(h, Const) else emit(b, "multiply", h, times)
    return difference if isinstance(by, Const) and by.value == 1 else emit(b, "divide", difference, by)


def _edge(b: Builder, x: Atom, axis: int, place: int) -> Atom:
    """One place along an axis, as an axis of length one."""
    return sliced(b, x, axis, place, place + 1 if place != -1 else None)


def _weighted(b: Builder, x: Atom, axis: int, weights: Mapping[int, float]) -> Atom:
    """A sum of elements at an edge, each with a weight."""
    parts = [(_edge(b, x, axis, place), weight) for place, weight in weights.items()]
    terms = [part if weight == 1.0 else emit(b, "multiply", part, weight) for part, weight in parts]
    return reduce(lambda total, term: emit(b, "add", total, term), terms)


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
    weighted = emit(b, "add", emit(b, "multiply", before, right), emit(b, "multiply", behind, left))
    inner = emit(b, "divide", weighted, emit(b, "add", left, right))
    return joined_along(b, [_edge(b, slope, axis, 0), inner, _edge(b, slope, axis, -1)], axis)


# ---- lowerings: integrals, interpolation, convolution, polynomials


@lowers(np.trapezoid)
def trapezoid(b: Builder, y: Argument, x: Argument = None, dx: Argument = 1.0, axis: Argument = -1) -> Atom:
    heights = array_of(b, y)
    rank = known_rank(heights, "trapezoid")
    place = one_axis(axis, rank)
    pairs = emit(b, "add", sliced(b, heights, place, 1, None), sliced(b, heights, place, None, -1))
    width = as_array(b, dx)
    if x is None and rank_of(width.type) == 0:
        total = emit(b, "sum", pairs, axis=place, keepdims=False)
        return emit(b, "multiply", total, emit(b, "multiply", width, 0.5))
    widths = width if x is None else _widths(b, as_array(b, x), rank, place)
    areas = emit(b, "multiply", pairs, emit(b, "multiply", widths, 0.5))
    return emit(b, "sum", areas, axis=place, keepdims=False)


def _widths(b: Builder, x: Atom, rank: int, axis: int) -> Atom:
    if known_rank(x, "trapezoid") == 1:
        return with_new_axes(b, differences(b, x, 0), tuple(range(1, rank - axis)))
    return differences(b, x, axis - rank + known_rank(x, "trapezoid"))


@lowers(np.interp)
def interp(
    b: Builder,
    x: Argument,
    xp: Argument,
    fp: Argument,
    left: Argument = None,
    right: Argument = None,
) -> Atom:
    ends = {"left": left, "right": right}
    given = {name: as_array(b, value) for name, value in ends.items() if value is not None}
    extra = {"ends": tuple(given)} if given else {}
    return emit(b, "interp", as_array(b, x), as_array(b, xp), as_array(b, fp), *given.values(), **extra)


def _mode(mode: Argument, default: str) -> dict[str, object]:
    known = static(mode, "mode")
    chosen = {0: "valid", 1: "same", 2: "full"}.get(known, known)
    if chosen not in ("valid", "same", "full"):
        raise CallError(f"mode must be one of 'valid', 'same', 'full', not {mode!r}")
    return {} if chosen == default else {"mode": chosen}


def _line(b: Builder, value: Argument) -> Atom:
    """A vector; of a number, one with a single element."""
    x = as_array(b, value)
    if known_rank(x, "a convolution") > 1:
        raise CallError("object too deep for desired array")
    return as_vector(b, x)


@lowers(np.convolve)
def convolve(b: Builder, a: Argument, v: Argument, mode: Argument = "full") -> Atom:
    return emit(b, "convolve", _line(b, a), _line(b, v), **_mode(mode, "full"))


@lowers(np.correlate)
def correlate(b: Builder, a: Argument, v: Argument, mode: Argument = "valid") -> Atom:
    return emit(b, "correlate", _line(b, a), _line(b, v), **_mode(mode, "valid"))


@lowers(np.polyval)
def polyval(b: Builder, p: Argument, x: Argument) -> Atom:
    coefficients = array_of(b, p)
    if known_rank(coefficients, "np.polyval") != 1:
        raise NotYetSupported(
            "np.polyval with coefficients that are no vector", do="add up the powers in a loop over the rows"
        )
    return emit(b, "polyval", coefficients, as_array(b, x))


@lowers(np.polyder)
def polyder(b: Builder, p: Argument, m: Argument = 1) -> Atom:
    x = array_of(b, p)
    for _ in range(integer(m, "m")):
        degrees = emit(b, "arange", emit(b, "subtract", dim_atom(b, x, 0), 1), 0, -1)
        x = emit(b, "multiply", sliced(b, x, 0, None, -1), degrees)
    return x


@lowers(np.unwrap)
def unwrap(
    b: Builder, p: Argument, discont: Argument = None, axis: Argument = -1, *, period: Argument = 2 * np.pi
) -> Atom:
    x = as_array(b, p)
    rank = known_rank(x, "unwrap")
    place = one_axis(axis, rank)
    given = only_given(discont=static(discont, "discont"), period=static(period, "period"))
    return emit(b, "unwrap", x, **({} if place == rank - 1 else {"axis": place}), **given)


def _window(name: str) -> ToOne:
    def lowering(b: Builder, M: Argument) -> Atom:
        return emit(b, name, length_atom(M))

    return lowering


for _name in WINDOWS:
    lowers(getattr(np, _name))(_window(_name))


# ---- lowerings: Fourier transforms


def _frequencies(name: str) -> ToOne:
    def lowering(b: Builder, n: Argument, d: Argument = 1.0) -> Atom:
        cycles = emit(b, name, length_atom(n))
        return cycles if isinstance(d, (int, float)) and d == 1 else emit(b, "divide", cycles, d)

    return lowering


fftfreq = lowers(np.fft.fftfreq)(_frequencies("fftfreq"))
rfftfreq = lowers(np.fft.rfftfreq)(_frequencies("rfftfreq"))


def fitted(b: Builder, x: Atom, n: Argument, axis: int) -> Atom:
    """Cut or padded with zeros to length `n` along an axis."""
    if n is None:
        return x
    length = length_atom(n)
    wanted, have = length_dim(length.type), dims_or_raise(x.type, "fft")[axis]
    if wanted.same(have):
        return x
    if wanted.number is not None and have.number is not None:
        return _cut_or_padded(b, x, axis, have.offset, wanted.offset)
    shape = list(shape_atoms(b, x))
    common = emit(b, "minimum", shape[axis], length)
    shape[axis] = length
    blank = emit(b, "zeros", *shape, **unless_default(dtype_of(x.type)))
    index = (*(WHOLE,) * axis, ("slice", None, 0, None))
    return emit(b, "set_item", blank, sliced(b, x, axis, None, common), common, index=index)


def _cut_or_padded(b: Builder, x: Atom, axis: int, have: int, wanted: int) -> Atom:
    if wanted < have:
        return sliced(b, x, axis, None, wanted)
    width = tuple((0, wanted - have if k == axis else 0) for k in range(known_rank(x, "fft")))
    return emit(b, "pad", x, width=width, mode="constant")


def along_axis(axis: int, norm: str | None, rank: int | None = None) -> dict[str, object]:
    """The options of a transform that differ from NumPy's defaults."""
    given: dict[str, object] = {} if axis in (-1, rank - 1 if rank else -1) else {"axis": axis}
    return given if norm in (None, "backward") else {**given, "norm": norm}


def _transform(name: str) -> ToOne:
    """The lowering of a transform along one axis."""

    def lowering(b: Builder, a: Argument, n: Argument = None, axis: Argument = -1, norm: Argument = None) -> Atom:
        x = as_array(b, a)
        rank = known_rank(x, name)
        place = one_axis(axis, rank)
        operation = "rfft" if name == "rfft" else "fft"
        extra = along_axis(place, word(norm, "norm"), rank)
        return emit(b, operation, fitted(b, x, n, place), function=name, **extra)

    return lowering


fft = lowers(np.fft.fft)(_transform("fft"))
ifft = lowers(np.fft.ifft)(_transform("ifft"))
rfft = lowers(np.fft.rfft)(_transform("rfft"))


@lowers(np.fft.irfft)
def irfft(b: Builder, a: Argument, n: Argument = None, axis: Argument = -1, norm: Argument = None) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "irfft")
    place = one_axis(axis, rank)
    if n is None:
        n = emit(b, "multiply", emit(b, "subtract", dim_atom(b, x, place), 1), 2)
    else:
        x = _first_frequencies(b, x, n, place)
    return emit(b, "irfft", x, n, function="irfft", **along_axis(place, word(norm, "norm"), rank))


def _first_frequencies(b: Builder, x: Atom, n: Argument, axis: int) -> Atom:
    """What a transform back to length `n` reads: n // 2 + 1 frequencies."""
    length = length_atom(n)
    if isinstance(length, Const):
        return fitted(b, x, length.value // 2 + 1, axis)
    return fitted(b, x, emit(b, "add", emit(b, "floor_divide", length, 2), 1), axis)


Axes = tuple[int, ...] | None
LengthArguments = list[Argument]


def axes_and_lengths(x: Atom, s: Argument, axes: Argument) -> tuple[tuple[int, ...], LengthArguments]:
    """The axes of a transform, and to how many places each is cut or padded: None or -1 for what there is."""
    rank = known_rank(x, "a Fourier transform")
    if isinstance(s, Var) and not isinstance(s.type, Scalar):
        s = static(s, "the lengths of a Fourier transform")
    given = () if s is None else shape_operands(s)
    lengths: LengthArguments = [None if isinstance(n, Const) and n.value == -1 else n for n in given]
    if static(axes, "axes") is not None:
        chosen = repeated_axes(axes, rank, "axes")
    else:
        chosen = tuple(range(rank - len(lengths) if lengths else 0, rank))
    if lengths and len(lengths) != len(chosen):
        raise CallError("Shape and axes have different lengths.")
    return chosen, lengths or [None] * len(chosen)


def _different_axes_and_lengths(x: Atom, s: Argument, axes: Argument) -> tuple[tuple[int, ...], LengthArguments]:
    """Of a transform of real arrays, which changes a length: along one axis twice NumPy fills it up again."""
    chosen, lengths = axes_and_lengths(x, s, axes)
    if len(set(chosen)) < len(chosen):
        raise NotYetSupported("a real transform along one axis twice", do="transform along different axes")
    return chosen, lengths


def _transform_of_many(one: ToOne, default: Axes) -> ToOne:
    """The lowering of a transform over several axes: one after the other."""

    def lowering(b: Builder, a: Argument, s: Argument = None, axes: Argument = default, norm: Argument = None) -> Atom:
        x = as_array(b, a)
        for axis, n in reversed(list(zip(*axes_and_lengths(x, s, axes), strict=True))):
            x = one(b, x, n, axis, norm)
        return x

    return lowering


fft2 = lowers(np.fft.fft2)(_transform_of_many(fft, (-2, -1)))
ifft2 = lowers(np.fft.ifft2)(_transform_of_many(ifft, (-2, -1)))
fftn = lowers(np.fft.fftn)(_transform_of_many(fft, None))
ifftn = lowers(np.fft.ifftn)(_transform_of_many(ifft, None))


def _real_transform_of_many(default: Axes) -> ToOne:
    def lowering(b: Builder, a: Argument, s: Argument = None, axes: Argument = default, norm: Argument = None) -> Atom:
        x = as_array(b, a)
        (*rest, last), lengths = _different_axes_and_lengths(x, s, axes)
        x = rfft(b, x, lengths[-1], last, norm)
        for axis, n in reversed(list(zip(rest, lengths[:-1], strict=True))):
            x = fft(b, x, n, axis, norm)
        return x

    return lowering


def _real_inverse_of_many(default: Axes) -> ToOne:
    def lowering(b: Builder, a: Argument, s: Argument = None, axes: Argument = default, norm: Argument = None) -> Atom:
        x = as_array(b, a)
        (*rest, last), lengths = _different_axes_and_lengths(x, s, axes)
        for axis, n in zip(rest, lengths[:-1], strict=True):
            x = ifft(b, x, n, axis, norm)
        return irfft(b, x, lengths[-1], last, norm)

    return lowering


rfft2 = lowers(np.fft.rfft2)(_real_transform_of_many((-2, -1)))
rfftn = lowers(np.fft.rfftn)(_real_transform_of_many(None))
irfft2 = lowers(np.fft.irfft2)(_real_inverse_of_many((-2, -1)))
irfftn = lowers(np.fft.irfftn)(_real_inverse_of_many(None))


def _shift(sign: int) -> ToOne:
    def lowering(b: Builder, x: Argument, axes: Argument = None) -> Atom:
        source = as_array(b, x)
        rank = known_rank(source, "fftshift")
        places = tuple(range(rank)) if static(axes, "axes") is None else repeated_axes(axes, rank, "axes")
        halves = [emit(b, "floor_divide", dim_atom(b, source, k), 2) for k in places]
        shifts = halves if sign > 0 else [emit(b, "negative", half) for half in halves]
        return roll(b, source, tuple(shifts), places)

    return lowering


fftshift = lowers(np.fft.fftshift)(_shift(1))
ifftshift = lowers(np.fft.ifftshift)(_shift(-1))
