"""Derivatives of elementwise operations.

`g` is a bar (or, forwards, the operand's tangent), `x, y` are operands, the last argument is the result. What is only a
factor is written before what is an array, and negations stand outside: both are cheaper where bars are small, or are
subtracted from others.

At kinks: zero for absolute, hypot, copysign; ties are shared equally; clip passes on the closed interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from srcad.errors import NotYetSupported
from srcad.rules.language import (
    Expr,
    Operand,
    absolute,
    apply,
    conjugate,
    copysign,
    cos,
    cosh,
    equal,
    imag,
    log,
    nonzero,
    not_equal,
    or_infinity,
    real,
    sign,
    sin,
    sinh,
    sqrt,
    where,
)
from srcad.rules.table import LocalSlope, RuleTable, Site, TermRule

TABLE = RuleTable()
flat, slopes, pointwise, rule = TABLE.flat, TABLE.slopes, TABLE.pointwise, TABLE.rule

LN2, LN10 = math.log(2.0), math.log(10.0)

flat("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
flat("logical_and", "logical_or", "logical_xor", "logical_not", "isnan", "isinf", "isfinite", "isclose", "signbit")
flat("bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift", "gcd", "lcm")
flat("sign", "floor", "ceil", "trunc", "rint", "round", "floor_divide", "spacing", "exponent")

# ---- arithmetic


def _once(double: TermRule, pull: TermRule) -> TermRule:
    """The pull of the first operand of a symmetric operation, which may be the second one too: x * x, x + x."""
    return lambda g, x, y, z: double(g, x) if x.atom is y.atom else pull(g, x, y, z)


def _unless_same(pull: TermRule) -> TermRule:
    """The pull of the second operand, unless the first one's has it already."""
    return lambda g, x, y, z: None if x.atom is y.atom else pull(g, x, y, z)


pointwise("add", _once(lambda g, x: 2 * g, lambda g, x, y, z: g), _unless_same(lambda g, x, y, z: g))
slopes("subtract", 1, -1)
slopes("negative", -1)
slopes("positive", 1)
pointwise(
    "multiply",
    _once(lambda g, x: 2 * g * x, lambda g, x, y, z: g * y),
    _unless_same(lambda g, x, y, z: g * x),
)


def _divide_tangent(site: Site, x_dot: Expr | None, y_dot: Expr | None) -> Expr:
    """With a single division: (x_dot - y_dot z) / y."""
    (_, y), z = site.operands, site.result
    if x_dot is None or y_dot is None:
        return -(y_dot / y * z) if x_dot is None else x_dot / y
    return (x_dot - y_dot * z) / y


pointwise("divide", lambda g, x, y, z: g / y, lambda g, x, y, z: -(g / y * z), tangent=_divide_tangent)
pointwise("reciprocal", lambda g, x, y: -(g * y**2))
pointwise("square", lambda g, x, y: 2 * g * x)
slopes("fraction", 1)
pointwise("remainder", lambda g, x, y, z: g, lambda g, x, y, z: -(g * (x // y)))
pointwise("fmod", lambda g, x, y, z: g, lambda g, x, y, z: -(g * apply("trunc", x / y)))


def _power_base(g: Expr, x: Expr, p: Expr, y: Expr, *, of_squares: bool = False) -> Expr | None:
    """p x**(p - 1), without 0 * x**-1 where the exponent is 0."""
    n: complex | None = p.constant
    if of_squares:
        return _power_of_squares(g, x, p, y)
    if n is None:
        return p * g * x ** where(not_equal(p, 0), p - 1, 0)
    if n in _SIMPLE_POWERS:
        return _SIMPLE_POWERS[n](g, x, y)
    return n * g * (y / x if isinstance(n, (int, float)) and n < 0 else x ** (n - 1))


def _power_of_squares(g: Expr, x: Expr, p: Expr, y: Expr) -> Expr:
    """Of a sum of squares, which has the slope 0 where it is 0."""
    if p.constant > 1:
        return p * g * apply("power", x, p.constant - 1, of_squares=True)
    return 0.5 * g / or_infinity(y) if p.constant == 0.5 else p * g * (y / or_infinity(x))


_SIMPLE_POWERS: dict[complex, Callable[[Expr, Expr, Expr], Expr | None]] = {
    0: lambda g, x, y: None,
    1: lambda g, x, y: g,
    2: lambda g, x, y: 2 * g * x,
    0.5: lambda g, x, y: 0.5 * g / y,
    -1: lambda g, x, y: -(g * y**2),
}


def _power_exponent(g: Expr, x: Expr, p: Expr, y: Expr) -> Expr:
    """y log(x), and 0 where x is 0."""
    base = x.constant
    if isinstance(base, (int, float)) and base > 0:
        return g * y * math.log(base)
    return g * y * log(nonzero(x))


pointwise("power", _power_base, _power_exponent)
pointwise("float_power", _power_base, _power_exponent)

# ---- exponentials and logarithms

slopes("exp", lambda x, y: y)
slopes("expm1", lambda x, y: y + 1)
pointwise("exp2", lambda g, x, y: LN2 * g * y)
pointwise("log", lambda g, x, y: g / x)
pointwise("log2", lambda g, x, y: g / (LN2 * x))
pointwise("log10", lambda g, x, y: g / (LN10 * x))
pointwise("log1p", lambda g, x, y: g / (1 + x))
pointwise("sqrt", lambda g, x, y, *, of_squares=False: 0.5 * g / (or_infinity(y) if of_squares else y))
pointwise("cbrt", lambda g, x, y: g / (3 * y**2))


def _shares(name: str) -> tuple[LocalSlope, LocalSlope]:
    """What the greater of two numbers leaves to the other has digits of its own, which 1 minus the greater has not."""
    share = _operation(name)
    return lambda x, y, z: share(x, y), lambda x, y, z: share(y, x)


def _operation(name: str) -> Callable[[Expr, Expr], Expr]:
    return lambda x, y: apply(name, x, y, python=False)


slopes("logaddexp", *_shares("share"))
slopes("logaddexp2", *_shares("share2"))
for _name, _scale in (("share", 1.0), ("share2", LN2)):
    _share = _operation(_name)
    pointwise(
        _name,
        lambda g, x, y, z, share=_share, scale=_scale: scale * g * (z * share(y, x)),
        lambda g, x, y, z, share=_share, scale=_scale: -(scale * g * (z * share(y, x))),
    )

# ---- trigonometry

slopes("sin", lambda x, y: cos(x))
pointwise("cos", lambda g, x, y: -(g * sin(x)))
slopes("tan", lambda x, y: 1 + y**2)
pointwise("arcsin", lambda g, x, y: g / sqrt(1 - x**2))
pointwise("arccos", lambda g, x, y: -(g / sqrt(1 - x**2)))
pointwise("arctan", lambda g, x, y: g / (1 + x**2))
slopes("sinh", lambda x, y: cosh(x))
slopes("cosh", lambda x, y: sinh(x))
slopes("tanh", lambda x, y: 1 - y**2)
pointwise("arcsinh", lambda g, x, y: g / (sqrt(x**2 + 1) if x.is_complex else apply("hypot", x, 1.0)))
pointwise("arccosh", lambda g, x, y: g / (sqrt(x - 1) * sqrt(x + 1)))
pointwise("arctanh", lambda g, x, y: g / (1 - x**2))


def _turned(g: Expr, y: Expr, x: Expr, away: Expr) -> Expr:
    """g away / (x**2 + y**2), without squares, which may be too large, or 0."""
    r = apply("hypot", x, y)
    return g * (away / r) / r


pointwise("arctan2", lambda g, y, x, z: _turned(g, y, x, x), lambda g, y, x, z: -_turned(g, y, x, y))


def _cosine(x: Expr, y: Expr, r: Expr) -> Expr:
    return apply("cosine", x, y, r)


pointwise(
    "hypot",
    lambda g, x, y, z: g * _cosine(x, y, or_infinity(z)),
    lambda g, x, y, z: g * _cosine(y, x, or_infinity(z)),
)
# of r nothing goes further, as it is known to be hypot(x, y)
pointwise(
    "cosine",
    lambda g, x, y, r, z: g * _cosine(y, x, r) ** 2 / r,
    lambda g, x, y, r, z: -(g * z * _cosine(y, x, r) / r),
    None,
)
pointwise("radians", lambda g, x, y: (math.pi / 180) * g)
pointwise("degrees", lambda g, x, y: (180 / math.pi) * g)


def _sinc_slope(x: Expr, y: Expr) -> Operand:
    """(cos(pi x) - sinc(x)) / x, whose digits cancel near 0: there the first terms of its series at 0.

    With z = (pi x)**2 the series is pi**2 x * sum over k of (-1)**(k + 1) (2 k + 2) / (2 k + 3)! z**k; at |x| = 0.1
    what is left out is below rounding. So higher derivatives are right at 0 as well.
    """
    z = (math.pi**2) * (x * x)
    terms = [(-1) ** (k + 1) * (2 * k + 2) / math.factorial(2 * k + 3) for k in range(_SINC_TERMS)]
    series: Operand = terms[-1]
    for term in reversed(terms[:-1]):
        series = z * series + term
    near = absolute(z) if x.is_complex else z
    return where(near < 0.01 * math.pi**2, (math.pi**2) * x * series, (cos(math.pi * x) - y) / nonzero(x))


_SINC_TERMS = 7
slopes("sinc", _sinc_slope)

# ---- kinks and choices


def _larger(g: Expr, x: Expr, y: Expr, z: Expr) -> Expr:
    """The whole bar where x is larger than y, half of it where they are equal."""
    if z.is_complex:
        return _returned(g, x, y, z)
    return where(x >= y, _halved(g, equal(x, y)), 0.0)


def _smaller(g: Expr, x: Expr, y: Expr, z: Expr) -> Expr:
    if z.is_complex:
        return _returned(g, x, y, z)
    return where(x <= y, _halved(g, equal(x, y)), 0.0)


def _halved(g: Expr, ties: Expr) -> Expr:
    """Half of the bar at ties; for arrays by a factor, as choosing takes several times as long as multiplying."""
    by_factor = ties.type.is_array and g.dtype == "float64"
    return (1.0 - 0.5 * ties) * g if by_factor else where(ties, 0.5 * g, g)


def _second(pull: TermRule) -> TermRule:
    """What goes to the second operand of a symmetric operation: the rule of the first, with operands exchanged."""
    return lambda g, x, y, z: pull(g, y, x, z)


def _returned(g: Expr, x: Expr, y: Expr, z: Expr) -> Expr:
    """The whole bar where x is what came out, as the number does beside a NaN; half of it where both did."""
    return where(equal(x, z), _halved(g, equal(x, y)), 0.0)


for _name in ("maximum", "python_max"):
    pointwise(_name, _larger, _second(_larger))
for _name in ("minimum", "python_min"):
    pointwise(_name, _smaller, _second(_smaller))
for _name in ("fmax", "fmin"):
    pointwise(_name, _returned, _second(_returned))


def _absolute(site: Site, g: Expr) -> Expr:
    """The adjoint; of a complex number a change dx changes the modulus by the real part of conj(x) dx / y."""
    (x,), y = site.operands, site.result
    return g * conjugate(x) / or_infinity(y) if x.is_complex else g * sign(x)


def _absolute_tangent(site: Site, dot: Expr) -> Expr:
    (x,), y = site.operands, site.result
    return real(conjugate(x) * dot) / or_infinity(y) if x.is_complex else dot * sign(x)


rule("absolute", _absolute, _absolute_tangent, pointwise=True)


def _clip_low(g: Expr, x: Expr, low: Expr, high: Expr, y: Expr) -> Expr:
    """Where both bounds would hold, the upper one does."""
    below = x < low
    return where(below if high.is_none else apply("bitwise_and", below, low <= high), g, 0.0)


def _clip_high(g: Expr, x: Expr, low: Expr, high: Expr, y: Expr) -> Expr:
    above = x > high
    return where(above if low.is_none else apply("bitwise_or", above, low > high), g, 0.0)


def _clip_inside(g: Expr, x: Expr, low: Expr, high: Expr, y: Expr) -> Expr:
    tests = ([] if low.is_none else [x >= low]) + ([] if high.is_none else [x <= high])
    if len(tests) == 2:
        tests = [apply("bitwise_and", *tests)]
    return where(tests[0], g, 0.0) if tests else g


pointwise("clip", _clip_inside, _clip_low, _clip_high)


def _where_tangent(site: Site, c: None, a: Expr | None, b: Expr | None) -> Expr:
    return where(site.operands[0], 0.0 if a is None else a, 0.0 if b is None else b)


def _where_finite(g: Expr, x: Expr, y: Expr) -> Expr:
    if x.is_complex:
        raise NotYetSupported("the derivative of np.nan_to_num of complex numbers", do="take their parts apart")
    return where(apply("isfinite", x), g, 0.0)


pointwise(
    "where",
    None,
    lambda g, c, a, b, y: where(c, g, 0.0),
    lambda g, c, a, b, y: where(c, 0.0, g),
    tangent=_where_tangent,
)

slopes("copysign", lambda x, y, z: sign(x) * copysign(1.0, y), None)
pointwise("heaviside", None, lambda g, x, half, y: where(equal(x, 0), g, 0.0))
pointwise("nan_to_num", _where_finite)
pointwise("ldexp", lambda g, x, i, y: apply("ldexp", g, i), None)
slopes("nextafter", 1, None)

# ---- complex numbers


def _imag(site: Site, g: Expr) -> Expr:
    return -1j * g


rule("real", lambda site, g: g, lambda site, dot: real(dot), pointwise=True)
rule("imag", _imag, lambda site, dot: imag(dot), pointwise=True)
rule("conjugate", lambda site, g: conjugate(g), lambda site, dot: conjugate(dot), pointwise=True)
