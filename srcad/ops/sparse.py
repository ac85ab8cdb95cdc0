"""Sparse matrices, by their entries: what stands where. Entries at one place add up.

sparse_product  (data, x, rows, columns, m, n): the m × n matrix with these entries, times a vector or a matrix
sparse_solve    (data, b, rows, columns, n): the solution of the n × n system with these entries
"""

from __future__ import annotations

from srcad.ops.declare import Area, Index, Kind
from srcad.ops.products import number_or_array
from srcad.trace.dims import UNKNOWN_DIM, Dim
from srcad.trace.nodes import Params
from srcad.trace.types import Scalar, Type, Unknown, dims_of, promote

AREA = Area()
op = AREA.op


def _length(count: Type) -> Dim:
    return (count.length if isinstance(count, Scalar) else None) or UNKNOWN_DIM


def _product(data: Type, x: Type, rows: Index, columns: Index, m: Index, n: Index) -> Type:
    dtype, dims = promote(data, x), dims_of(x)
    return Unknown(dtype) if dims is None else number_or_array(dtype, (_length(m), *dims[1:]))


def _solve(data: Type, b: Type, rows: Index, columns: Index, n: Index) -> Type:
    dtype, dims = promote(data, b), dims_of(b)
    return Unknown(dtype) if dims is None else number_or_array(dtype, dims)


def _product_text(texts: tuple[str, ...], params: Params) -> str:
    data, x, rows, columns, m, n = texts
    return f"scipy.sparse.coo_array(({data}, ({rows}, {columns})), shape=({m}, {n})) @ {x}"


def _solve_text(texts: tuple[str, ...], params: Params) -> str:
    data, b, rows, columns, n = texts
    matrix = f"scipy.sparse.csc_array(({data}, ({rows}, {columns})), shape=({n}, {n}))"
    return f"scipy.sparse.linalg.spsolve({matrix}, {b})"


op("sparse_product", Kind.CONTRACTION, _product, _product_text, cost="dear")
op("sparse_solve", Kind.FACTORISATION, _solve, _solve_text, cost="dear")
