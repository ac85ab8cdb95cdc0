"""`backend=`: taken by all that makes code, part of what is remembered, and refused by name where there is none."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
import srcad.sparse
from srcad.backends import BACKENDS
from srcad.backends.numpy import compile_source
from srcad.calls.specialise import shelf_for, specialiser_for
from srcad.codegen import Generated
from srcad.compile.requests import Request
from srcad.errors import ArgumentError

X = np.array([1.0, 2.0])


def energy(x):
    return np.sum(x**3)


def field(x):
    return x**2


MADE: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "grad": (lambda **o: srcad.grad(energy, **o), (X,)),
    "value_and_grad": (lambda **o: srcad.value_and_grad(energy, **o), (X,)),
    "vjp": (lambda **o: lambda x: srcad.vjp(field, x, **o)[1](x), (X,)),
    "jvp": (lambda **o: lambda x: srcad.jvp(field, (x,), (x,), **o), (X,)),
    "linearize": (lambda **o: lambda x: srcad.linearize(field, x, **o)[1](x), (X,)),
    "jacobian": (lambda **o: srcad.jacobian(field, **o), (X,)),
    "jacfwd": (lambda **o: srcad.jacfwd(field, **o), (X,)),
    "jacrev": (lambda **o: srcad.jacrev(field, **o), (X,)),
    "hessian": (lambda **o: srcad.hessian(energy, **o), (X,)),
    "hvp": (lambda **o: srcad.hvp(energy, **o), (X, X)),
    "vhp": (lambda **o: srcad.vhp(energy, **o), (X, X)),
    "ggnvp": (lambda **o: srcad.ggnvp(field, loss=energy, **o), (X, X)),
    "gauss_newton": (lambda **o: srcad.gauss_newton(field, **o), (X,)),
    "gauss_newton of a loss": (lambda **o: srcad.gauss_newton(field, loss=energy, **o), (X,)),
    "deriv": (lambda **o: srcad.deriv(field, **o), (X,)),
    "elementwise_grad": (lambda **o: srcad.elementwise_grad(field, **o), (X,)),
    "laplacian": (lambda **o: srcad.laplacian(energy, **o), (X,)),
    "divergence": (lambda **o: srcad.divergence(field, **o), (X,)),
    "taylor": (lambda **o: srcad.taylor(energy, 2, **o), (X, X)),
    "sparse.jacobian": (lambda **o: lambda x: srcad.sparse.jacobian(field, **o)(x).toarray(), (X,)),
    "sparse.hessian": (lambda **o: lambda x: srcad.sparse.hessian(energy, **o)(x).toarray(), (X,)),
}


@pytest.mark.parametrize("name", MADE)
def test_numpy_is_what_it_is_without(name: str) -> None:
    make, args = MADE[name]
    np.testing.assert_equal(make(backend="numpy")(*args), make()(*args))


@pytest.mark.parametrize("name", MADE)
def test_what_there_is_is_said(name: str) -> None:
    make, args = MADE[name]
    with pytest.raises(ArgumentError, match="there is no back end 'fortran'") as raised:
        make(backend="fortran")(*args)
    assert "'numpy'" in raised.value.do


def test_every_public_function_that_makes_code_is_here() -> None:
    takes = {name for name in srcad.__all__ if "backend" in _parameters(getattr(srcad, name))}
    assert takes == {name.partition(" ")[0] for name in MADE if "." not in name}


def _parameters(thing: Any) -> Any:
    return inspect.signature(thing).parameters if inspect.isfunction(thing) else ()


def test_another_back_end_has_caches_and_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def noting(generated: Generated) -> Any:
        seen.append(generated.name)
        return compile_source(generated)

    monkeypatch.setattr("srcad.backends.BACKENDS", {**BACKENDS, "noting": noting})
    monkeypatch.setattr("srcad.calls.specialise.BACKENDS", {**BACKENDS, "noting": noting})
    plain, other = (Request("gradient", backend=name) for name in ("numpy", "noting"))
    assert shelf_for(energy, plain) is not shelf_for(energy, other)
    assert specialiser_for(energy, plain) is not specialiser_for(energy, other)
    srcad.grad(energy)(X)
    srcad.jvp(field, (X,), (X,))
    assert seen == []
    np.testing.assert_equal(srcad.grad(energy, backend="noting")(X), 3 * X**2)
    np.testing.assert_equal(srcad.jvp(field, (X,), (X,), backend="noting"), (X**2, 2 * X**2))
    assert seen == ["energy_grad", "field_jvp"]


def outer(x):
    value, dot = srcad.jvp(field, (x,), (x,), backend="numpy")
    _, pullback = srcad.vjp(field, x, backend="numpy")
    return np.sum(value * dot) + np.sum(pullback(x)[0]) + np.sum(srcad.grad(energy, backend="numpy")(x))


def outer_plain(x):
    value, dot = srcad.jvp(field, (x,), (x,))
    _, pullback = srcad.vjp(field, x)
    return np.sum(value * dot) + np.sum(pullback(x)[0]) + np.sum(srcad.grad(energy)(x))


def outer_unknown(x):
    return np.sum(srcad.jvp(field, (x,), (x,), backend="fortran")[1])


def test_in_a_program_that_is_differentiated() -> None:
    np.testing.assert_equal(srcad.grad(outer)(X), srcad.grad(outer_plain)(X))
    with pytest.raises(ArgumentError, match="there is no back end 'fortran'") as raised:
        srcad.grad(outer_unknown)(X)
    assert raised.value.span is not None and raised.value.span.line == outer_unknown.__code__.co_firstlineno + 1
