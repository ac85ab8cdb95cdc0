"""Lists sorted by what only the run knows: lists in them, tuples with arrays, objects that compare themselves."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotDifferentiable
from tests import reference


def weigh(rows: Any) -> Any:
    return sum(np.sin(v) * (i + 1) for i, row in enumerate(rows) for v in row)


class Weight:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: Weight) -> Any:
        return self.value < other.value


def lists(x):
    return weigh(sorted([[x[0], x[1]], [x[2], x[0]], [0.5, x[3]]]))


def equal_at_first(x):
    return weigh(sorted([[x[0], x[1]], [x[0], x[2]], [0.1, x[3]]], reverse=True))


def of_other_lengths(x):
    return weigh(sorted([[x[0], x[1]], [x[0]], [0.5, x[3], x[2]]]))


def lists_in_lists(x):
    return weigh(sorted([[[x[0], x[1]]], [[x[2], x[0]]]])[0])


def arrays_behind_numbers(x):
    pairs = sorted([(x[0], x[1:]), (x[1], x[2:]), (x[2], x)])
    return sum(a * np.sum(b) * i for i, (a, b) in enumerate(pairs))


def one_array_behind_equal_numbers(x):
    pairs = sorted([(x[0], x), (x[0], x), (x[2], x)])
    return sum(a * np.sum(b) * i for i, (a, b) in enumerate(pairs))


def by_lists(x):
    rows = [[x[0], x[1]], [x[2], x[0]]]
    rows.sort(key=lambda row: [row[1], row[0]])
    return weigh(rows)


def by_lists_in_tuples(x):
    return weigh(sorted([[x[0], x[1]], [x[2], x[0]]], key=lambda row: (row, -row[0])))


def instances(x):
    return sum(one.value * i for i, one in enumerate(sorted([Weight(x[0]), Weight(x[1]), Weight(x[2])])))


PROGRAMS = [
    lists,
    equal_at_first,
    of_other_lengths,
    lists_in_lists,
    arrays_behind_numbers,
    one_array_behind_equal_numbers,
    by_lists,
    by_lists_in_tuples,
    instances,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_sorted(f: Callable[..., Any]) -> None:
    args = (np.array([0.3, -0.4, 0.7, 0.2]),)
    value, bar = srcad.value_and_grad(f)(*copy.deepcopy(args))
    assert value == pytest.approx(f(*args))
    for _, direction in reference.directions(args, (0,), 1).items():
        due = reference.along(f, args, direction)
        assert np.sum(bar * direction[0]) == pytest.approx(due.value.item(), abs=1e-7)


def arrays_behind_equal_numbers(x):
    return sum(a for a, _ in sorted([(x[0], x[1:]), (x[0], x[:-1])]))


def test_what_cannot_be_compared_raises() -> None:
    with pytest.raises(ValueError, match="ambiguous"):
        arrays_behind_equal_numbers(np.ones(4))
    with pytest.raises(ValueError, match="ambiguous"):
        srcad.grad(arrays_behind_equal_numbers)(np.ones(4))


def of_dicts(x):
    parts = np.stack([{"a": x}, {"a": x}])
    return np.sum(x * parts[1]["a"])


def test_an_array_of_dicts_is_refused() -> None:
    with pytest.raises(NotDifferentiable):
        srcad.grad(of_dicts)(np.ones(3))


def order_of_a_number(x):
    return np.sum(x[np.argsort(x[0])]) + np.sum(x[np.argpartition(np.sum(x), 0)])


def one_array(x):
    rows = []
    for row in x[:1, None] * x:
        rows.append(row)
    return np.sum(sorted(rows)[0])


def compared_with_a_number(x):
    try:
        larger = [x[0], x[1]] > x[2].item()
    except TypeError:
        larger = (x[0], x[1]) == 3.0
    return x[0] + x[1] * larger


def numbers_joined(x):
    values = []
    for v in x:
        values.append(v)
    try:
        return np.sum(np.concatenate(values))
    except ValueError:
        return np.sum(x**2)


@pytest.mark.parametrize(
    "f", [order_of_a_number, one_array, compared_with_a_number, numbers_joined], ids=lambda f: f.__name__
)
def test_what_does_not_raise(f: Callable[..., Any]) -> None:
    test_sorted(f)


def arrays_and_numbers(x):
    q = sorted([x[:1], 0.5, x[1] * 2, 0.1])
    return np.sum(q[0]) + np.sum(q[-1] ** 2)


def test_arrays_of_one_element_are_sorted_with_numbers() -> None:
    np.testing.assert_allclose(srcad.grad(arrays_and_numbers)(np.array([0.7, 0.2, 0.9])), [1.4, 0.0, 0.0])
    with pytest.raises(ValueError, match="ambiguous"):
        srcad.grad(lambda x: sorted([x, 0.5])[1] * x[0])(np.array([0.7, 0.2]))


def test_a_dict_is_no_operand_of_a_sum() -> None:
    def f(x):
        try:
            return x + {"a": x}
        except TypeError:
            return x * 3

    assert srcad.grad(f)(2.0) == 3.0
    with pytest.raises(TypeError, match="'float' and 'dict'"):
        srcad.grad(lambda x: x * {"a": x})(2.0)


@pytest.mark.parametrize("given", [lambda x: [x[0], x[1], x[2]], lambda x: [(x[0], 1.0), (x[1], 2.0), (x[2], 0.5)]])
def test_a_key_is_asked_for_once(given: Callable[[Any], list[Any]]) -> None:
    """What the key does besides is done once for each item."""

    def f(x):
        seen = []

        def key(v):
            seen.append(np.sum(v) ** 2)
            return v

        best = sorted(given(x), key=key)[0]
        return np.sum(best) * len(seen) + sum(seen)

    x, d = np.array([0.7, 0.2, 0.9]), np.array([1.0, -2.0, 0.5])
    value, gradient = srcad.value_and_grad(f)(x)
    np.testing.assert_allclose(value, f(x))
    np.testing.assert_allclose(gradient @ d, reference.along(f, (x,), (d,)).value, rtol=1e-9)
    np.testing.assert_allclose(srcad.jvp(f, (x,), (d,))[1], gradient @ d)
