"""Derivatives of sorting and order statistics: the adjoint goes where the element came from."""

from __future__ import annotations

from functools import reduce
from operator import add

from srcad.ops.arguments import WHOLE, known_rank
from srcad.ops.subscripts import IndexEntry
from srcad.rules.joining import along
from srcad.rules.language import (
    Expr,
    add_item,
    apply,
    cast,
    dim,
    floor,
    get_item,
    minimum,
    set_item,
    take_along_axis,
    total,
    zeros,
)
from srcad.rules.shaping import first_along, permuted, shaped_like
from srcad.rules.table import RuleTable, Site
from srcad.trace.types import dims_of

TABLE = RuleTable()
flat, rule = TABLE.flat, TABLE.rule

flat(
    "argsort", "argpartition", "searchsorted", "digitize", "unique_places", "unique_inverse", "unique_counts", "lexsort"
)


# ---- sorting


def _order(x: Expr, axis: int, descending: bool = False) -> Expr:
    """Where the sorted elements come from; of equal ones the first comes first."""
    last = axis == known_rank(x.atom, "sorting") - 1
    down = {"descending": True} if descending else {}
    return apply("argsort", x, **({} if last else {"axis": axis}), kind="stable", **down)


def unsorted(g: Expr, order: Expr, axis: int) -> Expr:
    """Each element of `g` back in the place that it was sorted from."""
    if known_rank(order.atom, "sorting") == 1:
        return set_item(zeros(g), g, order, index=(("array", 0),))
    return take_along_axis(g, _order(order, axis), axis=axis)


def _axis(site: Site) -> int:
    rank = known_rank(site.operands[0].atom, "sorting")
    return int(site.params.get("axis", -1)) % rank


def _order_of(site: Site) -> Expr:
    return _order(site.operands[0], _axis(site), bool(site.params.get("descending", False)))


def _sort_adjoint(site: Site, g: Expr) -> Expr:
    return unsorted(g, _order_of(site), _axis(site))


def _sort_tangent(site: Site, dot: Expr) -> Expr:
    return sorted_as(dot, _order_of(site), _axis(site))


def sorted_as(dot: Expr, order: Expr, axis: int) -> Expr:
    if known_rank(order.atom, "sorting") == 1:
        return get_item(dot, order, index=(("array", 0),))
    return take_along_axis(dot, order, axis=axis)


rule("sort", _sort_adjoint, _sort_tangent)


# ---- order statistics: sorted, and then the mean of two neighbours, weighted


def _flat_if_whole(site: Site, x: Expr) -> tuple[Expr, int]:
    """The array and the axis that the statistic is of."""
    axis = site.params.get("axis")
    if axis is not None:
        return x, axis
    return (x if x.rank == 1 else apply("ravel", x)), 0


def _without_kept_axis(site: Site, g: Expr, front: int = 0) -> Expr:
    """The adjoint as if `keepdims` weren't asked for; `front`: how many axes stand before those of x."""
    if not site.params.get("keepdims"):
        return g
    axis, rank = site.params.get("axis"), known_rank(site.operands[0].atom, "an order statistic")
    axes = range(rank) if axis is None else [axis]
    return first_along(g, [front + k for k in axes])


def _neighbours(site: Site, n: Expr) -> tuple[Expr, Expr, Expr | float]:
    """The places of the two neighbours, and the weight of the upper one."""
    if len(site.operands) == 1:
        return (n - 1) // 2, n // 2, 0.5
    q = site.operands[1]
    place = (q / 100.0 if site.params.get("percent") else q) * (n - 1)
    below = floor(place)
    lower = cast(below, dtype="int64")
    return lower, minimum(lower + 1, n - 1), place - below


def _entry(places: Expr) -> IndexEntry:
    return ("array", 0) if places.rank == 1 else ("int", 0)


def _spread(weight: Expr | float, g: Expr, axis: int) -> Expr | float:
    """A weight for each quantile, beside the axes that follow it."""
    after = known_rank(g.atom, "a quantile") - 1 - axis
    if not isinstance(weight, Expr) or weight.rank != 1 or after <= 0:
        return weight
    return get_item(weight, index=(WHOLE, *(("newaxis",),) * after))


def _statistic_adjoint(site: Site, g: Expr) -> list[Expr | None]:
    x = site.operands[0]
    values, axis = _flat_if_whole(site, x)
    if _is_empty(values, axis):
        return [None] * len(site.operands)
    lower, upper, weight = _neighbours(site, dim(values, axis))
    many = lower.rank == 1
    g = _without_kept_axis(site, g, 1 if many else 0)
    if many:
        rank = known_rank(g.atom, "a quantile")
        g = permuted(g, [*range(1, axis + 1), 0, *range(axis + 1, rank)])
    order, index = _order(values, axis), along(axis, _entry(lower))
    bars: list[Expr | None] = [None] * len(site.operands)
    if site.wanted[0]:
        share = _spread(weight, g, axis)
        bar = add_item(zeros(values), g * (1.0 - share), lower, index=index)
        bar = unsorted(add_item(bar, g * share, upper, index=index), order, axis)
        bars[0] = shaped_like(bar, x) if values is not x else bar
    if len(bars) > 1 and site.wanted[1]:
        gap = _gap(sorted_as(values, order, axis), lower, upper, index)
        others = tuple(k for k in range(known_rank(g.atom, "a quantile")) if not many or k != axis)
        bars[1] = (
            total(g * gap, others) * _per_order(site, dim(values, axis))
            if others
            else g * gap * _per_order(site, dim(values, axis))
        )
    return bars


def _is_empty(values: Expr, axis: int) -> bool:
    """Whether there is nothing along an axis, so that a median is NaN and doesn't move."""
    dims = dims_of(values.type)
    return dims is not None and dims[axis].number == 0


def _gap(arranged: Expr, lower: Expr, upper: Expr, index: tuple[IndexEntry, ...]) -> Expr:
    """From the lower neighbour to the upper one."""
    return get_item(arranged, upper, index=index) - get_item(arranged, lower, index=index)


def _per_order(site: Site, n: Expr) -> Expr:
    """How many places a quantile goes on for each unit of its order."""
    return (n - 1) / 100.0 if site.params.get("percent") else n - 1


def _statistic_tangent(site: Site, dot: Expr | None, order_dot: Expr | None = None) -> Expr:
    x, y = site.operands[0], site.result
    values, axis = _flat_if_whole(site, x)
    if _is_empty(values, axis):
        return zeros(y)
    lower, upper, weight = _neighbours(site, dim(values, axis))
    order, index = _order(values, axis), along(axis, _entry(lower))
    parts = []
    if dot is not None:
        moved = sorted_as(_flat_if_whole(site, dot)[0], order, axis)
        low, high = get_item(moved, lower, index=index), get_item(moved, upper, index=index)
        share = _spread(weight, low, axis)
        parts.append(low * (1.0 - share) + high * share)
    if order_dot is not None:
        gap = _gap(sorted_as(values, order, axis), lower, upper, index)
        parts.append(gap * _spread(order_dot * _per_order(site, dim(values, axis)), gap, axis))
    result = reduce(add, parts)
    if lower.rank == 1:
        rank = known_rank(result.atom, "a quantile")
        result = permuted(result, [axis, *(k for k in range(rank) if k != axis)])
    return apply("reshape_like", result, y) if site.params.get("keepdims") else result


rule("median", _statistic_adjoint, _statistic_tangent)
rule("quantile", _statistic_adjoint, _statistic_tangent)
