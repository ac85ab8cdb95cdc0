"""vhp, ggnvp, gauss_newton, laplacian, divergence, taylor: against Jacobians and Hessians, outside and in programs."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError, NotYetSupported, SrcadError

X = np.array([0.5, -1.0, 2.0])
V = np.array([1.0, 0.25, -0.5])
M = np.arange(1.0, 7.0).reshape(2, 3)
T = np.array([0.5, 1.0])


@dataclasses.dataclass
class Curve:
    height: Any
    rate: Any


def energy(x):
    return np.sum(np.sin(x) * x**2) * x[0]


def field(x):
    return x * np.sum(x**2)


def rotated(x, n):
    for _ in range(n):
        x = np.sin(x) * x
    return x


def exponentials(y):
    return np.sum(np.exp(0.1 * y))


def curve(p, t):
    return {"r": p["a"] * np.exp(-p["b"] * t), "s": [p["b"] ** 2, 3]}


def curve_loss(y):
    return 0.5 * np.sum(y["r"] ** 2) + 0.5 * np.sum(y["s"][0] ** 2)


def product(a, b):
    return a * b


class Spring:
    def __init__(self, k):
        self.k = k

    @srcad.vhp
    def stiffness(self, x):
        return 0.5 * self.k * np.sum(x**4)

    @srcad.ggnvp(loss=exponentials)
    def curvature(self, x):
        return self.k * x**2

    @srcad.laplacian
    def spread(self, x):
        return self.k * np.sum(x**3)


def central(f: Any, x: Any, h: float = 1e-5) -> Any:
    return np.array([(f(x + h * unit) - f(x - h * unit)) / (2 * h) for unit in np.eye(x.size)])


# ---- v^T H


def test_vector_times_hessian() -> None:
    np.testing.assert_allclose(srcad.vhp(energy)(X, V), V @ srcad.hessian(energy)(X), rtol=1e-12)
    assert srcad.vhp(lambda x: x**3)(2.0, 3.0) == 36.0
    by_a, by_b = srcad.vhp(lambda a, b: np.sum(a**2 * b), argnums=("a", "b"))(X, V, (V, None))
    np.testing.assert_allclose(by_a, 2 * V * V)
    np.testing.assert_allclose(by_b, 2 * X * V)
    assert srcad.vhp(lambda x: 3.0)(2.0, 1.0) == 0.0


def test_where_the_two_products_differ() -> None:
    """A rule that isn't the derivative of a function: its Jacobian isn't symmetric."""

    @srcad.custom_rule
    def twisted(x):
        return x[0] * x[1]

    @twisted.tangent
    def twisted_dot(dots, value, x):
        return dots[0][0] * x[1] ** 2 + dots[0][1] * x[0]

    x, v = np.array([2.0, 3.0]), np.array([1.0, 10.0])
    jacobian = np.array([[0.0, 6.0], [1.0, 0.0]])  # of the rule's gradient (x1**2, x0)
    np.testing.assert_allclose(srcad.hvp(twisted)(x, v), jacobian @ v)
    np.testing.assert_allclose(srcad.vhp(twisted)(x, v), v @ jacobian)


# ---- Gauss-Newton


@pytest.mark.parametrize("loss", [None, exponentials])
@pytest.mark.parametrize("f", [field, lambda x: rotated(x, 3), lambda x: x[:2] * x[2], lambda x: 2.0 * np.sum(x)])
def test_gauss_newton_is_made_of_jacobians(f: Any, loss: Any) -> None:
    J = np.atleast_2d(srcad.jacfwd(f)(X))
    H = np.eye(len(J)) if loss is None else np.atleast_2d(srcad.hessian(loss)(f(X)))
    np.testing.assert_allclose(srcad.ggnvp(f, loss=loss)(X, V), J.T @ H @ J @ V, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(srcad.gauss_newton(f, loss=loss)(X), J.T @ H @ J, rtol=1e-10, atol=1e-12)


def test_gauss_newton_is_the_hessian_without_second_derivatives_of_the_residuals() -> None:
    """H = J^T J + sum of r_k H_k, exactly."""
    residuals = field(X) - 1.0
    hessian = srcad.hessian(lambda x: 0.5 * np.sum((field(x) - 1.0) ** 2))(X)
    second = sum(r * srcad.hessian(lambda x, k=k: field(x)[k])(X) for k, r in enumerate(residuals))
    np.testing.assert_allclose(hessian - srcad.gauss_newton(lambda x: field(x) - 1.0)(X), second, rtol=1e-10)


def test_gauss_newton_runs_the_function_once() -> None:
    source = srcad.ggnvp(rotated).source(X, 3)
    code = [line.strip() for line in source.splitlines() if not line.strip().startswith("#")]
    assert sum("np.sin(" in line for line in code) == 1
    assert code.count("for _ in range(n):") == 1
    assert code.count("for _ in reversed(range(n)):") == 1
    assert srcad.ggnvp(rotated).source(X, 3, V) == source


def test_gauss_newton_is_one_pass() -> None:
    source = srcad.gauss_newton(field).source(X)
    assert "np.eye(" in source
    assert " for " not in source
    rows = srcad.gauss_newton(lambda x: np.array([np.sum(x**2), np.sum(x)])).source(X)
    assert "np.eye(2)" in rows
    assert "np.eye(" in srcad.gauss_newton(field, loss=exponentials).source(X)


def grown(x, n):
    items = []
    for k in range(n):
        items.append(x[0] ** k * x[1])
    return items


def test_gauss_newton_of_what_does_not_go_through_at_once() -> None:
    J = srcad.jacfwd(lambda x: np.array(grown(x, 3)))(X)
    for loss in (None, lambda items: 0.5 * (items[0] ** 2 + items[1] ** 2 + items[2] ** 2)):
        np.testing.assert_allclose(srcad.gauss_newton(grown, loss=loss)(X, 3), J.T @ J, rtol=1e-12)


def halved(x):
    return x if x < 1.0 else np.sin(x) + halved(0.5 * x)


def by_recursion(x):
    return np.array([halved(3.0 + x[0]), halved(5.0 + x[1]) * x[0], x[2]])


def test_functions_that_call_themselves() -> None:
    J = srcad.jacfwd(by_recursion)(X)
    for loss in (None, lambda y: 0.5 * np.sum(y**2)):
        np.testing.assert_allclose(srcad.ggnvp(by_recursion, loss=loss)(X, V), J.T @ J @ V, rtol=1e-12)
        np.testing.assert_allclose(srcad.gauss_newton(by_recursion, loss=loss)(X), J.T @ J, rtol=1e-12)
    np.testing.assert_allclose(srcad.divergence(by_recursion)(X), np.trace(J), rtol=1e-12)
    assert srcad.deriv(srcad.deriv(halved))(5.0) == srcad.grad(srcad.grad(halved))(5.0)
    with pytest.raises(NotYetSupported, match="calls itself"):
        srcad.laplacian(by_recursion)(X)


def test_structures_in_gauss_newton() -> None:
    p, d = {"a": 1.5, "b": np.array([0.3, 0.2])}, {"a": 1.0, "b": np.array([0.1, -1.0])}
    for loss in (None, curve_loss):
        G, moved = srcad.gauss_newton(curve, loss=loss)(p, T), srcad.ggnvp(curve, loss=loss)(p, T, d)
        e = np.exp(-p["b"] * T)
        np.testing.assert_allclose(G["a"]["a"], e @ e)
        np.testing.assert_allclose(G["a"]["b"], e * -p["a"] * T * e)
        np.testing.assert_allclose(G["b"]["b"], np.diag((p["a"] * T * e) ** 2 + 4 * p["b"] ** 2))
        np.testing.assert_allclose(moved["a"], G["a"]["a"] * d["a"] + G["a"]["b"] @ d["b"])
        np.testing.assert_allclose(moved["b"], G["b"]["a"] * d["a"] + G["b"]["b"] @ d["b"])


def test_classes_and_several_arguments_in_gauss_newton() -> None:
    found = srcad.gauss_newton(lambda c: c.height * np.exp(-c.rate * T))(Curve(2.0, 0.5))
    assert isinstance(found, Curve)
    assert isinstance(found.height, Curve)
    np.testing.assert_allclose(found.height.height, np.sum(np.exp(-T)), rtol=1e-12)
    (aa, ab), (ba, bb) = srcad.gauss_newton(product, argnums=(0, 1))(X, V)
    for block, expected in ((aa, V * V), (ab, V * X), (ba, V * X), (bb, X * X)):
        np.testing.assert_allclose(block, np.diag(expected))
    by_a, by_b = srcad.ggnvp(product, argnums=(0, 1))(X, V, (V, X))
    np.testing.assert_allclose(by_a, V * V * V + V * X * X)
    np.testing.assert_allclose(by_b, X * V * V + X * X * X)


def test_arguments_by_name_stand_beside_the_direction() -> None:
    expected = srcad.ggnvp(rotated)(X, 3, V)
    np.testing.assert_array_equal(srcad.ggnvp(rotated)(X, V, n=3), expected)


def test_results_without_numbers_give_zeros() -> None:
    np.testing.assert_array_equal(srcad.ggnvp(lambda x: 3.0)(X, V), np.zeros(3))
    np.testing.assert_array_equal(srcad.gauss_newton(lambda x: 3.0)(X), np.zeros((3, 3)))
    with pytest.raises(ArgumentError, match="nothing that has a derivative"):
        srcad.gauss_newton(lambda x: len(x))(X)
    assert srcad.gauss_newton(field)(np.zeros(0)).shape == (0, 0)


# ---- sums over directions


def test_laplacian() -> None:
    np.testing.assert_allclose(srcad.laplacian(energy)(X), np.trace(srcad.hessian(energy)(X)), rtol=1e-12)
    np.testing.assert_allclose(srcad.laplacian(lambda A: np.sum(A**3))(M), 6 * np.sum(M))
    assert srcad.laplacian(lambda x: x**3)(2.0) == 12.0
    by_both = srcad.laplacian(lambda x, y: np.sum(x**2) * y**2, argnums=(0, 1))(X, 3.0)
    np.testing.assert_allclose(by_both, 6 * 9.0 + 2 * np.sum(X**2))
    parts = srcad.laplacian(lambda x: {"cubes": x**3, "square": np.sum(x**2), "n": 3})(X)
    np.testing.assert_allclose(parts["cubes"], 6 * X)
    assert (parts["square"], parts["n"]) == (6.0, None)


def test_divergence() -> None:
    np.testing.assert_allclose(srcad.divergence(field)(X), np.trace(srcad.jacfwd(field)(X)), rtol=1e-12)
    np.testing.assert_allclose(srcad.divergence(lambda A: A**2)(M), 2 * np.sum(M))
    assert srcad.divergence(lambda x: x**3)(2.0) == 12.0
    structured = srcad.divergence(lambda s: {"a": s["a"] ** 2, "b": s["b"] * s["a"][0]})({"a": X, "b": 2.0})
    np.testing.assert_allclose(structured, 2 * np.sum(X) + X[0])
    np.testing.assert_allclose(srcad.divergence(srcad.grad(energy))(X), srcad.laplacian(energy)(X), rtol=1e-12)
    np.testing.assert_allclose(srcad.divergence(lambda x, A: A @ x)(X, np.diag(X)), np.sum(X))
    assert srcad.divergence(lambda x: np.ones(3))(X) == 0.0


def test_what_does_not_depend_on_the_direction_is_computed_once() -> None:
    before, loop = srcad.laplacian(energy).source(X).split("for i in range(len(x)):")
    assert "np.sin(x)" in before
    assert "np.sin(x)" not in loop


# ---- series


def test_taylor_coefficients() -> None:
    assert srcad.taylor(lambda x: x**3, 4)(2.0, 1.0) == (8.0, 12.0, 6.0, 1.0, 0.0)
    assert srcad.taylor(lambda x: x**3, 0)(2.0, 1.0) == (8.0,)
    value, first, second = srcad.taylor(energy)(X, V)
    assert value == energy(X)
    np.testing.assert_allclose(first, srcad.grad(energy)(X) @ V)
    np.testing.assert_allclose(2.0 * second, V @ srcad.hessian(energy)(X) @ V)


def test_taylor_coefficients_of_structures() -> None:
    found = srcad.taylor(lambda p, n: [p[0] * p[1], n, np.sum(p[0] ** 2)], 2)((X, 2.0), 3, (V, 1.0))
    np.testing.assert_allclose(found[1][0], 2.0 * V + X)
    np.testing.assert_allclose(found[2][0], V)
    assert [part[1] for part in found] == [3, None, None]
    np.testing.assert_allclose(found[2][2], V @ V)


def test_a_polynomial_is_its_series() -> None:
    coefficients = srcad.taylor(energy, 12)(X, 0.1 * V)
    np.testing.assert_allclose(sum(coefficients), energy(X + 0.1 * V), rtol=1e-12)


def test_series_need_an_order() -> None:
    for order in (-1, 1.5, True, "2"):
        with pytest.raises(ArgumentError, match="order"):
            srcad.taylor(energy, order)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="the function first"):
        srcad.taylor(3)  # type: ignore[arg-type]


# ---- in programs


def uses_vhp(x):
    return np.sum(srcad.vhp(energy)(x, 0.5 * x) * V)


def uses_ggnvp(x):
    return np.sum(srcad.ggnvp(field)(x, V) * x)


def uses_ggnvp_with_closure(x):
    def loss(y):
        return np.sum(y**2 * x)

    return np.sum(srcad.ggnvp(field, loss=loss)(x, V) * x)


def uses_ggnvp_of_loop(x):
    return np.sum(srcad.ggnvp(rotated, loss=exponentials)(x, 2, x))


def uses_laplacian(x):
    return srcad.laplacian(energy)(x) * x[1]


def uses_divergence(x):
    return srcad.divergence(field)(x) ** 2


def uses_taylor(x):
    return srcad.taylor(energy, 3)(x, V)[3] + srcad.taylor(energy, order=2)(x, x)[1]


made_outside = srcad.ggnvp(field, loss=exponentials)


def uses_what_was_made_outside(x):
    return np.sum(made_outside(x, V) ** 2)


def uses_gauss_newton(x):
    return np.sum(srcad.gauss_newton(field)(x) * np.arange(9.0).reshape(3, 3))


def uses_gauss_newton_of_a_loss(x):
    def loss(y):
        return np.sum(y**3 * x)

    blocks = srcad.gauss_newton(product, argnums=("a", "b"), loss=loss)(x, b=2.0 * x)
    return np.sum(blocks[0][1]) + np.sum(blocks[1][1] * np.eye(3))


IN_PROGRAMS = [
    uses_gauss_newton,
    uses_gauss_newton_of_a_loss,
    uses_vhp,
    uses_ggnvp,
    uses_ggnvp_with_closure,
    uses_ggnvp_of_loop,
    uses_laplacian,
    uses_divergence,
    uses_taylor,
    uses_what_was_made_outside,
]


@pytest.mark.parametrize("f", IN_PROGRAMS, ids=lambda f: f.__name__)
def test_in_programs(f: Any) -> None:
    gradient = central(f, X)
    scale = np.max(np.abs(gradient))
    np.testing.assert_allclose(srcad.grad(f)(X), gradient, rtol=1e-6, atol=1e-6 * scale)
    np.testing.assert_allclose(srcad.jvp(f, (X,), (V,))[1], gradient @ V, rtol=1e-6, atol=1e-6 * scale)
    second = central(srcad.grad(f), X)
    scale = np.max(np.abs(second))
    np.testing.assert_allclose(srcad.hvp(f)(X, V), second @ V, rtol=1e-6, atol=1e-6 * scale)


def test_nested() -> None:
    assert srcad.laplacian(srcad.laplacian(lambda x: np.sum(x**4)))(X) == 72.0
    np.testing.assert_allclose(srcad.grad(srcad.laplacian(energy))(X), central(srcad.laplacian(energy), X), rtol=1e-6)
    once = srcad.ggnvp(field)
    np.testing.assert_allclose(
        srcad.jvp(once, (X, V), (V, X))[1],
        (once(X + 1e-6 * V, V + 1e-6 * X) - once(X - 1e-6 * V, V - 1e-6 * X)) / 2e-6,
        rtol=1e-6,
    )


def test_methods_and_decorators() -> None:
    spring = Spring(3.0)
    np.testing.assert_allclose(spring.stiffness(X, V), 18.0 * X**2 * V)
    J, H = 6.0 * X, 0.01 * np.exp(0.3 * X**2)
    np.testing.assert_allclose(spring.curvature(X, V), J * H * J * V)
    np.testing.assert_allclose(spring.spread(X), 18.0 * np.sum(X))


# ---- what they are


@pytest.mark.parametrize(
    "derived",
    [
        srcad.vhp(energy),
        srcad.ggnvp(field),
        srcad.ggnvp(field, loss=exponentials),
        srcad.gauss_newton(field),
        srcad.gauss_newton(field, loss=exponentials),
        srcad.laplacian(energy),
        srcad.divergence(field),
        srcad.taylor(energy, 3),
    ],
    ids=lambda derived: derived.made_by,
)
def test_objects(derived: Any) -> None:
    """They pickle, keep float32 and the arguments, say what they are, and show their source."""
    args = (X, V) if "direction" in inspect.signature(derived).parameters else (X,)
    given = [a.copy() for a in args]
    expected = derived(*given)
    for a, b in zip(given, args, strict=True):
        np.testing.assert_array_equal(a, b)
    again = pickle.loads(pickle.dumps(derived))(*args)
    for one, other in zip(np.atleast_1d(again), np.atleast_1d(expected), strict=True):
        np.testing.assert_array_equal(one, other)
    narrow = derived(*(a.astype("float32") for a in args))
    assert {np.asarray(part).dtype for part in (narrow if isinstance(narrow, tuple) else (narrow,))} == {np.dtype("f4")}
    assert derived.made_by in repr(derived)
    assert derived.__doc__
    assert derived.source(X).startswith(f"def {derived.__name__}_")
    names: dict[str, Any] = {}
    exec(derived.emitted(args if derived.made_by == "ggnvp" else (X,), {}), names)
    name = f"{derived.__name__}_{derived.made_by}"
    assert name in names
    for one, other in zip(np.atleast_1d(names[name](*args)), np.atleast_1d(expected), strict=True):
        np.testing.assert_array_equal(one, other)


def test_directions_are_fitted() -> None:
    for make in (srcad.vhp(energy), srcad.taylor(energy, 1), srcad.ggnvp(field)):
        with pytest.raises(ArgumentError, match="shape"):
            make(X, V[:2])
        with pytest.raises(ArgumentError, match="and then a direction"):
            make(X)
    with pytest.raises(ArgumentError, match="dict with the keys"):
        srcad.ggnvp(curve)({"a": 1.5, "b": T}, T, {"a": 1.0})
    with pytest.raises(ArgumentError, match="can't be differentiated"):
        srcad.ggnvp(field)(3, 1.0)
    np.testing.assert_array_equal(srcad.ggnvp(field)(X, None), np.zeros(3))


def short_direction(x):
    return np.sum(srcad.vhp(energy)(x, np.ones(1)))


def array_loss(x):
    return np.sum(srcad.ggnvp(field, loss=field)(x, x))


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: srcad.vhp(field)(X, V), ArgumentError, "field returns an array"),
        (lambda: srcad.ggnvp(field, loss=field)(X, V), ArgumentError, "field returns an array"),
        (lambda: srcad.ggnvp(field, loss=3), ArgumentError, "takes a function as the loss"),
        (lambda: srcad.gauss_newton(3), ArgumentError, "takes a function"),
        (lambda: srcad.divergence(lambda x: np.sum(x))(X), ArgumentError, "isn't defined"),
        (lambda: srcad.divergence(lambda x: (x, x))(X), ArgumentError, "its result a tuple"),
        (lambda: srcad.divergence(lambda x: x[:2])(X), AssertionError, "doesn't have the shape"),
        (lambda: srcad.grad(short_direction)(X), SrcadError, "the same shape"),
        (lambda: srcad.grad(array_loss)(X), ArgumentError, "field returns an array"),
    ],
)
def test_refusals(call: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        call()


def test_sums_over_directions_run_the_function_many_times() -> None:
    def noisy(x):
        print("once")
        return np.sum(x**2)

    with pytest.raises(NotYetSupported, match="does something") as caught:
        srcad.laplacian(noisy)(X)
    assert 'print("once")' in str(caught.value)


def test_directions_are_taken_by_their_keys() -> None:
    def residuals(p):
        return np.array([p["a"] * 2, p["b"] * 3 * p["a"]])

    point, product = {"a": 1.0, "b": 2.0}, srcad.ggnvp(residuals)
    assert product(point, {"b": 0.0, "a": 1.0}) == product(point, {"a": 1.0, "b": 0.0}) == {"a": 40.0, "b": 18.0}
    for wrong in ({"a": 1.0, "c": 0.0}, [1.0, 0.0]):
        with pytest.raises(ArgumentError, match=r"a dict with the keys \['a', 'b'\]"):
            product(point, wrong)
    with pytest.raises(ArgumentError, match=r"with the keys \['a', 'b'\], and is one with \['a', 'c'\]"):
        srcad.jvp(residuals, (point,), ({"a": 1.0, "c": 0.0},))


def test_directions_are_taken_by_their_keys_in_programs() -> None:
    def f(p):
        return p["a"] ** 2 * p["b"]

    def slope(a):
        return srcad.jvp(f, ({"a": a, "b": 2.0},), ({"b": 0.0, "a": 1.0},))[1]

    def curvature(a):
        return srcad.hvp(f)({"a": a, "b": 2.0}, {"b": 0.0, "a": 1.0})["b"]

    def pulled(a):
        _, pullback = srcad.vjp(lambda p: {"u": p["a"] ** 2, "w": p["b"] * p["a"]}, {"a": a, "b": 2.0})
        return pullback({"w": 0.0, "u": 1.0})[0]["a"]

    assert [srcad.grad(g)(1.5) for g in (slope, curvature, pulled)] == [4.0, 2.0, 2.0]
    with pytest.raises(NotYetSupported, match="the tangent of a dict"):
        srcad.grad(lambda a: srcad.hvp(f)({"a": a, "b": 2.0}, {"c": 0.0, "a": 1.0})["b"])(1.0)
