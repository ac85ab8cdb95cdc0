"""scipy.ndimage: linear filters, filters by rank, measurements. Interpolation stands in `sampled`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from srcad.definitions.borders import (
    Numbers,
    as_kind,
    chosen_axes,
    extended,
    image,
    known_mode,
    per_axis,
    plain_output,
    reach,
)
from srcad.definitions.morphology import (
    black_tophat,
    grey_closing,
    grey_dilation,
    grey_erosion,
    grey_opening,
    morphological_gradient,
    white_tophat,
)
from srcad.definitions.sampled import (
    affine_transform,
    map_coordinates,
    rotate,
    shift,
    spline_filter,
    spline_filter1d,
    zoom,
)
from srcad.definitions.words import fixed, refused

__all__ = [
    "affine_transform",
    "black_tophat",
    "center_of_mass",
    "convolve",
    "convolve1d",
    "correlate",
    "correlate1d",
    "gaussian_filter",
    "gaussian_filter1d",
    "gaussian_gradient_magnitude",
    "gaussian_laplace",
    "grey_closing",
    "grey_dilation",
    "grey_erosion",
    "grey_opening",
    "laplace",
    "map_coordinates",
    "maximum",
    "maximum_filter",
    "maximum_filter1d",
    "mean",
    "median",
    "median_filter",
    "minimum",
    "minimum_filter",
    "minimum_filter1d",
    "morphological_gradient",
    "percentile_filter",
    "prewitt",
    "rank_filter",
    "rotate",
    "shift",
    "sobel",
    "spline_filter",
    "spline_filter1d",
    "standard_deviation",
    "sum",
    "sum_labels",
    "uniform_filter",
    "uniform_filter1d",
    "variance",
    "white_tophat",
    "zoom",
]
METHODS: dict[str, object] = {}

# ---- linear filters


def along(x: Numbers, weights: Numbers, axis: int, mode: str, cval: Any, origin: Any) -> Numbers:
    """Of one axis: the sums of the elements in a window, with weights."""
    how = known_mode(mode)
    back, ahead = reach(len(weights), origin)
    moved = x - cval if how == "constant" and not is_zero(cval) else x
    running = signal.lfilter(weights[::-1], [1.0], extended(moved, axis, back, ahead, how), axis=axis)
    found = np.moveaxis(np.moveaxis(running, axis, 0)[back + ahead :], 0, axis)
    return as_kind(found + cval * np.sum(weights) if how == "constant" and not is_zero(cval) else found, x)


def is_zero(value: Any) -> bool:
    return isinstance(value, (int, float)) and value == 0


def doubles(weights: Any) -> Numbers:
    return np.asarray(weights, dtype=np.float64)


def correlate1d(
    input: Any,
    weights: Any,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    plain_output(output)
    x = image(input)
    return along(x, doubles(weights), axis % x.ndim, mode, cval, origin)


def convolve1d(
    input: Any,
    weights: Any,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    plain_output(output)
    x, w = image(input), doubles(weights)
    even = 1 - len(w) % 2
    return along(x, w[::-1], axis % x.ndim, mode, cval, -origin - even)


def weighted_windows(x: Numbers, w: Numbers, mode: str, cval: Any, origins: Any) -> Numbers:
    """The sums of the elements in windows of all axes."""
    how = known_mode(mode)
    shifted = how == "constant" and not is_zero(cval)
    grown = x - cval if shifted else x
    turned = w
    for axis in range(x.ndim):
        axis = fixed(axis)
        back, ahead = reach(w.shape[axis], origins[axis])
        grown = extended(grown, axis, back, ahead, how)
        turned = np.flip(turned, axis)
    found = signal.convolve(grown, turned, mode="valid")
    return as_kind(found + cval * np.sum(w) if shifted else found, x)


def correlate(
    input: Any,
    weights: Any,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    if axes is not None:
        refused("scipy.ndimage.correlate with axes=", "give the weights axes of length one instead.")
    x = image(input)
    return weighted_windows(x, doubles(weights), mode, cval, per_axis(origin, x.ndim))


def convolve(
    input: Any,
    weights: Any,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    if axes is not None:
        refused("scipy.ndimage.convolve with axes=", "give the weights axes of length one instead.")
    x, w = image(input), doubles(weights)
    origins = [-o - (1 - n % 2) for o, n in zip(per_axis(origin, x.ndim), w.shape, strict=True)]
    return weighted_windows(x, np.flip(w), mode, cval, origins)


def gaussian_kernel(sigma: Any, order: int, radius: Any) -> Numbers:
    """The weights of a Gaussian, or of a derivative of it: it times a polynomial, whose coefficients are computed."""
    places = np.arange(-radius, radius + 1.0)
    density = np.exp(-0.5 / (sigma * sigma) * places**2)
    density = density / np.sum(density)
    if order == 0:
        return density
    coefficients = [1.0]
    for _ in range(order):
        derived = [*[k * c for k, c in enumerate(coefficients)][1:], 0.0, 0.0]
        scaled = [0.0, *[-c / (sigma * sigma) for c in coefficients]]
        coefficients = [a + b for a, b in zip(derived, scaled, strict=True)]
    factor: Numbers = coefficients[-1]
    for c in coefficients[-2::-1]:
        factor = factor * places + c
    return factor * density


def radius_of(sigma: Any, truncate: Any, radius: Any) -> Any:
    return int(truncate * float(sigma) + 0.5) if radius is None else radius


def gaussian_filter1d(
    input: Any,
    sigma: Any,
    axis: int = -1,
    order: int = 0,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    *,
    radius: Any = None,
) -> Numbers:
    plain_output(output)
    x = image(input)
    kernel = gaussian_kernel(sigma, fixed(order), radius_of(sigma, truncate, radius))
    return along(x, kernel[::-1], axis % x.ndim, mode, cval, 0)


def gaussian_filter(
    input: Any,
    sigma: Any,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    *,
    radius: Any = None,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    x = image(input)
    where = chosen_axes(axes, x.ndim)
    count = len(where)
    sigmas, orders, modes, radii = (per_axis(value, count) for value in (sigma, order, mode, radius))
    for k in range(count):
        k = fixed(k)
        if isinstance(sigmas[k], (int, float)) and sigmas[k] <= 1e-15:
            continue
        x = gaussian_filter1d(x, sigmas[k], where[k], orders[k], None, modes[k], cval, truncate, radius=radii[k])
    return x


def uniform_filter1d(
    input: Any, size: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: Any = 0
) -> Numbers:
    plain_output(output)
    x = image(input)
    return along(x, np.ones(size) / size, axis % x.ndim, mode, cval, origin)


def uniform_filter(
    input: Any,
    size: Any = 3,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    x = image(input)
    where = chosen_axes(axes, x.ndim)
    count = len(where)
    sizes, modes, origins = (per_axis(value, count) for value in (size, mode, origin))
    for k in range(count):
        k = fixed(k)
        x = uniform_filter1d(x, sizes[k], where[k], None, modes[k], cval, origins[k])
    return x


def edges(x: Numbers, smoothing: Any, axis: int, mode: Any, cval: Any) -> Numbers:
    """Differences along an axis, smoothed along the others."""
    modes, axis = per_axis(mode, x.ndim), axis % x.ndim
    found = along(x, np.array([-1.0, 0.0, 1.0]), axis, modes[axis], cval, 0)
    for k in range(x.ndim):
        k = fixed(k)
        if k != axis:
            found = along(found, np.array(smoothing), k, modes[k], cval, 0)
    return found


def sobel(input: Any, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0) -> Numbers:
    plain_output(output)
    return edges(image(input), [1.0, 2.0, 1.0], axis, mode, cval)


def prewitt(input: Any, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0) -> Numbers:
    plain_output(output)
    return edges(image(input), [1.0, 1.0, 1.0], axis, mode, cval)


def laplace(input: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *, axes: Any = None) -> Numbers:
    plain_output(output)
    x = image(input)
    where = chosen_axes(axes, x.ndim)
    modes = per_axis(mode, len(where))
    weights = np.array([1.0, -2.0, 1.0])
    found = along(x, weights, where[0], modes[0], cval, 0)
    for k in range(1, len(where)):
        k = fixed(k)
        found = found + along(x, weights, where[k], modes[k], cval, 0)
    return found


def curved(
    input: Any, sigma: Any, order: int, mode: Any, cval: Any, axes: Any, truncate: Any, radius: Any
) -> list[Numbers]:
    """For each axis the Gaussian filter that takes derivatives of an order along it."""
    x = image(input)
    where = chosen_axes(axes, x.ndim)
    found = []
    for k in range(len(where)):
        k = fixed(k)
        orders = [order if k == j else 0 for j in range(len(where))]
        found.append(gaussian_filter(x, sigma, orders, None, mode, cval, truncate, radius=radius, axes=axes))
    return found


def gaussian_laplace(
    input: Any,
    sigma: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    *,
    axes: Any = None,
    truncate: Any = 4.0,
    radius: Any = None,
) -> Numbers:
    plain_output(output)
    parts = curved(input, sigma, 2, mode, cval, axes, truncate, radius)
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found


def gaussian_gradient_magnitude(
    input: Any,
    sigma: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    *,
    axes: Any = None,
    truncate: Any = 4.0,
    radius: Any = None,
) -> Numbers:
    plain_output(output)
    parts = curved(input, sigma, 1, mode, cval, axes, truncate, radius)
    found = parts[0] ** 2
    for part in parts[1:]:
        found = found + part**2
    return np.sqrt(found)


# ---- filters by rank: one element of each window


def windows(input: Any, size: Any, footprint: Any, mode: Any, cval: Any, origin: Any, axes: Any) -> Numbers:
    """The elements in each window, along a new last axis."""
    x = image(input)
    if axes is not None:
        refused("a filter of scipy.ndimage by rank with axes=", "give a size of one for the other axes.")
    lengths = per_axis(size, x.ndim) if footprint is None else list(np.shape(footprint))
    modes, origins = per_axis(mode, x.ndim), per_axis(origin, x.ndim)
    grown = x
    for axis in range(x.ndim):
        axis = fixed(axis)
        back, ahead = reach(lengths[axis], origins[axis])
        grown = extended(grown, axis, back, ahead, known_mode(modes[axis]), cval)
    places = np.lib.stride_tricks.sliding_window_view(grown, tuple(lengths))
    flat = np.reshape(places, (*x.shape, -1))
    return flat if footprint is None else flat[..., np.flatnonzero(footprint)]


def maximum_filter(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    return np.max(windows(input, size, footprint, mode, cval, origin, axes), axis=-1)


def minimum_filter(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    return np.min(windows(input, size, footprint, mode, cval, origin, axes), axis=-1)


def of_one_axis(input: Any, size: Any, axis: int, mode: str, cval: Any, origin: Any) -> Numbers:
    x = image(input)
    lengths, origins = [1] * x.ndim, [0] * x.ndim
    lengths[axis], origins[axis] = size, origin
    return windows(x, lengths, None, mode, cval, origins, None)


def maximum_filter1d(
    input: Any, size: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: Any = 0
) -> Numbers:
    plain_output(output)
    return np.max(of_one_axis(input, size, axis, mode, cval, origin), axis=-1)


def minimum_filter1d(
    input: Any, size: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: Any = 0
) -> Numbers:
    plain_output(output)
    return np.min(of_one_axis(input, size, axis, mode, cval, origin), axis=-1)


def rank_filter(
    input: Any,
    rank: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    return np.sort(windows(input, size, footprint, mode, cval, origin, axes), axis=-1)[..., rank]


def median_filter(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    found = np.sort(windows(input, size, footprint, mode, cval, origin, axes), axis=-1)
    return found[..., found.shape[-1] // 2]


def percentile_filter(
    input: Any,
    percentile: Any,
    size: Any = None,
    footprint: Any = None,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Numbers:
    plain_output(output)
    found = np.sort(windows(input, size, footprint, mode, cval, origin, axes), axis=-1)
    n, share = found.shape[-1], percentile + 100.0 if percentile < 0 else percentile
    return found[..., -1] if share == 100 else found[..., int(float(n) * share / 100.0)]


# ---- measurements


def measured(function: Any, input: Any, labels: Any, index: Any) -> Numbers:
    """A function of the elements under a label (the last axis of the array), or under each of several."""
    x = np.ravel(image(input))
    if labels is None:
        return function(x)
    marks = np.ravel(np.broadcast_to(np.asarray(labels), np.shape(input)))
    if index is None:
        return function(x[marks > 0])
    if np.ndim(index) == 0:
        return function(x[marks == index])
    return np.array([function(x[marks == mark]) for mark in index])


def sum_labels(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.sum, input, labels, index)


def sum(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.sum, input, labels, index)


def mean(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.mean, input, labels, index)


def variance(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.var, input, labels, index)


def standard_deviation(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.std, input, labels, index)


def maximum(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.max, input, labels, index)


def minimum(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.min, input, labels, index)


def median(input: Any, labels: Any = None, index: Any = None) -> Numbers:
    return measured(np.median, input, labels, index)


def center_of_mass(input: Any, labels: Any = None, index: Any = None) -> Any:
    if labels is not None:
        refused("scipy.ndimage.center_of_mass with labels", "multiply the image with labels == k first.")
    x = image(input)
    whole = np.sum(x)
    found = []
    for axis in range(x.ndim):
        axis = fixed(axis)
        others = tuple(k for k in range(x.ndim) if k != axis)
        found.append(np.sum(np.sum(x, axis=others) * np.arange(x.shape[axis])) / whole)
    return tuple(found)
