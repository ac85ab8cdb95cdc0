"""What a long short-term memory with diagonal weights loses on a sequence of letters, which are vectors of bits.

A layer has a row of weights and one of biases for its four gates, and a row of the state for what is hidden and one
for the cell.
"""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def step(weight, bias, hidden, cell, x):
    n = len(hidden)
    gates = np.concatenate([x, hidden, x, hidden]) * weight + bias
    forget, entry, exit = sigmoid(gates[:n]), sigmoid(gates[n : 2 * n]), sigmoid(gates[2 * n : 3 * n])
    cell = cell * forget + entry * np.tanh(gates[3 * n :])
    return exit * np.tanh(cell), cell


def predicted(main, extra, state, x):
    """What comes after x; the state is brought up to date."""
    x = x * extra[0]
    for i in range(0, len(state), 2):
        state[i], state[i + 1] = step(main[i], main[i + 1], state[i], state[i + 1], x)
        x = state[i]
    return x * extra[1] + extra[2]


def loss(main, extra, state, sequence):
    state = state.copy()
    total = 0.0
    for t in range(len(sequence) - 1):
        y = predicted(main, extra, state, sequence[t])
        total += np.sum(sequence[t + 1] * (y - np.log(2.0 + np.sum(np.exp(y)))))
    return -total / sequence[1:].size


def arguments(given):
    return tuple(np.array(given[name]) for name in ("main_params", "extra_params", "state", "sequence"))


def joined(gradients):
    return listed(np.concatenate([one.ravel() for one in gradients]))


FUNCTIONS = {
    "objective": Evaluation(arguments, compiled(loss), float),
    "jacobian": Evaluation(arguments, srcad.grad(loss, argnums=("main", "extra")), joined),
}
