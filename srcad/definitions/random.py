"""Samplers of numpy.random: what they draw from standard distributions, moved and stretched by their parameters.

The numbers are those of the sampler, from the same stream, and nothing is drawn twice. A generator is a `Generator`, or
a `RandomState`, to which the functions of numpy.random belong.
"""

from __future__ import annotations

import numpy as np

from srcad.definitions.words import known, numbers, rests


def shape_for(size, *parameters):
    """How many numbers are drawn: None for one."""
    if size is not None:
        return size
    arrays = [p for p in parameters if np.ndim(p) > 0]
    if not arrays:
        return None
    whole = arrays[0]
    for array in arrays[1:]:
        whole = whole + array
    return whole.shape


def checked(a, name):
    """A parameter that must not be negative."""
    if known(a):
        return a
    a = numbers(a)
    if np.any(a < 0.0):
        raise ValueError(f"{name} < 0")
    return a


def normal(rng, legacy, loc=0.0, scale=1.0, size=None):
    loc, scale = numbers(loc), checked(scale, "scale")
    return loc + scale * rng.standard_normal(shape_for(size, loc, scale))


def uniform(rng, legacy, low=0.0, high=1.0, size=None):
    low, high = numbers(low), numbers(high)
    return low + (high - low) * rng.random(shape_for(size, low, high))


def exponential(rng, legacy, scale=1.0, size=None):
    scale = checked(scale, "scale")
    return scale * rng.standard_exponential(shape_for(size, scale))


def laplace(rng, legacy, loc=0.0, scale=1.0, size=None):
    loc, scale = numbers(loc), checked(scale, "scale")
    u = rng.random(shape_for(size, loc, scale))
    right = u >= 0.5
    return np.where(right, loc - scale * np.log(2.0 - u - u), loc + scale * np.log(u + u))


def logistic(rng, legacy, loc=0.0, scale=1.0, size=None):
    loc, scale = numbers(loc), checked(scale, "scale")
    u = rng.random(shape_for(size, loc, scale))
    return loc + scale * np.log(u / (1.0 - u))


def gumbel(rng, legacy, loc=0.0, scale=1.0, size=None):
    loc, scale = numbers(loc), checked(scale, "scale")
    u = 1.0 - rng.random(shape_for(size, loc, scale))
    return loc - scale * np.log(-np.log(u))


def lognormal(rng, legacy, mean=0.0, sigma=1.0, size=None):
    mean, sigma = numbers(mean), checked(sigma, "sigma")
    return np.exp(mean + sigma * rng.standard_normal(shape_for(size, mean, sigma)))


def rayleigh(rng, legacy, scale=1.0, size=None):
    scale = checked(scale, "scale")
    if legacy:
        return scale * np.sqrt(-2.0 * np.log1p(-rng.random(shape_for(size, scale))))
    return scale * np.sqrt(2.0 * rng.standard_exponential(shape_for(size, scale)))


def weibull(rng, legacy, a, size=None):
    a = checked(a, "a")
    return rng.standard_exponential(shape_for(size, a)) ** (1.0 / a)


def pareto(rng, legacy, a, size=None):
    a = checked(a, "a")
    ratio = rng.standard_exponential(shape_for(size, a)) / a
    return np.exp(ratio) - 1.0 if legacy else np.expm1(ratio)


def power(rng, legacy, a, size=None):
    a = checked(a, "a")
    z = rng.standard_exponential(shape_for(size, a))
    return (1.0 - np.exp(-z) if legacy else -np.expm1(-z)) ** (1.0 / a)


def triangular(rng, legacy, left, mode, right, size=None):
    left, mode, right = numbers(left), numbers(mode), numbers(right)
    u = rng.random(shape_for(size, left, mode, right))
    base = right - left
    rising = u <= (mode - left) / base
    lower = left + np.sqrt(np.where(rising, u, 0.5) * ((mode - left) * base))
    upper = right - np.sqrt((1.0 - np.where(rising, 0.5, u)) * ((right - mode) * base))
    return np.where(rising, lower, upper)


def gamma(rng, legacy, shape, scale=1.0, size=None):
    scale = checked(scale, "scale")
    return scale * rng.standard_gamma(rests(shape, "the shape of gamma"), shape_for(size, shape, scale))


def multivariate_normal(rng, legacy, mean, cov, size=None, check_valid="warn", tol=1e-8, method="svd"):
    mean, cov = np.asarray(numbers(mean)), np.asarray(numbers(cov))
    count = () if size is None else (size,) if np.ndim(size) == 0 else tuple(size)
    z = rng.standard_normal((*count, len(mean)))
    if legacy:
        _, s, v = np.linalg.svd(cov)
        return mean + z @ (np.sqrt(s)[:, None] * v)
    if method == "cholesky":
        factor = np.linalg.cholesky(cov)
    elif method == "eigh":
        s, u = np.linalg.eigh(cov)
        factor = u * np.sqrt(np.abs(s))
    else:
        u, s, _ = np.linalg.svd(cov)
        factor = u * np.sqrt(s)
    return mean + z @ factor.T


def permutation(rng, legacy, x, axis=0):
    x = np.asarray(x)
    return np.take(x, rng.permutation(x.shape[axis]), axis=axis)


def choice(rng, legacy, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    a = np.asarray(a)
    if legacy:
        return np.take(a, rng.choice(len(a), size, replace, p), axis=0)
    return np.take(a, rng.choice(a.shape[axis], size, replace, p, shuffle=shuffle), axis=axis)


def shuffle(rng, legacy, x, axis=0):
    x[...] = np.take(x, rng.permutation(x.shape[axis]), axis=axis)


SAMPLERS = {
    f.__name__: f
    for f in (
        *(normal, uniform, exponential, laplace, logistic, gumbel, lognormal, rayleigh, weibull, pareto, power),
        *(triangular, gamma, multivariate_normal, permutation, choice, shuffle),
    )
}
