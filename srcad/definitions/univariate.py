"""The methods of scipy.stats's distributions, made of the formulas of `continuous` and `counts`.

A parameter outside of its domain is nan from the start, so that what depends on it is nan. Formulas are evaluated at
places inside the support alone: outside a density is 0, and its logarithm -inf, with the derivative 0.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import integrate, stats

from srcad.definitions.continuous import CONTINUOUS
from srcad.definitions.discrete import DISCRETE
from srcad.definitions.random import shape_for
from srcad.definitions.words import bound, drawn, entry, floats, held, known, numbers, object_named, refused, rests


def positive(a):
    """A parameter that must be positive."""
    if known(a) and a > 0:
        return a
    a = numbers(a)
    return np.where(a > 0.0, a, np.nan)


def checked(kind, a):
    """A shape parameter, or nan where it is outside of its domain."""
    if kind == "p":
        return positive(a)
    if kind == "r" or (kind == "n" and known(a) and a >= 0):
        return a if known(a) else numbers(a)
    a = numbers(a)
    if kind == "n":
        return np.where(a >= 0.0, a, np.nan)
    if kind == "u":
        return np.where((a >= 0.0) & (a <= 1.0), a, np.nan)
    return np.where((a >= 0.0) & (a == np.round(a)), a, np.nan)


def all_checked(d, shapes):
    """The shape parameters; all are nan where they don't fit each other."""
    made = [checked(d.shapes[k], shapes[k]) for k in range(len(shapes))]
    if d.valid is not None:
        fits = d.valid(*made)
        made = [np.where(fits, a, np.nan) for a in made]
    return made


def all_fit(shapes):
    """Whether no shape parameter is outside of its domain; True where that is known beforehand."""
    fit = True
    for a in shapes:
        if not known(a):
            fit = a == a if fit is True else fit & (a == a)
    return fit


def continuous(dist, args, kwds):
    """The formulas of a distribution, its shape parameters, its location and scale; None for 0, and for 1."""
    own = object_named(stats, dist)
    *shapes, loc, scale = bound(own._parse_args, args, kwds)
    d = entry(CONTINUOUS, own.name, "the distribution")
    at_zero = known(loc) and loc == 0
    plain = known(scale) and scale == 1
    return d, all_checked(d, shapes), None if at_zero else numbers(loc), None if plain else positive(scale)


def standard(x, loc, scale):
    """A place for the location 0 and the scale 1."""
    x = floats(x)
    if loc is not None:
        x = x - loc
    return x if scale is None else x / scale


def moved(x, loc, scale):
    """A place of the standard distribution for a location and a scale."""
    if scale is not None:
        x = x * scale
    return x if loc is None else x + loc


def ends(d, shapes):
    """The ends of the support."""
    return (d.lower, d.upper) if d.ends is None else d.ends(*shapes)


def interior(d, shapes):
    """A place inside the support."""
    return d.inside if d.within is None else d.within(*shapes)


def unlimited(d, bound):
    return d.infinite and known(bound) and bound in (-math.inf, math.inf)


def outside(d, closed, y, shapes):
    """Whether places are outside of the support, with or without its ends; None where no place is."""
    lower, upper = ends(d, shapes)
    if unlimited(d, lower) and unlimited(d, upper):
        return None
    out = False
    if not unlimited(d, lower):
        out = y < lower if closed else y <= lower
    if not unlimited(d, upper) or not closed:
        above = y > upper if closed else y >= upper
        out = above if out is False else out | above
    fit = all_fit(shapes)
    return out if fit is True else out & fit


def log_density(d, y, shapes):
    if d.logpdf is not None:
        return d.logpdf(y, *shapes)
    return np.log(d.pdf(y, *shapes))


def density(d, y, shapes):
    if d.pdf is not None:
        return d.pdf(y, *shapes)
    return np.exp(d.logpdf(y, *shapes))


def within_support(d, y, shapes, formula, otherwise):
    """A density, where there is one."""
    out = outside(d, not d.open, y, shapes)
    if out is None:
        return formula(d, y, shapes)
    return np.where(out, otherwise, formula(d, np.where(out, interior(d, shapes), y), shapes))


def pdf(dist, x, *args, **kwds):
    d, shapes, loc, scale = continuous(dist, args, kwds)
    value = within_support(d, standard(x, loc, scale), shapes, density, 0.0)
    return value if scale is None else value / scale


def logpdf(dist, x, *args, **kwds):
    d, shapes, loc, scale = continuous(dist, args, kwds)
    value = within_support(d, standard(x, loc, scale), shapes, log_density, -np.inf)
    return value if scale is None else value - np.log(scale)


def distribution_function(d, y, shapes):
    if d.cdf is not None:
        return d.cdf(y, *shapes)
    if d.logcdf is not None:
        return np.exp(d.logcdf(y, *shapes))
    refused("the distribution function of this distribution", "integrate its density by scipy.integrate.quad.")


def survival(d, y, shapes):
    if d.sf is not None:
        return d.sf(y, *shapes)
    if d.logsf is not None:
        return np.exp(d.logsf(y, *shapes))
    return 1.0 - distribution_function(d, y, shapes)


def log_distribution_function(d, y, shapes):
    if d.logcdf is not None:
        return d.logcdf(y, *shapes)
    return np.log(distribution_function(d, y, shapes))


def log_survival(d, y, shapes):
    if d.logsf is not None:
        return d.logsf(y, *shapes)
    return np.log(survival(d, y, shapes))


def between_ends(dist, x, args, kwds, formula, at_lower, at_upper):
    """A probability, which is settled below and above the support."""
    d, shapes, loc, scale = continuous(dist, args, kwds)
    y = standard(x, loc, scale)
    lower = ends(d, shapes)[0]
    out = outside(d, False, y, shapes)
    if out is None:
        return formula(d, y, shapes)
    value = formula(d, np.where(out, interior(d, shapes), y), shapes)
    return np.where(out, np.where(y <= lower, at_lower, at_upper), value)


def cdf(dist, x, *args, **kwds):
    if is_discrete(dist):
        return counted(dist, x, args, kwds, cumulated, 0.0, 1.0)
    return between_ends(dist, x, args, kwds, distribution_function, 0.0, 1.0)


def sf(dist, x, *args, **kwds):
    if is_discrete(dist):
        return counted(dist, x, args, kwds, remaining, 1.0, 0.0)
    return between_ends(dist, x, args, kwds, survival, 1.0, 0.0)


def logcdf(dist, x, *args, **kwds):
    if is_discrete(dist):
        return np.log(cdf(dist, x, *args, **kwds))
    return between_ends(dist, x, args, kwds, log_distribution_function, -np.inf, 0.0)


def logsf(dist, x, *args, **kwds):
    if is_discrete(dist):
        return np.log(sf(dist, x, *args, **kwds))
    return between_ends(dist, x, args, kwds, log_survival, 0.0, -np.inf)


def probability(q):
    """A probability, or nan for what is none."""
    if known(q) and 0.0 < q < 1.0:
        return q
    q = numbers(q)
    return np.where((q >= 0.0) & (q <= 1.0), q, np.nan)


def quantile(d, q, shapes):
    if d.ppf is None:
        refused("the quantile function of this distribution", "find the root of its cdf by scipy.optimize.brentq.")
    return d.ppf(q, *shapes)


def ppf(dist, q, *args, **kwds):
    d, shapes, loc, scale = continuous(dist, args, kwds)
    return moved(quantile(d, probability(q), shapes), loc, scale)


def isf(dist, q, *args, **kwds):
    d, shapes, loc, scale = continuous(dist, args, kwds)
    q = probability(q)
    value = quantile(d, 1.0 - q, shapes) if d.isf is None else d.isf(q, *shapes)
    return moved(value, loc, scale)


def median(dist, *args, **kwds):
    return ppf(dist, 0.5, *args, **kwds)


def interval(dist, confidence, *args, **kwds):
    half = (1.0 - confidence) / 2.0
    return ppf(dist, half, *args, **kwds), ppf(dist, 1.0 - half, *args, **kwds)


def support(dist, *args, **kwds):
    d, shapes, loc, scale = continuous(dist, args, kwds)
    lower, upper = ends(d, shapes)
    return moved_end(lower, loc, scale), moved_end(upper, loc, scale)


def moved_end(end, loc, scale):
    """An end of the support for a location and a scale; one that is infinite rests."""
    return end if known(end) and end in (-math.inf, math.inf) else moved(end, loc, scale)


def formula_of(formula, what):
    if formula is None:
        refused(f"the {what} of this distribution", "integrate it by scipy.integrate.quad.")
    return formula


def entropy(dist, *args, **kwds):
    if is_discrete(dist):
        refused("the entropy of a discrete distribution", "sum it up.")
    d, shapes, _loc, scale = continuous(dist, args, kwds)
    value = formula_of(d.entropy, "entropy")(*shapes)
    return value if scale is None else value + np.log(scale)


def mean(dist, *args, **kwds):
    if is_discrete(dist):
        d, shapes, loc = discrete(dist, args, kwds)
        return moved(formula_of(d.mean, "mean")(*shapes), loc, None)
    d, shapes, loc, scale = continuous(dist, args, kwds)
    return moved(formula_of(d.mean, "mean")(*shapes), loc, scale)


def var(dist, *args, **kwds):
    if is_discrete(dist):
        d, shapes, _loc = discrete(dist, args, kwds)
        return formula_of(d.var, "variance")(*shapes)
    d, shapes, _loc, scale = continuous(dist, args, kwds)
    value = formula_of(d.var, "variance")(*shapes)
    return value if scale is None else value * scale * scale


def std(dist, *args, **kwds):
    return np.sqrt(var(dist, *args, **kwds))


def stats_of(dist, *args, moments="mv", **kwds):
    """The mean and the variance, or one of them."""
    found = []
    for letter in moments:
        if letter not in ("m", "v"):
            refused("the skewness and the kurtosis of a distribution", "ask for the mean and the variance.")
        found.append(mean(dist, *args, **kwds) if letter == "m" else var(dist, *args, **kwds))
    return found[0] if len(found) == 1 else tuple(found)


def expect(dist, func=None, args=(), loc=0, scale=1, lb=None, ub=None, conditional=False):
    """The expected value of a function, by its integral."""
    if is_discrete(dist) or conditional:
        refused("this expected value", "sum or integrate it.")
    lower, upper = support(dist, *args, loc=loc, scale=scale)

    def weighted(x):
        density = pdf(dist, x, *args, loc=loc, scale=scale)
        return density * x if func is None else density * func(x)

    return integrate.quad(weighted, lower if lb is None else lb, upper if ub is None else ub)[0]


def rvs(dist, *args, size=None, random_state=None, **kwds):
    """What the standard distribution gives, stretched and moved."""
    own = object_named(stats, dist)
    if is_discrete(dist):
        *shapes, loc = bound(own._parse_args, args, kwds)
        shapes = tuple([rests(a, "a parameter of a discrete distribution that is drawn from") for a in shapes])
        return drawn("int64", own.rvs, shape_for(size, loc, *shapes), shapes, random_state) + loc
    *shapes, loc, scale = bound(own._parse_args, args, kwds)
    shapes = tuple([rests(a, "the shape of a distribution that is drawn from") for a in shapes])
    loc, scale = numbers(loc), numbers(scale)
    return drawn("float64", own.rvs, shape_for(size, loc, scale, *shapes), shapes, random_state) * scale + loc


# ---- distributions of whole numbers


def is_discrete(dist):
    return object_named(stats, dist).name in DISCRETE


def discrete(dist, args, kwds):
    """The formulas of a distribution, its shape parameters and its location; None for 0."""
    own = object_named(stats, dist)
    *shapes, loc = bound(own._parse_args, args, kwds)
    d = entry(DISCRETE, own.name, "the distribution")
    return d, all_checked(d, shapes), None if known(loc) and loc == 0 else held(floats(loc))


def counts(k, loc):
    k = held(floats(k))
    return k if loc is None else k - loc


def log_mass_of(d, k, shapes):
    if d.logpmf is not None:
        return d.logpmf(k, *shapes)
    return np.log(d.pmf(k, *shapes))


def mass_of(d, k, shapes):
    if d.pmf is not None:
        return d.pmf(k, *shapes)
    return np.exp(d.logpmf(k, *shapes))


def within_counts(dist, k, args, kwds, formula, otherwise):
    """A probability of whole numbers."""
    d, shapes, loc = discrete(dist, args, kwds)
    k = counts(k, loc)
    lower, upper = ends(d, shapes)
    out = (k < lower) | (k > upper) | (k != np.floor(k))
    fit = all_fit(shapes)
    if fit is not True:
        out = out & fit
    return np.where(out, otherwise, formula(d, np.where(out, lower, k), shapes))


def pmf(dist, k, *args, **kwds):
    return within_counts(dist, k, args, kwds, mass_of, 0.0)


def logpmf(dist, k, *args, **kwds):
    return within_counts(dist, k, args, kwds, log_mass_of, -np.inf)


def cumulated(d, k, shapes):
    if d.cdf is None:
        refused("the distribution function of this distribution", "sum up its pmf.")
    return d.cdf(k, *shapes)


def remaining(d, k, shapes):
    if d.sf is not None:
        return d.sf(k, *shapes)
    return 1.0 - cumulated(d, k, shapes)


def counted(dist, k, args, kwds, formula, at_lower, at_upper):
    """A probability of all whole numbers up to one, or above it."""
    d, shapes, loc = discrete(dist, args, kwds)
    k = np.floor(counts(k, loc))
    lower, upper = ends(d, shapes)
    out = (k < lower) | (k >= upper)
    fit = all_fit(shapes)
    if fit is not True:
        out = out & fit
    value = formula(d, np.where(out, lower, k), shapes)
    return np.where(out, np.where(k < lower, at_lower, at_upper), value)


class Frozen:
    """A distribution with its parameters."""

    def __init__(self, dist, *args, **kwds):
        self.dist = dist
        self.args = args
        self.kwds = kwds

    def pdf(self, x):
        return pdf(self.dist, x, *self.args, **self.kwds)

    def logpdf(self, x):
        return logpdf(self.dist, x, *self.args, **self.kwds)

    def pmf(self, k):
        return pmf(self.dist, k, *self.args, **self.kwds)

    def logpmf(self, k):
        return logpmf(self.dist, k, *self.args, **self.kwds)

    def cdf(self, x):
        return cdf(self.dist, x, *self.args, **self.kwds)

    def sf(self, x):
        return sf(self.dist, x, *self.args, **self.kwds)

    def logcdf(self, x):
        return logcdf(self.dist, x, *self.args, **self.kwds)

    def logsf(self, x):
        return logsf(self.dist, x, *self.args, **self.kwds)

    def ppf(self, q):
        return ppf(self.dist, q, *self.args, **self.kwds)

    def isf(self, q):
        return isf(self.dist, q, *self.args, **self.kwds)

    def median(self):
        return median(self.dist, *self.args, **self.kwds)

    def interval(self, confidence):
        return interval(self.dist, confidence, *self.args, **self.kwds)

    def support(self):
        return support(self.dist, *self.args, **self.kwds)

    def entropy(self):
        return entropy(self.dist, *self.args, **self.kwds)

    def mean(self):
        return mean(self.dist, *self.args, **self.kwds)

    def var(self):
        return var(self.dist, *self.args, **self.kwds)

    def stats(self, moments="mv"):
        return stats_of(self.dist, *self.args, moments=moments, **self.kwds)

    def expect(self, func=None, lb=None, ub=None, conditional=False):
        own = object_named(stats, self.dist)
        *shapes, loc, scale = bound(own._parse_args, self.args, self.kwds)
        return expect(self.dist, func, tuple(shapes), loc, scale, lb, ub, conditional)

    def rvs(self, size=None, random_state=None):
        return rvs(self.dist, *self.args, size=size, random_state=random_state, **self.kwds)

    def std(self):
        return std(self.dist, *self.args, **self.kwds)


def frozen(dist, *args, **kwds):
    return Frozen(dist, *args, **kwds)


SHARED = {f.__name__: f for f in (cdf, sf, logcdf, logsf, ppf, isf, median, interval, entropy, mean, var, std, support)}
METHODS = {
    **{
        f"rv_generic.{name}": SHARED[name]
        for name in ("median", "interval", "entropy", "mean", "var", "std", "support")
    },
    **{f"rv_continuous.{f.__name__}": f for f in (pdf, logpdf, cdf, sf, logcdf, logsf, ppf, isf)},
    **{f"rv_discrete.{f.__name__}": f for f in (pmf, logpmf, cdf, sf, logcdf, logsf)},
    "rv_generic.__call__": frozen,
    "rv_generic.rvs": rvs,
    "rv_generic.stats": stats_of,
    "rv_frozen.stats": Frozen.stats,
    "rv_continuous.expect": expect,
    "rv_frozen.expect": Frozen.expect,
    "rv_frozen.rvs": Frozen.rvs,
    **{f"rv_frozen.{name}": getattr(Frozen, name) for name in SHARED},
    **{f"rv_continuous_frozen.{name}": getattr(Frozen, name) for name in ("pdf", "logpdf")},
    **{f"rv_discrete_frozen.{name}": getattr(Frozen, name) for name in ("pmf", "logpmf")},
}
