"""Functions themselves, compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, overload

from srcad.api.derived import Derived, derive
from srcad.calls.config import chosen_backend
from srcad.compile.requests import Request

P = ParamSpec("P")
R = TypeVar("R")


@overload
def jit(function: Callable[P, R]) -> Derived[P, R]: ...


@overload
def jit(function: None = None) -> Callable[[Callable[P, R]], Derived[P, R]]: ...


def jit(function: Callable[..., object] | None = None) -> object:
    """The function itself, compiled: the same results, with its loops in C.

        @srcad.jit                        fast = srcad.jit(f)

    What can't be compiled runs as it stands: `fast.kernels(*args)` says which lines. It is compiled for the types of
    the arguments, when it is called with them first. Arguments are never modified, also where the function itself
    would store into them: the result is what it would be.

    >>> import numpy as np, srcad
    >>> @srcad.jit
    ... def first_above(x, bound):
    ...     for k in range(len(x)):
    ...         if x[k] > bound:
    ...             return k
    ...     return -1
    >>> first_above(np.array([1.0, 5.0, 2.0]), 1.5)
    1
    """
    return derive(Derived, "jit", function, Request("primal", None, single=False, backend=chosen_backend("native")))
