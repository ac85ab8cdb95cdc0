"""Averages, covariances, counts."""

from __future__ import annotations

from typing import Any

import numpy as np

import srcad
from srcad.ops.catalogue import LOWERINGS
from tests.rules.calls import check_call
from tests.rules.checking import check

rng = np.random.default_rng(7)


def array(*shape: int) -> Any:
    return rng.normal(size=shape)


def weights(*shape: int) -> Any:
    return rng.uniform(0.5, 2.0, size=shape)


def test_average() -> None:
    check_call(np.average, array(3, 4))
    check_call(np.average, array(3, 4), axis=1, returned=True)
    check_call(np.average, array(4), weights=weights(4), returned=True)
    check_call(np.average, array(3, 4), axis=0, weights=weights(3))
    check_call(np.average, array(3, 4), axis=1, weights=weights(4), keepdims=True)
    check_call(np.average, array(3, 4), axis=1, weights=weights(3, 4))


def test_covariance() -> None:
    check_call(np.cov, array(3, 5))
    check_call(np.cov, array(3, 5), rowvar=False)
    check_call(np.cov, array(5), array(5), ddof=0)
    check_call(np.cov, array(2, 5), array(5), bias=True)
    check_call(np.cov, array(5))
    check_call(np.cov, array(1, 5))


def test_correlation() -> None:
    check_call(np.corrcoef, array(3, 5))
    check_call(np.corrcoef, array(5), array(5))


def test_covariance_with_weights() -> None:
    x, w = array(2, 4), weights(4)
    often = [1, 2, 2, 3]
    check_call(np.cov, x, aweights=w)
    check_call(np.cov, x, None, True, True, aweights=w)
    check_call(np.cov, x, ddof=0, aweights=w, fweights=often)
    check_call(np.cov, x[0], x[1], fweights=often, aweights=w)


def test_counting() -> None:
    places = np.array([0, 2, 2, 5])
    check(lambda b, w: LOWERINGS[np.bincount](b, places, w), weights(4))
    check(lambda b, w: LOWERINGS[np.bincount](b, places, w, minlength=8), weights(4))


def test_histogram() -> None:
    x = np.array([0.1, 0.4, 0.35, 0.8, 2.0])
    check_call(np.histogram, x, 4)
    check_call(np.histogram, x, bins=3, range=(0, 1))
    check(lambda b, w: LOWERINGS[np.histogram](b, x, np.array([0.0, 0.5, 2.0]), weights=w)[0], weights(5))


def test_histogram_of_equal_numbers() -> None:
    """A range without width is widened, and moves with the number."""
    for x in (np.array([0.8]), np.array([[0.8]])):
        edges = np.histogram(x, 4)[1]
        found, moved = srcad.jvp(lambda x: np.histogram(x, 4)[1], (x,), (np.ones_like(x),))
        np.testing.assert_allclose(found, edges)
        np.testing.assert_allclose(moved, np.ones(5))
        counts, _ = srcad.jvp(lambda x: np.histogram(x, 4)[0] * x.sum(), (x,), (np.ones_like(x),))
        np.testing.assert_allclose(counts, np.histogram(x, 4)[0] * 0.8)
