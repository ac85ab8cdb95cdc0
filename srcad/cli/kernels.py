"""What `srcad show --native` prints: what of a derivative runs as C, that C, and how long each step to it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from srcad.api.derived import Derived
from srcad.calls.arguments import Binder
from srcad.calls.example import Example
from srcad.calls.programs import program_of
from srcad.calls.specialise import entered
from srcad.compile.program import Program
from srcad.native.c import text_of
from srcad.native.compilers import compiler
from srcad.native.kernel import Kernel

Made = TypeVar("Made")


def native_parts(derived: Derived[..., object], example: Example, timings: bool) -> Iterator[str]:
    """The lines of the program with where they run, the C of each kernel, and the times if they are asked for."""
    function, request = derived.__srcad__
    call = Binder(function).bind(example.args, example.kwargs)
    program, reading = timed(lambda: program_of(entered(function), call, request))
    _, printing = timed(lambda: program.generated)
    yield program.shown_kernels
    yield from (text_of(kernel.lowered.function) for kernel in program.kernels)
    if timings:
        yield "\n".join(times(program, reading, printing))


def times(program: Program, reading: float, printing: float) -> Iterator[str]:
    yield f"{1000 * reading:8.1f} ms  reading and deriving"
    yield f"{1000 * printing:8.1f} ms  lowering and printing"
    for kernel in program.kernels:
        how = "loading, from the cache" if kernel.is_kept else f"compiling with {compiler().command[0]}"
        _, seconds = timed(partial(built, kernel))
        yield f"{1000 * seconds:8.1f} ms  {how}: {kernel.__name__}"


def built(kernel: Kernel) -> Callable[..., object]:
    return kernel.function


def timed(work: Callable[[], Made]) -> tuple[Made, float]:
    """What comes of it, and the seconds that it took."""
    start = time.perf_counter()
    made = work()
    return made, time.perf_counter() - start
