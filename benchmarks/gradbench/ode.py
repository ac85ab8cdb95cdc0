"""y0' = x0 and yi' = xi y(i-1) from y = 0 until the time 2, in s steps of Runge and Kutta."""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def slope(x, y):
    z = x.copy()
    z[1:] *= y[:-1]
    return z


def solution(x, s):
    h = 2.0 / s
    y = np.zeros_like(x)
    for _ in range(s):
        k1 = slope(x, y)
        k2 = slope(x, y + 0.5 * h * k1)
        k3 = slope(x, y + 0.5 * h * k2)
        k4 = slope(x, y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y


def last(x, s):
    return solution(x, s)[-1]


def arguments(given):
    return np.array(given["x"]), given["s"]


FUNCTIONS = {
    "primal": Evaluation(arguments, compiled(solution), listed),
    "gradient": Evaluation(arguments, srcad.grad(last), listed),
}
