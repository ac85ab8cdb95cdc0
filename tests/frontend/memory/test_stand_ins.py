"""What can't be done to any value of a class: the derivative raises what Python raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported

X = np.linspace(0.3, 1.0, 4)


def transposed(x, s):
    x[1:].T = x[:-1]


def size(x, s):
    x.size = 3


def unknown(x, s):
    x.colour = s


def of_a_number(x, s):
    s.real = 2.0


def of_numpys_number(x, s):
    x[0].T = s


def deleted(x, s):
    del x[0]


def deleted_of_a_tuple(x, s):
    pair = (x, s)
    del pair[0]


def deleted_of_a_number(x, s):
    del s[0]


def set_in_a_number(x, s):
    s[0] = 1.0


def set_in_numpys_number(x, s):
    x[1][0] = s


CASES: list[Callable[..., Any]] = [
    *(transposed, size, unknown, of_a_number, of_numpys_number),
    *(deleted, deleted_of_a_tuple, deleted_of_a_number, set_in_a_number, set_in_numpys_number),
]


@pytest.mark.parametrize("change", CASES)
def test_raised(change: Callable[..., Any]) -> None:
    def let_out(x, s):
        change(x, s)
        return np.sum(x) * s

    def caught(x, s):
        y = x.copy()
        try:
            change(y, s)
        except (AttributeError, TypeError, ValueError):
            return np.sum(y) * s
        return s

    with pytest.raises((AttributeError, TypeError, ValueError)) as due:
        let_out(X.copy(), 0.5)
    with pytest.raises((AttributeError, TypeError, ValueError)) as got:
        srcad.grad(let_out, 1)(X.copy(), 0.5)
    assert type(got.value) is type(due.value)
    assert str(got.value) == str(due.value)
    assert srcad.grad(caught, 1)(X, 0.5) == np.sum(X)


def strides_that_fit(x):
    x.strides = (8,)
    return np.sum(x)


def dtype_of_the_same_width(x):
    x.dtype = np.int64
    return np.sum(x)


@pytest.mark.filterwarnings("ignore:Setting the strides")
@pytest.mark.parametrize("f", [strides_that_fit, dtype_of_the_same_width])
def test_what_may_be_set_is_refused(f: Callable[..., Any]) -> None:
    f(X.copy())
    with pytest.raises(NotYetSupported, match="of an array is set"):
        srcad.grad(f)(X.copy())
