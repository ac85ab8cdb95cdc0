"""Comprehensions: what the first `for` runs over is read outside of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import srcad


def added(x, k):
    if k > 5:
        items = [1.0, 2.0]
    return x * sum(v for v in items)


def collected(x, k):
    if k > 5:
        items = [1.0, 2.0]
    return x * sum([v for v in items])


@pytest.mark.parametrize("f", [added, collected])
def test_a_name_that_is_not_bound_is_one_of_the_function(f: Callable[..., Any]) -> None:
    with pytest.raises(UnboundLocalError) as due:
        f(2.0, 3)
    with pytest.raises(UnboundLocalError) as got:
        srcad.grad(f)(2.0, 3)
    assert str(got.value) == str(due.value)
    assert srcad.grad(f)(2.0, 7) == 3.0


def test_the_variable_may_be_called_like_what_it_runs_over() -> None:
    def f(x):
        x = [v for v in [x, 2 * x]]
        return sum(x * x for x in x)

    assert srcad.grad(f)(3.0) == 30.0
