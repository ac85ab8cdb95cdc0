"""Backpropagation through L layers, as textbooks write it and as srcad generates it, layer by layer.

The network:   z(l) = W(l) a(l-1) + b(l),   a(l) = sigma(z(l)),   a(0) = x,   E = 1/2 |a(L) - y|^2

The textbook's recursion for the errors delta(l) = dE/dz(l), from the last layer to the first:

    delta(L) = (a(L) - y) * sigma'(z(L))
    delta(l) = (W(l+1)^T delta(l+1)) * sigma'(z(l))
    dE/dW(l) = delta(l) a(l-1)^T,      dE/db(l) = delta(l)

The recursion is the children-sum: a(l) has one child, z(l+1), and z(l) has one, a(l).
"""

import itertools

import numpy as np

import srcad
from srcad.testing import check_gradient


def sigma(z):
    return 1 / (1 + np.exp(-z))


def error(weights, biases, x, y):
    """The error of a network with a list of weights and a list of biases."""
    a = x
    for W, b in zip(weights, biases, strict=True):
        z = W @ a + b
        a = sigma(z)
    return 0.5 * np.sum((a - y) ** 2)


def stacked_error(W, b, x, y):
    """The same where all layers are equally wide: the weights are one array, and the loop stays a loop."""
    a = x
    for l in range(len(W)):
        z = W[l] @ a + b[l]
        a = sigma(z)
    return 0.5 * np.sum((a - y) ** 2)


def backpropagation(weights, biases, x, y):
    """The errors delta(1), ..., delta(L) and the gradients with respect to the weights, by the textbook's recursion."""
    activations, slopes = [x], []
    for W, b in zip(weights, biases, strict=True):
        a = sigma(W @ activations[-1] + b)
        activations.append(a)
        slopes.append(a * (1 - a))
    deltas = [(activations[-1] - y) * slopes[-1]]
    for l in reversed(range(len(weights) - 1)):
        deltas.insert(0, (weights[l + 1].T @ deltas[0]) * slopes[l])
    return deltas, [np.outer(delta, a) for delta, a in zip(deltas, activations, strict=False)]


def make_network(sizes, seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(n, m)) for m, n in itertools.pairwise(sizes)]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    return weights, biases, rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])


def compare(sizes):
    """Compare layer by layer."""
    args = make_network(sizes)
    weight_bars, bias_bars = srcad.grad(error, argnums=("weights", "biases"))(*args)
    deltas, due = backpropagation(*args)
    for l in range(len(sizes) - 1):
        assert np.allclose(bias_bars[l], deltas[l], rtol=1e-12)
        assert np.allclose(weight_bars[l], due[l], rtol=1e-12)
        print(f"layer {l + 1}: |delta| = {np.linalg.norm(deltas[l]):.3e}, equal to srcad's gradient of b({l + 1})")


def compare_stacked(layers=6, width=4):
    weights, biases, x, y = make_network([width] * (layers + 1), seed=1)
    stacked = srcad.grad(stacked_error, argnums=("W", "b"))
    args = np.stack(weights), np.stack(biases), x, y
    W_bar, b_bar = stacked(*args)
    deltas, due = backpropagation(weights, biases, x, y)
    assert np.allclose(b_bar, deltas, rtol=1e-12)
    assert np.allclose(W_bar, due, rtol=1e-12)
    print("\nWith a loop over the layers: z_bar is delta(l), and a_bar is W(l)^T delta(l)\n")
    print(stacked.source(*args))


def main():
    sizes = [3, 5, 4, 6, 2]
    compare(sizes)
    compare_stacked()
    difference = check_gradient(error, *make_network(sizes), argnums=(0, 1))
    print(f"agrees with differences: relative error {difference:.1e}")


if __name__ == "__main__":
    main()
