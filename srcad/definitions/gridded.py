"""Interpolation of scipy.interpolate on lines and on grids, by polynomials, and by radial functions."""

from __future__ import annotations

import itertools

import numpy as np

from srcad.definitions.piecewise import at_axis, prepared
from srcad.definitions.splines import evaluate as evaluate_spline
from srcad.definitions.splines import interpolating
from srcad.definitions.words import entry, fixed, floats, held, refused

DEGREES = {"zero": 0, "slinear": 1, "quadratic": 2, "cubic": 3}


class interp1d:
    """A function through points."""

    def __init__(
        self, x, y, kind="linear", axis=-1, copy=True, bounds_error=None, fill_value=np.nan, assume_sorted=False
    ):
        x, y, axis = prepared(x, y, axis)
        if not assume_sorted:
            order = np.argsort(held(x), kind="mergesort")
            x, y = x[order], y[order]
        self.x, self.heights, self.axis = x, y, axis
        self.kind = DEGREES.get(kind, kind) if isinstance(kind, str) else fixed(kind)
        self.beyond = isinstance(fill_value, str)
        self.raises = not self.beyond if bounds_error is None else bounds_error
        self.fill = (
            (np.nan, np.nan) if self.beyond else fill_value if isinstance(fill_value, tuple) else (fill_value,) * 2
        )

    def __call__(self, x):
        x = floats(x)
        below, above = x < self.x[0], x > self.x[-1]
        if self.raises:
            if np.any(below):
                raise ValueError("A value in x_new is below the interpolation range.")
            if np.any(above):
                raise ValueError("A value in x_new is above the interpolation range.")
        value = at_places(self.x, self.heights, x, self.kind)
        if not self.beyond:
            if np.ndim(self.heights) > 1:
                shape = (*np.shape(x), *[1 for _ in range(np.ndim(self.heights) - 1)])
                below, above = np.reshape(below, shape), np.reshape(above, shape)
            value = np.where(below, self.fill[0], np.where(above, self.fill[1], value))
        return at_axis(value, np.ndim(x), self.axis)


def given_interp1d(self, x):
    """Of one from outside of the program."""
    x = floats(x)
    below, above = x < self.x[0], x > self.x[-1]
    if self.bounds_error and (np.any(below) or np.any(above)):
        raise ValueError("A value in x_new is outside of the interpolation range.")
    axis = fixed(self.axis)
    y = np.moveaxis(self.y, axis, 0)
    value = self._spline(x) if self._kind == "spline" else at_places(self.x, y, x, self._kind)
    if not self._extrapolate:
        value = np.where(
            wide(below, y), self._fill_value_below, np.where(wide(above, y), self._fill_value_above, value)
        )
    return at_axis(value, np.ndim(x), axis)


def at_places(x, y, t, kind):
    if not isinstance(kind, str):
        if kind == 1:
            return linear(x, y, t)
        knots, c = interpolating(x, y, kind)
        return evaluate_spline(knots, c, kind, t, 0, True, 0)
    if kind == "linear":
        return linear(x, y, t)
    places, marks = held(t), held(x)
    if kind == "nearest":
        i = np.searchsorted((marks[1:] + marks[:-1]) / 2.0, places, side="left")
    elif kind == "nearest-up":
        i = np.searchsorted((marks[1:] + marks[:-1]) / 2.0, places, side="right")
    elif kind == "previous":
        i = np.searchsorted(marks, places, side="right") - 1
    elif kind == "next":
        i = np.searchsorted(marks, places, side="left")
    else:
        refused(f"interp1d of the kind {kind}", "use another kind.")
    return y[np.clip(i, 0, len(x) - 1)]


def linear(x, y, t):
    i = np.clip(np.searchsorted(held(x), held(t)) - 1, 0, len(x) - 2)
    slope = (y[i + 1] - y[i]) / wide(x[i + 1] - x[i], y)
    return slope * wide(t - x[i], y) + y[i]


def wide(a, y):
    """Values at places, as they broadcast against the values there."""
    return a if np.ndim(y) == 1 else np.reshape(a, (*np.shape(a), *[1 for _ in range(np.ndim(y) - 1)]))


# ---- grids


class RegularGridInterpolator:
    """A function of values on a grid."""

    def __init__(self, points, values, method="linear", bounds_error=True, fill_value=np.nan):
        self.grid = rising(tuple([np.asarray(floats(p)) for p in points]))
        self.values = np.asarray(floats(values))
        self.method, self.bounds_error, self.fill_value = method, bounds_error, fill_value

    def __call__(self, xi, method=None, nu=None):
        return on_grid(self, xi, method, nu)


def on_grid(self, xi, method=None, nu=None):
    if nu is not None:
        refused("a derivative of a RegularGridInterpolator", "differentiate it by srcad.")
    how = self.method if method is None else method
    return interpolated(self.grid, self.values, xi, how, self.bounds_error, self.fill_value)


def places_of(xi, dim):
    """The coordinates of points, each as an array."""
    if isinstance(xi, tuple):
        return tuple([np.asarray(floats(x)) for x in xi])
    xi = np.asarray(floats(xi))
    if np.ndim(xi) == 1 and dim > 1:
        xi = xi[None, :]
    if np.ndim(xi) == 1:
        return (xi,)
    return tuple([xi[..., k] for k in range(dim)])


def interpolated(grid, values, xi, method, bounds_error, fill_value):
    if method not in ("linear", "nearest"):
        refused(f"interpolation on a grid by the method {method}", "use 'linear', or RectBivariateSpline.")
    places = places_of(xi, len(grid))
    out = False
    for marks, x in zip(grid, places, strict=True):
        beyond = (x < marks[0]) | (x > marks[-1])
        out = beyond if out is False else out | beyond
    if bounds_error and np.any(out):
        raise ValueError("One of the requested xi is out of bounds")
    value = nearest(grid, values, places) if method == "nearest" else multilinear(grid, values, places)
    if bounds_error or fill_value is None:
        return value
    if np.ndim(values) > len(grid):
        out = np.reshape(out, (*np.shape(out), *[1 for _ in range(np.ndim(values) - len(grid))]))
    return np.where(out, fill_value, value)


def rising(grid):
    """The lines of a grid, which must rise."""
    for marks in grid:
        if np.any(marks[1:] <= marks[:-1]):
            raise ValueError("The points along each dimension must be strictly ascending.")
    return grid


def cell(marks, x):
    return np.clip(np.searchsorted(held(marks), held(x), side="right") - 1, 0, len(marks) - 2)


def multilinear(grid, values, places):
    cells = [cell(marks, x) for marks, x in zip(grid, places, strict=True)]
    shares = [(x - marks[i]) / (marks[i + 1] - marks[i]) for marks, x, i in zip(grid, places, cells, strict=True)]
    value = 0.0
    for corner in [*itertools.product((0, 1), repeat=len(grid))]:
        weight = 1.0
        for side, share in zip(corner, shares, strict=True):
            weight = weight * (share if side == 1 else 1.0 - share)
        index = tuple([i + side for i, side in zip(cells, corner, strict=True)])
        at_corner = values[index]
        for _ in [*range(np.ndim(values) - len(grid))]:
            weight = np.expand_dims(weight, -1)
        value = value + weight * at_corner
    return value


def nearest(grid, values, places):
    index = []
    for marks, x in zip(grid, places, strict=True):
        i = cell(marks, x)
        share = (held(x) - held(marks)[i]) / (held(marks)[i + 1] - held(marks)[i])
        index.append(np.where(share <= 0.5, i, i + 1))
    return values[tuple(index)]


def interpn(points, values, xi, method="linear", bounds_error=True, fill_value=np.nan):
    grid = rising(tuple([np.asarray(floats(p)) for p in points]))
    return interpolated(grid, np.asarray(floats(values)), xi, method, bounds_error, fill_value)


# ---- polynomials


def lagrange_basis(nodes, t):
    """The value at each place of the polynomial that is 1 at one node and 0 at the others, for each node."""
    n = len(nodes)
    same = np.eye(n) > 0.5
    apart = np.prod(np.where(same, 1.0, nodes[:, None] - nodes[None, :]), axis=1)
    steps = t[..., None, None] - nodes[None, :]
    return np.prod(np.where(same, 1.0, steps), axis=-1) / apart


def through(nodes, y, t):
    t = floats(t)
    flat = np.reshape(t, (-1,)) if np.ndim(t) != 1 else t
    value = lagrange_basis(nodes, flat) @ np.reshape(y, (len(y), -1))
    return np.reshape(value, (*np.shape(t), *y.shape[1:]))


class BarycentricInterpolator:
    """The polynomial through points."""

    def __init__(self, xi, yi=None, axis=0):
        if yi is None:
            refused("a BarycentricInterpolator without values", "give them as yi.")
        self.xi, self.yi, self.axis = prepared(xi, yi, axis)

    def __call__(self, x):
        t = floats(x)
        return at_axis(through(self.xi, self.yi, t), np.ndim(t), self.axis)


class KroghInterpolator(BarycentricInterpolator):
    """The polynomial through points."""

    def __init__(self, xi, yi, axis=0):
        BarycentricInterpolator.__init__(self, xi, yi, axis)


def barycentric_interpolate(xi, yi, x, axis=0):
    return BarycentricInterpolator(xi, yi, axis)(x)


def krogh_interpolate(xi, yi, x, axis=0):
    return BarycentricInterpolator(xi, yi, axis)(x)


# ---- radial functions


def thin_plate(r):
    apart = r > 0.0
    return np.where(apart, r**2 * np.log(np.where(apart, r, 1.0)), 0.0)


KERNELS = {
    "linear": (lambda r: -r, 0),
    "thin_plate_spline": (thin_plate, 1),
    "cubic": (lambda r: r**3, 1),
    "quintic": (lambda r: -(r**5), 2),
    "multiquadric": (lambda r: -np.sqrt(r**2 + 1.0), 0),
    "inverse_multiquadric": (lambda r: 1.0 / np.sqrt(r**2 + 1.0), -1),
    "inverse_quadratic": (lambda r: 1.0 / (r**2 + 1.0), -1),
    "gaussian": (lambda r: np.exp(-(r**2)), -1),
}


def radial(kernel, epsilon, a, b):
    return kernel(epsilon * np.linalg.norm(a[:, None, :] - b[None, :, :], axis=-1))


def monomials(x, degree):
    """All products of up to `degree` coordinates."""
    columns = []
    for total in [*range(degree + 1)]:
        for chosen in [*itertools.combinations_with_replacement(tuple(range(fixed(x.shape[1]))), total)]:
            product = np.ones(len(x))
            for k in chosen:
                product = product * x[:, k]
            columns.append(product)
    return np.stack(columns, axis=1)


class RBFInterpolator:
    """A sum of radial functions and a polynomial, through points."""

    def __init__(self, y, d, neighbors=None, smoothing=0.0, kernel="thin_plate_spline", epsilon=None, degree=None):
        if neighbors is not None:
            refused("an RBFInterpolator with neighbors=", "leave it out.")
        self.y, d = np.asarray(floats(y)), np.asarray(floats(d))
        self.kernel, least = entry(KERNELS, kernel, "the kernel")
        if epsilon is None and kernel not in ("linear", "thin_plate_spline", "cubic", "quintic"):
            raise ValueError("`epsilon` must be specified for this kernel")
        self.epsilon = 1.0 if epsilon is None else epsilon
        self.degree = max(least, 0) if degree is None else fixed(degree)
        n = len(self.y)
        matrix = radial(self.kernel, self.epsilon, self.y, self.y) + np.diag(np.zeros(n) + smoothing)
        values = np.reshape(d, (n, -1))
        if self.degree >= 0:
            self.low = np.min(held(self.y), axis=0)
            high = np.max(held(self.y), axis=0)
            self.middle, half = (self.low + high) / 2.0, (high - self.low) / 2.0
            self.half = np.where(half == 0.0, 1.0, half)
            p = monomials((self.y - self.middle) / self.half, self.degree)
            count = p.shape[1]
            upper = np.concatenate([matrix, p], axis=1)
            lower = np.concatenate([p.T, np.zeros((count, count))], axis=1)
            matrix = np.concatenate([upper, lower])
            values = np.concatenate([values, np.zeros((count, values.shape[1]))])
        self.weights = np.linalg.solve(matrix, values)
        self.shape = d.shape[1:]

    def __call__(self, x):
        x = np.asarray(floats(x))
        rows = radial(self.kernel, self.epsilon, x, self.y)
        if self.degree >= 0:
            rows = np.concatenate([rows, monomials((x - self.middle) / self.half, self.degree)], axis=1)
        return np.reshape(rows @ self.weights, (len(x), *self.shape))


METHODS = {
    "RegularGridInterpolator.__call__": on_grid,
    "_Interpolator1D.__call__": given_interp1d,
}
