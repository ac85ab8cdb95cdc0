"""What users switch on and off for all calls: a small frozen set of options, for the current context.

Options are read when a derivative is called. `SWITCH.used` says whether `check_nan` has ever been set: calls look no
further where it isn't, so that it costs nothing where nobody uses it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from types import TracebackType

from srcad.backends import MOST_THREADS, check_backend
from srcad.errors import ArgumentError


@dataclass(frozen=True)
class Options:
    """What is set.

    check_nan   a derivative that isn't finite is an error, which names the line where it ceased to be
    backend     what runs the generated code, where a call doesn't say
    threads     on how many threads native code runs loops over arrays
    """

    check_nan: bool = False
    backend: str = "numpy"
    threads: int = 1


@dataclass
class _Switch:
    """Whether results have ever been to be looked at, and what is to be done when that is so for the first time."""

    used: bool = False
    then: list[Callable[[], None]] = field(default_factory=list)

    def use(self) -> None:
        self.used = True
        while self.then:
            self.then.pop()()


def _check_option(name: str, value: object) -> None:
    known = [one.name for one in fields(Options)]
    if name not in known:
        raise ArgumentError(f"there is no option {name!r}", do=f"use one of {', '.join(known)}")
    if name == "backend":
        if not isinstance(value, str):
            raise ArgumentError(f"backend is the name of one, not {value!r}", do="""use "numpy" or "native\"""")
        check_backend(value)
    elif name == "threads":
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_THREADS:
            raise ArgumentError(f"threads is a number from 1 to {MOST_THREADS}, not {value!r}")
    elif not isinstance(value, bool):
        raise ArgumentError(f"{name} is True or False, not {value!r}")


def from_environment(given: Mapping[str, str]) -> Options:
    """The options that variables of the environment set from the start."""
    text = given.get("SRCAD_THREADS") or "1"
    backend, threads = given.get("SRCAD_BACKEND") or "numpy", int(text) if text.isdecimal() else text
    for variable, name, value in (("SRCAD_BACKEND", "backend", backend), ("SRCAD_THREADS", "threads", threads)):
        try:
            _check_option(name, value)
        except ArgumentError as error:
            what = f"the environment variable {variable} is {given[variable]!r}: {error.what}"
            raise ArgumentError(what, do=error.do or "set it to one; or unset it") from None
    return Options(given.get("SRCAD_CHECK_NAN") == "1", backend, int(threads))


DEFAULT = from_environment(os.environ)
SWITCH = _Switch(DEFAULT.check_nan)
_CURRENT: ContextVar[Options] = ContextVar("srcad_options", default=DEFAULT)


class config:  # noqa: N801 - used as a function, as numpy.errstate is
    """Set options, for good or for a block: `srcad.config(check_nan=True)`, or `with srcad.config(check_nan=True):`.

    With `check_nan`, a derivative in which something is nan or infinite raises `srcad.errors.NonFiniteError`, which
    names the line of the program at which the first adjoint or tangent ceased to be finite, and the values that it was
    computed from. That holds for all modes, and costs a look at the results, and a second run where it raises. The
    environment variable SRCAD_CHECK_NAN=1 sets it from the start.

    `backend` is what runs the code of derivatives that are made from then on, where they aren't told otherwise:
    "numpy", or "native" for C. SRCAD_BACKEND=native sets it from the start. With `threads`, which SRCAD_THREADS sets,
    native code that is made from then on runs large loops over arrays on so many threads. Options hold in the thread,
    or the task, that sets them.

    >>> import numpy as np, srcad
    >>> slope = srcad.grad(lambda x: np.sum(np.sqrt(x)))
    >>> with srcad.config(check_nan=True):
    ...     try:
    ...         slope(np.array([4.0, 0.0]))
    ...     except srcad.errors.NonFiniteError as error:
    ...         print(error.what)
    the gradient of the lambda isn't finite: its adjoint becomes inf at [1] here
    """

    def __init__(self, **changes: object) -> None:
        for name, value in changes.items():
            _check_option(name, value)
        self._before = _CURRENT.get()
        _CURRENT.set(replace(self._before, **changes))  # type: ignore[arg-type]
        if _CURRENT.get().check_nan and not SWITCH.used:
            SWITCH.use()

    def __enter__(self) -> Options:
        return _CURRENT.get()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _CURRENT.set(self._before)

    def __repr__(self) -> str:
        return f"<srcad.config: {_CURRENT.get()}>"


def chosen_backend(asked: str | None) -> str:
    """The back end that a call asks for, or the one that is set, with the number of threads."""
    current = _CURRENT.get()
    chosen = current.backend if asked is None else asked
    return f"native:{current.threads}" if chosen == "native" and current.threads > 1 else chosen


def options() -> Options:
    """The options of the current context."""
    return _CURRENT.get()


def checks_nan() -> bool:
    """Whether results are to be looked at."""
    return SWITCH.used and _CURRENT.get().check_nan
