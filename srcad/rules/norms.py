"""Derivatives of norms: 0 where the norm is 0, in all orders; and of their squares, which are smooth there."""

from __future__ import annotations

from srcad.rules.language import Expr, Given, absolute, conjugate, expanded, nonzero, or_infinity, real, sign, total
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
pointwise, rule = TABLE.pointwise, TABLE.rule


def _direction(x: Expr, y: Expr, ord: float | None) -> Expr:
    """What the slope is, times `y ** (ord - 1)`."""
    if ord is None:
        return conjugate(x) if x.is_complex else x
    if x.is_complex:
        size = absolute(x)
        return conjugate(x) / nonzero(size) * size ** (ord - 1.0)
    return sign(x) * absolute(x) ** (ord - 1.0)


def _size(y: Expr, ord: float | None) -> Expr:
    return or_infinity(y if ord is None else y ** (ord - 1.0))


def _aligned(site: Site, value: Expr) -> Expr:
    """A value for each norm, beside the elements that the norm is of."""
    if site.params.get("keepdims"):
        return value
    return expanded(value, site.params.get("axis"), site.operands[0])


def _adjoint(site: Site, g: Expr) -> Expr:
    (x,), y, ord = site.operands, site.result, site.params.get("ord")
    return _direction(x, y, ord) * _aligned(site, g / _size(y, ord))


def _tangent(site: Site, dot: Expr) -> Given:
    (x,), y, ord = site.operands, site.result, site.params.get("ord")
    change = total(_direction(x, y, ord) * dot, site.params.get("axis"), bool(site.params.get("keepdims", False)))
    return change / _size(y, ord)


rule("norm", _adjoint, _tangent)
rule(
    "squared_modulus",
    lambda site, g: 2 * g * conjugate(site.operands[0]),
    lambda site, dot: 2 * real(conjugate(site.operands[0]) * dot),
    pointwise=True,
)
pointwise("moves_as", None, lambda g, value, moving, y: g)
