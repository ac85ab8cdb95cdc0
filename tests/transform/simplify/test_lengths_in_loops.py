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
