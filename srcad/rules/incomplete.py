"""Derivatives of the incomplete gamma and beta functions, and of distribution functions that are these by other names.

In their shape parameters there is no closed form: helpers of generated code compute the first and the second one.
"""

from __future__ import annotations

from typing import NoReturn

from srcad.errors import NotYetSupported
from srcad.rules.language import Expr, apply, exp, floor, log, log1p
from srcad.rules.special import special
from srcad.rules.table import RuleTable, TermRule

TABLE = RuleTable()
slopes, pointwise = TABLE.slopes, TABLE.pointwise

digamma, gammaln, betaln, polygamma = map(special, ("digamma", "gammaln", "betaln", "polygamma"))
xlogy, xlog1py = map(special, ("xlogy", "xlog1py"))


def gamma_density(a: Expr, x: Expr) -> Expr:
    return exp(xlogy(a - 1, x) - x - gammaln(a))


def beta_density(a: Expr, b: Expr, x: Expr) -> Expr:
    return exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b))


def gamma_by_a(a: Expr, x: Expr) -> Expr:
    return apply("gammainc_by_a", a, x, order=1)


def beta_by_a(a: Expr | float, b: Expr | float, x: Expr) -> Expr:
    return apply("betainc_by_shapes", a, b, x, orders=(1, 0))


def beta_by_b(a: Expr | float, b: Expr | float, x: Expr) -> Expr:
    return apply("betainc_by_shapes", a, b, x, orders=(0, 1))


def _refuse_third(what: str) -> NoReturn:
    raise NotYetSupported(
        f"a third derivative of {what}", why="two of them are known", do="keep the shape parameters constant"
    )


# ---- how the derivatives in shape parameters move


def _gamma_by_a_in_a(g: Expr, a: Expr, x: Expr, y: Expr, *, order: int) -> Expr:
    if order == 2:
        _refuse_third("an incomplete gamma function with respect to a")
    return g * apply("gammainc_by_a", a, x, order=2)


def _gamma_by_a_in_x(g: Expr, a: Expr, x: Expr, y: Expr, *, order: int) -> Expr:
    """The derivative of the density in a: it moves by log(x) - digamma(a), and is 0 where the density is."""
    density = gamma_density(a, x)
    first = xlogy(density, x) - density * digamma(a)
    if order == 1:
        return g * first
    return g * (xlogy(first, x) - first * digamma(a) - density * polygamma(1, a))


pointwise("gammainc_by_a", _gamma_by_a_in_a, _gamma_by_a_in_x)


def _beta_higher(place: int) -> TermRule:
    def pull(g: Expr, a: Expr, b: Expr, x: Expr, y: Expr, *, orders: tuple[int, int]) -> Expr:
        if sum(orders) == 2:
            _refuse_third("an incomplete beta function with respect to its shape parameters")
        orders = (orders[0] + (place == 0), orders[1] + (place == 1))
        return g * apply("betainc_by_shapes", a, b, x, orders=orders)

    return pull


def _beta_in_x(g: Expr, a: Expr, b: Expr, x: Expr, y: Expr, *, orders: tuple[int, int]) -> Expr:
    """The derivative of the density: in a it moves by log(x) - digamma(a) + digamma(a + b), in b by its mirror."""
    density = beta_density(a, b, x)
    moved = density
    for _ in range(orders[0]):
        moved = xlogy(moved, x) + moved * (digamma(a + b) - digamma(a))
    for _ in range(orders[1]):
        moved = xlog1py(moved, -x) + moved * (digamma(a + b) - digamma(b))
    if sum(orders) == 2:
        own = {(2, 0): a, (0, 2): b}.get(orders)
        curve = polygamma(1, a + b)
        moved = moved + density * (curve if own is None else curve - polygamma(1, own))
    return g * moved


pointwise("betainc_by_shapes", _beta_higher(0), _beta_higher(1), _beta_in_x)


def _t_by_df_in_df(g: Expr, n: Expr, t: Expr, y: Expr, *, order: int) -> Expr:
    if order == 2:
        _refuse_third("Student's t distribution with respect to its degrees of freedom")
    return g * apply("stdtr_by_df", n, t, order=2)


def _t_by_df_in_t(g: Expr, n: Expr, t: Expr, y: Expr, *, order: int) -> Expr:
    """The derivative of the density in the degrees of freedom."""
    w = t**2 / n
    r = w / (1 + w)
    scale = digamma(0.5 * (n + 1)) - digamma(0.5 * n) - 1 / n
    first = 0.5 * (scale - log1p(w) + (1 + 1 / n) * r)
    if order == 1:
        return g * (_t_density(n, t) * first)
    curve = 0.5 * (polygamma(1, 0.5 * (n + 1)) - polygamma(1, 0.5 * n)) + 1 / n**2
    second = first**2 + 0.5 * (curve + r * ((1 + 1 / n) * r - 2 / n) / n)
    return g * (_t_density(n, t) * second)


pointwise("stdtr_by_df", _t_by_df_in_df, _t_by_df_in_t)

# ---- incomplete functions and their inverses

slopes("gammainc", lambda a, x, y: gamma_by_a(a, x), lambda a, x, y: gamma_density(a, x))
slopes("gammaincc", lambda a, x, y: -gamma_by_a(a, x), lambda a, x, y: -gamma_density(a, x))
for _name, _sign in (("gammaincinv", 1.0), ("gammainccinv", -1.0)):
    slopes(
        _name,
        lambda a, p, y: -(gamma_by_a(a, y) / gamma_density(a, y)),
        lambda a, p, y, _sign=_sign: _sign / gamma_density(a, y),
    )
slopes(
    "betainc",
    lambda a, b, x, y: beta_by_a(a, b, x),
    lambda a, b, x, y: beta_by_b(a, b, x),
    lambda a, b, x, y: beta_density(a, b, x),
)
slopes(
    "betaincc",
    lambda a, b, x, y: -beta_by_a(a, b, x),
    lambda a, b, x, y: -beta_by_b(a, b, x),
    lambda a, b, x, y: -beta_density(a, b, x),
)
for _name, _sign in (("betaincinv", 1.0), ("betainccinv", -1.0)):
    slopes(
        _name,
        lambda a, b, p, y: -(beta_by_a(a, b, y) / beta_density(a, b, y)),
        lambda a, b, p, y: -(beta_by_b(a, b, y) / beta_density(a, b, y)),
        lambda a, b, p, y, _sign=_sign: _sign / beta_density(a, b, y),
    )

# ---- distribution functions by other names


def _t_density(n: Expr, t: Expr) -> Expr:
    """By B(n / 2, 1 / 2), as two large logarithms of gamma functions have no difference."""
    log_scale = -betaln(0.5 * n, 0.5) - 0.5 * log(n)
    return exp(log_scale - 0.5 * (n + 1) * log1p(t**2 / n))


def _chi2_density(v: Expr, x: Expr) -> Expr:
    return 0.5 * gamma_density(0.5 * v, 0.5 * x)


def _chi2_by_df(v: Expr, x: Expr) -> Expr:
    return 0.5 * gamma_by_a(0.5 * v, 0.5 * x)


def _f_density(n: Expr, m: Expr, x: Expr) -> Expr:
    a, b, scaled = 0.5 * n, 0.5 * m, n / m * x
    return n / m * exp(xlogy(a - 1, scaled) - (a + b) * log1p(scaled) - betaln(a, b))


def _f_by_n(n: Expr, m: Expr, x: Expr) -> Expr:
    """F is the incomplete beta function at n x / (n x + m): by its parameter, and by its place."""
    share = n * x / (n * x + m)
    return 0.5 * beta_by_a(0.5 * n, 0.5 * m, share) + x / n * _f_density(n, m, x)


def _f_by_m(n: Expr, m: Expr, x: Expr) -> Expr:
    share = n * x / (n * x + m)
    return 0.5 * beta_by_b(0.5 * n, 0.5 * m, share) - x / m * _f_density(n, m, x)


def _counted(k: Expr) -> Expr:
    """How many: a number of events is rounded down."""
    return floor(k)


def _poisson(k: Expr, m: Expr) -> Expr:
    return exp(xlogy(_counted(k), m) - m - gammaln(_counted(k) + 1))


def _binomial(k: Expr, n: Expr, p: Expr) -> Expr:
    count = _counted(k)
    return exp(xlogy(count, p) + xlog1py(n - count - 1, -p) - betaln(n - count, count + 1))


def _negative_binomial(k: Expr, n: Expr, p: Expr) -> Expr:
    return exp(xlogy(n - 1, p) + xlog1py(k, -p) - betaln(n, k + 1))


slopes("stdtr", lambda n, t, y: apply("stdtr_by_df", n, t, order=1), lambda n, t, y: _t_density(n, t))
slopes(
    "stdtrit",
    lambda n, p, y: -(apply("stdtr_by_df", n, y, order=1) / _t_density(n, y)),
    lambda n, p, y: 1 / _t_density(n, y),
)
slopes("chdtr", lambda v, x, y: _chi2_by_df(v, x), lambda v, x, y: _chi2_density(v, x))
slopes("chdtrc", lambda v, x, y: -_chi2_by_df(v, x), lambda v, x, y: -_chi2_density(v, x))
slopes("chdtri", lambda v, p, y: -(_chi2_by_df(v, y) / _chi2_density(v, y)), lambda v, p, y: -1 / _chi2_density(v, y))
slopes(
    "fdtr",
    lambda n, m, x, y: _f_by_n(n, m, x),
    lambda n, m, x, y: _f_by_m(n, m, x),
    lambda n, m, x, y: _f_density(n, m, x),
)
slopes(
    "fdtrc",
    lambda n, m, x, y: -_f_by_n(n, m, x),
    lambda n, m, x, y: -_f_by_m(n, m, x),
    lambda n, m, x, y: -_f_density(n, m, x),
)
slopes(
    "fdtri",
    lambda n, m, p, y: -(_f_by_n(n, m, y) / _f_density(n, m, y)),
    lambda n, m, p, y: -(_f_by_m(n, m, y) / _f_density(n, m, y)),
    lambda n, m, p, y: 1 / _f_density(n, m, y),
)
for _name, _sign in (("gdtr", 1.0), ("gdtrc", -1.0)):
    slopes(
        _name,
        lambda a, b, x, y, _sign=_sign: _sign * x * gamma_density(b, a * x),
        lambda a, b, x, y, _sign=_sign: _sign * gamma_by_a(b, a * x),
        lambda a, b, x, y, _sign=_sign: _sign * a * gamma_density(b, a * x),
    )
slopes("pdtr", None, lambda k, m, y: -_poisson(k, m))
slopes("pdtrc", None, lambda k, m, y: _poisson(k, m))
slopes("pdtri", None, lambda k, p, y: -1 / _poisson(k, y))
slopes("bdtr", None, None, lambda k, n, p, y: -_binomial(k, n, p))
slopes("bdtrc", None, None, lambda k, n, p, y: _binomial(k, n, p))
slopes("bdtri", None, None, lambda k, n, p, y: -1 / _binomial(k, n, y))
slopes("nbdtr", None, None, lambda k, n, p, y: _negative_binomial(k, n, p))
slopes("nbdtrc", None, None, lambda k, n, p, y: -_negative_binomial(k, n, p))
