"""Powers that nobody reads and that are too large for a float: the derivative raises, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import srcad


def large(s: float) -> float:
    s**1000
    return s


def named(s: float) -> float:
    y = s**400
    return s if y > 0 else 2 * s


def of_two(s: float) -> float:
    2.0**s
    return s


@pytest.mark.parametrize("f", [large, named, of_two])
def test_raised(f: Callable[[float], float]) -> None:
    for derivative in (lambda: srcad.grad(f)(2000.0), lambda: srcad.jvp(f, (2000.0,), (1.0,))):
        with pytest.raises(OverflowError):
            derivative()
    assert srcad.grad(f)(1.5) == 1.0


def cubic(s: float) -> float:
    return s**3 + s**7


def test_a_slope_is_no_check_of_its_power() -> None:
    """1e50**6 is a float, and 1e50**7 is none."""
    for s in (1e50, -1e110):
        with pytest.raises(OverflowError):
            srcad.grad(cubic)(s)
    assert srcad.grad(cubic)(2.0) == 3 * 4 + 7 * 64


def sixth(s: float) -> float:
    return 7 * s**6 + s**7


def test_a_steeper_power_is_one() -> None:
    lines = srcad.grad(sixth).source(1.5).splitlines()
    assert not [line for line in lines if line.strip() == "s ** 6"]
