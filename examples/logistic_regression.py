"""Logistic regression: the generated gradient, and a fit by gradient descent on data made on the spot."""

import numpy as np

import srcad
from srcad.testing import check_gradient


def loss(w, b, X, y):
    z = X @ w + b
    return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)


def make_data(m=200, seed=0):
    """Two classes, labelled -1 and 1 by a plane with some noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, 3))
    y = np.where(X @ np.array([2.0, -1.0, 0.5]) + 0.3 + 0.5 * rng.normal(size=m) > 0, 1.0, -1.0)
    return X, y


def fit(X, y, rate=1.0, steps=200):
    gradient = srcad.value_and_grad(loss, argnums=("w", "b"))
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        value, (w_bar, b_bar) = gradient(w, b, X, y)
        w = w - rate * w_bar
        b = b - rate * b_bar
    return w, b, value


def main():
    X, y = make_data()
    w, b = np.array([0.3, -0.2, 0.1]), 0.2
    print(srcad.grad(loss, argnums=("w", "b")).source(w, b, X, y))
    print(f"agrees with differences: relative error {check_gradient(loss, w, b, X, y, argnums=(0, 1)):.1e}")
    w, b, value = fit(X, y)
    accuracy = np.mean(np.sign(X @ w + b) == y)
    print(f"fitted: loss {value:.4f}, accuracy {accuracy:.3f}")
    assert accuracy > 0.85


if __name__ == "__main__":
    main()
