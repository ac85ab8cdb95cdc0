"""Arrays of the caller's that hold other things than floats, or stand beside the differentiated ones: never changed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import InternalError, SrcadError

X = np.array([0.4, -0.9, 1.3])


def item(x, r):
    r[0] = 7
    return np.sum(x)


def fields(x, r):
    r["a"] = 2.0
    return np.sum(x * r["a"])


def filled(x, r):
    r.fill(3)
    return np.sum(x) + len(r)


def filled_by_helper(x, r):
    filled(x, r)
    return np.sum(x)


def flat(x, r):
    r.flat = 1
    return np.sum(x)


def augmented(x, r):
    r += 1
    return np.sum(x)


def output(x, r):
    np.add(r, 1, out=r)
    return np.sum(x)


def sorted_in_place(x, r):
    r.sort()
    return np.sum(x)


def attributes(x, r):
    r.real = 2
    r.shape = (3, 1)
    return np.sum(x)


def shuffled(x, r):
    np.random.default_rng(0).shuffle(r)
    return np.sum(x)


def by_operators(x, r):
    operator.setitem(r, 0, 5)
    operator.iadd(r, 2)
    operator.imul(r, 3)
    return np.sum(x)


def by_special_methods(x, r):
    r.__setitem__(0, 5)
    r.__iadd__(2)
    return np.sum(x)


PROGRAMS = (
    item,
    fields,
    filled,
    filled_by_helper,
    flat,
    augmented,
    output,
    sorted_in_place,
    attributes,
    shuffled,
    by_operators,
    by_special_methods,
)
ARRAYS: dict[str, Callable[[], Any]] = {
    "records": lambda: np.zeros(3, [("a", float), ("b", int)]),
    "objects": lambda: np.array([3, 1, 2], object),
    "big endian": lambda: np.array([3.0, 1.0, 2.0]).astype(">f8"),
    "ints": lambda: np.array([3, 1, 2]),
    "bools": lambda: np.array([True, False, True]),
    "text": lambda: np.array(["b", "a", "c"]),
    "dates": lambda: np.array(["2020-01-02", "2020-01-01", "2021-01-01"], "M8[D]"),
    "complex": lambda: np.array([3 + 1j, 1, 2]),
    "single": lambda: np.array([3, 1, 2], np.float32),
    "floats": lambda: np.array([3.0, 1.0, 2.0]),
}


@pytest.mark.parametrize("f", PROGRAMS)
def test_no_array_of_the_caller_is_changed(f: Callable[..., Any]) -> None:
    """One derivative for all kinds, one after the other: code for one kind must not serve another."""
    derived = srcad.value_and_grad(f)
    for make in ARRAYS.values():
        given = make()
        try:
            due, failed = f(X.copy(), make()), False
        except (TypeError, ValueError, IndexError, AttributeError):
            failed = True
        try:
            value, gradient = derived(X, given)
        except InternalError:
            raise
        except (SrcadError, TypeError, ValueError, IndexError, AttributeError):
            pass
        else:
            assert not failed
            assert value == pytest.approx(due)
            assert gradient.shape == X.shape
        assert given.shape == make().shape and np.array_equal(given, make())


def test_results_that_do_not_fit_raise() -> None:
    counts = np.array([1, 2, 3])

    def halved(x, counts):
        counts *= 0.5
        return np.sum(x * counts)

    with pytest.raises(TypeError, match="same_kind"):
        halved(X, counts.copy())
    with pytest.raises(TypeError, match="same_kind"):
        srcad.grad(halved)(X, counts)
