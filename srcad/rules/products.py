"""Derivatives of products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srcad.ops.arguments import WHOLE, known_rank
from srcad.rules.language import Expr, Given, apply, dim, get_item, unbroadcast
from srcad.rules.shaping import permuted, sized, swapped
from srcad.rules.table import RuleTable

TABLE = RuleTable()
multilinear = TABLE.multilinear

# ---- helpers


def rank_of(x: Expr) -> int:
    return known_rank(x.atom, "a product or factorisation")


def column(x: Expr) -> Expr:
    """A new last axis."""
    return get_item(x, index=(("ellipsis",), ("newaxis",)))


def row(x: Expr) -> Expr:
    """A new axis before the last."""
    return get_item(x, index=(("ellipsis",), ("newaxis",), WHOLE))


def outer(a: Expr, b: Expr) -> Expr:
    return apply("outer", a, b)


def contracted(a: Expr, b: Expr, left: Sequence[int], right: Sequence[int]) -> Expr:
    """`np.tensordot`."""
    last = tuple(left) == tuple(range(rank_of(a) - len(left), rank_of(a)))
    extra = {"last": True} if last else {}
    return apply("tensordot", a, b, axes=(tuple(left), tuple(right)), **extra)


# ---- matrix products


def _left(g: Expr, a: Expr, b: Expr, y: Expr) -> Expr:
    """The adjoint of `a` in `a @ b`."""
    m, n = rank_of(a), rank_of(b)
    if n == 1:
        return g * b if m == 1 else outer(g, b) if m == 2 else column(g) * b
    if m == 1:
        return b @ g if n == 2 else contracted(b, g, [*range(n - 2), n - 1], range(n - 1))
    if m == 2 and n > 2:
        return contracted(g, b, [*range(n - 2), n - 1], [*range(n - 2), n - 1])
    return unbroadcast(g @ swapped(b), a) if n > 2 else g @ swapped(b)


def _right(g: Expr, a: Expr, b: Expr, y: Expr) -> Expr:
    """The adjoint of `b` in `a @ b`."""
    m, n = rank_of(a), rank_of(b)
    if m == 1:
        return g * a if n == 1 else outer(a, g) if n == 2 else column(a) * row(g)
    if n == 1:
        return swapped(a) @ g if m == 2 else contracted(g, a, range(m - 1), range(m - 1))
    if n == 2 and m > 2:
        return contracted(a, g, range(m - 1), range(m - 1))
    return unbroadcast(swapped(a) @ g, b) if m > 2 else swapped(a) @ g


for _name in ("matmul", "dot"):
    multilinear(
        _name,
        lambda g, a, b, y: sized(_left(g, a, b, y), a),
        lambda g, a, b, y: sized(_right(g, a, b, y), b),
    )


# ---- other products


multilinear("outer", lambda g, a, b, y: g @ b, lambda g, a, b, y: a @ g)


def _inner_left(g: Expr, a: Expr, b: Expr, y: Expr) -> Expr:
    if rank_of(b) == 1:
        return g * b if rank_of(a) == 1 else outer(g, b)
    return g @ b


def _inner_right(g: Expr, a: Expr, b: Expr, y: Expr) -> Expr:
    if rank_of(a) == 1:
        return g * a if rank_of(b) == 1 else outer(g, a)
    return g @ a if rank_of(b) == 1 else swapped(g) @ a


multilinear("inner", _inner_left, _inner_right)

Axes = tuple[tuple[int, ...], tuple[int, ...]]


def _tensordot_left(g: Expr, a: Expr, b: Expr, y: Expr, *, axes: Axes) -> Expr:
    left, right = axes
    kept, free = rank_of(a) - len(left), [k for k in range(rank_of(b)) if k not in right]
    bar = contracted(g, b, range(kept, rank_of(g)), free) if rank_of(g) else g * b
    own = [k for k in range(rank_of(a)) if k not in left] + [left[i] for i in np.argsort(right)]
    return permuted(bar, np.argsort(own).tolist())


def _tensordot_right(g: Expr, a: Expr, b: Expr, y: Expr, *, axes: Axes) -> Expr:
    left, right = axes
    free = [k for k in range(rank_of(a)) if k not in left]
    bar = contracted(a, g, free, range(len(free))) if rank_of(g) else g * a
    own = [right[i] for i in np.argsort(left)] + [k for k in range(rank_of(b)) if k not in right]
    return permuted(bar, np.argsort(own).tolist())


multilinear("tensordot", _tensordot_left, _tensordot_right)


def _blocks(g: Expr, a: Expr, b: Expr) -> tuple[Expr, str, str, str]:
    """The adjoint of a Kronecker product with an axis for each axis of its factors, and the letters of these."""
    rank = rank_of(a)
    lengths = [n for k in range(rank) for n in (dim(a, k), dim(b, k))]
    ours, theirs = "abcdefgh"[:rank], "ijklmnop"[:rank]
    return apply("reshape", g, *lengths), "".join(map("".join, zip(ours, theirs, strict=True))), ours, theirs


def _kron_left(g: Expr, a: Expr, b: Expr, y: Expr) -> Given:
    blocks, both, ours, theirs = _blocks(g, a, b)
    return apply("einsum", blocks, b, subscripts=f"{both},{theirs}->{ours}")


def _kron_right(g: Expr, a: Expr, b: Expr, y: Expr) -> Given:
    blocks, both, ours, theirs = _blocks(g, a, b)
    return apply("einsum", blocks, a, subscripts=f"{both},{ours}->{theirs}")


multilinear("kron", _kron_left, _kron_right)
multilinear(
    "cross",
    lambda g, a, b, y: unbroadcast(apply("cross", b, g), a),
    lambda g, a, b, y: unbroadcast(apply("cross", g, a), b),
)
