"""Discrete distributions of scipy.stats, as a table of formulas."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from srcad.definitions.distribution import Counts


def binom_logpmf(k, n, p):
    ways = special.gammaln(n + 1.0) - (special.gammaln(k + 1.0) + special.gammaln(n - k + 1.0))
    return ways + special.xlogy(k, p) + special.xlog1py(n - k, -p)


def nbinom_logpmf(k, n, p):
    ways = special.gammaln(n + k) - special.gammaln(k + 1.0) - special.gammaln(n)
    return ways + special.xlogy(n, p) + special.xlog1py(k, -p)


def betabinom_logpmf(k, n, a, b):
    ways = -np.log(n + 1.0) - special.betaln(n - k + 1.0, k + 1.0)
    return ways + special.betaln(k + a, n - k + b) - special.betaln(a, b)


def betanbinom_logpmf(k, n, a, b):
    ways = -np.log(n + k) - special.betaln(n, k + 1.0)
    return ways + special.betaln(a + n, b + k) - special.betaln(a, b)


DISCRETE: dict[str, Counts] = {
    "poisson": Counts(
        logpmf=lambda k, mu: special.xlogy(k, mu) - special.gammaln(k + 1.0) - mu,
        cdf=lambda k, mu: special.gammaincc(k + 1.0, mu),
        sf=lambda k, mu: special.gammainc(k + 1.0, mu),
        shapes="n",
        mean=lambda mu: mu,
        var=lambda mu: mu,
    ),
    "binom": Counts(
        logpmf=binom_logpmf,
        cdf=lambda k, n, p: special.betaincc(k + 1.0, n - k, p),
        sf=lambda k, n, p: special.betainc(k + 1.0, n - k, p),
        ends=lambda n, p: (0.0, n),
        shapes="iu",
        mean=lambda n, p: n * p,
        var=lambda n, p: n * p * (1.0 - p),
    ),
    "bernoulli": Counts(
        logpmf=lambda k, p: special.xlogy(k, p) + special.xlog1py(1.0 - k, -p),
        cdf=lambda k, p: 1.0 - p,
        sf=lambda k, p: p,
        upper=1.0,
        shapes="u",
        mean=lambda p: p,
        var=lambda p: p * (1.0 - p),
    ),
    "geom": Counts(
        logpmf=lambda k, p: special.xlog1py(k - 1.0, -p) + np.log(p),
        cdf=lambda k, p: -np.expm1(np.log1p(-p) * k),
        sf=lambda k, p: np.exp(k * np.log1p(-p)),
        lower=1.0,
        shapes="u",
        valid=lambda p: p > 0.0,
        mean=lambda p: 1.0 / p,
        var=lambda p: (1.0 - p) / p / p,
    ),
    "nbinom": Counts(
        logpmf=nbinom_logpmf,
        cdf=lambda k, n, p: special.betainc(n, k + 1.0, p),
        sf=lambda k, n, p: special.betaincc(n, k + 1.0, p),
        shapes="pu",
        valid=lambda n, p: p > 0.0,
        mean=lambda n, p: n * (1.0 - p) / p,
        var=lambda n, p: n * (1.0 - p) / p**2,
    ),
    "betabinom": Counts(
        logpmf=betabinom_logpmf,
        ends=lambda n, a, b: (0.0, n),
        shapes="ipp",
        mean=lambda n, a, b: n * a / (a + b),
        var=lambda n, a, b: n * (a + b + n) * a * b / ((a + b) ** 2 * (a + b + 1.0)),
    ),
    "betanbinom": Counts(logpmf=betanbinom_logpmf, shapes="ipp"),
    "randint": Counts(
        pmf=lambda k, low, high: 1.0 / (high - low) + 0.0 * k,
        cdf=lambda k, low, high: (k - low + 1.0) / (high - low),
        ends=lambda low, high: (low, high - 1.0),
        shapes="rr",
        valid=lambda low, high: low < high,
        mean=lambda low, high: (high + low - 1.0) / 2.0,
        var=lambda low, high: ((high - low) ** 2 - 1.0) / 12.0,
    ),
    "dlaplace": Counts(
        pmf=lambda k, a: np.tanh(a / 2.0) * np.exp(-a * np.abs(k)),
        lower=-math.inf,
        shapes="p",
        mean=lambda a: 0.0 * a,
    ),
    "planck": Counts(
        pmf=lambda k, a: -np.expm1(-a) * np.exp(-a * k),
        cdf=lambda k, a: -np.expm1(-a * (k + 1.0)),
        sf=lambda k, a: np.exp(-a * (k + 1.0)),
        shapes="p",
        mean=lambda a: 1.0 / np.expm1(a),
        var=lambda a: np.exp(-a) / np.expm1(-a) ** 2,
    ),
    "logser": Counts(
        pmf=lambda k, p: -(p**k) / k / np.log1p(-p),
        lower=1.0,
        shapes="u",
        valid=lambda p: (p > 0.0) & (p < 1.0),
    ),
    "skellam": Counts(
        logpmf=lambda k, m, n: (
            0.5 * k * np.log(m / n)
            - (np.sqrt(m) - np.sqrt(n)) ** 2
            + np.log(special.ive(np.abs(k), 2.0 * np.sqrt(m * n)))
        ),
        lower=-math.inf,
        shapes="pp",
        mean=lambda m, n: m - n,
        var=lambda m, n: m + n,
    ),
    "yulesimon": Counts(
        logpmf=lambda k, a: np.log(a) + special.betaln(k, a + 1.0),
        lower=1.0,
        shapes="p",
    ),
    "boltzmann": Counts(
        pmf=lambda k, a, n: -np.expm1(-a) / -np.expm1(-a * n) * np.exp(-a * k),
        ends=lambda a, n: (0.0, n - 1.0),
        shapes="pp",
    ),
}
