"""Whether a text is the source of the code that runs: a file may have been edited since it was imported."""

from __future__ import annotations
import __future__ as future

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, reduce
from operator import or_
from types import CodeType

FLAGS = reduce(or_, (getattr(future, name).compiler_flag for name in future.all_feature_names))


_COMPILING = threading.RLock()


@contextmanager
def unwarned() -> Iterator[None]:
    """While text of the user's is read: what the compiler has to warn of, it has said when that was imported.

    Where warnings are errors, the text would be none of Python. Filters are those of all threads, so one at a time.
    """
    with _COMPILING, warnings.catch_warnings():
        for kind in (SyntaxWarning, DeprecationWarning):
            warnings.simplefilter("ignore", kind)
        yield


def version_of(code: CodeType, text: str) -> CodeType | None:
    """What the text has of a function: the code object that it makes of it now. None if it has another one, or none.

    Of several that are alike it is the one that stands at the same line, if there is one.
    """
    alike = [one for one in _codes(text, code.co_flags & FLAGS) if one.co_name == code.co_name and same_code(one, code)]
    at_home = [one for one in alike if one.co_firstlineno == code.co_firstlineno]
    placed = [one for one in at_home if list(one.co_positions()) == list(code.co_positions())]
    return next(iter([*placed, *at_home, *alike]), None)


def is_rewritten(code: CodeType) -> bool:
    """Whether pytest has rewritten the assertions in a function: its source makes another code then."""
    names = {*code.co_names, *code.co_varnames}
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return any(name.startswith("@py") for name in names) or any(map(is_rewritten, inner))


@lru_cache(maxsize=64)
def _codes(text: str, flags: int) -> tuple[CodeType, ...]:
    """The code objects of all functions in a text; none where it is no Python."""
    try:
        with unwarned():
            return tuple(_inside(compile(text, "<source>", "exec", flags=flags, dont_inherit=True)))
    except (SyntaxError, ValueError):
        return ()


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


def same_code(one: CodeType, other: CodeType) -> bool:
    """Whether two code objects do the same, wherever they stand."""
    if any(getattr(one, name) != getattr(other, name) for name in COMPARED):
        return False
    if len(one.co_consts) != len(other.co_consts):
        return False
    return all(_same_constant(a, b) for a, b in zip(one.co_consts, other.co_consts, strict=True))


COMPARED = (
    *("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_argcount", "co_posonlyargcount"),
    *("co_kwonlyargcount", "co_name"),
)


def _same_constant(a: object, b: object) -> bool:
    if isinstance(a, CodeType) and isinstance(b, CodeType):
        return same_code(a, b)
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return a == b
    return type(a) is type(b) and repr(a) == repr(b)


__all__ = ["is_rewritten", "version_of"]
