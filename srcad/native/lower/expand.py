"""What is other operations taken together is said in terms of these, before anything is lowered.

    v = var(x, axis=1)        m = mean(x, axis=1, keepdims=True)
                              d = x - m
                              v = sum(d * d, axis=1) / dim(x, 1)

So a variance is computed in the nests that are open, and needs no loops of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from srcad.native.lower.formulas import FORMULAS_OF_ARRAYS, Formula
from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Equation, Trace, Var
from srcad.trace.rewrite import Change, Instead, rewritten, with_body

EXPANSIONS: Mapping[str, Formula] = FORMULAS_OF_ARRAYS


def expanded(trace: Trace) -> Trace:
    """The trace without the operations that others make up."""
    return with_body(trace, rewritten(trace.body, _expanded))


def _expanded(eq: Equation) -> Change:
    if eq.op == "check" and eq.params.get("of") in EXPANSIONS:
        return _checked(eq)
    expansion = EXPANSIONS.get(eq.op)
    if expansion is None:
        return eq
    b = Builder(result_types, eq.span, eq.role)
    made = expansion(b, eq)
    if made is None:
        return eq
    results = (made,) if not isinstance(made, Sequence) else tuple(made)
    return _named(b.equations, eq, results)


def _checked(eq: Equation) -> Change:
    """That an operation would not fail: what it is made of is computed, and nobody reads it."""
    tried = Equation(
        eq.params["of"],
        eq.operands,
        tuple(Var(t) for t in eq.params["types"]),
        eq.params["params"],
        (),
        eq.span,
        eq.role,
    )
    b = Builder(result_types, eq.span, eq.role)
    made = EXPANSIONS[tried.op](b, tried)
    return eq if made is None else Instead(b.equations)


def _named(equations: Sequence[Equation], eq: Equation, results: Sequence[Atom]) -> Instead:
    """The equations, of which those that make the results define the variables of the one that they stand for."""
    own = {old: new for old, new in zip(results, eq.results, strict=True) if isinstance(old, Var)}
    made = {var for one in equations for var in one.results}
    own = {old: new for old, new in own.items() if old in made}
    renamed = [
        replace(
            one,
            operands=tuple(own.get(a, a) if isinstance(a, Var) else a for a in one.operands),
            results=tuple(own.get(var, var) for var in one.results),
        )
        for one in equations
    ]
    return Instead(renamed, tuple(own.get(a, a) if isinstance(a, Var) else a for a in results))
