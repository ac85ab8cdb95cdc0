"""How two charges are to stand for a charged particle to fly through the origin: a descent whose cost is a trajectory.

Each function has two letters: the mode of the derivative by where a charge stands, and that of the field by the
position of the particle, (r)everse or (f)orward.
"""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.descent import minimum
from benchmarks.gradbench.evaluation import Evaluation

STEP = 0.1


def potential(x, w):
    first, second = np.array([10.0, 10.0 - w]), np.array([10.0, 0.0])
    return 1.0 / np.sqrt(np.sum((x - first) ** 2)) + 1.0 / np.sqrt(np.sum((x - second) ** 2))


def miss(w, field):
    """The squared distance from the origin at which the particle crosses the axis, by Euler's method."""
    x, velocity = np.array([0.0, 8.0]), np.array([0.75, 0.0])
    while True:
        acceleration = -field(x, w)
        x = x + STEP * velocity
        if x[1] <= 0.0:
            return (x[0] - x[1] / velocity[1] * velocity[0]) ** 2
        velocity = velocity + STEP * acceleration


def miss_by_reverse(w):
    return miss(w, srcad.grad(potential))


def miss_by_forward(w):
    return miss(w, srcad.jacfwd(potential))


MODES = {"r": srcad.grad, "f": srcad.deriv}
COSTS = {"r": miss_by_reverse, "f": miss_by_forward}


def control(cost, gradient):
    return lambda w: minimum(cost, gradient, w)


FUNCTIONS = {
    a + b: Evaluation(lambda given: (given["w"],), control(cost, derivative(cost)), float)
    for a, derivative in MODES.items()
    for b, cost in COSTS.items()
}
