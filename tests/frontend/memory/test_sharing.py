"""Arrays and containers that may be the same memory: right, or refused; never silently wrong."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import SrcadError


class Holder:
    def __init__(self, v):
        self.v = v


def popped_is_still_held(x, z, A, s, k):
    v = x.copy()
    stack = []
    for _ in range(2):
        stack.append(v)
    u = stack.pop()
    u[0] = 5.0 * s
    return np.sum(v * v)


def transposed_then_flat(x, z, A, s, k):
    u = A.T.ravel()
    u[0] = 3 * s
    return np.sum(A**2) + u[1]


def flat_then_written(x, z, A, s, k):
    u = A.reshape(-1)
    A[1, 0] = s
    return np.sum(u * np.arange(u.size))


def picked_columns_flat(x, z, A, s, k):
    B = A[:, [0, 1]]
    v = B.ravel()
    v[0] = 5 * s
    return np.sum(B**2) + v[1]


def einsum_result_flat(x, z, A, s, k):
    B = np.einsum("ij,j->ji", A, x)
    v = B.ravel()
    v[0] = 5 * s
    return np.sum(B**2) + v[1]


def last_appended_from_dict(x, z, A, s, k):
    out = []
    d = {"a": x}
    for _ in range(3):
        d["a"] = d["a"] * s
        out.append(d["a"])
    d["a"][0] = 7 * s
    return sum(np.sum(o * o) for o in out)


def rows_repeated(x, z, A, s, k):
    table = [[0.0] * 3] * len(x)
    table[0][1] = s
    return table[1][1] ** 2 + x[0]


def places_of_one_object(x, z, A, s, k):
    items = [x * 1.0 for _ in range(len(z))]
    for i in range(1, len(z)):
        items[i] = items[i - 1]
        items[i][0] += s
    return sum(np.sum(v**2) for v in items)


def two_choices_of_one(x, z, A, s, k):
    y = x if s > 0 else z
    w = x if s > 0 else z.copy()
    w[0] = 9.0 * s
    return np.sum(y**2)


def two_lists_of_one(x, z, A, s, k):
    one, two = [], []
    for _ in range(2):
        one.append(x)
        two.append(x)
    two[0][0] = 9 * s
    return np.sum(one[1] ** 2)


def appended_twice(x, z, A, s, k):
    items = []
    for _ in range(3):
        items.append(x)
    items[0][0] = 9 * s
    return np.sum(items[1] ** 2)


def twice_in_a_literal(x, z, A, s, k):
    items = [x] * 2
    items[k][0] = 5 * s
    return np.sum(items[0] ** 2)


def elements_of_tuples(x, z, A, s, k):
    items = []
    v = x.copy()
    for _ in range(3):
        v = v * s
        items.append((v, 2.0 * s))
    for u, t in items:
        u *= t
    return sum(np.sum(u**2) * t for u, t in items)


def maybe_the_same_instance(x, z, A, s, k):
    b = Holder(x * 2)
    c = b
    for i in range(3):
        c = b if i % 2 else Holder(b.v)
        c.v[0] += s
        c.v = c.v * 0.5
    return np.sum(b.v**2)


def maybe_the_same_dict(x, z, A, s, k):
    d = {"a": x}
    e = d
    if s > 0:
        e = {"a": z}
    e["a"] = z * 2
    return np.sum(d["a"] ** 2)


def maybe_the_same_list(x, z, A, s, k):
    d = [x, z]
    e = d if s > 0 else [z, x]
    e[0] = x * 5
    d[1] = z * s
    return np.sum(d[0] ** 2) + np.sum(e[1])


def appended_to_either(x, z, A, s, k):
    d = []
    e = d if s > 0 else []
    e.append(x[0])
    return sum(d) + s * 2


def copy_of_a_grown_list(x, z, A, s, k):
    items = []
    for i in range(3):
        items.append(x * i)
    other = items.copy()
    other[1][0] = 5 * s
    return np.sum(items[1] ** 2)


def array_or_number(x, z, A, s, k):
    y = x * 1.0 if s > 0 else s
    w = y
    y += 1.0
    return np.sum(w) + np.sum(y) * 2


def deep_copy_keeps_twins(x, z, A, s, k):
    items = copy.deepcopy([x, x])
    items[0][0] = 5 * s
    return np.sum(items[1] ** 2)


def columns_first(x, z, A, s, k):
    B = np.zeros((3, 4), order="F")
    v = B.ravel()
    v[0] = s
    return np.sum(B) + v[0] * 2


PROGRAMS = [
    array_or_number,
    deep_copy_keeps_twins,
    columns_first,
    popped_is_still_held,
    transposed_then_flat,
    flat_then_written,
    picked_columns_flat,
    einsum_result_flat,
    last_appended_from_dict,
    rows_repeated,
    places_of_one_object,
    two_choices_of_one,
    two_lists_of_one,
    appended_twice,
    twice_in_a_literal,
    elements_of_tuples,
    maybe_the_same_instance,
    maybe_the_same_dict,
    maybe_the_same_list,
    appended_to_either,
    copy_of_a_grown_list,
]


def points() -> list[tuple[Any, ...]]:
    rng = np.random.default_rng(0)
    x, z, A = rng.normal(size=5), rng.normal(size=5), rng.normal(size=(3, 5))
    smaller = x[:4], z[:4], A[:, :4], 0.6, 0
    return [(x, z, A, 0.7, 1), (x, z, np.asfortranarray(A), 0.7, 1), (x, z, A, -0.7, 1), smaller]


def fresh(args: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(a.copy(order="K") if isinstance(a, np.ndarray) else a for a in args)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_never_silently_wrong(program: Any) -> None:
    derived = srcad.value_and_grad(program, (0, 3))
    for args in points():
        due = program(*fresh(args))
        try:
            value, (_, slope) = derived(*fresh(args))
        except SrcadError as error:
            assert error.span is not None and error.do
            continue
        np.testing.assert_allclose(value, due)
        ends = (program(*fresh(args)[:3], args[3] + h, args[4]) for h in (1e-5, -1e-5))
        np.testing.assert_allclose(slope, (next(ends) - next(ends)) / 2e-5, rtol=1e-6, atol=1e-6)


def swapped_rows(a, n):
    rows = [list(row) for row in a]
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if p != k:
            rows[k], rows[p] = rows[p], rows[k]
        rows[k][0] *= 2.0
    return rows[0][0] * rows[1][1] + rows[2][0]


def test_swapped_rows_stay_apart() -> None:
    a = np.random.default_rng(1).normal(size=(3, 3))
    value, _ = srcad.value_and_grad(swapped_rows)(a, 3)
    np.testing.assert_allclose(value, swapped_rows(a, 3))


def two_buffers(x, s):
    a, b = x.copy(), x * s
    for _ in range(3):
        a[1:] = b[:-1] * s
        a, b = b, a
    a[0] = s
    return np.sum(a**2) + np.sum(b**3)


def test_buffers_that_change_places_stay_two() -> None:
    x = np.array([0.5, 1.5, 2.5])
    value, _ = srcad.value_and_grad(two_buffers)(x, 0.5)
    np.testing.assert_allclose(value, two_buffers(x, 0.5))
