"""The second call: tangents that fit as they are go through the guards straight into the generated code."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.calls.guards import MISS, Directions, compile_entry
from srcad.calls.specialise import known_push, missed
from srcad.errors import ArgumentError, SrcadError
from srcad.frontend.core.guards import TypeGuard
from srcad.trace.nodes import Parameter, Path
from srcad.trace.types import FLOAT, type_of

X = np.array([0.5, -1.0, 2.0])
V = np.array([1.0, 0.25, -0.5])

scale = 2.0


def scaled(x, y=1.0):
    return scale * x * y


def product(x, n, y):
    return n * np.sum(x) * y


def logarithm(x):
    return math.log(x) if x > 1 else np.sqrt(x)


def noisy(x, log):
    print(log)
    return math.sqrt(x - 2.0)


def keyword(x, *, c=2.0):
    return x * c


def push_of(function: Any, *tangents: Any) -> Any:
    return known_push(function, tuple(map(type, tangents)), "numpy")[0]


def test_a_second_call_is_as_the_first() -> None:
    for _ in range(3):
        assert srcad.jvp(product, (X, 2, 3.0), (V, None, 1.0)) == (9.0, 3 * 2 * 0.75 + 2 * 1.5)
    assert push_of(product, V, None, 1.0) is not missed
    value, moved = srcad.jvp(product, (X, 3, 3.0), (V, None, 1.0))  # another int
    assert (value, moved) == (13.5, 3 * 3 * 0.75 + 3 * 1.5)
    assert srcad.jvp(product, (X, 2, 3.0), (None, None, 1.0)) == (9.0, 3.0)  # another one moves
    assert srcad.jvp(product, (X[:2], 2, 3.0), (V[:2], None, 1.0))[0] == -3.0  # another length
    assert srcad.jvp(product, (list(X), 2, 3.0), (list(V), None, 1.0))[0] == 9.0  # another kind


def test_tangents_that_do_not_fit_as_they_are() -> None:
    for _ in range(2):
        srcad.jvp(product, (X, 2, 3.0), (V, None, 1.0))
    assert srcad.jvp(product, (X, 2, 3.0), (V.astype(np.float32), None, 1))[1] == 7.5
    for wrong in (V[:2], V[:, None], "1"):
        with pytest.raises(SrcadError):
            srcad.jvp(product, (X, 2, 3.0), (wrong, None, 1.0))
    with pytest.raises(ArgumentError, match="2 primals and 3 tangents"):
        srcad.jvp(product, (X, 2), (V, None, 1.0))
    with pytest.raises(TypeError):
        srcad.jvp(product, (X, 2), (V, None))


def test_defaults_keywords_and_variadic_arguments() -> None:
    for _ in range(2):
        assert srcad.jvp(scaled, (3.0,), (1.0,)) == (6.0, 2.0)
        assert srcad.jvp(scaled, (3.0, 2.0), (1.0, None)) == (12.0, 4.0)
        assert srcad.jvp(scaled, (3.0, 2.0), (1.0, 1.0)) == (12.0, 10.0)
        assert srcad.jvp(keyword, (3.0,), (1.0,)) == (6.0, 2.0)
        assert srcad.jvp(lambda x, *rest: x * rest[0], (3.0, 2.0), (1.0, 1.0)) == (6.0, 5.0)
    assert push_of(keyword, 1.0) is missed  # its one form is not that of its positional arguments


def test_globals_are_read_by_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for factor in (2.0, 5.0, 7.0):
        monkeypatch.setattr(f"{__name__}.scale", factor)
        assert srcad.jvp(scaled, (3.0, 1.0), (1.0, None)) == (3.0 * factor, factor)
    monkeypatch.setattr(f"{__name__}.scale", np.ones(2))
    assert srcad.jvp(scaled, (3.0, 1.0), (1.0, None))[1].tolist() == [1.0, 1.0]


def test_slopes_that_are_infinite() -> None:
    for _ in range(3):
        assert srcad.jvp(logarithm, (0.25,), (1.0,)) == (0.5, 1.0)
        assert srcad.jvp(logarithm, (0.0,), (1.0,)) == (0.0, math.inf)
    assert push_of(logarithm, 1.0)(0.0, 1.0) == (0.0, math.inf)


def test_errors_of_the_program_come_once_and_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    srcad.jvp(noisy, (3.0, "a"), (1.0, None))
    for word in ("b", "c"):
        with pytest.raises(ValueError, match="math domain error") as caught:
            srcad.jvp(noisy, (1.0, word), (1.0, None))
        assert any("math.sqrt(x - 2.0)" in note for note in caught.value.__notes__)
    assert capsys.readouterr().out.split() == ["a", "b", "c"]


def test_functions_are_not_kept_alive(collect: Callable[[], int]) -> None:
    def made(k: float) -> Any:
        def f(x):
            return k * x * x

        return f

    function = made(3.0)
    assert srcad.jvp(function, (2.0,), (1.0,)) == srcad.jvp(function, (2.0,), (1.0,)) == (12.0, 12.0)
    assert srcad.jvp(made(1.0), (2.0,), (1.0,)) == (4.0, 4.0)
    gone = weakref.ref(function)
    del function
    collect()
    assert gone() is None


def test_hessian_products() -> None:
    def energy(x, k):
        return k * np.sum(np.sin(x))

    product_ = srcad.hvp(energy)
    for k in (1.0, 2.0, 2):
        np.testing.assert_allclose(product_(X, k, V), -k * np.sin(X) * V)
    np.testing.assert_allclose(product_(X[:2], 2.0, V[:2]), -2.0 * np.sin(X[:2]) * V[:2])
    np.testing.assert_allclose(product_(X, 2.0, list(V)), -2.0 * np.sin(X) * V)
    with pytest.raises(SrcadError):
        product_(X, 2.0, V[:2])
    both = srcad.hvp(energy, argnums=(0, 1))
    for _ in range(2):
        one, other = both(X, 2.0, (V, 1.0))
        np.testing.assert_allclose(one, -2.0 * np.sin(X) * V + np.cos(X))
        np.testing.assert_allclose(other, np.cos(X) @ V)


# ---- the generated code


def push(*guards: TypeGuard, beside: dict[str, str], more: tuple[Parameter, ...] = ()) -> Any:
    parameters = (Parameter("x"), Parameter("n"))
    directions = Directions((*parameters, *more), beside)
    compiled = compile_entry(parameters, guards, (), directions=directions)
    if compiled.push is None:
        return None
    own = {"apply": lambda *args, **kwargs: (args, kwargs), "retry": None, "namespaces": []}
    return FunctionType(compiled.push, {**compiled.constants, **own})


def test_push_checks_guards_and_tangents() -> None:
    given = push(TypeGuard(Path("x"), type_of(X, "x")), beside={"x": "x_dot"}, more=(Parameter("x_dot"),))
    args, kwargs = given(X, 3, V)
    assert args[0] is X and args[2] is V and not kwargs
    misses = ((1.0, 3, V), (X, 3, 1.0), (X, 3, V[:2]), (X, 3, V.astype(int)), (X, 3, V[None]), (X, 3, None))
    assert all(given(*arguments) is MISS for arguments in misses)


def test_push_names_tangents_that_are_keywords() -> None:
    given = push(TypeGuard(Path("x"), FLOAT), beside={"x": "x_dot"}, more=(Parameter("x_dot", "keyword"),))
    assert given(1.0, 3, 2.0) == ((1.0, 3), {"x_dot": 2.0})
    assert given(1.0, 3, 2) is MISS


def test_there_is_no_push_where_types_do_not_tell_what_fits() -> None:
    assert push(beside={"x": "x_dot"}, more=(Parameter("x_dot"),)) is None
    assert push(TypeGuard(Path("x"), type_of(np.float64(1))), beside={"x": "x_dot"}) is None
