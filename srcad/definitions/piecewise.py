"""Piecewise polynomials of scipy.interpolate. They move with their values, their knots, and where they are evaluated.

Coefficients are those of powers of the distance to the knot on the left, highest first, along the first axis; intervals
lie along the second one.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import linalg

from srcad.definitions.words import fixed, floats, held, refused, single


def intervals(x, t):
    """The interval in which each place lies, those outside in the first and the last one."""
    return np.clip(np.searchsorted(held(x), held(t), side="right") - 1, 0, len(x) - 2)


def column(a, y):
    """A vector as it broadcasts along the first axis of y."""
    return np.reshape(a, (len(a), *[1 for _ in range(np.ndim(y) - 1)]))


def wrapped(x, t):
    """Places in the first period."""
    return x[0] + (t - x[0]) % (x[-1] - x[0])


def evaluate(c, x, t, nu, extrapolate, axis):
    """The value at t of a piecewise polynomial, or of its derivative of order nu."""
    nu, axis, order = fixed(nu), fixed(axis), fixed(c.shape[0])
    t = floats(t)
    if extrapolate == "periodic":
        t = wrapped(x, t)
    i = intervals(x, t)
    d = t - x[i]
    if np.ndim(c) > 2:
        d = np.reshape(d, (*np.shape(t), *[1 for _ in range(np.ndim(c) - 2)]))
    value = horner(c, i, d, order, nu)
    if extrapolate is False:
        out = (t < x[0]) | (t > x[-1])
        if np.ndim(c) > 2:
            out = np.reshape(out, d.shape)
        value = np.where(out, np.nan, value)
    return at_axis(value, np.ndim(t), axis)


def horner(c, i, d, order, nu):
    """The value of each polynomial, or of its derivative."""
    if nu >= order:
        return 0.0 * (c[0, i] * d)
    value = factor(order - 1, nu) * c[0, i]
    for j in [*range(1, order - nu)]:
        value = value * d + factor(order - 1 - j, nu) * c[j, i]
    return value + 0.0 * d if order - nu == 1 else value


def factor(power, nu):
    """What the derivative of order nu multiplies a power by."""
    return 1.0 if nu == 0 else float(math.factorial(power) // math.factorial(power - nu))


def at_axis(value, places, axis):
    """The axes of the places moved from the front to where the axis of interpolation was."""
    if axis == 0 or places == 0:
        return value
    return np.moveaxis(value, (*range(places),), (*range(axis, axis + places),))


def derivative_of(c, nu):
    order = fixed(c.shape[0])
    if nu >= order:
        return 0.0 * c[:1]
    powers = [factor(order - 1 - j, nu) for j in [*range(order - nu)]]
    return c[: order - nu] * column(np.array(powers), c)


def antiderivative_of(c, x, nu):
    for _ in [*range(nu)]:
        order = fixed(c.shape[0])
        higher = c / column(np.array([float(order - j) for j in [*range(order)]]), c)
        h = x[1:] - x[:-1]
        steps = h if np.ndim(c) == 2 else column(h, c[0])
        whole = higher[0] * steps
        for j in [*range(1, order)]:
            whole = (whole + higher[j]) * steps
        start = np.cumsum(whole, axis=0) - whole
        c = np.concatenate([higher, start[None]])
    return c


class PPoly:
    """A piecewise polynomial."""

    def __init__(self, c, x, extrapolate=None, axis=0):
        self.c, self.x = np.asarray(floats(c)), np.asarray(floats(x))
        self.extrapolate = True if extrapolate is None else extrapolate
        self.axis = axis

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
    return evaluate(self.c, self.x, x, nu, how, self.axis)


def derivative(self, nu=1):
    nu = fixed(nu)
    if nu < 0:
        return antiderivative(self, -nu)
    return PPoly(derivative_of(self.c, nu), self.x, self.extrapolate, self.axis)


def antiderivative(self, nu=1):
    nu = fixed(nu)
    if nu <= 0:
        return derivative(self, -nu)
    how = False if self.extrapolate == "periodic" else self.extrapolate
    return PPoly(antiderivative_of(self.c, self.x, nu), self.x, how, self.axis)


def integral(self, a, b, extrapolate=None):
    how = self.extrapolate if extrapolate is None else extrapolate
    if how == "periodic":
        refused("the integral of a periodic spline", "integrate over one period with extrapolate=False.")
    c = antiderivative_of(self.c, self.x, 1)
    return evaluate(c, self.x, b, 0, how, self.axis) - evaluate(c, self.x, a, 0, how, self.axis)


def hermite(x, y, s):
    """The coefficients of the cubic polynomials with values y and slopes s at the knots."""
    h = column(x[1:] - x[:-1], y)
    slope = (y[1:] - y[:-1]) / h
    t = (s[:-1] + s[1:] - 2.0 * slope) / h
    return np.stack([t / h, (slope - s[:-1]) / h - t, s[:-1], y[:-1]])


def prepared(x, y, axis):
    """Knots and values, with the axis of interpolation first."""
    x, y = np.asarray(floats(x)), np.asarray(floats(y))
    axis = fixed(axis)
    if axis < 0:
        axis = axis + np.ndim(y)
    return x, np.moveaxis(y, axis, 0), axis


def knotted(x, y, axis):
    """Knots, which must rise, and values."""
    x, y, axis = prepared(x, y, axis)
    if np.any(x[1:] <= x[:-1]):
        raise ValueError("`x` must be strictly increasing sequence.")
    return x, y, axis


def end_condition(condition, at):
    """One of the two conditions of a cubic spline."""
    if isinstance(condition, str):
        if condition == "clamped":
            return (1, 0.0)
        return (2, 0.0) if condition == "natural" else condition
    order, value = condition
    if fixed(order) not in (1, 2):
        raise ValueError("The specified derivative order must be 1 or 2.")
    return (fixed(order), value)


def banded(below, middle, above, b):
    """The solution of a tridiagonal system."""
    zero = np.zeros(1)
    bands = np.stack([np.concatenate([zero, above]), middle, np.concatenate([below, zero])])
    if np.ndim(b) < 3:
        return linalg.solve_banded((1, 1), bands, b)
    return np.reshape(linalg.solve_banded((1, 1), bands, np.reshape(b, (len(b), -1))), b.shape)


def solved(matrix, b):
    return np.reshape(np.linalg.solve(matrix, np.reshape(b, (len(b), -1))), b.shape)


def cubic_slopes(x, y, start, end):
    """The slopes at the knots of the twice differentiable cubic spline with these conditions at its ends."""
    n = fixed(len(y))
    h = x[1:] - x[:-1]
    hy = column(h, y)
    slope = (y[1:] - y[:-1]) / hy
    if n == 2:
        start = (1, slope[0]) if start == "not-a-knot" else start
        end = (1, slope[0]) if end == "not-a-knot" else end
    if n == 3 and start == "not-a-knot" and end == "not-a-knot":
        middle = (hy[0] * slope[1] + hy[1] * slope[0]) / (hy[0] + hy[1])
        return np.stack([2.0 * slope[0] - middle, middle, 2.0 * slope[1] - middle])
    first, above, b_first = start_row(x, y, h, hy, slope, start)
    last, below, b_last = end_row(x, y, h, hy, slope, end)
    if n == 2:
        b = np.stack([b_first, b_last])
        return solved(np.array([[first, above], [below, last]]), b)
    inner = 3.0 * (hy[1:] * slope[:-1] + hy[:-1] * slope[1:])
    b = np.concatenate([b_first[None], inner, b_last[None]])
    middle = np.concatenate([[first], 2.0 * (h[:-1] + h[1:]), [last]])
    return banded(np.concatenate([h[1:], [below]]), middle, np.concatenate([[above], h[:-1]]), b)


def start_row(x, y, h, hy, slope, condition):
    """The first equation: what the first two slopes are multiplied by, and the right side."""
    if condition == "not-a-knot":
        d = x[2] - x[0]
        return h[1], d, ((hy[0] + 2.0 * d) * hy[1] * slope[0] + hy[0] ** 2 * slope[1]) / d
    order, value = condition
    if order == 1:
        return 1.0, 0.0, value + 0.0 * y[0]
    return 2.0 * h[0], h[0], -0.5 * value * h[0] ** 2 + 3.0 * (y[1] - y[0])


def end_row(x, y, h, hy, slope, condition):
    """The last equation."""
    if condition == "not-a-knot":
        d = x[-1] - x[-3]
        return h[-2], d, (hy[-1] ** 2 * slope[-2] + (2.0 * d + hy[-1]) * hy[-2] * slope[-1]) / d
    order, value = condition
    if order == 1:
        return 1.0, 0.0, value + 0.0 * y[0]
    return 2.0 * h[-1], h[-1], 0.5 * value * h[-1] ** 2 + 3.0 * (y[-1] - y[-2])


def periodic_slopes(x, y):
    """The slopes of a periodic spline: the first one is that at the end, too."""
    h = x[1:] - x[:-1]
    hy = column(h, y)
    slope = (y[1:] - y[:-1]) / hy
    before, after = np.concatenate([h[-1:], h[:-1]]), h
    slope_before = np.concatenate([slope[-1:], slope[:-1]])
    n = len(h)
    shift = np.eye(n)
    to_next = np.concatenate([shift[1:], shift[:1]])
    matrix = np.diag(2.0 * (before + after)) + before[:, None] * to_next + after[:, None] * to_next.T
    b = 3.0 * (column(before, y) * slope + column(after, y) * slope_before)
    s = solved(matrix, b)
    return np.concatenate([s, s[:1]])


class CubicSpline(PPoly):
    """A cubic spline through points."""

    def __init__(self, x, y, axis=0, bc_type="not-a-knot", extrapolate=None):
        x, y, axis = knotted(x, y, axis)
        if isinstance(bc_type, str) and bc_type == "periodic":
            s = 0.0 * y if fixed(len(y)) == 2 else periodic_slopes(x, y)
            how = "periodic" if extrapolate is None else extrapolate
        else:
            start, end = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
            s = cubic_slopes(x, y, end_condition(start, y[0]), end_condition(end, y[0]))
            how = True if extrapolate is None else extrapolate
        self.c, self.x, self.extrapolate, self.axis = hermite(x, y, s), x, how, axis


class CubicHermiteSpline(PPoly):
    """A piecewise cubic polynomial with given values and slopes."""

    def __init__(self, x, y, dydx, axis=0, extrapolate=None):
        x, y, axis = knotted(x, y, axis)
        s = np.moveaxis(np.asarray(floats(dydx)), axis, 0)
        self.c, self.x, self.axis = hermite(x, y, s), x, axis
        self.extrapolate = True if extrapolate is None else extrapolate


def pchip_end(h0, h1, m0, m1):
    d = ((2.0 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    other = np.sign(d) != np.sign(m0)
    steep = (np.sign(m0) != np.sign(m1)) & (np.abs(d) > 3.0 * np.abs(m0))
    return np.where(other, 0.0, np.where(steep, 3.0 * m0, d))


def pchip_slopes(x, y):
    h = column(x[1:] - x[:-1], y)
    m = (y[1:] - y[:-1]) / h
    if single(m):
        return np.concatenate([m, m])
    w1, w2 = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    flat = (np.sign(m[1:]) != np.sign(m[:-1])) | (m[1:] == 0.0) | (m[:-1] == 0.0)
    before, after = np.where(flat, 1.0, m[:-1]), np.where(flat, 1.0, m[1:])
    inner = np.where(flat, 0.0, 1.0 / ((w1 / before + w2 / after) / (w1 + w2)))
    first, last = pchip_end(h[0], h[1], m[0], m[1]), pchip_end(h[-1], h[-2], m[-1], m[-2])
    if np.ndim(y) == 1:
        first, last = np.reshape(first, ()), np.reshape(last, ())
    return np.concatenate([first[None], inner, last[None]])


class PchipInterpolator(PPoly):
    """A piecewise cubic polynomial that is monotone where its values are."""

    def __init__(self, x, y, axis=0, extrapolate=None):
        x, y, axis = knotted(x, y, axis)
        self.c, self.x, self.axis = hermite(x, y, pchip_slopes(x, y)), x, axis
        self.extrapolate = True if extrapolate is None else extrapolate


def pchip_interpolate(xi, yi, x, der=0, axis=0):
    if isinstance(der, (tuple, list)):
        refused("pchip_interpolate with several derivatives at once", "call it for one after the other.")
    return PchipInterpolator(xi, yi, axis)(x, der)


def akima_slopes(x, y, method):
    m = (y[1:] - y[:-1]) / column(x[1:] - x[:-1], y)
    if single(m):
        return np.concatenate([m, m])
    before = 2.0 * m[0] - m[1]
    after = 2.0 * m[-1] - m[-2]
    ends = (2.0 * before - m[0])[None], before[None], after[None], (2.0 * after - m[-1])[None]
    m = np.concatenate([ends[0], ends[1], m, ends[2], ends[3]])
    change = np.abs(m[1:] - m[:-1])
    left, right = change[:-2], change[2:]
    if method == "makima":
        size = 0.5 * np.abs(m[1:] + m[:-1])
        left, right = left + size[:-2], right + size[2:]
    both = left + right
    settled = both > 1e-9 * np.max(both)
    weight = left / np.where(settled, both, 1.0)
    return np.where(settled, m[1:-2] + weight * (m[2:-1] - m[1:-2]), 0.5 * (m[3:] + m[:-3]))


class Akima1DInterpolator(PPoly):
    """Akima's piecewise cubic polynomial."""

    def __init__(self, x, y, axis=0, method="akima", extrapolate=None):
        x, y, axis = knotted(x, y, axis)
        self.c, self.x, self.axis = hermite(x, y, akima_slopes(x, y, method)), x, axis
        self.extrapolate = False if extrapolate is None else extrapolate


METHODS = {
    "PPoly.__call__": call,
    "PPoly.derivative": derivative,
    "PPoly.antiderivative": antiderivative,
    "PPoly.integrate": integral,
}
