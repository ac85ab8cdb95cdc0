"""Derivatives of special functions."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import NoReturn

from srcad.errors import NotYetSupported
from srcad.rules.language import (
    Expr,
    Given,
    absolute,
    apply,
    equal,
    exp,
    log,
    log1p,
    logical_and,
    sign,
    sin,
    total,
    unbroadcast,
    where,
)
from srcad.rules.reductions import spread, spread_sum
from srcad.rules.table import RuleTable, Site, TermRule

TABLE = RuleTable()
flat, slopes, pointwise, rule = TABLE.flat, TABLE.slopes, TABLE.pointwise, TABLE.rule


def special(name: str) -> Callable[..., Expr]:
    return lambda *operands: apply(name, *operands)


digamma, polygamma, expit, iv, jv = map(special, ("digamma", "polygamma", "expit", "iv", "jv"))
i0, i1, i0e, i1e, j0, j1 = map(special, ("i0", "i1", "i0e", "i1e", "j0", "j1"))
gammaln, y0, y1, k0, k1 = map(special, ("gammaln", "y0", "y1", "k0", "k1"))


def no_slope(what: str) -> TermRule:
    """In an operand with respect to which no derivative is known."""

    def refuse(g: Expr, *_: Expr) -> NoReturn:
        raise NotYetSupported(f"the derivative of {what}", do="keep that argument constant")

    return refuse


def _trigamma(x: Expr) -> Expr:
    if x.is_complex:
        raise NotYetSupported("the derivative of digamma of complex numbers", why="SciPy has none of them")
    return polygamma(1, x)


# ---- logistic, error and normal distribution functions

slopes("expit", lambda x, y: y * (1 - y))
pointwise("logit", lambda g, x, y: g / (x * (1 - x)))
slopes("log_expit", lambda x, y: expit(-x))
for _name in ("erf", "math_erf"):
    pointwise(_name, lambda g, x, y: (2 / math.sqrt(math.pi)) * g * exp(-(x**2)))
for _name in ("erfc", "math_erfc"):
    pointwise(_name, lambda g, x, y: -((2 / math.sqrt(math.pi)) * g * exp(-(x**2))))


def _decaying(x: Expr, sign: int) -> Expr:
    """1 + 3 s t + 15 t**2 + ... with t = 1 / (2 x**2), which x**2 times the slopes of these are made of.

    As they fall off like 1 / x, their slopes are small differences of large numbers there. From |x| = 12 on the series
    has all digits.
    """
    t = 0.5 * sign / (x * x)
    series = 1.0 + (2 * _DECAYING_TERMS + 1) * t
    for k in range(_DECAYING_TERMS - 1, 0, -1):
        series = 1.0 + (2 * k + 1) * t * series
    return series


def _mills_slope(x: Expr, y: Expr) -> Expr:
    """The density over the distribution function: left of 0 by what doesn't fade there, right of it by logarithms."""
    if x.is_complex:
        return math.sqrt(2 / math.pi) / apply("erfcx", x / -math.sqrt(2))
    left = x < 0
    close, tail = where(left, 0.0, x), where(left, x, -1.0)
    scaled = math.sqrt(2 / math.pi) / apply("erfcx", tail / -math.sqrt(2))
    return where(left, scaled, (1 / math.sqrt(2 * math.pi)) * exp(-0.5 * close**2 - where(left, 0.0, y)))


def _erfcx_slope(x: Expr, y: Expr) -> Expr:
    plain = 2 * x * y - 2 / math.sqrt(math.pi)
    if x.is_complex:
        return plain
    far = x > _FAR
    large = where(far, x, 2 * _FAR)
    series = _decaying(large, -1) / (math.sqrt(math.pi) * large * large)
    return where(far, -series, plain)


def _dawsn_slope(x: Expr, y: Expr) -> Expr:
    if x.is_complex:
        return 1 - 2 * x * y
    far = absolute(x) > _FAR
    large = where(far, x, 2 * _FAR)
    return where(far, -0.5 * _decaying(large, 1) / (large * large), 1 - 2 * x * y)


_FAR, _DECAYING_TERMS = 12.0, 12
slopes("erfcx", _erfcx_slope)
slopes("log_ndtr", _mills_slope)
slopes("dawsn", _dawsn_slope)
pointwise("erfinv", lambda g, x, y: (math.sqrt(math.pi) / 2) * g * exp(y**2))
pointwise("ndtr", lambda g, x, y: (1 / math.sqrt(2 * math.pi)) * g * exp(-0.5 * x**2))
pointwise("ndtri", lambda g, x, y: math.sqrt(2 * math.pi) * g * exp(0.5 * y**2))

slopes("cosm1", lambda x, y: -sin(x))

# ---- gamma functions

slopes("gammaln", lambda x, y: digamma(x))
slopes("gamma", lambda x, y: y * digamma(x))
slopes("digamma", lambda x, y: _trigamma(x))
pointwise(
    "polygamma",
    no_slope("polygamma with respect to its order"),
    lambda g, n, x, y: g * polygamma(n + 1, x),
)
if sys.version_info >= (3, 13):
    slopes("math_fma", lambda x, y, z, r: y, lambda x, y, z, r: x, 1)
flat("math_ulp", "gammasgn")
pointwise("math_ldexp", lambda g, x, i, y: apply("ldexp", g, i), None)
slopes("math_remainder", 1, lambda x, y, z: -apply("rint", (x - z) / y))
slopes("math_gamma", lambda x, y: y * apply("math_digamma", x))
slopes("math_lgamma", lambda x, y: apply("math_digamma", x))
slopes("math_digamma", lambda x, y: apply("math_trigamma", x))
slopes("math_trigamma", lambda x, y: polygamma(2, x))
slopes(
    "beta",
    lambda a, b, y: y * (digamma(a) - digamma(a + b)),
    lambda a, b, y: y * (digamma(b) - digamma(a + b)),
)
slopes("betaln", lambda a, b, y: digamma(a) - digamma(a + b), lambda a, b, y: digamma(b) - digamma(a + b))

# ---- entropies: x log x is 0 at 0


def _quotient(x: Expr, y: Expr) -> Expr:
    """x / y, and 0 where both are 0; of x alone it is a multiple there too, so second derivatives see its slope."""
    return x / where(logical_and(equal(x, 0), equal(y, 0)), 1.0, y)


pointwise("xlogy", lambda g, x, y, z: g * log(y), lambda g, x, y, z: g * _quotient(x, y))
pointwise("xlog1py", lambda g, x, y, z: g * log1p(y), lambda g, x, y, z: g * _quotient(x, 1 + y))
pointwise("entr", lambda g, x, y: -(g * (log(x) + 1)))
pointwise("rel_entr", lambda g, x, y, z: g * (log(x / y) + 1), lambda g, x, y, z: -(g * _quotient(x, y)))
pointwise("kl_div", lambda g, x, y, z: g * log(x / y), lambda g, x, y, z: g * (1 - _quotient(x, y)))

# ---- Bessel functions

slopes("i0", lambda x, y: i1(x))
slopes("np_i0", lambda x, y: i1(x))
slopes("i1", lambda x, y: 0.5 * (i0(x) + iv(2, x)))
slopes("i0e", lambda x, y: i1e(x) - sign(x) * y)
slopes("i1e", lambda x, y: 0.5 * (i0e(x) + apply("ive", 2, x)) - sign(x) * y)
pointwise("j0", lambda g, x, y: -(g * j1(x)))
slopes("j1", lambda x, y: 0.5 * (j0(x) - jv(2, x)))
pointwise("y0", lambda g, x, y: -(g * y1(x)))
slopes("y1", lambda x, y: y0(x) - y / x)
pointwise("k0", lambda g, x, y: -(g * k1(x)))
pointwise("k1", lambda g, x, y: -(g * (k0(x) + y / x)))
pointwise("jv", no_slope("jv with respect to its order"), lambda g, v, x, y: 0.5 * g * (jv(v - 1, x) - jv(v + 1, x)))
pointwise("iv", no_slope("iv with respect to its order"), lambda g, v, x, y: 0.5 * g * (iv(v - 1, x) + iv(v + 1, x)))

# ---- logarithms of sums of exponentials


def _shares(site: Site) -> Expr:
    """What each element has of the sum, or of the logarithm of its size, apart from its weight."""
    x, p, (size, *signs) = site.operands[0], site.params, site.results
    share = exp(x - spread(size, x, p["axis"], p["keepdims"]))
    return share * spread(signs[0], x, p["axis"], p["keepdims"]) if signs else share


def _logsumexp(site: Site, g: Expr | None, _: Expr | None = None) -> list[Expr | None]:
    """The sign of the sum, where it is asked for, rests."""
    if g is None:
        return [None] * len(site.operands)
    x, *weights = site.operands
    p = site.params
    scaled = spread(g, x, p["axis"], p["keepdims"]) * _shares(site)
    if not weights:
        return [scaled]
    (w,) = weights
    first, second = site.wanted
    return [unbroadcast(scaled * w, x) if first else None, unbroadcast(scaled, w) if second else None]


def _logsumexp_tangent(site: Site, dot: Expr | None, weight_dot: Expr | None = None) -> Given:
    _, *weights = site.operands
    parts = [] if dot is None else [dot * weights[0] if weights else dot]
    parts += [] if weight_dot is None else [weight_dot]
    inner = parts[0] if len(parts) == 1 else parts[0] + parts[1]
    return total(inner * _shares(site), site.params["axis"], site.params["keepdims"])


def _softmax(site: Site, g: Expr) -> Expr:
    """Both ways: the Jacobian diag(y) - y yᵀ is symmetric."""
    y = site.result
    return y * (g - spread_sum(g * y, site.params["axis"]))


def _log_softmax(site: Site, g: Expr) -> Expr:
    return g - exp(site.result) * spread_sum(g, site.params["axis"])


def _log_softmax_tangent(site: Site, dot: Expr) -> Expr:
    return dot - spread_sum(exp(site.result) * dot, site.params["axis"])


rule("logsumexp", _logsumexp, _logsumexp_tangent)
rule("logsumexp_signed", _logsumexp, _logsumexp_tangent)
rule("softmax", _softmax, _softmax)
rule("log_softmax", _log_softmax, _log_softmax_tangent)
