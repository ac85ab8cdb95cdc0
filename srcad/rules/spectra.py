"""Derivatives of eigenvalues and eigenvectors, singular values and singular vectors.

Vectors are determined up to a factor, and LAPACK's is followed: a row of the vectors of `eigh` or `svd` is real, those
of `eig` have length one and a real largest component. What doesn't depend on the factor has its derivative in any case.
"""

from __future__ import annotations

from srcad.ops.arguments import WHOLE
from srcad.rules.language import Expr, absolute, apply, apply_many, dim, get_item, imag, nonzero, total, where, zeros
from srcad.rules.linalg import added, conj, dagger, folded, real_part, reflected
from srcad.rules.products import column, rank_of, row
from srcad.rules.shaping import swapped
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
linear, rule = TABLE.linear, TABLE.rule

# ---- helpers


def _inverse_gaps(values: Expr) -> Expr:
    """1 / (w_j - w_i), with 0 on the diagonal; infinite where two eigenvalues are equal."""
    eye = _eye(values)
    return 1.0 / (row(values) - column(values) + eye) - eye


def _eye(values: Expr) -> Expr:
    return apply("eye", dim(values, rank_of(values) - 1))


def _on_diagonal(bar: Expr, values: Expr) -> Expr:
    """Diagonal matrices of adjoints of `values`, which may be one number for all."""
    return (row(bar) if bar.rank else bar) * _eye(values)


def _diagonals(x: Expr) -> Expr:
    rank = rank_of(x)
    return apply("diagonal", x, offset=0, axis1=rank - 2, axis2=rank - 1)


def _columns_total(x: Expr) -> Expr:
    """The sum over each column."""
    return total(x, rank_of(x) - 2)


# ---- eigenvalues of Hermitian matrices


def _eigh_adjoint(site: Site, w_bar: Expr | None, q_bar: Expr | None) -> Expr:
    w, q = site.results
    if q_bar is None:
        assert w_bar is not None
        return _by_eigenvalues(site, w_bar, q)
    inner = _inverse_gaps(w) * (dagger(q) @ _with_free_phases(site, conj(q_bar)))
    if w_bar is not None:
        inner = inner + _on_diagonal(w_bar, w)
    return folded(conj(q @ inner @ dagger(q)), site.operands[0], _reads_upper(site))


def _reads_upper(site: Site) -> bool:
    return site.params.get("UPLO") == "U"


def _by_eigenvalues(site: Site, w_bar: Expr, q: Expr) -> Expr:
    """The sum of all eigenvalues is the trace, whether some are equal or not."""
    (a,) = site.operands
    return folded(conj((q * row(w_bar)) @ dagger(q)), a, _reads_upper(site)) if w_bar.rank else w_bar * _eye(a)


def _real_row(site: Site) -> int:
    """Which component of complex eigenvectors LAPACK makes real."""
    return -1 if _reads_upper(site) else 0


def _with_free_phases(site: Site, bar: Expr) -> Expr:
    """The conjugate adjoint of eigenvectors whose phases don't follow: turning by t changes them by i t q."""
    _, q = site.results
    if not q.is_complex:
        return bar
    at = (("ellipsis",), ("int", 0), WHOLE)
    turned = imag(_columns_total(conj(q) * bar)) / nonzero(real_part(get_item(q, _real_row(site), index=at)))
    return apply("add_item", bar, -1j * turned, _real_row(site), index=at)


def _eigh_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr]:
    w, q = site.results
    inner = dagger(q) @ reflected(dot, site.operands[0], _reads_upper(site)) @ q
    moved = q @ (_inverse_gaps(w) * inner)
    if q.is_complex:
        at = (("ellipsis",), ("int", 0), WHOLE)
        first, change = (get_item(x, _real_row(site), index=at) for x in (q, moved))
        moved = moved - q * row(1j * (imag(change) / nonzero(real_part(first))))
    return real_part(_diagonals(inner)), moved


def _eigenvectors(site: Site) -> Expr:
    _, vectors = apply_many("eigh", *site.operands, **site.params)
    return vectors


def _eigvalsh_adjoint(site: Site, g: Expr) -> Expr:
    return _by_eigenvalues(site, g, _eigenvectors(site))


def _eigvalsh_tangent(site: Site, dot: Expr) -> Expr:
    q = _eigenvectors(site)
    moved = reflected(dot, site.operands[0], _reads_upper(site))
    return _columns_total(real_part(conj(q) * (moved @ q)))


rule("eigh", _eigh_adjoint, _eigh_tangent, takes_small=True)
rule("eigvalsh", _eigvalsh_adjoint, _eigvalsh_tangent, takes_small=True)

# ---- eigenvalues of general matrices


def _eig_adjoint(site: Site, w_bar: Expr | None, v_bar: Expr | None) -> Expr:
    """A vector's length and phase are those of LAPACK: what of its adjoint would change them is taken away."""
    w, v = site.results
    if v_bar is None:
        assert w_bar is not None
        return _by_general(w_bar, site.operands[0], v)
    bar = conj(v_bar)
    along = _columns_total(conj(v) * bar)
    bar = bar - v * row(real_part(along)) - _at_largest(v) * row(1j * (imag(along) / _largest(v, v)))
    inner = _inverse_gaps(w) * (swapped(v) @ conj(bar))
    if w_bar is not None:
        inner = inner + _on_diagonal(w_bar, w)
    return apply("solve", swapped(v), inner @ swapped(v))


def _by_general(w_bar: Expr, a: Expr, v: Expr) -> Expr:
    return apply("solve", swapped(v), column(w_bar) * swapped(v)) if w_bar.rank else w_bar * _eye(a)


def _places(v: Expr) -> Expr:
    """In which row each vector's largest component stands."""
    return apply("argmax", absolute(v), axis=rank_of(v) - 2, keepdims=True)


def _at_largest(v: Expr) -> Expr:
    """1 at the largest component of each vector, and 0."""
    rows = column(apply("arange", dim(v, rank_of(v) - 2)))
    return apply("equal", rows, _places(v))


def _largest(x: Expr, v: Expr) -> Expr:
    """The real parts of the components of `x` that are the largest in `v`."""
    found = apply("take_along_axis", x, _places(v), axis=rank_of(v) - 2)
    return real_part(get_item(found, 0, index=(("ellipsis",), ("int", 0), WHOLE)))


def _eig_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr]:
    w, v = site.results
    inner = apply("solve", v, dot @ v)
    moved = v @ (_inverse_gaps(w) * inner)
    length = real_part(_columns_total(conj(v) * moved))
    phase = _largest(-1j * moved, v) / _largest(v, v)
    return _diagonals(inner), moved - v * row(length + 1j * phase)


def _eigvals_adjoint(site: Site, g: Expr) -> Expr:
    _, v = apply_many("eig", *site.operands)
    return _by_general(g, site.operands[0], v)


def _eigvals_tangent(site: Site, dot: Expr) -> Expr:
    _, v = apply_many("eig", *site.operands)
    return _diagonals(apply("solve", v, dot @ v))


rule("eig", _eig_adjoint, _eig_tangent, takes_small=True)
rule("eigvals", _eigvals_adjoint, _eigvals_tangent, takes_small=True)

# ---- singular values


def _thin(site: Site) -> tuple[Expr, Expr]:
    """The vectors that belong to singular values: of a decomposition that has no others, as these have derivatives."""
    u, _, vt = site.results
    return _singular_vectors(site) if site.params.get("full_matrices") else (u, vt)


def _singular_vectors(site: Site) -> tuple[Expr, Expr]:
    u, _, vt = apply_many("svd", *site.operands, full_matrices=False)
    return u, vt


def _determined(site: Site, bar: Expr | None) -> Expr | None:
    """Vectors that complete a basis aren't determined by the matrix: where there are any, there is no derivative."""
    if bar is None or not site.params.get("full_matrices"):
        return bar
    return apply("only_square", bar, site.operands[0])


def _svd_adjoint(site: Site, u_bar: Expr | None, s_bar: Expr | None, vt_bar: Expr | None) -> Expr:
    u, s, vt = site.results
    if u.is_complex and not (u_bar is None and vt_bar is None):
        u_bar, vt_bar = _with_joint_phases(site, u_bar, vt_bar)
    parts = [
        None if s_bar is None else _by_values(s_bar, *_thin(site)),
        _by_left(u, s, vt, _determined(site, u_bar)),
        _by_right(u, s, vt, _determined(site, vt_bar)),
    ]
    return conj(added([part for part in parts if part is not None]))


def _with_joint_phases(site: Site, u_bar: Expr | None, vt_bar: Expr | None) -> tuple[Expr, Expr]:
    """The adjoints of vectors whose phases don't follow: where both of a pair turn by t, they change by i t u, i t v.

    LAPACK makes the first components of the right vectors real, of a matrix with more columns than rows the left ones'.
    """
    u, _, vt = site.results
    v = dagger(vt)
    left = zeros(u) if u_bar is None else conj(u_bar)
    right = zeros(v) if vt_bar is None else swapped(vt_bar)
    change = imag(_columns_total(conj(u) * left)) + imag(_columns_total(conj(v) * right))
    tall, kept = _real_components(site, u, v)
    turned = -1j * (change / kept)
    left = apply("add_item", left, where(tall, 0.0, turned), 0, index=_FIRST)
    right = apply("add_item", right, where(tall, turned, 0.0), 0, index=_FIRST)
    return conj(left), swapped(right)


_FIRST = (("ellipsis",), ("int", 0), WHOLE)


def _real_components(site: Site, u: Expr, v: Expr) -> tuple[Expr, Expr]:
    """Whether there are no more columns than rows, and the components that are real then, or else."""
    a = site.operands[0]
    rows, columns = dim(a, rank_of(a) - 2), dim(a, rank_of(a) - 1)
    tall = Expr(site.b, site.b.emit("greater_equal", rows.atom, columns.atom))
    return tall, nonzero(where(tall, *(real_part(get_item(x, 0, index=_FIRST)) for x in (v, u))))


def _by_values(s_bar: Expr, u: Expr, vt: Expr) -> Expr:
    return (u * row(s_bar)) @ vt


def _inverse_square_gaps(s: Expr) -> Expr:
    return _inverse_gaps(s * s)


def _by_left(u: Expr, s: Expr, vt: Expr, bar: Expr | None) -> Expr | None:
    if bar is None:
        return None
    inner = dagger(u) @ conj(bar)
    within = (_inverse_square_gaps(s) * (inner - dagger(inner))) * row(s)
    if u.is_complex:  # where both vectors of a pair turn, the left one does
        within = within + _on_diagonal(1j * (imag(_diagonals(inner)) / s), s)
    beyond = (conj(bar) - u @ inner) / row(s)
    return (u @ within + beyond) @ vt


def _by_right(u: Expr, s: Expr, vt: Expr, bar: Expr | None) -> Expr | None:
    if bar is None:
        return None
    inner = vt @ swapped(bar)
    within = column(s) * (_inverse_square_gaps(s) * (inner - dagger(inner)))
    beyond = (conj(bar) - dagger(inner) @ vt) / column(s)
    return u @ (within @ vt + beyond)


def _svd_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr, Expr]:
    (u, s, vt), thin = site.results, _thin(site)
    s_dot = real_part(_diagonals(dagger(thin[0]) @ dot @ dagger(thin[1])))
    checked = _determined(site, dot)
    assert checked is not None
    inner, gaps = dagger(u) @ checked @ dagger(vt), _inverse_square_gaps(s)
    left = gaps * (inner * row(s) + column(s) * dagger(inner))
    right = gaps * (column(s) * inner + dagger(inner) * row(s))
    if u.is_complex:
        left = left + _on_diagonal(1j * (imag(_diagonals(inner)) / s), s)
    along_u = u @ left + (checked @ dagger(vt) - u @ inner) / row(s)
    along_v = dagger(vt) @ right + (dagger(checked) @ u - dagger(vt) @ dagger(inner)) / row(s)
    if u.is_complex:
        v = dagger(vt)
        tall, kept = _real_components(site, u, v)
        moved = where(tall, get_item(along_v, 0, index=_FIRST), get_item(along_u, 0, index=_FIRST))
        turn = row(1j * (imag(moved) / kept))
        along_u, along_v = along_u - u * turn, along_v - v * turn
    return along_u, s_dot, dagger(along_v)


def _values_adjoint(site: Site, g: Expr) -> Expr:
    return conj(_by_values(g, *_singular_vectors(site)))


def _values_tangent(site: Site, dot: Expr) -> Expr:
    u, vt = _singular_vectors(site)
    return _columns_total(real_part(conj(u) * (dot @ dagger(vt))))


rule("svd", _svd_adjoint, _svd_tangent)
linear("only_square", lambda g, x, a, y: apply("only_square", g, a))
rule("singular_values", _values_adjoint, _values_tangent)
