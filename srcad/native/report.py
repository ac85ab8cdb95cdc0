"""What runs as C, and why the rest doesn't, in lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from srcad.native import ir
from srcad.native.kernel import Kernel
from srcad.native.outline import kernel_of, why_not
from srcad.trace.nodes import Equation, Region, Trace

ReportedLine = tuple[int, str, str]  # the number of a line, its text, where it runs


def shown_parts(trace: Trace) -> str:
    """For each kernel the user's lines that it runs; for each other line why it stays in Python."""
    parts = list(_Parts(trace.procedures).of(trace))
    lines = [trace.name]
    for number, line, how in parts:
        lines.append(f"  {number:>5}  {line:<60}  {how}".rstrip())
    return "\n".join(lines if parts else [trace.name, "  nothing is computed"])


class _Parts:
    """Reads a trace, and the procedures that it calls."""

    def __init__(self, procedures: Mapping[str, Trace]) -> None:
        self.procedures = procedures

    def of(self, trace: Trace) -> Iterator[ReportedLine]:
        """Each line and reason once."""
        bodies = (trace.body, *(procedure.body for procedure in self.procedures.values()))
        yield from dict.fromkeys(part for body in bodies for part in self.region(body))

    def region(self, region: Region) -> Iterator[ReportedLine]:
        for eq in region.equations:
            kernel = kernel_of(eq)
            yield from self.in_python(eq) if kernel is None else _in_c(kernel)

    def in_python(self, eq: Equation) -> Iterator[ReportedLine]:
        if eq.span is not None:
            reason = why_not(eq, self.procedures) or "too little for a call of C"
            yield eq.span.line, _text(eq.span.text, eq.role), f"Python: {reason}"
        for region in eq.regions:
            yield from self.region(region)


def _in_c(kernel: Kernel) -> Iterator[ReportedLine]:
    for body in kernel.lowered.function.bodies:
        for one in ir.statements(body):
            if isinstance(one, ir.Comment):
                yield one.span.line, _text(one.span.text, one.role), f"C: {kernel.__name__}"


def _text(text: str, role: str) -> str:
    return f"{'adjoint of: ' if role == 'adjoint' else ''}{text.strip()}"
