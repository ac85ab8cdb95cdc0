"""What scipy.fft and scipy.signal are made of: Fourier and cosine transforms, convolutions, recursive filters."""

from __future__ import annotations

from srcad.errors import NotYetSupported
from srcad.ops import sequences
from srcad.ops.arguments import (
    dim_atom,
    dims_or_raise,
    emit,
    is_given,
    known_rank,
    many_axes,
    one_axis,
    sliced,
    word,
)
from srcad.ops.declare import Area, Argument, CallError, Index, Kind, ToOne, static
from srcad.ops.linalg import float_dtype
from srcad.ops.products import number_or_array
from srcad.ops.sequences import axes_and_lengths, fitted, overlap
from srcad.ops.shaping import array_of, flip
from srcad.ops.spelling import options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Type, dims_of, is_complex, promote

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- types


def _dct(
    x: Type, *, function: str, type: int = 2, axis: int = -1, norm: str | None = None, orthogonalize: bool | None = None
) -> Type:
    return number_or_array(float_dtype(x), dims_of(x))


def _nd_convolve(a: Type, v: Type, *, mode: str = "full") -> Type:
    left, right = dims_or_raise(a, "convolve"), dims_or_raise(v, "convolve")
    if mode == "same":  # as the first, even where that is the shorter
        return number_or_array(promote(a, v), left)
    return number_or_array(promote(a, v), [overlap(n, m, mode) for n, m in zip(left, right, strict=True)])


def _lfilter(b: Type, a: Type, x: Type, *, axis: int = -1) -> Type:
    return number_or_array(promote(b, a, x), dims_of(x))


def _lagged(g: Type, u: Type, like: Index, *, axis: int = -1) -> Type:
    return number_or_array(promote(g, u), dims_of(like) or (UNKNOWN_DIM,))


# ---- operations


def _dct_text(texts: tuple[str, ...], params: Params) -> str:
    given = options(params, {"type": 2, "axis": -1, "norm": None, "orthogonalize": None})
    return f"scipy.fft.{params['function']}({', '.join([*texts, *given])})"


def _convolve_text(texts: tuple[str, ...], params: Params) -> str:
    return f"scipy.signal.convolve({', '.join([*texts, *options(params, {'mode': 'full'})])})"


def _lfilter_text(texts: tuple[str, ...], params: Params) -> str:
    return f"scipy.signal.lfilter({', '.join([*texts, *options(params, {'axis': -1})])})"


op("dct", Kind.ALGORITHM, _dct, _dct_text, cost="dear", linear=True)
op("nd_convolve", Kind.ALGORITHM, _nd_convolve, _convolve_text, cost="dear", bilinear=True)
op("lfilter", Kind.ALGORITHM, _lfilter, _lfilter_text, cost="dear")
# sum over n of g[n] u[n - k], for as many k as the third operand is long
op("lagged_sums", Kind.CONTRACTION, _lagged, "lagged_sums({0}, {1}, len({2}), {axis})", cost="dear")

# ---- scipy.fft

FOURIER = ("fft", "ifft", "rfft", "irfft")
OF_SEVERAL = ("fft2", "ifft2", "fftn", "ifftn", "rfft2", "rfftn", "irfft2", "irfftn")


def _along(name: str) -> ToOne:
    """A transform of scipy.fft along one axis: NumPy's."""
    numpys: ToOne = getattr(sequences, name)

    def lowering(b: Builder, x: Argument, n: Argument = None, axis: Argument = -1, norm: Argument = None) -> Atom:
        return numpys(b, x, n, axis, norm)

    return lowering


def _over(name: str) -> ToOne:
    numpys: ToOne = getattr(sequences, name)
    default = (-2, -1) if name.endswith("2") else None

    def lowering(b: Builder, x: Argument, s: Argument = None, axes: Argument = default, norm: Argument = None) -> Atom:
        if is_given(s) and static(axes, "axes") is None and not isinstance(s, (tuple, list)):
            s = (s,)
        return numpys(b, x, s, axes, norm)

    return lowering


for _name in FOURIER:
    lowers(f"scipy.fft.{_name}")(_along(_name))
for _name in OF_SEVERAL:
    lowers(f"scipy.fft.{_name}")(_over(_name))

# what a cosine or sine transform of a type is the inverse of, and with which norm
INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}
INVERSE_NORM = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": None}


def _cosine(name: str) -> ToOne:
    """The lowering of a cosine or sine transform, or of its inverse: a transform of another type."""
    back, function = name.startswith("i"), name.removeprefix("i")

    def lowering(
        b: Builder,
        x: Argument,
        type: Argument = 2,
        n: Argument = None,
        axis: Argument = -1,
        norm: Argument = None,
        orthogonalize: Argument = None,
    ) -> Atom:
        source = as_array(b, x)
        rank = known_rank(source, name)
        place = one_axis(axis, rank)
        params = _of_type(static(type, "type"), word(norm, "norm"), static(orthogonalize, "orthogonalize"), back)
        return _cosine_of(b, function, fitted(b, source, n, place), place, rank, params)

    return lowering


def _of_type(kind: int, norm: str | None, orthogonalize: bool | None, back: bool) -> dict[str, object]:
    """The params of a transform that differ from the defaults."""
    if kind not in INVERSE:
        raise CallError(f"Invalid type {kind}; must be one of 1, 2, 3, 4")
    if norm not in INVERSE_NORM:
        raise CallError(f"Invalid norm value {norm!r}, should be 'backward', 'ortho' or 'forward'")
    if back:
        kind, norm = INVERSE[kind], INVERSE_NORM[norm]
    given: dict[str, object] = {} if kind == 2 else {"type": kind}
    given |= {} if norm in (None, "backward") else {"norm": norm}
    return given if orthogonalize in (None, norm == "ortho") else {**given, "orthogonalize": bool(orthogonalize)}


def _cosine_of(b: Builder, function: str, x: Atom, axis: int, rank: int, params: dict[str, object]) -> Atom:
    place = {} if axis == rank - 1 else {"axis": axis}
    if not is_complex(x.type):
        return emit(b, "dct", x, function=function, **place, **params)
    parts = [emit(b, "dct", emit(b, part, x), function=function, **place, **params) for part in ("real", "imag")]
    return emit(b, "add", parts[0], emit(b, "multiply", 1j, parts[1]))


def _cosines(name: str) -> ToOne:
    back, function = name.startswith("i"), name.removeprefix("i").removesuffix("n")

    def lowering(
        b: Builder,
        x: Argument,
        type: Argument = 2,
        s: Argument = None,
        axes: Argument = None,
        norm: Argument = None,
        orthogonalize: Argument = None,
    ) -> Atom:
        source = as_array(b, x)
        rank = known_rank(source, name)
        params = _of_type(static(type, "type"), word(norm, "norm"), static(orthogonalize, "orthogonalize"), back)
        for axis, n in zip(*axes_and_lengths(source, s, axes), strict=True):
            source = _cosine_of(b, function, fitted(b, source, n, axis), axis, rank, params)
        return source

    return lowering


for _name in ("dct", "idct", "dst", "idst"):
    lowers(f"scipy.fft.{_name}")(_cosine(_name))
    lowers(f"scipy.fft.{_name}n")(_cosines(f"{_name}n"))

# ---- scipy.signal


def _mode(mode: Argument) -> dict[str, object]:
    how = word(mode, "mode") or "full"
    if how not in ("full", "same", "valid"):
        raise CallError("acceptable mode flags are 'valid', 'same', or 'full'")
    return {} if how == "full" else {"mode": how}


def _convolved(b: Builder, a: Argument, v: Argument, mode: Argument, function: str) -> Atom:
    left, right = as_array(b, a), as_array(b, v)
    ranks = known_rank(left, function), known_rank(right, function)
    if ranks == (0, 0):
        return emit(b, "multiply", left, right)
    if ranks[0] != ranks[1]:
        raise CallError("volume and kernel should have the same dimensionality")
    return emit(b, "nd_convolve", left, right, **_mode(mode))


@lowers("scipy.signal.convolve")
def convolve(b: Builder, in1: Argument, in2: Argument, mode: Argument = "full", method: Argument = "auto") -> Atom:
    if word(method, "method") not in ("auto", "direct", "fft"):
        raise CallError("Acceptable method flags are 'auto', 'direct', or 'fft'.")
    return _convolved(b, in1, in2, mode, "convolve")


@lowers("scipy.signal.correlate")
def correlate(b: Builder, in1: Argument, in2: Argument, mode: Argument = "full", method: Argument = "auto") -> Atom:
    if word(method, "method") not in ("auto", "direct", "fft"):
        raise CallError("Acceptable method flags are 'auto', 'direct', or 'fft'.")
    return _convolved(b, in1, _turned(b, as_array(b, in2)), mode, "correlate")


def _turned(b: Builder, v: Atom) -> Atom:
    plain = emit(b, "conjugate", v) if is_complex(v.type) else v
    return plain if not known_rank(v, "correlate") else flip(b, plain)


def _by_fourier(name: str) -> ToOne:
    def lowering(b: Builder, in1: Argument, in2: Argument, mode: Argument = "full", axes: Argument = None) -> Atom:
        rank = known_rank(as_array(b, in1), name)
        if is_given(axes) and set(many_axes(axes, rank)) != set(range(rank)):
            raise NotYetSupported(f"scipy.signal.{name} along some axes", do="convolve the slices one by one")
        if any(d.number == 0 for a in (in1, in2) for d in dims_or_raise(as_array(b, a).type, name)):
            return emit(b, "zeros", 0)  # of one dimension, however many there were
        return _convolved(b, in1, in2, mode, name)

    return lowering


for _name in ("fftconvolve", "oaconvolve"):
    lowers(f"scipy.signal.{_name}")(_by_fourier(_name))


@lowers("scipy.signal.lfilter")
def lfilter(
    build: Builder, /, b: Argument, a: Argument, x: Argument, axis: Argument = -1, zi: Argument = None
) -> Atom | tuple[Atom, ...]:
    top, bottom, source = _coefficients(build, b), _coefficients(build, a), as_array(build, x)
    rank = known_rank(source, "lfilter")
    place = one_axis(axis, rank)
    along: dict[str, object] = {} if place == rank - 1 else {"axis": place}
    y = emit(build, "lfilter", top, bottom, source, **along)
    if not is_given(zi):
        return y
    return _with_state(build, (top, bottom, source, as_array(build, zi)), y, place, along)


def _coefficients(b: Builder, given: Argument) -> Atom:
    """A number is the only one."""
    x = as_array(b, given)
    return x if known_rank(x, "the coefficients of a filter") else emit(b, "ravel", array_of(b, x))


def _with_state(b: Builder, given: tuple[Atom, ...], y: Atom, axis: int, along: dict[str, object]) -> tuple[Atom, ...]:
    """From a state on, and the state behind. A state is what is added to the first elements of b * x (a[0] being 1)."""
    top, bottom, x, state = given
    n, first = dim_atom(b, x, axis), sliced(b, bottom, 0, None, 1)
    moved = emit(b, "lfilter", first, bottom, fitted(b, state, n, axis), **along)
    whole = emit(b, "add", y, moved)
    behind = emit(b, "add", n, dim_atom(b, state, axis))
    ahead = emit(b, "lfilter", top, first, fitted(b, x, behind, axis), **along)
    back = emit(b, "lfilter", bottom, first, fitted(b, whole, behind, axis), **along)
    left = emit(b, "subtract", emit(b, "add", ahead, fitted(b, state, behind, axis)), back)
    return whole, sliced(b, left, axis, n, None)
