"""Derivatives of `reduce` and `accumulate` of any ufunc, from its slopes.

With y[k] = f(y[k - 1], x[k]) the tangent is a linear recurrence, y'[k] = f1[k] y'[k - 1] + f2[k] x'[k], and the adjoint
is one that runs backwards. Where order doesn't matter, the slope of a reduction by each element is known at once.
"""

from __future__ import annotations

from collections.abc import Callable

from srcad.ops.arguments import WHOLE
from srcad.rules.elementwise import TABLE as ELEMENTWISE
from srcad.rules.joining import cut
from srcad.rules.language import Expr, apply, cast, exp, exp2, get_item, materialise, nonzero, total
from srcad.rules.reductions import backwards, forwards, spread
from srcad.rules.shaping import sized
from srcad.rules.table import RuleTable, Site
from srcad.trace.builder import const
from srcad.trace.nodes import Equation, Var

TABLE = RuleTable()
rule = TABLE.rule

# the slopes of reductions by an element x, with y the result
OF_ELEMENTS: dict[str, Callable[[Expr, Expr], Expr]] = {
    "logaddexp": lambda x, y: exp(x - y),
    "logaddexp2": lambda x, y: exp2(x - y),
    "hypot": lambda x, y: x / nonzero(y),
}


def _slopes(site: Site, x: Expr, y: Expr) -> tuple[Expr, Expr]:
    """The slopes of each step by what was there before, and by its element; 1 by the first element."""
    name, axis = site.params["ufunc"], site.params["axis"]
    before, element, after = cut(y, axis, None, -1), cut(x, axis, 1, None), cut(y, axis, 1, None)
    assert isinstance(after.atom, Var)
    step = Equation(name, (before.atom, element.atom), (after.atom,))
    parts = ELEMENTWISE.rules[name].pullback(site.b, step, (const(1.0),), (True, True))
    return tuple(_with_first(site, part, after, x) for part in parts)  # type: ignore[return-value]


def _with_first(site: Site, part: object, after: Expr, x: Expr) -> Expr:
    axis = site.params["axis"]
    slope = Expr(site.b, const(0.0) if part is None else part)  # type: ignore[arg-type]
    whole = materialise(slope, after)
    whole = whole if whole.dtype == x.dtype else cast(whole, dtype=x.dtype)
    return sized(apply("concatenate", apply("ones_like", cut(x, axis, None, 1)), whole, axis=axis), x)


def _running(site: Site) -> Expr:
    """What has been made of the elements up to each."""
    return apply("accumulate_ufunc", site.operands[0], **site.params)


def _accumulate(site: Site, g: Expr) -> Expr:
    (x,), axis = site.operands, site.params["axis"]
    by_before, by_element = _slopes(site, x, site.result)
    return by_element * backwards(by_before, g, axis)


def _accumulate_tangent(site: Site, dot: Expr) -> Expr:
    (x,), axis = site.operands, site.params["axis"]
    by_before, by_element = _slopes(site, x, site.result)
    return forwards(by_before, by_element * dot, axis)


def _reduce(site: Site, g: Expr) -> Expr:
    (x,), axis, name = site.operands, site.params["axis"], site.params["ufunc"]
    whole = spread(g, x, axis, False)
    if name in OF_ELEMENTS:
        return whole * OF_ELEMENTS[name](x, spread(site.result, x, axis, False))
    by_before, by_element = _slopes(site, x, _running(site))
    last = sized(apply("concatenate", apply("zeros_like", cut(x, axis, 1, None)), _row(whole, x, axis), axis=axis), x)
    return by_element * backwards(by_before, last, axis)


def _row(whole: Expr, x: Expr, axis: int) -> Expr:
    """What broadcasts to an array, as one place along an axis of it."""
    return materialise(whole, cut(x, axis, None, 1))


def _reduce_tangent(site: Site, dot: Expr) -> Expr:
    (x,), axis, name = site.operands, site.params["axis"], site.params["ufunc"]
    if name in OF_ELEMENTS:
        return total(OF_ELEMENTS[name](x, spread(site.result, x, axis, False)) * dot, axis)
    by_before, by_element = _slopes(site, x, _running(site))
    moved = forwards(by_before, by_element * dot, axis)
    return get_item(moved, -1, index=(*(WHOLE,) * axis, ("int", 0)))


rule("accumulate_ufunc", _accumulate, _accumulate_tangent)
rule("reduce_ufunc", _reduce, _reduce_tangent, takes_small=True)
