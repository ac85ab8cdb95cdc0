"""The determinant by expansion along the first row, and again for each minor."""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def determinant(A):
    if len(A) == 1:
        return A[0, 0]
    total, sign = 0.0, 1.0
    for j in range(len(A)):
        total += sign * A[0, j] * determinant(np.delete(A[1:], j, axis=1))
        sign = -sign
    return total


def matrix(given):
    return (np.array(given["A"]).reshape(given["ell"], given["ell"]),)


FUNCTIONS = {
    "primal": Evaluation(matrix, compiled(determinant), float),
    "gradient": Evaluation(matrix, srcad.grad(determinant), lambda A_bar: listed(A_bar.ravel())),
}
