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


MOST_THREADS = 1024


def check_backend(name: str) -> None:
    """Refuse the name of a back end that isn't there."""
    do = f"use one of {', '.join(map(repr, BACKENDS))}"
    kind, colon, threads = name.partition(":")
    if kind not in BACKENDS:
        raise ArgumentError(f"there is no back end {name!r}", do=do)
    if colon and (kind != "native" or not (threads.isdecimal() and 0 < int(threads) <= MOST_THREADS)):
        raise ArgumentError(
            f"there is no back end {name!r}", do=f'{do}; a number of threads stands behind "native": "native:4"'
        )


def kind_of(backend: str) -> str:
    """The back end without the number of threads."""
    return backend.partition(":")[0]


def threads_of(backend: str) -> int:
    """On how many threads loops of arrays run."""
    return int(backend.partition(":")[2] or 1)


__all__ = ["BACKENDS", "MOST_THREADS", "check_backend", "kind_of", "threads_of"]
