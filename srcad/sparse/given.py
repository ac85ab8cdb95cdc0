"""Patterns as users give them."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import ArgumentError
from srcad.patterns import Plan


def given_pattern(sparsity: Any) -> Any:
    """A pattern as a user gives it: a matrix, or a tuple (of tuples) of blocks. A copy, as a Boolean csr_array."""
    from scipy import sparse

    if isinstance(sparsity, tuple) and any(sparse.issparse(block) or np.ndim(block) == 2 for block in sparsity):
        return _matrix(sparse.hstack([_matrix(block) for block in sparsity]))
    if isinstance(sparsity, tuple) and sparsity and isinstance(sparsity[0], tuple):
        return _matrix(sparse.block_array([[_matrix(block) for block in row] for row in sparsity]))
    return _matrix(sparsity)


def check_shape(pattern: Any, rows: int | None, columns: int) -> None:
    if columns != pattern.shape[1] or rows not in (None, pattern.shape[0]):
        raise _misshapen(pattern.shape, (rows, columns))


def _matrix(sparsity: Any) -> Any:
    """A Boolean csr_array; what a sparse matrix stores is an entry, whatever its value."""
    from scipy import sparse

    if not sparse.issparse(sparsity):
        if np.ndim(sparsity) != 2:
            what = f"sparsity must be a matrix, and is {type(sparsity).__name__} of {np.ndim(sparsity)} dimensions"
            raise ArgumentError(what, do="give a SciPy sparse matrix, or an array that is not zero where entries are")
        sparsity = np.asarray(sparsity) != 0
    matrix = sparse.csr_array(sparsity, copy=True)
    matrix.sum_duplicates()
    return sparse.csr_array((np.ones(matrix.nnz, bool), matrix.indices, matrix.indptr), shape=matrix.shape)


def _misshapen(found: Any, due: Any) -> ArgumentError:
    def shown(shape: Any) -> str:
        return " x ".join("?" if n is None else str(n) for n in shape)

    return ArgumentError(
        f"the given sparsity is {shown(found)}, and the derivative is {shown(due)}",
        do="give a row for each number of the result, and a column for each of the differentiated arguments",
    )


def check_length(found: int, due: int, plan: Plan) -> None:
    if found != due:
        rows, columns = (plan.colours.size, found) if plan.by == "rows" else (found, plan.colours.size)
        raise _misshapen(plan.pattern.shape, (rows, columns))


__all__ = ["check_length", "check_shape", "given_pattern"]
