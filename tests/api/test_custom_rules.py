"""Functions with rules of their own, and what stops derivatives: values, all modes and orders, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import special

import srcad
from srcad.errors import ArgumentError, NotDifferentiable, NotYetSupported
from tests import reference


@srcad.custom_rule
def cube(x: Any) -> Any:
    return x**3


@cube.adjoint
def cube_bar(bar: Any, value: Any, x: Any) -> Any:
    return 3 * bar * x**2


@srcad.custom_rule
def grown(x: Any) -> Any:
    return np.exp(x)


@grown.tangent
def grown_dot(dots: Any, value: Any, x: Any) -> Any:
    return dots[0] * grown(x)


@srcad.custom_rule
def several(x: Any, n: int, w: Any) -> Any:
    return x**n, w @ w * x


@several.tangent
def several_dot(dots: Any, value: Any, x: Any, n: int, w: Any) -> Any:
    x_dot, _, w_dot = dots
    return n * x ** (n - 1) * x_dot, 2 * (w @ w_dot) * x + (w @ w) * x_dot


@srcad.custom_rule(returns="float")
def shifted(x: Any) -> Any:
    return special.chndtr(2.0, 3.0, x)  # without a rule in srcad, and without source


@shifted.adjoint
def shifted_bar(bar: Any, value: Any, x: Any) -> Any:
    return bar * 0.5 * (special.chndtr(2.0, 5.0, x) - special.chndtr(2.0, 3.0, x))


@srcad.custom_rule
def clipped(x: Any) -> Any:
    """The identity, whose adjoint is held within bounds."""
    return x


@clipped.adjoint
def clipped_bar(bar: Any, value: Any, x: Any) -> Any:
    return np.clip(bar, -1.0, 1.0)


LIMITS = np.array([0.5, 2.0, 1.0])


@srcad.custom_rule
def limited(x: Any) -> Any:
    return x * LIMITS


@limited.adjoint
def limited_bar(bar: Any, value: Any, x: Any) -> Any:
    return bar * LIMITS


W = np.array([1.0, 2.0])


def both(x: Any, w: Any) -> Any:
    a, b = several(x, 3, w)
    return a * b


def both_plain(x: Any, w: Any) -> Any:
    return x**3 * (w @ w) * x


def looped(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(x: Any) -> Any:
        for _ in range(4):
            if x > 0.1:
                x = f(x) * 0.6
        return x

    return run


def plain_cube(x: Any) -> Any:
    return x**3


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("f", [lambda x: cube(2 * x), lambda x: x * cube(x), looped(cube)])
def test_orders(order: int, f: Any) -> None:
    plain = {"looped": looped(plain_cube)}.get(f.__qualname__.split(".")[0])
    if plain is None:
        plain = (lambda x: (2 * x) ** 3) if f(1.0) == 8.0 else lambda x: x**4
    for _ in range(order):
        f, plain = srcad.grad(f), srcad.grad(plain)
    assert f(1.2) == pytest.approx(plain(1.2))


def test_a_rule_that_calls_its_function() -> None:
    f = lambda x: grown(2 * x)
    found = [f(0.3)]
    for _ in range(3):
        f = srcad.grad(f)
        found.append(f(0.3))
    assert found == pytest.approx([2**k * math.exp(0.6) for k in range(4)])


def test_both_modes_from_either_rule() -> None:
    assert srcad.jvp(cube, (2.0,), (1.0,)) == (8.0, 12.0)
    assert srcad.grad(cube)(2.0) == 12.0
    assert srcad.grad(grown)(1.0) == pytest.approx(math.e)
    assert srcad.hvp(cube)(2.0, 1.0) == 12.0
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(cube(x)))(W), 3 * W**2)
    np.testing.assert_allclose(srcad.hessian(lambda x: np.sum(cube(x)))(W), np.diag(6 * W))
    np.testing.assert_allclose(srcad.jacobian(cube)(W), np.diag(3 * W**2))


def test_several_arguments_and_results() -> None:
    for found, due in zip(srcad.grad(both, (0, 1))(2.0, W), srcad.grad(both_plain, (0, 1))(2.0, W), strict=True):
        np.testing.assert_allclose(found, due)
    found = srcad.jvp(both, (2.0, W), (1.0, W))
    assert found == pytest.approx(srcad.jvp(both_plain, (2.0, W), (1.0, W)))
    np.testing.assert_allclose(srcad.hessian(both, 1)(2.0, W), srcad.hessian(both_plain, 1)(2.0, W))
    assert srcad.grad(lambda x: several(x, 2, W)[0])(3.0) == pytest.approx(6.0)


def test_a_function_without_source() -> None:
    h = 1e-6
    due = (special.chndtr(2.0, 3.0, 0.7 + h) - special.chndtr(2.0, 3.0, 0.7 - h)) / (2 * h)
    assert srcad.grad(lambda x: 2 * shifted(x))(0.7) == pytest.approx(2 * due)
    with pytest.raises(NotYetSupported, match="shifted"):
        srcad.grad(srcad.grad(lambda x: shifted(x) ** 2))(0.7)
    with pytest.raises(NotYetSupported, match="none can be derived"):
        srcad.jvp(shifted, (0.7,), (1.0,))


def test_a_rule_that_is_not_linear() -> None:
    assert srcad.grad(lambda x: 5 * clipped(x))(3.0) == 1.0
    with pytest.raises(NotDifferentiable, match="isn't linear"):
        srcad.jvp(clipped, (3.0,), (1.0,))


def test_what_rules_read_around_them() -> None:
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(limited(x) ** 2))(x), 2 * x * LIMITS**2)
    np.testing.assert_allclose(srcad.hessian(lambda x: np.sum(limited(x) ** 2))(x), np.diag(2 * LIMITS**2))
    np.testing.assert_allclose(srcad.jvp(limited, (x,), (x,))[1], x * LIMITS)


def test_the_generated_source_calls_by_name() -> None:
    source = srcad.grad(lambda x: np.sum(clipped(x) ** 2)).source(W)
    assert "clipped(x)" in source and "clipped_bar(" in source


def test_results_share_no_memory() -> None:
    """What a function keeps isn't changed by a program that changes what it got."""

    def f(x: Any) -> Any:
        y = clipped(x)
        y[0] = 0.0
        return np.sum(y * x)

    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(srcad.grad(f)(x), [0.0, 1.0 + 2.0])
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_what_is_refused() -> None:
    bare = srcad.custom_rule(lambda x: x**2)
    with pytest.raises(NotYetSupported, match="has no rule yet"):
        srcad.grad(lambda x: bare(x))(1.0)

    undeclared = srcad.custom_rule(lambda x: special.chndtr(2.0, 3.0, x))
    undeclared.adjoint(lambda bar, value, x: bar)
    with pytest.raises(NotYetSupported, match="isn't known"):
        srcad.grad(lambda x: undeclared(x))(1.0)

    def grown_list(x: Any) -> Any:
        items = [x]
        while items[-1] < 5.0:
            items.append(items[-1] + x)
        return several(items, 2, W)[0]

    with pytest.raises(NotYetSupported, match="arguments of such a function"):
        srcad.grad(grown_list)(1.0)

    def makes_one(theta: Any) -> Any:
        f = srcad.custom_rule(lambda x: theta * x)
        f.adjoint(lambda bar, value, x: theta * bar)
        return f(theta)

    with pytest.raises(NotDifferentiable, match="custom_rule is called"):
        srcad.grad(makes_one)(3.0)

    srcad.grad(cube)(2.0)
    with pytest.raises(ArgumentError, match="in use"):
        cube.tangent(lambda dots, value, x: dots[0])


def test_a_rule_that_returns_something_of_another_shape() -> None:
    odd = srcad.custom_rule(lambda x: 2 * x)
    odd.adjoint(lambda bar, value, x: np.concatenate([bar, bar]))
    with pytest.raises(ArgumentError, match="where float64 of shape"):
        srcad.grad(lambda x: np.sum(odd(x)))(W)


@dataclass
class Spring:
    stiffness: float
    rest: Any

    @srcad.custom_rule
    def energy(self, x: Any) -> Any:
        return self.stiffness * np.sum((x - self.rest) ** 2)

    @energy.adjoint
    def energy_bar(bar: Any, value: Any, self: Any, x: Any) -> Any:  # noqa: N805 - the rule of a method
        away = 2 * bar * self.stiffness * (x - self.rest)
        return Spring(bar * value / self.stiffness, -away), away


def plain_energy(spring: Spring, x: Any) -> Any:
    return spring.stiffness * np.sum((x - spring.rest) ** 2)


@srcad.custom_rule
def weighted(p: Any, *, power: int = 2, scale: float = 1.0) -> Any:
    return scale * p["w"] * sum(np.sum(item**power) for item in p["items"])


@weighted.tangent
def weighted_dot(dots: Any, value: Any, p: Any, *, power: int = 2, scale: float = 1.0) -> Any:
    p_dot, _, scale_dot = dots
    inner = sum(np.sum(item**power) for item in p["items"])
    pairs = zip(p["items"], p_dot["items"])  # noqa: B905
    moved = sum(np.sum(power * item ** (power - 1) * dot) for item, dot in pairs)
    return scale * (p_dot["w"] * inner + p["w"] * moved) + scale_dot * p["w"] * inner


def plain_weighted(p: Any, scale: Any) -> Any:
    return scale * p["w"] * (np.sum(p["items"][0] ** 3) + np.sum(p["items"][1] ** 3))


def same(found: Any, due: Any) -> None:
    for (label, a), (_, b) in zip(reference.leaves(found), reference.leaves(due), strict=True):
        np.testing.assert_allclose(a, b, err_msg=label)


def test_structured_arguments_and_methods() -> None:
    args, v = (Spring(2.0, W), 3 * W), (Spring(0.5, W**2), W)
    rule, plain = (lambda s, x: s.energy(x) ** 2), (lambda s, x: plain_energy(s, x) ** 2)
    assert args[0].energy(args[1]) == plain_energy(*args)
    same(srcad.grad(rule, (0, 1))(*args), srcad.grad(plain, (0, 1))(*args))
    same(srcad.jvp(rule, args, v), srcad.jvp(plain, args, v))
    same(srcad.hvp(rule, (0, 1))(*args, v), srcad.hvp(plain, (0, 1))(*args, v))
    same(srcad.grad(Spring.energy)(*args), srcad.grad(plain_energy)(*args))


def test_arguments_by_keyword() -> None:
    p, v = {"w": 2.0, "items": [W, 3.0 * W]}, {"w": 0.5, "items": [W**2, W]}
    rule, plain = (lambda p, s: weighted(p, scale=s, power=3)), plain_weighted
    same(srcad.grad(rule, (0, 1))(p, 0.7), srcad.grad(plain, (0, 1))(p, 0.7))
    same(srcad.jvp(rule, (p, 0.7), (v, 1.0)), srcad.jvp(plain, (p, 0.7), (v, 1.0)))
    same(srcad.hvp(rule, (0, 1))(p, 0.7, (v, 1.0)), srcad.hvp(plain, (0, 1))(p, 0.7, (v, 1.0)))
    assert srcad.grad(lambda p: weighted(p))(p)["w"] == np.sum(W**2) * 10


@pytest.mark.parametrize(
    "made", [lambda bar: bar, lambda bar: (bar,), lambda bar: (bar, {"u": bar}), lambda bar: [bar]]
)
def test_adjoints_of_another_structure_than_the_arguments(made: Any) -> None:
    odd = srcad.custom_rule(lambda p, q: p[0] * p[1] * q["w"])
    odd.adjoint(lambda bar, value, p, q: made(bar))
    with pytest.raises(ArgumentError, match="returned"):
        srcad.grad(lambda x: odd((x, x), {"w": x}))(2.0)


def test_none_is_zero_also_for_what_is_in_an_argument() -> None:
    product = srcad.custom_rule(lambda p: p[0] * p[1])
    product.adjoint(lambda bar, value, p: (bar * p[1], None))
    assert srcad.grad(lambda x, y: product((x, y)), (0, 1))(2.0, 3.0) == (3.0, 0.0)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_rules_in_generated_code(kind: Any) -> None:
    soft = srcad.custom_rule(lambda x: np.logaddexp(0.0, x), inline=True)
    soft.adjoint(lambda bar, value, x: bar / (1.0 + np.exp(-x)))
    f, plain, x = (lambda x: np.sum(soft(x) ** 2)), (lambda x: np.sum(np.logaddexp(0.0, x) ** 2)), kind([0.3, -1.2])
    gradient = srcad.grad(f)
    assert gradient(x).dtype == kind
    np.testing.assert_allclose(gradient(x), srcad.grad(plain)(x), rtol=1e-5)
    assert "np.logaddexp(0.0, x) / (1.0 + np.exp(-x))" in gradient.source()
    np.testing.assert_allclose(srcad.hvp(f)(x, x), srcad.hvp(plain)(x, x), rtol=1e-5)
    np.testing.assert_allclose(srcad.jvp(f, (x,), (x,)), srcad.jvp(plain, (x,), (x,)), rtol=1e-5)
    np.testing.assert_allclose(srcad.jacobian(lambda x: soft(x))(x), np.diag(1 / (1 + np.exp(-x))), rtol=1e-5)


def test_what_is_to_stand_in_generated_code_needs_source() -> None:
    f = srcad.custom_rule(lambda x: special.chndtr(2.0, 3.0, x), returns="float", inline=True)
    f.adjoint(lambda bar, value, x: bar)
    with pytest.raises(NotYetSupported, match="source can't be read"):
        srcad.grad(lambda x: f(x))(1.0)


def test_emitted_modules_need_no_rules() -> None:
    source = srcad.grad(limited_norm).emitted((np.array([1.0, 2.0, 3.0]),), {})
    assert "import srcad" not in source and "bar" not in source
    found: dict[str, Any] = {}
    exec(source, found)
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(found["limited_norm_grad"](x), 2 * x * LIMITS**2)


def limited_norm(x: Any) -> Any:
    return np.sum(limited(x) ** 2)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_orders_in_loops(order: int) -> None:
    """With an int that changes from turn to turn."""
    step = srcad.custom_rule(lambda x, n: np.sin(x) * n)
    step.adjoint(lambda bar, value, x, n: (bar * np.cos(x) * n, None))

    def rule(x: Any) -> Any:
        for n in range(1, 4):
            x = step(x, n)
        return x

    def plain(x: Any) -> Any:
        for n in range(1, 4):
            x = np.sin(x) * n
        return x

    for _ in range(order):
        rule, plain = srcad.grad(rule), srcad.grad(plain)
    assert rule(0.3) == pytest.approx(plain(0.3))


def test_stop_gradient() -> None:
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(x * srcad.stop_gradient(x)))(W), W)
    assert srcad.grad(srcad.grad(lambda x: x**2 * srcad.stop_gradient(x)))(3.0) == 6.0
    assert srcad.jvp(lambda x: x * srcad.stop_gradient(x), (3.0,), (1.0,)) == (9.0, 3.0)
    assert srcad.grad(lambda x: x * float(special.jve(1, srcad.stop_gradient(x))))(1.0) == special.jve(1, 1.0)
    assert srcad.grad(lambda x: srcad.stop_gradient({"a": [x]})["a"][0] * x)(3.0) == 3.0
    assert srcad.jvp(lambda x: srcad.stop_gradient([x, 2.0])[0] * x, (3.0,), (1.0,)) == (9.0, 3.0)
    kept = srcad.stop_gradient((1.0, W))
    assert kept[0] == 1.0 and kept[1] is not W


@srcad.custom_rule
def guarded_square(x):
    if x < 0.0:
        raise ValueError("negative")
    return x**2


@guarded_square.adjoint
def _guarded_square_adjoint(x, y, y_bar):
    return 2.0 * x * y_bar


def test_what_a_function_with_a_rule_raises_is_raised_where_nobody_needs_its_value():
    def unused(x):
        guarded_square(x)
        return 3.0 * x

    def flat(x):
        return 3.0 * x + np.sign(guarded_square(x))

    for f in (unused, flat, lambda x: 3.0 * guarded_square(x)):
        for derivative in (srcad.grad(f), srcad.grad(srcad.grad(f)), lambda x, f=f: srcad.hvp(f)(x, 1.0)):
            derivative(2.0)
            with pytest.raises(ValueError, match="negative"):
                derivative(-1.0)
