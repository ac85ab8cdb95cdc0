"""Distributions of scipy.stats that fewer people use, as a table of formulas."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from srcad.definitions.distribution import Distribution
from srcad.definitions.formulas import LOG_2, LOG_ROOT, ROOT, lognorm_logpdf, normal_logpdf


def crystalball_parts(x, b, m):
    """Whether a place is in the tail, and the places in the tail and beside it."""
    tail = x <= -b
    return tail, np.where(tail, x, -b - 1.0), np.where(tail, -b + 1.0, x)


def crystalball_mass(b, m):
    return m / b / (m - 1.0) * np.exp(-0.5 * b**2) + ROOT * special.ndtr(b)


def crystalball_logpdf(x, b, m):
    tail, far, near = crystalball_parts(x, b, m)
    power = m * np.log(m / b) - 0.5 * b**2 - m * np.log(m / b - b - far)
    return np.where(tail, power, -0.5 * near**2) - np.log(crystalball_mass(b, m))


def crystalball_cdf(x, b, m):
    tail, far, near = crystalball_parts(x, b, m)
    start = m / b * np.exp(-0.5 * b**2) / (m - 1.0)
    power = (m / b) ** m * np.exp(-0.5 * b**2) * (m / b - b - far) ** (1.0 - m) / (m - 1.0)
    return np.where(tail, power, start + ROOT * (special.ndtr(near) - special.ndtr(-b))) / crystalball_mass(b, m)


def at_share(x):
    """x / (1 + x)."""
    return x / (1.0 + x)


def genhalflogistic_root(x, c):
    return (1.0 - c * x) ** (1.0 / c)


def genlogistic_logpdf(x, c):
    return np.log(c) - x - (c + 1.0) * np.logaddexp(0.0, -x)


def loglaplace_pdf(x, c):
    low = x < 1.0
    return 0.5 * c * np.where(low, np.where(low, x, 0.5) ** (c - 1.0), np.where(low, 2.0, x) ** (-c - 1.0))


def loglaplace_cdf(x, c):
    low = x < 1.0
    return np.where(low, 0.5 * np.where(low, x, 0.5) ** c, 1.0 - 0.5 * np.where(low, 2.0, x) ** (-c))


def loglaplace_ppf(q, c):
    low = q < 0.5
    return np.where(
        low, (2.0 * np.where(low, q, 0.25)) ** (1.0 / c), (2.0 * (1.0 - np.where(low, 0.75, q))) ** (-1.0 / c)
    )


def norminvgauss_logpdf(x, a, b):
    size = np.sqrt(1.0 + x**2)
    return np.log(a / math.pi) + np.log(special.k1e(a * size)) + b * x - a * size + np.sqrt(a**2 - b**2) - np.log(size)


def skewcauchy_side(x, a):
    return 1.0 + a * np.sign(x)


def skewcauchy_ppf(q, a):
    low = q < 0.5 * (1.0 - a)
    side = np.where(low, 1.0 - a, 1.0 + a)
    return np.tan(math.pi / side * (q - 0.5 * (1.0 - a))) * side


def between_powers(c, a, b):
    return np.exp(-(a**c)) - np.exp(-(b**c))


def wrapcauchy_cdf(x, c):
    low = x < math.pi
    ratio = (1.0 + c) / (1.0 - c)
    turned = np.arctan(ratio * np.tan(0.5 * np.where(low, x, 2.0 * math.pi - x))) / math.pi
    return np.where(low, turned, 1.0 - turned)


def wrapcauchy_ppf(q, c):
    low = q < 0.5
    turned = 2.0 * np.arctan((1.0 - c) / (1.0 + c) * np.tan(math.pi * np.where(low, q, 1.0 - q)))
    return np.where(low, turned, 2.0 * math.pi - turned)


def recipinvgauss_logpdf(x, mu):
    below = x <= 0.0
    y = np.where(below, 1.0, x)
    value = -((1.0 - mu * y) ** 2.0) / (2.0 * y * mu**2.0) - 0.5 * np.log(2.0 * math.pi * y)
    return np.where(below, -np.inf + 0.0 * mu, value)


def trapezoid_pdf(x, c, d):
    up, down = x < c, x > d
    rising = x / np.where(c > 0.0, c, 1.0)
    falling = (1.0 - x) / np.where(d < 1.0, 1.0 - d, 1.0)
    return 2.0 / (d - c + 1.0) * np.where(up, rising, np.where(down, falling, 1.0 + 0.0 * x))


def trapezoid_cdf(x, c, d):
    width = d - c + 1.0
    up, down = x < c, x > d
    rising = x**2 / np.where(c > 0.0, c, 1.0) / width
    falling = 1.0 - (1.0 - x) ** 2 / width / np.where(d < 1.0, 1.0 - d, 1.0)
    return np.where(up, rising, np.where(down, falling, (c + 2.0 * (x - c)) / width))


def skew_t_place(x, a, b):
    return 0.5 * (1.0 + x / np.sqrt(a + b + x**2))


def skew_t_logpdf(x, a, b):
    turned = x / np.sqrt(a + b + x**2)
    scale = (a + b - 1.0) * LOG_2 + special.betaln(a, b) + 0.5 * np.log(a + b)
    return (a + 0.5) * np.log1p(turned) + (b + 0.5) * np.log1p(-turned) - scale


def skew_t_ppf(q, a, b):
    place = special.betaincinv(a, b, q)
    return (2.0 * place - 1.0) * np.sqrt(a + b) / (2.0 * np.sqrt(place * (1.0 - place)))


def fatiguelife_ppf(q, c):
    moved = c * special.ndtri(q)
    return 0.25 * (moved + np.sqrt(moved**2 + 4.0)) ** 2


def genexpon_logsf(x, a, b, c):
    return -(a + b) * x - b * np.expm1(-c * x) / c


RARER: dict[str, Distribution] = {
    "alpha": Distribution(
        open=True,
        logpdf=lambda x, a: -2.0 * np.log(x) + normal_logpdf(a - 1.0 / x) - np.log(special.ndtr(a)),
        cdf=lambda x, a: special.ndtr(a - 1.0 / x) / special.ndtr(a),
        ppf=lambda q, a: 1.0 / (a - special.ndtri(q * special.ndtr(a))),
        lower=0.0,
        shapes="p",
    ),
    "anglit": Distribution(
        pdf=lambda x: np.cos(2.0 * x),
        cdf=lambda x: np.sin(x + math.pi / 4.0) ** 2.0,
        sf=lambda x: np.cos(x + math.pi / 4.0) ** 2.0,
        ppf=lambda q: np.arcsin(np.sqrt(q)) - math.pi / 4.0,
        lower=-math.pi / 4.0,
        upper=math.pi / 4.0,
        inside=0.0,
        mean=lambda: 0.0,
        var=lambda: math.pi**2 / 16.0 - 0.5,
        entropy=lambda: 1.0 - LOG_2,
    ),
    "betaprime": Distribution(
        logpdf=lambda x, a, b: special.xlogy(a - 1.0, x) - special.xlog1py(a + b, x) - special.betaln(a, b),
        cdf=lambda x, a, b: special.betainc(a, b, at_share(x)),
        sf=lambda x, a, b: special.betainc(b, a, 1.0 / (1.0 + x)),
        lower=0.0,
        infinite=False,
        open=True,
        shapes="pp",
    ),
    "crystalball": Distribution(
        infinite=False,
        logpdf=crystalball_logpdf,
        cdf=crystalball_cdf,
        shapes="pp",
        valid=lambda b, m: m > 1.0,
    ),
    "exponpow": Distribution(
        logpdf=lambda x, b: 1.0 + np.log(b) + special.xlogy(b - 1.0, x) + x**b - np.exp(x**b),
        cdf=lambda x, b: -np.expm1(-np.expm1(x**b)),
        sf=lambda x, b: np.exp(-np.expm1(x**b)),
        logsf=lambda x, b: -np.expm1(x**b),
        ppf=lambda q, b: np.log1p(-np.log1p(-q)) ** (1.0 / b),
        isf=lambda q, b: np.log1p(-np.log(q)) ** (1.0 / b),
        lower=0.0,
        shapes="p",
    ),
    "fatiguelife": Distribution(
        open=True,
        logpdf=lambda x, c: (
            np.log(x + 1.0) - (x - 1.0) ** 2 / (2.0 * x * c**2) - np.log(2.0 * c) - LOG_ROOT - 1.5 * np.log(x)
        ),
        cdf=lambda x, c: special.ndtr((np.sqrt(x) - 1.0 / np.sqrt(x)) / c),
        sf=lambda x, c: special.ndtr(-(np.sqrt(x) - 1.0 / np.sqrt(x)) / c),
        ppf=fatiguelife_ppf,
        isf=lambda q, c: fatiguelife_ppf(q, -c),
        lower=0.0,
        shapes="p",
        mean=lambda c: 0.5 * c**2 + 1.0,
        var=lambda c: c**2 * (1.25 * c**2 + 1.0),
    ),
    "foldcauchy": Distribution(
        pdf=lambda x, c: (1.0 / (1.0 + (x - c) ** 2) + 1.0 / (1.0 + (x + c) ** 2)) / math.pi,
        cdf=lambda x, c: (np.arctan(x - c) + np.arctan(x + c)) / math.pi,
        sf=lambda x, c: (np.arctan2(1.0, x - c) + np.arctan2(1.0, x + c)) / math.pi,
        lower=0.0,
        shapes="n",
    ),
    "foldnorm": Distribution(
        pdf=lambda x, c: (np.exp(-0.5 * (x + c) ** 2) + np.exp(-0.5 * (x - c) ** 2)) / ROOT,
        cdf=lambda x, c: 0.5 * (special.erf((x - c) / math.sqrt(2.0)) + special.erf((x + c) / math.sqrt(2.0))),
        sf=lambda x, c: special.ndtr(c - x) + special.ndtr(-x - c),
        lower=0.0,
        shapes="n",
    ),
    "genexpon": Distribution(
        logpdf=lambda x, a, b, c: np.log(a - b * np.expm1(-c * x)) + genexpon_logsf(x, a, b, c),
        cdf=lambda x, a, b, c: -np.expm1(genexpon_logsf(x, a, b, c)),
        sf=lambda x, a, b, c: np.exp(genexpon_logsf(x, a, b, c)),
        logsf=genexpon_logsf,
        lower=0.0,
        shapes="ppp",
    ),
    "genhalflogistic": Distribution(
        pdf=lambda x, c: 2.0 * genhalflogistic_root(x, c) / (1.0 - c * x) / (1.0 + genhalflogistic_root(x, c)) ** 2,
        cdf=lambda x, c: (1.0 - genhalflogistic_root(x, c)) / (1.0 + genhalflogistic_root(x, c)),
        ppf=lambda q, c: (1.0 - ((1.0 - q) / (1.0 + q)) ** c) / c,
        ends=lambda c: (0.0, 1.0 / c),
        within=lambda c: 0.5 / c,
        shapes="p",
    ),
    "genlogistic": Distribution(
        infinite=False,
        open=True,
        logpdf=genlogistic_logpdf,
        logcdf=lambda x, c: -c * np.log1p(np.exp(-x)),
        sf=lambda x, c: -np.expm1(-c * np.log1p(np.exp(-x))),
        ppf=lambda q, c: -np.log(special.powm1(q, -1.0 / c)),
        shapes="p",
    ),
    "gibrat": Distribution(
        open=True,
        logpdf=lambda x: lognorm_logpdf(x, 1.0),
        cdf=lambda x: special.ndtr(np.log(x)),
        sf=lambda x: special.ndtr(-np.log(x)),
        ppf=lambda q: np.exp(special.ndtri(q)),
        isf=lambda q: np.exp(-special.ndtri(q)),
        lower=0.0,
        mean=lambda: math.exp(0.5),
        var=lambda: math.e * (math.e - 1.0),
        entropy=lambda: 0.5 * math.log(2.0 * math.pi) + 0.5,
    ),
    "halfgennorm": Distribution(
        logpdf=lambda x, b: np.log(b) - special.gammaln(1.0 / b) - x**b,
        cdf=lambda x, b: special.gammainc(1.0 / b, x**b),
        sf=lambda x, b: special.gammaincc(1.0 / b, x**b),
        ppf=lambda q, b: special.gammaincinv(1.0 / b, q) ** (1.0 / b),
        isf=lambda q, b: special.gammainccinv(1.0 / b, q) ** (1.0 / b),
        lower=0.0,
        shapes="p",
        entropy=lambda b: 1.0 / b - np.log(b) + special.gammaln(1.0 / b),
    ),
    "jf_skew_t": Distribution(
        infinite=False,
        logpdf=skew_t_logpdf,
        cdf=lambda x, a, b: special.betainc(a, b, skew_t_place(x, a, b)),
        sf=lambda x, a, b: special.betaincc(a, b, skew_t_place(x, a, b)),
        ppf=skew_t_ppf,
        shapes="pp",
    ),
    "levy_l": Distribution(
        open=True,
        logpdf=lambda x: -LOG_ROOT - 1.5 * np.log(-x) + 0.5 / x,
        cdf=lambda x: 2.0 * special.ndtr(1.0 / np.sqrt(-x)) - 1.0,
        sf=lambda x: 2.0 * special.ndtr(-1.0 / np.sqrt(-x)),
        ppf=lambda q: -1.0 / special.ndtri(0.5 * (q + 1.0)) ** 2,
        isf=lambda q: -1.0 / special.ndtri(0.5 * q) ** 2,
        upper=0.0,
        inside=-1.0,
    ),
    "loglaplace": Distribution(
        open=True,
        pdf=loglaplace_pdf,
        cdf=loglaplace_cdf,
        sf=lambda x, c: loglaplace_cdf(1.0 / x, c),
        ppf=loglaplace_ppf,
        isf=lambda q, c: 1.0 / loglaplace_ppf(q, c),
        lower=0.0,
        inside=0.5,
        shapes="p",
        entropy=lambda c: np.log(2.0 / c) + 1.0,
    ),
    "mielke": Distribution(
        logpdf=lambda x, k, s: np.log(k) + (k - 1.0) * np.log(x) - np.log1p(x**s) * (1.0 + k / s),
        cdf=lambda x, k, s: x**k / (1.0 + x**s) ** (k / s),
        ppf=lambda q, k, s: (q ** (s / k) / (1.0 - q ** (s / k))) ** (1.0 / s),
        lower=0.0,
        shapes="pp",
    ),
    "norminvgauss": Distribution(
        infinite=False,
        open=True,
        logpdf=norminvgauss_logpdf,
        shapes="pr",
        valid=lambda a, b: np.abs(b) < a,
        mean=lambda a, b: b / np.sqrt(a**2 - b**2),
        var=lambda a, b: a**2 / np.sqrt(a**2 - b**2) ** 3,
    ),
    "powerlognorm": Distribution(
        open=True,
        logpdf=lambda x, c, s: (
            np.log(c) - np.log(x * s) + normal_logpdf(np.log(x) / s) + special.log_ndtr(-np.log(x) / s) * (c - 1.0)
        ),
        cdf=lambda x, c, s: -np.expm1(c * special.log_ndtr(-np.log(x) / s)),
        sf=lambda x, c, s: np.exp(c * special.log_ndtr(-np.log(x) / s)),
        logsf=lambda x, c, s: c * special.log_ndtr(-np.log(x) / s),
        ppf=lambda q, c, s: np.exp(-special.ndtri((1.0 - q) ** (1.0 / c)) * s),
        isf=lambda q, c, s: np.exp(-special.ndtri(q ** (1.0 / c)) * s),
        lower=0.0,
        shapes="pp",
    ),
    "rdist": Distribution(
        logpdf=lambda x, c: (
            special.xlogy(0.5 * c - 1.0, 0.5 * (x + 1.0))
            + special.xlogy(0.5 * c - 1.0, 0.5 * (1.0 - x))
            - special.betaln(0.5 * c, 0.5 * c)
            - LOG_2
        ),
        cdf=lambda x, c: special.betainc(0.5 * c, 0.5 * c, 0.5 * (x + 1.0)),
        sf=lambda x, c: special.betaincc(0.5 * c, 0.5 * c, 0.5 * (x + 1.0)),
        ppf=lambda q, c: 2.0 * special.betaincinv(0.5 * c, 0.5 * c, q) - 1.0,
        lower=-1.0,
        upper=1.0,
        inside=0.0,
        shapes="p",
    ),
    "recipinvgauss": Distribution(
        logpdf=recipinvgauss_logpdf,
        cdf=lambda x, mu: (
            special.ndtr((x - 1.0 / mu) / np.sqrt(x)) - np.exp(2.0 / mu) * special.ndtr(-(x + 1.0 / mu) / np.sqrt(x))
        ),
        sf=lambda x, mu: (
            special.ndtr((1.0 / mu - x) / np.sqrt(x)) + np.exp(2.0 / mu) * special.ndtr(-(x + 1.0 / mu) / np.sqrt(x))
        ),
        lower=0.0,
        shapes="p",
    ),
    "rice": Distribution(
        logpdf=lambda x, b: np.log(x) - 0.5 * (x - b) ** 2 + np.log(special.i0e(x * b)),
        pdf=lambda x, b: x * np.exp(-0.5 * (x - b) ** 2) * special.i0e(x * b),
        lower=0.0,
        shapes="n",
    ),
    "skewcauchy": Distribution(
        infinite=False,
        pdf=lambda x, a: 1.0 / (math.pi * (x**2 / skewcauchy_side(x, a) ** 2 + 1.0)),
        cdf=lambda x, a: 0.5 * (1.0 - a) + skewcauchy_side(x, a) / math.pi * np.arctan(x / skewcauchy_side(x, a)),
        ppf=skewcauchy_ppf,
        shapes="r",
        valid=lambda a: np.abs(a) < 1.0,
    ),
    "trapezoid": Distribution(
        pdf=trapezoid_pdf,
        cdf=trapezoid_cdf,
        lower=0.0,
        upper=1.0,
        inside=0.5,
        shapes="uu",
        valid=lambda c, d: d >= c,
    ),
    "truncpareto": Distribution(
        pdf=lambda x, b, c: b * x ** (-b) / x / (1.0 - c ** (-b)),
        cdf=lambda x, b, c: (1.0 - x ** (-b)) / (1.0 - c ** (-b)),
        sf=lambda x, b, c: (x ** (-b) - c ** (-b)) / (1.0 - c ** (-b)),
        ppf=lambda q, b, c: (1.0 - (1.0 - c ** (-b)) * q) ** (-1.0 / b),
        isf=lambda q, b, c: (c ** (-b) + (1.0 - c ** (-b)) * q) ** (-1.0 / b),
        ends=lambda b, c: (1.0, c),
        within=lambda b, c: 0.5 * (1.0 + c),
        shapes="rp",
        valid=lambda b, c: (b != 0.0) & (c > 1.0),
    ),
    "truncweibull_min": Distribution(
        logpdf=lambda x, c, a, b: np.log(c) + special.xlogy(c - 1.0, x) - x**c - np.log(between_powers(c, a, b)),
        cdf=lambda x, c, a, b: between_powers(c, a, x) / between_powers(c, a, b),
        sf=lambda x, c, a, b: between_powers(c, x, b) / between_powers(c, a, b),
        ppf=lambda q, c, a, b: (-np.log((1.0 - q) * np.exp(-(a**c)) + q * np.exp(-(b**c)))) ** (1.0 / c),
        isf=lambda q, c, a, b: (-np.log((1.0 - q) * np.exp(-(b**c)) + q * np.exp(-(a**c)))) ** (1.0 / c),
        ends=lambda c, a, b: (a, b),
        within=lambda c, a, b: 0.5 * (a + b),
        shapes="pnp",
        valid=lambda c, a, b: b > a,
    ),
    "vonmises_line": Distribution(
        logpdf=lambda x, k: k * special.cosm1(x) - math.log(2.0 * math.pi) - np.log(special.i0e(k)),
        pdf=lambda x, k: np.exp(k * special.cosm1(x)) / (2.0 * math.pi * special.i0e(k)),
        lower=-math.pi,
        upper=math.pi,
        inside=0.0,
        shapes="n",
    ),
    "wrapcauchy": Distribution(
        pdf=lambda x, c: (1.0 - c * c) / (2.0 * math.pi * (1.0 + c * c - 2.0 * c * np.cos(x))),
        cdf=wrapcauchy_cdf,
        ppf=wrapcauchy_ppf,
        lower=0.0,
        upper=2.0 * math.pi,
        inside=1.0,
        shapes="u",
        valid=lambda c: (c > 0.0) & (c < 1.0),
    ),
}
