"""Gradient descent with a step that is doubled after ten successes and halved after a failure."""

from __future__ import annotations

import numpy as np

TOLERANCE = 1e-5


def length(v):
    return np.sqrt(np.sum(v * v))


def minimum(cost, gradient, x):
    """Where the cost is least, from x on."""
    value, slope = cost(x), gradient(x)
    rate, successes = 1e-5, 0
    while length(slope) > TOLERANCE:
        if successes == 10:
            rate, successes = 2.0 * rate, 0
        new = x - rate * slope
        if length(new - x) <= TOLERANCE:
            break
        new_value = cost(new)
        if new_value < value:
            x, value, slope = new, new_value, gradient(new)
            successes += 1
        else:
            rate, successes = 0.5 * rate, 0
    return x
