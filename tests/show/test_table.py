"""The evaluation trace as a table."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError, NotYetSupported
from tests.show.programs import affine, clipped, halved, neuron, noisy, power_sum, root, smoothed, worked

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


# ---- tangents

TANGENTS = """
                            ẋ1 = 1    ẋ2 = 1
  v̇1 = ẋ1                   1         0
  v̇2 = ẋ2                   0         1
  v̇3 = v̇1 v2 + v̇2 v1        0.5       2             9 | return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
  v̇4 = v̇2 cos(v2)           0         0.877583
  v̇5 = v̇3 exp(v3)           1.35914   5.43656
  v̇6 = v̇3 + v̇5              1.85914   7.43656
  v̇7 = v̇6 - v̇4              1.85914   6.55898
"""

LOOP = """
  v̇1 = ẋ                   1
  for v3 in range(v2):                      15 | for _ in range(n):
      v̇4 = 0 at first
      v̇5 = 0 at first
      v̇6 = v̇5 v1 + v̇1 v5   6.75             16 | power = power * x
      v̇7 = v̇4 + v̇6         10.75            17 | total = total + power
      next v̇7, v̇6
  v̇8 = what is left        10.75
  v̇9 = what is left        6.75
"""

BRANCH = """
  v̇1 = ẋ                       1
  if v2:                                    22 | if x > 1.0:
      v̇3 = 2 v̇1 v1             3            23 | y = x * x
      gives v̇3
  else:
      v̇4 = 2 v̇1                             25 | y = 2.0 * x
      gives v̇4
  v̇5 = what the branch gives   3
  v̇6 = v̇5 cos(v5)              -1.88452     26 | return np.sin(y)
"""


def cells(line: str) -> list[str]:
    """The formula and the values of a line."""
    return [cell for cell in re.split(r"\s{3,}", re.sub(r"\s+\d+ \|.*", "", line).strip()) if cell]


def tangents(function: Any, *args: Any, **options: Any) -> str:
    """The part of a table that shows tangents."""
    return str(srcad.trace(function, tangent=True, **options)(*args)).split("\n\n")[1]


def test_tangents_of_the_worked_example() -> None:
    table = str(srcad.trace(worked, tangent=True, adjoint=True)(2.0, 0.5))
    assert table.split("\n\n")[1] == TANGENTS.strip("\n")
    assert "v̄3 = v̄5 exp(v3) + v̄6" in table


def test_tangents_through_loops_and_branches() -> None:
    assert tangents(power_sum, 1.5, 3) == LOOP.strip("\n")
    assert tangents(clipped, 1.5) == BRANCH.strip("\n")


def test_tangents_of_a_while_loop() -> None:
    text = tangents(halved, 5.0)
    assert "while:" in text
    assert "v̇2 = v̇1 at first" in text
    assert "v̇5 = what is left" in text, "the condition of a loop shares its variables with the body"
    assert cells(text.splitlines()[-1])[-1:] == ["0.25"]


def test_a_branch_that_was_not_taken_has_no_values() -> None:
    lines = tangents(clipped, 0.5).splitlines()
    (taken,) = [line for line in lines if "v̇4 = 2 v̇1" in line]
    (other,) = [line for line in lines if "v̇3 = 2 v̇1 v1" in line]
    assert cells(taken) == ["v̇4 = 2 v̇1", "2"]
    assert cells(other) == ["v̇3 = 2 v̇1 v1"]


def test_seeds() -> None:
    by_position = tangents(worked, 2.0, 0.5, seeds=[(1.0, -1.0), (None, 1.0)])
    by_name = tangents(worked, 2.0, 0.5, seeds=[{"x1": 1.0, "x2": -1.0}, {"x2": 1.0}])
    assert by_position == by_name
    assert "seed 1" in by_position
    last = by_position.splitlines()[-1].split()
    assert last[-2:] == ["-4.69984", "6.55898"]
    np.testing.assert_allclose(float(last[-2]), srcad.jvp(worked, (2.0, 0.5), (1.0, -1.0))[1], rtol=1e-5)


def test_a_single_seed_needs_no_heading() -> None:
    assert "seed" not in tangents(worked, 2.0, 0.5, seeds=[(1.0, 0.0)])


def test_seeds_of_structures() -> None:
    p = {"w": np.ones(2), "b": 0.5}
    text = tangents(affine, p, np.array([1.0, 2.0]), seeds=[({"w": np.array([1.0, 0.0]), "b": None}, None)])
    assert "ṗ['w']" in text
    assert text.splitlines()[-1].split()[-1] == "1"


def test_too_many_inputs_show_formulas_alone() -> None:
    text = tangents(lambda p: p[0] * p[1] + p[2] * p[3] + p[4], [1.0] * 5)
    assert "v̇6 = v̇1 v2 + v̇2 v1" in text
    assert "= 1" not in text


def test_matrix_products() -> None:
    text = tangents(neuron, np.ones((2, 3)), np.zeros(2), np.ones(3), seeds=[(np.ones((2, 3)), None, np.ones(3))])
    assert "v̇4 = v̇1 @ v3 + v1 @ v̇3   [6., 6.]" in text
    assert "v̇2 = ḃ                   0" in text


def test_updates_in_place() -> None:
    assert "v̇7 = v̇2 with [1:-1] += v̇6" in tangents(smoothed, np.arange(4.0))


def test_forward_mode_shows_its_tangents() -> None:
    table = str(srcad.jacfwd(worked, argnums=1).trace(2.0, 0.5))
    assert "v̇3 = v̇2 v1" in table
    assert "v̄" not in table


def test_what_prints_and_draws_does_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    text = tangents(noisy, 2.0, 3.0, np.random.default_rng(0))
    assert capsys.readouterr().out.count("drawn") == 1
    by_x, by_y = map(float, cells(text.splitlines()[-1])[1:])
    drawn = np.random.default_rng(0).normal()
    assert (by_x, by_y) == pytest.approx((3.0 * drawn, 2.0 * drawn), rel=1e-5)


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ([1.0], "must be a tuple"),
        ((1.0, 0.0), "must be a tuple"),
        ("ab", "must be a list"),
        ([(1.0,)], "has 1 parts"),
        ([(1.0, 1.0, 1.0)], "has 3 parts"),
        ([{"x3": 1.0}], "no parameter is called x3"),
        ([(np.ones(2), 1.0)], "the tangent of x1"),
    ],
)
def test_bad_seeds(seeds: Any, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        srcad.trace(worked, tangent=True, seeds=seeds)(2.0, 0.5)


def test_seeds_for_what_does_not_move() -> None:
    with pytest.raises(ArgumentError, match="does not move"):
        srcad.trace(power_sum, tangent=True, seeds=[(1.0, 1.0)])(1.5, 3)
    with pytest.raises(ArgumentError, match="has nothing for p"):
        srcad.trace(affine, tangent=True, seeds=[({"v": 1.0}, None)])({"w": np.ones(2), "b": 0.5}, np.ones(2))


def test_seeds_are_for_tangents() -> None:
    with pytest.raises(ArgumentError, match="tangent=True"):
        srcad.trace(worked, seeds=[(1.0, 0.0)])


def test_whole_numbers_do_not_move() -> None:
    for mode in ("tangent", "adjoint"):
        with pytest.raises(ArgumentError, match="pass floats"):
            srcad.trace(worked, **{mode: True})(2, 3)


def test_recursion_is_refused() -> None:
    for mode in ("tangent", "adjoint"):
        with pytest.raises(NotYetSupported, match="calls itself"):
            srcad.trace(root, **{mode: True})(5.0)


# ---- several results


def test_adjoints_of_several_results() -> None:
    table = str(srcad.trace(lambda x, y: {"sum": x + y, "product": x * y, "n": 3}, adjoint=True)(2.0, 5.0))
    assert "returns y1 = v3, y2 = v4" in table
    assert cells(table.split("\n\n")[1].splitlines()[0]) == ["ȳ1 = 1", "ȳ2 = 1"]
    assert [cells(line)[1:] for line in table.splitlines()[-2:]] == [["1", "2"], ["1", "5"]]


def test_a_result_that_is_a_parent_of_another() -> None:
    table = str(srcad.trace(lambda x: (np.sin(x), np.sin(x) ** 2), adjoint=True)(2.0))
    assert "v̄2 = 2 v̄3 v2 + ȳ1" in table


def test_an_argument_that_is_returned() -> None:
    assert "v̄1 = 1" in str(srcad.trace(lambda x: x, adjoint=True)(2.0))


# ---- how it reads


def test_a_wide_formula_stands_out_of_its_column() -> None:

    def program(x):
        return np.sum(np.max(x, axis=1) ** 2)

    text = below_title(srcad.trace(program, tangent=True)(np.array([[1.0, 2.0], [5.0, 3.0]])))
    (wide,) = [line for line in text.splitlines() if "where(" in line]
    assert "where(v1 == v2[" in wide, "what the trace has a name for is called by it"
    assert max(len(line.split("|")[0]) for line in text.splitlines() if line != wide) < 70


def test_lists_and_shapes_read_like_python() -> None:
    def program(x, n):
        values = []
        for _ in range(n):
            x = x * x / 3.0
            values.append(x)
        return sum(values)

    text = str(srcad.trace(program, tangent=True)(2.0, 9))
    assert "and then v" in text
    assert "len(v" in text
    assert "[1.33333, 0.592593, ...," in text
    assert ".shape[0]" in str(srcad.trace(lambda x: np.sum(x) / len(x))(np.ones(3)))


@srcad.custom_rule
def softplus(x):
    return np.logaddexp(0.0, x)


@softplus.tangent
def softplus_dot(dots, value, x):
    return dots[0] / (1.0 + np.exp(-x))


def test_rules_of_the_user_are_called_by_their_names() -> None:
    text = str(srcad.trace(lambda x: softplus(x) * x, tangent=True, adjoint=True)(1.0))
    assert "v2 = softplus(v1)" in text
    assert "v̇2 = softplus_dot(v̇1, v2, v1)" in text
