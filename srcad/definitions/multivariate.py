"""Multivariate distributions of scipy.stats.

A covariance that isn't positive definite raises LinAlgError, if it isn't said that it may be singular.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from srcad.definitions.words import floats, held, numbers, refused, single

LOG_2PI = math.log(2.0 * math.pi)
NOTHING = 1e6 * 2.0**-52  # what a covariance has along what it doesn't span, relative to its largest eigenvalue


def matrix_of(cov, dim):
    """A covariance matrix: of a number, of variances, or itself."""
    cov = numbers(cov)
    if np.ndim(cov) == 0:
        return cov * np.eye(dim)
    return np.diag(cov) if np.ndim(cov) == 1 else cov


def located(mean, cov):
    """The mean as a vector, and the covariance as a matrix."""
    if mean is None:
        dim = 1 if np.ndim(cov) < 2 else len(cov)
        return np.zeros(dim), matrix_of(cov, dim)
    mean = np.atleast_1d(numbers(mean))
    return mean, matrix_of(cov, len(mean))


def deviations(x, mean):
    """Points without their mean: a vector for one point, or points along the first axes."""
    x = floats(x)
    if single(mean) and np.ndim(x) < 2:
        x = np.reshape(x, (1,)) if np.ndim(x) == 0 else x[:, None]
    return x - mean


def distances(x, mean, cov):
    """Squared Mahalanobis distances, and the logarithm of the determinant of the covariance."""
    root = np.linalg.cholesky(cov)
    difference = deviations(x, mean)
    log_det = 2.0 * np.sum(np.log(np.diag(root)))
    if np.ndim(difference) == 1:
        return np.sum(np.linalg.solve(root, difference) ** 2), log_det
    whitened = np.linalg.solve(root, np.reshape(difference, (-1, len(mean))).T)
    return np.squeeze(np.reshape(np.sum(whitened**2, axis=0), difference.shape[:-1])), log_det


def singular_distances(x, mean, cov):
    """`distances` in the space that a covariance spans; how many dimensions it has, and which points lie in it."""
    values = np.linalg.eigvalsh(cov)
    least = NOTHING * np.max(np.abs(values))
    spans = values > least
    log_det = np.sum(np.log(np.where(spans, values, 1.0)))
    inverse = np.linalg.pinv(cov, rcond=NOTHING, hermitian=True)
    difference = deviations(x, mean)
    within = np.linalg.norm(difference - difference @ (inverse @ cov), axis=-1) < 1e3 * least
    squared = np.sum(difference @ inverse * difference, axis=-1)
    if np.ndim(difference) > 1:
        squared, within = np.squeeze(squared), np.squeeze(within)
    return squared, log_det, np.sum(spans), within


def normal_logpdf(dist, x, mean=None, cov=1, allow_singular=False):
    mean, cov = located(mean, cov)
    if allow_singular:
        squared, log_det, rank, within = singular_distances(x, mean, cov)
        return np.where(within, -0.5 * (rank * LOG_2PI + log_det + squared), -np.inf)[()]
    squared, log_det = distances(x, mean, cov)
    return -0.5 * (len(mean) * LOG_2PI + log_det + squared)


def normal_pdf(dist, x, mean=None, cov=1, allow_singular=False):
    return np.exp(normal_logpdf(dist, x, mean, cov, allow_singular))


def normal_entropy(dist, mean=None, cov=1):
    mean, cov = located(mean, cov)
    root = np.linalg.cholesky(cov)
    return 0.5 * len(mean) * (LOG_2PI + 1.0) + np.sum(np.log(np.diag(root)))


class MultivariateNormal:
    """A multivariate normal distribution with its parameters."""

    def __init__(self, dist, mean=None, cov=1, allow_singular=False, seed=None):
        self.mean, self.cov = located(mean, cov)
        self.allow_singular = allow_singular

    def pdf(self, x):
        return normal_pdf(None, x, self.mean, self.cov, self.allow_singular)

    def logpdf(self, x):
        return normal_logpdf(None, x, self.mean, self.cov, self.allow_singular)

    def entropy(self):
        return normal_entropy(None, self.mean, self.cov)


def frozen_normal(dist, mean=None, cov=1, allow_singular=False, seed=None):
    return MultivariateNormal(dist, mean, cov, allow_singular)


def given_normal_logpdf(self, x):
    """Of a frozen distribution from outside of the program."""
    return normal_logpdf(None, x, self.mean, self.cov_object._covariance, self.allow_singular)


def given_normal_pdf(self, x):
    return np.exp(given_normal_logpdf(self, x))


def t_logpdf(dist, x, loc=None, shape=1, df=1):
    loc, shape = located(loc, shape)
    squared, log_det = distances(x, loc, shape)
    df = numbers(df)
    half = 0.5 * (df + len(loc))
    constant = special.gammaln(half) - special.gammaln(0.5 * df) - len(loc) / 2.0 * np.log(df * math.pi)
    return constant - 0.5 * log_det - half * np.log1p(squared / df)


def t_pdf(dist, x, loc=None, shape=1, df=1):
    return np.exp(t_logpdf(dist, x, loc, shape, df))


class MultivariateT:
    """A multivariate t distribution with its parameters."""

    def __init__(self, dist, loc=None, shape=1, df=1, allow_singular=False, seed=None):
        self.loc, self.shape = located(loc, shape)
        self.df = df

    def pdf(self, x):
        return t_pdf(None, x, self.loc, self.shape, self.df)

    def logpdf(self, x):
        return t_logpdf(None, x, self.loc, self.shape, self.df)


def frozen_t(dist, loc=None, shape=1, df=1, allow_singular=False, seed=None):
    if allow_singular:
        refused("multivariate_t with allow_singular=True", "give it a shape that is positive definite.")
    return MultivariateT(dist, loc, shape, df)


def dirichlet_logpdf(dist, x, alpha):
    x, alpha = np.asarray(floats(x)), np.asarray(floats(alpha))
    if np.any(alpha <= 0.0):
        raise ValueError("All parameters must be greater than 0")
    if len(x) != len(alpha):
        x = np.concatenate([x, np.asarray(1.0 - np.sum(x, axis=0))[None]])
    if np.any(x < 0.0) or np.any(x > 1.0):
        raise ValueError("Each entry in 'x' must be in [0, 1].")
    if np.any(np.abs(np.sum(x, axis=0) - 1.0) > 10e-10):
        raise ValueError("The input vector 'x' must lie within the normal simplex.")
    powers = special.xlogy(alpha - 1.0, x) if np.ndim(x) == 1 else special.xlogy((alpha - 1.0)[:, None], x)
    return special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha)) + np.sum(powers, axis=0)


def dirichlet_pdf(dist, x, alpha):
    return np.exp(dirichlet_logpdf(dist, x, alpha))


def dirichlet_mean(dist, alpha):
    alpha = floats(alpha)
    return alpha / np.sum(alpha)


def dirichlet_var(dist, alpha):
    alpha = floats(alpha)
    total = np.sum(alpha)
    return alpha * (total - alpha) / (total * total * (total + 1.0))


def dirichlet_entropy(dist, alpha):
    alpha = floats(alpha)
    total = np.sum(alpha)
    log_beta = np.sum(special.gammaln(alpha)) - special.gammaln(total)
    whole = log_beta + (total - len(alpha)) * special.digamma(total)
    return whole - np.sum((alpha - 1.0) * special.digamma(alpha))


class Dirichlet:
    """A Dirichlet distribution with its parameters."""

    def __init__(self, dist, alpha, seed=None):
        self.alpha = alpha

    def pdf(self, x):
        return dirichlet_pdf(None, x, self.alpha)

    def logpdf(self, x):
        return dirichlet_logpdf(None, x, self.alpha)

    def mean(self):
        return dirichlet_mean(None, self.alpha)

    def var(self):
        return dirichlet_var(None, self.alpha)

    def entropy(self):
        return dirichlet_entropy(None, self.alpha)


def frozen_dirichlet(dist, alpha, seed=None):
    return Dirichlet(dist, alpha)


def multinomial_logpmf(dist, x, n, p):
    """The last probability is what the others leave, as SciPy has it."""
    x, n, p = held(floats(x)), held(floats(n)), floats(p)
    others = p[..., :-1]
    last = 1.0 - np.sum(others, axis=-1, keepdims=True)
    whole = np.concatenate([others, last], axis=-1)
    fits = np.all((whole >= 0.0) & (whole <= 1.0), axis=-1) & (n >= 0.0)
    whole = np.where((whole >= 0.0) & (whole <= 1.0), whole, 0.5)
    counts = np.all((x >= 0.0) & (x == np.floor(x)), axis=-1) & (np.sum(x, axis=-1) == n)
    value = special.gammaln(n + 1.0) + np.sum(special.xlogy(x, whole) - special.gammaln(x + 1.0), axis=-1)
    return np.where(fits, np.where(counts, value, -np.inf), np.nan)


def multinomial_pmf(dist, x, n, p):
    return np.exp(multinomial_logpmf(dist, x, n, p))


class Multinomial:
    """A multinomial distribution with its parameters."""

    def __init__(self, dist, n, p, seed=None):
        self.n, self.p = n, p

    def pmf(self, x):
        return multinomial_pmf(None, x, self.n, self.p)

    def logpmf(self, x):
        return multinomial_logpmf(None, x, self.n, self.p)


def frozen_multinomial(dist, n, p, seed=None):
    return Multinomial(dist, n, p)


def log_multigamma(a, d):
    return d * (d - 1) / 4.0 * math.log(math.pi) + np.sum(special.gammaln(a - 0.5 * np.arange(d)))


def one_matrix(x):
    x = np.asarray(floats(x))
    if np.ndim(x) != 2:
        refused("a Wishart density at several matrices", "call it for one after the other.")
    return x


def log_determinant(a):
    return 2.0 * np.sum(np.log(np.diag(np.linalg.cholesky(a))))


def wishart_logpdf(dist, x, df, scale):
    x, scale, df = one_matrix(x), one_matrix(scale), numbers(df)
    d = len(scale)
    constant = 0.5 * df * d * math.log(2.0) + 0.5 * df * log_determinant(scale) + log_multigamma(0.5 * df, d)
    return 0.5 * (df - d - 1) * log_determinant(x) - 0.5 * np.trace(np.linalg.solve(scale, x)) - constant


def wishart_pdf(dist, x, df, scale):
    return np.exp(wishart_logpdf(dist, x, df, scale))


def invwishart_logpdf(dist, x, df, scale):
    x, scale, df = one_matrix(x), one_matrix(scale), numbers(df)
    d = len(scale)
    constant = 0.5 * df * d * math.log(2.0) - 0.5 * df * log_determinant(scale) + log_multigamma(0.5 * df, d)
    return -0.5 * (df + d + 1) * log_determinant(x) - 0.5 * np.trace(np.linalg.solve(x, scale)) - constant


def invwishart_pdf(dist, x, df, scale):
    return np.exp(invwishart_logpdf(dist, x, df, scale))


def matrix_normal_logpdf(dist, X, mean=None, rowcov=1, colcov=1):
    x = one_matrix(X)
    rows, columns = matrix_of(rowcov, x.shape[0]), matrix_of(colcov, x.shape[1])
    away = x if mean is None else x - np.asarray(floats(mean))
    m, n = x.shape
    squared = np.sum(np.linalg.solve(rows, away) * np.linalg.solve(columns, away.T).T)
    logs = m * log_determinant(columns) + n * log_determinant(rows)
    return -0.5 * (m * n * LOG_2PI + logs + squared)


def matrix_normal_pdf(dist, X, mean=None, rowcov=1, colcov=1):
    return np.exp(matrix_normal_logpdf(dist, X, mean, rowcov, colcov))


def normal_inverse_gamma_logpdf(dist, x, s2, mu=0, lmbda=1, a=1, b=1):
    x, s2, mu, lmbda, a, b = [floats(v) for v in (x, s2, mu, lmbda, a, b)]
    normal = 0.5 * (np.log(lmbda) - LOG_2PI - np.log(s2)) - lmbda * (x - mu) ** 2 / (2.0 * s2)
    return normal + a * np.log(b) - special.gammaln(a) - (a + 1.0) * np.log(s2) - b / s2


def normal_inverse_gamma_pdf(dist, x, s2, mu=0, lmbda=1, a=1, b=1):
    return np.exp(normal_inverse_gamma_logpdf(dist, x, s2, mu, lmbda, a, b))


def dirichlet_multinomial_logpmf(dist, x, alpha, n):
    x, alpha, n = held(floats(x)), floats(alpha), held(floats(n))
    total = np.sum(alpha, axis=-1)
    whole = np.log(n) + special.betaln(total, n)
    each = np.where(x > 0.0, np.log(np.where(x > 0.0, x, 1.0)) + special.betaln(alpha, np.where(x > 0.0, x, 1.0)), 0.0)
    return np.where(np.sum(x, axis=-1) == n, whole - np.sum(each, axis=-1), -np.inf)


def dirichlet_multinomial_pmf(dist, x, alpha, n):
    return np.exp(dirichlet_multinomial_logpmf(dist, x, alpha, n))


METHODS = {
    "matrix_normal_gen.logpdf": matrix_normal_logpdf,
    "matrix_normal_gen.pdf": matrix_normal_pdf,
    "normal_inverse_gamma_gen.logpdf": normal_inverse_gamma_logpdf,
    "normal_inverse_gamma_gen.pdf": normal_inverse_gamma_pdf,
    "dirichlet_multinomial_gen.logpmf": dirichlet_multinomial_logpmf,
    "dirichlet_multinomial_gen.pmf": dirichlet_multinomial_pmf,
    "multivariate_normal_gen.logpdf": normal_logpdf,
    "multivariate_normal_gen.pdf": normal_pdf,
    "multivariate_normal_gen.entropy": normal_entropy,
    "multivariate_normal_gen.__call__": frozen_normal,
    "multivariate_normal_frozen.logpdf": given_normal_logpdf,
    "multivariate_normal_frozen.pdf": given_normal_pdf,
    "multivariate_t_gen.logpdf": t_logpdf,
    "multivariate_t_gen.pdf": t_pdf,
    "multivariate_t_gen.__call__": frozen_t,
    "multivariate_t_frozen.logpdf": MultivariateT.logpdf,
    "multivariate_t_frozen.pdf": MultivariateT.pdf,
    "dirichlet_gen.logpdf": dirichlet_logpdf,
    "dirichlet_gen.pdf": dirichlet_pdf,
    "dirichlet_gen.mean": dirichlet_mean,
    "dirichlet_gen.var": dirichlet_var,
    "dirichlet_gen.entropy": dirichlet_entropy,
    "dirichlet_gen.__call__": frozen_dirichlet,
    "dirichlet_frozen.logpdf": Dirichlet.logpdf,
    "dirichlet_frozen.pdf": Dirichlet.pdf,
    "multinomial_gen.logpmf": multinomial_logpmf,
    "multinomial_gen.pmf": multinomial_pmf,
    "multinomial_gen.__call__": frozen_multinomial,
    "wishart_gen.logpdf": wishart_logpdf,
    "wishart_gen.pdf": wishart_pdf,
    "invwishart_gen.logpdf": invwishart_logpdf,
    "invwishart_gen.pdf": invwishart_pdf,
}
