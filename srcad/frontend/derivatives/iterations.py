"""SciPy's iterations for linear systems in the program: what they find is known by the system.

x, info = cg(A, b)      x moves as the solution of A x = b does, by systems that the same kind of iteration solves
"""

from __future__ import annotations

import importlib

from srcad.frontend.core.cells import InstanceCell
from srcad.frontend.core.values import Static, Tup, Value
from srcad.frontend.derivatives.scipy import Given, Reader
from srcad.frontend.derivatives.solvers import (
    SolverCall,
    Wanted,
    emit_call,
    member,
    read_closed,
    solution,
    starting_vector,
    value_of,
    vector_result,
)
from srcad.frontend.memory.arrays import to_array, to_atom
from srcad.trace.nodes import Atom
from srcad.trace.types import INT, OPAQUE, rank_of

SYMMETRIC = ("cg",)
GENERAL = ("gmres", "bicgstab", "bicg", "cgs", "lgmres", "gcrotmk", "tfqmr", "minres")


def iterated(g: Given) -> Value:
    """The solution of a linear system, and how the iteration ended."""
    m = g.m
    g.only("callback", None)
    matrix, b = g.needed("A"), starting_vector(m, g.needed("b"))
    made = importlib.import_module("srcad.definitions.systems")
    cell = m.content(matrix)
    if isinstance(cell, InstanceCell):
        entries = m.call(Static(made.entries), (matrix,))
        parts = [m.call(Static(getattr), (entries, Static(name))) for name in ("values", "rows", "cols", "shape")]
        data, row, column, shape = (to_atom(m, part) for part in parts)
        given = m.emit("tuple_new", data, m.emit("tuple_new", row, column))
        whole: Atom = emit_call(m, SolverCall("scipy.sparse.csr_array", (), (), (given,), (("shape", shape),)), OPAQUE)
        residual = m.call(Static(made.residual_of), (entries, value_of(m, b)))
    else:
        whole = to_array(m, matrix)
        if rank_of(whole.type) != 2:
            g.refuse(f"{g.path} with what is no matrix", "give an array or a sparse matrix.")
        residual = m.call(Static(made.dense_residual), (value_of(m, whole), value_of(m, b)))
    closed = read_closed(m, Wanted(residual, (b,), (), vector_result, "system_residual"))
    name = g.path.rpartition(".")[2]
    call = SolverCall(f"scipy.sparse.linalg.{name}", (), (), (whole, b), g.rest())
    info = emit_call(m, call, OPAQUE)
    x = solution(m, member(m, info, 0, b.type), closed, "root", "cg" if name in SYMMETRIC else "gmres")
    return Tup((value_of(m, x), value_of(m, member(m, info, 1, INT))))


ITERATIONS: dict[str, Reader] = {f"scipy.sparse.{name}": iterated for name in (*SYMMETRIC, *GENERAL)}

__all__ = ["ITERATIONS"]
