"""Before code is generated.

The state of a `while` becomes one set of variables, in its condition and in its body. Operations that only say
something about the type of their operand disappear.
"""

from __future__ import annotations

from srcad.ops.catalogue import operation
from srcad.trace.nodes import Equation, Region, Trace
from srcad.trace.rewrite import Change, Instead, rewritten, substitute, with_body, with_regions


def prepare(trace: Trace) -> Trace:
    """The trace in the form that the passes of code generation take."""
    return with_body(trace, rewritten(trace.body, _prepared))


def _prepared(eq: Equation) -> Change:
    if operation(eq).spelling == "{0}":
        return Instead(results=eq.operands[:1])
    return with_regions(eq, _unified(*eq.regions)) if eq.op == "while" else eq


def _unified(condition: Region, body: Region) -> tuple[Region, Region]:
    """Condition and body with the parameters of the body, which bear the user's names."""
    return substitute(condition, dict(zip(condition.parameters, body.parameters, strict=True))), body
