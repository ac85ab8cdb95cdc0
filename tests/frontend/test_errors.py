"""What srcad itself gets wrong is said to be its fault, at the user's line, with what was raised behind it."""

from __future__ import annotations

import pytest

import srcad
from srcad.errors import InternalError
from srcad.frontend.syntax import expressions


def inner(x):
    y = x * x
    return -y


def outer(x):
    return inner(x) + 1.0


def test_an_unexpected_exception_names_the_line_that_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("not this one")

    monkeypatch.setattr(expressions, "unary", broken)
    with pytest.raises(InternalError) as caught:
        srcad.grad(outer)(1.5)
    text = str(caught.value)
    assert isinstance(caught.value.__cause__, KeyError)
    assert "return -y" in text
    assert "called from" in text
    assert "return inner(x) + 1.0" in text
    assert "report" in caught.value.do
