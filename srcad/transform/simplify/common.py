"""Common subexpressions: what has been computed before, in this region or one around it, is not computed again.

The first stays, with its place, span and name. Fresh buffers that are made to be filled (zeros, copies, lists) are not
shared: the code would have to copy them anyway.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from srcad.ops.catalogue import Kind, operation
from srcad.trace.nodes import Equation, Region, Trace, Var
from srcad.trace.rewrite import Rewriter, with_body
from srcad.trace.types import Array, is_numeric, rank_of
from srcad.transform.simplify.similar import atom_key, value_key


def merge_common(trace: Trace) -> Trace:
    """The trace with each pure value computed once."""
    return with_body(trace, _Merger().region(trace.body))


class _Merger(Rewriter):
    def __init__(self) -> None:
        super().__init__()
        self.known: dict[Hashable, tuple[Var, ...]] = {}
        self.added: list[Hashable] = []

    def region(self, region: Region) -> Region:
        """What a region computes is known in it alone."""
        before = len(self.added)
        try:
            return super().region(region)
        finally:
            for key in self.added[before:]:
                del self.known[key]
            del self.added[before:]

    def rewrite(self, equation: Equation) -> None:
        key = equation_key(equation) if mergeable(equation) else None
        if key is None:
            self.out.append(self.with_inner(equation))
        elif key in self.known:
            for result, earlier in zip(equation.results, self.known[key], strict=True):
                self.replace(result, earlier)
        else:
            self.known[key] = equation.results
            self.added.append(key)
            self.out.append(equation)


def equation_key(equation: Equation) -> Hashable | None:
    """Equations of equal key compute equal values; None where that can't be told."""
    if equation.op == "dim" and isinstance(x := equation.operands[0].type, Array):
        length = x.dims[equation.params["axis"]]
        if length.known and not length.passing:  # that of what a loop carries is another behind the loop
            return "dim", length
    operands = [atom_key(a) for a in equation.operands]
    if commutes(equation):
        operands.sort(key=hash)
    key = (equation.op, tuple(operands), params_key(equation.params), tuple(r.type for r in equation.results))
    try:
        hash(key)
    except TypeError:
        return None
    return key


def commutes(equation: Equation) -> bool:
    """Whether the operands may change places; those of a scalar product may, as do the factors in its terms."""
    facts = operation(equation)
    if facts.scalar_product:
        return all(a.type.is_array and rank_of(a.type) == 1 for a in equation.operands)
    return facts.commutative and all(is_numeric(a.type) for a in equation.operands)


def mergeable(equation: Equation) -> bool:
    """Pure, and of values that nobody changes: what an object answers may differ from one time to the next."""
    facts = operation(equation)
    if facts.kind in (Kind.CONTROL, Kind.EFFECT) or facts.updates or facts.to_fill or not equation.results:
        return False
    return not any(a.is_variable and a.type.is_opaque for a in equation.operands)


def params_key(params: Mapping[str, Any]) -> Hashable:
    if not params:
        return ()
    return tuple((name, value_key(value)) for name, value in sorted(params.items()))
