"""Quantiles by every method, with weights, over several axes, and those that skip NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any  # a number or an array

# the place of a quantile among n sorted elements is q n + alpha + q (1 - alpha - beta) - 1
CONTINUOUS = {
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "linear": (1.0, 1.0),
    "median_unbiased": (1.0 / 3.0, 1.0 / 3.0),
    "normal_unbiased": (3.0 / 8.0, 3.0 / 8.0),
}


def quantile(
    a: Array,
    q: Array,
    axis: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Array = None,
) -> Array:
    return _quantiles(a, np.asarray(q), axis, method, keepdims, weights, False)


def percentile(
    a: Array,
    q: Array,
    axis: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Array = None,
) -> Array:
    return _quantiles(a, np.asarray(q) / 100.0, axis, method, keepdims, weights, False)


def nanquantile(
    a: Array,
    q: Array,
    axis: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Array = None,
) -> Array:
    return _quantiles(a, np.asarray(q), axis, method, keepdims, weights, True)


def nanpercentile(
    a: Array,
    q: Array,
    axis: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Array = None,
) -> Array:
    return _quantiles(a, np.asarray(q) / 100.0, axis, method, keepdims, weights, True)


def nanmedian(a: Array, axis: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Array:
    return _quantiles(a, np.asarray(0.5), axis, "linear", keepdims, None, True)


def _quantiles(a: Array, q: Array, axis: Any, method: str, keepdims: Any, weights: Array, skips_nan: bool) -> Array:
    x = np.asarray(a)
    rank = x.ndim
    axes = tuple(range(rank)) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    places = tuple([k % rank for k in axes])
    rows = _in_rows(x, places)
    if weights is None:
        found = _by_places(rows, np.ravel(q), method, skips_nan)
    else:
        if method != "inverted_cdf":
            raise ValueError("Only method 'inverted_cdf' supports weights. Got: " + method + ".")
        found = _weighted(rows, np.ravel(q), _in_rows(_spread(weights, x, places), places), skips_nan)
    result = found[..., 0] if q.ndim == 0 else np.moveaxis(found, -1, 0)
    if q.ndim > 1:
        result = result.reshape(q.shape + result.shape[1:])
    if not keepdims:
        return result
    return np.expand_dims(result, tuple([q.ndim + k for k in places]))


def _in_rows(x: Array, axes: tuple[int, ...]) -> Array:
    """With these axes as one, the last."""
    rest = tuple([k for k in range(x.ndim) if k not in axes])
    turned = np.transpose(x, rest + axes)
    return turned if len(axes) == 1 else turned.reshape((*turned.shape[: len(rest)], -1))


def _spread(weights: Array, x: Array, axes: tuple[int, ...]) -> Array:
    """Weights for each element, from those for the places along the axes."""
    w = np.asarray(weights)
    if w.ndim == x.ndim:
        return w
    missing = tuple([k for k in range(x.ndim) if k not in axes])
    return np.broadcast_to(np.expand_dims(w, missing), x.shape)


def _by_places(rows: Array, q: Array, method: str, skips_nan: bool) -> Array:
    ordered = np.sort(rows, axis=-1)
    n = np.sum(~np.isnan(rows), axis=-1, keepdims=True) if skips_nan else rows.shape[-1]
    below, gamma = _place(n, q, method)
    low = np.clip(below, 0, np.maximum(n - 1, 0))
    high = np.clip(below + 1, 0, np.maximum(n - 1, 0))
    if skips_nan:
        lower, upper = np.take_along_axis(ordered, low, axis=-1), np.take_along_axis(ordered, high, axis=-1)
        return lower + (upper - lower) * gamma
    lower, upper = ordered[..., low], ordered[..., high]
    return np.where(np.isnan(ordered[..., -1:]), np.nan, lower + (upper - lower) * gamma)


def _place(n: Any, q: Array, method: str) -> tuple[Array, Array]:
    """The place of the lower neighbour, and the weight of the upper one."""
    if method in CONTINUOUS:
        alpha, beta = CONTINUOUS[method]
        place = n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0
        below = np.floor(np.clip(place, 0, np.maximum(n - 1, 0))).astype(int)
        return below, np.clip(place, 0, np.maximum(n - 1, 0)) - below
    if method in ("inverted_cdf", "averaged_inverted_cdf"):
        place = n * q - 1.0
        below = np.floor(place).astype(int)
        exact = place == below
        return below, np.where(exact, 0.0 if method == "inverted_cdf" else 0.5, 1.0)
    if method == "closest_observation":
        place = n * q - 1.5
        below = np.floor(place).astype(int)
        exact = (place == below) & (below % 2 == 1)
        return below, np.where(exact, 0.0, 1.0)
    place = (n - 1) * q
    below = np.floor(place).astype(int)
    if method == "lower":
        return below, np.zeros(place.shape)
    if method == "higher":
        return below, np.where(place == below, 0.0, 1.0)
    if method == "midpoint":
        return below, np.where(place == below, 0.0, 0.5)
    if method == "nearest":
        return np.round(place).astype(int), np.zeros(place.shape)
    raise ValueError(method + " is not a valid method")


def _weighted(rows: Array, q: Array, weights: Array, skips_nan: bool) -> Array:
    """The first element up to which the share of the weights is that of the quantile."""
    order = np.argsort(rows, axis=-1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=-1)
    w = np.take_along_axis(weights, order, axis=-1)
    if skips_nan:
        w = np.where(np.isnan(ordered), 0.0, w)
    share = np.cumsum(w, axis=-1)
    share = share / share[..., -1:]
    share = np.where(share == 0, -1.0, share)
    place = np.sum(share[..., None] < q, axis=-2)
    found = np.take_along_axis(ordered, np.minimum(place, rows.shape[-1] - 1), axis=-1)
    return found if skips_nan else np.where(np.isnan(ordered[..., -1:]), np.nan, found)
