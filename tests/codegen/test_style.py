"""How a derivative is written never depends on what the user's lines happen to say: names, comments, strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

X = np.array([1.0, 2.0, 3.0])


def choice_named_like_a_keyword(x, c):
    forward = x * 2.0 if c > 0.0 else x * x
    iffy = forward * x if c > 1.0 else forward + x
    whilst = iffy * x
    return whilst * forward


def choice_named_otherwise(x, c):
    a_forward = x * 2.0 if c > 0.0 else x * x
    an_iffy = a_forward * x if c > 1.0 else a_forward + x
    a_whilst = an_iffy * x
    return a_whilst * a_forward


def length_beside_a_comment(x, c):
    n = len(x)  # the shape of x
    reshaped = np.sum(x * x) / len(x) + c * n
    return reshaped * c


def length_alone(x, c):
    n = len(x)
    mean = np.sum(x * x) / len(x) + c * n
    return mean * c


def length_in_a_loop_over_a_shape(x, c):
    shape = c
    for k in range(len(x)):  # one turn for each entry of the shape
        shape = shape * x[k]
    return shape


def length_in_a_loop(x, c):
    total = c
    for k in range(len(x)):
        total = total * x[k]
    return total


CASES: list[tuple[Callable[..., Any], Callable[..., Any], dict[str, str], tuple[Any, ...]]] = [
    (
        choice_named_like_a_keyword,
        choice_named_otherwise,
        {"forward": "a_forward", "iffy": "an_iffy", "whilst": "a_whilst"},
        (1.5, 0.5),
    ),
    (length_beside_a_comment, length_alone, {"reshaped": "mean"}, (X, 2.0)),
    (length_in_a_loop_over_a_shape, length_in_a_loop, {"shape": "total"}, (X, 2.0)),
]


def code(f: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """The lines of the derivative, without comments."""
    lines = srcad.value_and_grad(f).source(*args).splitlines()
    return [line for line in lines if not line.lstrip().startswith("#")]


@pytest.mark.parametrize(("one", "other", "names", "args"), CASES, ids=lambda part: getattr(part, "__name__", ""))
def test_names_and_comments_are_no_style(one: Any, other: Any, names: dict[str, str], args: tuple[Any, ...]) -> None:
    said = "\n".join(code(one, args)).replace(one.__name__, other.__name__)
    for name, new in names.items():
        said = said.replace(name, new)
    assert said == "\n".join(code(other, args))


def test_a_length_is_written_as_the_program_has_it() -> None:
    def by_shape(x):
        return np.sum(x * x) / x.shape[0]

    def by_length(x):
        return np.sum(x * x) / len(x)

    assert "x.shape[0]" in srcad.grad(by_shape).source(X) and "len(x)" in srcad.grad(by_length).source(X)


def test_a_choice_is_written_as_the_program_has_it() -> None:
    def expression(x, c):
        y = x * 2.0 if c > 0.0 else x * x
        return y * y

    def statement(x, c):
        if c > 0.0:
            y = x * 2.0
        else:
            y = x * x
        return y * y

    assert "x * 2.0 if c > 0.0 else x * x" in srcad.value_and_grad(expression).source(1.5, 0.5)
    assert "    if c > 0.0:\n" in srcad.value_and_grad(statement).source(1.5, 0.5)
