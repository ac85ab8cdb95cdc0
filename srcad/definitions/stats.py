"""scipy.stats."""

from __future__ import annotations

from srcad.definitions import multivariate, samples, univariate
from srcad.definitions.samples import (
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
    tvar,
    variation,
    zmap,
    zscore,
)

METHODS = {**univariate.METHODS, **multivariate.METHODS, **samples.METHODS}

__all__ = [
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
    "tvar",
    "variation",
    "zmap",
    "zscore",
]
