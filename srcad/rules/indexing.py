"""Derivatives of functions that pick elements."""

from __future__ import annotations

from srcad.rules.language import Expr, add_item, apply, dim, get_item, zeros
from srcad.rules.table import RuleTable

TABLE = RuleTable()
flat, linear = TABLE.flat, TABLE.linear

flat("nonzero", "argwhere", "remaining", "choices")


def _line(x: Expr, axis: int, rank: int) -> Expr:
    """The places along one axis, to be broadcast with those of the others."""
    places: Expr = apply("arange", dim(x, axis))
    rest = (("newaxis",),) * (rank - 1 - axis)
    return get_item(places, index=(("slice", None, None, None), *rest)) if rest else places


def _take_along_axis(g: Expr, x: Expr, indices: Expr, y: Expr, *, axis: int) -> Expr:
    """Added up in the places from which the elements were taken."""
    rank = x.rank or 1
    places = [indices if k == axis else _line(x, k, rank) for k in range(rank)]
    return add_item(zeros(x), g, *places, index=tuple(("array", k) for k in range(rank)))


linear("take_along_axis", _take_along_axis)
