"""Derivatives of scipy.linalg: functions of matrices, matrix equations, eigenvalues.

A function of a matrix changes as the corner of that function of a matrix of blocks does: f([[a, e], [0, a]]) has
f(a), f(a) on its diagonal, and beside it the derivative of f at a in the direction e. That holds for any f, and for
its derivatives again.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.ops.scipy_matrices import LIKE_NUMPY, MATRIX_FUNCTIONS
from srcad.rules import linalg, spectra
from srcad.rules.language import Expr, Given, apply, dim, get_item, total, zeros
from srcad.rules.linalg import added, folded, reflected, symmetric
from srcad.rules.products import column, row
from srcad.rules.shaping import swapped
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
rule = TABLE.rule

for _name, _same in LIKE_NUMPY.items():
    TABLE.add(replace({**linalg.TABLE.rules, **spectra.TABLE.rules}[_same], name=_name))

# ---- functions of matrices


def _blocks(a: Expr, e: Expr, below: Expr | None = None) -> Expr:
    """[[a, e], [0, a]]."""
    upper = apply("concatenate", a, e, axis=1)
    return apply("concatenate", upper, apply("concatenate", zeros(a) if below is None else below, a, axis=1), axis=0)


def _corner(x: Expr, n: Expr) -> Expr:
    return get_item(x, n, n, index=(("slice", None, 0, None), ("slice", 1, None, None)))


def _change(function: str, a: Expr, e: Expr, *operands: Expr) -> Expr:
    return _corner(apply(function, _blocks(a, e), *operands), dim(a, 0))


for _name in MATRIX_FUNCTIONS:
    rule(
        _name,
        lambda site, g, _name=_name: _change(_name, swapped(site.operands[0]), g),
        lambda site, dot, _name=_name: _change(_name, site.operands[0], dot),
    )

rule(
    "expm",
    lambda site, g: apply("expm_frechet", swapped(site.operands[0]), g),
    lambda site, dot: apply("expm_frechet", site.operands[0], dot),
)


def _second(a: Expr, e: Expr, d: Expr) -> Expr:
    """The second derivative of the exponential, in two directions."""
    empty = zeros(e)
    both = apply("concatenate", apply("concatenate", e, empty, axis=1), apply("concatenate", empty, e, axis=1), axis=0)
    return _corner(apply("expm_frechet", _blocks(a, d), both), dim(a, 0))


def _frechet_adjoint(site: Site, g: Expr) -> Given:
    a, e = (swapped(x) for x in site.operands)
    return _second(a, e, g) if site.wanted[0] else None, apply("expm_frechet", a, g) if site.wanted[1] else None


def _frechet_tangent(site: Site, a_dot: Expr | None, e_dot: Expr | None) -> Expr:
    a, e = site.operands
    parts = [] if a_dot is None else [_second(a, e, a_dot)]
    return added(parts + ([] if e_dot is None else [apply("expm_frechet", a, e_dot)]))


rule("expm_frechet", _frechet_adjoint, _frechet_tangent)


def _root_adjoint(site: Site, g: Expr) -> Expr:
    root = swapped(site.result)
    return apply("solve_sylvester", root, root, g)


rule(
    "sqrtm",
    _root_adjoint,
    lambda site, dot: apply("solve_sylvester", site.result, site.result, dot),
)


def _power_adjoint(site: Site, g: Expr) -> Given:
    a, t = site.operands
    by_matrix = _change("fractional_matrix_power", swapped(a), g, t) if site.wanted[0] else None
    return by_matrix, total(g * (apply("logm", a) @ site.result)) if site.wanted[1] else None


def _power_tangent(site: Site, a_dot: Expr | None, t_dot: Expr | None) -> Expr:
    a, t = site.operands
    parts = [] if a_dot is None else [_change("fractional_matrix_power", a, a_dot, t)]
    return added(parts + ([] if t_dot is None else [t_dot * (apply("logm", a) @ site.result)]))


rule("fractional_matrix_power", _power_adjoint, _power_tangent)

# ---- equations


def _moved(q_dot: Expr | None, moves: list[Expr]) -> Expr:
    """The right side of the equation for a tangent."""
    change = [] if q_dot is None else [q_dot]
    return added([*change, *(-move for move in moves)])


def _sylvester_adjoint(site: Site, g: Expr) -> Given:
    (a, b, _), x = site.operands, swapped(site.result)
    q_bar = apply("solve_sylvester", swapped(a), swapped(b), g)
    return -(q_bar @ x) if site.wanted[0] else None, -(x @ q_bar) if site.wanted[1] else None, q_bar


def _sylvester_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None, q_dot: Expr | None) -> Expr:
    (a, b, _), x = site.operands, site.result
    moves = [] if a_dot is None else [a_dot @ x]
    moves += [] if b_dot is None else [x @ b_dot]
    return apply("solve_sylvester", a, b, _moved(q_dot, moves))


rule("solve_sylvester", _sylvester_adjoint, _sylvester_tangent)


def _continuous_adjoint(site: Site, g: Expr) -> Given:
    (a, _), x = site.operands, site.result
    q_bar = apply("solve_continuous_lyapunov", swapped(a), g)
    return -(q_bar @ swapped(x) + swapped(q_bar) @ x) if site.wanted[0] else None, q_bar


def _continuous_tangent(site: Site, a_dot: Expr | None, q_dot: Expr | None) -> Expr:
    (a, _), x = site.operands, site.result
    moves = [] if a_dot is None else [a_dot @ x, x @ swapped(a_dot)]
    return apply("solve_continuous_lyapunov", a, _moved(q_dot, moves))


rule("solve_continuous_lyapunov", _continuous_adjoint, _continuous_tangent)


def _discrete_adjoint(site: Site, g: Expr) -> Given:
    (a, _), x = site.operands, site.result
    q_bar = apply("solve_discrete_lyapunov", swapped(a), g, **site.params)
    return q_bar @ a @ swapped(x) + swapped(q_bar) @ a @ x if site.wanted[0] else None, q_bar


def _discrete_tangent(site: Site, a_dot: Expr | None, q_dot: Expr | None) -> Expr:
    (a, _), x = site.operands, site.result
    parts = [] if q_dot is None else [q_dot]
    if a_dot is not None:
        parts += [a_dot @ x @ swapped(a), a @ x @ swapped(a_dot)]
    return apply("solve_discrete_lyapunov", a, added(parts), **site.params)


rule("solve_discrete_lyapunov", _discrete_adjoint, _discrete_tangent)


def _riccati_adjoint(site: Site, g: Expr) -> Given:
    """aᵀ x + x a - x b r⁻¹ bᵀ x + q = 0, by what the loop is that x closes: c = a - b k with k = r⁻¹ bᵀ x."""
    (a, b, _, r), x = site.operands, site.result
    gain = apply("solve", r, swapped(b) @ x)
    q_bar = -symmetric(apply("solve_continuous_lyapunov", a - b @ gain, g))
    a_bar = 2.0 * (x @ q_bar)
    return a_bar, -(a_bar @ swapped(gain)), q_bar, gain @ q_bar @ swapped(gain)


def _riccati_tangent(
    site: Site, a_dot: Expr | None, b_dot: Expr | None, q_dot: Expr | None, r_dot: Expr | None
) -> Expr:
    (a, b, _, r), x = site.operands, site.result
    gain = apply("solve", r, swapped(b) @ x)
    return apply("solve_continuous_lyapunov", swapped(a - b @ gain), -_changes(x, gain, a_dot, b_dot, q_dot, r_dot))


def _changes(
    x: Expr, gain: Expr, a_dot: Expr | None, b_dot: Expr | None, q_dot: Expr | None, r_dot: Expr | None
) -> Expr:
    """What a Riccati equation is off by where x stays as it is."""
    loop = [] if a_dot is None else [a_dot]
    loop += [] if b_dot is None else [-(b_dot @ gain)]
    parts = [] if not loop else [2.0 * symmetric(x @ added(loop))]
    parts += [] if q_dot is None else [q_dot]
    parts += [] if r_dot is None else [swapped(gain) @ r_dot @ gain]
    return added(parts)


rule("solve_continuous_are", _riccati_adjoint, _riccati_tangent)


def _discrete_gain(site: Site) -> tuple[Expr, Expr]:
    """The gain, and the loop that it closes."""
    (a, b, _, r), x = site.operands, site.result
    gain = apply("solve", r + swapped(b) @ x @ b, swapped(b) @ x @ a)
    return gain, a - b @ gain


def _discrete_riccati_adjoint(site: Site, g: Expr) -> Given:
    x = site.result
    gain, loop = _discrete_gain(site)
    q_bar = symmetric(apply("solve_discrete_lyapunov", loop, g))
    a_bar = 2.0 * (x @ loop @ q_bar)
    return a_bar, -(a_bar @ swapped(gain)), q_bar, gain @ q_bar @ swapped(gain)


def _discrete_riccati_tangent(
    site: Site, a_dot: Expr | None, b_dot: Expr | None, q_dot: Expr | None, r_dot: Expr | None
) -> Expr:
    gain, loop = _discrete_gain(site)
    changes = _changes(swapped(loop) @ site.result, gain, a_dot, b_dot, q_dot, r_dot)
    return apply("solve_discrete_lyapunov", swapped(loop), changes)


rule("solve_discrete_are", _discrete_riccati_adjoint, _discrete_riccati_tangent)

# ---- polar decomposition: a = u p with p p = aᵀ a


def _over(x: Expr, p: Expr) -> Expr:
    """x p⁻¹ for a symmetric matrix."""
    return swapped(apply("solve", p, swapped(x)))


def _polar_adjoint(site: Site, u_bar: Expr | None, p_bar: Expr | None) -> Expr:
    (a,), (u, p) = site.operands, site.results
    parts, inner = [], [] if p_bar is None else [p_bar]
    if u_bar is not None:
        parts.append(_over(u_bar, p))
        inner.append(-(swapped(u) @ parts[0]))
    return added([*parts, 2.0 * (a @ symmetric(apply("solve_sylvester", p, p, added(inner))))])


def _polar_tangent(site: Site, dot: Expr) -> tuple[Expr, Expr]:
    (a,), (u, p) = site.operands, site.results
    p_dot = apply("solve_sylvester", p, p, 2.0 * symmetric(swapped(a) @ dot))
    return _over(dot - u @ p_dot, p), p_dot


rule("polar", _polar_adjoint, _polar_tangent)

# ---- eigenvalues of a pair of symmetric matrices: a v = b v w with vᵀ b v = 1


def _inverse_gaps(values: Expr) -> Expr:
    """1 / (w_j - w_i), with 0 on the diagonal; infinite where two eigenvalues are equal."""
    eye = apply("eye", dim(values, 0))
    return 1.0 / (row(values) - column(values) + eye) - eye


def _reads_upper(site: Site) -> bool:
    return not site.params.get("lower", True)


def _pair_adjoint(site: Site, w_bar: Expr | None, v_bar: Expr | None) -> Given:
    w, v = site.results
    eye = apply("eye", dim(w, 0))
    inner = [] if w_bar is None else [row(w_bar) * eye]
    shrunk = []
    if v_bar is not None:
        turn = swapped(v) @ v_bar
        inner.append(_inverse_gaps(w) * turn)
        shrunk.append(0.5 * turn * eye)
    whole = added(inner)
    a, b = site.operands
    a_bar = folded(v @ whole @ swapped(v), a, _reads_upper(site))
    b_bar = -folded(v @ added([whole * row(w), *shrunk]) @ swapped(v), b, _reads_upper(site))
    return a_bar, b_bar


def _pair_tangent(site: Site, a_dot: Expr | None, b_dot: Expr | None) -> tuple[Expr, Expr]:
    w, v = site.results
    eye = apply("eye", dim(w, 0))
    parts, shrunk = [], []
    if a_dot is not None:
        parts.append(swapped(v) @ reflected(a_dot, site.operands[0], _reads_upper(site)) @ v)
    if b_dot is not None:
        stretched = swapped(v) @ reflected(b_dot, site.operands[1], _reads_upper(site)) @ v
        parts.append(-(stretched * row(w)))
        shrunk.append(-(0.5 * stretched * eye))
    inner = added(parts)
    turn = added([_inverse_gaps(w) * inner, *shrunk])
    return apply("diagonal", inner, offset=0, axis1=0, axis2=1), v @ turn


rule("eigh_generalised", _pair_adjoint, _pair_tangent)


def _diagonal(x: Expr, offset: int = 0) -> Expr:
    return apply("diagonal", x, offset=offset, axis1=0, axis2=1)


def _tridiagonal_adjoint(site: Site, w_bar: Expr | None, v_bar: Expr | None) -> Given:
    w, v = site.results
    inner = [] if w_bar is None else [row(w_bar) * apply("eye", dim(w, 0))]
    inner += [] if v_bar is None else [_inverse_gaps(w) * (swapped(v) @ v_bar)]
    bar = symmetric(v @ added(inner) @ swapped(v))
    return _diagonal(bar), 2.0 * _diagonal(bar, 1)


def _tridiagonal_tangent(site: Site, d_dot: Expr | None, e_dot: Expr | None) -> tuple[Expr, Expr]:
    """vᵀ t v for the change t of the matrix, of which one row meets three of v."""
    w, v = site.results
    parts = [] if d_dot is None else [swapped(v) @ (column(d_dot) * v)]
    if e_dot is not None:
        ahead = get_item(v, 1, index=(("slice", 0, None, None),))
        behind = get_item(v, -1, index=(("slice", None, 0, None),))
        parts.append(2.0 * symmetric(swapped(behind) @ (column(e_dot) * ahead)))
    inner = added(parts)
    return _diagonal(inner), v @ (_inverse_gaps(w) * inner)


rule("eigh_tridiagonal", _tridiagonal_adjoint, _tridiagonal_tangent)
