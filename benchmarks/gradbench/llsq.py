"""Half the squared error of a polynomial that is to be the sign of t, at n points from -1 to 1."""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def error(x, n):
    t = np.linspace(-1.0, 1.0, n)
    residual = np.sign(t) - np.vander(t, len(x), increasing=True) @ x
    return 0.5 * np.sum(residual**2)


def coefficients(given):
    return np.array(given["x"]), given["n"]


FUNCTIONS = {
    "primal": Evaluation(coefficients, compiled(error), float),
    "gradient": Evaluation(coefficients, srcad.grad(error), listed),
}
