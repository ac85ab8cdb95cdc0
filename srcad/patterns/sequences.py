"""Differences, interpolation, convolution, transforms, and counting into bins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.patterns.dependent import Case, filled
from srcad.patterns.sets import NONE

LARGEST = 50_000_000  # products of a convolution that are looked at one by one


def _differences(case: Case) -> Any:
    """Of neighbours along an axis."""
    ids = np.moveaxis(case.full(0), case.params.get("axis", -1), 0)
    return np.moveaxis(case.sets.union(ids[1:], ids[:-1]), 0, case.params.get("axis", -1))


def _interpolated(case: Case) -> Any:
    """A place, and the two ends of its interval; beyond the table the last one, or what is given for it."""
    x, points = np.asarray(case.values[0]), case.values[1]
    last = len(points) - 1
    left = np.clip(np.searchsorted(points, x, side="right") - 1, 0, max(last - 1, 0))
    total = case.ids[0]
    for k in (1, 2):
        ids = case.full(k)
        total = case.sets.union(total, case.sets.union(ids[left], ids[np.minimum(left + 1, last)]))
    for ids in case.ids[3:]:
        total = case.sets.union(total, ids)
    return total


def _polynomial(case: Case) -> Any:
    """Every coefficient, and the place."""
    return case.sets.union(case.sets.all_of(case.ids[0]), case.ids[1])


def _convolved(case: Case) -> Any:
    return _overlapped(case, case.params.get("mode", "full"), (case.full(0), case.full(1)), case.values)


def _correlated(case: Case) -> Any:
    """A convolution with the second operand from its end."""
    a, v = case.values
    if len(v) > len(a):
        return case.everything()
    return _overlapped(case, case.params.get("mode", "valid"), (case.full(0), case.full(1)[::-1]), (a, v[::-1]))


def _overlapped(case: Case, mode: str, ids: tuple[Any, Any], values: Any) -> Any:
    """The unions over all pairs whose places add up to the place in the result."""
    n, m = map(len, values)
    if n * m > LARGEST:
        return case.everything()
    places = np.add.outer(np.arange(n), np.arange(m))
    live = [(np.asarray(value) != 0) | (own != NONE) for value, own in zip(values, ids, strict=True)]
    first = np.where(live[1][None, :], ids[0][:, None], NONE)
    second = np.where(live[0][:, None], ids[1][None, :], NONE)
    total = case.sets.groups(places, case.sets.union(first, second), n + m - 1)
    return total[_part(mode, n, m)]


def _part(mode: str, n: int, m: int) -> slice:
    """The part of the full convolution that a mode gives."""
    if mode == "full":
        return slice(None)
    shorter, longer = min(n, m), max(n, m)
    if mode == "valid":
        return slice(shorter - 1, longer)
    return slice((shorter - 1) // 2, (shorter - 1) // 2 + longer)


def _transformed(case: Case) -> Any:
    """Everything along the axis."""
    axis = case.params.get("axis", -1)
    return filled(case.sets.reduce(case.full(0), (axis,), True), case.shape)


def _binned(case: Case) -> Any:
    """The weights of what falls into each bin."""
    if len(case.values) == 1:
        return NONE
    return case.sets.groups(case.values[0], case.full(1), len(case.result))


TABLE: dict[str, Callable[[Case], Any]] = {
    "diff": _differences,
    "interp": _interpolated,
    "polyval": _polynomial,
    "convolve": _convolved,
    "correlate": _correlated,
    **dict.fromkeys(("fft", "rfft", "irfft"), _transformed),
    "bincount": _binned,
}
