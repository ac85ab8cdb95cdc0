"""Elementwise operations: each element depends on those that stand in its place."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.patterns.dependent import Case
from srcad.patterns.sets import NONE


def elementwise(case: Case) -> Any:
    """The union of the operands' sets."""
    total: Any = NONE
    for ids in case.ids:
        total = case.sets.union(total, ids)
    return total


def _product(case: Case) -> Any:
    """The union of the operands' sets, but what is multiplied by a zero that is a constant depends on nothing."""
    return case.sets.union(_unless_zero(case, 0), _unless_zero(case, 1))


def _unless_zero(case: Case, k: int) -> Any:
    value = case.values[1 - k]
    if isinstance(value, float):
        return NONE if value == 0.0 and not np.any(case.ids[1 - k]) else case.ids[k]
    zero = np.equal(value, 0) & np.equal(case.ids[1 - k], NONE)
    return _number(np.where(zero, NONE, case.ids[k])) if np.any(zero) else case.ids[k]


def _choice(case: Case) -> Any:
    """What was chosen; both where the choice itself was made by numbers that depend on inputs."""
    (condition, *_), (chosen_by, a, b) = case.values, case.ids
    taken = np.where(condition, a, b)
    if np.any(chosen_by):
        taken = np.where(np.equal(chosen_by, NONE), taken, case.sets.union(a, b))
    return _number(taken)


def _accumulated(case: Case) -> Any:
    """Sums; of lists and tuples item by item."""
    return _added(case, case.ids[0], case.ids[1], case.result)


def _added(case: Case, a: Any, b: Any, result: Any) -> Any:
    if isinstance(result, (list, tuple)):
        n = len(result)
        return [_added(case, x, y, part) for x, y, part in zip(_items(a, n), _items(b, n), result, strict=True)]
    return case.sets.union(a, b)


def _items(ids: Any, count: int) -> Any:
    return ids if isinstance(ids, (list, tuple)) else [ids] * count


def _number(ids: Any) -> Any:
    return int(ids) if np.ndim(ids) == 0 else ids


def _same(case: Case) -> Any:
    return case.ids[0]


TABLE = {
    "multiply": _product,
    "where": _choice,
    "accumulate": _accumulated,
    **dict.fromkeys(("copy", "cast", "unwrap", "only_square"), _same),
}
