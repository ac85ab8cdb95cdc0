"""Distributions of scipy.stats on an interval, as a table of formulas."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from srcad.definitions.distribution import Distribution
from srcad.definitions.formulas import EULER, LOG_2, johnsonsb_logpdf, triang_cdf, triang_pdf, triang_ppf, weibull_var

ON_AN_INTERVAL: dict[str, Distribution] = {
    "uniform": Distribution(
        logpdf=lambda x: 0.0 * x,
        pdf=lambda x: 1.0 + 0.0 * x,
        cdf=lambda x: x,
        sf=lambda x: 1.0 - x,
        ppf=lambda q: q,
        isf=lambda q: 1.0 - q,
        lower=0.0,
        upper=1.0,
        inside=0.5,
        mean=lambda: 0.5,
        var=lambda: 1.0 / 12.0,
        entropy=lambda: 0.0,
    ),
    "beta": Distribution(
        logpdf=lambda x, a, b: special.xlog1py(b - 1.0, -x) + special.xlogy(a - 1.0, x) - special.betaln(a, b),
        cdf=lambda x, a, b: special.betainc(a, b, x),
        sf=lambda x, a, b: special.betaincc(a, b, x),
        ppf=lambda q, a, b: special.betaincinv(a, b, q),
        isf=lambda q, a, b: special.betainccinv(a, b, q),
        lower=0.0,
        upper=1.0,
        inside=0.5,
        shapes="pp",
        mean=lambda a, b: a / (a + b),
        var=lambda a, b: a * b / ((a + b) ** 2 * (a + b + 1.0)),
        entropy=lambda a, b: (
            special.betaln(a, b)
            - (a - 1.0) * special.digamma(a)
            - (b - 1.0) * special.digamma(b)
            + (a + b - 2.0) * special.digamma(a + b)
        ),
    ),
    "weibull_max": Distribution(
        logpdf=lambda x, c: np.log(c) + special.xlogy(c - 1.0, -x) - (-x) ** c,
        pdf=lambda x, c: c * (-x) ** (c - 1.0) * np.exp(-((-x) ** c)),
        cdf=lambda x, c: np.exp(-((-x) ** c)),
        sf=lambda x, c: -np.expm1(-((-x) ** c)),
        logcdf=lambda x, c: -((-x) ** c),
        ppf=lambda q, c: -((-np.log(q)) ** (1.0 / c)),
        isf=lambda q, c: -((-np.log1p(-q)) ** (1.0 / c)),
        upper=0.0,
        inside=-1.0,
        shapes="p",
        mean=lambda c: -special.gamma(1.0 + 1.0 / c),
        var=weibull_var,
        entropy=lambda c: -EULER / c - np.log(c) + EULER + 1.0,
    ),
    "triang": Distribution(
        pdf=triang_pdf,
        cdf=triang_cdf,
        ppf=triang_ppf,
        lower=0.0,
        upper=1.0,
        inside=0.5,
        shapes="u",
        mean=lambda c: (c + 1.0) / 3.0,
        var=lambda c: (1.0 - c + c * c) / 18.0,
        entropy=lambda c: 0.5 - LOG_2 + 0.0 * c,
    ),
    "powerlaw": Distribution(
        logpdf=lambda x, a: np.log(a) + special.xlogy(a - 1.0, x),
        pdf=lambda x, a: a * x ** (a - 1.0),
        cdf=lambda x, a: x**a,
        sf=lambda x, a: -np.expm1(a * np.log(x)),
        logcdf=lambda x, a: a * np.log(x),
        ppf=lambda q, a: q ** (1.0 / a),
        lower=0.0,
        upper=1.0,
        inside=0.5,
        shapes="p",
        mean=lambda a: a / (a + 1.0),
        var=lambda a: a / (a + 2.0) / (a + 1.0) ** 2,
        entropy=lambda a: 1.0 - 1.0 / a - np.log(a),
    ),
    "loguniform": Distribution(
        logpdf=lambda x, a, b: -np.log(x) - np.log(np.log(b) - np.log(a)),
        cdf=lambda x, a, b: (np.log(x) - np.log(a)) / (np.log(b) - np.log(a)),
        ppf=lambda q, a, b: np.exp(np.log(a) + q * (np.log(b) - np.log(a))),
        ends=lambda a, b: (a, b),
        within=lambda a, b: np.sqrt(a * b),
        shapes="pp",
        valid=lambda a, b: a < b,
        mean=lambda a, b: (b - a) / (np.log(b) - np.log(a)),
        entropy=lambda a, b: 0.5 * (np.log(a) + np.log(b)) + np.log(np.log(b) - np.log(a)),
    ),
    "arcsine": Distribution(
        pdf=lambda x: 1.0 / math.pi / np.sqrt(x * (1.0 - x)),
        cdf=lambda x: 2.0 / math.pi * np.arcsin(np.sqrt(x)),
        ppf=lambda q: np.sin(math.pi / 2.0 * q) ** 2.0,
        lower=0.0,
        upper=1.0,
        inside=0.5,
        mean=lambda: 0.5,
        var=lambda: 1.0 / 8.0,
    ),
    "johnsonsb": Distribution(
        open=True,
        logpdf=johnsonsb_logpdf,
        cdf=lambda x, a, b: special.ndtr(a + b * special.logit(x)),
        sf=lambda x, a, b: special.ndtr(-(a + b * special.logit(x))),
        ppf=lambda q, a, b: special.expit((special.ndtri(q) - a) / b),
        isf=lambda q, a, b: special.expit((-special.ndtri(q) - a) / b),
        lower=0.0,
        upper=1.0,
        inside=0.5,
        shapes="rp",
    ),
    "semicircular": Distribution(
        pdf=lambda x: 2.0 / math.pi * np.sqrt(1.0 - x * x),
        cdf=lambda x: 0.5 + 1.0 / math.pi * (x * np.sqrt(1.0 - x * x) + np.arcsin(x)),
        lower=-1.0,
        upper=1.0,
        inside=0.0,
        mean=lambda: 0.0,
        var=lambda: 0.25,
    ),
    "cosine": Distribution(
        pdf=lambda x: 1.0 / 2.0 / math.pi * (1.0 + np.cos(x)),
        cdf=lambda x: 0.5 + (x + np.sin(x)) / (2.0 * math.pi),
        sf=lambda x: 0.5 - (x + np.sin(x)) / (2.0 * math.pi),
        lower=-math.pi,
        upper=math.pi,
        inside=0.0,
        mean=lambda: 0.0,
        var=lambda: math.pi * math.pi / 3.0 - 2.0,
        entropy=lambda: math.log(4.0 * math.pi) - 1.0,
    ),
    "bradford": Distribution(
        pdf=lambda x, c: c / (c * x + 1.0) / np.log1p(c),
        cdf=lambda x, c: np.log1p(c * x) / np.log1p(c),
        ppf=lambda q, c: np.expm1(q * np.log1p(c)) / c,
        lower=0.0,
        upper=1.0,
        inside=0.5,
        shapes="p",
    ),
    "truncexpon": Distribution(
        logpdf=lambda x, b: -x - np.log(-np.expm1(-b)),
        cdf=lambda x, b: np.expm1(-x) / np.expm1(-b),
        ppf=lambda q, b: -np.log1p(q * np.expm1(-b)),
        ends=lambda b: (0.0, b),
        within=lambda b: 0.5 * b,
        shapes="p",
    ),
}
