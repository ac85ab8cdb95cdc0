"""scipy.spatial.distance: distances of vectors, and of all pairs. Where two places coincide, a distance rests."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from srcad.definitions import rotations
from srcad.definitions.words import entry, fixed, floats, known, nearest, refused

__all__ = [
    "KDTree",
    "braycurtis",
    "cKDTree",
    "canberra",
    "cdist",
    "chebyshev",
    "cityblock",
    "correlation",
    "cosine",
    "distance_matrix",
    "euclidean",
    "jensenshannon",
    "mahalanobis",
    "minkowski",
    "minkowski_distance",
    "minkowski_distance_p",
    "pdist",
    "seuclidean",
    "sqeuclidean",
    "squareform",
]
METHODS: dict[str, object] = {**rotations.METHODS}
STATIC: dict[str, object] = {**rotations.STATIC}


def weighted(x, w):
    return x if w is None else x * floats(w)


def mean(x, w):
    if w is None:
        return np.mean(x, axis=-1)
    return np.sum(floats(w) * x, axis=-1) / np.sum(floats(w), axis=-1)


def euclidean_of(u, v, w=None):
    return np.linalg.norm(u - v if w is None else np.sqrt(floats(w)) * (u - v), axis=-1)


def sqeuclidean_of(u, v, w=None):
    return np.sum(weighted((u - v) ** 2, w), axis=-1)


def cityblock_of(u, v, w=None):
    return np.sum(weighted(np.abs(u - v), w), axis=-1)


def chebyshev_of(u, v, w=None):
    return np.max(np.abs(u - v) if w is None else np.where(floats(w) > 0.0, np.abs(u - v), 0.0), axis=-1)


def minkowski_of(u, v, p=2, w=None):
    p = fixed(p)
    if p == 1:
        return cityblock_of(u, v, w)
    if p == 2:
        return euclidean_of(u, v, w)
    if p == math.inf:
        return chebyshev_of(u, v, w)
    total = np.sum(weighted(np.abs(u - v) ** p, w), axis=-1)
    apart = total > 0.0
    return np.where(apart, np.where(apart, total, 1.0) ** (1.0 / p), 0.0)


def cosine_of(u, v, w=None):
    return 1.0 - mean(u * v, w) / np.sqrt(mean(u * u, w) * mean(v * v, w))


def correlation_of(u, v, w=None, centered=True):
    if centered:
        u = u - np.expand_dims(mean(u, w), -1)
        v = v - np.expand_dims(mean(v, w), -1)
    return cosine_of(u, v, w)


def canberra_of(u, v, w=None):
    sizes = np.abs(u) + np.abs(v)
    both_zero = sizes == 0.0
    return np.sum(weighted(np.where(both_zero, 0.0, np.abs(u - v) / np.where(both_zero, 1.0, sizes)), w), axis=-1)


def braycurtis_of(u, v, w=None):
    return np.sum(weighted(np.abs(u - v), w), axis=-1) / np.sum(weighted(np.abs(u + v), w), axis=-1)


def seuclidean_of(u, v, V):
    return np.linalg.norm((u - v) / np.sqrt(V), axis=-1)


def root(square):
    """A square root that rests at 0."""
    apart = square > 0.0
    return np.where(apart, np.sqrt(np.where(apart, square, 1.0)), 0.0)


def mahalanobis_of(u, v, VI):
    return root(np.sum(((u - v) @ VI) * (u - v), axis=-1))


def jensenshannon_of(p, q, base=None):
    p, q = p / np.sum(p, axis=-1, keepdims=True), q / np.sum(q, axis=-1, keepdims=True)
    middle = (p + q) / 2.0
    total = np.sum(special.rel_entr(p, middle), axis=-1) + np.sum(special.rel_entr(q, middle), axis=-1)
    if base is not None:
        total = total / np.log(base)
    return root(total / 2.0)


METRICS = {
    **dict.fromkeys(("euclidean", "euclid", "eu", "e"), euclidean_of),
    **dict.fromkeys(("sqeuclidean", "sqe", "sqeuclid"), sqeuclidean_of),
    **dict.fromkeys(("cityblock", "cblock", "cb", "c"), cityblock_of),
    **dict.fromkeys(("chebyshev", "chebychev", "cheby", "cheb", "ch"), chebyshev_of),
    **dict.fromkeys(("minkowski", "mi", "m", "pnorm"), minkowski_of),
    **dict.fromkeys(("cosine", "cos"), cosine_of),
    **dict.fromkeys(("correlation", "co"), correlation_of),
    "canberra": canberra_of,
    "braycurtis": braycurtis_of,
    **dict.fromkeys(("jensenshannon", "js"), jensenshannon_of),
}


def of_pairs(u, v, every, metric, options):
    """The distances of vectors along the last axis; `every`: all of them, one below the other."""
    if callable(metric):
        refused("a metric that is a function", "call it in a loop over the pairs.")
    if metric in ("seuclidean", "se", "s"):
        V = np.var(every, axis=0, ddof=1) if options.get("V") is None else floats(options["V"])
        return seuclidean_of(u, v, V)
    if metric in ("mahalanobis", "mahal", "mah"):
        inverse = np.linalg.inv(np.cov(every.T)).T if options.get("VI") is None else floats(options["VI"])
        return mahalanobis_of(u, v, inverse)
    return entry(METRICS, metric, "the metric")(u, v, **options)


def cdist(XA, XB, metric="euclidean", **options):
    a, b = np.asarray(floats(XA)), np.asarray(floats(XB))
    if metric in ("seuclidean", "se", "s", "mahalanobis", "mahal", "mah"):
        return of_pairs(a[:, None, :], b[None, :, :], np.vstack([a, b]), metric, options)
    return of_pairs(a[:, None, :], b[None, :, :], a, metric, options)


def pdist(X, metric="euclidean", **options):
    x = np.asarray(floats(X))
    rows, columns = np.triu_indices(len(x), 1)
    return of_pairs(x[rows], x[columns], x, metric, options)


def distance_matrix(x, y, p=2):
    x, y = np.asarray(floats(x)), np.asarray(floats(y))
    return minkowski_of(x[:, None, :], y[None, :, :], p)


def minkowski_distance(x, y, p=2.0):
    return minkowski_of(np.asarray(floats(x)), np.asarray(floats(y)), p)


def minkowski_distance_p(x, y, p=2.0):
    """The p-th power of the distance."""
    apart, p = np.abs(np.asarray(floats(x)) - np.asarray(floats(y))), fixed(p)
    return np.max(apart, axis=-1) if p == math.inf else np.sum(apart**p, axis=-1)


def euclidean(u, v, w=None):
    return euclidean_of(np.asarray(floats(u)), np.asarray(floats(v)), w)


def sqeuclidean(u, v, w=None):
    return sqeuclidean_of(np.asarray(floats(u)), np.asarray(floats(v)), w)


def cityblock(u, v, w=None):
    return cityblock_of(np.asarray(floats(u)), np.asarray(floats(v)), w)


def chebyshev(u, v, w=None):
    return chebyshev_of(np.asarray(floats(u)), np.asarray(floats(v)), w)


def minkowski(u, v, p=2, w=None):
    return minkowski_of(np.asarray(floats(u)), np.asarray(floats(v)), p, w)


def cosine(u, v, w=None):
    return cosine_of(np.asarray(floats(u)), np.asarray(floats(v)), w)


def correlation(u, v, w=None, centered=True):
    return correlation_of(np.asarray(floats(u)), np.asarray(floats(v)), w, centered)


def canberra(u, v, w=None):
    return canberra_of(np.asarray(floats(u)), np.asarray(floats(v)), w)


def braycurtis(u, v, w=None):
    return braycurtis_of(np.asarray(floats(u)), np.asarray(floats(v)), w)


def seuclidean(u, v, V):
    return seuclidean_of(np.asarray(floats(u)), np.asarray(floats(v)), floats(V))


def mahalanobis(u, v, VI):
    return mahalanobis_of(np.asarray(floats(u)), np.asarray(floats(v)), floats(VI))


def jensenshannon(p, q, base=None, axis=0, keepdims=False):
    p, q = np.moveaxis(np.asarray(floats(p)), axis, -1), np.moveaxis(np.asarray(floats(q)), axis, -1)
    value = jensenshannon_of(p, q, base)
    return np.expand_dims(value, axis) if keepdims else value


def squareform(X):
    x = np.asarray(floats(X))
    if np.ndim(x) == 2:
        rows, columns = np.triu_indices(len(x), 1)
        return x[rows, columns]
    n = int((1.0 + math.sqrt(1.0 + 8.0 * len(x))) / 2.0 + 0.5)
    rows, columns = np.triu_indices(n, 1)
    square = np.zeros((n, n))
    square[rows, columns] = x
    square[columns, rows] = x
    return square


# ---- nearest points


class PointTree:
    """Points, of which the nearest are asked for."""

    def __init__(self, data):
        self.data = np.asarray(floats(data))

    def query(self, x, k=1, eps=0.0, p=2.0, distance_upper_bound=np.inf, workers=1):
        """Which points are the nearest rests; how far they are moves."""
        if not known(distance_upper_bound) or distance_upper_bound != np.inf or fixed(eps) != 0.0:
            refused("a search of near points with these options", "leave eps and distance_upper_bound out.")
        x, k, p = np.asarray(floats(x)), fixed(k), fixed(p)
        places = nearest(self.data, x, k, p)
        ahead = np.expand_dims(x, -2) if k > 1 else x
        return minkowski_of(ahead, self.data[places], p), places


def cKDTree(data, leafsize=16, compact_nodes=True, copy_data=False, balanced_tree=True):
    return PointTree(data)


def KDTree(data, leafsize=10, compact_nodes=True, copy_data=False, balanced_tree=True):
    return PointTree(data)
