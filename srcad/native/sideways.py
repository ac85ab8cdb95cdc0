"""Which loops may run their turns side by side."""

from __future__ import annotations

from srcad.native import ir


def runs_sideways(loop: ir.For) -> bool:
    """Whether nothing in the turns of a loop ends it, depends on other turns, or takes what comes first."""
    if not (loop.simd or loop.sums):
        return False
    if any(clause.partition(":")[0].endswith("_") for clause in loop.sums):
        return False
    if any(_is_complex_sum(s) for s in loop.body):
        return False
    return all(isinstance(s, (ir.Let, ir.Assign, ir.Store, ir.Comment)) for s in ir.statements(loop.body))


def _is_complex_sum(one: ir.Statement) -> bool:
    """Sums of complex numbers are added up one after the other: OpenMP knows none."""
    return isinstance(one, ir.Assign) and one.value.type.is_complex
