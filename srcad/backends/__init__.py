"""What runs generated code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType

from srcad.backends import native
from srcad.backends.numpy import compile_source
from srcad.codegen import Generated
from srcad.errors import ArgumentError

BACKENDS: Mapping[str, Callable[[Generated], FunctionType]] = {
    "numpy": compile_source,
    "native": native.compile_source,
}


def check_backend(name: str) -> None:
    """Refuse the name of a back end that isn't there."""
    do = f"use one of {', '.join(map(repr, BACKENDS))}"
    if name not in BACKENDS:
        raise ArgumentError(f"there is no back end {name!r}", do=do)


__all__ = ["BACKENDS", "check_backend"]
