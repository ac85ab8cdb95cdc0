"""Special functions at points of their domains."""

from __future__ import annotations

import math

import numpy as np
import pytest

from srcad.ops.catalogue import BY_NAME, LOWERINGS, OPS
from srcad.ops.special import BINARY, UNARY
from srcad.runtime.special import digamma, trigamma
from tests.rules.checking import check

scipy_special = pytest.importorskip("scipy.special")

POSITIVE = np.array([0.3, 1.6, 2.7])
UNIT = np.array([0.2, 0.5, 0.9])
X = np.sin(np.arange(12.0)).reshape(3, 4) * 2
DOMAINS = {"logit": UNIT, "erfinv": UNIT, "ndtri": UNIT}


@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str) -> None:
    x = DOMAINS.get(name, POSITIVE)
    check(BY_NAME[f"scipy.special.{name}"], x)
    check(BY_NAME[f"scipy.special.{name}"], float(x[1]))


@pytest.mark.parametrize("name", sorted(set(BINARY) - {"polygamma", "jv", "iv", "gammainc", "gammaincc"}))
def test_binary(name: str) -> None:
    check(BY_NAME[f"scipy.special.{name}"], POSITIVE, POSITIVE[::-1].copy())


@pytest.mark.parametrize("name", ["polygamma", "jv", "iv"])
def test_with_an_order(name: str) -> None:
    check(lambda b, x: BY_NAME[f"scipy.special.{name}"](b, 2, x), POSITIVE)


@pytest.mark.parametrize("name", ["gammainc", "gammaincc"])
def test_incomplete_gamma(name: str) -> None:
    check(lambda b, x: BY_NAME[f"scipy.special.{name}"](b, 1.5, x), POSITIVE)


@pytest.mark.parametrize("axes", [{}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)}], ids=str)
def test_logsumexp(axes: dict[str, object]) -> None:
    check(lambda b, x: BY_NAME["scipy.special.logsumexp"](b, x, **axes), X)
    check(lambda b, x, w: BY_NAME["scipy.special.logsumexp"](b, x, b=w, **axes), X, np.array([0.3, 0.7, 1.1, 0.2]))


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax(name: str) -> None:
    for axis in (None, 0, -1):
        check(lambda b, x, axis=axis: BY_NAME[f"scipy.special.{name}"](b, x, axis=axis), X)


@pytest.mark.parametrize("function", [math.erf, math.erfc, math.gamma, math.lgamma])
def test_of_math(function: object) -> None:
    check(LOWERINGS[function], 0.7)
    check(LOWERINGS[function], 2.3)


@pytest.mark.parametrize("x", [0.1, 0.9, 3.3, 12.0, 150.0, -0.3, -4.7])
def test_helpers(x: float) -> None:
    assert math.isclose(digamma(x), scipy_special.digamma(x), rel_tol=1e-13)
    # Reflection, which scipy's polygamma doesn't know for negative numbers
    expected = scipy_special.polygamma(1, x) if x > 0 else trigamma(x)
    assert math.isclose(trigamma(x), expected, rel_tol=1e-13)


def test_numpys_own() -> None:
    check(LOWERINGS[np.i0], POSITIVE)


def test_every_name_is_one_of_scipy() -> None:
    for name in BY_NAME:
        if name.startswith("scipy.special."):
            assert hasattr(scipy_special, name.removeprefix("scipy.special."))
    assert "erf" in OPS
