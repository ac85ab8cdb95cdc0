"""srcad.config: where a derivative ceases to be finite, in all modes."""

from __future__ import annotations

import contextvars
import inspect
import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError, NonFiniteError

X = np.array([4.0, 0.0])


def rooted(x):
    y = np.sqrt(x)  # here
    return np.sum(y)


def plain_root(x):
    return math.sqrt(x)  # here


def logarithm(x):
    return np.log(x)  # here


def quotient(x):
    z = np.zeros(2)
    return np.sum(x / z)  # here


def zero_times_infinity(x):
    return x * np.inf * 0.0  # here


def in_a_loop(x):
    total = 0.0
    for k in range(2):
        total += np.sqrt(x[k])  # here
    return total


def in_a_branch(x):
    if x[1] < 1.0:
        return np.sum(x**0.5)  # here
    return np.sum(x)


def elements(x):
    return np.sqrt(x)  # here


def here(function: Callable[..., Any]) -> str:
    lines, first = inspect.getsourcelines(function)
    number = next(first + k for k, line in enumerate(lines) if line.rstrip().endswith("# here"))
    return f"{__file__}:{number}"


def refusal(run: Callable[[], Any]) -> str:
    with np.errstate(all="ignore"), srcad.config(check_nan=True), pytest.raises(NonFiniteError) as caught:
        run()
    assert isinstance(caught.value, FloatingPointError)
    return str(caught.value)


@pytest.mark.parametrize(
    ("function", "x", "value"),
    [
        (rooted, X, "y = 0"),
        (plain_root, 0.0, "sqrt(x) = 0"),
        (logarithm, 0.0, "x = 0"),
        (quotient, X, "z = 0"),
        (zero_times_infinity, 1.0, "inf"),
        (in_a_loop, X, "= 0"),
        (in_a_branch, X, "= 0"),
    ],
)
def test_the_line_and_the_operand(function: Callable[..., Any], x: Any, value: str) -> None:
    text = refusal(lambda: srcad.grad(function)(x))
    assert here(function) in text and value in text and "what to do" in text


MODES: dict[str, tuple[Callable[..., Any], Callable[[], Any]]] = {
    "grad": (rooted, lambda: srcad.grad(rooted)(X)),
    "value_and_grad": (rooted, lambda: srcad.value_and_grad(rooted)(X)),
    "vjp": (rooted, lambda: srcad.vjp(rooted, X)[1](1.0)),
    "jvp": (rooted, lambda: srcad.jvp(rooted, (X,), (np.ones(2),))),
    "linearize": (rooted, lambda: srcad.linearize(rooted, X)[1](np.ones(2))),
    "hvp": (rooted, lambda: srcad.hvp(rooted)(X, np.ones(2))),
    "hessian": (rooted, lambda: srcad.hessian(rooted)(X)),
    "jacfwd": (elements, lambda: srcad.jacfwd(elements)(X)),
    "jacrev": (elements, lambda: srcad.jacrev(elements)(X)),
    "jacobian": (elements, lambda: srcad.jacobian(elements)(X)),
    "deriv": (elements, lambda: srcad.deriv(elements)(X)),
    "laplacian": (rooted, lambda: srcad.laplacian(rooted)(X)),
    "taylor": (plain_root, lambda: srcad.taylor(plain_root, 2)(0.0, 1.0)),
}


@pytest.mark.parametrize("mode", MODES)
def test_all_modes(mode: str) -> None:
    function, run = MODES[mode]
    text = refusal(run)
    assert here(function) in text


def test_what_is_finite_is_as_it_was() -> None:
    with srcad.config(check_nan=True):
        np.testing.assert_array_equal(srcad.grad(rooted)(X + 4.0), srcad.grad(lambda x: np.sum(np.sqrt(x)))(X + 4.0))
        assert srcad.value_and_grad(plain_root)(4.0) == (2.0, 0.25)
        assert srcad.vjp(plain_root, 4.0)[1](1.0) == (0.25,)
        assert srcad.jvp(plain_root, (4.0,), (1.0,)) == (2.0, 0.25)
        assert srcad.hvp(lambda x: x**3)(2.0, 1.0) == 12.0


def test_options_hold_in_their_block_alone() -> None:
    derivative = srcad.grad(rooted)
    with np.errstate(all="ignore"):
        assert derivative(X)[1] == math.inf
        with srcad.config(check_nan=True):
            with pytest.raises(NonFiniteError):
                derivative(X)
            with srcad.config(check_nan=False):
                assert derivative(X)[1] == math.inf
            with pytest.raises(NonFiniteError):
                derivative(X)
        assert derivative(X)[1] == math.inf


def test_options_may_be_set_for_good() -> None:
    def program() -> None:
        srcad.config(check_nan=True)
        with pytest.raises(NonFiniteError), np.errstate(all="ignore"):
            srcad.grad(rooted)(X)

    contextvars.copy_context().run(program)
    with np.errstate(all="ignore"):
        assert srcad.grad(rooted)(X)[1] == math.inf


def test_another_thread_has_its_own() -> None:
    found: list[float] = []

    def other() -> None:
        with np.errstate(all="ignore"):
            found.append(srcad.grad(rooted)(X)[1])

    with srcad.config(check_nan=True):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert found == [math.inf]


def test_unknown_options() -> None:
    with pytest.raises(ArgumentError, match="no option 'check_inf'"):
        srcad.config(check_inf=True)
    with pytest.raises(ArgumentError, match="True or False"):
        srcad.config(check_nan=1)  # type: ignore[arg-type]


def test_an_argument_that_is_not_finite() -> None:
    assert "one of them isn't finite" in refusal(lambda: srcad.grad(lambda x: np.sum(x * x))(np.array([np.nan, 1.0])))


def test_a_program_that_prints_runs_once(capsys: pytest.CaptureFixture[str]) -> None:
    def printing(x):
        print("here")
        return np.sum(np.sqrt(x))

    assert "doesn't run again" in refusal(lambda: srcad.grad(printing)(X))
    assert capsys.readouterr().out == "here\n"


def test_the_environment_sets_it() -> None:
    program = "import numpy as np, srcad; srcad.grad(np.sqrt)(0.0)"
    given = {**os.environ, "SRCAD_CHECK_NAN": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "NonFiniteError" in done.stderr
