"""Arrays from lengths and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.ops.catalogue import LOWERINGS
from srcad.trace.dims import fixed, named
from srcad.trace.nodes import Var
from srcad.trace.types import Scalar
from tests.rules.calls import check_call, check_method
from tests.rules.checking import program, run

rng = np.random.default_rng(3)


def array(*shape: int) -> Any:
    return rng.normal(size=shape)


def value_of(function: Any, *args: Any, **options: Any) -> Any:
    """What a call without variables lowers to."""
    b, _ = program(lambda b: LOWERINGS[function](b, *args, **options), [])
    return run(b, [], b.results, [])


CALLS: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    (np.zeros, (3,), {}),
    (np.zeros, ((2, 3),), {"dtype": int}),
    (np.ones, ((2, 0),), {}),
    (np.full, ((2, 3), 7), {}),
    (np.full, (2, 7), {"dtype": float}),
    (np.eye, (3,), {}),
    (np.eye, (3, 4), {"k": 1}),
    (np.eye, (2,), {"dtype": np.float32}),
    (np.identity, (3,), {}),
    (np.tri, (3,), {"k": -1}),
    (np.arange, (5,), {}),
    (np.arange, (1, 10, 3), {"dtype": float}),
    (np.arange, (2.0, 3.0, 0.25), {}),
    (np.arange, (5,), {"step": 2}),
    (np.arange, (), {"stop": 4}),
    (np.diag_indices, (3,), {}),
    (np.tril_indices, (3,), {}),
    (np.triu_indices, (3, 1, 4), {}),
    (np.indices, ((2, 3),), {}),
    (np.vander, ([1, 2, 3],), {}),
]


@pytest.mark.parametrize(("function", "args", "options"), CALLS)
def test_constants(function: Any, args: Any, options: Any) -> None:
    got, wanted = value_of(function, *args, **options), function(*args, **options)
    for one, other in zip(got, wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def test_full() -> None:
    check_call(np.full, (2, 3), 0.7)
    check_call(np.full, 2, array(1))
    check_call(np.full, (2, 3), array(3))
    check_call(np.full_like, array(2, 2), 0.3)
    check_call(np.full_like, array(2, 2), array(2, 1))
    check_call(np.ones_like, array(2))
    check_call(np.zeros_like, array(2), dtype=np.float32)


@pytest.mark.parametrize("endpoint", [True, False])
def test_linspace(endpoint: bool) -> None:
    check_call(np.linspace, 0.3, 1.1, 7, endpoint=endpoint)
    check_call(np.linspace, 0.3, 1.1, 5, endpoint=endpoint, retstep=True)
    check_call(np.linspace, array(2), array(2), 4, endpoint=endpoint)
    check_call(np.linspace, array(2), 0.5, 4, endpoint=endpoint)
    check_call(np.linspace, 0.3, 1.1, 1, endpoint=endpoint)
    check_call(np.logspace, 0.3, 1.1, 3, endpoint)
    check_call(np.geomspace, 0.3, 1.1, 4, endpoint)


def test_arange() -> None:
    check_call(np.arange, 0.3, 2.0, 0.45)
    check_call(np.arange, 0.3, 3.0)
    check_call(np.arange, 2.5)


def test_vander() -> None:
    check_call(np.vander, array(3), 4)
    check_call(np.vander, array(3), increasing=True)


def test_arrays_of_what_is_given() -> None:
    check_call(np.array, [[0.1, 0.2], [0.3, 0.4]])
    check_call(np.array, [array(2), array(2)])
    check_call(np.array, array(2), ndmin=2)
    check_call(np.asarray, 0.3)
    check_call(np.copy, array(2))
    check_method("copy", array(2))


def test_what_is_an_array_already_stays_the_same() -> None:
    b, inputs = program(lambda b, x: LOWERINGS[np.asarray](b, x, dtype=float), [array(2)])
    assert b.results == (inputs[0],)
    b, inputs = program(lambda b, x: LOWERINGS[np.array](b, x), [array(2)])
    assert b.results != (inputs[0],)


def test_lengths_stay_known() -> None:
    n = Var(Scalar("int64", True, named("n")), "n")
    b, _ = program(lambda b: (LOWERINGS[np.zeros](b, (n, 3)), LOWERINGS[np.arange](b, n), LOWERINGS[np.eye](b, n)), [])
    zeros, arange, eye = (result.type.dims for result in b.results)
    assert zeros == (named("n"), fixed(3))
    assert arange == (named("n"),)
    assert eye == (named("n"), named("n"))
