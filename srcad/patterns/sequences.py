"""Differences, interpolation, convolution, transforms, and counting into bins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from srcad.patterns.dependent import Case, Nested, filled
from srcad.patterns.sets import NONE, Held, Ids

LARGEST = 50_000_000  # products of a convolution that are looked at one by one


def _differences(case: Case) -> Nested:
    """Of neighbours along an axis."""
    ids = np.moveaxis(case.full(0), case.params.get("axis", -1), 0)
    both = np.asarray(case.sets.union(ids[1:], ids[:-1]))
    return np.moveaxis(both, 0, case.params.get("axis", -1))


def _interpolated(case: Case) -> Nested:
    """A place, and the two ends of its interval; beyond the table the last one, or what is given for it."""
    x, points = np.asarray(case.values[0]), np.asarray(case.values[1])
    last = len(points) - 1
    left = np.clip(np.searchsorted(points, x, side="right") - 1, 0, max(last - 1, 0))
    total = case.own(0)
    for k in (1, 2):
        ids = case.full(k)
        total = case.sets.union(total, case.sets.union(ids[left], ids[np.minimum(left + 1, last)]))
    for k in range(3, len(case.ids)):
        total = case.sets.union(total, case.own(k))
    return total


def _polynomial(case: Case) -> Nested:
    """Every coefficient, and the place."""
    return case.sets.union(case.sets.all_of(case.own(0)), case.own(1))


def _convolved(case: Case) -> Nested:
    return _overlapped(case, case.params.get("mode", "full"), (case.full(0), case.full(1)), _arrays(case))


def _correlated(case: Case) -> Nested:
    """A convolution with the second operand from its end."""
    a, v = _arrays(case)
    if len(v) > len(a):
        return case.everything()
    return _overlapped(case, case.params.get("mode", "valid"), (case.full(0), case.full(1)[::-1]), (a, v[::-1]))


def _arrays(case: Case) -> tuple[NDArray[np.number], NDArray[np.number]]:
    return np.asarray(case.values[0]), np.asarray(case.values[1])


def _overlapped(
    case: Case, mode: str, ids: tuple[Ids, Ids], values: tuple[NDArray[np.number], NDArray[np.number]]
) -> Held:
    """The unions over all pairs whose places add up to the place in the result."""
    n, m = map(len, values)
    if n * m > LARGEST:
        return case.everything()
    places = np.add.outer(np.arange(n), np.arange(m))
    live = [(value != 0) | (own != NONE) for value, own in zip(values, ids, strict=True)]
    first = np.where(live[1][None, :], ids[0][:, None], NONE)
    second = np.where(live[0][:, None], ids[1][None, :], NONE)
    both = np.asarray(case.sets.union(first, second))
    total = case.sets.groups(places, both, n + m - 1)
    return total[_part(mode, n, m)]


def _part(mode: str, n: int, m: int) -> slice:
    """The part of the full convolution that a mode gives."""
    if mode == "full":
        return slice(None)
    shorter, longer = min(n, m), max(n, m)
    if mode == "valid":
        return slice(shorter - 1, longer)
    return slice((shorter - 1) // 2, (shorter - 1) // 2 + longer)


def _transformed(case: Case) -> Nested:
    """Everything along the axis."""
    axis = case.params.get("axis", -1)
    return filled(case.sets.reduce(case.full(0), (axis,), True), case.shape)


def _binned(case: Case) -> Nested:
    """The weights of what falls into each bin."""
    if len(case.values) == 1:
        return NONE
    return case.sets.groups(np.asarray(case.values[0]), case.full(1), case.shape[0])


TABLE: dict[str, Callable[[Case], Nested]] = {
    "diff": _differences,
    "interp": _interpolated,
    "polyval": _polynomial,
    "convolve": _convolved,
    "correlate": _correlated,
    **dict.fromkeys(("fft", "rfft", "irfft"), _transformed),
    "bincount": _binned,
}
