"""The Jacobian of ReLU is diag(1[z > 0]); products with it never need the matrix.

For one layer, y = relu(W x) with the mask d = 1[W x > 0]:

    JVP   y_dot = d * (W_dot x + W x_dot)                      (the Jacobian times a tangent)
    VJP   x_bar = W^T (d * y_bar),   W_bar = (d * y_bar) x^T    (an adjoint times the Jacobian)

Both are compared with products of the explicit Jacobians: n x m numbers for x, n x n x m for W.
"""

import numpy as np

import srcad
from srcad.testing import check_derivatives


def relu(z):
    return np.where(z > 0, z, 0.0)


def layer(W, x):
    return relu(W @ x)


def explicit_jacobians(W, x):
    """dy/dW and dy/dx, written down: y_i depends on row i of W alone."""
    d = (W @ x > 0).astype(float)
    n, m = W.shape
    by_weights = np.zeros((n, n, m))
    for i in range(n):
        by_weights[i, i] = d[i] * x
    return by_weights, np.diag(d) @ W


def check_mask(z):
    """diag(1[z > 0]), by columns and by rows, at the kink too."""
    due = np.diag((z > 0).astype(float))
    assert np.array_equal(srcad.jacfwd(relu)(z), due)
    assert np.array_equal(srcad.jacrev(relu)(z), due)
    print(f"z = {z}: the Jacobian is\n{due}")


def check_products(W, x, W_dot, x_dot, y_bar):
    """Products without the Jacobians against products with them."""
    by_weights, by_input = explicit_jacobians(W, x)
    d = W @ x > 0
    for made in (srcad.jacfwd, srcad.jacrev):
        assert np.allclose(made(layer, argnums=0)(W, x), by_weights)
        assert np.allclose(made(layer, argnums=1)(W, x), by_input)

    _, y_dot = srcad.jvp(layer, (W, x), (W_dot, x_dot))
    assert np.allclose(y_dot, d * (W_dot @ x + W @ x_dot), rtol=1e-14)
    assert np.allclose(y_dot, np.tensordot(by_weights, W_dot, axes=2) + by_input @ x_dot)

    _, pullback = srcad.vjp(layer, W, x)
    W_bar, x_bar = pullback(y_bar)
    assert np.allclose(x_bar, W.T @ (d * y_bar), rtol=1e-14)
    assert np.allclose(W_bar, np.outer(d * y_bar, x), rtol=1e-14)
    assert np.allclose(x_bar, y_bar @ by_input)
    assert np.allclose(W_bar, np.tensordot(y_bar, by_weights, axes=1))
    print("JVP and VJP equal the products with the explicit Jacobians")


def check_kink():
    """`np.where(z > 0, z, 0)` says what happens at 0. `np.maximum(z, 0)` has a tie there, which srcad splits."""
    at_zero = np.zeros(1)
    assert srcad.jacfwd(relu)(at_zero) == 0.0
    assert srcad.jacfwd(lambda z: np.maximum(z, 0.0))(at_zero) == 0.5
    print("at z = 0: 0 for np.where(z > 0, z, 0), 1/2 for np.maximum(z, 0)")


def example_arguments(n=4, m=3, seed=0):
    rng = np.random.default_rng(seed)
    shapes = {"W": (n, m), "x": (m,), "W_dot": (n, m), "x_dot": (m,), "y_bar": (n,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def main():
    args = example_arguments()
    W, x = args["W"], args["x"]
    check_mask(np.array([1.5, -0.5, 0.0, 2.0]))
    check_products(**args)
    check_kink()
    print("\nThe tangent as source:\n")
    print(srcad.linearize(layer, W, x)[1].source)
    print("The adjoint as source, of the reverse sweep:\n")
    print(srcad.vjp(layer, W, x)[1].source)
    print(f"agrees with differences: {check_derivatives(layer, (W, x)).ok}")


if __name__ == "__main__":
    main()
