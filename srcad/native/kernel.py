"""A kernel: a part of a derivative that runs as C, and is called from generated Python like any function."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from srcad.native.build import built, is_kept
from srcad.native.c import printed
from srcad.native.lower.kernel import Lowered
from srcad.native.numba import text_of
from srcad.trace.nodes import Trace


class Kernel:
    """A lowered trace; compiled when it is called for the first time. It pickles by its loops, and is built anew.

    closed    what it was made of, where that is to be done in Python when the kernel fails
    fallback  what the back end has made of that: Python, as text
    """

    def __init__(self, lowered: Lowered, closed: Trace | None = None, fallback: object = None) -> None:
        self.lowered = lowered
        self.closed = closed
        self.fallback = fallback
        self.__name__ = lowered.function.name

    @cached_property
    def function(self) -> Callable[..., object]:
        """The compiled function."""
        return built(self.lowered)

    @property
    def source(self) -> str:
        """Its C, with all that it needs."""
        return printed(self.lowered.function)

    @property
    def for_numba(self) -> str:
        """It, as Python that Numba compiles."""
        return text_of(self.lowered.function)

    @property
    def is_kept(self) -> bool:
        """Whether it has been compiled before, by whichever process."""
        return is_kept(self.lowered.function)

    def __call__(self, *args: object) -> object:
        return self.function(*args)

    def __repr__(self) -> str:
        return f"<kernel {self.__name__}>"

    def __reduce__(self) -> tuple[type[Kernel], tuple[Lowered, None, object]]:
        return Kernel, (self.lowered, None, self.fallback)
