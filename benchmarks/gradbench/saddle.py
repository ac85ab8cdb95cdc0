"""A saddle point: the least of what a function is at most, by descents of which one contains the other.

Each function has two letters: the mode of the outer derivative and that of the inner one, (r)everse or (f)orward.
"""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.descent import minimum
from benchmarks.gradbench.evaluation import Evaluation, listed


def objective(x, y):
    return np.sum(x**2) - np.sum(y**2)


def highest(x, start, derivative):
    """The y with the largest objective."""

    def cost(y):
        return -objective(x, y)

    return minimum(cost, derivative(cost), start)


def highest_by_reverse(x, start):
    return objective(x, highest(x, start, srcad.grad))


def highest_by_forward(x, start):
    return objective(x, highest(x, start, srcad.jacfwd))


def saddle(outer, inner):
    largest = {srcad.grad: highest_by_reverse, srcad.jacfwd: highest_by_forward}[inner]
    gradient = outer(largest)

    def found(start):
        x = minimum(lambda x: largest(x, start), lambda x: gradient(x, start), start)
        return np.concatenate([x, highest(x, start, outer)])

    return found


def start(given):
    return (np.array(given["start"]),)


MODES = {"r": srcad.grad, "f": srcad.jacfwd}
FUNCTIONS = {
    a + b: Evaluation(start, saddle(outer, inner), listed) for a, outer in MODES.items() for b, inner in MODES.items()
}
