"""`np.pad` by statistics of what is padded, by ramps, by odd reflections, with constants that are computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.definitions.words import refused

Numbers = Any  # a number or an array


def pad(
    array: Numbers,
    pad_width: Any,
    mode: Any = "constant",
    *,
    stat_length: Any = None,
    constant_values: Any = 0,
    end_values: Any = 0,
    reflect_type: str = "even",
) -> Numbers:
    if not isinstance(mode, str):
        refused("np.pad with a function as its mode", "pad with zeros, and store into the borders")
    x = np.asarray(array)
    widths = pad_width
    if isinstance(pad_width, dict):
        widths = [pad_width.get(k, pad_width.get(k - np.ndim(array), 0)) for k in range(x.ndim)]
        widths = [w if isinstance(w, (tuple, list)) else (w, w) for w in widths]
    for k in range(x.ndim):
        before, after = _pair(widths, k)
        if mode == "constant" or mode == "empty":
            low, high = _pair(constant_values, k)
            x = np.concatenate((_slab(x, low, before, k), x, _slab(x, high, after, k)), axis=k)
        elif mode == "linear_ramp":
            low, high = _pair(end_values, k)
            x = _with_ramps(x, low, high, before, after, k)
        elif mode in ("reflect", "symmetric"):
            x = _reflected(x, before, after, k, mode == "symmetric", reflect_type == "odd")
        else:
            left, right = (None, None) if stat_length is None else _pair(stat_length, k)
            low, high = _statistic(x, mode, left, k, False), _statistic(x, mode, right, k, True)
            x = np.concatenate((_slab(x, low, before, k), x, _slab(x, high, after, k)), axis=k)
    return x


def _pair(values: Any, k: int) -> Any:
    """What stands for before and behind along an axis: given once, for all axes, or for each."""
    if not isinstance(values, (tuple, list)):
        if np.ndim(values) == 0:
            return values, values
        if np.ndim(values) == 1:
            return (values[0], values[-1])
        return (values[k if len(values) > 1 else 0, 0], values[k if len(values) > 1 else 0, -1])
    first = values[0]
    if not isinstance(first, (tuple, list)) and np.ndim(first) == 0:
        return values[0], values[-1]
    row = values[k] if len(values) > 1 else first
    return row[0], row[-1]


def _slab(x: Numbers, value: Numbers, count: int, axis: int) -> Numbers:
    """Some places along an axis, all with what broadcasts to one of them."""
    shape = tuple([count if n == axis else x.shape[n] for n in range(x.ndim)])
    return np.broadcast_to(np.asarray(value).astype(x.dtype), shape)


def _statistic(x: Numbers, mode: str, length: Any, axis: int, last: bool) -> Numbers:
    if length is None:
        part = x
    else:
        n = x.shape[axis]
        count = min(length, n)
        kept = np.arange(n - count, n) if last else np.arange(count)
        part = np.take(x, kept, axis=axis)
    if mode == "maximum":
        return np.max(part, axis=axis, keepdims=True)
    if mode == "minimum":
        return np.min(part, axis=axis, keepdims=True)
    if mode in ("mean", "median"):
        middle = np.mean(part, axis=axis, keepdims=True) if mode == "mean" else np.median(part, axis, keepdims=True)
        return np.rint(middle) if x.dtype.kind in "iu" else middle
    raise ValueError("mode '" + mode + "' is not supported")


def _with_ramps(x: Numbers, low: Numbers, high: Numbers, before: int, after: int, axis: int) -> Numbers:
    first, last = np.take(x, [0], axis=axis), np.take(x, [-1], axis=axis)
    shape = tuple([-1 if n == axis else 1 for n in range(x.ndim)])
    whole = x.dtype.kind in "iu"
    dtype = float if whole else x.dtype
    rise = (np.arange(before) / max(before, 1)).astype(dtype).reshape(shape)
    fall = (np.arange(after)[::-1] / max(after, 1)).astype(dtype).reshape(shape)
    start, end = low + (first - low) * rise, high + (last - high) * fall
    if whole:
        start, end = np.floor(start), np.floor(end)
    return np.concatenate((start.astype(x.dtype), x, end.astype(x.dtype)), axis=axis)


def _reflected(x: Numbers, before: int, after: int, axis: int, with_edge: bool, odd: bool) -> Numbers:
    """The array goes on as if there were mirrors at its ends; odd: about the points at its ends."""
    n = x.shape[axis]
    if n == 1 and not with_edge:
        return np.take(x, np.zeros(before + 1 + after, dtype=int), axis=axis)
    places = np.arange(-before, n + after)
    turn = n if with_edge else n - 1
    rounds, place = places // (2 * turn), places % (2 * turn)
    straight = place < n if with_edge else place <= turn
    source = np.where(straight, place, 2 * turn - place - (1 if with_edge else 0))
    taken = np.take(x, source, axis=axis)
    if not odd:
        return taken
    shape = tuple([-1 if k == axis else 1 for k in range(x.ndim)])
    first, last = np.take(x, [0], axis=axis), np.take(x, [-1], axis=axis)
    turned = np.where(straight.reshape(shape), taken, 2 * last - taken)
    return turned + (2 * rounds).astype(x.dtype).reshape(shape) * (last - first)
