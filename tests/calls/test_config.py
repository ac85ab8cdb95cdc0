"""Options that the environment sets."""

from __future__ import annotations

import pytest

from srcad.calls.config import Options, from_environment
from srcad.errors import ArgumentError


def test_options_of_the_environment() -> None:
    assert from_environment({}) == Options()
    assert from_environment({"SRCAD_BACKEND": "", "SRCAD_THREADS": ""}) == Options()
    given = {"SRCAD_BACKEND": "native", "SRCAD_THREADS": "3", "SRCAD_CHECK_NAN": "1"}
    assert from_environment(given) == Options(check_nan=True, backend="native", threads=3)


@pytest.mark.parametrize(
    ("variable", "value"),
    [*(("SRCAD_THREADS", value) for value in ("many", "0", "-2", "1.5", "100000")), ("SRCAD_BACKEND", "fortran")],
)
def test_a_variable_that_is_wrong_is_named(variable: str, value: str) -> None:
    with pytest.raises(ArgumentError, match=f"{variable} is '{value}'") as caught:
        from_environment({variable: value})
    assert caught.value.do
