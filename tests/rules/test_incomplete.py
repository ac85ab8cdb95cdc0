"""Incomplete gamma and beta functions, and distributions that are these, in their shape parameters: against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

mp = pytest.importorskip("mpmath")
special = pytest.importorskip("scipy.special")
stats = pytest.importorskip("scipy.stats")


def gamma_below(a: Any, x: Any) -> Any:
    return mp.gammainc(a, 0, x, regularized=True)


def beta_below(a: Any, b: Any, x: Any) -> Any:
    """By the hypergeometric series on the side where that converges fast."""
    front = x**a * (1 - x) ** b / mp.beta(a, b)
    if x < (a + 1) / (a + b + 2):
        return front / a * mp.hyp2f1(a + b, 1, a + 1, x)
    return 1 - front / b * mp.hyp2f1(a + b, 1, b + 1, 1 - x)


def t_below(n: Any, t: Any) -> Any:
    tail = beta_below(n / 2, mp.mpf(1) / 2, n / (n + t * t)) / 2
    return 1 - tail if t > 0 else tail


def f_below(n: Any, m: Any, x: Any) -> Any:
    return beta_below(n / 2, m / 2, n * x / (n * x + m))


def root_of(below: Callable[..., Any], start: float) -> Callable[..., Any]:
    """The inverse in the last argument."""
    return lambda *given: mp.findroot(lambda x: below(*given[:-1], x) - given[-1], mp.mpf(start), tol=1e-80)


def derivatives(f: Callable[..., Any], args: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The gradient and the Hessian, by differences with many digits."""
    n = len(args)
    with mp.workdps(70):
        at = [mp.mpf(a) for a in args]
        h = [mp.mpf(10) ** -14 * abs(a) for a in at]

        def moved(i: int, p: int, j: int, q: int) -> Any:
            place = list(at)
            place[i] += p * h[i]
            place[j] += q * h[j]
            return f(*place)

        first = [float((moved(i, 1, i, 0) - moved(i, -1, i, 0)) / (2 * h[i])) for i in range(n)]
        second = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                if i == j:
                    second[i, i] = (moved(i, 1, i, 0) - 2 * f(*at) + moved(i, -1, i, 0)) / h[i] ** 2
                else:
                    corners = moved(i, 1, j, 1) - moved(i, 1, j, -1) - moved(i, -1, j, 1) + moved(i, -1, j, -1)
                    second[i, j] = corners / (4 * h[i] * h[j])
    return np.array(first), second


GAMMA = [
    (1e-3, 1e-200),
    (1e-3, 0.3),
    (0.2, 1.0),
    (0.5, 1e-9),
    (0.5, 7.0),
    (1.0, 0.4),
    (1.5, 1.3),
    (3.0, 0.1),
    (3.0, 9.0),
]
GAMMA += [(50.0, 30.0), (50.0, 51.0), (50.0, 90.0), (300.0, 290.0), (1e4, 9900.0), (1e4, 10200.0), (2.0, 80.0)]
BETA = [(0.3, 0.4, 0.2), (0.3, 0.4, 0.99), (1.0, 1.0, 0.5), (1.0, 3.5, 0.1), (2.5, 0.7, 1e-6), (2.5, 0.7, 1 - 2.0**-30)]
BETA += [(30.0, 40.0, 0.43), (30.0, 40.0, 0.2), (30.0, 40.0, 0.8), (500.0, 2.0, 0.995), (0.05, 60.0, 1e-9)]
BETA += [(400.0, 2000.0, 0.17), (0.01, 0.02, 0.5), (0.01, 0.02, 1e-30)]
T = [(0.3, 1.0), (1.0, 1e-6), (1.0, -2.0), (2.0, 0.4), (3.7, 3.0), (3.7, -40.0), (30.0, 1.7), (30.0, -0.01), (1e3, 2.0)]
F = [(3.0, 4.0, 0.6), (1.0, 9.0, 3.0), (12.5, 7.5, 1.1), (40.0, 0.7, 5.0)]
PROGRAMS: dict[str, tuple[Callable[..., Any], Callable[..., Any], list[tuple[float, ...]]]] = {
    "gammainc": (lambda a, x: special.gammainc(a, x), gamma_below, GAMMA),
    "gammaincc": (lambda a, x: special.gammaincc(a, x), lambda a, x: 1 - gamma_below(a, x), GAMMA[4:8]),
    "betainc": (lambda a, b, x: special.betainc(a, b, x), beta_below, BETA),
    "betaincc": (lambda a, b, x: special.betaincc(a, b, x), lambda a, b, x: 1 - beta_below(a, b, x), BETA[:4]),
    "stdtr": (lambda n, t: special.stdtr(n, t), t_below, T),
    "fdtr": (lambda n, m, x: special.fdtr(n, m, x), f_below, F),
    "fdtrc": (lambda n, m, x: special.fdtrc(n, m, x), lambda n, m, x: 1 - f_below(n, m, x), F[:2]),
    "chdtr": (lambda v, x: special.chdtr(v, x), lambda v, x: gamma_below(v / 2, x / 2), [(3.0, 2.2), (0.4, 9.0)]),
    "gdtr": (lambda a, b, x: special.gdtr(a, b, x), lambda a, b, x: gamma_below(b, a * x), [(1.3, 2.5, 0.9)]),
    "gamma.logcdf": (
        lambda a, x: stats.gamma.logcdf(x, a),
        lambda a, x: mp.log(gamma_below(a, x)),
        [(2.5, 0.01), (2.5, 1.9)],
    ),
    "beta.logsf": (
        lambda a, b, x: stats.beta.logsf(x, a, b),
        lambda a, b, x: mp.log(1 - beta_below(a, b, x)),
        [(2.5, 1.5, 0.3), (0.7, 4.0, 0.9)],
    ),
    "t.cdf": (lambda n, t: stats.t.cdf(t, n, 0.5, 2.0), lambda n, t: t_below(n, (t - mp.mpf(0.5)) / 2), T[4:8]),
    "chi2.sf": (lambda v, x: stats.chi2.sf(x, v), lambda v, x: 1 - gamma_below(v / 2, x / 2), [(3.3, 2.0)]),
    "f.cdf": (lambda n, m, x: stats.f.cdf(x, n, m), f_below, F),
    "gammaincinv": (
        lambda a, p: special.gammaincinv(a, p),
        lambda a, p: root_of(gamma_below, float(special.gammaincinv(float(a), float(p))))(a, p),
        [(2.5, 0.3), (0.4, 0.01), (40.0, 0.9)],
    ),
    "betaincinv": (
        lambda a, b, p: special.betaincinv(a, b, p),
        lambda a, b, p: root_of(beta_below, float(special.betaincinv(float(a), float(b), float(p))))(a, b, p),
        [(2.5, 1.5, 0.3), (20.0, 30.0, 0.9)],
    ),
    "t.ppf": (
        lambda n, p: stats.t.ppf(p, n),
        lambda n, p: root_of(t_below, float(special.stdtrit(float(n), float(p))))(n, p),
        [(3.5, 0.8), (12.0, 0.05)],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_shape_parameters(name: str) -> None:
    f, exact, points = PROGRAMS[name]
    places = tuple(range(len(points[0])))
    gradient, hessian = srcad.grad(f, places), srcad.hessian(f, places)
    for args in points:
        first, second = derivatives(exact, args)
        np.testing.assert_allclose(gradient(*args), first, rtol=2e-10, err_msg=str(args))
        size = np.max(np.abs(second), axis=0)
        got = np.array([[float(entry) for entry in row] for row in hessian(*args)])
        np.testing.assert_allclose(got, second, rtol=1e-8, atol=1e-11 * np.max(size), err_msg=str(args))
        dots = tuple(0.3 + 0.1 * k for k in places)
        tangent = srcad.jvp(f, args, dots)[1]
        np.testing.assert_allclose(tangent, first @ np.array(dots), rtol=1e-8, atol=1e-10 * np.max(np.abs(first)))


def test_ends_of_the_domain() -> None:
    a, x = np.array([2.0, 2.0, 0.5, -1.0, np.nan, 2.0]), np.array([0.0, np.inf, 0.0, 1.0, 1.0, -1.0])
    got = srcad.grad(lambda a: np.sum(special.gammainc(a, x)))(a)
    np.testing.assert_array_equal(got, [0.0, 0.0, 0.0, np.nan, np.nan, np.nan])
    x = np.array([0.0, 1.0, 1.5, 0.5])
    a = np.array([2.0, 2.0, 2.0, -2.0])
    got = srcad.grad(lambda a: np.sum(special.betainc(a, 1.5, x)))(a)
    np.testing.assert_array_equal(got, [0.0, 0.0, np.nan, np.nan])
    assert srcad.grad(lambda n: special.stdtr(n, 0.0))(3.0) == 0.0
    assert srcad.grad(lambda n: special.stdtr(n, np.inf))(3.0) == 0.0


def test_many_elements_and_shapes() -> None:
    a, x = np.linspace(0.2, 30.0, 40)[:, None], np.linspace(0.01, 40.0, 30)
    got = srcad.grad(lambda a: np.sum(special.gammainc(a, x)))(a)
    one = srcad.grad(lambda a, x: special.gammainc(a, x))
    due = [[sum(one(float(value), float(place)) for place in x)] for value in a[:, 0]]
    np.testing.assert_allclose(got, due, rtol=1e-13)
    narrow = srcad.grad(lambda a: np.sum(special.gammainc(a, np.float32(1.5))))(a.astype(np.float32))
    assert narrow.dtype == np.float32


@pytest.mark.parametrize(
    ("f", "args", "what"),
    [
        (lambda a: special.gammainc(a, 1.3), (1.7,), "incomplete gamma function with respect to a"),
        (lambda a: special.betainc(a, 2.0, 0.3), (1.7,), "incomplete beta function with respect to its shape"),
        (lambda n: special.stdtr(n, 0.3), (1.7,), "with respect to its degrees of freedom"),
    ],
)
def test_third_derivatives_are_refused(f: Callable[..., Any], args: tuple[float, ...], what: str) -> None:
    with pytest.raises(srcad.SrcadError, match=what):
        srcad.grad(srcad.grad(srcad.grad(f)))(*args)
