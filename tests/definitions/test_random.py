"""Samplers: the numbers of the program's own stream, which move with the parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import srcad
from srcad.errors import NotYetSupported
from tests.definitions.checking import check, weighted

M, S = np.array([0.3, 1.0, -0.4]), np.array([0.5, 1.2, 2.0])
COV = np.array([[2.0, 0.3], [0.3, 1.0]])
SAMPLERS: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(("normal", "uniform", "laplace", "logistic", "gumbel"), (0.3, 1.2)),
    "lognormal": (0.3, 0.7),
    "exponential": (1.3,),
    "rayleigh": (1.3,),
    "weibull": (1.3,),
    "pareto": (2.3,),
    "power": (1.3,),
    "triangular": (0.1, 0.9, 2.0),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers(name: str) -> None:
    """What is drawn afterwards is what would have been drawn: the stream stands where it would stand."""

    def program(*p: Any) -> Any:
        rng = np.random.default_rng(5)
        drawn = getattr(rng, name)
        return weighted(drawn(*p, size=6)) + drawn(*p) + weighted(rng.random(2))

    check(program, SAMPLERS[name])


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers_of_old_generators(name: str) -> None:
    def program(*p: Any) -> Any:
        rng = np.random.RandomState(5)
        return weighted(getattr(rng, name)(*p, size=(2, 3))) + weighted(rng.random_sample(2))

    check(program, SAMPLERS[name])


def test_parameters_that_are_arrays() -> None:
    def program(m: Any, s: Any) -> Any:
        rng = np.random.default_rng(5)
        return weighted(rng.normal(m, s)) + weighted(rng.normal(m[:, None], s)) + weighted(rng.normal(loc=m, size=3))

    check(program, (M, S))


def test_functions_of_the_module() -> None:
    def program(m: Any, s: Any) -> Any:
        np.random.seed(3)
        return weighted(np.random.normal(m, s)) + weighted(np.random.normal(0.2, s, 3)) + np.random.uniform(0, m[0])

    check(program, (M, S))


@pytest.mark.parametrize("method", ["svd", "cholesky", "eigh"])
def test_multivariate_normal(method: Any) -> None:
    def program(m: Any, c: Any) -> Any:
        rng, c = np.random.default_rng(5), (c + c.T) / 2
        several = rng.multivariate_normal(m, c, 4, method=method)
        return weighted(several) + weighted(rng.multivariate_normal(m, c, method=method))

    check(program, (M[:2].copy(), COV))


def test_multivariate_normal_of_the_module() -> None:
    def program(m: Any, c: Any) -> Any:
        np.random.seed(3)
        return weighted(np.random.multivariate_normal(m, (c + c.T) / 2, 3))

    check(program, (M[:2].copy(), COV))


def test_what_is_picked_at_random() -> None:
    def program(x: Any) -> Any:
        rng = np.random.default_rng(5)
        picked = weighted(rng.choice(x, 4)) + weighted(rng.choice(x, 2, replace=False)) + rng.choice(x)
        y = x * 1.0
        rng.shuffle(y)
        np.random.seed(1)
        z = x * 1.0
        np.random.shuffle(z)
        later = weighted(np.random.permutation(x)) + weighted(np.random.choice(x, 3))
        return weighted(rng.permutation(x)) + picked + weighted(y) + weighted(z) + later

    check(program, (M,))


def test_draws_of_distributions() -> None:
    def program(m: Any, s: Any) -> Any:
        rng = np.random.default_rng(3)
        several = stats.norm.rvs(m, s, size=5, random_state=rng)
        one = stats.norm.rvs(loc=m, scale=s, random_state=rng)
        counts = stats.poisson.rvs(2.0, size=3, random_state=rng)
        shaped = stats.gamma.rvs(2.0, scale=s, size=(2, 3), random_state=rng)
        frozen = stats.expon(m, scale=s).rvs(4, random_state=1)
        return weighted(several) + one + weighted(shaped) + weighted(frozen) + m * weighted(counts)

    check(program, (0.3, 1.2))


def test_shapes_are_refused() -> None:
    with pytest.raises(NotYetSupported, match="a change of the shape of gamma"):
        srcad.grad(lambda a: np.random.default_rng(0).gamma(a))(1.3)
    with pytest.raises(NotYetSupported, match="the sampler beta"):
        srcad.grad(lambda a: np.random.default_rng(0).beta(a, 2.0))(1.3)
    with pytest.raises(NotYetSupported, match="the shape of a distribution"):
        srcad.grad(lambda a: stats.gamma.rvs(a))(1.3)


def test_a_scale_that_is_negative_raises() -> None:
    with pytest.raises(ValueError, match="scale < 0"):
        srcad.grad(lambda s: np.random.default_rng(0).normal(0.0, s))(-1.0)
