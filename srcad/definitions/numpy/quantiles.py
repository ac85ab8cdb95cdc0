"""Quantiles by every method, with weights, over several axes, and those that skip NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = Any  # a number or an array

# the place of a quantile among n sorted elements is q n + alpha + q (1 - alpha - beta) - 1
CONTINUOUS = {
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "linear": (1.0, 1.0),
    "median_unbiased": (1.0 / 3.0, 1.0 / 3.0),
    "normal_unbiased": (3.0 / 8.0, 3.0 / 8.0),
}

ONE_NEIGHBOUR = ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")


def quantile(
    a: Numbers,
    q: Numbers,
    axis: Any = None,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Numbers = None,
) -> Numbers:
    return _quantiles(a, q, 1, axis, method, keepdims, weights, False)


def percentile(
    a: Numbers,
    q: Numbers,
    axis: Any = None,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Numbers = None,
) -> Numbers:
    return _quantiles(a, q, 100, axis, method, keepdims, weights, False)


def nanquantile(
    a: Numbers,
    q: Numbers,
    axis: Any = None,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Numbers = None,
) -> Numbers:
    return _quantiles(a, q, 1, axis, method, keepdims, weights, True)


def nanpercentile(
    a: Numbers,
    q: Numbers,
    axis: Any = None,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Numbers = None,
) -> Numbers:
    return _quantiles(a, q, 100, axis, method, keepdims, weights, True)


def nanmedian(a: Numbers, axis: Any = None, keepdims: Any = False) -> Numbers:
    return _quantiles(a, 0.5, 1, axis, "linear", keepdims, None, True)


def _quantiles(
    a: Numbers, q: Numbers, unit: int, axis: Any, method: str, keepdims: Any, weights: Numbers, skips_nan: bool
) -> Numbers:
    """`unit`: what `q` is of."""
    x = np.asarray(a)
    if skips_nan and x.size == 0:
        return np.nanmean(x, axis=axis, keepdims=keepdims)
    places = tuple([k % x.ndim for k in (_all_axes(x) if axis is None else _axes(axis))])
    orders = _orders(q, x) if unit == 1 else _orders(q, x) / unit
    rows, wanted = _in_rows(x, places), np.ravel(orders)
    if weights is None:
        found = _by_places(rows, wanted, method, skips_nan)
    else:
        if method != "inverted_cdf":
            raise ValueError("Only method 'inverted_cdf' supports weights. Got: " + method + ".")
        found = _weighted(rows, wanted, _in_rows(_spread(weights, x, places), places), skips_nan)
    result = found[..., 0] if orders.ndim == 0 else np.moveaxis(found, -1, 0)
    if orders.ndim > 1:
        result = result.reshape(orders.shape + result.shape[1:])
    if not keepdims:
        return result
    return np.expand_dims(result, tuple([orders.ndim + k for k in places]))


def _orders(q: Numbers, x: Numbers) -> Numbers:
    """A number counts as one of the dtype of what it is the order in."""
    narrow = isinstance(q, (int, float)) and not isinstance(q, np.generic) and x.dtype.kind == "f"
    return np.asarray(q, dtype=x.dtype) if narrow else np.asarray(q)


def _all_axes(x: Numbers) -> Any:
    return tuple(range(x.ndim))


def _axes(axis: Any) -> Any:
    return axis if isinstance(axis, (tuple, list)) else (axis,)


def _in_rows(x: Numbers, axes: tuple[int, ...]) -> Numbers:
    """With these axes as one, the last."""
    rest = tuple([k for k in range(x.ndim) if k not in axes])
    turned = np.transpose(x, rest + axes)
    return turned if len(axes) == 1 else turned.reshape((*turned.shape[: len(rest)], -1))


def _spread(weights: Numbers, x: Numbers, axes: tuple[int, ...]) -> Numbers:
    """Weights for each element, from those for the places along the axes."""
    w = np.asarray(weights)
    if w.ndim == x.ndim:
        return w
    missing = tuple([k for k in range(x.ndim) if k not in axes])
    return np.broadcast_to(np.expand_dims(w, missing), x.shape)


def _by_places(rows: Numbers, q: Numbers, method: str, skips_nan: bool) -> Numbers:
    ordered = np.sort(rows, axis=-1)
    n = np.sum(~np.isnan(rows), axis=-1, keepdims=True) if skips_nan else rows.shape[-1]
    last = np.maximum(n - 1, 0)
    if method in ONE_NEIGHBOUR:
        found = _taken(ordered, np.clip(_nearest(n, q, method), 0, last), skips_nan)
    else:
        below, gamma = _between(n, q, method)
        lower = _taken(ordered, np.clip(below, 0, last), skips_nan)
        found = lower + (_taken(ordered, np.clip(below + 1, 0, last), skips_nan) - lower) * gamma
    return found if skips_nan else np.where(np.isnan(ordered[..., -1:]), np.nan, found)


def _taken(ordered: Numbers, places: Numbers, by_row: bool) -> Numbers:
    """Elements along the last axis, at places that may be others in each row."""
    return np.take_along_axis(ordered, places, axis=-1) if by_row else ordered[..., places]


def _nearest(n: Any, q: Numbers, method: str) -> Numbers:
    """The place of the one element that is taken."""
    if method == "inverted_cdf":
        return np.ceil(n * q - 1.0).astype(int)
    if method == "closest_observation":
        place = n * q - 1.5
        below = np.floor(place).astype(int)
        return np.where((place == below) & (below % 2 == 1), below, below + 1)
    place = (n - 1) * q
    if method == "nearest":
        return np.round(place).astype(int)
    return (np.floor(place) if method == "lower" else np.ceil(place)).astype(int)


def _between(n: Any, q: Numbers, method: str) -> tuple[Numbers, Numbers]:
    """The place of the lower neighbour, and the weight of the upper one."""
    if method == "averaged_inverted_cdf":
        place = n * q - 1.0
        below = np.floor(place)
        return below.astype(int), np.where(place == below, 0.5, 1.0).astype(place.dtype)
    if method == "midpoint":
        place = (n - 1) * q
        below = np.floor(place)
        return below.astype(int), np.where(place == below, 0.0, 0.5).astype(place.dtype)
    if method not in CONTINUOUS:
        raise ValueError(method + " is not a valid method")
    alpha, beta = CONTINUOUS[method]
    place = np.clip(n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0, 0, np.maximum(n - 1, 0)).astype(q.dtype)
    below = np.floor(place)
    return below.astype(int), place - below


def _weighted(rows: Numbers, q: Numbers, weights: Numbers, skips_nan: bool) -> Numbers:
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
