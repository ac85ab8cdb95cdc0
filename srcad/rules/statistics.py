"""Derivatives of counting: counts don't move; sums of weights move with the weights."""

from __future__ import annotations

from srcad.rules.language import Expr, Given, apply, dim, get_item, logical_and, maximum, minimum, where
from srcad.rules.table import RuleTable

TABLE = RuleTable()
flat, linear = TABLE.flat, TABLE.linear

flat("histogram_edges")


def _bincount(g: Expr, x: Expr, weights: Expr, y: Expr) -> Given:
    return get_item(g, x, index=(("array", 0),))


def _histogram(g: Expr, x: Expr, edges: Expr, weights: Expr, y: Expr) -> Given:
    """The bin that each weight went into; the last one has both of its edges."""
    found = apply("searchsorted", edges, x, side="right") - 1
    places = maximum(minimum(found, dim(g, 0) - 1), 0)
    first, last = (get_item(edges, k, index=(("int", 0),)) for k in (0, -1))
    return where(logical_and(x >= first, x <= last), get_item(g, places, index=(("array", 0),)), 0.0)


linear("bincount", None, _bincount)
linear("histogram", None, None, _histogram)
