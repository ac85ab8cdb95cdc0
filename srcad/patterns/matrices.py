"""What is used of SciPy's sparse matrices, which have no types of their own, and need not be installed."""

from __future__ import annotations

from typing import Protocol, overload

import numpy as np
from numpy.typing import NDArray

Selection = slice | NDArray[np.integer] | NDArray[np.bool_]


class SparseMatrix(Protocol):
    """A `csr_array`: of row i it has the entries `indptr[i] : indptr[i + 1]`, whose columns are in `indices`."""

    data: NDArray[np.generic]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]

    @property
    def shape(self) -> tuple[int, int]: ...

    @property
    def nnz(self) -> int: ...

    @property
    def T(self) -> SparseMatrix: ...  # noqa: N802  (SciPy's name)

    def tocsr(self) -> SparseMatrix: ...

    def tocoo(self) -> Coordinates: ...

    def sort_indices(self) -> None: ...

    def __getitem__(self, index: Selection | tuple[Selection, Selection], /) -> SparseMatrix: ...

    def __abs__(self) -> SparseMatrix: ...

    def __add__(self, other: SparseMatrix, /) -> SparseMatrix: ...

    @overload
    def __matmul__(self, other: SparseMatrix, /) -> SparseMatrix: ...

    @overload
    def __matmul__(self, other: NDArray[np.float64], /) -> NDArray[np.float64]: ...


class Coordinates(Protocol):
    """A `coo_array`: the row and the column of each entry."""

    row: NDArray[np.int32]
    col: NDArray[np.int32]


__all__ = ["SparseMatrix"]
