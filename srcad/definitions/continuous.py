"""Continuous distributions of scipy.stats."""

from __future__ import annotations

from srcad.definitions.bounded import ON_AN_INTERVAL
from srcad.definitions.distribution import Distribution
from srcad.definitions.positive import ON_THE_POSITIVE
from srcad.definitions.rarer import RARER
from srcad.definitions.real import ON_THE_LINE

CONTINUOUS: dict[str, Distribution] = {
    **ON_THE_LINE,
    **ON_THE_POSITIVE,
    **ON_AN_INTERVAL,
    **RARER,
    "erlang": ON_THE_POSITIVE["gamma"],
    "reciprocal": ON_AN_INTERVAL["loguniform"],
}
