"""How arrays lie in memory: what a reading counts on of the arguments, which is guarded."""

from __future__ import annotations

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ArrayCell, ArrayRef, Cell, ViewStep
from srcad.frontend.memory.puts import RESHAPES
from srcad.trace.nodes import Path

Layout = frozenset[Path] | None  # the inputs that must be C-contiguous for an array to be; None: not known


def check_writeable(m: Machine, cell: Cell) -> None:
    """Raise what NumPy raises for a write to an argument that is read-only."""
    given = cell.contiguous if isinstance(cell, ArrayCell) and cell.given else None
    for path in given or ():
        m.outside.written.add(path)
        if path in m.outside.read_only:
            m.raises(ValueError("assignment destination is read-only"))


def check_layout(m: Machine, ref: ArrayRef) -> None:
    """Reshaping gives a view of contiguous memory and a copy of other memory: find out, or refuse."""
    if not any(step.op in ("reshape", "ravel") for step in ref.path):
        return
    if not any(count_on_layout(m, ref.cell, order) for order in "CF"):
        m.refuse(
            "whether this write reaches the array that was reshaped isn't known",
            why="reshape and ravel give a view of contiguous memory, and a copy of other memory.",
            do="write to the array itself, or reshape a copy.",
            unsettled=True,
        )


def count_on_layout(m: Machine, cell_id: int, order: str = "C") -> bool:
    """Whether an array is contiguous in this order; if so, this specialisation is for arguments that make it so.

    What is computed of arrays in Fortran order need not be in that order: it is counted on for arguments alone.
    """
    cell = m.heap[cell_id]
    needed = cell.contiguous if isinstance(cell, ArrayCell) and (order == "C" or cell.given) else None
    if needed is None or not all(m.outside.layouts.get(path) == order for path in needed):
        return False
    m.outside.wanted_layouts |= needed
    return True


def is_turned(path: tuple[ViewStep, ...]) -> bool:
    return [step.op for step in path] == ["transpose"] and not dict(path[0].params).get("axes")


def turned(path: tuple[ViewStep, ...]) -> tuple[ViewStep, ...]:
    """A view of a matrix in Fortran order, as one of its transpose, which is in C order."""
    return path[1:] if path and is_turned(path[:1]) else (ViewStep("transpose", (), (("axes", None),)), *path)


def k_contiguous(path: tuple[ViewStep, ...]) -> bool:
    """Whether these steps, from contiguous memory, lead to contiguous memory."""
    return all(step.op in RESHAPES or (step.op == "get_item" and _leading(step)) for step in path)


def _leading(step: ViewStep) -> bool:
    template = dict(step.params)["index"]
    kinds = [entry[0] for entry in template]
    if all(kind in ("int", "newaxis") for kind in kinds):
        return True
    first, *rest = template
    return first[0] == "slice" and first[3] is None and not rest


def contiguity(m: Machine, refs: list[ArrayRef]) -> Layout:
    """What must be contiguous for the elementwise result of these arrays to be: inputs, or None for unknown."""
    needed: frozenset[Path] = frozenset()
    for ref in refs:
        cell = m.heap[ref.cell]
        if not isinstance(cell, ArrayCell) or cell.contiguous is None or not k_contiguous(ref.path):
            return None
        needed |= cell.contiguous
    return needed
