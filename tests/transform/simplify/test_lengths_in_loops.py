"""The length of what a loop carries is one number in a turn, and another behind the loop."""

from __future__ import annotations

from typing import Any

import numpy as np

import srcad


def longer(c: Any) -> Any:
    r = c * 1.0
    for _ in range(2):
        r = np.concatenate((r, np.sin(c)))[: len(r) + 1]
    s = r * 2.0
    total = 0.0
    for k in range(len(s)):
        total = total + s[k] * s[k]
    return total


def test_lengths_of_turns_are_not_that_behind_the_loop() -> None:
    c = np.array([0.1, 0.2, 0.3])
    h = 1e-6
    due = np.array([(longer(c + h * e) - longer(c - h * e)) / (2 * h) for e in np.eye(3)])
    np.testing.assert_allclose(srcad.grad(longer)(c), due, rtol=1e-8)


def lengthened(x: np.ndarray, turns: int, c: float) -> np.ndarray:
    for _ in range(turns):
        x = np.concatenate((x / np.arange(len(x), 0, -1), np.array([c])))
    return x


def first_of_two(x: np.ndarray, s: float) -> float:
    u = lengthened(x, 1, 0.0)
    lengthened(x, 3, s)
    return np.sum(np.arange(4.0) * u)


def test_what_is_checked_in_a_loop_is_what_the_loop_carries() -> None:
    x = np.array([1.0, 2.0, 3.0], np.float32)
    assert srcad.value_and_grad(first_of_two)(x, 0.5)[0] == first_of_two(x, 0.5)
