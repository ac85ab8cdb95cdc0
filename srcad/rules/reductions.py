"""Derivatives of reductions.

The adjoint of a sum is small: the bar with axes of length one where they were summed over broadcasts to the operand.
What scales it (the count of a mean) is applied while it is small.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from srcad.rules.language import (
    Expr,
    conjugate,
    count,
    equal,
    expanded,
    flipped,
    nonzero,
    one,
    real,
    total,
    where,
)
from srcad.rules.table import Site, flat, linear, rule

Axis = int | tuple[int, ...] | None

flat("any", "all", "argmax", "argmin", "count_nonzero", "nanargmax", "nanargmin")


def spread(g: Expr, x: Expr, axis: Axis, keepdims: bool) -> Expr:
    """Something of the shape of a reduction's result, so that it broadcasts to the operand `x`."""
    return g if keepdims else expanded(g, axis, x)


def spread_sum(x: Expr, axis: Axis, reduction: str = "sum") -> Expr:
    """A reduction whose result broadcasts to the operand: over all axes the number itself does."""
    return one(reduction, x, axis=axis, keepdims=axis is not None)


# ---- sums and means


def _sum(g: Expr, x: Expr, y: Expr, *, axis: Axis = None, keepdims: bool = False) -> Expr:
    return spread(g, x, axis, keepdims)


def _mean(g: Expr, x: Expr, y: Expr, *, axis: Axis = None, keepdims: bool = False) -> Expr:
    return spread(g / count(x, axis), x, axis, keepdims)


linear("sum", _sum, takes_small=True)
linear("mean", _mean, takes_small=True)

# ---- variance and standard deviation


def _freedom(x: Expr, axis: Axis, ddof: Any) -> Expr:
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
    scaled = g / (_freedom(x, p["axis"], p["ddof"]) * nonzero(site.result))
    return spread(scaled, x, p["axis"], p["keepdims"]) * _deviation(x, p["axis"])


def _std_tangent(site: Site, dot: Expr) -> Expr:
    return _var_tangent(site, dot) / (2 * nonzero(site.result))


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
    return spread(g, x, p["axis"], p["keepdims"]) * one("product_of_others", x, axis=p["axis"])


def _prod_tangent(site: Site, dot: Expr) -> Expr:
    (x,), p = site.operands, site.params
    return total(one("product_of_others", x, axis=p["axis"]) * dot, p["axis"], p["keepdims"])


def _others(site: Site, g: Expr) -> Any:
    """Both ways: how the product of all but one changes with another is symmetric in the two."""
    return one("product_of_others_adjoint", g, site.operands[0], axis=site.params["axis"])


def _of_pairs(site: Site, u: Expr, w: Expr) -> Expr:
    """For each element m: the sum over i and j, different and not m, of u_i w_j times the product of the rest.

    By quotients, with a = u / x and b = w / x: not defined (NaN) where an element of x is zero.
    """
    x, axis = site.operands[1], site.params["axis"]
    a, b = u / x, w / x
    others = one("product_of_others", x, axis=axis)
    both = a * b
    return others * ((total(a, axis, True) - a) * (total(b, axis, True) - b) - (total(both, axis, True) - both))


def _other_pairs(site: Site, h: Expr) -> list[Expr]:
    g, x = site.operands
    return [one("product_of_others_adjoint", h, x, axis=site.params["axis"]), _of_pairs(site, h, g)]


def _other_pairs_tangent(site: Site, g_dot: Expr | None, x_dot: Expr | None) -> Expr:
    (g, x), axis = site.operands, site.params["axis"]
    parts = [] if g_dot is None else [one("product_of_others_adjoint", g_dot, x, axis=axis)]
    parts += [] if x_dot is None else [_of_pairs(site, x_dot, g)]
    return reduce(add, parts)


rule("prod", _prod, _prod_tangent, takes_small=True)
rule("product_of_others", _others, _others)
rule("product_of_others_adjoint", _other_pairs, _other_pairs_tangent)

# ---- running sums and products


def _backwards_sum(g: Expr, axis: int) -> Expr:
    """The sum over the elements from each place on."""
    return flipped(one("cumsum", flipped(g, axis), axis=axis), axis)


def _cumsum(g: Expr, x: Expr, y: Expr, *, axis: int) -> Expr:
    return _backwards_sum(g, axis)


def _through(name: str) -> Any:
    """The helper that takes a bar or a tangent through a running product."""

    def apply_helper(site: Site, moved: Expr) -> Expr:
        return one(name, moved, site.operands[0], site.result, axis=site.params["axis"])

    return apply_helper


# Helpers are exact where x is zero. Their own derivatives are those of the formulas that hold where it isn't, and
# not defined (NaN) where it is: (the sum of g y from each place on) / x, and y times the sum of dot / x up to each.


def _cumprod_adjoint(site: Site, h_bar: Expr) -> list[Expr]:
    g, x, y = site.operands
    through = one("cumsum", h_bar / x, axis=site.params["axis"])
    return [y * through, -(h_bar * site.result / x), g * through]


def _cumprod_adjoint_tangent(site: Site, g_dot: Expr | None, x_dot: Expr | None, y_dot: Expr | None) -> Expr:
    (g, x, y), axis = site.operands, site.params["axis"]
    parts = [] if g_dot is None else [_backwards_sum(g_dot * y, axis) / x]
    parts += [] if y_dot is None else [_backwards_sum(g * y_dot, axis) / x]
    parts += [] if x_dot is None else [-(x_dot * site.result / x)]
    return reduce(add, parts)


def _cumprod_tangent(site: Site, g: Expr) -> list[Expr]:
    (dot, x, y), axis = site.operands, site.params["axis"]
    back = _backwards_sum(g * y, axis) / x
    return [back, -(back * dot / x), g * one("cumsum", dot / x, axis=axis)]


def _cumprod_tangent_tangent(site: Site, dot_dot: Expr | None, x_dot: Expr | None, y_dot: Expr | None) -> Expr:
    (dot, x, y), axis = site.operands, site.params["axis"]
    parts = [] if dot_dot is None else [y * one("cumsum", dot_dot / x, axis=axis)]
    parts += [] if x_dot is None else [-(y * one("cumsum", dot * x_dot / x**2, axis=axis))]
    parts += [] if y_dot is None else [y_dot * one("cumsum", dot / x, axis=axis)]
    return reduce(add, parts)


linear("cumsum", _cumsum)
rule("cumprod", _through("cumprod_adjoint"), _through("cumprod_tangent"))
rule("cumprod_adjoint", _cumprod_adjoint, _cumprod_adjoint_tangent)
rule("cumprod_tangent", _cumprod_tangent, _cumprod_tangent_tangent)
