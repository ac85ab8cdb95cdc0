"""What scipy.stats computes of samples, and its multivariate distributions: against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import srcad
from tests.definitions.checking import Program, check, check_second, weighted

X = np.array([0.3, 1.2, -0.7, 0.5, 0.9, 2.1])
Y = np.array([1.3, 0.2, 0.7, 1.5, -0.9, 0.1])
P = np.abs(X) + 0.1
ROWS = np.random.default_rng(0).normal(size=(5, 3))
COV = np.array([[1.0, 0.2, 0.1], [0.2, 2.0, 0.3], [0.1, 0.3, 1.5]])
MEAN = np.array([0.1, -0.3, 0.2])
ALPHA = np.array([1.2, 2.0, 0.7])
KERNELS = stats.gaussian_kde(X)
NORMAL = stats.multivariate_normal(MEAN, COV)


def symmetric(a: Any) -> Any:
    return (a + a.T) / 2


def line(x: Any, y: Any) -> Any:
    found = stats.linregress(x, y)
    return found.slope + 2 * found.intercept + 3 * found.rvalue + found.stderr + found.intercept_stderr


def described(x: Any) -> Any:
    found = stats.describe(x)
    return found.mean + found.variance + found.skewness + found.kurtosis + found.minmax[1]


PROGRAMS: dict[str, Program] = {
    "zscore": (lambda a: weighted(stats.zscore(a)), (X,)),
    "zscore along rows": (lambda a: weighted(stats.zscore(a, axis=1, ddof=1)), (ROWS,)),
    "zmap": (lambda a, b: weighted(stats.zmap(a, b)), (X, Y)),
    "gzscore": (lambda a: weighted(stats.gzscore(a)), (P,)),
    "skew": (lambda a: stats.skew(a), (X,)),
    "skew without bias": (lambda a: weighted(stats.skew(a, axis=0, bias=False)), (ROWS,)),
    "kurtosis": (lambda a: stats.kurtosis(a), (X,)),
    "kurtosis without bias": (lambda a: stats.kurtosis(a, fisher=False, bias=False), (X,)),
    "moment": (lambda a: stats.moment(a, 3), (X,)),
    "moment about a place": (lambda a: stats.moment(a, order=2, center=0.4), (X,)),
    "sem": (lambda a: stats.sem(a), (X,)),
    "gmean": (lambda a: stats.gmean(a), (P,)),
    "gmean with weights": (lambda a, w: stats.gmean(a, weights=w), (P, np.abs(Y))),
    "hmean": (lambda a: stats.hmean(a), (P,)),
    "pmean": (lambda a: stats.pmean(a, 2.5), (P,)),
    "variation": (lambda a: stats.variation(a), (X,)),
    "iqr": (lambda a: stats.iqr(a), (X,)),
    "trim_mean": (lambda a: stats.trim_mean(a, 0.2), (X,)),
    "tmean": (lambda a: stats.tmean(a, limits=(0, 2)), (X,)),
    "tvar": (lambda a: stats.tvar(a, limits=(0, 2)), (X,)),
    "tstd": (lambda a: stats.tstd(a), (X,)),
    "entropy": (lambda a: stats.entropy(a), (P,)),
    "relative entropy": (lambda a, b: stats.entropy(a, b, base=2), (P, np.abs(Y))),
    "pearsonr": (lambda a, b: stats.pearsonr(a, b).statistic, (X, Y)),
    "linregress": (line, (X, Y)),
    "its items": (lambda x, y: weighted(list(stats.linregress(x, y))), (X, Y)),
    "ttest_ind": (lambda a, b: stats.ttest_ind(a, b).statistic + stats.ttest_ind(a, b).pvalue, (X, Y)),
    "ttest_ind of Welch": (lambda a, b: stats.ttest_ind(a, b, equal_var=False).statistic, (X, Y)),
    "ttest_1samp": (lambda a, m: weighted(list(stats.ttest_1samp(a, m))), (X, 0.1)),
    "ttest_rel": (lambda a, b: stats.ttest_rel(a, b).statistic, (X, Y)),
    "boxcox": (lambda a: weighted(stats.boxcox(a, 0.3)) + weighted(stats.boxcox(a, 0)), (P,)),
    "boxcox_llf": (lambda a: stats.boxcox_llf(0.3, a) + stats.boxcox_llf(0, a), (P,)),
    "describe": (described, (X,)),
    "gaussian_kde": (lambda d, t: weighted(stats.gaussian_kde(d)(t)), (X, Y[:2])),
    "its logarithm": (lambda d, t: weighted(stats.gaussian_kde(d, bw_method=0.5).logpdf(t)), (X, Y[:2])),
    "kernels in the plane": (
        lambda d, t, w: weighted(stats.gaussian_kde(d, "silverman", weights=w).evaluate(t)),
        (ROWS.T[:2].copy(), np.array([[0.1, 0.7], [0.2, 0.3]]), np.arange(1.0, 6.0)),
    ),
    "kernels from outside": (lambda t: weighted(KERNELS(t)), (Y[:2],)),
    "normal": (lambda x, m, a: stats.multivariate_normal.logpdf(x, m, symmetric(a)), (MEAN + 0.3, MEAN, COV)),
    "normal at points": (
        lambda x, m, a: weighted(stats.multivariate_normal.pdf(x, mean=m, cov=symmetric(a))),
        (ROWS, MEAN, COV),
    ),
    "normal of numbers": (lambda x: weighted(stats.multivariate_normal.pdf(x)), (X,)),
    "normal of a variance": (lambda x, s: stats.multivariate_normal.pdf(x, np.zeros(3), s), (MEAN, 0.7)),
    "frozen normal": (
        lambda x, m, a: weighted(stats.multivariate_normal(m, symmetric(a)).logpdf(x)),
        (ROWS, MEAN, COV),
    ),
    "normal of a singular covariance": (
        lambda b, c: weighted(stats.multivariate_normal.logpdf(MEAN + c @ b.T, MEAN, b @ b.T, allow_singular=True)),
        (COV[:, :2].copy(), ROWS[:, :2].copy()),
    ),
    "normal of numbers whose covariance may be singular": (
        lambda x: stats.multivariate_normal.logpdf(x, np.ones(1), np.ones((1, 1)), allow_singular=True),
        (np.array([0.3]),),
    ),
    "normal of a covariance that may be singular": (
        lambda x, m, a: stats.multivariate_normal(m, symmetric(a), allow_singular=True).pdf(x),
        (MEAN + 0.3, MEAN, COV),
    ),
    "normal from outside": (lambda x: weighted(NORMAL.logpdf(x)), (ROWS,)),
    "t": (
        lambda x, m, a, df: weighted(stats.multivariate_t.logpdf(x, m, symmetric(a), df)),
        (ROWS, MEAN, COV, 4.0),
    ),
    "dirichlet": (lambda a: stats.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), a), (ALPHA,)),
    "dirichlet at a point": (lambda x, a: stats.dirichlet.pdf(x / np.sum(x), a), (np.array([0.2, 0.3, 0.6]), ALPHA)),
    "moments of dirichlet": (
        lambda a: stats.dirichlet.entropy(a) + weighted(stats.dirichlet.mean(a)) + weighted(stats.dirichlet.var(a)),
        (ALPHA,),
    ),
    "multinomial": (lambda q: stats.multinomial.logpmf([1, 3, 2], 6, q / np.sum(q)), (ALPHA,)),
    "wishart": (
        lambda x, df, a: stats.wishart.logpdf(symmetric(x), df, symmetric(a)),
        (COV + np.eye(3), 5.0, COV),
    ),
    "invwishart": (
        lambda x, df, a: stats.invwishart.logpdf(symmetric(x), df, symmetric(a)),
        (COV + np.eye(3), 5.0, COV),
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_samples(name: str) -> None:
    check(*PROGRAMS[name])


@pytest.mark.parametrize("name", ["skew", "entropy", "gaussian_kde", "normal", "dirichlet"])
def test_second_derivatives(name: str) -> None:
    check_second(*PROGRAMS[name])


def test_a_probability_of_numbers_that_sum_to_more_raises() -> None:
    with pytest.raises(ValueError, match="simplex"):
        srcad.grad(lambda a: stats.dirichlet.logpdf(np.array([0.2, 0.3, 0.6]), a))(ALPHA)
