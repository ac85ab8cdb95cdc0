"""scipy.ndimage: images between their pixels, by splines up to order 3. Values and places may move."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg, ndimage, signal, special

from srcad.definitions.borders import Numbers, as_kind, extended, folded, image, option, per_axis, plain_output
from srcad.definitions.words import fixed, refused, single

PADDED = 12  # pixels by which SciPy extends an image before it is filtered, where its splines don't know the border
OF_SPLINES = {
    "reflect": "reflect",
    "grid-mirror": "reflect",
    "nearest": "reflect",
    "grid-wrap": "wrap",
}  # else "mirror"
POLES = {2: np.sqrt(8.0) - 3.0, 3: np.sqrt(3.0) - 2.0}
# whether splines between mirrors behind the last pixels take the values of the image, as those of SciPy do since 1.18
IS_EXACT = bool(abs(ndimage.spline_filter1d((0.0, 1.0), mode="reflect")[0] + 0.25) < 1e-9)


def spline_order(order: Any) -> Any:
    known = fixed(order)
    if known > 3:
        refused(f"an interpolation of scipy.ndimage of order {known}", "use order=3.")
    return known


def spline_mode(mode: str) -> str:
    return OF_SPLINES.get(mode, "mirror")


# ---- coefficients of splines


def coefficients(x: Numbers, order: int, axis: int, border: str) -> Numbers:
    """Those whose spline takes the values of `x` at all places of an axis."""
    n = x.shape[axis]
    if order < 2:
        return x
    beside, middle = (1.0, 6.0) if order == 2 else (1.0, 4.0)
    whole = middle + 2.0 * beside
    moved = np.moveaxis(x, axis, 0)
    if single(moved):
        return x
    flat = np.reshape(moved, (n, -1)) * whole
    if border == "wrap":
        found = around(flat, n, middle, beside)
    elif border == "mirror" or IS_EXACT:
        found = between(flat, n, middle, beside, border)
    else:
        z = POLES[order]
        found = recursive(np.reshape(moved, (n, -1)) * ((1.0 - z) * (1.0 - 1.0 / z)), n, z)
    return np.moveaxis(np.reshape(found, moved.shape), 0, axis)


def around(flat: Numbers, n: Any, middle: float, beside: float) -> Numbers:
    """On a circle."""
    response = middle + 2.0 * beside * np.cos(2.0 * np.pi * np.arange(n // 2 + 1) / n)
    return np.fft.irfft(np.fft.rfft(flat, axis=0) / response[:, None], n, axis=0)


def between(flat: Numbers, n: Any, middle: float, beside: float, border: str) -> Numbers:
    """Between mirrors, which stand in the middle of the last pixels, or behind these."""
    bands = np.zeros((3, n))
    bands[0, 1:], bands[1], bands[2, :-1] = beside, middle, beside
    if border == "mirror":
        bands[0, 1] += beside
        bands[2, -2] += beside
    else:
        bands[1, 0] += beside
        bands[1, -1] += beside
    return linalg.solve_banded((1, 1), bands, flat)


def recursive(flat: Numbers, n: Any, z: float) -> Numbers:
    """Between mirrors behind the last pixels: forwards, and backwards, from where SciPy starts before 1.18.

    Its first sum takes in itself at the end, where it is meant to take in the first pixel; so does this one.
    """
    powers, whole = z ** np.arange(n), z**n
    last = powers[-1]
    begun = powers @ flat + whole * (powers[:-1] @ flat[:0:-1])
    begun = begun + last * whole * (begun - last * flat[-1])
    first = flat[0] + begun * (z / (1.0 - whole * whole))
    ahead = signal.lfilter([1.0], [1.0, -z], np.concatenate((first[None], flat[1:])), axis=0)
    start = ahead[-1] * (z / (z - 1.0))
    back = np.concatenate((start[None], -z * ahead[-2::-1]))
    return signal.lfilter([1.0], [1.0, -z], back, axis=0)[::-1]


def spline_filter1d(
    input: Any, order: Any = 3, axis: int = -1, output: Any = np.float64, mode: str = "mirror"
) -> Numbers:
    if output is not np.float64:
        refused("scipy.ndimage.spline_filter1d with output=", "use the result that it returns.")
    x = np.asarray(image(input), dtype=np.float64)
    return coefficients(x, spline_order(order), axis % x.ndim, spline_mode(mode))


def spline_filter(input: Any, order: Any = 3, output: Any = np.float64, mode: str = "mirror") -> Numbers:
    if output is not np.float64:
        refused("scipy.ndimage.spline_filter with output=", "use the result that it returns.")
    x = np.asarray(image(input), dtype=np.float64)
    for axis in range(x.ndim):
        axis = fixed(axis)
        x = coefficients(x, spline_order(order), axis, spline_mode(mode))
    return x


# ---- values at places


def brought_back(places: Numbers, n: Any, mode: str) -> Numbers:
    """Places that may lie beyond an image, brought to where it has that value."""
    if mode == "nearest":
        return np.clip(places, 0.0, n - 1.0)
    if mode == "mirror":
        period = np.maximum(2.0 * n - 2.0, 1.0)
        turned = places % period
        return np.where(turned <= n - 1, turned, period - turned)
    if mode in ("reflect", "grid-mirror"):
        turned = (places + 0.5) % (2.0 * n) - 0.5
        return np.where(turned <= n - 0.5, turned, 2.0 * n - 1.0 - turned)
    if mode == "wrap":
        period = np.maximum(n - 1.0, 1.0)
        below = places + period * (np.floor(-places / period) + 1.0)
        above = places - period * np.floor(places / period)
        return np.where(places < 0, below, np.where(places > n - 1, above, places))
    if mode == "grid-wrap":
        return places % n
    return places


def weights(t: Numbers, order: int) -> list[Numbers]:
    """Those of the coefficients around a place, which lies `t` behind the middle one (or the first of two)."""
    if order == 0:
        return [np.ones_like(t)]
    if order == 1:
        return [1.0 - t, t]
    if order == 2:
        return [0.5 * (0.5 - t) ** 2, 0.75 - t * t, 0.5 * (0.5 + t) ** 2]
    s = 1.0 - t
    near, far = (t * t * (t - 2.0) * 3.0 + 4.0) / 6.0, (s * s * (s - 2.0) * 3.0 + 4.0) / 6.0
    return [s**3 / 6.0, near, far, t**3 / 6.0]


def values_at(x: Numbers, places: list[Numbers], order: int, mode: str, cval: Any, prefilter: bool) -> Numbers:
    """The image at places, given by an array for each axis."""
    if order > 1 and not prefilter and mode == "nearest":
        refused("an interpolation of scipy.ndimage with mode='nearest' and prefilter=False", "use mode='mirror'.")
    pixels = x
    ahead = 0
    grown = order > 1 and prefilter and mode in ("nearest", "grid-constant")
    if grown:
        ahead = PADDED
        for axis in range(x.ndim):
            axis = fixed(axis)
            pixels = extended(pixels, axis, PADDED, PADDED, "nearest" if mode == "nearest" else "constant", cval)
    lengths = list(pixels.shape)
    if prefilter:
        for axis in range(x.ndim):
            axis = fixed(axis)
            pixels = coefficients(pixels, order, axis, spline_mode(mode))
    inside = np.ones(places[0].shape, dtype=bool)
    terms = [(1.0, ())]
    for axis in range(x.ndim):
        axis = fixed(axis)
        n = lengths[axis]
        if mode == "constant":
            inside = inside & (places[axis] >= 0) & (places[axis] <= n - 1)
        place = brought_back(places[axis] + ahead, n, mode)
        if mode == "constant":
            place = np.where(inside, place, 0.0)
        first = np.floor(place) if order % 2 else np.floor(place + 0.5)
        shares = weights(place - first, order)
        numbers = first.astype(int) - (order // 2 if order % 2 == 0 else (order - 1) // 2)
        following = []
        for k in range(order + 1):
            k = fixed(k)
            index = numbers + k
            share = shares[k]
            if mode == "grid-constant":
                share = np.where((index >= 0) & (index < n), share, 0.0)
                index = np.clip(index, 0, n - 1)
            else:
                index = folded(index, n, "nearest" if mode == "nearest" else spline_mode(mode))
            for j in range(len(terms)):
                factor, picked = terms[fixed(j)]
                following.append((factor * share, (*picked, index)))
        terms = following
    shift_by = cval if mode == "grid-constant" else 0.0
    found = 0.0
    for j in range(len(terms)):
        factor, picked = terms[fixed(j)]
        found = found + factor * (pixels[picked] - shift_by if mode == "grid-constant" else pixels[picked])
    if mode == "grid-constant":
        found = found + shift_by
    return as_kind(np.where(inside, found, cval) if mode == "constant" else found, x)


def map_coordinates(
    input: Any,
    coordinates: Any,
    output: Any = None,
    order: Any = 3,
    mode: str = "constant",
    cval: Any = 0.0,
    prefilter: bool = True,
) -> Numbers:
    plain_output(output)
    x, places = image(input), np.asarray(coordinates, dtype=np.float64)
    each = [places[k] for k in range(x.ndim)]
    return values_at(x, each, spline_order(order), mode, cval, prefilter)


def grid(shape: Any) -> list[Numbers]:
    """The place of each pixel, along each axis."""
    rank = len(shape)
    found = []
    for k in range(rank):
        k = fixed(k)
        own = [1] * rank
        own[k] = shape[k]
        found.append(np.broadcast_to(np.reshape(np.arange(shape[k]) * 1.0, tuple(own)), tuple(shape)))
    return found


def shift(
    input: Any,
    shift: Any,
    output: Any = None,
    order: Any = 3,
    mode: str = "constant",
    cval: Any = 0.0,
    prefilter: bool = True,
) -> Numbers:
    plain_output(output)
    x = image(input)
    by = per_axis(shift, x.ndim)
    steps = grid(x.shape)
    places = [steps[k] - by[k] for k in range(x.ndim)]
    return values_at(x, places, spline_order(order), mode, cval, prefilter)


def zoom(
    input: Any,
    zoom: Any,
    output: Any = None,
    order: Any = 3,
    mode: str = "constant",
    cval: Any = 0.0,
    prefilter: bool = True,
    *,
    grid_mode: bool = False,
) -> Numbers:
    plain_output(output)
    x = image(input)
    factors = per_axis(zoom, x.ndim)
    shape = [int(round(x.shape[k] * option(factors[k]))) for k in range(x.ndim)]  # noqa: RUF046
    places = []
    steps = grid(shape)
    for k in range(len(steps)):
        k = fixed(k)
        place = steps[k]
        if grid_mode:
            places.append((place + 0.5) * (x.shape[k] / shape[k]) - 0.5)
        else:
            places.append(place * ((x.shape[k] - 1) / (shape[k] - 1) if shape[k] > 1 else 1.0))
    return values_at(x, places, spline_order(order), mode, cval, prefilter)


def affine_transform(
    input: Any,
    matrix: Any,
    offset: Any = 0.0,
    output_shape: Any = None,
    output: Any = None,
    order: Any = 3,
    mode: str = "constant",
    cval: Any = 0.0,
    prefilter: bool = True,
) -> Numbers:
    plain_output(output)
    x, a = image(input), np.asarray(matrix, dtype=np.float64)
    shape = x.shape if output_shape is None else tuple(output_shape)
    steps = grid(shape)
    if a.ndim == 1:
        by = per_axis(offset, x.ndim)
        places = [a[k] * steps[k] + by[k] for k in range(x.ndim)]
        return values_at(x, places, spline_order(order), mode, cval, prefilter)
    by = [a[k, x.ndim] for k in range(x.ndim)] if a.shape[1] == x.ndim + 1 else per_axis(offset, x.ndim)
    places = []
    for k in range(x.ndim):
        k = fixed(k)
        place = by[k]
        for j in range(x.ndim):
            j = fixed(j)
            place = place + a[k, j] * steps[j]
        places.append(place)
    return values_at(x, places, spline_order(order), mode, cval, prefilter)


def rotate(
    input: Any,
    angle: Any,
    axes: Any = (1, 0),
    reshape: bool = True,
    output: Any = None,
    order: Any = 3,
    mode: str = "constant",
    cval: Any = 0.0,
    prefilter: bool = True,
) -> Numbers:
    plain_output(output)
    x = image(input)
    if x.ndim != 2:
        refused("scipy.ndimage.rotate of other arrays than images of two axes", "rotate the planes one by one.")
    turn = fixed(angle) if reshape else angle
    c, s = special.cosdg(turn), special.sindg(turn)
    rows, columns = x.shape
    shape = turned_shape(rows, columns, fixed(angle)) if reshape else (rows, columns)
    middle = ((rows - 1) / 2.0, (columns - 1) / 2.0)
    own = ((shape[0] - 1) / 2.0, (shape[1] - 1) / 2.0)
    offset = [middle[0] - (c * own[0] + s * own[1]), middle[1] - (c * own[1] - s * own[0])]
    steps = grid(shape)
    places = [c * steps[0] + s * steps[1] + offset[0], c * steps[1] - s * steps[0] + offset[1]]
    return values_at(x, places, spline_order(order), mode, cval, prefilter)


def turned_shape(rows: Any, columns: Any, angle: float) -> Any:
    """The shape that a rotated image needs."""
    c, s = abs(float(special.cosdg(angle))), abs(float(special.sindg(angle)))
    return int(c * fixed(rows) + s * fixed(columns) + 0.5), int(s * fixed(rows) + c * fixed(columns) + 0.5)
