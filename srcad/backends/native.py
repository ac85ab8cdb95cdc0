"""The native back end: generated source that calls kernels, which are compiled before the first call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType

from srcad.backends import numpy
from srcad.codegen import Generated, generate
from srcad.native.kernel import Kernel


def compile_source(generated: Generated, name: str | None = None) -> FunctionType:
    """The function; kernels are called without a detour."""
    function = numpy.compile_source(generated, name)
    scope = function.__globals__
    scope.update({key: callable_of(value) for key, value in scope.items() if isinstance(value, Kernel)})
    return function


def callable_of(kernel: Kernel) -> Callable[..., object]:
    """The compiled function; where the program can't be run again, what it does is done in Python when it fails."""
    native = kernel.function
    if kernel.closed is not None and kernel.fallback is None:
        kernel.fallback = generate(kernel.closed, kernel.__name__, careful=True)
    if not isinstance(kernel.fallback, Generated):
        return native
    plain = functools.cache(functools.partial(numpy.compile_source, kernel.fallback))

    def called(*args: object) -> object:
        try:
            return native(*args)
        except Exception:  # it has changed nothing, and says nothing of the program
            return plain()(*args)

    return called
