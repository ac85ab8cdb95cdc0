"""scipy.integrate: integrals of samples, and of functions of several variables."""

from __future__ import annotations

import numpy as np
from scipy import integrate, interpolate

from srcad.definitions.words import fixed, held, numbers

__all__ = [
    "cumulative_simpson",
    "cumulative_trapezoid",
    "dblquad",
    "fixed_quad",
    "nquad",
    "romb",
    "simpson",
    "tplquad",
    "trapezoid",
]
METHODS: dict[str, object] = {}
DESIGNS = ("newton_cotes",)  # made of their order alone


def along_last(y, x, axis):
    """Samples with the axis of integration last, and the places of the samples along it."""
    y = np.moveaxis(np.asarray(numbers(y)), axis, -1)
    if x is None:
        return y, None
    x = np.asarray(numbers(x))
    return y, x if np.ndim(x) == 1 else np.moveaxis(x, axis, -1)


def as_long(y, x):
    """Samples and their places, of which there are as many."""
    if x is not None and x.shape[-1] != y.shape[-1]:
        raise ValueError("If given, length of x along axis must be the same as y.")
    return y, x


def widths(x, dx):
    """What lies between neighbours: numbers that broadcast along the last axis."""
    if x is not None:
        return x[..., 1:] - x[..., :-1]
    return numbers(dx)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    y, x = along_last(y, x, axis)
    return np.sum(widths(x, dx) * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    y, x = along_last(y, x, axis)
    sums = np.cumsum(widths(x, dx) * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)
    if initial is not None:
        sums = np.concatenate([np.full((*sums.shape[:-1], 1), initial, dtype=sums.dtype), sums], axis=-1)
    return np.moveaxis(sums, -1, axis)


def quotient(a, b):
    """a / b, and 0 where b is."""
    zero = b == 0.0
    return np.where(zero, 0.0, a / np.where(zero, 1.0, b))


def pairs(y, x, dx):
    """Simpson's rule for an odd number of samples."""
    first, middle, last = y[..., :-2:2], y[..., 1:-1:2], y[..., 2::2]
    if x is None:
        return np.sum(first + 4.0 * middle + last, axis=-1) * (dx / 3.0)
    h = x[..., 1:] - x[..., :-1]
    h0, h1 = h[..., ::2], h[..., 1::2]
    both, ratio = h0 + h1, quotient(h0, h1)
    ends = first * (2.0 - quotient(1.0, ratio)) + last * (2.0 - ratio)
    return np.sum(both / 6.0 * (ends + middle * (both * quotient(both, h0 * h1))), axis=-1)


def last_interval(y, x, dx):
    """What Simpson's rule leaves out where the number of samples is even, by the parabola through the last three."""
    if x is None:
        h0, h1 = numbers(dx), numbers(dx)
    else:
        h0, h1 = x[..., -2] - x[..., -3], x[..., -1] - x[..., -2]
    alpha = quotient(2.0 * h1**2 + 3.0 * h0 * h1, 6.0 * (h1 + h0))
    beta = quotient(h1**2 + 3.0 * h0 * h1, 6.0 * h0)
    eta = quotient(h1**3, 6.0 * h0 * (h0 + h1))
    return alpha * y[..., -1] + beta * y[..., -2] - eta * y[..., -3]


def simpson(y, x=None, dx=1.0, axis=-1):
    y, x = as_long(*along_last(y, x, axis))
    n = y.shape[-1]
    if n % 2 == 1:
        return pairs(y, x, dx)
    if n == 2:
        step = numbers(dx) if x is None else x[..., -1] - x[..., -2]
        return 0.5 * step * (y[..., -1] + y[..., -2])
    return pairs(y[..., :-1], None if x is None else x[..., :-1], dx) + last_interval(y, x, dx)


def parabolas(y, h):
    """The integrals over all intervals but the last, each by the parabola through its ends and the next place."""
    if np.ndim(h) == 0:
        return h / 3.0 * (5.0 * y[..., :-2] / 4.0 + 2.0 * y[..., 1:-1] - y[..., 2:] / 4.0)
    left, right = h[..., :-1], h[..., 1:]
    share = left / (left + right)
    product = share * (left / right)
    ends = (3.0 - share) * y[..., :-2] - product * y[..., 2:]
    return left / 6.0 * (ends + (3.0 + product + share) * y[..., 1:-1])


def cumulative_simpson(y, x=None, dx=1.0, axis=-1, initial=None):
    samples = np.asarray(numbers(y))
    if fixed(samples.shape[axis]) < 3:
        return cumulative_trapezoid(y, x, dx, axis, initial)
    y, x = as_long(*along_last(y, x, axis))
    h = widths(x, dx)
    forward = parabolas(y, h)
    backward = parabolas(y[..., ::-1], h if np.ndim(h) == 0 else h[..., ::-1])[..., ::-1]
    parts = np.empty((*y.shape[:-1], y.shape[-1] - 1))
    parts[..., :-1:2] = forward[..., ::2]
    parts[..., 1::2] = backward[..., ::2]
    parts[..., -1] = backward[..., -1]
    sums = np.cumsum(parts, axis=-1)
    if initial is not None:
        start = np.broadcast_to(initial, (*sums.shape[:-1], 1))
        sums = np.concatenate([start, sums + start], axis=-1)
    return np.moveaxis(sums, -1, axis)


def romb(y, dx=1.0, axis=-1):
    y = np.moveaxis(np.asarray(numbers(y)), axis, -1)
    intervals = fixed(y.shape[-1]) - 1
    levels = intervals.bit_length() - 1
    if intervals < 1 or 2**levels != intervals:
        raise ValueError("Number of samples must be one plus a non-negative power of 2.")
    h = intervals * numbers(dx)
    row = [(y[..., 0] + y[..., -1]) / 2.0 * h]
    step = intervals
    for level in range(1, levels + 1):
        start = step // 2
        finer = [0.5 * (row[0] + h * np.sum(y[..., start:intervals:step], axis=-1))]
        for j in range(1, level + 1):
            finer.append(finer[j - 1] + (finer[j - 1] - row[j - 1]) / (4**j - 1))
        row, step, h = finer, start, h / 2.0
    return row[levels]


def fixed_quad(func, a, b, args=(), n=5):
    nodes, weights = np.polynomial.legendre.leggauss(fixed(n))
    places = (b - a) * (nodes + 1.0) / 2.0 + a
    return (b - a) / 2.0 * np.sum(weights * func(places, *args), axis=-1), None


def limit(end, *x):
    """The end of an interval, which may be a function of the variables outside."""
    return end(*x) if callable(end) else end


def dblquad(func, a, b, gfun, hfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    """The error is that of the outer integral."""

    def outer(x):
        ends = limit(gfun, x), limit(hfun, x)
        return integrate.quad(lambda y: func(y, x, *args), *ends, epsabs=epsabs, epsrel=epsrel)[0]

    return integrate.quad(outer, a, b, epsabs=epsabs, epsrel=epsrel)


def tplquad(func, a, b, gfun, hfun, qfun, rfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    """The error is that of the outer integral."""

    def outer(x):
        def middle(y):
            ends = limit(qfun, x, y), limit(rfun, x, y)
            return integrate.quad(lambda z: func(z, y, x, *args), *ends, epsabs=epsabs, epsrel=epsrel)[0]

        return integrate.quad(middle, limit(gfun, x), limit(hfun, x), epsabs=epsabs, epsrel=epsrel)[0]

    return integrate.quad(outer, a, b, epsabs=epsabs, epsrel=epsrel)


def nquad(func, ranges, args=()):
    """The error is that of the outer integral."""
    args = () if args is None else args

    def over(level, outer):
        ends = ranges[level]
        low, high = ends(*outer, *args) if callable(ends) else ends
        if level == 0:
            return integrate.quad(lambda x: func(x, *outer, *args), low, high)
        return integrate.quad(lambda x: over(level - 1, (x, *outer))[0], low, high)

    return over(len(ranges) - 1, ())


# ---- events of initial value problems


def event_residual(event, sol, args):
    """An event along a solution, at some times."""

    def residual(te):
        values = np.zeros(len(te))
        for k in range(len(te)):
            values[k] = event(te[k], sol(te[k]), *args)
        return values

    return residual


def rows_at(sol, te, y0):
    return sol(te).T if len(te) > 0 else np.zeros((0, len(y0)))


def steps(t, status, t0, t1, te):
    """The steps of a solver, between its ends: the last one is an event, where that ends the solution."""
    last = te[len(te) - 1] if status == 1 else t1
    return np.concatenate([np.stack([t0]), t[1:-1], np.stack([last])])


# ---- boundary value problems


def unknowns(y, p):
    """What the equations of a collocation are for: values, and behind them parameters."""
    return np.ravel(y) if p is None else np.concatenate([np.ravel(y), p])


def stretched(x, start):
    """A mesh, which moves with the ends of the one that it was made from."""
    first, last = held(start[0]), held(start[-1])
    share = (x - first) / (last - first)
    return start[0] * (1.0 - share) + start[-1] * share


def taken_apart(z, y, has_parameters):
    values = np.reshape(z[: y.size], y.shape)
    return values, z[y.size :] if has_parameters else None


def collocation(fun, bc, x, y, has_parameters):
    """The residuals of all intervals, by Simpson's rule with a cubic polynomial in the middle, and of the ends."""
    h = x[1:] - x[:-1]
    middle = x[:-1] + 0.5 * h

    def residual(z):
        values, p = taken_apart(z, y, has_parameters)
        more = (p,) if has_parameters else ()
        slope = np.asarray(fun(x, values, *more))
        left, right, before, behind = values[:, :-1], values[:, 1:], slope[:, :-1], slope[:, 1:]
        between_them = 0.5 * (left + right) - 0.125 * h * (behind - before)
        inside = np.asarray(fun(middle, between_them, *more))
        steps = right - left - h / 6.0 * (before + behind + 4.0 * inside)
        return np.concatenate([np.ravel(steps), np.ravel(np.asarray(bc(values[:, 0], values[:, -1], *more)))])

    return residual


def between(fun, x, y, p):
    """The slopes at the mesh, and the solution between its places."""
    yp = np.asarray(fun(x, y) if p is None else fun(x, y, p))
    return yp, interpolate.CubicHermiteSpline(x, y, yp, axis=1)
