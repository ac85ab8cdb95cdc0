"""Programs that call SciPy, checked: values against SciPy's, both modes against its differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import srcad

Program = tuple[Callable[..., Any], tuple[Any, ...]]


def weighted(values: Any) -> Any:
    """A number that depends on each value in another way."""
    values = np.asarray(values)
    return np.sum(values * np.cos(1.0 + np.arange(values.size)).reshape(values.shape))


def differences(f: Callable[..., Any], args: tuple[Any, ...], k: int, h: float = 1e-3) -> Any:
    """The gradient with respect to an argument, by central differences of sixth order."""
    x = np.asarray(args[k], dtype=float)
    found = np.zeros_like(x)
    for place in np.ndindex(x.shape):

        def at(step: float, place: tuple[int, ...] = place) -> Any:
            moved = x.copy()
            moved[place] += step
            return f(*(moved[()] if j == k else a for j, a in enumerate(args)))

        found[place] = sum(w * (at(j * h) - at(-j * h)) for j, w in ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))) / h
    return found


def check(f: Callable[..., Any], args: tuple[Any, ...], rtol: float = 1e-6, atol: float = 1e-8) -> None:
    """The value, the gradient with respect to all arguments, and a tangent."""
    every = tuple(range(len(args)))
    value, made = srcad.value_and_grad(f, argnums=every)(*args)
    np.testing.assert_allclose(value, f(*args), rtol=1e-10, atol=1e-13)
    for k in every:
        assert np.shape(made[k]) == np.shape(args[k])
        np.testing.assert_allclose(made[k], differences(f, args, k), rtol=rtol, atol=atol, err_msg=f"argument {k}")
    moving = [np.cos(2.0 + np.arange(np.size(a))).reshape(np.shape(a))[()] for a in args]
    tangents = tuple(float(t) if np.ndim(t) == 0 else t for t in moving)
    _, forward = srcad.jvp(f, args, tangents)
    wanted = sum(np.sum(g * t) for g, t in zip(made, moving, strict=True))
    np.testing.assert_allclose(forward, wanted, rtol=1e-8, atol=1e-10)


def check_second(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """The derivative of the gradient along a direction."""
    gradient = srcad.grad(f)

    def slope(*a: Any) -> Any:
        return weighted(gradient(*a))

    np.testing.assert_allclose(srcad.grad(slope)(*args), differences(slope, args, 0), rtol=1e-6, atol=1e-8)
