"""A user's program, for mypy --strict: what is right passes, and each comment `# error: CODE` is an error of that kind.

It is never run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

import srcad

Vector = npt.NDArray[np.float64]


@dataclass
class Model:
    w: Vector
    b: float


def energy(x: Vector, scale: float = 1.0) -> float:
    return float(scale * np.sum(x**2))


def square(x: float) -> float:
    return x * x


def residuals(x: Vector, t: Vector) -> Vector:
    return x * t


def loss(model: Model, x: Vector) -> float:
    return float(np.sum(model.w * x) + model.b)


def with_aux(x: Vector) -> tuple[float, str]:
    return float(np.sum(x)), "sum"


x: Vector = np.ones(3)
t: Vector = np.ones(4)
model = Model(x, 0.5)

# ---- gradients

assert_type(srcad.grad(energy)(x), Vector)
assert_type(srcad.grad(energy)(x, 2.0), Vector)
assert_type(srcad.grad(square)(2.0), float)
assert_type(srcad.grad(srcad.grad(square))(2.0), float)
assert_type(srcad.grad(loss)(model, x), Model)
assert_type(srcad.grad(with_aux, has_aux=True)(x), tuple[Vector, str])
assert_type(srcad.grad(energy, argnums=(0, 1))(x, 2.0), tuple[Any, ...])
assert_type(srcad.grad(energy, argnums=("x", "scale"))(x=x, scale=2.0), tuple[Any, ...])
assert_type(srcad.value_and_grad(energy)(x), tuple[float, Vector])
assert_type(srcad.value_and_grad(with_aux, has_aux=True)(x), tuple[tuple[float, str], Vector])
assert_type(srcad.grad(energy).source(x), str)
w_bar: Vector = srcad.grad(loss)(model, x).w
by_number: Callable[[float], float] = srcad.grad(square)

srcad.grad(energy)("text")  # error: arg-type
srcad.grad(energy)(x, 2.0, 3.0)  # error: call-arg
srcad.grad(energy, argnums=(0, 1))(x, "text")  # error: arg-type
srcad.grad(energy)(x).splitlines()  # error: attr-defined
srcad.grad(loss)(model, x).missing  # error: attr-defined
text: str = srcad.grad(square)(2.0)  # error: assignment
srcad.grad(3.0)  # error: call-overload
srcad.grad(energy, argnums=1.5)  # error: call-overload
srcad.value_and_grad(energy)(x)[0].shape  # error: attr-defined


@srcad.grad
def slope(x: float, n: int) -> float:
    return x**n


@srcad.grad(argnums=("x", "scale"))
def both(x: Vector, scale: float) -> float:
    return energy(x, scale)


@srcad.value_and_grad()
def valued(x: float) -> float:
    return square(x)


assert_type(slope(2.0, 3), float)
assert_type(valued(2.0), tuple[float, float])
both(x, 2.0)
slope(2.0, "three")  # error: arg-type
slope("two", 3)  # error: arg-type
both(x, "text")  # error: arg-type
valued()  # error: call-arg


class Spring:
    stiffness = 2.0

    @srcad.grad
    def force(self, x: float) -> float:
        return self.stiffness * x * x


Spring().force(1.0)
Spring().force("one")  # error: arg-type

# ---- tangents, adjoints, products

value, pullback = srcad.vjp(residuals, x, t)
assert_type(value, Vector)
assert_type(pullback(t), tuple[Any, ...])
assert_type(pullback.source, str)
assert_type(srcad.jvp(residuals, (x, t), (x, None)), tuple[Vector, Vector])
at, linear = srcad.linearize(residuals, x, t)
assert_type(linear(x, None), Vector)
assert_type(srcad.hvp(energy)(x, x), Vector)
assert_type(srcad.vhp(square)(2.0, 1.0), float)
assert_type(srcad.ggnvp(residuals, loss=energy)(x, t, x), Vector)
assert_type(srcad.taylor(square, 3)(1.0, 1.0), tuple[float, ...])

srcad.jvp(residuals, (x, t), (x, t))[0].missing  # error: attr-defined
srcad.jvp(residuals, 1.0, (t,))  # error: arg-type
srcad.hvp(energy)(x, x).splitlines()  # error: attr-defined
linear(x, None).missing  # error: attr-defined
pullback(t, t)  # error: call-arg

# ---- matrices

assert_type(srcad.jacobian(residuals)(x, t), Vector)
assert_type(srcad.jacobian(residuals).way(x, t), str)
assert_type(srcad.jacfwd(residuals)(x, t), Vector)
assert_type(srcad.jacrev(energy)(x), Vector)
assert_type(srcad.hessian(energy)(x), Vector)
assert_type(srcad.gauss_newton(residuals)(x, t), Vector)
assert_type(srcad.deriv(square)(2.0), float)
assert_type(srcad.laplacian(energy)(x), float)
assert_type(srcad.divergence(lambda x: x)(x), float)

srcad.jacobian(residuals)(x)  # error: call-arg
srcad.jacobian(residuals)(x, "t")  # error: arg-type
srcad.hessian(energy)(x).splitlines()  # error: attr-defined
srcad.sparse.jacobian(residuals)(x, "t")  # error: arg-type
srcad.sparse.hessian(energy)("x")  # error: arg-type
srcad.sparse.jacobian(residuals)(x, t).toarray()
srcad.sparse.jacobian(residuals).plan(x)  # error: call-arg
srcad.sparse.pattern(residuals)(x)  # error: call-arg

# ---- rules, solutions, checks


@srcad.custom_rule
def soft(x: float) -> float:
    return float(np.log1p(np.exp(x)))


@soft.adjoint
def soft_bar(bar: float, value: float, x: float) -> float:
    return bar / (1.0 + float(np.exp(-x)))


@srcad.custom_rule(returns="float")
def known(x: Vector) -> float:
    return float(x[0])


assert_type(soft(1.0), float)
assert_type(soft_bar(1.0, 1.0, 1.0), float)
assert_type(known(x), float)
assert_type(srcad.stop_gradient(x), Vector)
assert_type(srcad.implicit.root(lambda x, a: x * x - a, 1.0, 4.0), float)
assert_type(srcad.implicit.fixed_point(lambda x: np.cos(x), x), Vector)
assert_type(srcad.testing.check_derivatives(energy, (x,)).ok, bool)

soft("text")  # error: arg-type
known(1.0)  # error: arg-type
srcad.implicit.root(residuals, 1.0, t)  # error: arg-type
srcad.implicit.root(lambda x: x, x).missing  # error: attr-defined
srcad.testing.check_derivatives(energy, 1.0)  # error: arg-type
table = srcad.trace(energy)(x)
srcad.trace(energy)("text")  # error: arg-type
