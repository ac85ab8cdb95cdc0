"""Formulas of continuous distributions that take more than an expression."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

from srcad.definitions.words import known

LOG_2 = math.log(2.0)
LOG_PI = math.log(math.pi)
LOG_ROOT = math.log(math.sqrt(2.0 * math.pi))
ROOT = math.sqrt(2.0 * math.pi)
EULER = 0.5772156649015329
# whether exponnorm goes by the scaled error function where that is exact, as it does in SciPy since 1.18
BY_ERFCX = bool(abs(stats.exponnorm.logpdf(0.0, 1e-6) + LOG_ROOT) < 1e-9)


def normal_logpdf(x):
    return -(x**2) / 2.0 - LOG_ROOT


def t_logpdf(x, df):
    if known(df) and df == math.inf:
        return normal_logpdf(x)
    constant = np.log(special.poch(0.5 * df, 0.5)) - 0.5 * (np.log(df) + LOG_PI)
    return constant - (df + 1.0) / 2.0 * np.log1p(x * x / df)


def t_var(df):
    return np.where(df > 2.0, df / np.where(df > 2.0, df - 2.0, 1.0), np.where(df > 1.0, np.inf, np.nan))


def f_logpdf(x, n, m):
    whole = m / 2.0 * np.log(m) + n / 2.0 * np.log(n) + special.xlogy(n / 2.0 - 1.0, x)
    return whole - ((n + m) / 2.0 * np.log(m + n * x) + special.betaln(n / 2.0, m / 2.0))


def where_above(a, least, value, otherwise):
    """A moment that is there for parameters above a number."""
    return np.where(a > least, value(np.where(a > least, a, least + 1.0)), otherwise)


def f_var(n, m):
    def value(m):
        return 2.0 * m * m * (n + m - 2.0) / (n * (m - 2.0) ** 2 * (m - 4.0))

    return where_above(m, 4.0, value, np.inf)


def chi_mean(df):
    return math.sqrt(2.0) * special.poch(0.5 * df, 0.5)


def cauchy_logpdf(x):
    size = np.abs(x)
    far = size >= 1.0
    near = -LOG_PI - np.log1p(np.where(far, 0.0, x) ** 2)
    away = np.where(far, size, 1.0)
    return np.where(far, -LOG_PI - (2.0 * np.log(away) + np.log1p((1.0 / away) ** 2)), near)


def laplace_cdf(x):
    right = x > 0.0
    return np.where(right, 1.0 - 0.5 * np.exp(-np.where(right, x, 0.0)), 0.5 * np.exp(np.where(right, 0.0, x)))


def laplace_ppf(q):
    return np.where(q > 0.5, -np.log(2.0 * (1.0 - np.where(q > 0.5, q, 0.5))), np.log(2.0 * np.where(q > 0.5, 0.5, q)))


def cauchy_ppf(q):
    right = q > 0.5
    upper = 1.0 / np.tan(math.pi * np.where(right, 1.0 - q, 0.5))
    return np.where(right, upper, -1.0 / np.tan(math.pi * np.where(right, 0.5, q)))


def logistic_logpdf(x):
    return special.log_expit(x) + special.log_expit(-x)


def lognorm_logpdf(x, s):
    return -(np.log(x) ** 2) / (2.0 * s**2) - np.log(s * x * ROOT)


def triang_pdf(x, c):
    left = (x < c) | (c == 1.0)
    return np.where(left, 2.0 * x / np.where(left, c, 1.0), 2.0 * (1.0 - x) / np.where(left | (c == 1.0), 1.0, 1.0 - c))


def triang_cdf(x, c):
    left = (x < c) | (c == 1.0)
    right = 1.0 - (1.0 - x) ** 2 / np.where(left | (c == 1.0), 1.0, 1.0 - c)
    return np.where(left, x * x / np.where(left, c, 1.0), right)


def triang_ppf(q, c):
    left = q < c
    rising = np.sqrt(np.where(left, c * q, 1.0))
    return np.where(left, rising, 1.0 - np.sqrt(np.where(left, 1.0, (1.0 - c) * (1.0 - q))))


def invgauss_logcdf(x, mu):
    factor = 1.0 / np.sqrt(x)
    a = special.log_ndtr(factor * (x / mu - 1.0))
    b = 2.0 / mu + special.log_ndtr(-factor * (x / mu + 1.0))
    return a + np.log1p(np.exp(b - a))


def invgauss_logsf(x, mu):
    factor = 1.0 / np.sqrt(x)
    a = special.log_ndtr(-factor * (x / mu - 1.0))
    b = 2.0 / mu + special.log_ndtr(-factor * (x / mu + 1.0))
    return a + np.log1p(-np.exp(b - a))


def log1p_ratio(c, x):
    """log(1 + c x) / c, which is x where c is 0."""
    straight = np.abs(c * x) < 1e-5
    y = np.where(straight, 0.5, c * x)
    u = c * x
    series = x * (1.0 - u * (1.0 / 2.0 - u * (1.0 / 3.0 - u * (1.0 / 4.0 - u / 5.0))))
    return np.where(straight, series, np.log1p(y) / np.where(straight, 1.0, c))


def expm1_ratio(c, x):
    """(exp(c x) - 1) / c, which is x where c is 0."""
    straight = np.abs(c * x) < 1e-5
    y = np.where(straight, 0.5, c * x)
    u = c * x
    series = x * (1.0 + u * (1.0 / 2.0 + u * (1.0 / 6.0 + u * (1.0 / 24.0 + u / 120.0))))
    return np.where(straight, series, np.expm1(y) / np.where(straight, 1.0, c))


def genextreme_logpdf(x, c):
    z = log1p_ratio(-c, x)
    return -np.exp(-z) - z * (1.0 - c)


def genextreme_ends(c):
    lower = np.where(c < 0.0, 1.0 / np.where(c < 0.0, c, -1.0), -np.inf)
    return lower, np.where(c > 0.0, 1.0 / np.where(c > 0.0, c, 1.0), np.inf)


def genpareto_ends(c):
    return 0.0, np.where(c < 0.0, -1.0 / np.where(c < 0.0, c, -1.0), np.inf)


def log_difference(a, b):
    """log(exp(a) - exp(b)) for a > b."""
    return a + np.log1p(-np.exp(b - a))


def log_mass(a, b):
    """The logarithm of the probability of a standard normal number between a < b, without cancellation."""
    right = a > 0.0
    left = np.where(right, -b, a)
    other = np.where(right, -a, b)
    central = other > 0.0
    tails = log_difference(
        special.log_ndtr(np.where(central, -1.0, other)), special.log_ndtr(np.where(central, -2.0, left))
    )
    middle = np.log1p(-special.ndtr(np.where(central, left, -1.0)) - special.ndtr(-np.where(central, other, 1.0)))
    return np.where(central, middle, tails)


def between(a, b):
    """A place between two ends, which may be infinite."""
    open_above = np.where(np.isinf(a), 0.0, a + 1.0)
    closed_above = np.where(np.isinf(a), b - 1.0, 0.5 * (a + b))
    return np.where(np.isinf(b), open_above, closed_above)


def truncnorm_mean(a, b):
    mass = log_mass(a, b)
    return np.exp(normal_logpdf(a) - mass) - np.exp(normal_logpdf(b) - mass)


def truncnorm_var(a, b):
    mass = log_mass(a, b)
    low = np.exp(normal_logpdf(a) - mass)
    high = np.exp(normal_logpdf(b) - mass)
    first = np.where(np.isinf(a), 0.0, low * np.where(np.isinf(a), 0.0, a))
    second = np.where(np.isinf(b), 0.0, high * np.where(np.isinf(b), 0.0, b))
    return 1.0 + first - second - (low - high) ** 2


def exponnorm_logpdf(x, k):
    scaled, near, far, rate = exponnorm_sides(x, k)
    by_erfcx = np.log(special.erfcx((1.0 / k - near) / math.sqrt(2.0))) - LOG_2 - 0.5 * near**2
    return np.where(scaled, by_erfcx, exponnorm_log_weight(far, rate)) - np.log(k)


def exponnorm_cdf(x, k):
    return special.ndtr(x) - exponnorm_weight(x, k)


def exponnorm_sf(x, k):
    return special.ndtr(-x) + exponnorm_weight(x, k)


def exponnorm_weight(x, k):
    """k times the density."""
    scaled, near, far, rate = exponnorm_sides(x, k)
    by_erfcx = 0.5 * np.exp(-0.5 * near**2) * special.erfcx((1.0 / k - near) / math.sqrt(2.0))
    return np.where(scaled, by_erfcx, np.exp(exponnorm_log_weight(far, rate)))


def exponnorm_log_weight(x, rate):
    return rate * (0.5 * rate - x) + special.log_ndtr(x - rate)


def exponnorm_sides(x, k):
    """Where the scaled error function is used; the places there, and the places and rates elsewhere."""
    scaled = (x * k <= 1.0) & (k < 1.0) & BY_ERFCX
    return scaled, np.where(scaled, x, 0.0), np.where(scaled, 0.0, x), 1.0 / np.where(scaled, 1.0, k)


def gennorm_cdf(x, b):
    c = 0.5 * np.sign(x)
    return (0.5 + c) - c * special.gammaincc(1.0 / b, np.abs(x) ** b)


def asymmetric_logpdf(x, k):
    return x * np.where(x >= 0.0, -k, 1.0 / k) - np.log(k + 1.0 / k)


def asymmetric_cdf(x, k):
    right = np.exp(-np.where(x >= 0.0, x, 0.0) * k) * (1.0 / k / (k + 1.0 / k))
    return np.where(x >= 0.0, 1.0 - right, np.exp(np.where(x >= 0.0, 0.0, x) / k) * (k / (k + 1.0 / k)))


def asymmetric_sf(x, k):
    left = np.exp(np.where(x >= 0.0, 0.0, x) / k) * (k / (k + 1.0 / k))
    return np.where(x >= 0.0, np.exp(-np.where(x >= 0.0, x, 0.0) * k) * (1.0 / k / (k + 1.0 / k)), 1.0 - left)


def asymmetric_ppf(q, k):
    both = k + 1.0 / k
    right = q >= k / both
    upper = -np.log((1.0 - np.where(right, q, 0.0)) * both * k) / k
    return np.where(right, upper, np.log(np.where(right, 1.0, q) * both / k) * k)


def burr_logpdf(x, c, d):
    near = x < 1.0
    y, z = np.where(near, x, 1.0), np.where(near, 1.0, x)
    low = special.xlogy(c * d - 1.0, y) - (d + 1.0) * np.log1p(y**c)
    return np.log(c) + np.log(d) + np.where(near, low, -(c + 1.0) * np.log(z) - (d + 1.0) * np.log1p(z ** (-c)))


def dweibull_cdf(x, c):
    half = 0.5 * np.exp(-(np.abs(x) ** c))
    return np.where(x > 0.0, 1.0 - half, half)


def dgamma_cdf(x, a):
    right = x > 0.0
    upper = 0.5 + 0.5 * special.gammainc(a, np.where(right, x, 1.0))
    return np.where(right, upper, 0.5 * special.gammaincc(a, np.where(right, 1.0, -x)))


def johnsonsu_logpdf(x, a, b):
    return np.log(b) - 0.5 * np.log(x * x + 1.0) + normal_logpdf(a + b * np.arcsinh(x))


def johnsonsb_logpdf(x, a, b):
    return np.log(b) - np.log(x * (1.0 - x)) + normal_logpdf(a + b * special.logit(x))


def skew(a):
    return math.sqrt(2.0 / math.pi) * a / np.sqrt(1.0 + a**2)


def moment_of_pareto(b):
    return where_above(b, 2.0, lambda b: b / (b - 2.0) / (b - 1.0) ** 2, np.inf)


def weibull_var(c):
    return special.gamma(1.0 + 2.0 / c) - special.gamma(1.0 + 1.0 / c) ** 2


def chi2_logpdf(x, df):
    return special.xlogy(df / 2.0 - 1.0, x) - x / 2.0 - special.gammaln(df / 2.0) - (LOG_2 * df) / 2.0


def nakagami_logpdf(x, nu):
    return LOG_2 + nu * np.log(nu) - special.gammaln(nu) + special.xlogy(2.0 * nu - 1.0, x) - nu * x**2


def nakagami_mean(nu):
    return special.poch(nu, 0.5) / np.sqrt(nu)


def hypsecant_ppf(q):
    right = q > 0.5
    upper = -np.log(np.tan(math.pi / 2.0 * np.where(right, 1.0 - q, 0.5)))
    return np.where(right, upper, np.log(np.tan(math.pi / 2.0 * np.where(right, 0.5, q))))


def dweibull_ppf(q, c):
    right = q > 0.5
    size = (-np.log(2.0 * np.where(right, 1.0 - q, q))) ** (1.0 / c)
    return np.where(right, size, -size)


def f_share(x, n, m):
    """The part of the numerator in an F ratio."""
    return n * x / (m + n * x)


def f_ppf(q, n, m):
    y = special.betaincinv(0.5 * n, 0.5 * m, q)
    return m * y / (n * (1.0 - y))
