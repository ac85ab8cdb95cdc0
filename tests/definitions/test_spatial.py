"""scipy.spatial: distances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.spatial import KDTree, cKDTree, distance, distance_matrix

import srcad
from srcad.errors import NotYetSupported
from tests.definitions.checking import Program, check, check_second, weighted

A = np.random.default_rng(1).normal(size=(3, 2))
B = np.random.default_rng(2).normal(size=(4, 2))
POSITIVE = np.abs(np.random.default_rng(1).normal(size=(3, 4))) + 0.1
OTHERS = np.abs(np.random.default_rng(2).normal(size=(2, 4))) + 0.1
U, V, W = np.array([0.3, 1.2, 0.7]), np.array([0.5, -0.2, 1.1]), np.array([0.5, 1.0, 2.0])
METRICS = (
    *("euclidean", "sqeuclidean", "cityblock", "chebyshev", "minkowski", "cosine", "correlation", "canberra"),
    *("braycurtis", "jensenshannon", "seuclidean"),
)
OF_VECTORS = (
    *(distance.euclidean, distance.sqeuclidean, distance.cityblock, distance.chebyshev, distance.cosine),
    *(distance.correlation, distance.canberra, distance.braycurtis),
)

PROGRAMS: dict[str, Program] = {
    **{f"cdist, {m}": (lambda a, b, m=m: weighted(distance.cdist(a, b, m)), (POSITIVE, OTHERS)) for m in METRICS},
    **{f"pdist, {m}": (lambda a, m=m: weighted(distance.pdist(a, m)), (POSITIVE,)) for m in METRICS},
    **{f.__name__: (lambda a, b, f=f: f(a, b), (U, V)) for f in OF_VECTORS},
    **{
        f"{f.__name__} with weights": (lambda a, b, w, f=f: f(a, b, w), (U, V, W))
        for f in OF_VECTORS
        if f is not distance.chebyshev
    },
    "cdist": (lambda a, b: weighted(distance.cdist(a, b)), (A, B)),
    "cdist, mahalanobis": (lambda a, b: weighted(distance.cdist(a, b, "mahalanobis")), (A, B)),
    "a matrix for mahalanobis": (
        lambda a, b, v: weighted(distance.cdist(a, b, "mahalanobis", VI=v @ v.T)),
        (A, B, np.array([[1.0, 0.2], [0.1, 2.0]])),
    ),
    "minkowski of order 3": (lambda a, b: weighted(distance.cdist(a, b, "minkowski", p=3)), (A, B)),
    "cdist with weights": (lambda a, b, w: weighted(distance.cdist(a, b, w=w)), (A, B, W[:2].copy())),
    "cdist with variances": (lambda a, b, v: weighted(distance.cdist(a, b, "seuclidean", V=v)), (A, B, W[:2].copy())),
    "minkowski": (lambda a, b: distance.minkowski(a, b, 3), (U, V)),
    "minkowski with weights": (lambda a, b, w: distance.minkowski(a, b, 1.5, w), (U, V, W)),
    "seuclidean": (lambda a, b, v: distance.seuclidean(a, b, v), (U, V, W)),
    "mahalanobis": (lambda a, b, v: distance.mahalanobis(a, b, np.diag(v)), (U, V, W)),
    "jensenshannon": (lambda a, b: distance.jensenshannon(a, b, 2.0), (U, np.abs(V))),
    "squareform": (lambda a: weighted(distance.squareform(a)), (np.arange(1.0, 7.0),)),
    "squareform and back": (
        lambda a: weighted(distance.squareform(distance.squareform(a))),
        (np.array([1.0, 2.0, 3.0]),),
    ),
    "distance_matrix": (lambda a, b: weighted(distance_matrix(a, b)) + weighted(distance_matrix(a, b, p=1)), (A, B)),
}


def both_ways(a: Any, b: Any) -> Any:
    return np.mean(cKDTree(a).query(b)[0]) + weighted(KDTree(b).query(a)[0])


def nearest(a: Any, b: Any) -> Any:
    distances, places = cKDTree(a).query(b, k=2)
    return weighted(distances) + weighted(a[places[:, 1]])


PROGRAMS |= {
    "nearest points": (both_ways, (A, B)),
    "the two nearest points": (nearest, (A, B)),
    "the nearest of one": (lambda a, b: cKDTree(a).query(b)[0], (A, B[0].copy())),
    "the nearest along axes": (lambda a, b: weighted(cKDTree(a).query(b, k=3, p=1)[0]), (A, B)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_distances(name: str) -> None:
    check(*PROGRAMS[name])


@pytest.mark.parametrize("name", ["cdist, euclidean", "cdist, cosine", "pdist, minkowski"])
def test_second_derivatives(name: str) -> None:
    check_second(*PROGRAMS[name])


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean", "minkowski", "cityblock", "canberra"])
def test_distances_rest_where_places_coincide(metric: str) -> None:
    same = np.ones((3, 2))
    np.testing.assert_array_equal(srcad.grad(lambda a: np.sum(distance.pdist(a, metric)))(same), np.zeros((3, 2)))
    apart = srcad.grad(lambda a: np.sum(distance.cdist(a, a, metric)))(A)
    assert np.all(np.isfinite(apart))


def test_metrics_that_are_none_are_refused() -> None:
    with pytest.raises(NotYetSupported, match="the metric hamming"):
        srcad.grad(lambda a: np.sum(distance.pdist(a, "hamming")))(A)
    with pytest.raises(NotYetSupported, match="a metric that is a function"):
        srcad.grad(lambda a: np.sum(distance.pdist(a, lambda u, v: np.sum(u * v))))(A)
