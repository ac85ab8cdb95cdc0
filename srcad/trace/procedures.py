"""The procedures of a trace: which of them are called, what a call of one gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from srcad.trace.nodes import Equation, Node, Region, Trace, Tree, walk


def calls(region: Region) -> Iterator[Equation]:
    """The calls of procedures, at all depths."""
    return (equation for equation in walk(region) if equation.op == "recurse")


def results_of(procedure: Trace) -> tuple[Tree, ...]:
    """What a call of it gives: its output, or, where that is a tuple, the parts of it."""
    output = procedure.output
    return output.children if isinstance(output, Node) else (output,)


def reached(trace: Trace) -> Trace:
    """The trace with those procedures alone that it calls, in the order in which it comes to them."""
    found: dict[str, Trace] = {}
    pending = [trace]
    while pending:
        for equation in calls(pending.pop(0).body):
            name = equation.params["procedure"]
            if name not in found:
                found[name] = trace.procedures[name]
                pending.append(found[name])
    return trace if list(found) == list(trace.procedures) else replace(trace, procedures=found)


def with_procedures(trace: Trace, change: Callable[[Trace], Trace]) -> Trace:
    """The trace with its procedures changed; itself where none is."""
    changed = {name: change(procedure) for name, procedure in trace.procedures.items()}
    same = all(changed[name] is procedure for name, procedure in trace.procedures.items())
    return trace if same else replace(trace, procedures=changed)
