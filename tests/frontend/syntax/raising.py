"""What programs with exceptions give and raise, held against the plain run and differences."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference

POINTS = [
    (np.array([0.7, 0.4, 1.2]), 0.8),
    (np.array([0.7, -0.4, 1.2]), -0.6),
    (np.array([0.2, 0.4, -1.2]), 0.3),
    (np.array([-0.2, 0.1, 1.2]), 1.3),
]
DIRECTION = (np.array([0.3, -0.5, 0.8]), 0.6)


def outcome(call: Callable[..., Any], *args: Any) -> tuple[Any, type[BaseException] | None]:
    try:
        return call(*copy.deepcopy(args)), None
    except Exception as error:
        assert not isinstance(error, srcad.SrcadError), error
        return None, type(error)


def along(bars: Any) -> float:
    return float(sum(np.sum(np.asarray(bar) * d) for bar, d in zip(bars, DIRECTION, strict=True)))


def slope(f: Callable[..., float], args: tuple[Any, ...]) -> float:
    def moved(t: float) -> np.ndarray:
        return np.array([float(f(*(a + t * d for a, d in zip(copy.deepcopy(args), DIRECTION, strict=True))))])

    return float(reference.ridders(moved, 1e-3).value[0])


def programs(module: dict[str, Any]) -> list[Callable[..., float]]:
    """The functions of x and s of a module."""
    own = [f for f in module.values() if getattr(f, "__module__", None) == module["__name__"]]
    return [f for f in own if hasattr(f, "__code__") and f.__code__.co_varnames[:2] == ("x", "s")]


def check(f: Callable[..., float], args: tuple[Any, ...]) -> None:
    """Both modes and the second order, at a point."""
    value, kind = outcome(f, *args)
    gradient = srcad.grad(f, (0, 1))
    bars, raised = outcome(gradient, *args)
    moved, also = outcome(lambda *given: srcad.jvp(f, given, DIRECTION), *args)
    bent, too = outcome(lambda *given: srcad.hvp(f, (0, 1))(*given, DIRECTION), *args)
    assert (raised, also, too) == (kind, kind, kind)
    if kind is not None:
        return
    assert moved[0] == pytest.approx(value, rel=1e-12)
    due = slope(f, args)
    assert along(bars) == pytest.approx(due, rel=1e-6, abs=1e-7)
    assert moved[1] == pytest.approx(due, rel=1e-6, abs=1e-7)
    assert along(bent) == pytest.approx(slope(lambda *at: along(gradient(*at)), args), rel=1e-6, abs=1e-7)
