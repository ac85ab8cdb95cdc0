"""A ReLU network of L layers with residual connections and He initialisation, trained on data made on the spot.

The parameters are a list of dicts; so is the gradient.
"""

import itertools

import numpy as np

import srcad
from srcad.testing import check_gradient


def he_initialisation(sizes, seed=0):
    """Weights with variance 2 / fan-in, so that ReLU keeps the size of what passes; biases zero."""
    rng = np.random.default_rng(seed)
    return [{"W": rng.normal(size=(n, m)) * np.sqrt(2 / n), "b": np.zeros(m)} for n, m in itertools.pairwise(sizes)]


def predict(params, x):
    first, *blocks, last = params
    h = np.maximum(0, x @ first["W"] + first["b"])
    for layer in blocks:
        h = h + np.maximum(0, h @ layer["W"] + layer["b"])
    return h @ last["W"] + last["b"]


def loss(params, x, y):
    decay = sum(np.sum(layer["W"] ** 2) for layer in params)
    return np.mean((predict(params, x) - y) ** 2) + 1e-5 * decay


def make_data(m=128, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, size=(m, 2))
    return x, np.sin(3 * x[:, :1]) * x[:, 1:]


def train(params, x, y, rate=0.02, momentum=0.9, steps=400):
    value_and_gradient = srcad.value_and_grad(loss)
    velocity = [{name: np.zeros_like(p) for name, p in layer.items()} for layer in params]
    losses = []
    for _ in range(steps):
        value, gradient = value_and_gradient(params, x, y)
        losses.append(value)
        velocity = [
            {name: momentum * v[name] - rate * g[name] for name in v} for v, g in zip(velocity, gradient, strict=True)
        ]
        params = [{name: p[name] + v[name] for name in p} for p, v in zip(params, velocity, strict=True)]
    return params, losses


def main():
    params = he_initialisation([2, 16, 16, 16, 16, 1])
    x, y = make_data()
    error = check_gradient(loss, params, x, y, step=1e-6, rtol=1e-4)
    print(f"agrees with differences: relative error {error:.1e}")
    params, losses = train(params, x, y)
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f} in {len(losses)} steps")
    assert losses[-1] < 0.1 * losses[0]


if __name__ == "__main__":
    main()
