"""How arrays lie in memory: what a reading counts on of the arguments, which is guarded."""

from __future__ import annotations

import numpy as np

from srcad.frontend.core.cells import ArrayCell, Cell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ArrayRef, ViewStep
from srcad.frontend.memory.strides import Strided, Unsettled, whole
from srcad.trace.dims import fixed
from srcad.trace.nodes import Path
from srcad.trace.types import dims_of, dtype_of

# the inputs that must be C-contiguous for an array to be; or the axes from the slowest to the fastest; None: not known
Layout = frozenset[Path] | tuple[int, ...] | None
IN_ORDER = frozenset({"get_item", "flip", "expand_dims", "squeeze", "real", "imag", "split", "broadcast_to"})
IN_ORDER |= {"reshape", "reshape_like", "ravel", "flat", "known_as", "with_dims"}


def check_writeable(m: Machine, cell: Cell) -> None:
    """Raise what NumPy raises for a write to an argument that is read-only."""
    given = cell.contiguous if isinstance(cell, ArrayCell) and cell.given else None
    for path in given if isinstance(given, frozenset) else ():
        m.outside.written.add(path)
        if path in m.outside.read_only:
            m.raises(ValueError("assignment destination is read-only"))


def count_on_layout(m: Machine, cell_id: int, order: str = "C") -> bool:
    """Whether an array is contiguous in this order; if so, this specialisation is for arguments that make it so.

    What is computed of arrays in Fortran order need not be in that order: it is counted on for arguments alone.
    """
    cell = m.heap[cell_id]
    needed = cell.contiguous if isinstance(cell, ArrayCell) and (order == "C" or cell.given) else None
    if not isinstance(needed, frozenset) or not all(m.outside.layouts.get(path) == order for path in needed):
        return False
    m.outside.wanted_layouts |= needed
    return True


def lies(m: Machine, cell: Cell) -> Strided:
    """How an array itself lies in memory, which the specialisation counts on. Raises `Unsettled` if it isn't known."""
    dims = dims_of(cell.var.type) if isinstance(cell, ArrayCell) else None
    if not isinstance(cell, ArrayCell) or cell.contiguous is None or dims is None:
        raise Unsettled
    if isinstance(cell.contiguous, tuple):
        return whole(dims, cell.contiguous)
    orders = {m.outside.layouts.get(path) for path in cell.contiguous} or {"C"}
    order = orders.pop()
    if orders or order is None or (order != "C" and not cell.given):
        raise Unsettled
    m.outside.wanted_layouts |= cell.contiguous
    if isinstance(order, str):
        return whole(dims, range(len(dims))[::-1] if order == "F" else None)
    size = np.dtype(dtype_of(cell.var.type)).itemsize
    if any(step % size for step in order):
        raise Unsettled
    return Strided(dims, tuple(fixed(step // size) for step in order))


def keeps_order(path: tuple[ViewStep, ...]) -> bool:
    """Whether axes that come first step on the furthest, of views that these steps lead to in an array in C order."""
    return all(step.op in IN_ORDER for step in path)


def contiguity(m: Machine, refs: list[ArrayRef]) -> Layout:
    """What must be contiguous for the elementwise result of these arrays to be: inputs, or None for unknown."""
    needed: frozenset[Path] = frozenset()
    for ref in refs:
        cell = m.heap[ref.cell]
        if not isinstance(cell, ArrayCell) or not isinstance(cell.contiguous, frozenset) or not keeps_order(ref.path):
            return None
        needed |= cell.contiguous
    return needed


def joined(a: Layout, b: Layout) -> Layout:
    """How an array lies in memory that lies in one way or the other."""
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return a | b
    return a if a == b else None
