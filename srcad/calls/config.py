"""What users switch on and off for all calls: a small frozen set of options, for the current context.

Options are read when a derivative is called. `SWITCH.used` says whether any has ever been set: calls look no further
where it isn't, so that options which nobody uses cost nothing.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from types import TracebackType

from srcad.errors import ArgumentError


@dataclass(frozen=True)
class Options:
    """check_nan   a derivative that isn't finite is an error, which names the line where it ceased to be."""

    check_nan: bool = False


@dataclass
class _Switch:
    used: bool = False


DEFAULT = Options(check_nan=os.environ.get("SRCAD_CHECK_NAN") == "1")
SWITCH = _Switch(used=DEFAULT.check_nan)
_CURRENT: ContextVar[Options] = ContextVar("srcad_options", default=DEFAULT)


class config:  # noqa: N801 - used as a function, as numpy.errstate is
    """Set options, for good or for a block: `srcad.config(check_nan=True)`, or `with srcad.config(check_nan=True):`.

    With `check_nan`, a derivative in which something is nan or infinite raises `srcad.errors.NonFiniteError`, which
    names the line of the program at which the first adjoint or tangent ceased to be finite, and the values that it was
    computed from. That holds for all modes, and costs a look at the results, and a second run where it raises. The
    environment variable SRCAD_CHECK_NAN=1 sets it from the start. Options hold in the thread, or the task, that sets
    them.

    >>> import numpy as np, srcad
    >>> slope = srcad.grad(lambda x: np.sum(np.sqrt(x)))
    >>> with srcad.config(check_nan=True):
    ...     try:
    ...         slope(np.array([4.0, 0.0]))
    ...     except srcad.errors.NonFiniteError as error:
    ...         print(error.what)
    the gradient of the lambda isn't finite: its adjoint becomes inf at [1] here
    """

    def __init__(self, **changes: bool) -> None:
        known = [field.name for field in fields(Options)]
        for name, value in changes.items():
            if name not in known:
                raise ArgumentError(f"there is no option {name!r}", do=f"use one of {', '.join(known)}")
            if not isinstance(value, bool):
                raise ArgumentError(f"{name} is True or False, not {value!r}")
        self._before = _CURRENT.get()
        _CURRENT.set(replace(self._before, **changes))
        SWITCH.used = True

    def __enter__(self) -> Options:
        return _CURRENT.get()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _CURRENT.set(self._before)

    def __repr__(self) -> str:
        return f"<srcad.config: {_CURRENT.get()}>"


def options() -> Options:
    """The options of the current context."""
    return _CURRENT.get()


def checks_nan() -> bool:
    """Whether results are to be looked at."""
    return SWITCH.used and _CURRENT.get().check_nan
