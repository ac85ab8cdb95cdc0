"""Arrays that go on beyond their borders, as scipy.ndimage has it: what filters and interpolation stand on."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.definitions.words import fixed, numbers, refused

Numbers = Any  # a number or an array
MODES = {
    "reflect": "reflect",
    "grid-mirror": "reflect",
    "mirror": "mirror",
    "nearest": "nearest",
    "wrap": "wrap",
    "grid-wrap": "wrap",
    "constant": "constant",
    "grid-constant": "constant",
}


def image(x: Numbers) -> Numbers:
    """What is filtered, as an array of floats."""
    return np.asarray(numbers(x))


def per_axis(values: Any, count: int) -> Any:
    """An option that is given once, or for each of several axes."""
    if isinstance(values, (tuple, list)):
        return list(values)
    if values is None or isinstance(values, (str, int, float)) or np.ndim(values) == 0:
        return [values] * count
    return [values[k] for k in range(count)]


def chosen_axes(axes: Any, rank: int) -> Any:
    if axes is None:
        return [fixed(k) for k in range(rank)]
    return [axis % rank for axis in axes] if isinstance(axes, (tuple, list)) else [axes % rank]


def known_mode(mode: str) -> str:
    if mode not in MODES:
        raise RuntimeError("boundary mode not supported")
    return MODES[mode]


def folded(places: Numbers, n: Any, mode: str) -> Numbers:
    """Places on an axis of length n, those beyond its ends brought back."""
    if mode == "nearest":
        return np.clip(places, 0, n - 1)
    if mode == "wrap":
        return places % n
    if mode == "reflect":
        turned = places % (2 * n)
        return np.where(turned < n, turned, 2 * n - 1 - turned)
    period = np.maximum(2 * n - 2, 1)
    turned = places % period
    return np.where(turned < n, turned, period - turned)


def extended(x: Numbers, axis: int, before: Any, after: Any, mode: str, value: Any = 0.0) -> Numbers:
    """An array with more elements at both ends of an axis."""
    n = x.shape[axis]
    if mode == "constant":
        shape = list(x.shape)
        shape[axis] = before
        low = np.full(tuple(shape), value, dtype=x.dtype)
        shape[axis] = after
        high = np.full(tuple(shape), value, dtype=x.dtype)
        return np.concatenate((low, x, high), axis=axis)
    low = np.take(x, folded(np.arange(-before, 0), n, mode), axis=axis)
    high = np.take(x, folded(np.arange(n, n + after), n, mode), axis=axis)
    return np.concatenate((low, x, high), axis=axis)


def reach(length: Any, origin: Any) -> Any:
    """How far a window of this length reaches back and ahead."""
    back = length // 2 + origin
    return back, length - 1 - back


def as_kind(y: Numbers, x: Numbers) -> Numbers:
    """A result in the dtype of the image."""
    return y if y.dtype == x.dtype else y.astype(x.dtype)


def plain_output(output: Any) -> None:
    if output is not None:
        refused("a filter of scipy.ndimage with output=", "use the result that it returns.")


def option(value: Any) -> Any:
    """An option that must be known beforehand, or stays None."""
    return None if value is None else fixed(value)
