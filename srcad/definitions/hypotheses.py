"""What scipy.stats computes of several samples, of angles and of ranks: tests, distances, transforms."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

from srcad.definitions.samples import central, flat_where_none, pearsonr, two_sided
from srcad.definitions.words import fixed, found, held, numbers, part, refused, run

__all__ = [
    "bartlett",
    "chisquare",
    "circmean",
    "circstd",
    "circvar",
    "energy_distance",
    "f_oneway",
    "gstd",
    "jarque_bera",
    "kendalltau",
    "levene",
    "median_abs_deviation",
    "pointbiserialr",
    "power_divergence",
    "rankdata",
    "spearmanr",
    "tmax",
    "tmin",
    "tsem",
    "ttest_ind_from_stats",
    "wasserstein_distance",
    "yeojohnson",
    "yeojohnson_llf",
]

# ---- angles


def turned(samples, high, low, axis):
    """The means of the sines and the cosines of angles, whose period becomes that of these."""
    a, axis = flat_where_none(samples, axis)
    angles = a * (2.0 * math.pi / (high - low))
    return np.mean(np.sin(angles), axis=axis), np.mean(np.cos(angles), axis=axis)


def circmean(samples, high=2.0 * math.pi, low=0.0, axis=None):
    s, c = turned(samples, high, low, axis)
    return (np.arctan2(s, c) * ((high - low) / (2.0 * math.pi)) - low) % (high - low) + low


def circvar(samples, high=2.0 * math.pi, low=0.0, axis=None):
    s, c = turned(samples, high, low, axis)
    return 1.0 - np.sqrt(s**2 + c**2)


def circstd(samples, high=2.0 * math.pi, low=0.0, axis=None, *, normalize=False):
    s, c = turned(samples, high, low, axis)
    spread = np.sqrt(-np.log(s**2 + c**2))
    return spread if normalize else spread * ((high - low) / (2.0 * math.pi))


# ---- one sample


def gstd(a, axis=0, ddof=1):
    a, axis = flat_where_none(a, axis)
    return np.exp(np.std(np.log(a), axis=axis, ddof=ddof))


def median_abs_deviation(x, axis=0, center=np.median, scale=1.0):
    x, axis = flat_where_none(x, axis)
    if isinstance(scale, str):
        if scale != "normal":
            raise ValueError(f"{scale} is not a valid scale value.")
        scale = 0.6744897501960817
    middle = np.expand_dims(center(x, axis=axis), axis)
    return np.median(np.abs(x - middle), axis=axis) / scale


def tmin(a, lowerlimit=None, axis=0, inclusive=True):
    if lowerlimit is not None:
        refused("tmin with lowerlimit=", "choose the elements by a mask.")
    a, axis = flat_where_none(a, axis)
    return np.min(a, axis=axis)


def tmax(a, upperlimit=None, axis=0, inclusive=True):
    if upperlimit is not None:
        refused("tmax with upperlimit=", "choose the elements by a mask.")
    a, axis = flat_where_none(a, axis)
    return np.max(a, axis=axis)


def tsem(a, limits=None, inclusive=(True, True), axis=0, ddof=1):
    if limits is not None:
        refused("tsem with limits=", "choose the elements by a mask.")
    a, axis = flat_where_none(a, axis)
    return np.std(a, axis=axis, ddof=ddof) / np.sqrt(a.shape[axis])


def yeojohnson(x, lmbda=None):
    if lmbda is None:
        refused("yeojohnson without lmbda, which is searched for,", "give lmbda.")
    x, lmbda = np.asarray(numbers(x)), numbers(lmbda)
    up = x >= 0.0
    above, below = np.where(up, x, 0.0), np.where(up, 0.0, -x)
    return np.where(up, special.boxcox1p(above, lmbda), -special.boxcox1p(below, 2.0 - lmbda))


def yeojohnson_llf(lmb, data):
    data, lmb = np.asarray(numbers(data)), numbers(lmb)
    spread = np.log(np.var(yeojohnson(data, lmb), axis=0))
    return -len(data) / 2.0 * spread + (lmb - 1.0) * np.sum(np.sign(data) * np.log1p(np.abs(data)), axis=0)


# ---- tests


class Statistic:
    """A statistic, and the probability of one beyond it."""

    def __init__(self, statistic, pvalue):
        self.statistic, self.pvalue = statistic, pvalue

    def __getitem__(self, k):
        return (self.statistic, self.pvalue)[k]

    def __iter__(self):
        return iter((self.statistic, self.pvalue))


def jarque_bera(x, *, axis=None):
    x, axis = flat_where_none(x, axis)
    square = central(x, 2, axis)
    skewness, excess = central(x, 3, axis) / square**1.5, central(x, 4, axis) / square**2 - 3.0
    statistic = x.shape[axis] / 6.0 * (skewness**2 + excess**2 / 4.0)
    return Statistic(statistic, np.exp(-0.5 * statistic))


def vectors(samples, name):
    made = [np.asarray(numbers(sample)) for sample in samples]
    for sample in made:
        if np.ndim(sample) != 1:
            refused(f"{name} of samples that aren't vectors", "call it for one after the other.")
    return made


def variance_ratio(samples):
    """The variance between samples by that within them."""
    k, n = len(samples), sum([len(sample) for sample in samples])
    middle = sum([np.sum(sample) for sample in samples]) / n
    between = sum([len(sample) * (np.mean(sample) - middle) ** 2 for sample in samples])
    within = sum([np.sum((sample - np.mean(sample)) ** 2) for sample in samples])
    statistic = between / (k - 1) / (within / (n - k))
    return Statistic(statistic, special.fdtrc(k - 1.0, n - k * 1.0, statistic))


def f_oneway(*samples, axis=0, equal_var=True):
    if axis not in (0, -1) or not equal_var:
        refused("f_oneway with axis= or equal_var=", "leave it out.")
    return variance_ratio(vectors(samples, "f_oneway"))


def levene(*samples, center="median", proportiontocut=0.05):
    if center not in ("mean", "median"):
        refused("levene with this center", "use center='median'.")
    made = []
    for sample in vectors(samples, "levene"):
        made.append(np.abs(sample - (np.mean(sample) if center == "mean" else np.median(sample))))
    return variance_ratio(made)


def bartlett(*samples, axis=0):
    made = vectors(samples, "bartlett")
    k, n = len(made), sum([len(sample) for sample in made])
    spreads = [np.var(sample, ddof=1) for sample in made]
    pooled = sum([(len(sample) - 1.0) * v for sample, v in zip(made, spreads, strict=True)]) / (n - k)
    logs = sum([(len(sample) - 1.0) * np.log(v) for sample, v in zip(made, spreads, strict=True)])
    scale = 1.0 + (sum([1.0 / (len(sample) - 1.0) for sample in made]) - 1.0 / (n - k)) / (3.0 * (k - 1))
    statistic = ((n - k) * np.log(pooled) - logs) / scale
    return Statistic(statistic, special.chdtrc(k - 1.0, statistic))


POWERS = {
    "pearson": 1,
    "log-likelihood": 0,
    "freeman-tukey": -0.5,
    "mod-log-likelihood": -1,
    "neyman": -2,
    "cressie-read": 2 / 3,
}


def power_divergence(f_obs, f_exp=None, ddof=0, axis=0, lambda_=None):
    power = 1 if lambda_ is None else POWERS[lambda_] if isinstance(lambda_, str) else fixed(lambda_)
    seen, axis = flat_where_none(f_obs, axis)
    n = seen.shape[axis]
    if f_exp is None:
        due = np.mean(seen, axis=axis, keepdims=True)
    else:
        due = np.asarray(numbers(f_exp))
        if np.any(np.abs(np.sum(seen, axis=axis) - np.sum(due, axis=axis)) > 1e-8 * np.abs(np.sum(seen, axis=axis))):
            raise ValueError("the sum of the observed frequencies must agree with the sum of the expected frequencies")
    if power == 1:
        terms = (seen - due) ** 2 / due
    elif power == 0:
        terms = 2.0 * special.xlogy(seen, seen / due)
    elif power == -1:
        terms = 2.0 * special.xlogy(due, due / seen)
    else:
        terms = seen * ((seen / due) ** power - 1.0) * (2.0 / (power * (power + 1.0)))
    statistic = np.sum(terms, axis=axis)
    return Statistic(statistic, special.chdtrc(n - 1.0 - ddof, statistic))


def chisquare(f_obs, f_exp=None, ddof=0, axis=0, *, sum_check=True):
    if not sum_check:
        refused("chisquare with sum_check=False", "leave it out.")
    return power_divergence(f_obs, f_exp, ddof, axis)


def ttest_ind_from_stats(mean1, std1, nobs1, mean2, std2, nobs2, equal_var=True):
    v, w = numbers(std1) ** 2, numbers(std2) ** 2
    if equal_var:
        df = nobs1 + nobs2 - 2.0
        spread = np.sqrt(((nobs1 - 1) * v + (nobs2 - 1) * w) / df * (1.0 / nobs1 + 1.0 / nobs2))
    else:
        a, b = v / nobs1, w / nobs2
        df = (a + b) ** 2 / (a**2 / (nobs1 - 1) + b**2 / (nobs2 - 1))
        spread = np.sqrt(a + b)
    statistic = (mean1 - mean2) / spread
    return Statistic(statistic, two_sided(statistic, df))


def pointbiserialr(x, y):
    return pearsonr(np.asarray(x) * 1.0, y)


# ---- distances of samples


def steps_between(u, v):
    """What lies between neighbours of both samples together, and how the shares of these below it differ."""
    u, v = np.sort(np.asarray(numbers(u))), np.sort(np.asarray(numbers(v)))
    every = np.sort(np.concatenate([u, v]))
    places = held(every[:-1])
    below = np.searchsorted(held(u), places, side="right") / len(u)
    return every[1:] - every[:-1], below - np.searchsorted(held(v), places, side="right") / len(v)


def wasserstein_distance(u_values, v_values):
    widths, shares = steps_between(u_values, v_values)
    return np.sum(np.abs(shares) * widths)


def energy_distance(u_values, v_values):
    widths, shares = steps_between(u_values, v_values)
    return math.sqrt(2.0) * np.sqrt(np.sum(shares**2 * widths))


# ---- ranks, which rest


def rankdata(a, method="average", *, axis=None):
    a = np.asarray(numbers(a))
    rank = 1 if axis is None else fixed(np.ndim(a))
    return found("float64", rank, stats.rankdata, held(a), method=method, axis=axis)


def spearmanr(a, b):
    return of_ranks(stats.spearmanr, a, b)


def kendalltau(x, y):
    return of_ranks(stats.kendalltau, x, y)


def of_ranks(function, x, y):
    x, y = np.asarray(numbers(x)), np.asarray(numbers(y))
    if np.ndim(x) != 1 or np.ndim(y) != 1:
        refused("a correlation of ranks of what isn't a pair of vectors", "call it for one pair after the other.")
    known = run(function, held(x), held(y))
    return Statistic(part("float64", 0, known, "statistic"), part("float64", 0, known, "pvalue"))
