"""Shapes, stores, transforms: functions that are a few others put together."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.definitions.words import fixed, refused

Numbers = Any  # a number or an array


def real_if_close(a: Numbers, tol: float = 100) -> Numbers:
    x = np.asanyarray(a)
    if x.dtype.kind != "c":
        return x
    if tol > 1:
        tol = (1.1920929e-07 if x.dtype == np.complex64 else 2.220446049250313e-16) * tol
    if np.all(np.absolute(x.imag) < tol):
        return x.real
    refused(
        "np.real_if_close of numbers of which it isn't known before the run whether they are",
        "take the real part with .real.",
    )


def resize(a: Numbers, new_shape: Any) -> Numbers:
    flat = np.ravel(a)
    shape = new_shape if isinstance(new_shape, (tuple, list)) else (new_shape,)
    count = 1
    for n in shape:
        count = count * n
    return flat[np.arange(count) % len(flat)].reshape(shape)


def trim_zeros(filt: Numbers, trim: str = "fb", axis: Any = None) -> Numbers:
    x = np.asarray(filt)
    if x.ndim != 1 or axis is not None:
        refused("np.trim_zeros of an array that isn't a vector", "cut it with slices")
    absent = x == 0
    how = trim.lower()
    start = np.sum(np.cumprod(absent)) if "f" in how else 0
    if "b" not in how:
        return x[start:]
    return x[start : max(len(x) - np.sum(np.cumprod(absent[::-1])), start)]


def cumulative_sum(x: Numbers, /, *, axis: Any = None, dtype: Any = None, include_initial: bool = False) -> Numbers:
    whole = np.atleast_1d(x)
    place = _only_axis(whole, axis)
    sums = np.cumsum(whole, axis=place, dtype=dtype)
    return np.concatenate((np.zeros_like(sums.take([0], axis=place)), sums), axis=place) if include_initial else sums


def cumulative_prod(x: Numbers, /, *, axis: Any = None, dtype: Any = None, include_initial: bool = False) -> Numbers:
    whole = np.atleast_1d(x)
    place = _only_axis(whole, axis)
    made = np.cumprod(whole, axis=place, dtype=dtype)
    return np.concatenate((np.ones_like(made.take([0], axis=place)), made), axis=place) if include_initial else made


def _only_axis(x: Numbers, axis: Any) -> int:
    if axis is None and x.ndim != 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    return 0 if axis is None else axis


def matvec(x1: Numbers, x2: Numbers, /) -> Numbers:
    if np.ndim(x1) < 2 or np.ndim(x2) < 1:
        raise ValueError("matvec: an input operand does not have enough dimensions")
    return np.matmul(x1, np.expand_dims(x2, -1))[..., 0]


def vecmat(x1: Numbers, x2: Numbers, /) -> Numbers:
    if np.ndim(x1) < 1 or np.ndim(x2) < 2:
        raise ValueError("vecmat: an input operand does not have enough dimensions")
    return np.matmul(np.expand_dims(np.conjugate(x1), -2), x2)[..., 0, :]


def sliding_window_view(x: Numbers, window_shape: Any, axis: Any = None, *, writeable: bool = False) -> Numbers:
    """Each window is gathered: what it shares with others is summed in the derivative."""
    whole = np.asarray(x)
    windows = window_shape if isinstance(window_shape, (tuple, list)) else (window_shape,)
    if axis is None:
        axes: Any = tuple(range(whole.ndim))
        if len(windows) != whole.ndim:
            raise ValueError("Since axis is None, must provide window_shape for all dimensions of `x`")
    else:
        axes = axis if isinstance(axis, (tuple, list)) else (axis,)
        if len(windows) != len(axes):
            raise ValueError("Must provide matching length window_shape and axis")
    if writeable:
        refused("np.lib.stride_tricks.sliding_window_view with writeable=True", "store into the array itself")
    for k in range(len(windows)):
        place, n = axes[k] % np.asarray(x).ndim, windows[k]
        starts = np.arange(whole.shape[place] - n + 1)
        parts = [np.take(whole, starts + offset, axis=place) for offset in range(n)]
        whole = np.stack(parts, axis=-1)
    return whole


def as_strided(x: Numbers, *_: Any, **__: Any) -> Numbers:
    refused(
        "np.lib.stride_tricks.as_strided",
        "use np.lib.stride_tricks.sliding_window_view, slices, or an array of indices: these look at elements.",
    )


def tensorsolve(a: Numbers, b: Numbers, axes: Any = None) -> Numbers:
    system, right = np.asarray(a), np.asarray(b)
    if axes is not None:
        order = [k for k in range(system.ndim) if k not in axes]
        system = np.transpose(system, (*order, *axes))
    unknown = system.shape[right.ndim :]
    count = 1
    for n in unknown:
        count = count * n
    return np.linalg.solve(system.reshape(-1, count), right.ravel()).reshape(unknown)


def tensorinv(a: Numbers, ind: int = 2) -> Numbers:
    x = np.asarray(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    count = 1
    for n in x.shape[ind:]:
        count = count * n
    return np.linalg.inv(x.reshape(-1, count)).reshape((*x.shape[ind:], *x.shape[:ind]))


def hfft(a: Numbers, n: Any = None, axis: int = -1, norm: Any = None) -> Numbers:
    x = np.asarray(a)
    length = (x.shape[axis] - 1) * 2 if n is None else n
    return np.fft.irfft(np.conjugate(x), length, axis, norm=_other_way(norm))


def ihfft(a: Numbers, n: Any = None, axis: int = -1, norm: Any = None) -> Numbers:
    x = np.asarray(a)
    return np.conjugate(np.fft.rfft(x, n, axis, norm=_other_way(norm)))


def _other_way(norm: Any) -> Any:
    if norm is None or norm == "backward":
        return "forward"
    return "backward" if norm == "forward" else norm


def apply_over_axes(func: Any, a: Numbers, axes: Any) -> Numbers:
    value = np.asarray(a)
    rank = value.ndim
    for axis in axes if isinstance(axes, (tuple, list)) else (axes,):
        place = axis % rank
        result = func(value, place)
        value = result if result.ndim == value.ndim else np.expand_dims(result, place)
    return value


def sort_complex(a: Numbers) -> Numbers:
    """By the real parts, then by the imaginary ones."""
    x = np.array(a)
    order = np.lexsort((x.imag, x.real)) if x.dtype.kind == "c" else np.argsort(x, axis=-1)
    arranged = np.take_along_axis(x, order, axis=-1)
    return arranged if x.dtype.kind == "c" else arranged.astype(complex)


def histogram2d(
    x: Numbers, y: Numbers, bins: Any = 10, range: Any = None, density: Any = None, weights: Numbers = None
) -> tuple[Numbers, Numbers, Numbers]:
    pair = bins if isinstance(bins, (tuple, list)) and len(bins) == 2 else (bins, bins)
    hist, edges = _histogram((np.asarray(x), np.asarray(y)), pair, range, density, weights)
    return hist, edges[0], edges[1]


def histogramdd(
    sample: Numbers, bins: Any = 10, range: Any = None, density: Any = None, weights: Numbers = None
) -> tuple[Numbers, Any]:
    columns = sample if isinstance(sample, (tuple, list)) else columns_of(np.asarray(sample))
    given = bins if isinstance(bins, (tuple, list)) else [bins for _ in columns]
    return _histogram([np.asarray(column) for column in columns], given, range, density, weights)


def columns_of(x: Numbers) -> tuple[Numbers, ...]:
    """np.unstack(x, axis=1), which NumPy 2.0 lacks."""
    return tuple([x[:, k] for k in range(fixed(x.shape[1]))])


def _histogram(columns: Any, bins: Any, limits: Any, density: Any, weights: Numbers) -> tuple[Numbers, Any]:
    """Counts don't move with the data; sums of weights move with the weights."""
    place: Any = 0
    inside: Any = True
    count: Any = 1
    edges = [_edges(column, bins[k], None if limits is None else limits[k]) for k, column in enumerate(columns)]
    for column, edge in zip(columns, edges, strict=True):
        found = np.searchsorted(edge, column, side="right") - 1
        found = np.where(column == edge[-1], len(edge) - 2, found)
        inside = inside & (found >= 0) & (found < len(edge) - 1)
        place = place * (len(edge) - 1) + found
        count = count * (len(edge) - 1)
    hist = np.zeros(count)
    np.add.at(hist, place[inside], 1.0 if weights is None else np.asarray(weights)[inside])
    hist = hist.reshape(tuple([len(edge) - 1 for edge in edges]))
    if density:
        total = np.sum(hist)
        for k, edge in enumerate(edges):
            hist = hist / np.diff(edge).reshape(tuple([-1 if n == k else 1 for n, _ in enumerate(edges)]))
        hist = hist / total
    return hist, tuple(edges)


def _edges(x: Numbers, bins: Any, limits: Any) -> Numbers:
    if np.ndim(bins) > 0:
        return np.asarray(bins)
    low, high = (np.min(x), np.max(x)) if limits is None else limits
    widened = np.where(low == high, 0.5, 0.0)
    return np.linspace(low - widened, high + widened, bins + 1)


def astype(x: Numbers, dtype: Any, /, *, copy: bool = True) -> Numbers:
    return x.astype(dtype, copy=copy)
