"""The logarithm of a sum of exponentials."""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def logsumexp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def vector(given):
    return (np.array(given["x"]),)


FUNCTIONS = {
    "primal": Evaluation(vector, compiled(logsumexp), float),
    "gradient": Evaluation(vector, srcad.grad(logsumexp), listed),
}
