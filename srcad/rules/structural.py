"""Derivatives of the operations that hold programs together: subscripts, stores, copies, lists, tuples.

Stores are linear in the array and in the value: what is overwritten gets no adjoint any more, and the value gets the
adjoint of its place.
"""

from __future__ import annotations

from srcad.ops.structural import Structure
from srcad.ops.subscripts import Template, may_repeat
from srcad.rules.language import (
    Expr,
    Given,
    add_item,
    apply,
    apply_many,
    expanded,
    get_item,
    set_item,
    unbroadcast,
    where,
    zeros,
)
from srcad.rules.table import RuleTable, Site
from srcad.trace.types import ListOf, is_differentiable, tangent_type

TABLE = RuleTable()
flat, slopes, pointwise, linear, rule = TABLE.flat, TABLE.slopes, TABLE.pointwise, TABLE.linear, TABLE.rule

flat("dim", "size", "shape", "ndim", "zeros_like", "list_len", "list_zeros", "last_wins")
flat("identical", "not_identical", "contains", "array_equal", "not_", "truth", "format")

# ---- subscripts and stores


def _get_item(g: Expr, x: Expr, *rest: Expr, index: Template) -> Expr:
    return add_item(zeros(x), g, *rest[:-1], index=index)


linear("get_item", _get_item, takes_small=True)


def _with_items(g: Expr, x: Expr) -> Expr:
    """The adjoint of an array as one: NumPy makes numbers of arrays without axes, and these have no items."""
    if g.type.is_scalar and x.type.is_array:
        return set_item(zeros(x), g, index=(("ellipsis",),))
    return g


def _overwritten(g: Expr, x: Expr, value: Expr, *rest: Expr, index: Template) -> Expr:
    return set_item(_with_items(g, x), 0.0, *rest[:-1], index=index)


def _stored(g: Expr, x: Expr, value: Expr, *rest: Expr, index: Template) -> Expr:
    """The adjoint of the place; of repeated places only of the one that was stored last."""
    places = rest[:-1]
    g_item = get_item(_with_items(g, x), *places, index=index)
    if may_repeat(tuple(place.type for place in places), index):
        g_item = where(apply("last_wins", x, *places, index=index), g_item, 0.0)
    return unbroadcast(g_item, value)


def _added(g: Expr, x: Expr, value: Expr, *rest: Expr, index: Template) -> Expr:
    return unbroadcast(get_item(_with_items(g, x), *rest[:-1], index=index), value)


linear("set_item", _overwritten, _stored)
linear("add_item", lambda g, *_: g, _added)

# ---- values and their adjoints


def _accumulate_tangent(site: Site, total: Expr | None, more: Expr | None) -> Expr | None:
    """Accumulated again, into the buffer of the tangent."""
    if total is None or more is None:
        return more if total is None else total
    return apply("accumulate", total, more)


pointwise("accumulate", lambda g, *_: g, lambda g, *_: g, tangent=_accumulate_tangent)
slopes("copy", 1)
slopes("cast", 1)
linear("known_as", lambda g, x, y, *, to: g if x.type.is_container else unbroadcast(g, x))
linear("materialise", lambda g, small, like, y: unbroadcast(g, small))
linear("sum_to_shape", lambda g, big, like, y: g, takes_small=True)


def _sum_to(g: Expr, x: Expr, y: Expr, *, axes: tuple[int, ...], keep: bool | tuple[int, ...] = ()) -> Expr:
    kept = axes if keep is True else keep or ()
    return expanded(g, tuple(a for a in axes if a not in kept), x)


linear("sum_to", _sum_to)

# ---- arrays of nested sequences


def _leaf_paths(structure: Structure, path: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """Where in the array each leaf stands, in the order of the leaves."""
    if not isinstance(structure, tuple):
        return [path]
    return [leaf for k, inner in enumerate(structure) for leaf in _leaf_paths(inner, (*path, k))]


def _array_adjoint(site: Site, g: Expr) -> list[Expr | None]:
    if g.type.is_scalar:
        return [g]
    paths = _leaf_paths(site.params["structure"])
    template = tuple(("int", k) for k in range(len(paths[0]))) if paths else ()
    return [get_item(g, *path, index=template) if want else None for path, want in zip(paths, site.wanted, strict=True)]


def _each_or_zero(site: Site, dots: tuple[Expr | None, ...]) -> list[Expr]:
    """The tangents of all operands; zeros where they don't move."""
    pairs = zip(site.operands, dots, strict=True)
    return [dot if dot is not None else zeros(x) if is_differentiable(x.type) else x for x, dot in pairs]


def _array_tangent(site: Site, *dots: Expr | None) -> Given:
    """Zeros for the whole numbers among the elements, too."""
    elements = [zeros(x) if dot is None else dot for x, dot in zip(site.operands, dots, strict=True)]
    return site.apply("array", *elements, **site.params)


rule("array", _array_adjoint, _array_tangent)

# ---- lists


def _list_new_adjoint(site: Site, g: Expr) -> list[Expr | None]:
    return [apply("list_get", g, k) if want else None for k, want in enumerate(site.wanted)]


def _list_new_tangent(site: Site, *dots: Expr | None) -> Given:
    element = {name: tangent_type(t) for name, t in site.params.items() if name == "element"}
    return site.apply("list_new", *_each_or_zero(site, dots), **{**site.params, **element})


rule("list_new", _list_new_adjoint, _list_new_tangent)


def _list_append_adjoint(site: Site, g: Expr) -> Given:
    value_bar, items_bar = apply_many("list_pop", g)
    return items_bar, value_bar


def _list_append_tangent(site: Site, items: Expr | None, value: Expr | None) -> Given:
    return site.apply("list_append", *_each_or_zero(site, (items, value)))


def _list_pop_adjoint(site: Site, value_bar: Expr | None, rest_bar: Expr | None) -> Given:
    value, rest = site.results
    return site.apply("list_append", _or_zero(rest_bar, rest), _or_zero(value_bar, value))


def _or_zero(bar: Expr | None, x: Expr) -> Expr:
    return zeros(x) if bar is None else bar


rule("list_append", _list_append_adjoint, _list_append_tangent)
rule("list_pop", _list_pop_adjoint, lambda site, items: apply_many("list_pop", items))

linear("list_get", lambda g, items, i, y: apply("list_add", zeros(items), g, i))
linear(
    "list_set",
    lambda g, items, value, i, y: apply("list_set", g, zeros(apply("list_get", items, i)), i),
    lambda g, items, value, i, y: apply("list_get", g, i),
)
linear("list_add", lambda g, *_: g, lambda g, items, value, i, y: apply("list_get", g, i))
linear(
    "list_concat",
    lambda g, a, b, y: apply("list_slice", g, 0, apply("list_len", a), 1),
    lambda g, a, b, y: apply("list_slice", g, apply("list_len", a), None, 1),
)
linear("list_slice", lambda g, items, *rest: apply("list_set_slice", zeros(items), g, *rest[:-1]))
linear(
    "list_set_slice",
    lambda g, items, values, *rest: apply("list_set_slice", g, zeros(values), *rest[:-1]),
    lambda g, items, values, *rest: apply("list_slice", g, *rest[:-1]),
)


def _depth(items: Expr) -> int:
    """How deep lists are nested in a list."""
    depth, t = 0, items.atom.type
    while isinstance(t, ListOf):
        depth, t = depth + 1, t.element
    return depth


linear("list_reverse", lambda g, items, y: apply("list_reverse", g))
linear("list_to_array", lambda g, items, y: apply("array_to_list", g, depth=_depth(items)))
linear("array_to_list", lambda g, x, y: apply("list_to_array", g))

# ---- tuples


def _tuple_new_adjoint(site: Site, g: Expr) -> list[Expr | None]:
    return [apply("tuple_get", g, index=k) if want else None for k, want in enumerate(site.wanted)]


def _tuple_new_tangent(site: Site, *dots: Expr | None) -> Given:
    return site.apply("tuple_new", *_each_or_zero(site, dots))


def _tuple_get_adjoint(site: Site, g: Expr) -> Given:
    """Zeros for the other items."""
    (items,) = site.operands
    others = range(len(getattr(items.type, "items", ())))
    chosen = site.params["index"]
    return site.apply("tuple_new", *(g if k == chosen else _zero_item(items, k) for k in others))


def _zero_item(items: Expr, k: int) -> Given:
    item = apply("tuple_get", items, index=k)
    return zeros(item) if is_differentiable(item.type) else item


rule("tuple_new", _tuple_new_adjoint, _tuple_new_tangent)
rule("tuple_get", _tuple_get_adjoint, lambda site, items: apply("tuple_get", items, **site.params))
