"""Names, keys and attributes that are there from the second turn of a loop on, or on one side of a branch only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import srcad
from srcad.errors import NotYetSupported


def key_from_the_second_turn(x, n):
    cache = {}
    total = 0.0
    for _ in range(n):
        total += cache["k"] * x if "k" in cache else 5 * x
        cache["k"] = x * x
    return total


def default_of_get(x, n):
    cache = {}
    total = 0.0
    for _ in range(n):
        total += cache.get("k", 5.0) * x
        cache["k"] = x * x
    return total


class Counter:
    turns = 0

    def step(self, x):
        self.turns += 1
        if not hasattr(self, "first"):
            self.first = x
        return x * self.turns + self.first


def attribute_of_the_class_until_set(x, n):
    counter = Counter()
    total = 0.0
    for _ in range(n):
        total += counter.step(x) * x
    return total * counter.turns


def name_from_the_second_turn(x, n):
    y = x
    for i in range(n):
        if i == 0:
            p = y
        else:
            p = y + 0.5 * old  # noqa: F821 - bound by the turn before
        old = p
        y = y * p
    return y


def name_from_the_second_turn_of_while(x, n):
    y, turn = x, 0
    while turn < n and abs(y) < 100:
        p = y if turn == 0 else y + 0.5 * old  # noqa: F821
        old = p
        y = y * p
        if y > 50:
            break
        turn += 1
    return y


def in_a_branch(x, n):
    found = {}
    if n > 1:
        found["k"] = x * x
    return x * 3 if "k" in found else x


def after_a_loop(x, n):
    found = {}
    for _ in range(n):
        found["k"] = x * x
    return x * len(found)


PROGRAMS = [
    key_from_the_second_turn,
    default_of_get,
    in_a_branch,
    after_a_loop,
    attribute_of_the_class_until_set,
    name_from_the_second_turn,
    name_from_the_second_turn_of_while,
]


@pytest.mark.parametrize("turns", [0, 1, 4])
@pytest.mark.parametrize("program", PROGRAMS)
def test_first_turn_is_read_apart(program: Callable[..., Any], turns: int) -> None:
    value, gradient = srcad.value_and_grad(program)(1.3, turns)
    assert value == pytest.approx(program(1.3, turns))
    step = 1e-6
    due = (program(1.3 + step, turns) - program(1.3 - step, turns)) / (2 * step)
    assert gradient == pytest.approx(due, rel=1e-7, abs=1e-7)


def values_in_order(x, n):
    found = {}
    if n > 1:
        found["b"] = x
    found["a"] = x * x
    found["b"] = x**3
    return sum((k + 1) * v for k, v in enumerate(found.values()))


def set_in_two_orders(x, n):
    found = {}
    if n > 1:
        found["a"], found["b"] = x, x * x
    else:
        found["b"], found["a"] = x, x * x
    return sum((k + 1) * v for k, v in enumerate(found.values()))


@pytest.mark.parametrize("program", [values_in_order, set_in_two_orders])
def test_keys_in_an_order_of_the_run_are_not_run_through(program: Callable[..., Any]) -> None:
    with pytest.raises(NotYetSupported, match="the order of the keys"):
        srcad.grad(program)(2.0, 3)
