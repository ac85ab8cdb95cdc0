"""The native back end: generated source that calls kernels, which are compiled before the first call."""

from __future__ import annotations

from types import FunctionType

from srcad.backends import numpy
from srcad.codegen import Generated
from srcad.native.kernel import Kernel


def compile_source(generated: Generated, name: str | None = None) -> FunctionType:
    """The function; kernels are called without a detour."""
    function = numpy.compile_source(generated, name)
    scope = function.__globals__
    scope.update({key: value.function for key, value in scope.items() if isinstance(value, Kernel)})
    return function
