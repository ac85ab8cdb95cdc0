"""Derivatives of more of scipy.special: a table of slopes.

Forms are chosen that stay exact where the usual ones don't: at 0, at integers, at the ends of domains, so that second
derivatives are too. What is 0/0 elsewhere is NaN, and never a number that is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from srcad.ops.scipy_special import SPHERICAL, spherical_slope
from srcad.rules.language import (
    Expr,
    Given,
    Operand,
    absolute,
    apply,
    cos,
    equal,
    exp,
    floor,
    greater_equal,
    log,
    log1p,
    maximum,
    minimum,
    real,
    sign,
    sin,
    sqrt,
    unbroadcast,
    where,
)
from srcad.rules.special import no_slope, special
from srcad.rules.table import RuleTable, Site, TermRule

TABLE = RuleTable()
slopes, pointwise, rule = TABLE.slopes, TABLE.pointwise, TABLE.rule

digamma, gamma, gammaln, rgamma, betaln = map(special, ("digamma", "gamma", "gammaln", "rgamma", "betaln"))
xlogy, xlog1py, erf, exprel, zeta = map(special, ("xlogy", "xlog1py", "erf", "exprel", "zeta"))
hyp0f1, hyp1f1, hyp2f1, hyperu = map(special, ("hyp0f1", "hyp1f1", "hyp2f1", "hyperu"))
elliprd, elliprf, ellipkinc, ellipeinc = map(special, ("elliprd", "elliprf", "ellipkinc", "ellipeinc"))
jv, yv, iv, kv, ive, kve = map(special, ("jv", "yv", "iv", "kv", "ive", "kve"))
j0, y0, i0, k0, jacobi, gegenbauer = map(special, ("j0", "y0", "i0", "k0", "eval_jacobi", "eval_gegenbauer"))
multiply = special("multiply")

SlopeOf = Callable[..., Operand]


def of_last(name: str, slope: SlopeOf, *others: str) -> None:
    """A function whose derivative is known in its last argument, and in those before it isn't."""
    refusals = [no_slope(f"{name} with respect to {other}") for other in others]
    pointwise(name, *refusals, lambda g, *values: g * slope(*values))


# ---- error functions, normal distribution

pointwise("erfcinv", lambda g, x, y: -((math.sqrt(math.pi) / 2) * g * exp(y**2)))
slopes("erfi", lambda x, y: (2 / math.sqrt(math.pi)) * exp(x**2))
slopes("ndtri_exp", lambda x, y: math.sqrt(2 * math.pi) * exp(x + 0.5 * y**2))
slopes("wofz", lambda x, y: 2j / math.sqrt(math.pi) - 2.0 * x * y)
slopes(
    "owens_t",
    lambda h, a, y: -(exp(-0.5 * h**2) * erf(a * h / math.sqrt(2)) / math.sqrt(8 * math.pi)),
    lambda h, a, y: exp(-0.5 * h**2 * (1 + a**2)) / ((2 * math.pi) * (1 + a**2)),
)


def _faddeeva(x: Expr, s: Expr, c: Expr) -> tuple[Expr, Expr]:
    """Where a Voigt profile reads the Faddeeva function, and its derivative there."""
    place = (x + 1j * c) / (math.sqrt(2) * s)
    return place, 2j / math.sqrt(math.pi) - 2.0 * place * apply("wofz", place)


slopes(
    "voigt_profile",
    lambda x, s, c, y: real(_faddeeva(x, s, c)[1]) / ((2 * math.sqrt(math.pi)) * s**2),
    lambda x, s, c, y: -(y / s) - real(multiply(*_faddeeva(x, s, c))) / (math.sqrt(2 * math.pi) * s**2),
    lambda x, s, c, y: real(1j * _faddeeva(x, s, c)[1]) / ((2 * math.sqrt(math.pi)) * s**2),
)

# ---- exponential integrals and their kin

slopes("exprel", lambda x, y: 0.5 * hyp1f1(2.0, 3.0, x))
slopes("exp10", lambda x, y: math.log(10) * y)
slopes("spence", lambda x, y: -hyp2f1(1.0, 1.0, 2.0, 1.0 - x))
slopes("expi", lambda x, y: exp(x) / x)
slopes("exp1", lambda x, y: -(exp(-x) / x))


def _expn_slope(n: Expr, x: Expr, y: Expr) -> Expr:
    return -where(equal(n, 0), y * (1 + 1 / x), apply("expn", maximum(n - 1, 0), x))


of_last("expn", _expn_slope, "n")
slopes("wrightomega", lambda x, y: y / (1 + y))
slopes("lambertw", lambda z, k, y: exp(-y) / (1 + y), None)
slopes("powm1", lambda x, y, z: y * x ** (y - 1), lambda x, y, z: xlogy(z + 1, x))

# ---- gamma functions


def _rgamma_slope(x: Expr, y: Expr) -> Expr:
    """Left of 1/2 by reflection: 1 / gamma(x) = gamma(1 - x) sin(pi x) / pi has no poles there."""
    left = x < 0.5
    over, other = where(left, x, 0.25), where(left, 0.75, x)
    reflected = gamma(1 - over) * cos(math.pi * over) - digamma(1 - over) * y
    return where(left, reflected, -(y * digamma(other)))


slopes("rgamma", _rgamma_slope)
slopes("loggamma", lambda x, y: digamma(x))


def _by_lower(n: Expr, k: Expr, y: Expr) -> Expr:
    """-y digamma(k + 1) for y = binom(n, k): left of the poles by reflection, where y sin has none.

    y pi / tan(pi (k + 1)) is cos(pi (k + 1)) B(n + 1, -k).
    """
    left = k < -0.5
    over, other = where(left, k, -0.75), where(left, 0.75, k)
    reflected = cos(math.pi * (over + 1)) * apply("beta", n + 1, -over) - y * digamma(-over)
    return where(left, reflected, -(y * digamma(other + 1)))


slopes(
    "binom",
    lambda n, k, y: y * digamma(n + 1) + _by_lower(n, n - k, y),
    lambda n, k, y: _by_lower(n, k, y) - _by_lower(n, n - k, y),
)


def _poch_slope(z: Expr, m: Expr, y: Expr) -> Expr:
    """y (digamma(z + m) - digamma(z)); where both have poles by reflection, and where z alone has, likewise."""
    right, both = z >= 0.5, (z < 0.5) * (z + m < 0.5)
    start, end = where(right, z, 0.75), where(both, 0.75, z + m)
    over, far = where(right, 0.25, z), where(both, z + m, 0.25)
    whole = equal(m, floor(m))
    sines = sin(math.pi * where(whole, 0.25, far)) * sin(math.pi * where(whole, 0.25, over))
    turned = math.pi * y * where(whole, 0.0, sin(math.pi * m) / sines)
    reflected = cos(math.pi * over) * apply("beta", end, 1 - over) * gamma(m + 1)
    by_poles = y * (digamma(1 - far) - digamma(1 - over)) + turned
    alone = y * (digamma(end) - digamma(1 - over)) + reflected
    return where(both, by_poles, where(right, y * (digamma(end) - digamma(start)), alone))


slopes("poch", _poch_slope, lambda z, m, y: y * digamma(z + m))


def _multigamma_slope(a: Expr, y: Expr, *, d: int) -> Expr:
    slope = digamma(a)
    for k in range(1, d):
        slope = slope + digamma(a - 0.5 * k)
    return slope


slopes("multigammaln", _multigamma_slope)
of_last("zeta", lambda x, q, y: -x * zeta(x + 1, q), "x")


# ---- transformations of data, losses

slopes(
    "boxcox",
    lambda x, c, y: x ** (c - 1),
    lambda x, c, y: 0.5 * log(x) ** 2 * hyp1f1(2.0, 3.0, c * log(x)),
)
slopes(
    "boxcox1p",
    lambda x, c, y: exp((c - 1) * log1p(x)),
    lambda x, c, y: 0.5 * log1p(x) ** 2 * hyp1f1(2.0, 3.0, c * log1p(x)),
)


def _inv_boxcox_slopes(x: Expr, c: Expr, power: Expr) -> tuple[Expr, Expr]:
    """Of (1 + c x) ** (1 / c) = `power`: in x, and in c, where log1p(c x) / c is x F(1, 1; 2; -c x)."""
    return power / (1 + c * x), -(0.5 * power * x**2 * hyp2f1(2.0, 2.0, 3.0, -c * x))


for _name, _less in (("inv_boxcox", 0), ("inv_boxcox1p", 1)):
    slopes(
        _name,
        lambda x, c, y, _less=_less: _inv_boxcox_slopes(x, c, y + _less if _less else y)[0],
        lambda x, c, y, _less=_less: _inv_boxcox_slopes(x, c, y + _less if _less else y)[1],
    )
slopes(
    "huber",
    lambda d, r, y: maximum(absolute(r) - d, 0.0),
    lambda d, r, y: maximum(minimum(r, d), -d),
)
slopes(
    "pseudo_huber",
    lambda d, r, y: 2 * y / d - r**2 / (d * sqrt(1 + (r / d) ** 2)),
    lambda d, r, y: r / sqrt(1 + (r / d) ** 2),
)

# ---- elliptic integrals and functions, means

slopes("ellipk", lambda m, y: (math.pi / 8) * hyp2f1(1.5, 1.5, 2.0, m))
slopes("ellipe", lambda m, y: (-math.pi / 8) * hyp2f1(0.5, 1.5, 2.0, m))


def _ellipkm1_slope(p: Expr, y: Expr) -> Expr:
    """Near p = 0 of what is exact there; beyond, of what is exact at p = 1."""
    near = p < 0.5
    q, far = where(near, p, 0.25), where(near, 0.75, p)
    close = (apply("ellipe", 1 - q) - q * y) / (2 * q * (1 - q))
    return -where(near, close, (math.pi / 8) * hyp2f1(1.5, 1.5, 2.0, 1 - far))


slopes("ellipkm1", _ellipkm1_slope)


def _turns(phi: Expr) -> tuple[Expr, Expr, Expr]:
    """How many half turns an angle has, and the sine and the square of the cosine of what is left."""
    turns = apply("rint", phi / math.pi)
    s = sin(phi - math.pi * turns)
    return turns, s, cos(phi) ** 2


def _if_turned(turns: Expr, m: Expr) -> Expr:
    """The parameter of whole half turns: where there are none, one for which they aren't infinite."""
    return where(equal(turns, 0), 0.5, m)


def _f_by_parameter(phi: Expr, m: Expr) -> Expr:
    turns, s, c2 = _turns(phi)
    return (s**3 * elliprd(c2, 1.0, 1 - m * s**2) + 2 * turns * elliprd(0.0, 1.0, 1 - _if_turned(turns, m))) / 6


def _e_by_parameter(phi: Expr, m: Expr) -> Expr:
    turns, s, c2 = _turns(phi)
    return -(s**3 * elliprd(c2, 1 - m * s**2, 1.0) + 2 * turns * elliprd(0.0, 1 - _if_turned(turns, m), 1.0)) / 6


slopes(
    "ellipkinc",
    lambda phi, m, y: 1 / sqrt(1 - m * sin(phi) ** 2),
    lambda phi, m, y: _f_by_parameter(phi, m),
)
slopes(
    "ellipeinc",
    lambda phi, m, y: sqrt(1 - m * sin(phi) ** 2),
    lambda phi, m, y: _e_by_parameter(phi, m),
)
slopes(
    "elliprf",
    lambda x, y, z, r: -elliprd(y, z, x) / 6,
    lambda x, y, z, r: -elliprd(x, z, y) / 6,
    lambda x, y, z, r: -elliprd(x, y, z) / 6,
)


def _integral(powers: tuple[float, ...], *arguments: Operand) -> Expr:
    """Of (t + x)**-power for all of the arguments; its derivatives are integrals like it."""
    rest = 4 - len(powers)
    return apply("carlson_integral", *arguments, *(1.0,) * rest, powers=(*powers, *(0.0,) * rest))


def _raised(place: int) -> TermRule:
    def pull(g: Expr, *values: Expr, powers: tuple[float, ...]) -> Given:
        power = powers[place]
        more = (*powers[:place], power + 1, *powers[place + 1 :])
        return None if not power else -power * g * apply("carlson_integral", *values[:4], powers=more)

    return pull


pointwise("carlson_integral", *map(_raised, range(4)))


def _unless_alike(x: Expr, z: Expr, integral: Callable[[], Expr], apart: Callable[[Expr], Expr]) -> Expr:
    """What is a difference over a difference of two arguments (`apart`), which has few digits where these are alike.

    Of complex numbers there is no integral, and NaN where both are equal.
    """
    if x.is_complex or z.is_complex:
        return apart(x - z)
    near = absolute(x - z) < 0.25 * absolute(z)
    return where(near, integral(), apart(where(near, 1.0, x - z)))


def _rc_slope(x: Expr, y: Expr, r: Expr) -> Expr:
    return _unless_alike(x, y, lambda: -0.5 * _integral((0.5, 2.0), x, y), lambda d: (r - sqrt(x) / y) / (2 * d))


def _rc_first(x: Expr, y: Expr, r: Expr) -> Expr:
    if y.is_complex:
        return -elliprd(y, y, x) / 6
    below = y < 0  # a principal value, and there are none of R_D
    positive = where(below, 1.0, y)
    return where(below, (r - 1 / sqrt(x)) / (2 * where(below, y - x, 1.0)), -elliprd(positive, positive, x) / 6)


slopes("elliprc", _rc_first, _rc_slope)


def _rd_beside(x: Expr, y: Expr, z: Expr, r: Expr) -> Expr:
    """The slope of R_D in an argument that isn't the last."""
    return _unless_alike(
        x, z, lambda: -0.75 * _integral((1.5, 0.5, 1.5), x, y, z), lambda d: (elliprd(y, z, x) - r) / (2 * d)
    )


def _rd_moved(x: Expr, y: Expr, z: Expr, r: Expr) -> Expr:
    """x times that slope, which is 0 for x = 0."""
    gone = equal(x, 0)
    return where(gone, 0.0, x * _rd_beside(where(gone, 0.5 * z, x), y, z, r))


slopes(
    "elliprd",
    lambda x, y, z, r: _rd_beside(x, y, z, r),
    lambda x, y, z, r: _rd_beside(y, x, z, r),
    lambda x, y, z, r: -(1.5 * r + _rd_moved(x, y, z, r) + _rd_moved(y, x, z, r)) / z,
)


def _rg_slope(x: Expr, y: Expr, z: Expr) -> Expr:
    gone = equal(x, 0)
    return 0.25 * (elliprf(x, y, z) - where(gone, 0.0, x * elliprd(y, z, where(gone, 1.0, x))) / 3)


slopes(
    "elliprg",
    lambda x, y, z, r: _rg_slope(x, y, z),
    lambda x, y, z, r: _rg_slope(y, z, x),
    lambda x, y, z, r: _rg_slope(z, x, y),
)


def _rj_beside(x: Expr, y: Expr, z: Expr, p: Expr, r: Expr) -> Expr:
    """The slope of R_J in an argument that isn't the last."""
    return _unless_alike(
        x, p, lambda: -0.75 * _integral((1.5, 0.5, 0.5, 1.0), x, y, z, p), lambda d: (elliprd(y, z, x) - r) / (2 * d)
    )


def _rj_moved(x: Expr, y: Expr, z: Expr, p: Expr, r: Expr) -> Expr:
    """x times that slope, which is 0 for x = 0."""
    gone = equal(x, 0)
    return where(gone, 0.0, x * _rj_beside(where(gone, 0.5 * absolute(p), x), y, z, p, r))


slopes(
    "elliprj",
    lambda x, y, z, p, r: _rj_beside(x, y, z, p, r),
    lambda x, y, z, p, r: _rj_beside(y, z, x, p, r),
    lambda x, y, z, p, r: _rj_beside(z, x, y, p, r),
    lambda x, y, z, p, r: (
        -(1.5 * r + _rj_moved(x, y, z, p, r) + _rj_moved(y, z, x, p, r) + _rj_moved(z, x, y, p, r)) / p
    ),
)
slopes(
    "agm",
    lambda a, b, y: (2 / (3 * math.pi)) * y**2 * absolute(a) * elliprd(0.0, b**2, a**2),
    lambda a, b, y: (2 / (3 * math.pi)) * y**2 * absolute(b) * elliprd(0.0, a**2, b**2),
)

# ---- Bessel functions and their kin: neighbours in the order

for _name, _sign in (("kv", 1), ("yv", -1), ("yn", -1), ("kn", 1), ("jve", -1), ("yve", -1), ("hankel1", -1)):

    def _by_neighbours(v: Expr, x: Expr, y: Expr, _name: str = _name, _sign: int = _sign) -> Expr:
        below, above = apply(_name, v - 1, x), apply(_name, v + 1, x)
        return -0.5 * (below + above) if _sign > 0 else 0.5 * (below - above)

    if _name not in ("jve", "yve"):
        of_last(_name, _by_neighbours, "its order")


def _hankel2_slope(v: Expr, x: Expr, y: Expr) -> Expr:
    return 0.5 * (apply("hankel2", v - 1, x) - apply("hankel2", v + 1, x))


of_last("hankel2", _hankel2_slope, "its order")


def _scaled(name: str, factor: complex) -> SlopeOf:
    def slope(v: Expr, x: Expr, y: Expr) -> Expr:
        return 0.5 * (apply(name, v - 1, x) - apply(name, v + 1, x)) + factor * y

    return slope


of_last("hankel1e", _scaled("hankel1e", -1j), "its order")
of_last("hankel2e", _scaled("hankel2e", 1j), "its order")
of_last("kve", lambda v, x, y: y - 0.5 * (kve(v - 1, x) + kve(v + 1, x)), "its order")


def _real_alone(name: str, slope: SlopeOf) -> None:
    """Of functions that are scaled by what has no complex derivative."""
    refused = no_slope(f"{name} with respect to complex numbers")

    def pull(g: Expr, v: Expr, x: Expr, y: Expr) -> Given:
        return refused(g) if x.is_complex else g * slope(v, x, y)

    pointwise(name, no_slope(f"{name} with respect to its order"), pull)


for _name in ("jve", "yve"):
    _real_alone(_name, lambda v, x, y, _name=_name: 0.5 * (apply(_name, v - 1, x) - apply(_name, v + 1, x)))
_real_alone("ive", lambda v, x, y: 0.5 * (ive(v - 1, x) + ive(v + 1, x)) - sign(x) * y)
slopes("k0e", lambda x, y: y - apply("k1e", x))
slopes("k1e", lambda x, y: y - apply("k0e", x) - y / x)


def _struve_rest(v: Expr, x: Expr) -> Expr:
    return (0.5 * x) ** v * rgamma(v + 1.5) / (2 * math.sqrt(math.pi))


def _struve(name: str, sign: int) -> SlopeOf:
    """Near 0 without division, and of order 0 without the one below; beyond, without what grows with x."""

    def slope(v: Expr, x: Expr, y: Expr) -> Expr:
        near, lowest = absolute(x) < 1, equal(v, 0)
        close, far = where(near, x, 0.5), where(near, 1.0, x)
        above, rest = sign * apply(name, v + 1, close), _struve_rest(v, close)
        below = apply(name, where(lowest, 1, v) - 1, close)
        by_rest = where(lowest, 2 * rest + above, 0.5 * (below + above) + rest)
        return where(near, by_rest, apply(name, v - 1, far) - v / far * apply(name, v, far))

    return slope


of_last("struve", _struve("struve", -1), "its order")
of_last("modstruve", _struve("modstruve", 1), "its order")
for _name in ("ber", "bei", "ker", "kei"):
    slopes(_name, lambda x, y, _name=_name: apply(f"{_name}p", x))
for _name, _other, _sign in (("ber", "bei", -1), ("bei", "ber", 1), ("ker", "kei", -1), ("kei", "ker", 1)):
    slopes(f"{_name}p", lambda x, y, _other=_other, _sign=_sign: _sign * apply(_other, x) - y / x)

for _name in SPHERICAL:

    def _spherical_pull(g: Expr, n: Expr, x: Expr, y: Expr, _name: str = _name) -> Expr:
        return g * Expr(g.b, spherical_slope(g.b, _name, n.atom, x.atom))

    pointwise(_name, None, _spherical_pull)

# ---- hypergeometric functions

of_last("hyp0f1", lambda v, z, y: hyp0f1(v + 1, z) / v, "v")
of_last("hyp1f1", lambda a, b, z, y: a / b * hyp1f1(a + 1, b + 1, z), "a", "b")
of_last("hyp2f1", lambda a, b, c, z, y: a * b / c * hyp2f1(a + 1, b + 1, c + 1, z), "a", "b", "c")
of_last("hyperu", lambda a, b, z, y: -(a * hyperu(a + 1, b + 1, z)), "a", "b")
of_last("wright_bessel", lambda a, b, x, y: apply("wright_bessel", a, a + b, x), "a", "b")

# ---- orthogonal polynomials, spherical harmonics


def _before(n: Expr) -> Expr:
    """The order before; of order 0, 0, where the polynomial counts 0 times."""
    return where(equal(n, 0), 0, n - 1)


def _if_any(n: Expr, slope: Expr) -> Expr:
    return where(equal(n, 0), 0.0, slope)


def _jacobi_slope(n: Expr, a: Operand, b: Operand, x: Operand) -> Expr:
    """Of the Jacobi polynomial."""
    higher = jacobi(_before(n), a + 1, b + 1, x)  # type: ignore[operator]
    return _if_any(n, 0.5 * (n + a + b + 1) * higher)


def _ultra(n: Expr, a: Operand, x: Operand) -> Expr:
    return _if_any(n, gegenbauer(_before(n), a, x))


of_last("eval_legendre", lambda n, x, y: _jacobi_slope(n, 0.0, 0.0, x), "n")
of_last("eval_jacobi", lambda n, a, b, x, y: _jacobi_slope(n, a, b, x), "n", "alpha", "beta")
of_last("eval_chebyt", lambda n, x, y: n * apply("eval_chebyu", _before(n), x), "n")
of_last("eval_chebyu", lambda n, x, y: 2 * _ultra(n, 2.0, x), "n")
of_last("eval_chebyc", lambda n, x, y: n * apply("eval_chebys", _before(n), x), "n")
of_last("eval_chebys", lambda n, x, y: _ultra(n, 2.0, 0.5 * x), "n")
of_last("eval_gegenbauer", lambda n, a, x, y: 2 * a * _ultra(n, a + 1, x), "n", "alpha")
of_last("eval_hermite", lambda n, x, y: 2 * n * apply("eval_hermite", _before(n), x), "n")
of_last("eval_hermitenorm", lambda n, x, y: n * apply("eval_hermitenorm", _before(n), x), "n")
of_last("eval_laguerre", lambda n, x, y: -_if_any(n, apply("eval_genlaguerre", _before(n), 1.0, x)), "n")
of_last(
    "eval_genlaguerre",
    lambda n, a, x, y: -_if_any(n, apply("eval_genlaguerre", _before(n), a + 1, x)),
    "n",
    "alpha",
)
of_last("eval_sh_legendre", lambda n, x, y: 2 * _jacobi_slope(n, 0.0, 0.0, 2 * x - 1), "n")
of_last("eval_sh_chebyt", lambda n, x, y: 2 * n * apply("eval_sh_chebyu", _before(n), x), "n")
of_last("eval_sh_chebyu", lambda n, x, y: 4 * _ultra(n, 2.0, 2 * x - 1), "n")
of_last(
    "eval_sh_jacobi",
    lambda n, p, q, x, y: 2 * _jacobi_slope(n, p - q, q - 1, 2 * x - 1) / apply("binom", 2 * n + p - 1, n),
    "n",
    "p",
    "q",
)
of_last(
    "lpmv",
    lambda m, v, x, y: ((v + 1) * x * y - (v - m + 1) * apply("lpmv", m, v + 1, x)) / (1 - x**2),
    "m",
    "v",
)


def _neighbour(n: Expr, m: Expr, theta: Expr, phi: Expr, step: int) -> Expr:
    """A harmonic beside, turned back to this one, times what the derivative in theta has of it."""
    within = greater_equal(n, absolute(m + step))
    weight = sqrt((n - step * m) * (n + step * m + 1))
    beside = apply("sph_harm_y", n, where(within, m + step, m), theta, phi)
    return where(within, weight * exp(-1j * step * phi) * beside, 0.0)


def _by_theta(n: Expr, m: Expr, theta: Expr, phi: Expr, y: Expr) -> Expr:
    """Harmonics are even or odd about the pole, as SciPy has them: they know the angle by its cosine alone."""
    side = where(sin(theta) < 0, -0.5, 0.5)
    return side * (_neighbour(n, m, theta, phi, 1) - _neighbour(n, m, theta, phi, -1))


slopes("sph_harm_y", None, None, _by_theta, lambda n, m, theta, phi, y: 1j * m * y)

# ---- angles

_DEGREE = math.pi / 180
slopes("sindg", lambda x, y: _DEGREE * apply("cosdg", x))
slopes("cosdg", lambda x, y: -(_DEGREE * apply("sindg", x)))
slopes("tandg", lambda x, y: _DEGREE * (1 + y**2))
slopes("cotdg", lambda x, y: -(_DEGREE * (1 + y**2)))
slopes("radian", _DEGREE, _DEGREE / 60, _DEGREE / 3600)

# ---- functions with several results: of each result, its slope in each operand


def several(name: str, *slopes_of_results: Callable[[Site], tuple[Operand, ...]]) -> None:
    """One function for each operand, which says the slopes of all results."""

    def adjoint(site: Site, *bars: Expr | None) -> Given:
        return [
            _pulled(x, [(g, slope) for g, slope in zip(bars, of(site), strict=True) if g is not None]) if want else None
            for x, of, want in zip(site.operands, slopes_of_results, site.wanted, strict=True)
        ]

    def tangent(site: Site, *dots: Expr | None) -> Given:
        moved: list[Expr | None] = [None] * len(site.results)
        for dot, of in zip(dots, slopes_of_results, strict=True):
            if dot is not None:
                parts = [dot * slope for slope in of(site)]
                moved = [part if m is None else m + part for m, part in zip(moved, parts, strict=True)]
        return moved

    rule(name, adjoint, tangent)


def _pulled(x: Expr, terms: list[tuple[Expr, Operand]]) -> Expr:
    whole = terms[0][0] * terms[0][1]
    for g, slope in terms[1:]:
        whole = whole + g * slope
    return unbroadcast(whole, x)


def _x(site: Site) -> Expr:
    return site.operands[0]


several("fresnel", lambda site: (sin(0.5 * math.pi * _x(site) ** 2), cos(0.5 * math.pi * _x(site) ** 2)))
several("sici", lambda site: (apply("sinc", _x(site) / math.pi), cos(_x(site)) / _x(site)))
several(
    "shichi",
    lambda site: (0.5 * (exprel(_x(site)) + exprel(-_x(site))), apply("cosh", _x(site)) / _x(site)),
)
several("itj0y0", lambda site: (j0(_x(site)), y0(_x(site))))
several("iti0k0", lambda site: (i0(_x(site)), k0(_x(site))))


def _airy(site: Site) -> tuple[Operand, ...]:
    ai, aip, bi, bip = site.results
    return aip, _x(site) * ai, bip, _x(site) * bi


several("airy", _airy)


def _by_argument(site: Site) -> tuple[Operand, ...]:
    (_, m), (sn, cn, dn, _) = site.operands, site.results
    return cn * dn, -(sn * dn), -(m * sn * cn), dn


def _by_parameter(site: Site) -> tuple[Operand, ...]:
    """By the parameter, while u = F(ph, m) stays."""
    (_, m), (sn, cn, dn, ph) = site.operands, site.results
    moved = -(dn * _f_by_parameter(ph, m))
    return cn * moved, -(sn * moved), -(sn * (0.5 * sn + m * cn * moved) / dn), moved


several("ellipj", _by_argument, _by_parameter)
