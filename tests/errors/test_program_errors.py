"""Derivatives raise what the program raises, wherever it raises it: its first error, of its type, with its message."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable

import numpy as np
import pytest

import srcad
from tests.errors.programs import PROGRAMS
from tests.reference import along, flat

Mode = Callable[[Callable[..., object], tuple[object, ...]], object]


def ones(x: object) -> object:
    return np.ones_like(x) if isinstance(x, np.ndarray) else 1.0


MODES: dict[str, Mode] = {
    "grad": lambda f, args: srcad.grad(f)(*args),
    "value_and_grad": lambda f, args: srcad.value_and_grad(f)(*args),
    "vjp": lambda f, args: srcad.vjp(lambda x: f(x, *args[1:]), args[0]),
    "jvp": lambda f, args: srcad.jvp(lambda x: f(x, *args[1:]), (args[0],), (ones(args[0]),)),
    "hvp": lambda f, args: srcad.hvp(f)(*args, ones(args[0])),
    "jacfwd": lambda f, args: srcad.jacfwd(f)(*args),
    "jacrev": lambda f, args: srcad.jacrev(f)(*args),
    "hessian": lambda f, args: srcad.hessian(f)(*args),
    "grad of grad": lambda f, args: srcad.grad(lambda *a: np.sum(srcad.grad(f)(*a)))(*args),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_derivative_raises_what_the_program_raises(name: str, mode: str) -> None:
    one = PROGRAMS[name]
    with pytest.raises(Exception) as expected:
        one.function(*copy.deepcopy(one.bad))
    with pytest.raises(type(expected.value)) as found, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        MODES[mode](one.function, copy.deepcopy(one.bad))
    assert type(found.value) is type(expected.value)
    if mode != "grad of grad":
        assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("name", [name for name, one in PROGRAMS.items() if one.good is not None])
def test_the_derivative_is_right_where_the_program_is(name: str) -> None:
    one = PROGRAMS[name]
    assert one.good is not None
    first = one.good[0]
    step = np.linspace(0.5, 1.5, np.size(first)).reshape(np.shape(first)) if isinstance(first, np.ndarray) else 1.0
    reference = along(one.function, one.good, (step, *(None for _ in one.good[1:])))
    found = np.sum(flat(srcad.grad(one.function)(*one.good)) * flat(step))
    np.testing.assert_allclose(found, reference.value[0], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", [name for name, one in PROGRAMS.items() if one.good is not None])
def test_a_derivative_that_has_been_compiled_raises_too(name: str) -> None:
    """The guards of what was compiled for good arguments let no bad ones pass."""
    one = PROGRAMS[name]
    assert one.good is not None
    derivative = srcad.grad(one.function)
    derivative(*one.good)
    with pytest.raises(Exception) as expected:
        one.function(*copy.deepcopy(one.bad))
    with pytest.raises(type(expected.value)):
        derivative(*one.bad)


def test_arguments_stay_as_they_are() -> None:
    """The program runs once more to tell what it raises: on copies."""

    def overwriting(x, y):
        x[0] = 5.0
        return np.sum(x * y)

    x = np.ones(3)
    with pytest.raises(ValueError, match="broadcast"):
        srcad.grad(overwriting)(x, np.ones(2))
    assert x[0] == 1.0


def test_what_prints_runs_once(capsys: pytest.CaptureFixture[str]) -> None:
    def printing(x, y):
        print("here")
        return np.sum(x * y)

    with pytest.raises(ValueError, match=r"shape mismatch|broadcast"):
        srcad.grad(printing)(np.ones(3), np.ones(2))
    assert capsys.readouterr().out == "here\n"
