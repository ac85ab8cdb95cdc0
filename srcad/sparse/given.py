"""Patterns as users give them."""

from __future__ import annotations

import numpy as np

from srcad.errors import ArgumentError
from srcad.patterns import Plan
from srcad.patterns.matrices import SparseMatrix

Shape = tuple[int | None, int | None]  # None: whatever it is


def given_pattern(sparsity: object) -> SparseMatrix:
    """A pattern as a user gives it: a matrix, or a tuple (of tuples) of blocks. A copy, as a Boolean csr_array."""
    from scipy import sparse

    if isinstance(sparsity, tuple) and any(sparse.issparse(block) or np.asarray(block).ndim == 2 for block in sparsity):
        return _matrix(sparse.hstack([_matrix(block) for block in sparsity]))
    if isinstance(sparsity, tuple) and sparsity and isinstance(sparsity[0], tuple):
        return _matrix(sparse.block_array([[_matrix(block) for block in row] for row in sparsity]))
    return _matrix(sparsity)


def check_shape(pattern: SparseMatrix, rows: int | None, columns: int) -> None:
    if columns != pattern.shape[1] or rows not in (None, pattern.shape[0]):
        raise _misshapen(pattern.shape, (rows, columns))


def _matrix(sparsity: object) -> SparseMatrix:
    """A Boolean csr_array; what a sparse matrix stores is an entry, whatever its value."""
    from scipy import sparse

    if not sparse.issparse(sparsity):
        given = np.asarray(sparsity)
        if given.ndim != 2:
            what = f"sparsity must be a matrix, and is {type(sparsity).__name__} of {given.ndim} dimensions"
            raise ArgumentError(what, do="give a SciPy sparse matrix, or an array that is not zero where entries are")
        sparsity = given != 0
    matrix = sparse.csr_array(sparsity, copy=True)
    matrix.sum_duplicates()
    entries = (np.ones(matrix.nnz, bool), matrix.indices, matrix.indptr)
    made: SparseMatrix = sparse.csr_array(entries, shape=matrix.shape)
    return made


def _misshapen(found: Shape, due: Shape) -> ArgumentError:
    def shown(shape: Shape) -> str:
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
