"""What can't be differentiated is refused: by the right kind of error, at the right line, with advice."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError, InternalError, SrcadError
from tests.refusals import REFUSED, Refused, programs

assert programs.__name__  # importing it fills REFUSED


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refused(case: Refused) -> None:
    with pytest.raises(SrcadError) as caught:
        srcad.grad(case.function, argnums=case.argnums)(*case.args)
    error = caught.value
    assert isinstance(error, case.kinds), f"{type(error).__name__}: {error}"
    path = re.escape(str(inspect.getsourcefile(case.function)))
    named = {int(number) for number in re.findall(rf"{path}:(\d+)", str(error))}
    assert named & case.lines, f"marked: {case.lines}\n{error}"
    assert error.do, f"no advice:\n{error}"
    assert "^" in str(error), f"nothing underlined:\n{error}"


def square(x):
    return x * x


@pytest.mark.parametrize("argument", [3, True, np.arange(3), "text", None, [1, 2]], ids=repr)
def test_what_has_no_derivative_as_an_argument(argument: object) -> None:
    with pytest.raises(ArgumentError):
        srcad.grad(square)(argument)


@pytest.mark.parametrize("argnums", [1, -2, (0, 1), "y", ("x", "z")], ids=repr)
def test_argnums_out_of_range(argnums: object) -> None:
    with pytest.raises(ArgumentError):
        srcad.grad(square, argnums=argnums)(1.0)


def test_source_not_found() -> None:
    with pytest.raises(SrcadError):
        srcad.grad(eval("lambda x: x * x"))(1.0)


def test_not_callable() -> None:
    with pytest.raises(ArgumentError):
        srcad.grad(3.0)


def test_wrong_number_of_arguments_is_python_s_own_error() -> None:
    with pytest.raises((TypeError, ArgumentError)):
        srcad.grad(square)(1.0, 2.0)


def test_the_program_s_own_errors_arrive() -> None:
    def checked(x):
        assert x > 0, "must be positive"
        if x > 10:
            raise KeyError("too large")
        return x * x

    gradient = srcad.grad(checked)
    assert gradient(3.0) == 6.0
    with pytest.raises(AssertionError, match="must be positive"):
        gradient(-1.0)
    with pytest.raises(KeyError, match="too large"):
        gradient(11.0)


def test_internal_errors_ask_for_a_report() -> None:
    assert "report" in (InternalError.__doc__ or "")
