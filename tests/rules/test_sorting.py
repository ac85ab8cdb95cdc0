"""Sorting, order statistics, searching."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import LOWERINGS
from srcad.rules.catalogue import lookup
from tests.rules.calls import Known, check_call, check_method
from tests.rules.checking import check, derivative_at, program

rng = np.random.default_rng(5)


def array(*shape: int) -> Any:
    """Numbers that are far enough from each other for differences."""
    size = int(np.prod(shape))
    return (rng.permutation(size) * 0.2 + rng.uniform(0, 0.1, size) - 1).reshape(shape)


@pytest.mark.parametrize("shape", [(5,), (3, 4), (1, 3), (2, 3, 2), (0,)])
@pytest.mark.parametrize("axis", [0, -1, None])
def test_sort(shape: Any, axis: Any) -> None:
    check_call(np.sort, array(*shape), axis=axis)


def test_ties_are_broken_by_place() -> None:
    def build(b: Any, x: Any) -> Any:
        return b.emit("multiply", LOWERINGS[np.sort](b, x), np.array([1.0, 10.0, 100.0]))

    (got,) = derivative_at(build, np.array([2.0, 1.0, 2.0]))
    np.testing.assert_array_equal(got, [10.0, 1.0, 100.0])


def test_partition() -> None:
    check_call(np.partition, array(7), 3)
    check_call(np.partition, array(3, 5), 2, axis=0)


def test_unique() -> None:
    x = np.array([3.0, 1.0, 3.0, 2.0])
    check_call(np.unique, array(5), return_index=True, return_inverse=True, return_counts=True)
    (got,) = derivative_at(LOWERINGS[np.unique], x)
    np.testing.assert_array_equal(got, [1.0, 1.0, 0.0, 1.0])


def test_places_are_flat() -> None:
    for name in ("argsort", "argpartition", "searchsorted", "digitize", "lexsort"):
        rule = lookup(name)
        assert rule is not None and rule.flat
    check_call(np.searchsorted, np.array([0.1, 0.2, 0.7]), array(2), side="right")
    check_method("argsort", array(3, 2), axis=0)
    check_call(np.digitize, array(4), np.array([-0.5, 0.5]))


@pytest.mark.parametrize("shape", [(5,), (4,), (3, 4), (4, 3), (1, 1), (2, 3, 2)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_median(shape: Any, keepdims: bool) -> None:
    for axis in (None, 0, -1):
        check_call(np.median, array(*shape), axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("q", [0.3, 0.0, 1.0, 0.5, [0.25, 0.8], [0.1, 0.11, 0.12]])
@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_quantile(q: Any, axis: Any, keepdims: bool) -> None:
    x = array(4, 5)
    orders = np.array(q) if isinstance(q, list) else q
    check_call(np.quantile, x, Known(orders), axis=axis, keepdims=keepdims)
    check_call(np.percentile, x, Known(100 * orders), axis=axis, keepdims=keepdims)


def test_quantile_of_a_vector() -> None:
    check_call(np.quantile, array(6), Known(0.37))
    check_call(np.quantile, array(2, 3, 4), Known(np.array([0.3, 0.6])), axis=1)


def test_what_quantiles_refuse() -> None:
    with pytest.raises(NotYetSupported):
        program(lambda b, x: LOWERINGS[np.quantile](b, x, 0.3, method="nearest"), [array(3)])
    with pytest.raises(NotYetSupported):
        program(lambda b, x, q: LOWERINGS[np.quantile](b, x, q), [array(3), array(2, 2)])


def test_the_order_of_a_quantile_moves() -> None:
    check(LOWERINGS[np.quantile], array(4), 0.3)
