"""scipy.stats."""

from __future__ import annotations

from srcad.definitions import multivariate, samples, univariate
from srcad.definitions.samples import (
    boxcox,
    boxcox_llf,
    describe,
    entropy,
    gaussian_kde,
    gmean,
    gzscore,
    hmean,
    iqr,
    kurtosis,
    linregress,
    moment,
    pearsonr,
    pmean,
    sem,
    skew,
    tmean,
    trim_mean,
    tstd,
    ttest_1samp,
    ttest_ind,
    ttest_rel,
    tvar,
    variation,
    zmap,
    zscore,
)

METHODS = {**univariate.METHODS, **multivariate.METHODS, **samples.METHODS}

__all__ = [
    "boxcox",
    "boxcox_llf",
    "describe",
    "entropy",
    "gaussian_kde",
    "gmean",
    "gzscore",
    "hmean",
    "iqr",
    "kurtosis",
    "linregress",
    "moment",
    "pearsonr",
    "pmean",
    "sem",
    "skew",
    "tmean",
    "trim_mean",
    "tstd",
    "ttest_1samp",
    "ttest_ind",
    "ttest_rel",
    "tvar",
    "variation",
    "zmap",
    "zscore",
]
