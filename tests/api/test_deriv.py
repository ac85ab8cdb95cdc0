"""deriv and elementwise_grad: derivatives element by element, and the refusal of what isn't elementwise."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError, NotDifferentiable, NotYetSupported
from tests.order_programs import SCALAR

X = np.array([0.5, -1.0, 2.0])
M = np.arange(1.0, 7.0).reshape(2, 3)
CENTRES, WEIGHTS = np.array([0.1, 0.2]), np.array([1.0, 2.0])

# ---- elementwise functions


def swish(x):
    return x * np.tanh(x) / (1.0 + np.exp(-x))


def kinks(x):
    return np.clip(x, 0, 1) + np.maximum(x, 0.0) * np.abs(x)


def by_masks(x):
    y = np.zeros_like(x)
    positive = x > 0
    y[positive] = np.sqrt(x[positive])
    y[~positive] = x[~positive] ** 2
    return y


def by_slices(x):
    y = np.empty_like(x)
    y[:] = x
    y[1:] *= x[1:]
    return y


def by_number(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = x[i] ** 2 + 1
    return out


def radial(x):
    return np.exp(-((x[:, None] - CENTRES) ** 2)) @ WEIGHTS


def harmonics(x):
    return np.sum(np.sin(np.outer(x, np.arange(3.0))), axis=1)


def polynomial(x):
    return np.sum([x**k / n for k, n in enumerate((1.0, 1.0, 2.0, 6.0, 24.0))], axis=0)


def stacked(x):
    return np.stack([np.sin(x), x**2], axis=-1).max(axis=-1)


def cube_roots(x):
    y = x
    for _ in range(5):
        y = y - (y**3 - x) / (3 * y**2)
    return y


def until_near(x):
    y = x.copy()
    while np.max(np.abs(y * y - x * x)) > 1:
        y = 0.5 * (y + x)
    return np.where(y > 0, y**2, -y)


def by_condition(x):
    return x * np.sum(x > 0) if np.any(x > 0) else x


def tables(x):
    return np.polyval([1.0, 2.0, 3.0], x) + np.interp(x, [0.0, 1.0, 2.0], [1.0, 3.0, 2.0])


def turned_twice(x):
    return (x.T**2).T


ELEMENTWISE = [
    *((f, x) for f in (swish, kinks, by_masks, by_slices, polynomial, stacked, cube_roots) for x in (X, M)),
    *((f, x) for f in (until_near, by_condition, tables, turned_twice) for x in (X, M)),
    *((f, X) for f in (by_number, radial, harmonics)),
]


@pytest.mark.parametrize(("f", "x"), ELEMENTWISE, ids=lambda p: getattr(p, "__name__", None))
def test_elementwise(f: Any, x: Any) -> None:
    jacobian = srcad.jacfwd(f)(x).reshape(x.size, x.size)
    assert np.count_nonzero(jacobian - np.diag(np.diag(jacobian))) == 0
    found = srcad.deriv(f)(x)
    assert found.shape == x.shape
    np.testing.assert_allclose(found, np.diag(jacobian).reshape(x.shape), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("f", [swish, cube_roots, by_masks, radial])
def test_derivatives_of_derivatives(f: Any) -> None:
    second = srcad.deriv(srcad.deriv(f))(X)
    np.testing.assert_allclose(second, np.diag(srcad.jacfwd(srcad.deriv(f))(X)), rtol=1e-10)
    third = srcad.deriv(srcad.deriv(srcad.deriv(f)))(X)
    np.testing.assert_allclose(third, 6 * srcad.taylor(f, 3)(X, np.ones(3))[3], rtol=1e-9)


# ---- numbers


@pytest.mark.parametrize(("f", "x"), SCALAR, ids=[f.__name__ for f, _ in SCALAR])
def test_numbers(f: Any, x: float) -> None:
    np.testing.assert_allclose(srcad.deriv(f)(x), srcad.grad(f)(x), rtol=1e-13)
    np.testing.assert_allclose(srcad.deriv(srcad.deriv(f))(x), srcad.grad(srcad.grad(f))(x), rtol=1e-12)


def test_of_a_number_anything_has_a_derivative() -> None:
    found = srcad.deriv(lambda t: [t * t, {"a": np.array([t, 2.0 * t]), "n": 3}])(2.0)
    assert found[0] == 4.0
    np.testing.assert_array_equal(found[1]["a"], [1.0, 2.0])
    assert found[1]["n"] is None


def test_several_arguments() -> None:
    def f(x, y, a):
        return a * x * np.sin(y)

    by_x, by_a = srcad.deriv(f, argnums=("x", "a"))(X, X + 1.0, 2.0)
    np.testing.assert_allclose(by_x, 2.0 * np.sin(X + 1.0))
    np.testing.assert_allclose(by_a, X * np.sin(X + 1.0))  # of one number: the tangent of the array
    np.testing.assert_allclose(srcad.deriv(f, argnums=1)(X, X + 1.0, 2.0), 2.0 * X * np.cos(X + 1.0))


def test_several_results() -> None:
    sines, (squares, n) = srcad.deriv(lambda x: (np.sin(x), (x * x, 3)))(X)
    np.testing.assert_allclose(sines, np.cos(X))
    np.testing.assert_allclose(squares, 2 * X)
    assert n is None


def test_dtypes() -> None:
    assert srcad.deriv(swish)(X.astype("float32")).dtype == "float32"
    assert srcad.deriv(swish)(np.float32(0.5)).dtype == "float32"
    assert srcad.deriv(lambda x: x)(np.float32(0.5)).dtype == "float32"
    assert type(srcad.deriv(lambda x: x**3)(2.0)) is float


def test_source_is_that_of_a_person() -> None:
    assert srcad.deriv(swish).source(X).startswith("def swish_deriv(x):")
    assert "tape" not in srcad.deriv(cube_roots).source(X)
    assert "ones_like" not in srcad.deriv(swish).source(X)


def test_objects() -> None:
    again = pickle.loads(pickle.dumps(srcad.elementwise_grad(swish)))
    np.testing.assert_array_equal(again(X), srcad.deriv(swish)(X))
    assert "elementwise_grad" in repr(again)

    @srcad.deriv
    def cube(x):
        """A cube."""
        return x**3

    np.testing.assert_allclose(cube(X), 3 * X**2)
    assert cube.__doc__ == "The derivative of cube with respect to x, element by element.\n\nA cube."


def uses_deriv(x):
    return np.sum(srcad.deriv(swish)(x) * srcad.deriv(srcad.deriv(swish))(x))


def uses_deriv_of_a_closure(x):
    return srcad.deriv(lambda t: t**3 * x)(x)


def test_in_programs() -> None:
    first, second, third = (srcad.taylor(swish, 3)(X, np.ones(3))[k] * f for k, f in ((1, 1.0), (2, 2.0), (3, 6.0)))
    np.testing.assert_allclose(srcad.grad(uses_deriv)(X), second * second + first * third, rtol=1e-9)
    np.testing.assert_allclose(srcad.jvp(uses_deriv, (X,), (X,))[1], (second * second + first * third) @ X, rtol=1e-9)
    np.testing.assert_allclose(srcad.grad(uses_deriv_of_a_closure)(1.3), 9 * 1.3**2)


# ---- what isn't elementwise


def mean_free(x):
    m = np.mean(x)
    return x - m


def shifted(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1]
    return y


def running(x):
    y = x.copy()
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i]
    return y


def handed_on(x):
    y, p = np.zeros_like(x), x[0]
    for i in range(len(x)):
        y[i] = p
        p = x[i]
    return y


def elsewhere(x):
    y = np.zeros_like(x)
    y[1] = x[0]
    return y


REFUSED = [
    (lambda x: np.cumsum(x), NotDifferentiable, "np.cumsum(x)"),
    (lambda x: np.sort(x), NotDifferentiable, "np.sort(x)"),
    (lambda x: np.sum(x), NotDifferentiable, "np.sum(x)"),
    (lambda x: x / np.linalg.norm(x), NotDifferentiable, "np.linalg.norm(x)"),
    (lambda x: np.roll(x, 1) + x, NotDifferentiable, "np.roll(x, 1)"),
    (lambda x: np.outer(x, x), NotDifferentiable, "np.outer(x, x)"),
    (lambda x: x @ np.eye(3), NotDifferentiable, "x @ np.eye(3)"),
    (lambda x: x + x[:1], NotDifferentiable, "x + x[:1]"),
    (lambda x: np.broadcast_to(x, (2, 3)) * 1.0, NotDifferentiable, "np.broadcast_to(x, (2, 3))"),
    (mean_free, NotDifferentiable, "m = np.mean(x)"),
    (running, NotDifferentiable, "y[i - 1]"),
    (shifted, NotDifferentiable, "y[1:] = x[:-1]"),
    (elsewhere, NotDifferentiable, "y[1] = x[0]"),
    (handed_on, NotYetSupported, "x[0]"),
    (lambda x: x[::-1] * 2.0, NotYetSupported, "x[::-1]"),
    (lambda x: x[:2], NotYetSupported, "x[:2]"),
    (lambda x: x[0] * x, NotYetSupported, "x[0] * x"),
    (lambda x: x[np.array([1, 0, 2])], NotYetSupported, "x[np.array([1, 0, 2])]"),
    (lambda x: np.array([e**2 for e in x]), NotYetSupported, "for e in x"),
]


@pytest.mark.parametrize(("f", "error", "line"), REFUSED, ids=[line for _, _, line in REFUSED])
def test_not_elementwise(f: Any, error: type[Exception], line: str) -> None:
    with pytest.raises(error, match="elementwise") as caught:
        srcad.deriv(f)(X)
    assert line in str(caught.value)
    assert "srcad.jacobian" in str(caught.value)


def test_matrices_that_are_turned() -> None:
    with pytest.raises(NotDifferentiable):
        srcad.deriv(lambda A: A + A.T)(np.eye(3))
    with pytest.raises(NotDifferentiable):
        srcad.deriv(lambda A: A.T * 2.0)(np.eye(3))


def test_a_single_element_is_not_stretched() -> None:
    for f in (lambda x: x * np.ones(3), lambda x: x + X, lambda x: np.sum(x * np.ones(3)) * np.ones(1)):
        with pytest.raises(NotDifferentiable):
            srcad.deriv(f)(np.array([2.0]))


def test_what_types_do_not_tell_is_checked_in_the_run() -> None:
    def f(x, c):
        return np.sin(x) * c

    np.testing.assert_allclose(srcad.deriv(f)(X, 2.0 * X), 2.0 * X * np.cos(X))
    assert "assert " in srcad.deriv(lambda x, n: np.sin(x) + np.zeros(n)).source(X, 3)
    assert srcad.deriv(lambda x, n: np.sin(x) * np.ones(n))(np.array([0.0]), 1) == [1.0]
    with pytest.raises(AssertionError, match="another shape"):
        srcad.deriv(lambda x, n: np.sin(x) * np.ones(n))(np.array([0.0]), 3)


def test_other_refusals() -> None:
    with pytest.raises(ArgumentError, match="numbers and arrays"):
        srcad.deriv(lambda d: d["a"])({"a": X})
    with pytest.raises(ArgumentError, match="can't be differentiated"):
        srcad.deriv(swish)(3)


def not_elementwise_inside(x):
    return np.sum(srcad.deriv(mean_free)(x))


def test_in_programs_the_line_is_named() -> None:
    with pytest.raises(NotDifferentiable, match="mean_free isn't elementwise") as caught:
        srcad.grad(not_elementwise_inside)(X)
    assert "m = np.mean(x)" in str(caught.value)
