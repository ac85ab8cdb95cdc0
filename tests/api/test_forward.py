"""jvp, linearize, hvp, and derivatives of derivatives."""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.api.forward import tangent_of
from srcad.errors import ArgumentError, NotYetSupported, SrcadError

X = np.array([0.5, -1.0, 2.0])
V = np.array([1.0, 0.25, -0.5])
A = np.arange(6.0).reshape(2, 3)

Pair = namedtuple("Pair", "w b")


@dataclasses.dataclass
class Model:
    w: Any
    name: str
    scale: float


scale = 2.0


def cube(x):
    return x**3


def energy(x):
    return np.sum(np.sin(x) * x**2)


def energy_slope(x):
    return np.cos(x) * x**2 + np.sin(x) * 2 * x


def quartic(x, a):
    return a * np.sum(x**4)


def linear(A, x):
    return A @ np.sin(x)


def structured(params, n):
    w, b = params["w"], params["b"]
    return {"z": w * b, "n": n, "pair": (np.sum(w) * n, None)}


def scaled(x):
    return scale * x * x


def fill(x, a):
    x[0] = a
    return np.sum(x * x)


def logarithm(x):
    return math.log(x) if x > 1 else np.sqrt(x)


# ---- jvp


def test_value_and_tangent() -> None:
    value, moved = srcad.jvp(energy, (X,), (V,))
    assert value == energy(X)
    np.testing.assert_allclose(moved, energy_slope(X) @ V)
    assert srcad.jvp(cube, (2.0,), (1.0,)) == (8.0, 12.0)


def test_what_rests_has_zeros_or_none() -> None:
    expected = 4 * 3.0 * X**3 @ V
    for resting in (0.0, None):
        np.testing.assert_allclose(srcad.jvp(quartic, (X, 3.0), (V, resting))[1], expected)
    assert srcad.jvp(quartic, (X, 3.0), (None, 1.0))[1] == np.sum(X**4)
    assert srcad.jvp(quartic, (X, 3.0), (None, None))[1] == 0.0


def test_structures() -> None:
    params, dots = {"w": X, "b": 2.0}, {"w": V, "b": None}
    value, moved = srcad.jvp(structured, (params, 3), (dots, None))
    assert list(moved) == ["z", "n", "pair"]
    np.testing.assert_allclose(moved["z"], 2.0 * V)
    assert (moved["n"], moved["pair"]) == (None, (3 * np.sum(V), None))
    assert value["n"] == 3


@pytest.mark.parametrize("make", [lambda w, b: Pair(w, b), lambda w, b: [w, b], lambda w, b: (w, b)])
def test_containers(make: Any) -> None:
    def f(p):
        w, b = p
        return np.sum(w * b)

    assert srcad.jvp(f, (make(X, 2.0),), (make(V, 1.0),))[1] == 2.0 * np.sum(V) + np.sum(X)


def test_dataclasses_and_variadic_arguments() -> None:
    def f(*models, factor=1.0, **others):
        return factor * sum(m.scale * np.sum(m.w) for m in models) * others["last"]

    assert srcad.jvp(lambda m: f(m, last=2.0), (Model(X, "m", 3.0),), (Model(V, None, 1.0),))[1] == 2.0 * (
        3.0 * np.sum(V) + np.sum(X)
    )
    assert srcad.jvp(lambda *xs: xs[0] * xs[1], (2.0, 3.0), (1.0, 0.5)) == (6.0, 4.0)


def test_an_object_that_comes_back_as_it_was() -> None:
    model = Model(X, "m", 3.0)
    value, tangent = srcad.jvp(lambda x, given: (x * given.scale, given), (2.0, model), (1.0, None))
    assert value[0] == 6.0 and value[1].scale == 3.0 and np.all(value[1].w == X)
    assert tangent[0] == 3.0 and tangent[1].scale == 0.0


def test_arguments_are_untouched_and_results_are_fresh() -> None:
    x, v = X.copy(), V.copy()
    _, moved = srcad.jvp(lambda x: x, (x,), (v,))
    moved[0] = 9.0
    srcad.jvp(fill, (x, 1.0), (v, 2.0))
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(v, V)


def test_dtypes() -> None:
    value, moved = srcad.jvp(cube, (X.astype("float32"),), (V,))
    assert (value.dtype, moved.dtype) == ("float32", "float32")


def test_globals_are_read_when_called(monkeypatch: pytest.MonkeyPatch) -> None:
    assert srcad.jvp(scaled, (3.0,), (1.0,)) == (18.0, 12.0)
    monkeypatch.setitem(globals(), "scale", 5.0)
    assert srcad.jvp(scaled, (3.0,), (1.0,)) == (45.0, 30.0)


def test_infinite_slopes_as_numpy_has_them() -> None:
    with np.errstate(all="ignore"):
        assert srcad.jvp(logarithm, (0.0,), (1.0,)) == (0.0, math.inf)


@pytest.mark.parametrize(
    ("primals", "tangents", "match"),
    [
        ((X, 1.0), (V,), "2 primals and 1 tangents"),
        (2.0, (1.0,), "the primals of srcad.jvp are a tuple"),
        ((X,), V, "the tangents of srcad.jvp are a tuple"),
        ((X, 1.0), (V[:2], None), "shape"),
        ((X, 1), (V, 1.0), "has no tangent"),
    ],
)
def test_wrong_tangents(primals: Any, tangents: Any, match: str) -> None:
    with pytest.raises(ArgumentError, match=match):
        srcad.jvp(quartic, primals, tangents)


def test_errors_of_the_program_are_the_programs() -> None:
    def f(x):
        if x > 1.0:
            raise LookupError("too large")
        return x

    with pytest.raises(LookupError) as caught:
        srcad.jvp(f, (2.0,), (1.0,))
    assert any("test_forward.py" in note for note in caught.value.__notes__)


def test_jvp_of_no_function() -> None:
    with pytest.raises(ArgumentError, match="takes a function"):
        srcad.jvp(3, (1.0,), (1.0,))  # type: ignore[arg-type]


# ---- linearize


def test_linear_maps() -> None:
    value, push = srcad.linearize(linear, A, X)
    np.testing.assert_array_equal(value, linear(A, X))
    np.testing.assert_allclose(push(None, V), A @ (np.cos(X) * V))
    np.testing.assert_allclose(push(np.ones_like(A), None), np.sum(np.sin(X)) * np.ones(2))
    with pytest.raises(ArgumentError, match="takes 2 tangents"):
        push(V)


def test_linear_maps_remember(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.array([3.0])
    _, push = srcad.linearize(scaled, x)
    x[0] = 0.0
    monkeypatch.setitem(globals(), "scale", 5.0)
    np.testing.assert_array_equal(push(np.ones(1)), [12.0])


# ---- second derivatives


def test_hessian_times_a_direction() -> None:
    expected = (2 * np.sin(X) + 4 * X * np.cos(X) - X**2 * np.sin(X)) * V
    np.testing.assert_allclose(srcad.hvp(energy)(X, V), expected)
    first, second = srcad.hvp(quartic, argnums=(0, 1))(X, 3.0, (V, 1.0))
    np.testing.assert_allclose(first, 36.0 * X**2 * V + 4 * X**3)
    np.testing.assert_allclose(second, 4 * X**3 @ V)


def test_hessian() -> None:
    found = srcad.hessian(energy)(X)
    np.testing.assert_allclose(found, np.diag(2 * np.sin(X) + 4 * X * np.cos(X) - X**2 * np.sin(X)))
    assert srcad.hessian(cube)(2.0) == 12.0
    (aa, ab), (ba, bb) = srcad.hessian(quartic, argnums=(0, 1))(X, 3.0)
    np.testing.assert_allclose(aa, np.diag(36.0 * X**2))
    np.testing.assert_allclose(ab, 4 * X**3)
    np.testing.assert_allclose(ba, 4 * X**3)
    assert bb == 0.0


def test_hvp_is_of_a_number() -> None:
    with pytest.raises(ArgumentError, match="returns an array"):
        srcad.hvp(cube)(X, V)


# ---- derivatives in programs


slope = srcad.grad(cube)
second_slope = srcad.grad(slope)


def uses_slopes(x):
    return x * slope(x) + second_slope(x)


def loss(w, data):
    return np.sum(np.tanh(data @ w) ** 2)


def trained(w, rate, data):
    for _ in range(4):
        w = w - rate * srcad.grad(loss)(w, data)
    return loss(w, data)


def with_closure(x):
    def inner(w):
        return w * w * x

    return srcad.grad(inner)(x + 1.0)


def with_tangent(x):
    value, moved = srcad.jvp(cube, (x,), (2.0 * x,))
    return value + moved


def with_direction(x, v):
    return np.sum(srcad.hvp(energy)(x, v) * v)


def with_value(x):
    value, gradient = srcad.value_and_grad(quartic, argnums=(1, 0))(x, 2.0)
    return value * gradient[0] + np.sum(gradient[1])


def changes_what_is_outside(x):
    seen = [x]

    def inner(w):
        seen[0] = w * w
        return w

    return srcad.grad(inner)(x) * seen[0]


def central(f: Any, x: Any, h: float = 1e-5) -> Any:
    if isinstance(x, float):
        return (f(x + h) - f(x - h)) / (2 * h)
    return np.array([(f(x + h * unit) - f(x - h * unit)) / (2 * h) for unit in np.eye(x.size)])


@pytest.mark.parametrize("f", [uses_slopes, with_closure, with_tangent])
def test_derivatives_in_programs(f: Any) -> None:
    np.testing.assert_allclose(srcad.grad(f)(1.3), central(f, 1.3), rtol=1e-6)
    np.testing.assert_allclose(srcad.jvp(f, (1.3,), (2.0,))[1], 2.0 * central(f, 1.3), rtol=1e-6)
    np.testing.assert_allclose(srcad.hvp(f)(1.3, 1.0), central(srcad.grad(f), 1.3), rtol=1e-6)


def test_training_is_differentiated() -> None:
    w = np.array([0.3, -0.2, 0.1])
    by_w, by_rate = srcad.grad(trained, argnums=(0, 1))(w, 0.1, A)
    np.testing.assert_allclose(by_w, central(lambda w: trained(w, 0.1, A), w), rtol=1e-6)
    np.testing.assert_allclose(by_rate, central(lambda rate: trained(w, rate, A), 0.1), rtol=1e-6)


def test_several_results_of_a_derivative() -> None:
    np.testing.assert_allclose(srcad.grad(with_value)(X), central(with_value, X), rtol=1e-6)
    np.testing.assert_allclose(srcad.grad(with_direction)(X, V), central(lambda x: with_direction(x, V), X), rtol=1e-6)


def test_orders() -> None:
    derivative: Any = np.sin
    for order in range(1, 5):
        derivative = srcad.grad(derivative)
        np.testing.assert_allclose(derivative(0.7), np.sin(0.7 + order * np.pi / 2))


def test_modes_nest_in_any_order() -> None:
    def along(x):
        return srcad.jvp(energy, (x,), (V,))[1]

    expected = srcad.hvp(energy)(X, V)
    np.testing.assert_allclose(srcad.grad(along)(X), expected)
    np.testing.assert_allclose(srcad.jvp(srcad.grad(energy), (X,), (V,))[1], expected)
    np.testing.assert_allclose(srcad.jacfwd(srcad.grad(energy))(X) @ V, expected)
    np.testing.assert_allclose(srcad.jvp(along, (X,), (V,))[1], expected @ V)


def test_what_a_differentiated_function_must_not_do() -> None:
    with pytest.raises(NotYetSupported, match="changes something outside") as caught:
        srcad.grad(changes_what_is_outside)(1.0)
    assert "srcad.grad(inner)(x)" in str(caught.value)


def test_refusals_name_the_call() -> None:
    def f(x):
        return np.sum(srcad.grad(cube)(x))

    with pytest.raises(SrcadError, match="returns an array") as caught:
        srcad.grad(f)(X)
    assert "test_forward.py" in str(caught.value)


DIRECTION = [1.0, 2.0]


def test_tangents_in_a_list_from_outside() -> None:
    def product(pair):
        return [pair[0] * pair[1], np.sin(pair[1])]

    def pushed(a):
        return srcad.jvp(product, ([a, a * a],), (DIRECTION,))[1]

    assert srcad.jvp(pushed, (0.5,), (1.0,))[1] == pytest.approx([2 * 0.5 + 2, -2 * math.sin(0.25)])


# ---- looking at it


def test_source_shows_tangents_beside_their_primals() -> None:
    source = tangent_of(linear, argnums=1).source(A, X)
    assert source.startswith("def linear_jvp(A, x, x_dot):")
    assert srcad.hvp(cube).source(2.0).startswith("def cube_hvp(x, x_dot):")
    assert str(inspect.signature(srcad.hvp(quartic))) == "(x, a, direction)"


def test_a_hessian_product_is_a_function_like_any_other() -> None:
    by_x, by_v = srcad.grad(srcad.hvp(cube), argnums=(0, 1))(2.0, 3.0)
    assert (by_x, by_v) == (18.0, 12.0)


# ---- what isn't taken, and what isn't set


def test_nothing_leaks_from_where_a_maximum_rests() -> None:
    """sqrt has an infinite slope at 0, but there its argument doesn't move."""

    def volatility(v, dt):
        return np.sum(np.sqrt(np.maximum(v, 0.0) * dt))

    v = np.array([0.25, -0.5, 1.0])
    _, dot = srcad.jvp(volatility, (v, 4.0), (np.ones(3), None))
    assert dot == pytest.approx(0.5 * 4.0 / 1.0 + 0.5 * 4.0 / 2.0)
    assert dot == pytest.approx(np.sum(srcad.grad(volatility)(v, 4.0)))


def secant(f, x0, x1):
    for _ in range(30):
        f0, f1 = f(x0), f(x1)
        if abs(f1 - f0) < 1e-12:
            return x1
        x0, x1 = x1, x1 - f1 * (x1 - x0) / (f1 - f0)
        if abs(x1 - x0) < 1e-12:
            return x1
    raise RuntimeError("no convergence")


def test_tangents_of_what_a_loop_sets_when_it_ends() -> None:
    def root(a):
        return secant(lambda x: x * x - a, 1.0, a)

    def slope(a, da):
        return srcad.jvp(root, (a,), (da,))[1]

    value, second = srcad.jvp(slope, (2.0, 1.0), (1.0, None))
    assert value == pytest.approx(0.5 / math.sqrt(2.0)) and second == pytest.approx(-0.25 * 2.0**-1.5)
