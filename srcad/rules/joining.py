"""Derivatives of joining, splitting, repeating and padding: pieces of the adjoint, or sums of them."""

from __future__ import annotations

from srcad.ops.arguments import WHOLE, known_rank
from srcad.ops.joining import interior
from srcad.ops.subscripts import IndexEntry, Template
from srcad.rules.language import Expr, Given, Operand, add_item, apply, apply_many, dim, get_item, total, zeros
from srcad.rules.shaping import shaped_like, sized
from srcad.rules.table import RuleTable, Site, TermRule

TABLE = RuleTable()
linear, rule = TABLE.linear, TABLE.rule

# ---- joining


def along(axis: int, entry: IndexEntry) -> Template:
    """The subscript that says something of one axis, which may be counted from the end."""
    return (*(WHOLE,) * axis, entry) if axis >= 0 else (("ellipsis",), entry, *(WHOLE,) * (-axis - 1))


def cut(g: Expr, axis: int, start: Operand, stop: Operand) -> Expr:
    """g[start:stop] along an axis; None: open."""
    bounds = [n for n in (start, stop) if n is not None]
    entry = ("slice", None if start is None else 0, None if stop is None else len(bounds) - 1, None)
    return get_item(g, *bounds, index=along(axis, entry))


def _sum(a: Expr | int | None, n: Expr) -> Expr | int:
    """The sum of two lengths, as a number where both are."""
    known: int | None = n.constant
    if a is None:
        return n if known is None else known
    return a + n if known is None or isinstance(a, Expr) else a + known


def _concatenate(site: Site, g: Expr) -> list[Expr | None]:
    axis, start, bars = site.params["axis"], None, []
    last = len(site.operands) - 1
    for k, (x, want) in enumerate(zip(site.operands, site.wanted, strict=True)):
        stop = None if k == last else _sum(start, dim(x, axis))
        bars.append(sized(cut(g, axis, start, stop), x) if want else None)
        start = stop
    return bars


def _stack(site: Site, g: Expr) -> list[Expr | None]:
    index = along(site.params["axis"], ("int", 0))
    wanted = enumerate(zip(site.operands, site.wanted, strict=True))
    return [sized(get_item(g, k, index=index), x) if want else None for k, (x, want) in wanted]


def _joins(name: str, adjoint: TermRule) -> None:
    """An operation that is linear in all of its operands, however many."""

    def tangent(site: Site, *dots: Expr | None) -> Given:
        moved = [zeros(x) if dot is None else dot for x, dot in zip(site.operands, dots, strict=True)]
        return site.apply(name, *moved, **site.params)

    rule(name, adjoint, tangent)


_joins("concatenate", _concatenate)
_joins("stack", _stack)
linear("concatenate_list", lambda g, xs, y, *, axis: apply("split_like", g, xs, axis=axis))
linear("split_like", lambda g, whole, parts, y, *, axis: apply("concatenate_list", g, axis=axis))


# ---- splitting


def _split(site: Site, *bars: Expr | None) -> Given:
    parts = [zeros(part) if bar is None else bar for part, bar in zip(site.results, bars, strict=True)]
    return site.apply("concatenate", *parts, axis=site.params["axis"])


rule("split", _split, lambda site, x: apply_many("split", x, **site.params))


# ---- repeating


def _tile(g: Expr, x: Expr, *rest: Expr) -> Expr:
    """The copies as axes of their own, summed."""
    reps = rest[:-1]
    rank = known_rank(x.atom, "tile")
    full = max(rank, len(reps))
    lengths: list[Operand] = []
    summed: list[int] = []
    for k in range(full):
        count, own = reps[k - full + len(reps)] if k >= full - len(reps) else None, k - full + rank
        if count is not None and count.constant != 1:
            summed.append(len(lengths))
            lengths.append(count)
        lengths += [dim(x, own)] if own >= 0 else []
    return shaped_like(total(apply("reshape", g, *lengths), tuple(summed)), x) if summed else shaped_like(g, x)


def _repeat(g: Expr, x: Expr, repeats: Expr, y: Expr, *, axis: int = 0) -> Expr:
    if repeats.rank == 0:
        lengths: list[Operand] = [dim(x, k) for k in range(known_rank(x.atom, "repeat"))]
        lengths.insert(axis + 1, repeats)
        return sized(total(apply("reshape", g, *lengths), axis + 1), x)
    places = apply("repeat", apply("arange", dim(x, axis)), repeats)
    return add_item(zeros(x), g, places, index=along(axis, ("array", 0)))


linear("tile", _tile)
linear("repeat", _repeat)


# ---- padding


def _pad(site: Site, g: Expr) -> Given:
    return Expr(site.b, interior(site.b, g.atom, site.params["width"]))


def _pad_tangent(site: Site, dot: Expr) -> Given:
    return apply("pad", dot, width=site.params["width"], mode="constant")


rule("pad", _pad, _pad_tangent)
