"""Backpropagation, as the textbook derives it and as srcad generates it.

The network:     z = W x + b,   h = sigma(z),   y_hat = U h + c,   L = 1/2 |y_hat - y|^2

The textbook's equations, from the loss back to the parameters:

    y_hat_bar = y_hat - y
    U_bar     = y_hat_bar h^T          c_bar = y_hat_bar
    h_bar     = U^T y_hat_bar
    z_bar     = h_bar * h * (1 - h)
    W_bar     = z_bar x^T              b_bar = z_bar
"""

import numpy as np

import srcad
from srcad.testing import check_gradient


def loss(W, b, U, c, x, y):
    z = W @ x + b
    h = 1 / (1 + np.exp(-z))
    y_hat = U @ h + c
    return 0.5 * np.sum((y_hat - y) ** 2)


def backpropagation(W, b, U, c, x, y):
    """The textbook's equations, one a line."""
    h = 1 / (1 + np.exp(-(W @ x + b)))
    y_hat = U @ h + c
    y_hat_bar = y_hat - y
    U_bar = np.outer(y_hat_bar, h)
    c_bar = y_hat_bar
    h_bar = U.T @ y_hat_bar
    z_bar = h_bar * h * (1 - h)
    W_bar = np.outer(z_bar, x)
    b_bar = z_bar
    return W_bar, b_bar, U_bar, c_bar


def example_arguments(seed=0):
    rng = np.random.default_rng(seed)
    shapes = {"W": (4, 3), "b": (4,), "U": (2, 4), "c": (2,), "x": (3,), "y": (2,)}
    return tuple(rng.normal(size=shape) for shape in shapes.values())


def main():
    args = example_arguments()
    gradient = srcad.grad(loss, argnums=("W", "b", "U", "c"))
    print(gradient.source(*args))
    for got, due in zip(gradient(*args), backpropagation(*args), strict=True):
        assert np.allclose(got, due, rtol=1e-12)
    print("equal to the textbook's equations")
    error = check_gradient(loss, *args, argnums=(0, 1, 2, 3))
    print(f"agrees with differences: relative error {error:.1e}")


if __name__ == "__main__":
    main()
