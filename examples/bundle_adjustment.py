"""Bundle adjustment: cameras, points and weights from what the cameras saw, by least squares with a sparse Jacobian.

A camera has 11 parameters (rotation, position, focal length, principal point, radial distortion about it), a point 3,
an observation a weight, as in the benchmark ADBench. A row of the Jacobian has the 15 entries of one of each, and so
thousands of columns take 15 tangents.
"""

import numpy as np
from scipy.optimize import least_squares

import srcad
from srcad.testing import check_gradient


def rotated(w, X):
    """Rodrigues' rotation of the rows of X about the rows of w."""
    angle = np.sqrt(np.sum(w * w, axis=1))[:, None]
    axis = w / angle
    along = np.sum(axis * X, axis=1)[:, None]
    return X * np.cos(angle) + np.cross(axis, X) * np.sin(angle) + axis * along * (1.0 - np.cos(angle))


def projected(cameras, X):
    """Where in its camera's image each of the points X is seen; both have a row for each observation."""
    local = rotated(cameras[:, :3], X - cameras[:, 3:6])
    p = local[:, :2] / local[:, 2:] - cameras[:, 7:9]
    r2 = np.sum(p * p, axis=1)
    distortion = 1.0 + cameras[:, 9] * r2 + cameras[:, 10] * r2**2
    return (cameras[:, 6] * distortion)[:, None] * p


def residuals(x, n, m, seen_by, seen, features):
    """The weighted errors of all observations, then what holds the weights near 1. x: cameras, points, weights."""
    cameras, points, weights = x[: 11 * n].reshape(n, 11), x[11 * n : 11 * n + 3 * m].reshape(m, 3), x[11 * n + 3 * m :]
    errors = projected(cameras[seen_by], points[seen]) - features
    return np.concatenate([(weights[:, None] * errors).ravel(), 1.0 - weights**2])


def scene(n, m, each, rng):
    """Cameras around a cloud of points, each point seen by `each` of them: the truth, and what was seen."""
    cameras = np.zeros((n, 11))
    cameras[:, :3] = rng.normal(scale=0.2, size=(n, 3))
    cameras[:, 3:6] = rng.normal([0.0, 0.0, -6.0], 0.3, size=(n, 3))
    cameras[:, 6:] = [1.0, 0.0, 0.0, 0.01, 0.001]
    points = rng.normal(size=(m, 3))
    seen_by = np.concatenate([rng.choice(n, each, replace=False) for _ in range(m)])
    seen = np.repeat(np.arange(m), each)
    features = projected(cameras[seen_by], points[seen])
    return np.concatenate([cameras.ravel(), points.ravel(), np.ones(seen.size)]), (n, m, seen_by, seen, features)


def main():
    rng = np.random.default_rng(0)
    truth, data = scene(6, 80, 4, rng)
    start = truth + 0.01 * rng.normal(size=truth.size)

    jacobian = srcad.sparse.jacobian(residuals)
    J = jacobian(start, *data)
    print(f"Jacobian: {jacobian.plan(start, *data)}")
    assert set(np.diff(J.indptr)) == {15, 1}

    direction = rng.normal(size=start.size)
    _, due = srcad.jvp(lambda x: residuals(x, *data), (start,), (direction,))
    np.testing.assert_allclose(J @ direction, due, rtol=1e-9, atol=1e-9)

    fit = least_squares(residuals, start, jac=jacobian, args=data, tr_solver="lsmr", xtol=1e-12, max_nfev=60)
    before = 0.5 * np.sum(residuals(start, *data) ** 2)
    print(f"least_squares: cost {before:.1e} -> {fit.cost:.1e} in {fit.nfev} steps")
    assert fit.cost < 1e-8 * before

    def cost(x):
        return 0.5 * np.sum(residuals(x, *data) ** 2)

    np.testing.assert_allclose(srcad.grad(cost)(start), J.T @ residuals(start, *data), rtol=1e-8, atol=1e-10)
    print(f"agrees with differences: relative error {check_gradient(cost, start):.1e}")


if __name__ == "__main__":
    main()
