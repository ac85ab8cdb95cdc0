"""Elementwise operations: each element depends on those that stand in its place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from srcad.patterns.dependent import Case, Nested, held, items
from srcad.patterns.sets import NONE, Held, Ids


def elementwise(case: Case) -> Held:
    """The union of the operands' sets."""
    total: Held = NONE
    for k in range(len(case.ids)):
        total = case.sets.union(total, case.own(k))
    return total


def _product(case: Case) -> Held:
    """The union of the operands' sets, but what is multiplied by a zero that is a constant depends on nothing."""
    return case.sets.union(_unless_zero(case, 0), _unless_zero(case, 1))


def _unless_zero(case: Case, k: int) -> Held:
    value, mine, others = case.values[1 - k], case.own(k), case.own(1 - k)
    if isinstance(value, float):
        return NONE if value == 0.0 and not np.any(others) else mine
    zero = np.equal(np.asarray(value), 0) & np.equal(others, NONE)
    return _number(np.where(zero, NONE, mine)) if np.any(zero) else mine


def _choice(case: Case) -> Held:
    """What was chosen; both where the choice itself was made by numbers that depend on inputs."""
    chosen_by, a, b = case.own(0), case.own(1), case.own(2)
    taken = np.where(np.asarray(case.values[0]), a, b)
    if np.any(chosen_by):
        taken = np.where(np.equal(chosen_by, NONE), taken, case.sets.union(a, b))
    return _number(taken)


def _accumulated(case: Case) -> Nested:
    """Sums; of lists and tuples item by item."""
    return _added(case, case.ids[0], case.ids[1], case.result)


def _added(case: Case, a: Nested, b: Nested, result: object) -> Nested:
    if isinstance(result, (list, tuple)):
        n = len(result)
        return [_added(case, x, y, part) for x, y, part in zip(items(a, n), items(b, n), result, strict=True)]
    return case.sets.union(held(a), held(b))


def _number(ids: Ids) -> Held:
    return int(ids) if np.ndim(ids) == 0 else ids


def _same(case: Case) -> Nested:
    return case.ids[0]


TABLE: dict[str, Callable[[Case], Nested]] = {
    "multiply": _product,
    "where": _choice,
    "accumulate": _accumulated,
    **dict.fromkeys(("copy", "cast", "unwrap", "only_square", "only_wide"), _same),
}
