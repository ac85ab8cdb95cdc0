"""Arrays in a list that are told by a number of the run, and loops that end by what the run says: written to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.frontend.core.cells import ArrayCell
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.sharing import Heap, common, relations, sharers
from srcad.frontend.core.values import ArrayRef
from srcad.trace.dims import Dim
from srcad.trace.nodes import Var
from srcad.trace.types import BOOL, Array
from tests import reference


def weigh(v: Any) -> Any:
    return np.sum(v * np.sin(np.arange(1.0, np.size(v) + 1.0)).reshape(np.shape(v)))


def by_argmax(x, y, n):
    arrays = [x * 1.0, y * 1.0, x * y]
    k = int(np.argmax([np.sum(v) for v in arrays]))
    arrays[k][0] = x[1] ** 2
    arrays[k] *= 2.0
    return weigh(arrays[0]) + weigh(arrays[1] ** 2) + weigh(arrays[2] ** 3)


def in_a_loop(x, y, n):
    arrays = [x.copy(), y.copy(), x * y]
    for i in range(n):
        k = 1 if arrays[0][0] > arrays[1][0] else 2
        arrays[k][i % 3] += 0.7 * arrays[0][1]
        arrays[0] *= 0.8
    return weigh(arrays[0]) + weigh(arrays[1] ** 2) + weigh(arrays[2] ** 2)


def parts_of_a_tuple(x, y, n):
    parts = tuple(np.split(np.concatenate([x, y]), 2))
    k = 0 if x[0] > y[0] else 1
    parts[k][:] = 2.0 * parts[1 - k]
    parts[k - 2][1] += 1.0
    return weigh(parts[0] ** 2) + weigh(parts[1])


def replaced(x, y, n):
    arrays = [x.copy(), y.copy()]
    first = arrays[0]
    k = 0 if x[0] > 0 else 1
    arrays[k] = x * y
    arrays[0][1] = y[0] ** 2
    first[2] *= 3.0
    return weigh(arrays[0]) + weigh(arrays[1] ** 2) + weigh(first**3)


def changed_over(x, y, n):
    arrays = [x.copy(), y.copy(), x * y]
    for i in range(n):
        k = 1 if arrays[0][1] > arrays[1][0] else 2
        arrays[0], arrays[k] = arrays[k], arrays[0]
        arrays[0][i % 3] += 0.5 * y[1]
        arrays[1] *= 0.9
    return weigh(arrays[0]) + weigh(arrays[1] ** 2) + weigh(arrays[2] ** 3)


def narrower_by_length(x, y, n):
    a = np.concatenate([x, y])
    v = a
    while len(v) > 2:
        v[0] += v[1] * v[-1]
        v = v[1:-1]
    v *= x[0]
    return weigh(a**2)


def narrower_by_value(x, y, n):
    a = np.concatenate([x, y])
    v, k = a, 0
    while k < 3 and v[0] < 1.0:
        v = v[1:]
        v[0] += 0.3 * y[k]
        k += 1
    v *= x[0]
    return weigh(a**2)


def view_in_a_list(x, y, n):
    kept = [x * 2.0]
    k = 0
    while k < 2 and kept[0][0] < 4.0:
        kept.insert(0, y[::-1])
        kept[0] *= kept[-1][1]
        k += 1
    return weigh(y**2) + weigh(kept[-1])


def moving_start(x, y, n):
    a = np.concatenate([x, y, x])
    v = a[0:]
    for i in range(n):
        v[0] += y[i % 3] * a[1]
        v = a[i + 1 :]
    v[1] *= 2.0
    return weigh(a**2) + weigh(v)


def data_start(x, y, n):
    a = np.concatenate([x, y, x])
    v = a[0:2]
    k = 0
    for i in range(n):
        v *= 1.1
        k = k + 1 if a[k] < 1.0 else k + 2
        v = a[k : k + 2]
    v[0] = 7.0 * y[1]
    return weigh(a**2)


def set_views_only(x, y, n):
    A = np.outer(x, y)
    for i in range(n):
        if A[i % 3, 0] > 0:
            r = A[i % 3]
    r[1] = x[0] ** 2
    return weigh(A**2) + weigh(r)


def carried_both(x, y, n):
    B = np.outer(x, y)
    r = B[0]
    for i in range(n):
        r[i % 3] += x[0]
        if r[0] > 0.5:
            B = B * 0.5
        r = B[1]
    r[2] = y[0] ** 2
    return weigh(B**2)


def old_view_kept2(x, y, n):
    B = np.outer(x, y)
    C = B
    r = B[0]
    for i in range(n):
        r[0] += 1.0
        C = B
        B = B * 0.5
        r = C[i % 2]
    r[1] = 4.0 * x[0]
    return weigh(B**2) + weigh(C) + weigh(r)


def moving_row(x, y, n):
    A = np.outer(x, y)
    r = A[0]
    for i in range(n):
        k = int(np.argmax(r))
        r = A[k]
        r[(k + 1) % 3] += 0.5
        r *= 0.9
    r[0] = x[1] ** 2
    return weigh(A**2) + weigh(r)


def rows_changed_in_turn(x, y, n):
    table = np.outer(x, y)
    rows = [table[i] for i in range(len(table))]
    for i in range(n + 1):
        k = int(np.argmax(np.sin((2 * i + 1) * x)))
        rows[k] += rows[k - 1] ** 2
        rows[k] *= 0.5
    return weigh(table)


def rows_of_a_list(x, y, n):
    rows = list(np.outer(x, y))
    for i in range(n + 1):
        k = int(np.argmin(np.sin((2 * i + 1) * y)))
        rows[k] -= 0.1 * rows[0]
        rows[k][0] = x[1]
    return weigh(np.array(rows) ** 2)


PROGRAMS: tuple[Callable[..., Any], ...] = (
    by_argmax,
    in_a_loop,
    parts_of_a_tuple,
    replaced,
    changed_over,
    narrower_by_length,
    narrower_by_value,
    view_in_a_list,
    moving_start,
    data_start,
    set_views_only,
    carried_both,
    old_view_kept2,
    moving_row,
    rows_changed_in_turn,
    rows_of_a_list,
)
POINTS = [
    (np.array([0.7, -1.3, 0.4]), np.array([0.2, 0.9, -0.6])),
    (np.array([-0.5, 0.8, 1.1]), np.array([-0.3, -0.7, 1.4])),
    (np.array([1.2, 0.9, 0.6]), np.array([1.3, 0.1, 0.5])),
]
DIRECTION = np.array([0.3, 0.8, -0.5]), np.array([1.0, -0.4, 0.2])


def fresh(point: tuple[np.ndarray, np.ndarray], t: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    return point[0] + t * DIRECTION[0], point[1] + t * DIRECTION[1]


@pytest.mark.parametrize("f", PROGRAMS)
def test_the_array_that_is_meant_is_written(f: Callable[..., Any]) -> None:
    derived, tangent, bent = srcad.value_and_grad(f, (0, 1)), srcad.jvp, srcad.hvp(f, (0, 1))
    for point in POINTS:
        given = fresh(point)
        value, gradient = derived(*given, 3)
        np.testing.assert_allclose(value, f(*fresh(point), 3), rtol=1e-12)
        assert all(map(np.array_equal, given, point)), "an argument has been changed"
        due = reference.ridders(lambda t, p=point: np.array([float(f(*fresh(p, t), 3))]), 1e-3)
        found = reference.inner(gradient, DIRECTION)
        assert found == pytest.approx(due.value[0], rel=1e-7, abs=1e-8)
        assert tangent(f, (*fresh(point), 3), (*DIRECTION, None))[1] == pytest.approx(found, rel=1e-10)
        slope = reference.ridders(lambda t, p=point: reference.flat(derived(*fresh(p, t), 3)[1]), 1e-3)
        made = reference.flat(bent(*fresh(point), 3, (*DIRECTION,)))
        np.testing.assert_allclose(made, slope.value, rtol=1e-6, atol=1e-6)


def out_of_range(x, k):
    arrays = [x * 2.0, x * 3.0]
    if x[0] > 0:
        k = k + 1
    arrays[k][0] = 1.0
    arrays[0] *= 2.0
    return np.sum(arrays[0] ** 2) + np.sum(arrays[1])


def test_a_number_that_is_none_of_the_list() -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(srcad.grad(out_of_range)(x, 0), [3 * 0.0 + 32 * x[0], 32 * x[1] + 3.0])
    np.testing.assert_allclose(srcad.grad(out_of_range)(x, -2), srcad.grad(out_of_range)(x, 0))
    for k in (1, 5, -4):
        with pytest.raises(IndexError, match="list index out of range"):
            srcad.grad(out_of_range)(x, k)


class Kept:
    def __init__(self, w):
        self.w = w
        self.parts = [w]


KEPT = Kept(np.array([0.5, 1.5]))


def deeply_copied(x):
    d = copy.deepcopy(KEPT)
    d.w[0] = x[0] ** 2
    d.parts.append(x * d.w)
    return np.sum(d.w * x) + np.sum(d.parts[-1]) + np.sum(d.parts[0])


def test_a_deep_copy_leaves_the_object_as_it_was() -> None:
    x = np.array([0.7, 1.2])
    slope = srcad.grad(deeply_copied)
    np.testing.assert_allclose(slope(x), [6 * x[0] ** 2 + 2 * x[0], 3.0])
    assert len(KEPT.parts) == 1 and np.array_equal(KEPT.w, [0.5, 1.5])
    assert KEPT.parts[0] is KEPT.w
    np.testing.assert_allclose(slope(x), [6 * x[0] ** 2 + 2 * x[0], 3.0])


def test_what_is_selected_twice_shares_with_what_it_may_be() -> None:
    condition, content = Var(BOOL), Var(Array("float64", (Dim((), 3),)))
    heap: Heap = {1: ArrayCell(content), 2: ArrayCell(content), 3: ArrayCell(content)}
    heap[4] = SelectedCell(condition, (ArrayRef(1), ArrayRef(2)))
    heap[5] = SelectedCell(condition, (ArrayRef(4), ArrayRef(3)))
    assert common(heap, heap[5]) == {1, 2, 3, 4}
    assert sharers(heap, 1) == {1, 4, 5}
    related = relations(heap, {}, frozenset((5,)))
    assert related.near[5] >= {1, 2, 3}
