"""The functions of the module `statistics`: sums are exact before they are rounded, as there."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from statistics import LinearRegression, StatisticsError
from typing import Any

import numpy as np

OF_ZEROS = sys.version_info >= (3, 13)  # a geometric mean of numbers with a zero is 0


def at_least(count: int, data: Iterable[Any], message: str) -> list[Any]:
    """The data as a list; fewer are refused."""
    values = list(data)
    if len(values) < count:
        raise StatisticsError(message)
    return values


def average(values: list[Any]) -> Any:
    return math.fsum(values) / len(values)


def mean(data: Iterable[Any]) -> Any:
    return average(at_least(1, data, "mean requires at least one data point"))


def fmean(data: Iterable[Any], weights: Iterable[Any] | None = None) -> Any:
    if weights is None:
        return average(at_least(1, data, "fmean requires at least one data point"))
    data, weights = list(data), list(weights)
    if len(weights) != len(data):
        raise StatisticsError("data and weights must be the same length")
    total = math.fsum(weights)
    if total == 0:
        raise StatisticsError("sum of weights must be non-zero")
    return math.fsum([w * x for w, x in zip(weights, data, strict=True)]) / total


def geometric_mean(data: Iterable[Any]) -> Any:
    data = at_least(1, data, "must have a non-empty dataset")
    if any(x < 0.0 or (x == 0.0 and not OF_ZEROS) for x in data):
        raise StatisticsError("No negative inputs allowed")
    if any(x == 0.0 for x in data):
        return 0.0
    return math.exp(average([math.log(x) for x in data]))


def harmonic_mean(data: Iterable[Any], weights: Iterable[Any] | None = None) -> Any:
    data = at_least(1, data, "harmonic_mean requires at least one data point")
    if any(x < 0 for x in data):
        raise StatisticsError("harmonic mean does not support negative values")
    weights = [1.0] * len(data) if weights is None else list(weights)
    if len(weights) != len(data):
        raise StatisticsError("Number of weights does not match data size")
    if any(x == 0 for x in data):
        return 0
    return math.fsum(weights) / math.fsum([w / x for w, x in zip(weights, data, strict=True)])


def squares(data: list[Any], centre: Any) -> Any:
    """The sum of the squares of distances from a centre, or from the mean."""
    if centre is None:
        centre = average(data)
    return math.fsum([(x - centre) ** 2 for x in data])


def variance(data: Iterable[Any], xbar: Any = None) -> Any:
    data = at_least(2, data, "variance requires at least two data points")
    return squares(data, xbar) / (len(data) - 1)


def stdev(data: Iterable[Any], xbar: Any = None) -> Any:
    return math.sqrt(variance(at_least(2, data, "stdev requires at least two data points"), xbar))


def pvariance(data: Iterable[Any], mu: Any = None) -> Any:
    data = at_least(1, data, "pvariance requires at least one data point")
    return squares(data, mu) / len(data)


def pstdev(data: Iterable[Any], mu: Any = None) -> Any:
    return math.sqrt(pvariance(at_least(1, data, "pstdev requires at least one data point"), mu))


def median(data: Iterable[Any]) -> Any:
    values = in_order(data)
    n = len(values)
    return values[n // 2] if n % 2 == 1 else (values[n // 2 - 1] + values[n // 2]) / 2


def median_low(data: Iterable[Any]) -> Any:
    values = in_order(data)
    return values[(len(values) - 1) // 2]


def median_high(data: Iterable[Any]) -> Any:
    values = in_order(data)
    return values[len(values) // 2]


def in_order(data: Iterable[Any]) -> list[Any]:
    return sorted(at_least(1, data, "no median for empty data"))


def covariance(x: Any, y: Any, /) -> Any:
    n = len(x)
    if len(y) != n:
        raise StatisticsError("covariance requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("covariance requires at least two data points")
    return products(x, y, math.fsum(x) / n, math.fsum(y) / n) / (n - 1)


def products(x: Any, y: Any, x_mean: Any, y_mean: Any) -> Any:
    """The sum of the products of distances from the means."""
    return math.fsum([(a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)])


def linear_regression(x: Any, y: Any, /, *, proportional: bool = False) -> Any:
    n = len(x)
    if len(y) != n:
        raise StatisticsError("linear regression requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("linear regression requires at least two data points")
    x_mean, y_mean = (0.0, 0.0) if proportional else (math.fsum(x) / n, math.fsum(y) / n)
    spread = products(x, x, x_mean, x_mean)
    if spread == 0.0:
        raise StatisticsError("x is constant")
    slope = products(x, y, x_mean, y_mean) / spread
    return LinearRegression(slope=slope, intercept=0.0 if proportional else y_mean - slope * x_mean)


def normal_inv_cdf(p: Any, mu: Any, sigma: Any) -> Any:
    """What NormalDist(mu, sigma).inv_cdf(p) calls, once it has looked at p and sigma."""
    from scipy import special

    return mu + sigma * float(special.ndtri(p))


def distance(p: Any, q: Any) -> float:
    """math.dist of points of which only the run knows how many coordinates they have."""
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    return float(np.linalg.norm(np.subtract(p, q)))
