"""Distributions of scipy.stats: values against SciPy, derivatives against its differences."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from scipy import stats

import srcad
from srcad.definitions.continuous import CONTINUOUS
from srcad.definitions.discrete import DISCRETE
from srcad.errors import NotYetSupported

SHAPES: dict[str, tuple[float, ...]] = {
    "gamma": (1.7,),
    "erlang": (2.0,),
    "beta": (1.6, 2.3),
    "chi2": (3.5,),
    "chi": (2.5,),
    "t": (4.2,),
    "f": (3.3, 6.5),
    "lognorm": (0.8,),
    "weibull_min": (1.6,),
    "weibull_max": (1.6,),
    "pareto": (2.6,),
    "triang": (0.3,),
    "invgamma": (3.1,),
    "invgauss": (0.9,),
    "genextreme": (-0.2,),
    "genpareto": (0.2,),
    "truncnorm": (-0.7, 1.4),
    "vonmises": (1.5,),
    "skewnorm": (1.3,),
    "exponnorm": (0.7,),
    "powerlaw": (1.7,),
    "nakagami": (1.2,),
    "loguniform": (0.5, 3.0),
    "reciprocal": (0.5, 3.0),
    "burr": (2.3, 1.4),
    "fisk": (2.3,),
    "burr12": (2.1, 1.5),
    "gennorm": (1.6,),
    "laplace_asymmetric": (1.4,),
    "lomax": (2.4,),
    "invweibull": (2.1,),
    "kappa3": (1.5,),
    "powernorm": (1.8,),
    "loggamma": (1.6,),
    "johnsonsu": (0.4, 1.3),
    "johnsonsb": (0.4, 1.3),
    "gompertz": (0.9,),
    "dgamma": (1.6,),
    "dweibull": (1.7,),
    "bradford": (0.8,),
    "truncexpon": (2.1,),
    "exponweib": (1.4, 1.8),
    "gengamma": (1.4, 1.8),
    "alpha": (1.4,),
    "betaprime": (2.3, 3.1),
    "crystalball": (1.2, 2.4),
    "exponpow": (1.6,),
    "fatiguelife": (0.8,),
    "foldcauchy": (0.9,),
    "foldnorm": (0.9,),
    "genexpon": (0.9, 1.3, 0.7),
    "genhalflogistic": (0.6,),
    "genlogistic": (1.7,),
    "halfgennorm": (1.6,),
    "jf_skew_t": (2.3, 3.4),
    "loglaplace": (2.6,),
    "mielke": (2.1, 1.7),
    "norminvgauss": (1.7, 0.4),
    "powerlognorm": (1.4, 0.8),
    "rdist": (3.3,),
    "recipinvgauss": (0.9,),
    "rice": (0.8,),
    "skewcauchy": (0.2,),
    "trapezoid": (0.3, 0.6),
    "truncpareto": (1.7, 4.2),
    "truncweibull_min": (1.6, 0.3, 1.9),
    "vonmises_line": (1.5,),
    "wrapcauchy": (0.4,),
}
COUNTS: dict[str, tuple[float, ...]] = {
    "poisson": (1.7,),
    "binom": (6, 0.3),
    "bernoulli": (0.3,),
    "geom": (0.3,),
    "nbinom": (2.3, 0.3),
    "betabinom": (6, 1.3, 0.8),
    "betanbinom": (3, 5.3, 0.8),
    "randint": (1, 6),
    "dlaplace": (0.7,),
    "planck": (0.7,),
    "logser": (0.4,),
    "skellam": (1.7, 0.9),
    "yulesimon": (1.8,),
    "boltzmann": (0.7, 5),
}
WEIGHTS = np.array([0.3, -0.7, 1.1, 0.4, -0.2, 0.9, 0.55])
PROBABILITIES = np.array([0.07, 0.2, 0.35, 0.52, 0.65, 0.8, 0.93])
PLACES = ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf")
LOC, SCALE = 0.3, 1.4


def difference(f: Any, args: tuple[Any, ...], k: int, h: float = 3e-4) -> Any:
    """The derivative in an argument by a central difference of sixth order."""

    def at(step: float) -> Any:
        return f(*(a + step if j == k else a for j, a in enumerate(args)))

    weights = ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))
    return sum(w * (at(j * h) - at(-j * h)) for j, w in weights) / h


def value_and_gradient(f: Any, args: tuple[Any, ...]) -> tuple[Any, Any] | None:
    """None where it is refused, as the special functions that it needs have no derivative yet."""
    try:
        return srcad.value_and_grad(f, argnums=tuple(range(len(args))))(*args)
    except NotYetSupported:
        return None


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous(name: str) -> None:
    dist, shapes = getattr(stats, name), tuple(map(float, SHAPES.get(name, ())))
    places = dist.ppf(PROBABILITIES, *shapes, loc=LOC, scale=SCALE)
    done = []
    for method in (*PLACES, "ppf", "isf"):
        x = PROBABILITIES if method in ("ppf", "isf") else places
        args = (x, *shapes, LOC, SCALE)

        def program(x: Any, *p: Any, method: str = method) -> Any:
            return np.sum(WEIGHTS * getattr(dist, method)(x, *p[:-2], loc=p[-2], scale=p[-1]))

        def scipy(x: Any, *p: Any, method: str = method) -> Any:
            return getattr(dist, method)(x, *p[:-2], loc=p[-2], scale=p[-1])

        made = value_and_gradient(program, args)
        if made is None:
            continue
        done.append(method)
        np.testing.assert_allclose(made[0], program(*args), rtol=1e-11, atol=1e-13, err_msg=method)
        for k in range(len(args)):
            slope = WEIGHTS * difference(scipy, args, k)
            wanted = slope if k == 0 else np.sum(slope)
            np.testing.assert_allclose(made[1][k], wanted, rtol=5e-6, atol=1e-6, err_msg=f"{method}, argument {k}")
    assert {"pdf", "logpdf"} <= set(done)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_outside_of_the_support(name: str) -> None:
    """There a density is 0 and a probability 0 or 1, and both rest; a parameter outside of its domain gives nan."""
    dist, shapes = getattr(stats, name), tuple(map(float, SHAPES.get(name, ())))
    lower, upper = dist.support(*shapes, loc=LOC, scale=SCALE)
    inner = dist.ppf(0.4, *shapes, loc=LOC, scale=SCALE) if name != "vonmises" else 0.4
    x = np.array([lower - 1.0, upper + 1.0, np.nan, inner])
    beyond = np.array([np.isfinite(lower), np.isfinite(upper), False, False])
    for method in PLACES:

        def program(x: Any, *p: Any, method: str = method) -> Any:
            return getattr(dist, method)(x, *p[:-2], loc=p[-2], scale=p[-1])

        args = (x, *shapes, LOC, SCALE)
        rest = tuple(0.0 for _ in args[1:])
        try:
            value, slope = srcad.jvp(program, args, (np.ones(4), *rest))
        except NotYetSupported:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.testing.assert_allclose(value, program(*args), rtol=1e-11, atol=1e-13, err_msg=method)
            assert np.all(slope[beyond] == 0.0), method
            for k in range(1, len(args)):
                wrong = tuple(-1.0 if j == k else a for j, a in enumerate(args))
                value, _ = srcad.jvp(program, wrong, (np.ones(4), *rest))
                np.testing.assert_allclose(value, program(*wrong), rtol=1e-11, atol=1e-13, err_msg=f"{method}, {k}")


@pytest.mark.parametrize("name", CONTINUOUS)
def test_moments(name: str) -> None:
    dist, shapes = getattr(stats, name), tuple(map(float, SHAPES.get(name, ())))
    for moment in ("mean", "var", "std", "entropy", "median"):

        def program(*p: Any, moment: str = moment) -> Any:
            return getattr(dist, moment)(*p[:-2], loc=p[-2], scale=p[-1]) + 0.0 * p[-2]

        args = (*shapes, LOC, SCALE)
        made = value_and_gradient(program, args)
        if made is None:
            continue
        np.testing.assert_allclose(made[0], program(*args), rtol=1e-11, err_msg=moment)
        if np.isfinite(made[0]):
            wanted = [difference(program, args, k) for k in range(len(args))]
            np.testing.assert_allclose(made[1], wanted, rtol=1e-6, atol=1e-8, err_msg=moment)


@pytest.mark.parametrize("name", DISCRETE)
def test_counts(name: str) -> None:
    dist, shapes = getattr(stats, name), COUNTS[name]
    k = np.array([-1.0, 0.0, 1.0, 2.0, 2.5, 4.0, 30.0])
    moving = tuple(j for j, a in enumerate(shapes) if isinstance(a, float))
    for method in ("pmf", "logpmf", "cdf", "sf"):

        def scipy(*p: Any, method: str = method) -> Any:
            return getattr(dist, method)(k, *p, loc=0)

        def program(*p: Any, method: str = method) -> Any:
            values = getattr(dist, method)(k, *p)
            return np.sum(WEIGHTS * np.where(np.isfinite(values), values, 0.0))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not moving:
                continue
            try:
                value, made = srcad.value_and_grad(program, argnums=moving)(*shapes)
            except NotYetSupported:
                continue
            np.testing.assert_allclose(value, program(*shapes), rtol=1e-11, err_msg=method)
            wanted = [difference(program, shapes, j) for j in moving]
            np.testing.assert_allclose(made, wanted, rtol=1e-6, atol=1e-8, err_msg=method)


X = np.array([0.3, 1.2, -0.7, 0.5])


def test_frozen_distributions() -> None:
    def program(x: Any, m: Any, s: Any) -> Any:
        frozen = stats.norm(m, scale=s)
        return np.sum(frozen.logpdf(x)) + frozen.ppf(0.3) + stats.gamma(2.0, scale=s).mean()

    args = (X, 0.2, 1.3)
    value, made = srcad.value_and_grad(program, argnums=(0, 1, 2))(*args)
    np.testing.assert_allclose(value, program(*args), rtol=1e-12)
    np.testing.assert_allclose(made[0], -(X - 0.2) / 1.3**2, rtol=1e-12)
    np.testing.assert_allclose(made[1:], [difference(program, args, k) for k in (1, 2)], rtol=1e-7)


OUTSIDE = stats.norm(0.3, 1.2)


def test_a_frozen_distribution_from_outside() -> None:
    made = srcad.grad(lambda x: np.sum(OUTSIDE.logpdf(x)) + OUTSIDE.cdf(x[0]))(X)
    wanted = -(X - 0.3) / 1.2**2
    wanted[0] += OUTSIDE.pdf(X[0])
    np.testing.assert_allclose(made, wanted, rtol=1e-12)


def test_parameters_broadcast_and_second_derivatives() -> None:
    means = np.array([0.1, 0.4, -0.2])

    def program(m: Any) -> Any:
        return np.sum(np.exp(stats.norm.logpdf(X[:, None], m, [1.0, 2.0, 0.5])))

    z = (X[:, None] - means) / np.array([1.0, 2.0, 0.5])
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) / np.array([1.0, 2.0, 0.5])
    np.testing.assert_allclose(srcad.grad(program)(means), np.sum(density * z / [1.0, 2.0, 0.5], axis=0), rtol=1e-12)
    second = np.sum(density * (z**2 - 1) / np.array([1.0, 2.0, 0.5]) ** 2, axis=0)
    np.testing.assert_allclose(srcad.hessian(program)(means), np.diag(second), rtol=1e-10, atol=1e-14)


class Tilted(stats.rv_continuous):
    def _pdf(self, x: Any) -> Any:
        return 1.0 + 0.0 * x


def test_distributions_of_others_are_refused() -> None:
    tilted = Tilted(a=0.0, b=1.0, name="norm")
    with pytest.raises(NotYetSupported, match="none of SciPy's own"):
        srcad.grad(lambda x: tilted.logpdf(x))(0.4)


def test_what_is_refused_is_said_at_the_line_of_the_call() -> None:
    with pytest.raises(NotYetSupported, match="quantile function of this distribution") as caught:
        srcad.grad(lambda q: stats.skewnorm.ppf(q, 1.0))(0.4)
    assert "stats.skewnorm.ppf(q, 1.0)" in str(caught.value)
    assert "srcad/definitions" not in str(caught.value)
    with pytest.raises(NotYetSupported):
        srcad.grad(lambda x: stats.norm.fit(x)[0])(X)


def test_what_is_known_of_a_distribution_is_no_part_of_the_code() -> None:
    """Its support, say: what is printed is what one would have written."""

    def program(x: Any, m: Any, s: Any) -> Any:
        return np.sum(stats.norm.logpdf(x, m, s))

    source = srcad.grad(program, argnums=(0, 1, 2)).source(X, 0.2, 1.3)
    assert "Distribution" not in source and "inside" not in source and "-np.inf" not in source


def test_expected_values() -> None:
    def program(m: Any, s: Any) -> Any:
        frozen = stats.norm(m, s)
        mean, variance = frozen.stats()
        return frozen.expect(lambda t: t**2) + 3.0 * mean + stats.norm.expect(np.tanh, loc=m) + variance

    args = (0.2, 1.3)
    value, made = srcad.value_and_grad(program, argnums=(0, 1))(*args)
    np.testing.assert_allclose(value, program(*args), rtol=1e-10)
    np.testing.assert_allclose(made, [difference(program, args, k) for k in (0, 1)], rtol=1e-6)


@pytest.mark.parametrize("df", [1e2, 1e4, 1e6, 1e8])
def test_many_degrees_of_freedom(df: float) -> None:
    """No precision is lost where t is nearly normal."""
    value, slope = srcad.value_and_grad(lambda x: stats.t.logpdf(x, df))(0.7)
    np.testing.assert_allclose(value, stats.t.logpdf(0.7, df), rtol=1e-15)
    np.testing.assert_allclose(slope, -(df + 1) * 0.7 / (df + 0.49), rtol=1e-14)


@pytest.mark.parametrize("c", [0.0, 1.0])
def test_triangles_with_the_tip_at_an_end(c: float) -> None:
    x = np.array([-0.5, 0.0, 0.3, 1.0, 2.0])
    value, slope = srcad.jvp(lambda x: stats.triang.pdf(x, c), (x,), (np.ones(5),))
    np.testing.assert_allclose(value, stats.triang.pdf(x, c))
    assert np.all(np.isfinite(slope))
