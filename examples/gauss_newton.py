"""A curve is fitted by Gauss-Newton steps: near the solution their matrix is nearly the Hessian, far from it it isn't.

The error is 0.5 sum r_k**2, its Hessian J^T J + sum r_k H_k. The Gauss-Newton matrix J^T J leaves the second sum out,
which is small where the residuals r_k are.
"""

import numpy as np

import srcad
from srcad.testing import check_gradient

TIMES = np.linspace(0.0, 4.0, 25)
TRUE = np.array([2.0, 0.7, 1.8])


def model(p):
    height, decay, frequency = p
    return height * np.exp(-decay * TIMES) * np.cos(frequency * TIMES)


DATA = model(TRUE) + 0.01 * np.sin(37.0 * TIMES)  # as if measured


def residuals(p):
    return model(p) - DATA


def error(p):
    return 0.5 * np.sum(residuals(p) ** 2)


def fit(p, steps=30):
    """Gauss-Newton steps, shortened while they don't go down (Levenberg and Marquardt)."""
    gradient, matrix, damping = srcad.grad(error), srcad.gauss_newton(residuals), 1.0
    for _ in range(steps):
        step = np.linalg.solve(matrix(p) + damping * np.eye(p.size), -gradient(p))
        if error(p + step) < error(p):
            p, damping = p + step, 0.3 * damping
        else:
            damping *= 4.0
    return p


def difference(p):
    """How far the Gauss-Newton matrix is from the Hessian, relative to it."""
    exact = srcad.hessian(error)(p)
    return np.linalg.norm(exact - srcad.gauss_newton(residuals)(p)) / np.linalg.norm(exact)


def left_out(p):
    """sum of r_k H_k, by the Hessian of each residual."""
    return sum(r * srcad.hessian(lambda q, k=k: residuals(q)[k])(p) for k, r in enumerate(residuals(p)))


def main():
    start = np.array([1.0, 0.2, 1.2])
    found = fit(start)
    print(f"found {found.round(3)}, where the error is {error(found):.1e}")
    assert np.allclose(found, TRUE, atol=0.02)
    for where, p in (("at the start", start), ("at the solution", found)):
        exact, approximate = srcad.hessian(error)(p), srcad.gauss_newton(residuals)(p)
        print(f"{where}: J^T J differs from the Hessian by {difference(p):.1e} of it; smallest eigenvalues:")
        print(f"  Hessian {np.linalg.eigvalsh(exact)[0]:8.3f}   Gauss-Newton {np.linalg.eigvalsh(approximate)[0]:8.3f}")
        assert np.allclose(exact - approximate, left_out(p))
    assert difference(start) > 0.3
    assert difference(found) < 0.01

    direction = np.array([1.0, -1.0, 0.5])
    assert np.allclose(srcad.ggnvp(residuals)(start, direction), srcad.gauss_newton(residuals)(start) @ direction)
    print(srcad.ggnvp(residuals).source(start))
    print(f"agrees with differences: relative error {check_gradient(error, start):.1e}")


if __name__ == "__main__":
    main()
