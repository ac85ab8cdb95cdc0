"""Stencils, which are gathered: values and gradients are to the bit those of the nests as they were, and NumPy's."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.calls import specialise
from srcad.native import passes

RNG = np.random.default_rng(17)


def relaxed(u: Any, steps: Any) -> Any:
    u = u.copy()
    for _ in range(steps):
        v = u.copy()
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
        u = v
    return np.sum(u * u)


def waves(u: Any, steps: Any) -> Any:
    """One axis, in place, with two arrays that change places."""
    v = u * 0.5
    for _ in range(steps):
        v[1:-1] += 0.1 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        v[0] = u[0]
        u, v = v, u
    return np.sum(u * u * u)


def limited(x: Any, steps: Any) -> Any:
    """Branches, differences of differences, three axes."""
    low = x[1:, :, :] - x[:-1, :, :]
    for _ in range(steps):
        flux = np.where(low[:, 1:, :] * x[1:, :-1, :] > 0.0, 0.0, low[:, 1:, :] - low[:, :-1, :])
        x = x.copy()
        x[1:, 1:, :] -= 0.3 * flux
        x[:-1, :-1, 1:] += 0.2 * flux[:, :, 1:]
    return np.sum(x * x)


def overwritten(x: Any, steps: Any) -> Any:
    """What is added belongs to what was there before the next statement."""
    y, z = x * 2.0, np.zeros(x.shape)
    for _ in range(steps):
        z[1:] += y[:-1]
        y[1:] = z[:-1] * 0.5
        z[:-1] += y[1:]
        z[::2] -= 0.1 * y[::2]
        y[1::2] += z[1::2]
    return np.sum(y * z)


def results(f: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, ...]:
    with np.errstate(all="ignore"):
        found: tuple[Any, ...] = srcad.value_and_grad(f, backend="native")(*args)
        return found


PROGRAMS = {relaxed: 2, waves: 1, limited: 3, overwritten: 1}


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_bits_are_those_of_the_nests(f: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rank = PROGRAMS[f]
    shapes = [(k,) * rank for k in (2, 3, 4, 11)] + [(5, 3, 17)[:rank], (3, 9, 1)[-rank:]]
    arrays = [RNG.normal(size=shape) for shape in shapes]
    arrays += [np.asfortranarray(arrays[-2]), np.repeat(arrays[3], 2, axis=0)[::2]]
    arrays[4].flat[3], arrays[4].flat[4] = np.nan, np.inf
    gathered = [results(f, (a, 3)) for a in arrays]
    for one in ("gathered", "recomputed", "widened"):
        monkeypatch.setattr(passes, one, lambda body: body)
    for shelf in ("_SHELVES", "_SPECIALISERS"):
        monkeypatch.setattr(specialise, shelf, weakref.WeakKeyDictionary())
    for a, made in zip(arrays, gathered, strict=True):
        for got, as_it_was in zip(made, results(f, (a, 3)), strict=True):
            np.testing.assert_array_equal(got, as_it_was)
        with np.errstate(all="ignore"):
            due = srcad.value_and_grad(f)(a, 3)
        for got, numpys in zip(made, due, strict=True):
            np.testing.assert_allclose(got, numpys, rtol=1e-11, atol=1e-13)


def test_a_stencil_is_added_up_in_one_loop() -> None:
    source = srcad.grad(relaxed, backend="native").source(np.ones((4, 4)), 2, language="c")
    assert source.count("FEW();") == 2  # the borders of the copy, and of what is added up
