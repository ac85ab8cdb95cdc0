"""Helpers of generated code: how the incomplete gamma and beta functions move with their shape parameters.

There is no closed form. Each is the integral of what a density moves by, over what lies below a place; as the whole
integral is 0, that over what lies above is its negative. Taken on the side where what is integrated has one sign, it
loses no digits. It is summed up at places that a double exponential puts ever closer to both ends.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def gammainc_by_a(a: np.ndarray | float, x: np.ndarray | float, order: int = 1) -> np.ndarray:
    """The first or the second derivative of the regularised incomplete gamma function P(a, x) in a."""

    def inside(a: np.ndarray, x: np.ndarray) -> np.ndarray:
        found, near = np.empty_like(a), x <= 1.0
        if near.any():
            found[near] = gamma_series_by_a(a[near], x[near], order)
        if not near.all():
            found[~near] = gamma_integral_by_a(a[~near], x[~near], order)
        return found

    return elements_of(inside, lambda a, x: (a > 0) & (a < np.inf) & (x >= 0), lambda x: (x > 0) & (x < np.inf), a, x)


def betainc_by_shapes(
    a: np.ndarray | float, b: np.ndarray | float, x: np.ndarray | float, in_a: int, in_b: int
) -> np.ndarray:
    """The derivative of the regularised incomplete beta function I_x(a, b): its orders in a and b are 1 or 2 in all."""

    def inside(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
        a, b, x = a[:, None], b[:, None], x[:, None]
        s = a + b
        of_a, of_b = log_less_digamma(a) - log_less_digamma(s), log_less_digamma(b) - log_less_digamma(s)
        curve = trigammas(s) - (trigammas(a) if in_a == 2 else trigammas(b) if in_b == 2 else 0.0)

        def first_of(below: np.ndarray, above: np.ndarray) -> np.ndarray:
            result: np.ndarray = below + of_a if in_a else above + of_b
            return result

        def weight(below: np.ndarray, above: np.ndarray) -> np.ndarray:
            """Of the logarithms of t / t0 and (1 - t) / (1 - t0), where t0 = a / s."""
            if in_a + in_b == 1:
                return first_of(below, above)
            other = above + of_b if in_b else below + of_a
            second: np.ndarray = first_of(below, above) * other + curve
            return second

        sign = (lambda below, above: below + of_a) if in_a else (lambda below, above: -(above + of_b))
        return beta_integral(a, b, np.log(x) - np.log1p(-x), weight, sign)

    return elements_of(inside, proper_beta, lambda x: (x > 0) & (x < 1), a, b, x)


def stdtr_by_df(df: np.ndarray | float, t: np.ndarray | float, order: int = 1) -> np.ndarray:
    """The first or the second derivative of the distribution function of Student's t in the degrees of freedom."""

    def inside(df: np.ndarray, t: np.ndarray) -> np.ndarray:
        n, t = df[:, None], t[:, None]
        constant = np.log1p(1.0 / n) - 1.0 / n + log_less_digamma(0.5 * n) - log_less_digamma(0.5 * (n + 1.0))
        curve = 0.5 * (trigammas(0.5 * (n + 1.0)) - trigammas(0.5 * n)) + 1.0 / n**2

        def slope(above: np.ndarray) -> np.ndarray:
            """How the logarithm of the density moves, where t**2 / (n + t**2) is r."""
            left = above - np.log1p(1.0 / n)
            r = -np.expm1(left)
            result: np.ndarray = 0.5 * (constant + left + (1.0 + 1.0 / n) * r)
            return result

        def weight(_: np.ndarray, above: np.ndarray) -> np.ndarray:
            if order == 1:
                return slope(above)
            r = -np.expm1(above - np.log1p(1.0 / n))
            result: np.ndarray = slope(above) ** 2 + 0.5 * (curve + r * ((1.0 + 1.0 / n) * r - 2.0 / n) / n)
            return result

        place = 2.0 * np.log(np.abs(t)) - np.log(n)
        half = np.full_like(n, 0.5)
        moved = beta_integral(half, 0.5 * n, place, weight, lambda _, above: -slope(above))
        result: np.ndarray = 0.5 * np.sign(t[:, 0]) * moved
        return result

    return elements_of(inside, lambda df, t: (df > 0) & (df < np.inf), lambda t: (t != 0) & (np.abs(t) < np.inf), df, t)


def proper_beta(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Where there is an incomplete beta function."""
    return (a > 0) & (a < np.inf) & (b > 0) & (b < np.inf) & (x >= 0) & (x <= 1)


def elements_of(
    inside: Callable[..., np.ndarray],
    proper: Callable[..., np.ndarray],
    moves: Callable[..., np.ndarray],
    *given: np.ndarray | float,
) -> np.ndarray:
    """A function of vectors for all elements of arrays: nan where it isn't proper, 0 where the last operand rests.

    Not more than some hundred elements at once, each of which takes many places.
    """
    dtype = np.result_type(*given)
    wide = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in given))
    flat = [v.ravel() for v in wide]
    with np.errstate(all="ignore"):
        found = np.where(proper(*flat), 0.0, np.nan)
        places = np.nonzero(proper(*flat) & moves(flat[-1]))[0]
        for start in range(0, len(places), 256):
            some = places[start : start + 256]
            found[some] = inside(*(v[some] for v in flat))
    result: np.ndarray = found.reshape(wide[0].shape).astype(dtype if dtype.kind == "f" else np.float64)[()]
    return result


def shares_of_interval() -> tuple[np.ndarray, np.ndarray]:
    """Places between 0 and 1, and their weights."""
    steps, width = np.linspace(-3.4, 3.4, 161, retstep=True)
    stretched = np.pi * np.sinh(steps)
    share, rest = 1.0 / (1.0 + np.exp(-stretched)), 1.0 / (1.0 + np.exp(stretched))
    return share, width * np.pi * np.cosh(steps) * share * rest


def gamma_series_by_a(a: np.ndarray, x: np.ndarray, order: int) -> np.ndarray:
    """For small x, by the power series of P(a, x) gamma(a + 1) / x**a."""
    k = np.arange(1, 22)
    terms = np.cumprod(-x[:, None] / k, axis=1)
    low = a[:, None] + k
    value, first = 1.0 + np.sum(a[:, None] * terms / low, axis=1), np.sum(k * terms / low**2, axis=1)
    scale = np.exp(a * np.log(x) - stirling_rest(a) - (a + 0.5) * np.log(a) + a) / np.sqrt(2.0 * np.pi)
    slope = np.log(x) - np.log1p(a) + log_less_digamma(a + 1.0)  # log(x) - digamma(a + 1)
    moved: np.ndarray = slope * value + first
    if order == 2:
        second = -2.0 * np.sum(k * terms / low**3, axis=1)
        moved = (slope**2 - trigammas(a + 1.0)) * value + 2.0 * slope * first + second
    result: np.ndarray = scale * moved
    return result


def gamma_integral_by_a(a: np.ndarray, x: np.ndarray, order: int) -> np.ndarray:
    """By the integral over v, the logarithm of t / a, from that of x / a to where nothing is left."""
    a, x = a[:, None], x[:, None]
    offset = log_less_digamma(a)
    end = np.log(x) - np.log(a)
    left = end + offset <= 0.0
    reach = np.where(left, -reach_below(a, x), reach_above(a, x))
    share, weights = shares_of_interval()
    step = reach * share
    height = a * step - x * np.expm1(step)
    slope = end + step + offset
    moved = slope if order == 1 else slope**2 - trigammas(a)
    total = np.sum(weights * np.exp(height) * moved, axis=1, keepdims=True)
    scale = np.sqrt(a / (2.0 * np.pi)) * np.exp(-stirling_rest(a) - a * (np.expm1(end) - end))
    result: np.ndarray = (-reach * scale * total)[:, 0]
    return result


def reach_below(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """How far below log(x) the density exp(a u - exp(u)) has come down by the factor exp(-45): by Newton's method."""
    s = (45.0 + x) / a
    for _ in range(14):
        s = s - (a * s + x * np.expm1(-s) - 45.0) / np.maximum(a - x * np.exp(-s), 1e-300)
    result: np.ndarray = s
    return result


def reach_above(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """How far above it has."""
    s = 2.0 + 2.0 * np.log1p((45.0 + a) / x)
    for _ in range(4):
        s = np.log1p((45.0 + a * s) / x)
    s = np.minimum(s, np.sqrt(90.0 / x) + 2.0 / x)
    for _ in range(10):
        s = s - (x * np.expm1(s) - a * s - 45.0) / np.maximum(x * np.exp(s) - a, 1e-300)
    result: np.ndarray = s
    return result


def beta_integral(
    a: np.ndarray, b: np.ndarray, place: np.ndarray, weight: Callable[..., np.ndarray], sign: Callable[..., np.ndarray]
) -> np.ndarray:
    """The integral of a weight, which is 0 in all, times the density of a beta distribution, up to a place.

    Places are logits, log(t / (1 - t)). Below, where `sign` is negative, it is taken as it is, and else from above.
    """
    s, middle = a + b, np.log(a) - np.log(b)
    end = place - middle
    _, below, above = beta_logs(a, b, end)
    left = sign(below, above) <= 0.0
    reach = beta_reach(np.where(left, a, b), np.where(left, b, a), np.where(left, end, -end))
    low, high = np.where(left, end - reach, end), np.where(left, end, end + reach)
    turn = np.clip(-middle, low, high)  # where t is 1 / 2, and both tails begin
    top = beta_logs(a, b, end)[0]
    share, weights = shares_of_interval()
    total = np.zeros(len(end))
    for start, stop in ((low, turn), (turn, high)):
        height, below, above = beta_logs(a, b, start + (stop - start) * share)
        total = total + np.sum(weights * np.exp(height - top) * weight(below, above), axis=1) * (stop - start)[:, 0]
    rest = stirling_rest(s) - stirling_rest(a) - stirling_rest(b)
    total = total * (np.sqrt(a / s * b / (2.0 * np.pi)) * np.exp(rest + top))[:, 0]
    result: np.ndarray = np.where(left[:, 0], total, -total)
    return result


def beta_logs(a: np.ndarray, b: np.ndarray, d: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """At a logit d above that of t0 = a / (a + b): the logarithms of density / peak, t / t0, (1 - t) / (1 - t0)."""
    up, size = d > 0, np.abs(d)
    less = np.log1p(np.where(up, b, a) / (a + b) * np.expm1(-size))
    height = -np.where(up, b, a) * size - (a + b) * less
    return height, np.where(up, 0.0, d) - less, -np.where(up, d, 0.0) - less


def beta_reach(a: np.ndarray, b: np.ndarray, d: np.ndarray) -> np.ndarray:
    """How far below a logit the density has come down by the factor exp(-45): by Newton's method, from above."""
    top = beta_logs(a, b, d)[0]
    s = (45.0 - top + a * d - (a + b) * (np.log(b) - np.log(a + b))) / a
    for _ in range(16):
        height, below, _ = beta_logs(a, b, d - s)
        slope = a * -np.expm1(below)  # a - (a + b) t
        s = s - (top - height - 45.0) / np.maximum(slope, 1e-300)
    result: np.ndarray = s
    return result


def stirling_rest(z: np.ndarray) -> np.ndarray:
    """What Stirling's formula leaves of the logarithm of the gamma function."""
    place = z[..., None] + np.arange(10)
    rest: np.ndarray = np.sum((place + 0.5) * np.log1p(1.0 / place) - 1.0, axis=-1)
    z = z + 10.0
    t = 1.0 / z**2
    powers = 1 / 1260 - t * (1 / 1680 - t * (1 / 1188 - t * (691 / 360360 - t / 156)))
    return rest + (1 / 12 - t * (1 / 360 - t * powers)) / z


def log_less_digamma(z: np.ndarray) -> np.ndarray:
    """log(z) - digamma(z)."""
    place = z[..., None] + np.arange(10)
    rest: np.ndarray = np.sum(1.0 / place - np.log1p(1.0 / place), axis=-1)
    z = z + 10.0
    t = 1.0 / z**2
    powers = 1 / 252 - t * (1 / 240 - t * (1 / 132 - t * (691 / 32760 - t / 12)))
    return rest + 0.5 / z + t * (1 / 12 - t * (1 / 120 - t * powers))


def trigammas(z: np.ndarray) -> np.ndarray:
    """The second derivative of the logarithm of the gamma function."""
    rest: np.ndarray = np.sum(1.0 / (z[..., None] + np.arange(10)) ** 2, axis=-1)
    z = z + 10.0
    t = 1.0 / z**2
    powers = 1 / 42 - t * (1 / 30 - t * (5 / 66 - t * (691 / 2730 - t * 7 / 6)))
    return rest + 1.0 / z + 0.5 * t + t / z * (1 / 6 - t * (1 / 30 - t * powers))
