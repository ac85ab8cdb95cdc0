"""Calls of rules in a trace that is differentiated once more: their source stands in the place of the call."""

from __future__ import annotations

from dataclasses import replace

from srcad.trace.instance import instance
from srcad.trace.nodes import Equation, Region, Trace, walk
from srcad.transform.rewrite import Rewriter


def opened(trace: Trace) -> Trace:
    """The trace with the sources of rules in the place of their calls, where they are known."""
    if not any(_region(equation) for equation in walk(trace.body)):
        return trace
    return replace(trace, body=_Opening().region(trace.body))


def _region(equation: Equation) -> Region | None:
    source = equation.params["custom"].source if equation.op == "custom" else None
    return None if source is None else source.region


class _Opening(Rewriter):
    def rewrite(self, equation: Equation) -> None:
        region = _region(equation)
        if region is None:
            self.out.append(self.with_inner(equation))
            return
        equations, results = instance(region, dict(zip(region.parameters, equation.operands[1:], strict=True)))
        self.out += [replace(e, span=e.span or equation.span, role=equation.role) for e in equations]
        for var, atom in zip(equation.results, results, strict=True):
            self.replace(var, atom)
