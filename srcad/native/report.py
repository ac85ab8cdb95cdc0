"""What runs as C, and why the rest doesn't, in lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterator

from srcad.native import ir
from srcad.native.outline import kernel_of, why_not
from srcad.trace.nodes import Equation, Region, Trace


def shown_parts(trace: Trace) -> str:
    """For each kernel the user's lines that it runs; for each other line why it stays in Python."""
    parts = list(_parts(trace.body))
    lines = [trace.name]
    for number, line, how in parts:
        lines.append(f"  {number:>5}  {line:<60}  {how}".rstrip())
    return "\n".join(lines if parts else [trace.name, "  nothing is computed"])


def _parts(region: Region) -> Iterator[tuple[int, str, str]]:
    """(number of a line, its text, where it runs), each line and reason once."""
    seen: set[tuple[int, str, str]] = set()
    for part in _all_parts(region):
        if part not in seen:
            seen.add(part)
            yield part


def _all_parts(region: Region) -> Iterator[tuple[int, str, str]]:
    for eq in region.equations:
        kernel = kernel_of(eq)
        if kernel is not None:
            for one in ir.statements(kernel.lowered.function.body):
                if isinstance(one, ir.Comment):
                    yield one.span.line, _text(one.span.text, one.role), f"C: {kernel.__name__}"
        else:
            yield from _in_python(eq)


def _in_python(eq: Equation) -> Iterator[tuple[int, str, str]]:
    if eq.span is not None:
        reason = why_not(eq) or "too little for a call of C"
        yield eq.span.line, _text(eq.span.text, eq.role), f"Python: {reason}"
    for region in eq.regions:
        yield from _all_parts(region)


def _text(text: str, role: str) -> str:
    return f"{'adjoint of: ' if role == 'adjoint' else ''}{text.strip()}"
