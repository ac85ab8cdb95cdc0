"""What users see of an error: where their own program raised it, and none of srcad's inner frames.

With SRCAD_DEBUG=1 everything is shown.
"""

from __future__ import annotations

import functools
import linecache
import os
import sysconfig
from collections.abc import Callable, Iterator
from types import CodeType, TracebackType
from typing import ParamSpec, TypeVar

from srcad.errors import InternalError, Span, SrcadError

P = ParamSpec("P")
R = TypeVar("R")

INSIDE = (os.path.dirname(os.path.dirname(__file__)) + os.sep, "<srcad guards>")
LIBRARIES = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def debugging() -> bool:
    """Whether the user wants to see srcad's own frames."""
    return os.environ.get("SRCAD_DEBUG") == "1"


def trim(error: BaseException) -> None:
    """Take srcad's frames out of the traceback of an error that is about to be raised again."""
    if debugging():
        return
    error.__traceback__ = without_own(error.__traceback__)
    if isinstance(error, SrcadError) and not isinstance(error, InternalError):
        error.__cause__, error.__suppress_context__ = None, True


def without_own(traceback: TracebackType | None) -> TracebackType | None:
    """The entries that are no frames of srcad; generated code stays."""
    kept: TracebackType | None = None
    for entry in reversed(list(_entries(traceback))):
        if not entry.tb_frame.f_code.co_filename.startswith(INSIDE):
            kept = TracebackType(kept, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return kept


def trimmed(function: Callable[P, R]) -> Callable[P, R]:
    """A decorator: errors leave the function without srcad's frames. For what is called often it is written out."""

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            trim(error)
            raise

    return called


def raised_at(error: BaseException) -> Span | None:
    """The line of the user's code at which an error was raised: the innermost that is of no library."""
    found = [e for e in _entries(error.__traceback__) if _is_users(e.tb_frame.f_code.co_filename)]
    if not found:
        return None
    code, line = found[-1].tb_frame.f_code, found[-1].tb_lineno
    column, end = _columns(code, found[-1].tb_lasti, line)
    text = linecache.getline(code.co_filename, line, found[-1].tb_frame.f_globals).rstrip("\n")
    return Span(code.co_filename, line, text, column, end, code.co_name)


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_users(path: str) -> bool:
    return not path.startswith((*INSIDE, *LIBRARIES, "<srcad", "<string>"))


def _columns(code: CodeType, instruction: int, line: int) -> tuple[int, int]:
    """Between which columns the instruction stands; 0 and 0 where that isn't known, or on several lines."""
    places = list(code.co_positions())
    first, last, column, end = places[instruction // 2] if instruction // 2 < len(places) else (None,) * 4
    if first != line or last != line or column is None or end is None:
        return 0, 0
    return column, end
