"""Derivatives of functions with rules of their own: calls of these rules."""

from __future__ import annotations

from collections.abc import Sequence

from srcad.errors import NotYetSupported
from srcad.rules.language import Expr, zeros
from srcad.rules.table import Rule, RuleTable
from srcad.trace.builder import Builder
from srcad.trace.custom import Custom
from srcad.trace.nodes import Atom, Const, Equation
from srcad.trace.rewrite import instance
from srcad.trace.solution import Bars
from srcad.trace.types import OPAQUE, Scalar, Type, is_differentiable

TABLE = RuleTable()
flat = TABLE.flat


def _pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
    given = [_given(b, y, bar) for y, bar in zip(eq.results, bars, strict=True) if is_differentiable(y.type)]
    targets = [k for k, a in enumerate(eq.operands) if 0 < k <= eq.params["shown"] and is_differentiable(a.type)]
    made = _applied(b, eq, "adjoint", given, [eq.operands[k] for k in targets])
    found = dict(zip(targets, made, strict=True))
    return tuple(found.get(k) for k in range(len(eq.operands)))


def _pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
    last = 1 + eq.params["shown"]
    pairs = zip(eq.operands[1:last], dots[1:last], strict=True)
    given = [_given(b, a, dot) for a, dot in pairs if is_differentiable(a.type)]
    targets = [k for k, y in enumerate(eq.results) if is_differentiable(y.type)]
    made = _applied(b, eq, "tangent", given, [eq.results[k] for k in targets])
    found = dict(zip(targets, made, strict=True))
    return tuple(found.get(k) for k in range(len(eq.results)))


def _given(b: Builder, of: Atom, derivative: Atom | None) -> Atom:
    return zeros(Expr(b, of)).atom if derivative is None else derivative


def _applied(b: Builder, eq: Equation, way: str, given: Sequence[Atom], like: Sequence[Atom]) -> Sequence[Atom]:
    """A call of a rule; its source where nothing can be called."""
    custom: Custom = eq.params["custom"]
    last = 1 + eq.params["shown"]
    if way not in custom.rules:
        raise refusal(eq)
    source = custom.rules[way]
    operands = (*given, *eq.results, *eq.operands[1:last], *eq.operands[last:])
    if custom.inline and source.region is None and source.problem is not None:
        raise source.problem
    if source.callee is not None:
        types = tuple(_plain(a.type) for a in like)
        shown = len(given) + len(eq.results) + last - 1
        callee = Const(source.callee, OPAQUE)
        named = Custom(getattr(source.callee, "__name__", way), source=source, inline=custom.inline)
        return b.emit_many("custom", callee, *operands, returns=types, shown=shown, custom=named)
    if source.region is None:
        assert source.problem is not None
        raise source.problem
    equations, results = instance(source.region, dict(zip(source.region.parameters, operands, strict=True)))
    b.extend(equations)
    return results


def refusal(eq: Equation) -> NotYetSupported:
    """Of the derivative of a rule whose source isn't known."""
    custom: Custom = eq.params["custom"]
    problem = custom.source.problem if custom.source is not None else None
    return NotYetSupported(
        f"the derivative of {custom.name}, which is a rule",
        eq.span,
        why=f"a further derivative needs its source: {problem.what}" if problem else "its source isn't known.",
        do="write the rule with NumPy functions, from its arguments alone",
    )


def _plain(t: Type) -> Type:
    return t.without_length if isinstance(t, Scalar) else t


TABLE.add(Rule("custom", _pullback, _pushforward))
flat("stop_gradient")

__all__ = ["refusal"]
