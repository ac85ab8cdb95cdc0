"""The evaluation of a plan: seeds go through a linear map, and what comes out is spread over a sparse matrix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from srcad.errors import ArgumentError
from srcad.patterns import Plan
from srcad.patterns.matrices import SparseMatrix
from srcad.sparse.given import check_length
from srcad.sparse.layout import Vector

VectorMap = Callable[[Vector], Vector]  # vectors as the rows of a matrix -> their images

CHUNK = 64  # seeds that are made at a time


def evaluated(push: VectorMap, plan: Plan) -> SparseMatrix:
    """The sparse matrix of a linear map (of its transpose, by rows)."""
    count = max(plan.count, 1)  # of a matrix without entries a zero, which tells its shape and its dtype
    images = np.concatenate([push(plan.seeds(k, min(k + CHUNK, count))) for k in range(0, count, CHUNK)])
    check_length(images.shape[1], plan.pattern.shape[1 if plan.by == "rows" else 0], plan)
    return plan.matrix(images)


def one_by_one(push: Callable[[Vector], Vector]) -> VectorMap:
    """A map of vectors, as one of several."""
    return lambda vectors: np.stack([push(vector) for vector in vectors])


# ---- in doubt


def probe(push: VectorMap, matrix: SparseMatrix, plan: Plan, why: str) -> None:
    """Refuse a matrix that differs from the derivative in a random direction."""
    if plan.by == "rows":
        matrix = matrix.T
    direction = np.random.default_rng(0).normal(size=matrix.shape[1])
    (due,), found = push(direction[None]), matrix @ direction
    scale = np.abs(due) + abs(matrix) @ np.abs(direction)
    eps = float(np.finfo(due.dtype).eps)
    allowed = np.sqrt(eps) * scale + 100.0 * eps * np.max(scale, initial=0.0)
    wrong = np.flatnonzero(np.isfinite(due) & ~(np.abs(due - found) <= allowed))
    if wrong.size:
        line, k = ("column" if plan.by == "rows" else "row"), int(wrong[0])
        what = f"the sparse matrix is not the derivative: {line} {k} is wrong"
        seen = f"in a random direction it gives {found[k]:.6g}, and the derivative {due[k]:.6g}"
        raise ArgumentError(what, why=f"{seen}; {why}", do=ADVICE[why])


MISSES, CHANGES = "the given sparsity misses entries", "the function has effects, and each run of it gives another"
ADVICE = {
    MISSES: "leave sparsity out, and it is found in each call; or give a pattern that holds at all arguments",
    CHANGES: "draw random numbers before, and pass them as an argument",
    "": "please report it",
}


__all__ = ["CHANGES", "MISSES", "VectorMap", "evaluated", "one_by_one", "probe"]
