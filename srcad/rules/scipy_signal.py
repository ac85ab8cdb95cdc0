"""Derivatives of cosine transforms, convolutions and recursive filters: each has its transpose among them."""

from __future__ import annotations

from srcad.rules.language import Expr, Given, Operand, apply, dim, equal, get_item, minimum, set_item, where
from srcad.rules.language import flipped as flipped_along
from srcad.rules.linalg import added
from srcad.rules.products import rank_of
from srcad.rules.shaping import sized
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
linear, multilinear, rule = TABLE.linear, TABLE.multilinear, TABLE.rule

_WHOLE = ("slice", None, None, None)

# ---- cosine and sine transforms

# Transforms of type 1 count the ends of a signal once, and all between twice; of types 2 and 3 one end: the first for
# cosines, the last for sines. Where they are made orthogonal, they are the transposes of each other as they stand.


def _dct(
    g: Expr,
    x: Expr,
    y: Expr,
    *,
    function: str,
    type: int = 2,
    axis: int = -1,
    norm: str | None = None,
    orthogonalize: bool | None = None,
) -> Expr:
    other = {1: 1, 2: 3, 3: 2, 4: 4}[type]
    params: dict[str, object] = {} if other == 2 else {"type": other}
    params |= {name: value for name, value in (("norm", norm), ("orthogonalize", orthogonalize)) if value is not None}
    params |= {} if axis in (-1, rank_of(x) - 1) else {"axis": axis}
    orthogonal = norm == "ortho" if orthogonalize is None else orthogonalize
    if orthogonal or type == 4 or (function == "dst" and type == 1):
        return apply("dct", g, function=function, **params)
    if type == 1:
        return _at_ends(apply("dct", _at_ends(g, 2.0, axis), function=function, **params), 0.5, axis)
    if type == 2:
        return apply("dct", _at_end(g, 2.0, axis, function), function=function, **params)
    return _at_end(apply("dct", g, function=function, **params), 0.5, axis, function)


def _along(weights: Expr, x: Expr, axis: int) -> Expr:
    after = rank_of(x) - 1 - axis % rank_of(x)
    return get_item(weights, index=(_WHOLE, *(("newaxis",),) * after)) if after else weights


def _at_end(x: Expr, factor: float, axis: int, function: str) -> Expr:
    """`x` with what counts once times a factor."""
    n = dim(x, axis % rank_of(x))
    place: Operand = n - 1 if function == "dst" else 0
    return x * _along(where(equal(apply("arange", n), place), factor, 1.0), x, axis)


def _at_ends(x: Expr, factor: float, axis: int) -> Expr:
    n = dim(x, axis % rank_of(x))
    k = apply("arange", n)
    return x * _along(where(apply("logical_or", equal(k, 0), equal(k, n - 1)), factor, 1.0), x, axis)


linear("dct", _dct)

# ---- convolutions: the whole of the adjoint, convolved with what is turned round, where it overlaps wholly


def _whole(g: Expr, a: Expr, v: Expr, mode: str) -> Expr:
    """The adjoint of the full convolution, of which `mode` shows a part."""
    if mode == "full":
        return g
    axes = range(rank_of(a))
    shape = [dim(a, k) + dim(v, k) - 1 for k in axes]
    starts = [_start(dim(a, k), dim(v, k), mode) for k in axes]
    bounds = [bound for k in axes for bound in (starts[k], starts[k] + dim(g, k))]
    full = apply("zeros", *map(_number, shape), dtype=g.dtype or "float64")
    return set_item(full, g, *bounds, index=tuple(("slice", 2 * k, 2 * k + 1, None) for k in axes))


def _number(x: Expr) -> Given:
    return x if x.constant is None else x.constant


def _start(n: Expr, m: Expr, mode: str) -> Expr:
    return minimum(n, m) - 1 if mode == "valid" else (m - 1) // 2


def _turned(x: Expr) -> Expr:
    for axis in range(rank_of(x)):
        x = flipped_along(x, axis)
    return x


def _one_factor(g: Expr, a: Expr, v: Expr, other: Expr, mode: str, own: Expr) -> Expr:
    return sized(apply("nd_convolve", _whole(g, a, v, mode), _turned(other), mode="valid"), own)


multilinear(
    "nd_convolve",
    lambda g, a, v, y, *, mode="full": _one_factor(g, a, v, v, mode, a),
    lambda g, a, v, y, *, mode="full": _one_factor(g, a, v, a, mode, v),
)

# ---- recursive filters: of y with a * y = b * x


def _backwards(b: Expr, a: Expr, g: Expr, axis: int) -> Expr:
    """The transpose of a filter runs from the end to the start."""
    place = axis % rank_of(g)
    turned = apply("lfilter", b, a, flipped_along(g, place), **_axis(axis, g))
    return flipped_along(turned, place)


def _axis(axis: int, x: Expr) -> dict[str, object]:
    return {} if axis in (-1, rank_of(x) - 1) else {"axis": axis}


def _one(x: Expr) -> Expr:
    """The filter that does nothing, as an array."""
    return Expr(x.b, x.b.emit("ones", 1, dtype=x.dtype or "float64"))


def _lfilter_adjoint(site: Site, g: Expr) -> Given:
    (b, a, x), y, axis = site.operands, site.result, site.params.get("axis", -1)
    bars: list[Operand] = [None, None, None]
    if site.wanted[0]:
        bars[0] = apply("lagged_sums", g, apply("lfilter", _one(x), a, x, **_axis(axis, x)), b, axis=axis)
    if site.wanted[1]:
        bars[1] = -apply("lagged_sums", g, apply("lfilter", _one(x), a, y, **_axis(axis, x)), a, axis=axis)
    if site.wanted[2]:
        bars[2] = _backwards(b, a, g, axis)
    return bars


def _lfilter_tangent(site: Site, b_dot: Expr | None, a_dot: Expr | None, x_dot: Expr | None) -> Expr:
    (b, a, x), y = site.operands, site.result
    parts = [] if b_dot is None else [apply("lfilter", b_dot, a, x, **site.params)]
    parts += [] if a_dot is None else [-apply("lfilter", a_dot, a, y, **site.params)]
    parts += [] if x_dot is None else [apply("lfilter", b, a, x_dot, **site.params)]
    return added(parts)


rule("lfilter", _lfilter_adjoint, _lfilter_tangent)


def _lagged_adjoint(site: Site, c: Expr) -> Given:
    (g, u, _), axis = site.operands, site.params.get("axis", -1)
    ahead = apply("lfilter", c, _one(u), u, **_axis(axis, u)) if site.wanted[0] else None
    return ahead, _backwards(c, _one(g), g, axis) if site.wanted[1] else None, None


def _lagged_tangent(site: Site, g_dot: Expr | None, u_dot: Expr | None, _: Expr | None = None) -> Expr | None:
    g, u, like = site.operands
    parts = [] if g_dot is None else [apply("lagged_sums", g_dot, u, like, **site.params)]
    parts += [] if u_dot is None else [apply("lagged_sums", g, u_dot, like, **site.params)]
    return added(parts) if parts else None


rule("lagged_sums", _lagged_adjoint, _lagged_tangent)
