"""What scipy.stats computes of samples: moments, scores, means, correlation, lines, densities of kernels."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from srcad.definitions.words import fixed, numbers, refused


def flat_where_none(a, axis):
    """The sample as an array, and the axis along which it lies."""
    a = np.asarray(numbers(a))
    if axis is None:
        return np.ravel(a), 0
    return a, axis


def zscore(a, axis=0, ddof=0):
    a = np.asarray(numbers(a))
    return (a - np.mean(a, axis=axis, keepdims=True)) / np.std(a, axis=axis, ddof=ddof, keepdims=True)


def zmap(scores, compare, axis=0, ddof=0):
    scores, compare = np.asarray(numbers(scores)), np.asarray(numbers(compare))
    return (scores - np.mean(compare, axis=axis, keepdims=True)) / np.std(compare, axis=axis, ddof=ddof, keepdims=True)


def gzscore(a, axis=0, ddof=0):
    return zscore(np.log(np.asarray(numbers(a))), axis, ddof)


def central(a, order, axis):
    return np.mean((a - np.mean(a, axis=axis, keepdims=True)) ** order, axis=axis)


def moment(a, order=1, axis=0, center=None):
    a, axis = flat_where_none(a, axis)
    order = fixed(order)
    if order == 0:
        return 1.0 + 0.0 * np.mean(a, axis=axis)
    if center is not None:
        return np.mean((a - center) ** order, axis=axis)
    if order == 1:
        return 0.0 * np.mean(a, axis=axis)
    return central(a, order, axis)


def skew(a, axis=0, bias=True):
    a, axis = flat_where_none(a, axis)
    n = a.shape[axis]
    value = central(a, 3, axis) / central(a, 2, axis) ** 1.5
    return value if bias or n <= 2 else np.sqrt((n - 1.0) * n) / (n - 2.0) * value


def kurtosis(a, axis=0, fisher=True, bias=True):
    a, axis = flat_where_none(a, axis)
    n = a.shape[axis]
    value = central(a, 4, axis) / central(a, 2, axis) ** 2.0
    if not bias and n > 3:
        value = 1.0 / (n - 2) / (n - 3) * ((n**2 - 1.0) * value - 3 * (n - 1) ** 2.0) + 3.0
    return value - 3.0 if fisher else value


def sem(a, axis=0, ddof=1):
    a, axis = flat_where_none(a, axis)
    return np.std(a, axis=axis, ddof=ddof) / np.sqrt(a.shape[axis])


def variation(a, axis=0, ddof=0):
    a, axis = flat_where_none(a, axis)
    return np.std(a, axis=axis, ddof=ddof) / np.mean(a, axis=axis)


def gmean(a, axis=0, weights=None):
    a, axis = flat_where_none(a, axis)
    return np.exp(np.average(np.log(a), axis=axis, weights=weights))


def hmean(a, axis=0, weights=None):
    a, axis = flat_where_none(a, axis)
    return 1.0 / np.average(1.0 / a, axis=axis, weights=weights)


def pmean(a, p, axis=0, weights=None):
    p = fixed(p)
    if p == 0:
        return gmean(a, axis, weights)
    a, axis = flat_where_none(a, axis)
    return np.float_power(np.average(np.float_power(a, p), axis=axis, weights=weights), 1 / p)


def iqr(x, axis=None, rng=(25, 75), scale=1.0, interpolation="linear"):
    x = np.asarray(numbers(x))
    low, high = min(rng), max(rng)
    span = np.percentile(x, high, axis=axis, method=interpolation) - np.percentile(
        x, low, axis=axis, method=interpolation
    )
    if isinstance(scale, str):
        return span / (2 * math.sqrt(2) * 0.4769362762044699)
    return span / scale


def trim_mean(a, proportiontocut, axis=0):
    a, axis = flat_where_none(a, axis)
    n = a.shape[axis]
    cut = int(fixed(proportiontocut) * n)
    kept = np.moveaxis(np.sort(a, axis=axis), axis, 0)[cut : n - cut]
    return np.mean(kept, axis=0)


def within(a, limits, inclusive):
    """Which elements lie between limits."""
    if limits is None:
        return np.ones(a.shape, dtype=bool)
    lower, upper = limits
    kept = np.ones(a.shape, dtype=bool)
    if lower is not None:
        kept = kept & ((a >= lower) if inclusive[0] else (a > lower))
    if upper is not None:
        kept = kept & ((a <= upper) if inclusive[1] else (a < upper))
    return kept


def tmean(a, limits=None, inclusive=(True, True), axis=None):
    a = np.asarray(numbers(a))
    kept = within(a, limits, inclusive)
    return np.sum(np.where(kept, a, 0.0), axis=axis) / np.sum(kept, axis=axis)


def tvar(a, limits=None, inclusive=(True, True), axis=0, ddof=1):
    a, axis = flat_where_none(a, axis)
    kept = within(a, limits, inclusive)
    count = np.sum(kept, axis=axis, keepdims=True)
    center = np.sum(np.where(kept, a, 0.0), axis=axis, keepdims=True) / count
    squares = np.sum(np.where(kept, a - center, 0.0) ** 2, axis=axis)
    return squares / (np.sum(kept, axis=axis) - ddof)


def tstd(a, limits=None, inclusive=(True, True), axis=0, ddof=1):
    return np.sqrt(tvar(a, limits, inclusive, axis, ddof))


def entropy(pk, qk=None, base=None, axis=0):
    pk = np.asarray(numbers(pk))
    pk = pk / np.sum(pk, axis=axis, keepdims=True)
    if qk is None:
        value = np.sum(special.entr(pk), axis=axis)
    else:
        qk = np.asarray(numbers(qk))
        value = np.sum(special.rel_entr(pk, qk / np.sum(qk, axis=axis, keepdims=True)), axis=axis)
    return value if base is None else value / np.log(base)


class Described:
    """What describe() returns."""

    def __init__(self, nobs, minmax, mean, variance, skewness, kurtosis):
        self.nobs, self.minmax, self.mean = nobs, minmax, mean
        self.variance, self.skewness, self.kurtosis = variance, skewness, kurtosis

    def __getitem__(self, k):
        return (self.nobs, self.minmax, self.mean, self.variance, self.skewness, self.kurtosis)[k]

    def __iter__(self):
        return iter((self.nobs, self.minmax, self.mean, self.variance, self.skewness, self.kurtosis))


def describe(a, axis=0, ddof=1, bias=True):
    a, axis = flat_where_none(a, axis)
    extremes = np.min(a, axis=axis), np.max(a, axis=axis)
    moments = np.mean(a, axis=axis), np.var(a, axis=axis, ddof=ddof)
    return Described(a.shape[axis], extremes, *moments, skew(a, axis, bias), kurtosis(a, axis, True, bias))


def two_sided(t, df):
    """The probability of a value of t beyond -t or t."""
    return special.betainc(0.5 * df, 0.5, df / (df + t**2))


class Correlated:
    """What pearsonr() returns."""

    def __init__(self, statistic, n):
        self.statistic = statistic
        self.correlation = statistic
        self.n = n

    @property
    def pvalue(self):
        df = self.n - 2
        return two_sided(self.statistic * np.sqrt(df / (1.0 - self.statistic**2)), df)

    def __getitem__(self, k):
        return self.statistic if k == 0 else self.pvalue

    def __iter__(self):
        return iter((self.statistic, self.pvalue))


def pearsonr(x, y):
    x, y = np.asarray(numbers(x)), np.asarray(numbers(y))
    x, y = x - np.mean(x), y - np.mean(y)
    return Correlated(np.sum(x / np.linalg.norm(x) * (y / np.linalg.norm(y))), len(x))


class Regression:
    """What linregress() returns."""

    def __init__(self, slope, intercept, rvalue, df, stderr, intercept_stderr):
        self.slope, self.intercept, self.rvalue = slope, intercept, rvalue
        self.df, self.stderr, self.intercept_stderr = df, stderr, intercept_stderr

    @property
    def pvalue(self):
        return two_sided(self.slope / self.stderr, self.df)

    def __getitem__(self, k):
        return (self.slope, self.intercept, self.rvalue)[k] if k < 3 else self.pvalue if k == 3 else self.stderr

    def __iter__(self):
        return iter((self.slope, self.intercept, self.rvalue, self.pvalue, self.stderr))


def linregress(x, y):
    x, y = np.asarray(numbers(x)), np.asarray(numbers(y))
    n = len(x)
    dx, dy = x - np.mean(x), y - np.mean(y)
    xx, xy, yy = np.mean(dx * dx), np.mean(dx * dy), np.mean(dy * dy)
    slope = xy / xx
    r = xy / np.sqrt(xx * yy)
    stderr = np.sqrt((1.0 - r**2) * yy / xx / (n - 2))
    return Regression(slope, np.mean(y) - slope * np.mean(x), r, n - 2, stderr, stderr * np.sqrt(xx + np.mean(x) ** 2))


class Tested:
    """What a t test returns."""

    def __init__(self, statistic, df):
        self.statistic, self.df = statistic, df

    @property
    def pvalue(self):
        return two_sided(self.statistic, self.df)

    def __getitem__(self, k):
        return self.statistic if k == 0 else self.pvalue

    def __iter__(self):
        return iter((self.statistic, self.pvalue))


def ttest_1samp(a, popmean, axis=0):
    a, axis = flat_where_none(a, axis)
    n = a.shape[axis]
    return Tested((np.mean(a, axis=axis) - popmean) / np.sqrt(np.var(a, axis=axis, ddof=1) / n), n - 1)


def ttest_rel(a, b, axis=0):
    return ttest_1samp(np.asarray(numbers(a)) - np.asarray(numbers(b)), 0.0, axis)


def ttest_ind(a, b, axis=0, equal_var=True):
    a, own = flat_where_none(a, axis)
    b, _ = flat_where_none(b, axis)
    n, m = a.shape[own], b.shape[own]
    v, w = np.var(a, axis=own, ddof=1), np.var(b, axis=own, ddof=1)
    if equal_var:
        df = n + m - 2.0
        spread = np.sqrt(((n - 1) * v + (m - 1) * w) / df * (1.0 / n + 1.0 / m))
    else:
        df = (v / n + w / m) ** 2 / ((v / n) ** 2 / (n - 1) + (w / m) ** 2 / (m - 1))
        spread = np.sqrt(v / n + w / m)
    return Tested((np.mean(a, axis=own) - np.mean(b, axis=own)) / spread, df)


def boxcox(x, lmbda=None):
    if lmbda is None:
        refused("boxcox without lmbda, which is searched for,", "give lmbda.")
    x, lmbda = np.asarray(numbers(x)), fixed(lmbda)
    return np.log(x) if lmbda == 0 else np.expm1(lmbda * np.log(x)) / lmbda


def boxcox_llf(lmb, data):
    data, lmb = np.asarray(numbers(data)), fixed(lmb)
    logs = np.log(data)
    if lmb == 0:
        return (lmb - 1) * np.sum(logs) - len(data) / 2.0 * np.log(np.var(logs))
    return (lmb - 1) * np.sum(logs) - len(data) / 2.0 * np.log(np.var(data**lmb / lmb))


class gaussian_kde:
    """A density made of kernels."""

    def __init__(self, dataset, bw_method=None, weights=None):
        self.dataset = np.atleast_2d(numbers(dataset))
        self.d, self.n = self.dataset.shape
        if weights is None:
            self._weights = np.full(self.n, 1.0 / self.n)
        else:
            weights = np.atleast_1d(numbers(weights))
            self._weights = weights / np.sum(weights)
        neff = 1.0 / np.sum(self._weights**2)
        if bw_method is None or bw_method == "scott":
            self.factor = neff ** (-1.0 / (self.d + 4))
        elif bw_method == "silverman":
            self.factor = (neff * (self.d + 2.0) / 4.0) ** (-1.0 / (self.d + 4))
        elif callable(bw_method):
            refused("gaussian_kde with a function as bw_method", "give the factor as a number.")
        else:
            self.factor = bw_method
        center = np.sum(self.dataset * self._weights, axis=1, keepdims=True)
        away = self.dataset - center
        data = (away * self._weights) @ away.T / (1.0 - np.sum(self._weights**2))
        self.covariance = data * self.factor**2

    @property
    def weights(self):
        return self._weights

    def evaluate(self, points):
        return evaluate_kernels(self, points)

    def __call__(self, points):
        return evaluate_kernels(self, points)

    def pdf(self, x):
        return evaluate_kernels(self, x)

    def logpdf(self, x):
        return log_kernels(self, x)


def energies(kernels, points):
    """Half the squared distances of all points to all data, and the logarithm of the norm of a kernel."""
    data = kernels.dataset
    points = np.atleast_2d(numbers(points))
    if len(data) != 1 and points.shape[0] == 1 and points.shape[1] == len(data):
        points = points.T
    root = np.linalg.cholesky(kernels.covariance)
    whitened, places = np.linalg.solve(root, data), np.linalg.solve(root, points)
    squared = np.sum((places[:, :, None] - whitened[:, None, :]) ** 2, axis=0)
    return squared / 2.0, np.sum(np.log(np.diag(root))) + 0.5 * len(data) * math.log(2.0 * math.pi)


def evaluate_kernels(self, points):
    half, log_norm = energies(self, points)
    return np.exp(-half) @ self._weights / np.exp(log_norm)


def log_kernels(self, x):
    half, log_norm = energies(self, x)
    return special.logsumexp(np.log(self._weights) - half, axis=1) - log_norm


METHODS = {
    "gaussian_kde.evaluate": evaluate_kernels,
    "gaussian_kde.pdf": evaluate_kernels,
    "gaussian_kde.logpdf": log_kernels,
}
