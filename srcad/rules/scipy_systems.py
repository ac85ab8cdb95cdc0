"""Derivatives of scipy.linalg: factorisations, and linear systems of every structure.

Triangular factors are solved with as such; an inverse is formed nowhere.
"""

from __future__ import annotations

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.scipy_systems import STRUCTURES
from srcad.rules.language import Expr, Given, add_item, apply, dim, get_item, set_item, zeros
from srcad.rules.linalg import added, folded, reflected, symmetric
from srcad.rules.products import column, outer, rank_of, row
from srcad.rules.shaping import swapped
from srcad.rules.table import RuleTable, Site
from srcad.trace.builder import const
from srcad.trace.types import dims_of

TABLE = RuleTable()
flat, linear, multilinear, rule = TABLE.flat, TABLE.linear, TABLE.multilinear, TABLE.rule

_WHOLE = ("slice", None, None, None)

# ---- helpers


def product_of(a: Expr, b: Expr) -> Expr:
    """a bᵀ, of vectors or of matrices."""
    return outer(a, b) if rank_of(a) == 1 else a @ swapped(b)


def halved(x: Expr, lower: bool) -> Expr:
    """A triangle of a matrix, with half of the diagonal."""
    return apply("tril" if lower else "triu", x) * (1.0 - 0.5 * apply("eye", dim(x, 1)))


def solved(a: Expr, b: Expr, *, lower: bool, trans: bool = False, unit: bool = False) -> Expr:
    """The solution of a triangular system."""
    extra: dict[str, object] = {"trans": 1} if trans else {}
    extra |= {"lower": True} if lower else {}
    extra |= {"unit_diagonal": True} if unit else {}
    return apply("solve_triangular", a, b, **extra)


def over(x: Expr, a: Expr, *, lower: bool, trans: bool = False, unit: bool = False) -> Expr:
    """x a⁻¹ for a triangular matrix, or x a⁻ᵀ."""
    return swapped(solved(a, swapped(x), lower=lower, trans=not trans, unit=unit))


def _rows(x: Expr, order: Expr) -> Expr:
    return get_item(x, order, index=(("array", 0),))


def _columns(x: Expr, order: Expr) -> Expr:
    return get_item(x, order, index=(_WHOLE, ("array", 0)))


def _undone(order: Expr) -> Expr:
    return apply("argsort", order)


def _moved(b_dot: Expr | None, a_moves: Expr | None) -> Expr:
    """The right side of the system of a tangent."""
    if a_moves is None:
        assert b_dot is not None
        return b_dot
    return -a_moves if b_dot is None else b_dot - a_moves


# ---- inverses, determinants


def _kept(x: Expr, structure: object) -> Expr:
    """What a function that assumes a structure reads of a change of its matrix."""
    match STRUCTURES[structure if isinstance(structure, str) else None]:
        case "symmetric":
            return symmetric(x)
        case "upper":
            return apply("triu", x)
        case "lower":
            return apply("tril", x)
        case "diagonal":
            return x * apply("eye", dim(x, 0))
        case "tridiagonal":
            return apply("triu", apply("tril", x, k=1), k=-1)
    return x


def _change(site: Site, dot: Expr) -> Expr:
    """The change of the matrix that is read."""
    a, assumed = site.operands[0], site.params.get("assume_a")
    if _is_symmetric(assumed) and not a.is_complex:
        return reflected(dot, a, upper=not _is_lower(site))
    return _kept(dot, assumed)


def _bar(site: Site, g: Expr) -> Expr:
    """The adjoint of the argument, from that of the matrix that is read."""
    a, assumed = site.operands[0], site.params.get("assume_a")
    if _is_symmetric(assumed) and not a.is_complex:
        return folded(g, a, upper=not _is_lower(site))
    return _kept(g, assumed)


def _is_symmetric(structure: object) -> bool:
    return STRUCTURES[structure if isinstance(structure, str) else None] == "symmetric"


def _is_lower(site: Site) -> bool:
    """Which triangle of a symmetric matrix is read."""
    return bool(site.params.get("lower"))


def _inv_adjoint(site: Site, g: Expr) -> Expr:
    transposed = swapped(site.result)
    return -_bar(site, transposed @ g @ transposed)


def _inv_tangent(site: Site, dot: Expr) -> Expr:
    return -(site.result @ _change(site, dot) @ site.result)


rule("scipy_inv", _inv_adjoint, _inv_tangent)
rule(
    "scipy_det",
    lambda site, g: g * apply("cofactor", site.operands[0]),
    lambda site, dot: apply("sum", apply("cofactor", site.operands[0]) * dot, axis=None, keepdims=False),
)

# ---- systems


def _solve_again(site: Site, b: Expr, turned: bool) -> Expr:
    a, assumed = site.operands[0], site.params.get("assume_a")
    if turned and a.is_complex:  # SciPy has no such function
        return apply("scipy_solve", swapped(_kept(a, assumed)), b)
    params = {name: value for name, value in site.params.items() if name != "transposed"}
    return apply("scipy_solve", a, b, **params, **({"transposed": True} if turned else {}))


def _solve_adjoint(site: Site, g: Expr) -> Given:
    x, turned = site.result, bool(site.params.get("transposed"))
    b_bar = _solve_again(site, g, not turned)
    if not site.wanted[0]:
        return None, b_bar
    outside = product_of(x, b_bar) if turned else product_of(b_bar, x)
    return -_bar(site, outside), b_bar


def _solve_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None) -> Expr:
    x, turned = site.result, bool(site.params.get("transposed"))
    moves = None
    if a_dot is not None:
        change = _change(site, a_dot)
        moves = (swapped(change) if turned else change) @ x
    return _solve_again(site, _moved(b_dot, moves), turned)


rule("scipy_solve", _solve_adjoint, _solve_tangent)


def _triangle(x: Expr, site: Site) -> Expr:
    """What a triangular solve reads of its matrix."""
    lower = bool(site.params.get("lower"))
    beside = {"k": -1 if lower else 1} if site.params.get("unit_diagonal") else {}
    return apply("tril" if lower else "triu", x, **beside)


def _triangular_again(site: Site, b: Expr, turned: bool) -> Expr:
    params = {name: value for name, value in site.params.items() if name != "trans"}
    return apply("solve_triangular", site.operands[0], b, **params, **({"trans": 1} if turned else {}))


def _triangular_adjoint(site: Site, g: Expr) -> Given:
    x, turned = site.result, bool(site.params.get("trans"))
    b_bar = _triangular_again(site, g, not turned)
    if not site.wanted[0]:
        return None, b_bar
    return -_triangle(product_of(x, b_bar) if turned else product_of(b_bar, x), site), b_bar


def _triangular_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None) -> Expr:
    x, turned = site.result, bool(site.params.get("trans"))
    moves = None
    if a_dot is not None:
        change = _triangle(a_dot, site)
        moves = (swapped(change) if turned else change) @ x
    return _triangular_again(site, _moved(b_dot, moves), turned)


rule("solve_triangular", _triangular_adjoint, _triangular_tangent)

# ---- Cholesky: a = l lᵀ, or uᵀ u


def _factor_adjoint(site: Site, g: Expr) -> Expr:
    c, lower = site.result, _is_lower(site)
    if lower:
        inner = halved(swapped(apply("tril", c)) @ g, lower)
        whole = over(solved(c, inner, lower=True, trans=True), c, lower=True)
    else:
        inner = halved(g @ swapped(apply("triu", c)), lower)
        whole = over(solved(c, inner, lower=False), c, lower=False, trans=True)
    return folded(whole, site.operands[0], upper=not lower)


def _factor_tangent(site: Site, dot: Expr) -> Expr:
    c, lower = site.result, _is_lower(site)
    change = reflected(dot, site.operands[0], upper=not lower)
    if lower:
        inner = over(solved(c, change, lower=True), c, lower=True, trans=True)
        return apply("tril", c) @ halved(inner, lower)
    inner = over(solved(c, change, lower=False, trans=True), c, lower=False)
    return halved(inner, lower) @ apply("triu", c)


rule("scipy_cholesky", _factor_adjoint, _factor_tangent)


def _with_left(factored: Expr, x: Expr, site: Site) -> Expr:
    """With what comes of the triangle that `cho_factor` leaves as it is in the matrix, where it does."""
    if site.params.get("cleared"):
        return factored
    return factored + (apply("triu", x, k=1) if _is_lower(site) else apply("tril", x, k=-1))


def _cho_factor_adjoint(site: Site, g: Expr) -> Expr:
    return _with_left(_factor_adjoint(site, apply("tril" if _is_lower(site) else "triu", g)), g, site)


def _cho_factor_tangent(site: Site, dot: Expr) -> Expr:
    return _with_left(_factor_tangent(site, dot), dot, site)


rule("cho_factor", _cho_factor_adjoint, _cho_factor_tangent)


def _cho_solve_adjoint(site: Site, g: Expr) -> Given:
    (c, _), x, lower = site.operands, site.result, _is_lower(site)
    b_bar = apply("cho_solve", c, g, **site.params)
    if not site.wanted[0]:
        return None, b_bar
    both = product_of(b_bar, x) + product_of(x, b_bar)
    c_bar = apply("tril", both @ apply("tril", c)) if lower else apply("triu", apply("triu", c) @ both)
    return -c_bar, b_bar


def _cho_solve_tangent(site: Site, c_dot: Expr | None, b_dot: Expr | None) -> Expr:
    (c, _), x = site.operands, site.result
    moves = None
    if c_dot is not None:
        factor, dot = (apply("tril" if _is_lower(site) else "triu", each) for each in (c, c_dot))
        if not _is_lower(site):
            factor, dot = swapped(factor), swapped(dot)
        moves = dot @ (swapped(factor) @ x) + factor @ (swapped(dot) @ x)
    return apply("cho_solve", c, _moved(b_dot, moves), **site.params)


rule("cho_solve", _cho_solve_adjoint, _cho_solve_tangent)

# ---- LU: the matrix with its rows in another order is l u


def _lu_adjoint(lower: Expr, upper: Expr, lower_bar: Expr | None, upper_bar: Expr | None) -> Expr:
    """Of the matrix with its rows in order."""
    parts = []
    if lower_bar is not None:
        parts.append(apply("tril", swapped(lower) @ lower_bar, k=-1))
    if upper_bar is not None:
        parts.append(apply("triu", upper_bar @ swapped(upper)))
    inner = solved(lower, added(parts), lower=True, trans=True, unit=True)
    return over(inner, upper, lower=False, trans=True)


def _lu_changes(lower: Expr, upper: Expr, dot: Expr) -> tuple[Expr, Expr]:
    inner = over(solved(lower, dot, lower=True, unit=True), upper, lower=False)
    return lower @ apply("tril", inner, k=-1), apply("triu", inner) @ upper


def _factors(lu: Expr) -> tuple[Expr, Expr]:
    return apply("tril", lu, k=-1) + apply("eye", dim(lu, 0)), apply("triu", lu)


def _lu_factor_adjoint(site: Site, g: Expr | None, _: Expr | None) -> Expr:
    lu, piv = site.results
    assert g is not None
    ordered = _lu_adjoint(*_factors(lu), apply("tril", g, k=-1), apply("triu", g))
    return _rows(ordered, _undone(apply("order_of_pivots", piv)))


def _lu_factor_tangent(site: Site, dot: Expr) -> Given:
    lu, piv = site.results
    lower_dot, upper_dot = _lu_changes(*_factors(lu), _rows(dot, apply("order_of_pivots", piv)))
    return lower_dot + upper_dot, None


rule("lu_factor", _lu_factor_adjoint, _lu_factor_tangent)
flat("order_of_pivots")


def _lu_again(site: Site, b: Expr, turned: bool) -> Expr:
    params = {name: value for name, value in site.params.items() if name != "trans"}
    return apply("lu_solve", *site.operands[:2], b, **params, **({"trans": 1} if turned else {}))


def _lu_solve_adjoint(site: Site, g: Expr) -> Given:
    (lu, piv, _), x, turned = site.operands, site.result, bool(site.params.get("trans"))
    b_bar = _lu_again(site, g, not turned)
    if not site.wanted[0]:
        return None, None, b_bar
    a_bar = -(product_of(x, b_bar) if turned else product_of(b_bar, x))
    ordered, (lower, upper) = _rows(a_bar, apply("order_of_pivots", piv)), _factors(lu)
    lu_bar = apply("tril", ordered @ swapped(upper), k=-1) + apply("triu", swapped(lower) @ ordered)
    return lu_bar, None, b_bar


def _lu_solve_tangent(site: Site, lu_dot: Expr | None, _: Expr | None, b_dot: Expr | None) -> Expr:
    (lu, piv, _), x, turned = site.operands, site.result, bool(site.params.get("trans"))
    moves = None
    if lu_dot is not None:
        (lower, upper), order = _factors(lu), apply("order_of_pivots", piv)
        lower_dot, upper_dot = apply("tril", lu_dot, k=-1), apply("triu", lu_dot)
        if turned:
            z = _rows(x, order)
            moves = swapped(upper) @ (swapped(lower_dot) @ z) + swapped(upper_dot) @ (swapped(lower) @ z)
        else:
            moves = _rows(lower_dot @ (upper @ x) + lower @ (upper_dot @ x), _undone(order))
    return _lu_again(site, _moved(b_dot, moves), turned)


rule("lu_solve", _lu_solve_adjoint, _lu_solve_tangent)


def _scipy_lu_adjoint(site: Site, _: Expr | None, lower_bar: Expr | None, upper_bar: Expr | None) -> Expr:
    order, lower, upper = site.results
    return _rows(_lu_adjoint(lower, upper, lower_bar, upper_bar), order)


def _scipy_lu_tangent(site: Site, dot: Expr) -> Given:
    order, lower, upper = site.results
    return None, *_lu_changes(lower, upper, _rows(dot, _undone(order)))


rule("scipy_lu", _scipy_lu_adjoint, _scipy_lu_tangent)

# ---- QR


def _refuse_wide(site: Site) -> None:
    rows, columns = dims_of(site.operands[0].type) or (None, None)
    if rows is not None and columns is not None and not rows.same(columns) and rows.at_most(columns):
        raise NotYetSupported(
            "the derivative of scipy.linalg.qr of a matrix with more columns than rows",
            do="factor the first columns, and multiply the others with Q.T",
        )


def _determined(site: Site, bar: Expr | None) -> Expr | None:
    """The columns of Q that complete a basis aren't determined by the matrix."""
    _refuse_wide(site)
    if bar is None or site.params.get("mode") == "economic":
        return bar
    return apply("only_square", bar, site.operands[0])


def _qr_adjoint(site: Site, q_bar: Expr | None, r_bar: Expr | None, _: Expr | None = None) -> Expr:
    q, r, *order = site.results
    q_bar, r_bar = (_determined(site, bar) for bar in (q_bar, r_bar))
    parts = [] if r_bar is None else [r @ swapped(r_bar)]
    parts += [] if q_bar is None else [-(swapped(q_bar) @ q)]
    inner = added(parts)
    mirrored = apply("tril", inner) + swapped(apply("tril", inner, k=-1))
    spread = q @ mirrored if q_bar is None else q_bar + q @ mirrored
    bar = over(spread, r, lower=False, trans=True)
    return _columns(bar, _undone(order[0])) if order else bar


def _qr_tangent(site: Site, dot: Expr) -> Given:
    q, r, *order = site.results
    change = _determined(site, dot)
    assert change is not None
    scaled = over(_columns(change, order[0]) if order else change, r, lower=False)
    inner = swapped(q) @ scaled
    below = apply("tril", inner, k=-1)
    turn = below - swapped(below)
    return scaled + q @ (turn - inner), (inner - turn) @ r, *(None for _ in order)


rule("scipy_qr", _qr_adjoint, _qr_tangent)

# ---- bands

Band = tuple[int, int]


def _turned(l_and_u: Band) -> Band:
    return l_and_u[1], l_and_u[0]


linear("turned_band", lambda g, ab, y, *, l_and_u: apply("turned_band", g, l_and_u=_turned(l_and_u)))


def _transposed_times(g: Expr, ab: Expr, l_and_u: Band) -> Expr:
    """The product of the transpose with `g`."""
    return apply("band_times", apply("turned_band", ab, l_and_u=l_and_u), g, l_and_u=_turned(l_and_u))


multilinear(
    "band_of_outer",
    lambda g, p, q, y, *, l_and_u: apply("band_times", g, q, l_and_u=l_and_u),
    lambda g, p, q, y, *, l_and_u: _transposed_times(p, g, l_and_u),
)
multilinear(
    "band_times",
    lambda g, ab, x, y, *, l_and_u: apply("band_of_outer", g, x, l_and_u=l_and_u),
    lambda g, ab, x, y, *, l_and_u: _transposed_times(g, ab, l_and_u),
)


def _banded_adjoint(site: Site, g: Expr) -> Given:
    (ab, _), x, band = site.operands, site.result, site.params["l_and_u"]
    others = {name: value for name, value in site.params.items() if name != "l_and_u"}
    b_bar = apply("solve_banded", apply("turned_band", ab, l_and_u=band), g, l_and_u=_turned(band), **others)
    return -apply("band_of_outer", b_bar, x, l_and_u=band) if site.wanted[0] else None, b_bar


def _banded_tangent(site: Site, ab_dot: Expr | None, b_dot: Expr | None) -> Expr:
    x, band = site.result, site.params["l_and_u"]
    moves = None if ab_dot is None else apply("band_times", ab_dot, x, l_and_u=band)
    return apply("solve_banded", site.operands[0], _moved(b_dot, moves), **site.params)


rule("solve_banded", _banded_adjoint, _banded_tangent)


def _half_of_main(x: Expr, site: Site) -> Expr:
    """The diagonals that are stored of a symmetric matrix, so that with their transpose they make the whole."""
    weights = np.ones((site.params["rows"], 1))
    weights[0 if _is_lower(site) else -1] = 0.5
    return x * Expr(x.b, const(weights))


def _stored(site: Site) -> Band:
    beside = site.params["rows"] - 1
    return (beside, 0) if _is_lower(site) else (0, beside)


def _positive_adjoint(site: Site, g: Expr) -> Given:
    (ab, _), x, band = site.operands, site.result, _stored(site)
    b_bar = apply("solveh_banded", ab, g, **site.params)
    if not site.wanted[0]:
        return None, b_bar
    both = apply("band_of_outer", b_bar, x, l_and_u=band) + apply("band_of_outer", x, b_bar, l_and_u=band)
    return -_half_of_main(both, site), b_bar


def _positive_tangent(site: Site, ab_dot: Expr | None, b_dot: Expr | None) -> Expr:
    x, band = site.result, _stored(site)
    moves = None
    if ab_dot is not None:
        half = _half_of_main(ab_dot, site)
        moves = apply("band_times", half, x, l_and_u=band) + _transposed_times(x, half, band)
    return apply("solveh_banded", site.operands[0], _moved(b_dot, moves), **site.params)


rule("solveh_banded", _positive_adjoint, _positive_tangent)

# ---- Toeplitz matrices


def _places(n: Expr) -> Expr:
    """Where the elements of an n by n Toeplitz matrix stand in the row that runs backwards into the column."""
    i = apply("arange", n)
    return column(i) - row(i) + (n - 1)


def _sums_of_diagonals(x: Expr, n: Expr) -> tuple[Expr, Expr]:
    """The adjoints of the column and of the row that make a Toeplitz matrix with the adjoint `x`."""
    blank = apply("zeros", n + n - 1, dtype=x.dtype or "float64")
    sums = add_item(blank, x, _places(n), index=(("array", 0),))
    c_bar = get_item(sums, n - 1, index=(("slice", 0, None, None),))
    backwards = get_item(sums, n - 1, -1, index=(("slice", 0, None, 1),))
    return c_bar, set_item(backwards, 0.0, 0, index=(("int", 0),))


def _with_corner(c: Expr, r: Expr) -> Expr:
    """The row, with its first element as the matrix has it."""
    return set_item(r, get_item(c, 0, index=(("int", 0),)), 0, index=(("int", 0),))


def _toeplitz_adjoint(site: Site, g: Expr) -> Given:
    (c, r, _), x = site.operands, site.result
    b_bar = apply("solve_toeplitz", _with_corner(c, r), c, g, **site.params)
    if not any(site.wanted[:2]):
        return None, None, b_bar
    return *_sums_of_diagonals(-product_of(b_bar, x), dim(c, 0)), b_bar


def _toeplitz_tangent(site: Site, c_dot: Expr | None, r_dot: Expr | None, b_dot: Expr | None) -> Expr:
    (c, r, _), x = site.operands, site.result
    moves = None
    if c_dot is not None or r_dot is not None:
        column_dot = zeros(c) if c_dot is None else c_dot
        row_dot = zeros(r) if r_dot is None else r_dot
        backwards = get_item(row_dot, 0, -1, index=(("slice", None, 0, 1),))
        joined = apply("concatenate", backwards, column_dot, axis=0)
        moves = get_item(joined, _places(dim(c, 0)), index=(("array", 0),)) @ x
    return apply("solve_toeplitz", c, r, _moved(b_dot, moves), **site.params)


rule("solve_toeplitz", _toeplitz_adjoint, _toeplitz_tangent)
