"""Derivatives of linear systems and factorisations, as one finds them in the literature (M. Giles, 2008).

The literature has inner products of complex matrices, Re tr(G^H dA), and adjoints here have none: Re sum(G dA). So the
rules of what isn't holomorphic take the conjugate of a bar, do as the literature does, and conjugate what they give.
"""

from __future__ import annotations

from collections.abc import Sequence

from srcad.errors import NotYetSupported
from srcad.ops.arguments import WHOLE
from srcad.rules.language import (
    Expr,
    Given,
    apply,
    apply_many,
    conjugate,
    dim,
    get_item,
    imag,
    matmul,
    real,
    set_item,
    total,
    unbroadcast,
    zeros,
)
from srcad.rules.products import column, outer, rank_of, row
from srcad.rules.shaping import swapped
from srcad.rules.table import RuleTable, Site
from srcad.trace.types import dims_of

TABLE = RuleTable()
flat, linear, rule = TABLE.flat, TABLE.linear, TABLE.rule

# ---- helpers


def matrix(g: Expr) -> Expr:
    """Two new last axes, for what there is one number of for each matrix."""
    return g if g.rank == 0 else get_item(g, index=(("ellipsis",), ("newaxis",), ("newaxis",)))


def without_column(x: Expr) -> Expr:
    return get_item(x, 0, index=(("ellipsis",), ("int", 0)))


def added(parts: Sequence[Expr]) -> Expr:
    """The sum of at least one part."""
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result


def conj(x: Expr) -> Expr:
    """The conjugate; real numbers are their own."""
    return conjugate(x) if x.is_complex else x


def dagger(x: Expr) -> Expr:
    """The conjugate transposes of the matrices in `x`."""
    return conj(swapped(x))


def real_part(x: Expr) -> Expr:
    return real(x) if x.is_complex else x


def symmetric(x: Expr) -> Expr:
    """The Hermitian part."""
    return 0.5 * (x + dagger(x))


def reflected(dot: Expr, a: Expr, upper: bool = False) -> Expr:
    """The change of the symmetric matrix that is read of `a`: of one triangle, unless it is symmetric itself."""
    return apply("reflected", dot, a, **({"upper": True} if upper else {}))


def folded(g: Expr, a: Expr, upper: bool = False) -> Expr:
    """The adjoint of what is read of `a`, from that of the symmetric matrix."""
    return apply("folded", g, a, **({"upper": True} if upper else {}))


linear("reflected", lambda g, x, a, y, *, upper=False: folded(g, a, upper))
linear("folded", lambda g, x, a, y, *, upper=False: reflected(g, a, upper))

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
    inverse = apply("inverse_or_nan", a)
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


def _inverse(a: Expr) -> Expr:
    """Full of NaN for a singular matrix, as the logarithm of a determinant has no derivative there."""
    return apply("inverse_or_nan", a)


def _slogdet_adjoint(site: Site, sign_bar: Expr | None, g: Expr | None) -> Expr | None:
    """The sign of a complex determinant changes by `sign` times i Im tr(inv(a) da), that of a real one doesn't."""
    (a,), (sign, _) = site.operands, site.results
    turned = 1j * imag(sign_bar * sign) if sign_bar is not None and a.is_complex else None
    bars = [bar for bar in (g, turned) if bar is not None]
    return matrix(added(bars)) * swapped(_inverse(a)) if bars else None


def _slogdet_tangent(site: Site, dot: Expr) -> Given:
    (a,), (sign, _) = site.operands, site.results
    change = _of_matrices(swapped(_inverse(a)) * dot)
    return (sign * (1j * imag(change)), real(change)) if a.is_complex else (None, change)


rule("slogdet", _slogdet_adjoint, _slogdet_tangent)
rule("inverse_or_nan", _inv_adjoint, lambda site, dot: -(site.result @ dot @ site.result))

# ---- Cholesky


def _lower_half(x: Expr) -> Expr:
    """The lower triangle with half of the diagonal."""
    return apply("tril", x) * (1.0 - 0.5 * apply("eye", dim(x, rank_of(x) - 1)))


def _cholesky_adjoint(site: Site, g: Expr) -> Expr:
    factor = site.result
    inverse = apply("inv", factor)
    return folded(conj(dagger(inverse) @ _lower_half(dagger(factor) @ conj(g)) @ inverse), site.operands[0])


def _cholesky_tangent(site: Site, dot: Expr) -> Expr:
    factor = site.result
    inverse = apply("inv", factor)
    return factor @ _lower_half(inverse @ reflected(dot, site.operands[0]) @ dagger(inverse))


rule("cholesky", _cholesky_adjoint, _cholesky_tangent)

# ---- QR


def _qr_adjoint(site: Site, q_bar: Expr | None, r_bar: Expr | None) -> Expr:
    """Q and the square part of R belong to the first columns; what is beyond them in R is Q^H times the others."""
    (a,), (q, r) = site.operands, site.results
    if site.params.get("mode") == "complete":
        q, r = apply_many("qr", a)
        k = dim(r, rank_of(r) - 2)
        q_bar = None if q_bar is None else _columns(_of_wide(site, q_bar), stop=k)
        r_bar = None if r_bar is None else get_item(r_bar, k, index=_ROWS)
    if _is_tall(site):
        return _square_qr_adjoint(q, r, q_bar, r_bar)
    k, bar = dim(r, rank_of(r) - 2), zeros(a)
    if r_bar is not None:
        others, beyond = _columns(a, start=k), _columns(r_bar, start=k)
        bar = set_item(bar, conj(q) @ beyond, k, index=(("ellipsis",), _FROM))
        along = conj(others @ swapped(beyond))
        q_bar = along if q_bar is None else q_bar + along
        r_bar = _columns(r_bar, stop=k)
    first = _square_qr_adjoint(q, _columns(r, stop=k), q_bar, r_bar)
    return set_item(bar, first, k, index=(("ellipsis",), _TO))


def _of_wide(site: Site, x: Expr) -> Expr:
    """Columns of Q that complete a basis have no derivative."""
    return apply("only_wide", x, site.operands[0])


def _is_tall(site: Site) -> bool:
    """Whether the types tell that there are no more columns than rows."""
    dims = dims_of(site.operands[0].type)
    return dims is not None and dims[-1].at_most(dims[-2])


_FROM, _TO = ("slice", 0, None, None), ("slice", None, 0, None)
_ROWS = (("ellipsis",), _TO, WHOLE)


def _columns(x: Expr, *, start: Expr | None = None, stop: Expr | None = None) -> Expr:
    return get_item(x, stop if start is None else start, index=(("ellipsis",), _TO if start is None else _FROM))


def _square_qr_adjoint(q: Expr, r: Expr, q_bar: Expr | None, r_bar: Expr | None) -> Expr:
    """For an R that is square."""
    parts = [] if r_bar is None else [r @ swapped(r_bar)]
    parts += [] if q_bar is None else [-(swapped(q_bar) @ q)]
    half = _lower_half(added(parts))
    mirrored = half + dagger(half)
    spread = q @ mirrored if q_bar is None else conj(q_bar) + q @ mirrored
    return swapped(apply("solve", r, dagger(spread)))


def _qr_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr]:
    q, r = site.results
    if site.params.get("mode") == "complete":
        thin, rows = apply_many("qr", site.operands[0])
        k, (q_dot, r_dot) = dim(rows, rank_of(r) - 2), _thin_qr_tangent(site, thin, rows, dot)
        whole = set_item(zeros(q), _of_wide(site, q_dot), k, index=(("ellipsis",), _TO))
        return whole, set_item(zeros(r), r_dot, k, index=_ROWS)
    return _thin_qr_tangent(site, q, r, dot)


def _thin_qr_tangent(site: Site, q: Expr, r: Expr, dot: Expr) -> tuple[Expr, Expr]:
    (a,) = site.operands
    if _is_tall(site):
        return _square_qr_tangent(q, r, dot)
    k = dim(r, rank_of(r) - 2)
    q_dot, first = _square_qr_tangent(q, _columns(r, stop=k), _columns(dot, stop=k))
    beyond = dagger(q_dot) @ _columns(a, start=k) + dagger(q) @ _columns(dot, start=k)
    r_dot = set_item(zeros(r), first, k, index=(("ellipsis",), _TO))
    return q_dot, set_item(r_dot, beyond, k, index=(("ellipsis",), _FROM))


def _square_qr_tangent(q: Expr, r: Expr, dot: Expr) -> tuple[Expr, Expr]:
    scaled = swapped(apply("solve", swapped(r), swapped(dot)))
    inner = dagger(q) @ scaled
    lower = apply("tril", inner, k=-1)
    turn = lower - dagger(lower)
    if q.is_complex:
        turn = turn + 1j * (imag(inner) * apply("eye", dim(inner, rank_of(inner) - 1)))
    return scaled + q @ (turn - inner), (inner - turn) @ r


rule("qr", _qr_adjoint, _qr_tangent)
linear("only_wide", lambda g, x, a, y: apply("only_wide", g, a))

# ---- pseudo-inverses and least squares


def _pinv_adjoint(site: Site, g: Expr) -> Expr:
    (a,), y = site.operands, site.result
    gt, yt = swapped(g), dagger(y)
    by_rows = gt @ y @ yt
    by_columns = yt @ y @ gt
    return conj(by_rows - a @ (y @ by_rows) + by_columns - (by_columns @ y) @ a - yt @ conj(g) @ yt)


def _pinv_tangent(site: Site, dot: Expr) -> Expr:
    (a,), y = site.operands, site.result
    dt = dagger(dot)
    by_rows = y @ dagger(y) @ dt
    by_columns = dt @ dagger(y) @ y
    return by_rows - (by_rows @ a) @ y + by_columns - y @ (a @ by_columns) - y @ dot @ y


rule("pinv", _pinv_adjoint, _pinv_tangent)


def _lstsq_adjoint(site: Site, x_bar: Expr | None, left_bar: Expr | None, *rest: Expr | None) -> Given:
    """By the pseudo-inverse; the residuals are the sums of squares of b - a x."""
    (a, b), (x, *_) = site.operands, site.results
    if any(bar is not None for bar in rest):
        raise NotYetSupported(
            "the derivative of the singular values that np.linalg.lstsq gives", do="use np.linalg.svd"
        )
    residual = b - a @ x
    a_bars, b_bars = [], []
    if x_bar is not None:
        inverse = apply("pinv", a)
        b_bar = dagger(inverse) @ conj(x_bar)
        missed = conj(x_bar) - dagger(a) @ b_bar
        a_bars += [_product(residual, inverse @ b_bar) - _product(b_bar, x), _product(dagger(inverse) @ x, missed)]
        b_bars.append(b_bar)
    if left_bar is not None:
        weighted = residual * _for_columns(left_bar, x) * 2.0
        a_bars.append(-_product(weighted, x))
        b_bars.append(weighted)
    return conj(added(a_bars)), conj(added(b_bars))


def _for_columns(left_bar: Expr, x: Expr) -> Expr:
    """The adjoints of the residuals, of which NumPy gives none where they are zero or the rank isn't full."""
    if rank_of(x) == 1:
        return total(left_bar)
    count = dim(left_bar, 0)
    return set_item(zeros(get_item(x, 0, index=(("int", 0),))), left_bar, count, index=(("slice", None, 0, None),))


def _product(a: Expr, b: Expr) -> Expr:
    """a b^H, of vectors or of matrices."""
    return outer(a, conj(b)) if rank_of(a) == 1 else matmul(a, dagger(b))


def _lstsq_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None) -> Given:
    (a, b), (x, left, *_) = site.operands, site.results
    residual, inverse = b - a @ x, apply("pinv", a)
    moved = b_dot
    if a_dot is not None:
        moved = -(a_dot @ x) if b_dot is None else b_dot - a_dot @ x
    assert moved is not None
    x_dot = inverse @ moved
    if a_dot is not None:
        correction = dagger(a_dot) @ residual
        bent = dagger(a_dot) @ (dagger(inverse) @ x)
        x_dot = x_dot + inverse @ (dagger(inverse) @ correction) + bent - inverse @ (a @ bent)
    if left.rank is None:
        return x_dot, 2.0 * total(real_part(conj(residual) * moved)) * apply("ones_like", left), None, None
    left_dot = 2.0 * total(real_part(conj(residual) * moved), 0, keepdims=rank_of(x) == 1)
    return x_dot, get_item(left_dot, dim(left, 0), index=(("slice", None, 0, None),)), None, None


rule("lstsq", _lstsq_adjoint, _lstsq_tangent)
flat("matrix_rank")
