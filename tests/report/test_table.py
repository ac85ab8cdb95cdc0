"""The evaluation trace as a table."""

from __future__ import annotations

import numpy as np

import srcad
from tests.report.programs import clipped, neuron, power_sum, smoothed, worked

TEXTBOOK = """
  v1 = x1                   2
  v2 = x2                   3
  v3 = v1 * v2              6            9 | return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
  v4 = sin(v2)              0.14112
  v5 = exp(v3)              403.429
  v6 = v3 + v5              409.429
  v7 = v6 - v4              409.288

  v̄7 = 1                    1            9 | return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
  v̄6 = v̄7                   1
  v̄5 = v̄6                   1
  v̄4 = -v̄7                  -1
  v̄3 = v̄5 exp(v3) + v̄6      404.429
  v̄2 = v̄3 v1 + v̄4 cos(v2)   809.848
  v̄1 = v̄3 v2                1213.29
"""


def below_title(table: object) -> str:
    return "\n" + str(table).partition("\n")[2] + "\n"


def test_the_worked_example_reads_like_a_textbook() -> None:
    assert below_title(srcad.trace(worked, adjoint=True)(2.0, 3.0)) == TEXTBOOK


def test_the_title_names_function_and_file() -> None:
    title = str(srcad.trace(worked)(2.0, 3.0)).partition("\n")[0]
    assert title.startswith("worked(x1, x2)") and title.endswith("programs.py")


def test_without_adjoints() -> None:
    table = str(srcad.trace(worked)(2.0, 3.0))
    assert "v7 = v6 - v4" in table
    assert "v̄" not in table


def test_a_derivative_shows_its_adjoints() -> None:
    table = str(srcad.grad(worked).trace(2.0, 3.0))
    assert "v̄1 = v̄3 v2" in table
    assert "v̄2" not in table


def test_loops_are_reversed_in_place() -> None:
    lines = [line.strip() for line in str(srcad.trace(power_sum, adjoint=True)(1.5, 3)).splitlines()]
    assert any(line.startswith("for ") for line in lines)
    assert any(line.startswith("for each round, the last one first:") for line in lines)
    assert any("+=" in line for line in lines)


def test_branches() -> None:
    text = str(srcad.trace(clipped, adjoint=True)(1.5))
    assert "if v" in text and "else:" in text and "what the branch gives" in text


def test_updates_in_place_are_other_values() -> None:
    text = str(srcad.trace(smoothed, adjoint=True)(np.arange(4.0)))
    assert "v7 = v2 with [1:-1] += v6" in text
    assert "(zeros with [:-2] = v̄3) + (zeros with [2:] = v̄4) + v̄7" in text


def test_matrices_and_quotients() -> None:
    text = str(srcad.trace(neuron, adjoint=True)(np.ones((2, 3)), np.zeros(2), np.ones(3)))
    assert "v̄3 = v1.T @ v̄4" in text
    assert "v̄1 = outer(v̄4, v3)" in text
    assert "v̄8 = -(v̄9 / v8) v9" in text
