"""Derivatives of products, linear systems and factorisations, as one finds them in the literature (M. Giles, 2008)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import WHOLE, known_rank
from srcad.rules.language import (
    Expr,
    Given,
    Operand,
    apply,
    apply_many,
    dim,
    get_item,
    matmul,
    set_item,
    total,
    unbroadcast,
    zeros,
)
from srcad.rules.shaping import permuted, sized, swapped
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
flat, linear, multilinear, rule = TABLE.flat, TABLE.linear, TABLE.multilinear, TABLE.rule

# ---- helpers


def rank_of(x: Expr) -> int:
    return known_rank(x.atom, "a product or factorisation")


def column(x: Expr) -> Expr:
    """A new last axis."""
    return get_item(x, index=(("ellipsis",), ("newaxis",)))


def row(x: Expr) -> Expr:
    """A new axis before the last."""
    return get_item(x, index=(("ellipsis",), ("newaxis",), WHOLE))


def matrix(g: Expr) -> Expr:
    """Two new last axes, for what there is one number of for each matrix."""
    return g if g.rank == 0 else get_item(g, index=(("ellipsis",), ("newaxis",), ("newaxis",)))


def without_column(x: Expr) -> Expr:
    return get_item(x, 0, index=(("ellipsis",), ("int", 0)))


def outer(a: Expr, b: Expr) -> Expr:
    return apply("outer", a, b)


def contracted(a: Expr, b: Expr, left: Sequence[int], right: Sequence[int]) -> Expr:
    """`np.tensordot`."""
    last = tuple(left) == tuple(range(rank_of(a) - len(left), rank_of(a)))
    extra = {"last": True} if last else {}
    return apply("tensordot", a, b, axes=(tuple(left), tuple(right)), **extra)


def added(parts: Sequence[Expr]) -> Expr:
    """The sum of at least one part."""
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result


def symmetric(x: Expr) -> Expr:
    return 0.5 * (x + swapped(x))


def refuse_complex(x: Expr, what: str) -> None:
    if x.is_complex:
        raise NotYetSupported(f"the derivative of {what} of complex matrices")


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

# ---- linear systems


def _solve_adjoint(site: Site, g: Expr) -> Given:
    (a, b), x = site.operands, site.result
    vectors = rank_of(b) == 1
    b_bar = _solved(swapped(a), g, vectors)
    return _solve_matrix_bar(a, b_bar, x, vectors) if site.wanted[0] else None, unbroadcast(b_bar, b)


def _solved(a: Expr, b: Expr, vectors: bool) -> Expr:
    """The solution, also for many vectors, which NumPy would take for a matrix."""
    if vectors and rank_of(b) > 1:
        return without_column(apply("solve", a, column(b)))
    return apply("solve", a, b)


def _solve_matrix_bar(a: Expr, b_bar: Expr, x: Expr, vectors: bool) -> Expr:
    if vectors:
        return -outer(b_bar, x) if rank_of(x) == 1 else -(column(b_bar) * row(x))
    return unbroadcast(-(b_bar @ swapped(x)), a)


def _solve_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None) -> Expr:
    (a, b), x = site.operands, site.result
    vectors = rank_of(b) == 1
    if a_dot is None:
        assert b_dot is not None
        return _solved(a, b_dot, vectors)
    moved = without_column(a_dot @ column(x)) if vectors and rank_of(x) > 1 else a_dot @ x
    return _solved(a, -moved if b_dot is None else b_dot - moved, vectors)


rule("solve", _solve_adjoint, _solve_tangent)


def _inv_adjoint(site: Site, g: Expr) -> Expr:
    transposed = swapped(site.result)
    return -(transposed @ g @ transposed)


rule("inv", _inv_adjoint, lambda site, dot: -(site.result @ dot @ site.result))


# ---- determinants


def _cofactor(a: Expr) -> Expr:
    return apply("cofactor", a)


def _of_matrices(x: Expr) -> Expr:
    """The sum over each matrix."""
    rank = rank_of(x)
    return total(x, None if rank == 2 else (rank - 2, rank - 1))


rule(
    "det",
    lambda site, g: matrix(g) * _cofactor(site.operands[0]),
    lambda site, dot: _of_matrices(_cofactor(site.operands[0]) * dot),
)


def _cofactor_change(site: Site, moved: Expr) -> Expr:
    """Both ways: second derivatives are symmetric."""
    return apply("cofactor_change", site.operands[0], moved)


def _third(a: Expr, d: Expr, v: Expr) -> Expr:
    """The third derivative of the determinant in two directions: what `cofactor_change` of `d` changes by along `v`.

    From cofactors c = det(a) b with b the transposed inverse: the change of c is sum(b d) c - c dᵀ b.
    """
    inverse = apply("inv", a)
    b, c = swapped(apply("only_regular", inverse, a, inverse)), _cofactor(a)
    b_dot, c_dot = -(b @ swapped(v) @ b), apply("cofactor_change", a, v)
    spread = matrix(_of_matrices(b_dot * d)) * c + matrix(_of_matrices(b * d)) * c_dot
    return spread - c_dot @ swapped(d) @ b - c @ swapped(d) @ b_dot


def _cofactor_change_adjoint(site: Site, g: Expr) -> tuple[Expr | None, Expr | None]:
    a, d = site.operands
    return _third(a, d, g) if site.wanted[0] else None, apply("cofactor_change", a, g) if site.wanted[1] else None


def _cofactor_change_tangent(site: Site, a_dot: Expr | None, d_dot: Expr | None) -> Expr:
    a, d = site.operands
    parts = [] if a_dot is None else [_third(a, d, a_dot)]
    return added(parts + ([] if d_dot is None else [apply("cofactor_change", a, d_dot)]))


rule("cofactor", _cofactor_change, _cofactor_change)
rule("cofactor_change", _cofactor_change_adjoint, _cofactor_change_tangent)
linear("only_regular", lambda g, x, a, inverse, y: g)


def _slogdet_adjoint(site: Site, sign_bar: Expr | None, g: Expr | None) -> Expr | None:
    (a,) = site.operands
    refuse_complex(a, "slogdet")
    return None if g is None else matrix(g) * swapped(apply("inv", a))


def _slogdet_tangent(site: Site, dot: Expr) -> Given:
    (a,) = site.operands
    refuse_complex(a, "slogdet")
    return None, _of_matrices(swapped(apply("inv", a)) * dot)


rule("slogdet", _slogdet_adjoint, _slogdet_tangent)

# ---- Cholesky


def _lower_half(x: Expr) -> Expr:
    """The lower triangle with half of the diagonal."""
    return apply("tril", x) * (1.0 - 0.5 * apply("eye", dim(x, rank_of(x) - 1)))


def _cholesky_adjoint(site: Site, g: Expr) -> Expr:
    factor = site.result
    refuse_complex(factor, "cholesky")
    inverse = apply("inv", factor)
    return symmetric(swapped(inverse) @ _lower_half(swapped(factor) @ g) @ inverse)


def _cholesky_tangent(site: Site, dot: Expr) -> Expr:
    factor = site.result
    refuse_complex(factor, "cholesky")
    inverse = apply("inv", factor)
    return factor @ _lower_half(inverse @ symmetric(dot) @ swapped(inverse))


rule("cholesky", _cholesky_adjoint, _cholesky_tangent)

# ---- eigenvalues of symmetric matrices


def _inverse_gaps(values: Expr) -> Expr:
    """1 / (w_j - w_i), with 0 on the diagonal; infinite where two eigenvalues are equal."""
    eye = apply("eye", dim(values, rank_of(values) - 1))
    return 1.0 / (row(values) - column(values) + eye) - eye


def _eigh_adjoint(site: Site, w_bar: Expr | None, q_bar: Expr | None) -> Expr:
    w, q = site.results
    refuse_complex(q, "eigh")
    if q_bar is None:
        assert w_bar is not None
        return (q * row(w_bar)) @ swapped(q)
    inner = _inverse_gaps(w) * (swapped(q) @ q_bar)
    if w_bar is not None:
        inner = inner + row(w_bar) * apply("eye", dim(w, rank_of(w) - 1))
    return symmetric(q @ inner @ swapped(q))


def _eigh_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr]:
    w, q = site.results
    refuse_complex(q, "eigh")
    inner = swapped(q) @ symmetric(dot) @ q
    return _diagonals(inner), q @ (_inverse_gaps(w) * inner)


def _diagonals(x: Expr) -> Expr:
    rank = rank_of(x)
    return apply("diagonal", x, offset=0, axis1=rank - 2, axis2=rank - 1)


def _eigenvectors(site: Site) -> Expr:
    _, vectors = apply_many("eigh", *site.operands, **site.params)
    q: Expr = vectors
    refuse_complex(q, "eigvalsh")
    return q


def _eigvalsh_adjoint(site: Site, g: Expr) -> Expr:
    q = _eigenvectors(site)
    return (q * row(g)) @ swapped(q)


def _eigvalsh_tangent(site: Site, dot: Expr) -> Expr:
    q = _eigenvectors(site)
    return total(q * (symmetric(dot) @ q), rank_of(q) - 2)


rule("eigh", _eigh_adjoint, _eigh_tangent)
rule("eigvalsh", _eigvalsh_adjoint, _eigvalsh_tangent)

# ---- singular values


def _thin(site: Site) -> tuple[Expr, Expr]:
    """The vectors that belong to singular values."""
    u, s, vt = site.results
    if not site.params.get("full_matrices"):
        return u, vt
    k = dim(s, rank_of(s) - 1)
    first = ("slice", None, 0, None)
    return get_item(u, k, index=(("ellipsis",), first)), get_item(vt, k, index=(("ellipsis",), first, WHOLE))


def _determined(site: Site, bar: Expr | None) -> Expr | None:
    """Vectors that complete a basis aren't determined by the matrix: where there are any, there is no derivative."""
    if bar is None or not site.params.get("full_matrices"):
        return bar
    return apply("only_square", bar, site.operands[0])


def _svd_adjoint(site: Site, u_bar: Expr | None, s_bar: Expr | None, vt_bar: Expr | None) -> Expr:
    u, s, vt = site.results
    refuse_complex(u, "svd")
    parts = [
        _by_values(s_bar, *_thin(site)),
        _by_left(u, s, vt, _determined(site, u_bar)),
        _by_right(u, s, vt, _determined(site, vt_bar)),
    ]
    return added([part for part in parts if part is not None])


def _by_values(s_bar: Expr | None, u: Expr, vt: Expr) -> Expr | None:
    return None if s_bar is None else (u * row(s_bar)) @ vt


def _inverse_square_gaps(s: Expr) -> Expr:
    return _inverse_gaps(s * s)


def _by_left(u: Expr, s: Expr, vt: Expr, bar: Expr | None) -> Expr | None:
    if bar is None:
        return None
    inner = swapped(u) @ bar
    within = (_inverse_square_gaps(s) * (inner - swapped(inner))) * row(s)
    beyond = (bar - u @ inner) / row(s)
    return (u @ within + beyond) @ vt


def _by_right(u: Expr, s: Expr, vt: Expr, bar: Expr | None) -> Expr | None:
    if bar is None:
        return None
    inner = vt @ swapped(bar)
    within = column(s) * (_inverse_square_gaps(s) * (inner - swapped(inner)))
    beyond = (bar - swapped(inner) @ vt) / column(s)
    return u @ (within @ vt + beyond)


def _svd_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr, Expr]:
    (u, s, vt), thin = site.results, _thin(site)
    refuse_complex(u, "svd")
    s_dot = _diagonals(swapped(thin[0]) @ dot @ swapped(thin[1]))
    checked = _determined(site, dot)
    assert checked is not None
    inner, gaps = swapped(u) @ checked @ swapped(vt), _inverse_square_gaps(s)
    left = gaps * (inner * row(s) + column(s) * swapped(inner))
    right = gaps * (column(s) * inner + swapped(inner) * row(s))
    along_u = u @ left + (checked @ swapped(vt) - u @ inner) / row(s)
    along_v = swapped(vt) @ right + (swapped(checked) @ u - swapped(vt) @ swapped(inner)) / row(s)
    return along_u, s_dot, swapped(along_v)


def _singular_vectors(site: Site) -> tuple[Expr, Expr]:
    u, _, vt = apply_many("svd", *site.operands, full_matrices=False)
    refuse_complex(u, "svd")
    return u, vt


def _values_adjoint(site: Site, g: Expr) -> Expr:
    u, vt = _singular_vectors(site)
    return (u * row(g)) @ vt


def _values_tangent(site: Site, dot: Expr) -> Expr:
    u, vt = _singular_vectors(site)
    return total(u * (dot @ swapped(vt)), rank_of(u) - 2)


rule("svd", _svd_adjoint, _svd_tangent)
linear("only_square", lambda g, x, a, y: apply("only_square", g, a))
rule("singular_values", _values_adjoint, _values_tangent)

# ---- QR


def _qr_adjoint(site: Site, q_bar: Expr | None, r_bar: Expr | None) -> Expr:
    """For at least as many rows as columns; else `solve` refuses the R that isn't square."""
    q, r = site.results
    refuse_complex(q, "qr")
    inner: Operand = 0.0
    if r_bar is not None:
        inner = r @ swapped(r_bar)
    if q_bar is not None:
        inner = inner - swapped(q_bar) @ q
    mirrored = apply("tril", inner) + swapped(apply("tril", inner, k=-1))
    spread = q @ mirrored if q_bar is None else q_bar + q @ mirrored
    return swapped(apply("solve", r, swapped(spread)))


def _qr_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr]:
    q, r = site.results
    refuse_complex(q, "qr")
    scaled = swapped(apply("solve", swapped(r), swapped(dot)))
    inner = swapped(q) @ scaled
    lower = apply("tril", inner, k=-1)
    turn = lower - swapped(lower)
    return scaled + q @ (turn - inner), (inner - turn) @ r


rule("qr", _qr_adjoint, _qr_tangent)

# ---- pseudo-inverses and least squares


def _pinv_adjoint(site: Site, g: Expr) -> Expr:
    (a,), y = site.operands, site.result
    refuse_complex(a, "pinv")
    gt, yt = swapped(g), swapped(y)
    by_rows = gt @ y @ yt
    by_columns = yt @ y @ gt
    return by_rows - a @ (y @ by_rows) + by_columns - (by_columns @ y) @ a - yt @ g @ yt


def _pinv_tangent(site: Site, dot: Expr) -> Expr:
    (a,), y = site.operands, site.result
    refuse_complex(a, "pinv")
    dt = swapped(dot)
    by_rows = y @ swapped(y) @ dt
    by_columns = dt @ swapped(y) @ y
    return by_rows - (by_rows @ a) @ y + by_columns - y @ (a @ by_columns) - y @ dot @ y


rule("pinv", _pinv_adjoint, _pinv_tangent)


def _lstsq_adjoint(site: Site, x_bar: Expr | None, left_bar: Expr | None, *rest: Expr | None) -> Given:
    """By the pseudo-inverse; the residuals are the sums of squares of b - a x."""
    (a, b), (x, *_) = site.operands, site.results
    refuse_complex(a, "lstsq")
    if any(bar is not None for bar in rest):
        raise NotYetSupported(
            "the derivative of the singular values that np.linalg.lstsq gives", do="use np.linalg.svd"
        )
    residual = b - a @ x
    a_bars, b_bars = [], []
    if x_bar is not None:
        inverse = apply("pinv", a)
        b_bar = swapped(inverse) @ x_bar
        missed = x_bar - swapped(a) @ b_bar
        a_bars += [_product(residual, inverse @ b_bar) - _product(b_bar, x), _product(swapped(inverse) @ x, missed)]
        b_bars.append(b_bar)
    if left_bar is not None:
        weighted = residual * _for_columns(left_bar, x) * 2.0
        a_bars.append(-_product(weighted, x))
        b_bars.append(weighted)
    return added(a_bars), added(b_bars)


def _for_columns(left_bar: Expr, x: Expr) -> Expr:
    """The adjoints of the residuals, of which NumPy gives none where they are zero or the rank isn't full."""
    if rank_of(x) == 1:
        return total(left_bar)
    count = dim(left_bar, 0)
    return set_item(zeros(get_item(x, 0, index=(("int", 0),))), left_bar, count, index=(("slice", None, 0, None),))


def _product(a: Expr, b: Expr) -> Expr:
    """a bᵀ, of vectors or of matrices."""
    return outer(a, b) if rank_of(a) == 1 else matmul(a, swapped(b))


def _lstsq_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None) -> Given:
    (a, b), (x, left, *_) = site.operands, site.results
    refuse_complex(a, "lstsq")
    residual, inverse = b - a @ x, apply("pinv", a)
    moved = b_dot
    if a_dot is not None:
        moved = -(a_dot @ x) if b_dot is None else b_dot - a_dot @ x
    assert moved is not None
    x_dot = inverse @ moved
    if a_dot is not None:
        correction = swapped(a_dot) @ residual
        bent = swapped(a_dot) @ (swapped(inverse) @ x)
        x_dot = x_dot + inverse @ (swapped(inverse) @ correction) + bent - inverse @ (a @ bent)
    if left.rank is None:
        return x_dot, 2.0 * total(residual * moved) * apply("ones_like", left), None, None
    left_dot = 2.0 * total(residual * moved, 0, keepdims=rank_of(x) == 1)
    return x_dot, get_item(left_dot, dim(left, 0), index=(("slice", None, 0, None),)), None, None


rule("lstsq", _lstsq_adjoint, _lstsq_tangent)
flat("matrix_rank")
