"""What a rule emits can be differentiated again: the adjoint of each adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.ops.catalogue import LOWERINGS
from srcad.rules.catalogue import lookup
from tests.rules import test_elementwise as elementwise
from tests.rules.checking import check
from tests.rules.test_reductions import X, call
from tests.rules.test_structural import INDICES, split

PASS_THE_BAR_ON = {"add", "accumulate"}


def pullback(build: Any) -> Any:
    """A program that takes a bar first and gives the adjoints for it, of the last operation that `build` emits."""

    def backwards(b: Any, g: Any, *args: Any) -> Any:
        build(b, *args)
        equation = b.equations[-1]
        rule = lookup(equation.op)
        assert rule is not None
        parts = rule.pullback(b, equation, (g,), tuple(a in args for a in equation.operands))
        return tuple(part for part in parts if part is not None)

    return backwards


@pytest.mark.parametrize("name", elementwise.names(1))
def test_unary(name: str) -> None:
    x = elementwise.DOMAINS.get(name, elementwise.ANY)
    check(pullback(lambda b, x: b.emit(name, x)), np.cos(x), x, rtol=1e-5)


@pytest.mark.parametrize("name", sorted(set(elementwise.names(2)) - PASS_THE_BAR_ON))
def test_binary(name: str) -> None:
    x, y = elementwise.BINARY_DOMAINS.get(name, (elementwise.ANY, elementwise.POSITIVE[::-1].copy()))
    if name.startswith("python"):
        x, y = float(x[0]), float(y[0])
    check(pullback(lambda b, x, y: b.emit(name, x, y)), np.cos(x), x, y, rtol=1e-5)


@pytest.mark.parametrize("function", [np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min])
def test_reductions(function: Any) -> None:
    check(pullback(call(function)), np.float64(0.7), X, rtol=1e-5)
    check(pullback(call(function, axis=0)), np.cos(X[0]), X, rtol=1e-5)
    check(pullback(call(function, axis=1, keepdims=True)), np.cos(X[:, :1]), X, rtol=1e-5)


@pytest.mark.parametrize("function", [np.cumsum, np.cumprod])
def test_running(function: Any) -> None:
    check(pullback(call(function, axis=0)), np.cos(X), X, rtol=1e-5)


@pytest.mark.parametrize("index", INDICES[::3], ids=str)
def test_subscripts(index: tuple[Any, ...]) -> None:
    operands, template = split(index)
    place = np.asarray(X[index])
    check(pullback(lambda b, x: b.emit("get_item", x, *operands, index=template)), np.cos(place), X)
    check(pullback(lambda b, x, v: b.emit("set_item", x, v, *operands, index=template)), np.cos(X), X, np.sin(place))


def test_masks_stay_outermost() -> None:
    """where(c, log(x), 0) at x = 0."""

    def program(b: Any, x: Any) -> Any:
        return LOWERINGS[np.where](b, b.emit("greater", x, 0), b.emit("multiply", 2.0, b.emit("log", x)), 0.0)

    (found,) = elementwise.derivative_at(program, np.array([0.0, 2.0, -1.0]))
    np.testing.assert_allclose(found, [0.0, 1.0, 0.0])
