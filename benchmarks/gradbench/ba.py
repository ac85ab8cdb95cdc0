"""Bundle adjustment: the errors of what cameras saw, and their sparse Jacobian.

A camera has a rotation (axis times angle), a position, a focal length, a principal point and two coefficients of
radial distortion. An observation depends on one camera, one point and one weight. No other observation depends on
its copies of these, so that a gradient of the sum over all observations has a row of the Jacobian for each.
"""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def rotated(w, X):
    """The rows of X, each rotated about the row of w, by its length."""
    square = np.sum(w * w, axis=1)[:, None]
    turned = square > 0.0
    angle = np.sqrt(np.where(turned, square, 1.0))
    axis = w / angle
    along = np.sum(axis * X, axis=1)[:, None]
    about = X * np.cos(angle) + np.cross(axis, X) * np.sin(angle) + axis * along * (1.0 - np.cos(angle))
    return np.where(turned, about, X + np.cross(w, X))


def projected(cameras, X):
    local = rotated(cameras[:, :3], X - cameras[:, 3:6])
    p = local[:, :2] / local[:, 2:]
    r2 = np.sum(p * p, axis=1)
    distortion = 1.0 + cameras[:, 9] * r2 + cameras[:, 10] * r2**2
    return p * distortion[:, None] * cameras[:, 6:7] + cameras[:, 7:9]


def errors(cameras, points, weights, features):
    return weights[:, None] * (projected(cameras, points) - features)


def weight_errors(weights):
    return 1.0 - weights**2


def objective(cameras, points, weights, seen_by, seen, features):
    return errors(cameras[seen_by], points[seen], weights, features), weight_errors(weights)


@srcad.grad(argnums=("cameras", "points", "weights"))
def rows(cameras, points, weights, features, coordinate):
    return np.sum(errors(cameras, points, weights, features)[:, coordinate])


slopes = srcad.deriv(weight_errors)


def jacobian(cameras, points, weights, seen_by, seen, features):
    """Where the rows begin, the columns of the entries, and the entries, row by row."""
    n, m, p = len(cameras), len(points), len(weights)
    given = cameras[seen_by], points[seen], weights, features
    blocks = np.empty((p, 2, 15))
    for coordinate in range(2):
        blocks[:, coordinate, :11], blocks[:, coordinate, 11:14], blocks[:, coordinate, 14] = rows(*given, coordinate)
    own = 11 * n + 3 * m + np.arange(p)
    of_camera = 11 * seen_by[:, None] + np.arange(11)
    of_point = 11 * n + 3 * seen[:, None] + np.arange(3)
    columns = np.repeat(np.concatenate([of_camera, of_point, own[:, None]], axis=1), 2, axis=0)
    starts = np.concatenate([15 * np.arange(2 * p), 30 * p + np.arange(p + 1)])
    return starts, np.concatenate([columns.ravel(), own]), np.concatenate([blocks.ravel(), slopes(weights)])


def arguments(given):
    """The suite sends one camera, one point, one weight and one feature, each of which stands for all."""
    n, m, p = given["n"], given["m"], given["p"]
    cameras, points = np.tile(given["cam"], (n, 1)), np.tile(given["x"], (m, 1))
    return cameras, points, np.full(p, given["w"]), np.arange(p) % n, np.arange(p) % m, np.tile(given["feat"], (p, 1))


def told_objective(found):
    of_features, of_weights = found
    return {
        "reproj_error": {"elements": listed(of_features[0]), "repeated": len(of_features)},
        "w_err": {"element": float(of_weights[0]), "repeated": len(of_weights)},
    }


def told_jacobian(found):
    """The first 30 elements of each array, and the last one."""
    return {
        name: listed(np.append(one[:30], one[-1])) for name, one in zip(("rows", "cols", "vals"), found, strict=True)
    }


FUNCTIONS = {
    "objective": Evaluation(arguments, compiled(objective), told_objective),
    "jacobian": Evaluation(arguments, jacobian, told_jacobian),
}
