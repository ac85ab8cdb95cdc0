"""scipy.stats of several samples, of angles and of ranks: values are SciPy's, derivatives those of its differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import linalg, stats

import srcad
from srcad.errors import NotYetSupported
from tests.definitions.checking import Program, check, check_second, weighted

X, Y = np.array([0.4, 0.7, 1.1, 1.6, 0.2]), np.array([1.3, 0.9, 2.2, 1.9, 0.6, 2.7])
A = np.array([[0.4, 2.7, 1.1], [1.6, -0.9, 0.3], [-1.8, 0.1, 2.3], [0.5, 1.2, -0.6]])
P = np.abs(A) + 0.2
M = np.array([[2.0, 0.3], [0.3, 1.5]])


def of_test(f: Any) -> Any:
    """Both parts of what a test returns."""

    def both(*args: Any) -> Any:
        found = f(*args)
        return weighted(found.statistic) + weighted(found.pvalue) + weighted(found[0])

    return both


def normal_and_gamma(x: Any, m: Any, s: Any) -> Any:
    return stats.normal_inverse_gamma.logpdf(x, s, m, 1.3, 2.1, s) + stats.normal_inverse_gamma.pdf(m, x, s, s, x, m)


PROGRAMS: dict[str, Program] = {
    "circmean": (lambda x: weighted(stats.circmean(x, axis=0)) + stats.circmean(x, high=4.0, low=-1.0), (A,)),
    "circvar": (lambda x: weighted(stats.circvar(x, axis=1)) + stats.circvar(x, 5.0, 1.0), (A,)),
    "circstd": (lambda x: weighted(stats.circstd(x, axis=0)) + stats.circstd(x, high=5.0, normalize=True), (A,)),
    "gstd": (lambda x: weighted(stats.gstd(x)) + stats.gstd(x, axis=None, ddof=0), (P,)),
    "median_abs_deviation": (
        lambda x: weighted(stats.median_abs_deviation(x, axis=1, scale="normal")) + stats.median_abs_deviation(x[:, 0]),
        (A,),
    ),
    "tmin, tmax, tsem": (lambda x: weighted(stats.tmin(x) * stats.tmax(x)) + stats.tsem(x, axis=None), (A,)),
    "yeojohnson": (lambda x, l: weighted(stats.yeojohnson(x, 0.4)) + stats.yeojohnson_llf(l, x), (A[:, 0], 1.3)),
    "jarque_bera": (of_test(stats.jarque_bera), (A,)),
    "f_oneway": (of_test(stats.f_oneway), (X, Y, A[:, 0])),
    "levene": (of_test(stats.levene), (X, Y, A[:, 0])),
    "levene by means": (lambda x, y: stats.levene(x, y, center="mean").statistic, (X, Y)),
    "bartlett": (of_test(stats.bartlett), (X, Y, A[:, 0])),
    "chisquare": (of_test(stats.chisquare), (P,)),
    "power_divergence": (lambda x: of_test(stats.power_divergence)(x, np.mean(x) + 0.0 * x), (P[:, 0],)),
    **{
        f"power_divergence, {how}": (lambda x, how=how: stats.power_divergence(x, lambda_=how)[0], (P[:, 1],))
        for how in ("log-likelihood", "freeman-tukey", "mod-log-likelihood", "neyman", "cressie-read")
    },
    "ttest_ind_from_stats": (
        lambda m, s: (
            of_test(stats.ttest_ind_from_stats)(m, s, 5, 0.3, 1.1, 7, False)
            + stats.ttest_ind_from_stats(m, s, 5, 0.3, 1.1, 7).pvalue
        ),
        (0.9, 0.7),
    ),
    "pointbiserialr": (lambda x: stats.pointbiserialr([True, False, True, False, True], x)[0], (X,)),
    "wasserstein_distance": (stats.wasserstein_distance, (X, Y)),
    "energy_distance": (stats.energy_distance, (X, Y)),
    "rankdata": (lambda x: weighted(stats.rankdata(x) * x) + weighted(stats.rankdata(A, "min", axis=0) * x[0]), (X,)),
    "spearmanr, kendalltau": (
        lambda x: stats.spearmanr(x, Y[:5]).statistic * x[0] + stats.kendalltau(x, Y[:5])[0] * x[1] ** 2,
        (X,),
    ),
    "matrix_normal": (
        lambda x, u: stats.matrix_normal.logpdf(x, A, u + u.T, np.eye(3) * x[0, 0] ** 2),
        (A + 0.3, np.eye(4)),
    ),
    "normal_inverse_gamma": (normal_and_gamma, (0.7, 0.4, 1.2)),
    "dirichlet_multinomial": (lambda a: stats.dirichlet_multinomial.logpmf([1, 2, 0, 1, 0], a, 4), (X,)),
    "matrices of their size": (
        lambda x: weighted(linalg.hilbert(3) @ x + linalg.helmert(3, full=True) @ x + linalg.pascal(3) @ x),
        (X[:3],),
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    check(*PROGRAMS[name])
    check_second(*PROGRAMS[name])


def test_sums_that_do_not_agree_raise_as_scipy_does() -> None:
    with pytest.raises(ValueError, match="observed frequencies"):
        srcad.grad(lambda x: stats.chisquare(x, np.ones(5)).statistic)(X)


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (lambda x: stats.tmin(x, 0.3), "tmin with lowerlimit="),
        (lambda x: stats.levene(x, Y, center="trimmed").statistic, "levene with this center"),
        (lambda x: stats.f_oneway(x, Y, equal_var=False).statistic, "equal_var="),
        (lambda x: np.sum(stats.yeojohnson(x)[0]), "yeojohnson without lmbda"),
        (lambda x: stats.spearmanr(np.outer(x, x), axis=1).statistic, "spearmanr"),
    ],
)
def test_what_is_refused(f: Any, what: str) -> None:
    with pytest.raises((NotYetSupported, TypeError), match=what):
        srcad.grad(f)(X)
