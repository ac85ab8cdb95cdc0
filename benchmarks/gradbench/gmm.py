"""The posterior density of a mixture of Gaussians with a Wishart prior on the precisions, as a logarithm.

The precision of a component is Q.T @ Q; q has the logarithms of the diagonal of Q, and `below` what is below it, column
by column.
"""

from __future__ import annotations

import numpy as np
from scipy.special import multigammaln

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed


def logsumexp(x):
    top = np.max(x, axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(x - top), axis=-1)) + top[..., 0]


def factors(q, below):
    k, d = q.shape
    Q = np.zeros((k, d, d))
    columns, rows = np.triu_indices(d, 1)
    Q[:, rows, columns] = below
    Q[:, np.arange(d), np.arange(d)] = np.exp(q)
    return Q


def log_likelihood(alpha, mu, Q, log_determinants, x):
    n, d = x.shape
    standardised = (x - mu[:, None, :]) @ np.swapaxes(Q, 1, 2)
    inner = alpha + log_determinants - 0.5 * np.sum(standardised**2, axis=2).T
    return np.sum(logsumexp(inner)) - n * (0.5 * d * np.log(2.0 * np.pi) + logsumexp(alpha))


def log_prior(Q, log_determinants, m, gamma):
    k, d = Q.shape[0], Q.shape[1]
    n = d + m + 1
    constant = n * d * np.log(gamma / np.sqrt(2.0)) - multigammaln(0.5 * n, d)
    return k * constant - 0.5 * gamma**2 * np.sum(Q**2) + m * np.sum(log_determinants)


def log_posterior(alpha, mu, q, below, x, m, gamma):
    Q, log_determinants = factors(q, below), np.sum(q, axis=1)
    return log_likelihood(alpha, mu, Q, log_determinants, x) + log_prior(Q, log_determinants, m, gamma)


NAMES = ("alpha", "mu", "q", "l")  # the suite's names of the independent variables


def arguments(given):
    arrays = (np.array(given[name], dtype=float) for name in (*NAMES, "x"))
    return *arrays, given["m"], float(given["gamma"])


def named(gradients):
    return {name: listed(one) for name, one in zip(NAMES, gradients, strict=True)}


FUNCTIONS = {
    "objective": Evaluation(arguments, compiled(log_posterior), float),
    "jacobian": Evaluation(arguments, srcad.grad(log_posterior, argnums=(0, 1, 2, 3)), named),
}
