"""Derivatives of arrays made from numbers."""

from __future__ import annotations

from srcad.ops.arguments import known_rank
from srcad.rules.language import Expr, Given, Operand, apply, dim, total, unbroadcast
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
flat, linear, rule = TABLE.flat, TABLE.linear, TABLE.rule

flat("zeros", "ones", "empty", "eye", "tri", "ones_like", "empty_like", "triangle_indices", "zeros_each")

linear("full", lambda g, value, *_: unbroadcast(g, value))
linear("full_like", None, lambda g, x, value, y: unbroadcast(g, value))


def _arange(site: Site, g: Expr) -> list[Operand]:
    """The numbers are start + i * step; what `stop` is makes no difference, but for how many there are."""
    bounds = len(site.operands)
    bars: list[Operand] = [None] * bounds
    if bounds > 1 and site.wanted[0]:
        bars[0] = total(g)
    if bounds > 2 and site.wanted[2]:
        bars[2] = apply("dot", apply("arange", dim(g, 0)), g)
    return bars


def _arange_tangent(site: Site, *dots: Expr | None) -> Given:
    start, step = (dots[0] if len(dots) > 1 else None), (dots[2] if len(dots) > 2 else None)
    y = site.result
    moved = None if step is None else apply("arange", dim(y, 0)) * step
    if start is None:
        return moved
    return apply("full_like", y, start) if moved is None else moved + start


rule("arange", _arange, _arange_tangent)


def _fractions(num: Expr, endpoint: bool) -> Expr:
    return apply("linspace", 0.0, 1.0, num, **({} if endpoint else {"endpoint": False}))


def _weighted(g: Expr, weights: Expr, end: Expr) -> Expr:
    """The sum of `g` over its first axis, weighted."""
    if known_rank(g.atom, "linspace") == 1:
        return apply("dot", weights, g)
    return unbroadcast(apply("tensordot", weights, g, axes=((0,), (0,)), last=True), end)


def _start(g: Expr, start: Expr, stop: Expr, num: Expr, y: Expr, *, endpoint: bool = True) -> Expr:
    return _weighted(g, 1.0 - _fractions(num, endpoint), start)


def _stop(g: Expr, start: Expr, stop: Expr, num: Expr, y: Expr, *, endpoint: bool = True) -> Expr:
    return _weighted(g, _fractions(num, endpoint), stop)


linear("linspace", _start, _stop)
