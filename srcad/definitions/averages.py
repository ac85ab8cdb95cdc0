"""The functions of the module `statistics`: sums are exact before they are rounded, as there."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import LinearRegression, StatisticsError
from typing import Any


def mean(data: Iterable[Any]) -> Any:
    data = list(data)
    if len(data) < 1:
        raise StatisticsError("mean requires at least one data point")
    return math.fsum(data) / len(data)


def fmean(data: Iterable[Any], weights: Iterable[Any] | None = None) -> Any:
    data = list(data)
    if weights is None:
        if len(data) < 1:
            raise StatisticsError("fmean requires at least one data point")
        return math.fsum(data) / len(data)
    weights = list(weights)
    if len(weights) != len(data):
        raise StatisticsError("data and weights must be the same length")
    total = math.fsum(weights)
    if total == 0:
        raise StatisticsError("sum of weights must be non-zero")
    return math.fsum([w * x for w, x in zip(weights, data, strict=True)]) / total


def geometric_mean(data: Iterable[Any]) -> Any:
    data = list(data)
    if len(data) < 1:
        raise StatisticsError("must have a non-empty dataset")
    if any(x <= 0.0 for x in data):
        raise StatisticsError("No negative inputs allowed")
    return math.exp(fmean([math.log(x) for x in data]))


def harmonic_mean(data: Iterable[Any], weights: Iterable[Any] | None = None) -> Any:
    data = list(data)
    if len(data) < 1:
        raise StatisticsError("harmonic_mean requires at least one data point")
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
        centre = math.fsum(data) / len(data)
    return math.fsum([(x - centre) ** 2 for x in data])


def variance(data: Iterable[Any], xbar: Any = None) -> Any:
    data = list(data)
    if len(data) < 2:
        raise StatisticsError("variance requires at least two data points")
    return squares(data, xbar) / (len(data) - 1)


def stdev(data: Iterable[Any], xbar: Any = None) -> Any:
    data = list(data)
    if len(data) < 2:
        raise StatisticsError("stdev requires at least two data points")
    return math.sqrt(squares(data, xbar) / (len(data) - 1))


def pvariance(data: Iterable[Any], mu: Any = None) -> Any:
    data = list(data)
    if len(data) < 1:
        raise StatisticsError("pvariance requires at least one data point")
    return squares(data, mu) / len(data)


def pstdev(data: Iterable[Any], mu: Any = None) -> Any:
    data = list(data)
    if len(data) < 1:
        raise StatisticsError("pstdev requires at least one data point")
    return math.sqrt(squares(data, mu) / len(data))


def median(data: Iterable[Any]) -> Any:
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError("no median for empty data")
    return data[n // 2] if n % 2 == 1 else (data[n // 2 - 1] + data[n // 2]) / 2


def median_low(data: Iterable[Any]) -> Any:
    data = sorted(data)
    if len(data) == 0:
        raise StatisticsError("no median for empty data")
    return data[(len(data) - 1) // 2]


def median_high(data: Iterable[Any]) -> Any:
    data = sorted(data)
    if len(data) == 0:
        raise StatisticsError("no median for empty data")
    return data[len(data) // 2]


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
