"""Backpropagation through time: a small recurrent network learns to remember its input of two steps ago."""

import numpy as np

import srcad
from srcad.testing import check_gradient


def loss(params, inputs, targets):
    h = np.zeros(params["b"].shape)
    total = 0.0
    for x, target in zip(inputs, targets, strict=True):
        h = np.tanh(params["W"] @ x + params["V"] @ h + params["b"])
        total += np.sum((params["U"] @ h - target) ** 2)
    return total / len(inputs)


def initial_parameters(hidden=8, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "W": 0.5 * rng.normal(size=(hidden, 1)),
        "V": 0.9 * np.linalg.qr(rng.normal(size=(hidden, hidden)))[0],
        "U": 0.3 * rng.normal(size=(1, hidden)),
        "b": np.zeros(hidden),
    }


def make_sequence(length=60, seed=1):
    inputs = np.random.default_rng(seed).uniform(-1, 1, size=(length, 1))
    return inputs, np.concatenate([np.zeros((2, 1)), inputs[:-2]])


def train(params, inputs, targets, rate=0.05, steps=300):
    """Gradient descent with the gradient cut to length 1."""
    value_and_gradient = srcad.value_and_grad(loss)
    losses = []
    for _ in range(steps):
        value, gradient = value_and_gradient(params, inputs, targets)
        losses.append(value)
        length = np.sqrt(sum(np.sum(g**2) for g in gradient.values()))
        params = {name: p - rate * gradient[name] / max(1.0, length) for name, p in params.items()}
    return params, losses


def main():
    params = initial_parameters()
    inputs, targets = make_sequence()
    print(srcad.grad(loss).source(params, inputs, targets))
    error = check_gradient(loss, params, inputs, targets)
    print(f"agrees with differences: relative error {error:.1e}")
    params, losses = train(params, inputs, targets)
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f} in {len(losses)} steps")
    assert losses[-1] < 0.3 * losses[0]


if __name__ == "__main__":
    main()
