"""Bilevel optimisation: the regularisation of a ridge regression, chosen by the loss on other data.

    inner problem     w(theta) = argmin_w  |X w - y|^2 + sum(exp(theta) * w^2)        on the training data
    outer problem     min_theta  |X w(theta) - y|^2                                   on the validation data

The inner problem is solved by a solver of SciPy, which isn't differentiated: at its solution the gradient is zero, and
this equation says how w moves when theta does. For a quadratic inner problem both can be written down, as a check.
"""

import numpy as np
from scipy.optimize import minimize

import srcad
from srcad.testing import check_gradient


def training_loss(w, theta, X, y):
    error = X @ w - y
    return error @ error + np.sum(np.exp(theta) * w**2)


slope_of_w = srcad.grad(training_loss)


def validation_loss(theta, X, y, X_val, y_val):
    """By SciPy's minimiser."""
    start = np.zeros(len(theta))
    inner = minimize(training_loss, start, args=(theta, X, y), jac=slope_of_w, method="BFGS", options={"gtol": 1e-9})
    error = X_val @ inner.x - y_val
    return error @ error / len(y_val)


def by_products(theta, X, y, X_val, y_val):
    """The same by the root of the inner gradient; the Hessian of the inner problem is never formed."""
    w = srcad.implicit.root(slope_of_w, np.zeros(len(theta)), theta, X, y, solve="cg")
    error = X_val @ w - y_val
    return error @ error / len(y_val)


def in_closed_form(theta, X, y, X_val, y_val):
    w = np.linalg.solve(X.T @ X + np.diag(np.exp(theta)), X.T @ y)
    error = X_val @ w - y_val
    return error @ error / len(y_val)


def data(features=8, useful=3, samples=30, seed=0):
    """Few of the features say anything, and there are few samples: without regularisation the rest does harm."""
    rng = np.random.default_rng(seed)
    weights = np.zeros(features)
    weights[:useful] = rng.normal(size=useful) + 2.0
    X, X_val = rng.normal(size=(samples, features)), rng.normal(size=(200, features))
    return X, X @ weights + rng.normal(size=samples), X_val, X_val @ weights + rng.normal(size=200)


def descend(loss, theta, args, steps=60, rate=4.0):
    """Gradient descent on the outer problem."""
    value_and_slope = srcad.value_and_grad(loss)
    for _ in range(steps):
        value, slope = value_and_slope(theta, *args)
        theta = theta - rate * slope
    return theta, value


def main():
    args = data()
    theta = np.zeros(8)
    print(srcad.grad(validation_loss).source(theta, *args))

    due = srcad.grad(in_closed_form)(theta, *args)
    for loss in (validation_loss, by_products):
        np.testing.assert_allclose(srcad.grad(loss)(theta, *args), due, rtol=1e-5)
    print("equal to the derivative of the closed form")

    before = validation_loss(theta, *args)
    chosen, after = descend(by_products, theta, args)
    print(f"validation loss {before:.4f} before, {after:.4f} after; useless features are held down:")
    print("lambda =", np.array2string(np.exp(chosen), precision=2, suppress_small=True))
    assert after < before
    assert np.mean(chosen[3:]) > np.mean(chosen[:3])

    print(f"agrees with differences: relative error {check_gradient(by_products, theta, *args):.1e}")


if __name__ == "__main__":
    main()
