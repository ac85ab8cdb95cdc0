"""The squared distances of points to the nearest of some centroids, and the step of Newton's method for the centroids.

The Hessian is diagonal, so its product with ones is its diagonal.
"""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def cost(centroids, points):
    products = points @ centroids.T
    distances = np.sum(points**2, axis=1)[:, None] - 2.0 * products + np.sum(centroids**2, axis=1)
    return np.sum(np.min(distances, axis=1))


gradient = srcad.grad(cost)
hessian_product = srcad.hvp(cost)


def direction(centroids, points):
    return gradient(centroids, points) / hessian_product(centroids, points, np.ones_like(centroids))


def arguments(given):
    return np.array(given["centroids"]), np.array(given["points"])


FUNCTIONS = {
    "cost": Evaluation(arguments, compiled(cost), float),
    "dir": Evaluation(arguments, direction, listed),
}
