"""Splines of scipy.interpolate in the basis of B-splines, and what interpolates by them."""

from __future__ import annotations

import numpy as np

from srcad.definitions.piecewise import at_axis, prepared
from srcad.definitions.words import fixed, floats, held, refused


def basis(t, k, x, last):
    """The index of the interval of each place, and the k + 1 B-splines that aren't zero there, along the last axis.

    `last`: the number of B-splines.
    """
    i = np.clip(np.searchsorted(held(t), held(x), side="right") - 1, k, last - 1)
    values = [np.ones(np.shape(x))]
    for order in [*range(1, k + 1)]:
        higher, saved = [], np.zeros(np.shape(x))
        for j in [*range(order)]:
            right, left = t[i + j + 1] - x, x - t[i + 1 - order + j]
            share = values[j] / (right + left)
            higher.append(saved + right * share)
            saved = left * share
        values = [*higher, saved]
    return i, values


def evaluate(t, c, k, x, nu, extrapolate, axis):
    """The value at x of a spline, or of its derivative of order nu."""
    k, nu, axis = fixed(k), fixed(nu), fixed(axis)
    x = floats(x)
    for _ in [*range(min(nu, k))]:
        t, c, k = derivative_of(t, c, k)
    last = len(t) - k - 1
    if extrapolate == "periodic":
        x = t[k] + (x - t[k]) % (t[last] - t[k])
    i, values = basis(t, k, x, last)
    value = 0.0
    for j in [*range(k + 1)]:
        weight = values[j]
        if np.ndim(c) > 1:
            weight = np.reshape(weight, (*np.shape(x), *[1 for _ in range(np.ndim(c) - 1)]))
        value = value + weight * c[i - k + j]
    if nu > k and nu > 0 and k == 0:
        value = value * 0.0 if nu > 1 else value
    if extrapolate is False:
        out = (x < t[k]) | (x > t[last])
        if np.ndim(c) > 1:
            out = np.reshape(out, (*np.shape(x), *[1 for _ in range(np.ndim(c) - 1)]))
        value = np.where(out, np.nan, value)
    return at_axis(value, np.ndim(x), axis)


def derivative_of(t, c, k):
    """Knots, coefficients and degree of the derivative."""
    n = len(t) - k - 1
    steps = t[k + 1 : n + k] - t[1:n]
    steps = np.reshape(steps, (len(steps), *[1 for _ in range(np.ndim(c) - 1)]))
    apart = steps != 0.0
    return t[1:-1], np.where(apart, k * (c[1:n] - c[: n - 1]) / np.where(apart, steps, 1.0), 0.0), k - 1


def antiderivative_of(t, c, k):
    """Knots, coefficients and degree of an antiderivative."""
    n = len(t) - k - 1
    steps = (t[k + 1 :] - t[:n]) / (k + 1)
    steps = np.reshape(steps, (len(steps), *[1 for _ in range(np.ndim(c) - 1)]))
    sums = np.cumsum(c[:n] * steps, axis=0)
    return np.concatenate([t[:1], t, t[-1:]]), np.concatenate([0.0 * sums[:1], sums]), k + 1


class BSpline:
    """A spline of given knots, coefficients and degree."""

    def __init__(self, t, c, k, extrapolate=True, axis=0):
        self.t, self.k = np.asarray(floats(t)), k
        if np.any(self.t[1:] < self.t[:-1]):
            raise ValueError("Knots must be in a non-decreasing order.")
        self.c = np.moveaxis(np.asarray(floats(c)), fixed(axis), 0)
        self.extrapolate, self.axis = extrapolate, axis

    @property
    def tck(self):
        return self.t, self.c, self.k

    def __call__(self, x, nu=0, extrapolate=None):
        return call(self, x, nu, extrapolate)

    def derivative(self, nu=1):
        return derivative(self, nu)

    def antiderivative(self, nu=1):
        return antiderivative(self, nu)

    def integrate(self, a, b, extrapolate=None):
        return integral(self, a, b, extrapolate)


def call(self, x, nu=0, extrapolate=None):
    how = self.extrapolate if extrapolate is None else extrapolate
    return evaluate(self.t, self.c, self.k, x, nu, how, self.axis)


def moved(self, t, c, k, how):
    return BSpline(t, np.moveaxis(c, 0, fixed(self.axis)), k, how, self.axis)


def derivative(self, nu=1):
    t, c, k = self.t, self.c, fixed(self.k)
    for _ in [*range(fixed(nu))]:
        if k == 0:
            refused("a derivative of a spline of a higher order than its degree", "it is zero.")
        t, c, k = derivative_of(t, c, k)
    return moved(self, t, c, k, self.extrapolate)


def antiderivative(self, nu=1):
    t, c, k = self.t, self.c, fixed(self.k)
    for _ in [*range(fixed(nu))]:
        t, c, k = antiderivative_of(t, c, k)
    return moved(self, t, c, k, False if self.extrapolate == "periodic" else self.extrapolate)


def integral(self, a, b, extrapolate=None):
    how = self.extrapolate if extrapolate is None else extrapolate
    if how == "periodic":
        refused("the integral of a periodic spline", "integrate over one period with extrapolate=False.")
    k = fixed(self.k)
    last = len(self.t) - k - 1
    if how is False:
        a, b = np.clip(a, self.t[k], self.t[last]), np.clip(b, self.t[k], self.t[last])
    t, c, k = antiderivative_of(self.t, self.c, k)
    return evaluate(t, c, k, b, 0, True, self.axis) - evaluate(t, c, k, a, 0, True, self.axis)


def not_a_knot(x, k):
    """Knots of an interpolating spline: its first and last ones are those of no break."""
    ends = np.repeat(x[:1], k + 1), np.repeat(x[-1:], k + 1)
    if k % 2 == 1:
        cut = (k - 1) // 2 + 1
        return np.concatenate([ends[0], x[cut : len(x) - cut], ends[1]])
    middle, cut = (x[1:] + x[:-1]) / 2.0, k // 2
    return np.concatenate([ends[0], middle[cut : len(middle) - cut], ends[1]])


def collocation(t, k, x, count):
    """The values of all B-splines at some places, a row for each place."""
    i, values = basis(t, k, x, count)
    matrix = np.zeros((len(x), count))
    rows = np.arange(len(x))
    for j in [*range(k + 1)]:
        matrix[rows, i - k + j] = values[j]
    return matrix


def solved(matrix, y):
    if np.ndim(y) < 3:
        return np.linalg.solve(matrix, y)
    return np.reshape(np.linalg.solve(matrix, np.reshape(y, (len(y), -1))), y.shape)


def interpolating(x, y, k):
    """Knots and coefficients of the spline through points."""
    if np.any(x[1:] <= x[:-1]):
        raise ValueError("x must be increasing")
    if k == 0:
        return np.concatenate([x, x[-1:]]), y
    if k == 1:
        return np.concatenate([x[:1], x, x[-1:]]), y
    t = not_a_knot(x, k)
    return t, solved(collocation(t, k, x, len(x)), y)


def with_second_derivatives(x, y, orders):
    """A cubic spline with a derivative of given order that is zero at each end: 1 clamped, 2 natural."""
    t = np.concatenate([x[:1], x[:1], x[:1], x, x[-1:], x[-1:], x[-1:]])
    n = len(x) + 2
    h0, h1 = x[1] - x[0], x[-1] - x[-2]
    g0, g1 = x[2] - x[0], x[-1] - x[-3]
    first, last = np.zeros(n), np.zeros(n)
    if orders[0] == 1:
        first[0], first[1] = -3.0 / h0, 3.0 / h0
    else:
        first[0], first[1], first[2] = 6.0 / h0**2, -6.0 / h0**2 - 6.0 / (h0 * g0), 6.0 / (h0 * g0)
    if orders[1] == 1:
        last[-1], last[-2] = 3.0 / h1, -3.0 / h1
    else:
        last[-1], last[-2], last[-3] = 6.0 / h1**2, -6.0 / h1**2 - 6.0 / (h1 * g1), 6.0 / (h1 * g1)
    matrix = np.concatenate([first[None, :], collocation(t, 3, x, n), last[None, :]])
    zero = 0.0 * y[:1]
    return t, solved(matrix, np.concatenate([zero, y, zero]))


def make_interp_spline(x, y, k=3, t=None, bc_type=None, axis=0):
    x, y, axis = prepared(x, y, axis)
    k = fixed(k)
    if bc_type in ("natural", "clamped") and k == 3 and t is None:
        order = 2 if bc_type == "natural" else 1
        t, c = with_second_derivatives(x, y, (order, order))
    elif bc_type is not None and bc_type != "not-a-knot":
        refused("make_interp_spline with this bc_type", "use CubicSpline, or bc_type='natural' or 'clamped'.")
    elif t is not None:
        t = np.asarray(floats(t))
        c = solved(collocation(t, k, x, len(x)), y)
    else:
        t, c = interpolating(x, y, k)
    return BSpline(t, np.moveaxis(c, 0, axis), k, True, axis)


def least(t, k, x, y, w):
    """The coefficients of the spline with given knots that is the closest to points."""
    matrix = collocation(t, k, x, len(t) - k - 1)
    if w is not None:
        matrix, y = matrix * w[:, None], np.reshape(w, (len(w), *[1 for _ in range(np.ndim(y) - 1)])) * y
    q, r = np.linalg.qr(matrix)
    return solved(r, np.reshape(q.T @ np.reshape(y, (len(y), -1)), (q.shape[1], *y.shape[1:])))


def make_lsq_spline(x, y, t, k=3, w=None, axis=0):
    x, y, axis = prepared(x, y, axis)
    t, k = np.asarray(floats(t)), fixed(k)
    c = least(t, k, x, y, None if w is None else np.asarray(floats(w)))
    return BSpline(t, np.moveaxis(c, 0, axis), k, True, axis)


def unsmoothed(s, w):
    if s is None or fixed(s) != 0:
        refused("a smoothing spline", "give s=0, which interpolates, or use make_interp_spline.")
    if w is not None:
        refused("a spline with weights", "leave w out.")


def splrep(x, y, w=None, xb=None, xe=None, k=3, task=0, s=0.0, t=None, full_output=0, per=0, quiet=1):
    if xb is not None or xe is not None or task != 0 or t is not None or full_output or per:
        refused("splrep with these options", "give x, y and k alone.")
    unsmoothed(0.0 if s is None and w is None else s, w)
    x, y = np.asarray(floats(x)), np.asarray(floats(y))
    k = fixed(k)
    t, c = interpolating(x, y, k)
    return t, np.concatenate([c, np.zeros(k + 1)]), k


def parts(tck):
    if isinstance(tck, BSpline):
        return tck.t, tck.c, tck.k
    t, c, k = tck
    return np.asarray(floats(t)), np.asarray(floats(c)), k


def splev(x, tck, der=0, ext=0):
    t, c, k = parts(tck)
    if ext != 0:
        refused("splev with ext=", "leave it out: outside the polynomial at the end is continued.")
    return evaluate(t, c, k, x, der, True, 0)


def splint(a, b, tck, full_output=0):
    if full_output:
        refused("splint with full_output=", "leave it out.")
    t, c, k = parts(tck)
    return integral(BSpline(t, c, k, False), a, b)


def splder(tck, n=1):
    t, c, k = parts(tck)
    made = derivative(BSpline(t, c[: len(t) - fixed(k) - 1], k), n)
    return made if isinstance(tck, BSpline) else (made.t, made.c, made.k)


def splantider(tck, n=1):
    t, c, k = parts(tck)
    made = antiderivative(BSpline(t, c[: len(t) - fixed(k) - 1], k), n)
    return made if isinstance(tck, BSpline) else (made.t, made.c, made.k)


class UnivariateSpline:
    """A spline through points."""

    def __init__(self, x, y, w=None, bbox=(None, None), k=3, s=None, ext=0, check_finite=False):
        unsmoothed(s, w)
        if ext != 0 and ext != "extrapolate":
            refused("UnivariateSpline with ext=", "leave it out.")
        if bbox[0] is not None or bbox[1] is not None:
            refused("UnivariateSpline with bbox=", "leave it out.")
        x, y = np.asarray(floats(x)), np.asarray(floats(y))
        t, c = interpolating(x, y, fixed(k))
        self.spline = BSpline(t, c, k)

    def __call__(self, x, nu=0, ext=None):
        if ext is not None and ext != 0:
            refused("UnivariateSpline with ext=", "leave it out.")
        return call(self.spline, x, nu)

    def derivative(self, n=1):
        return derivative(self.spline, n)

    def antiderivative(self, n=1):
        return antiderivative(self.spline, n)

    def integral(self, a, b):
        return integral(self.spline, a, b, False)

    def get_coeffs(self):
        return self.spline.c


class LSQUnivariateSpline(UnivariateSpline):
    """The spline with given knots that is the closest to points."""

    def __init__(self, x, y, t, w=None, bbox=(None, None), k=3, ext=0, check_finite=False):
        if ext != 0 and ext != "extrapolate":
            refused("LSQUnivariateSpline with ext=", "leave it out.")
        if bbox[0] is not None or bbox[1] is not None:
            refused("LSQUnivariateSpline with bbox=", "leave it out.")
        x, y, k = np.asarray(floats(x)), np.asarray(floats(y)), fixed(k)
        knots = np.concatenate([np.repeat(x[:1], k + 1), np.asarray(floats(t)), np.repeat(x[-1:], k + 1)])
        c = least(knots, k, x, y, None if w is None else np.asarray(floats(w)))
        self.spline = BSpline(knots, c, k)


class InterpolatedUnivariateSpline(UnivariateSpline):
    """A spline through points."""

    def __init__(self, x, y, w=None, bbox=(None, None), k=3, ext=0, check_finite=False):
        UnivariateSpline.__init__(self, x, y, w, bbox, k, 0.0, ext)


def univariate(self, x, nu=0, ext=None):
    """Of a spline from outside of the program, also of one that smoothes."""
    if (ext is not None and ext != 0) or fixed(self.ext) != 0:
        refused("UnivariateSpline with ext=", "leave it out.")
    t, c, k = self._eval_args
    return evaluate(np.asarray(floats(t)), np.asarray(floats(c)), k, x, nu, True, 0)


class RectBivariateSpline:
    """A spline through values on a grid."""

    def __init__(self, x, y, z, bbox=(None, None, None, None), kx=3, ky=3, s=0, maxit=20):
        unsmoothed(s, None)
        x, y, z = np.asarray(floats(x)), np.asarray(floats(y)), np.asarray(floats(z))
        self.kx, self.ky = fixed(kx), fixed(ky)
        self.tx, rows = interpolating(x, z, self.kx)
        self.ty, columns = interpolating(y, rows.T, self.ky)
        self.c = columns.T

    def __call__(self, x, y, dx=0, dy=0, grid=True):
        if not grid:
            return at_points(self, x, y, dx, dy)
        rows = evaluate(self.tx, self.c, self.kx, np.atleast_1d(floats(x)), dx, True, 0)
        return evaluate(self.ty, rows.T, self.ky, np.atleast_1d(floats(y)), dy, True, 0).T

    def ev(self, xi, yi, dx=0, dy=0):
        return at_points(self, xi, yi, dx, dy)


def at_points(self, x, y, dx, dy):
    x, y = floats(x), floats(y)
    tx, ty, c, kx, ky = self.tx, self.ty, self.c, self.kx, self.ky
    for _ in [*range(fixed(dx))]:
        tx, c, kx = derivative_of(tx, c, kx)
    c = c.T
    for _ in [*range(fixed(dy))]:
        ty, c, ky = derivative_of(ty, c, ky)
    c = c.T
    i, across = basis(tx, kx, x, len(tx) - kx - 1)
    j, along = basis(ty, ky, y, len(ty) - ky - 1)
    value = 0.0
    for a in [*range(kx + 1)]:
        for b in [*range(ky + 1)]:
            value = value + across[a] * along[b] * c[i - kx + a, j - ky + b]
    return value


METHODS = {
    "BSpline.__call__": call,
    "BSpline.derivative": derivative,
    "BSpline.antiderivative": antiderivative,
    "BSpline.integrate": integral,
    "UnivariateSpline.__call__": univariate,
}
