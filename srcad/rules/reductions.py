"""Derivatives of reductions.

The adjoint of a sum is small: the bar with axes of length one where they were summed over broadcasts to the operand.
What scales it (the count of a mean) is applied while it is small.
"""

from __future__ import annotations

from functools import reduce
from operator import add

from srcad.ops.arguments import known_rank
from srcad.rules.joining import cut
from srcad.rules.language import (
    Expr,
    Given,
    apply,
    conjugate,
    count,
    dim,
    equal,
    expanded,
    flipped,
    or_infinity,
    real,
    total,
    transpose,
    where,
)
from srcad.rules.shaping import shaped_like, sized
from srcad.rules.table import RuleTable, Site, TermRule

TABLE = RuleTable()
flat, linear, rule = TABLE.flat, TABLE.linear, TABLE.rule

Axis = int | tuple[int, ...] | None

flat("any", "all", "argmax", "argmin", "count_nonzero", "nanargmax", "nanargmin")


def spread(g: Expr, x: Expr, axis: Axis, keepdims: bool) -> Expr:
    """Something of the shape of a reduction's result, so that it broadcasts to the operand `x`."""
    return g if keepdims else expanded(g, axis, x)


def spread_sum(x: Expr, axis: Axis, reduction: str = "sum") -> Expr:
    """A reduction whose result broadcasts to the operand: over all axes the number itself does."""
    return apply(reduction, x, axis=axis, keepdims=axis is not None)


# ---- sums and means


def _sum(g: Expr, x: Expr, y: Expr, *, axis: Axis = None, keepdims: bool = False) -> Expr:
    return spread(g, x, axis, keepdims)


def _mean(g: Expr, x: Expr, y: Expr, *, axis: Axis = None, keepdims: bool = False) -> Expr:
    return spread(g / count(x, axis), x, axis, keepdims)


linear("sum", _sum, takes_small=True)
linear("mean", _mean, takes_small=True)
rule("fsum", lambda site, g: expanded(g, None, site.operands[0]), lambda site, dot: apply("sum", dot), takes_small=True)

# ---- variance and standard deviation


def _freedom(x: Expr, axis: Axis, ddof: float) -> Expr:
    n = count(x, axis)
    return n - ddof if ddof else n


def _deviation(x: Expr, axis: Axis) -> Expr:
    difference = x - spread_sum(x, axis, "mean")
    return conjugate(difference) if x.is_complex else difference


def _var(site: Site, g: Expr) -> Expr:
    (x,), p = site.operands, site.params
    scaled = spread(2 * g / _freedom(x, p["axis"], p["ddof"]), x, p["axis"], p["keepdims"])
    return scaled * _deviation(x, p["axis"])


def _var_tangent(site: Site, dot: Expr) -> Expr:
    (x,), p = site.operands, site.params
    product = _deviation(x, p["axis"]) * dot
    covered = total(real(product) if x.is_complex else product, p["axis"], p["keepdims"])
    return 2 * covered / _freedom(x, p["axis"], p["ddof"])


def _std(site: Site, g: Expr) -> Expr:
    """0 where all elements are equal."""
    (x,), p = site.operands, site.params
    scaled = g / (_freedom(x, p["axis"], p["ddof"]) * or_infinity(site.result))
    return spread(scaled, x, p["axis"], p["keepdims"]) * _deviation(x, p["axis"])


def _std_tangent(site: Site, dot: Expr) -> Expr:
    return _var_tangent(site, dot) / (2 * or_infinity(site.result))


rule("var", _var, _var_tangent, takes_small=True)
rule("std", _std, _std_tangent, takes_small=True)

# ---- extrema: ties share equally


def _shares(site: Site) -> tuple[Expr, Expr, Expr]:
    """Where the operand attains the extremum, how many elements along the axes do, and the extremum, spread."""
    x, p = site.operands[0], site.params
    extremum = spread(site.result, x, p["axis"], p["keepdims"])
    chosen = equal(x, extremum)
    ties = spread_sum(chosen, p["axis"])
    return chosen, ties if len(site.operands) == 1 else ties + equal(site.operands[1], extremum), extremum


def _extremum(site: Site, g: Expr) -> list[Expr | None]:
    x, p = site.operands[0], site.params
    chosen, ties, extremum = _shares(site)
    share = spread(g, x, p["axis"], p["keepdims"]) / ties
    bars: list[Expr | None] = [where(chosen, share, 0.0)]
    if len(site.operands) == 2:
        bars.append(total(where(equal(site.operands[1], extremum), share, 0.0)) if site.wanted[1] else None)
    return bars


def _extremum_tangent(site: Site, dot: Expr | None, initial_dot: Expr | None = None) -> Expr:
    p = site.params
    chosen, ties, extremum = _shares(site)
    parts = []
    if dot is not None:
        parts.append(total(where(chosen, dot / ties, 0.0), p["axis"], p["keepdims"]))
    if initial_dot is not None:
        taken = where(equal(site.operands[1], extremum), initial_dot / ties, 0.0)
        parts.append(taken if p["keepdims"] else total(taken, p["axis"]))
    return reduce(add, parts)


rule("max", _extremum, _extremum_tangent)
rule("min", _extremum, _extremum_tangent)

# ---- products


def _prod(site: Site, g: Expr) -> Expr:
    (x,), p = site.operands, site.params
    return spread(g, x, p["axis"], p["keepdims"]) * apply("product_of_others", x, axis=p["axis"])


def _prod_tangent(site: Site, dot: Expr) -> Expr:
    (x,), p = site.operands, site.params
    return total(apply("product_of_others", x, axis=p["axis"]) * dot, p["axis"], p["keepdims"])


def _others(site: Site, g: Expr) -> Given:
    """Both ways: how the product of all but one changes with another is symmetric in the two."""
    return apply("product_of_others_adjoint", g, site.operands[0], axis=site.params["axis"])


def _others_adjoint(site: Site, h_bar: Expr) -> list[Expr | None]:
    """Third derivatives of a product are symmetric, too."""
    (g, x), axis = site.operands, site.params["axis"]
    g_bar = apply("product_of_others_adjoint", h_bar, x, axis=axis) if site.wanted[0] else None
    return [g_bar, _bent(g, h_bar, x, axis) if site.wanted[1] else None]


def _others_adjoint_tangent(site: Site, g_dot: Expr | None, x_dot: Expr | None) -> Expr:
    (g, x), axis = site.operands, site.params["axis"]
    parts = [] if g_dot is None else [apply("product_of_others_adjoint", g_dot, x, axis=axis)]
    return reduce(add, parts + ([] if x_dot is None else [_bent(g, x_dot, x, axis)]))


def _bent(g: Expr, v: Expr, x: Expr, axis: Axis) -> Expr:
    """For each element m: the sum over i, j of g_i v_j times the product of all but i, j and m.

    The product of all but one is that of those before it times that of those behind it.
    """
    line, place = _in_line(x, axis)
    (g, _), (v, _) = _in_line(g, axis), _in_line(v, axis)
    e, e_g, e_v, e_gv = _products_before(g, v, line, place)
    behind = _products_before(flipped(g, place), flipped(v, place), flipped(line, place), place)
    f, f_g, f_v, f_gv = (flipped(part, place) for part in behind)
    return _out_of_line(e_gv * f + e_g * f_v + e_v * f_g + e * f_gv, x, axis)


def _products_before(g: Expr, v: Expr, x: Expr, axis: int) -> tuple[Expr, Expr, Expr, Expr]:
    """The product of the elements before each, its changes along g and along v, and the change of the one with v."""
    y = apply("cumprod", x, axis=axis)
    along_g, along_v = apply("cumprod_tangent", g, x, y, axis=axis), apply("cumprod_tangent", v, x, y, axis=axis)
    both = apply("recurrence", x, _before(along_v, axis) * g + v * _before(along_g, axis), axis=axis)
    return _before(y, axis, "ones_like"), _before(along_g, axis), _before(along_v, axis), _before(both, axis)


def _in_line(x: Expr, axis: Axis) -> tuple[Expr, int]:
    """What a reduction takes together along one axis, and this axis."""
    if isinstance(axis, int):
        return x, axis
    if axis is None:
        return (x if x.rank == 1 else apply("ravel", x)), 0
    order = _reduced_last(x, axis)
    kept = len(order) - len(axis)
    lengths = [dim(x, k) for k in order[:kept]]
    return apply("reshape", transpose(x, order), *lengths, count(x, axis)), kept


def _out_of_line(h: Expr, x: Expr, axis: Axis) -> Expr:
    """Back to the shape of `x`."""
    if axis is None or isinstance(axis, int):
        return shaped_like(h, x) if axis is None else h
    order = _reduced_last(x, axis)
    back = tuple(order.index(k) for k in range(len(order)))
    return sized(transpose(apply("reshape", h, *(dim(x, k) for k in order)), back), x)


def _reduced_last(x: Expr, axes: tuple[int, ...]) -> tuple[int, ...]:
    return (*(k for k in range(known_rank(x.atom, "a product")) if k not in axes), *axes)


rule("prod", _prod, _prod_tangent, takes_small=True)
rule("product_of_others", _others, _others)
rule("product_of_others_adjoint", _others_adjoint, _others_adjoint_tangent)

# ---- running sums and products


def _backwards_sum(g: Expr, axis: int) -> Expr:
    """The sum over the elements from each place on."""
    return flipped(apply("cumsum", flipped(g, axis), axis=axis), axis)


def _cumsum(g: Expr, x: Expr, y: Expr, *, axis: int) -> Expr:
    return _backwards_sum(g, axis)


def _through(name: str) -> TermRule:
    """The helper that takes a bar or a tangent through a running product."""

    def apply_helper(site: Site, moved: Expr) -> Expr:
        return apply(name, moved, site.operands[0], site.result, axis=site.params["axis"])

    return apply_helper


# The helpers are exact where x is zero. So are their derivatives, as both are linear recurrences. With e the products
# before each element: the tangent is t[k] = x[k] t[k - 1] + e[k] dot[k]; the adjoint is e s, where s[k] = g[k] +
# x[k + 1] s[k + 1]. The adjoint of one is the other, run backwards.


def _before(x: Expr, axis: int, first: str = "zeros_like") -> Expr:
    """The element before each; `first` makes that before the first one."""
    return sized(apply("concatenate", apply(first, cut(x, axis, None, 1)), cut(x, axis, None, -1), axis=axis), x)


def _behind(x: Expr, axis: int) -> Expr:
    """The element behind each, and zero behind the last."""
    return flipped(_before(flipped(x, axis), axis), axis)


def forwards(x: Expr, terms: Expr, axis: int) -> Expr:
    """t[k] = x[k] t[k - 1] + terms[k]."""
    return apply("recurrence", x, terms, axis=axis)


def backwards(x: Expr, terms: Expr, axis: int) -> Expr:
    """s[k] = terms[k] + x[k + 1] s[k + 1]."""
    return flipped(forwards(flipped(_behind(x, axis), axis), flipped(terms, axis), axis), axis)


def _recurrence_adjoint(site: Site, g: Expr) -> list[Expr]:
    (a, _), axis = site.operands, site.params["axis"]
    back = backwards(a, g, axis)
    return [back * _before(site.result, axis), back]


def _recurrence_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None) -> Expr:
    (a, _), axis = site.operands, site.params["axis"]
    parts = [] if b_dot is None else [b_dot]
    parts += [] if a_dot is None else [a_dot * _before(site.result, axis)]
    return forwards(a, reduce(add, parts), axis)


def _cumprod_adjoint(site: Site, h_bar: Expr) -> list[Expr]:
    (g, x, y), axis = site.operands, site.params["axis"]
    before, back = _before(y, axis, "ones_like"), backwards(x, g, axis)
    g_bar = forwards(x, h_bar * before, axis)
    return [g_bar, back * _before(g_bar, axis), _behind(h_bar * back, axis)]


def _cumprod_adjoint_tangent(site: Site, g_dot: Expr | None, x_dot: Expr | None, y_dot: Expr | None) -> Expr:
    (g, x, y), axis = site.operands, site.params["axis"]
    back = backwards(x, g, axis)
    terms = [] if g_dot is None else [g_dot]
    terms += [] if x_dot is None else [_behind(x_dot * back, axis)]
    parts = [_before(y, axis, "ones_like") * backwards(x, reduce(add, terms), axis)] if terms else []
    return reduce(add, parts + ([] if y_dot is None else [_before(y_dot, axis) * back]))


def _cumprod_tangent(site: Site, g: Expr) -> list[Expr]:
    (dot, x, y), axis = site.operands, site.params["axis"]
    back = backwards(x, g, axis)
    return [back * _before(y, axis, "ones_like"), back * _before(site.result, axis), _behind(back * dot, axis)]


def _cumprod_tangent_tangent(site: Site, dot_dot: Expr | None, x_dot: Expr | None, y_dot: Expr | None) -> Expr:
    (dot, x, y), axis = site.operands, site.params["axis"]
    terms = [] if dot_dot is None else [_before(y, axis, "ones_like") * dot_dot]
    terms += [] if x_dot is None else [x_dot * _before(site.result, axis)]
    terms += [] if y_dot is None else [_before(y_dot, axis) * dot]
    return forwards(x, reduce(add, terms), axis)


linear("cumsum", _cumsum)
rule("cumprod", _through("cumprod_adjoint"), _through("cumprod_tangent"))
rule("cumprod_adjoint", _cumprod_adjoint, _cumprod_adjoint_tangent)
rule("cumprod_tangent", _cumprod_tangent, _cumprod_tangent_tangent)
rule("recurrence", _recurrence_adjoint, _recurrence_tangent)
