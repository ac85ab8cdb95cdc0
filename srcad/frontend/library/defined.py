"""Functions of NumPy that are defined by programs: these are read in the place of the call."""

from __future__ import annotations

from dataclasses import replace
from types import FunctionType
from typing import Any, cast

from srcad.definitions.numpy.families import SERIES
from srcad.definitions.numpy.table import CLASSES, OF_UFUNCS, PROGRAMS, VIEWS, NumpyProgram
from srcad.errors import SrcadError
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.values import ArrayRef, Static, Value
from srcad.frontend.library.lowered import entry, into, share, ufunc_method
from srcad.frontend.library.opaque import as_it_stands
from srcad.frontend.library.probing import fault_of, tried
from srcad.frontend.procedures.functions import call_external
from srcad.ops.names import public_name
from srcad.ops.signatures import bind, passed_on, title


def numpy_program(m: Machine, f: Any, given: Arguments) -> Value | None:
    """A function that is defined by a program; what nothing active goes into, and can't be read, runs as it stands."""
    if entry(CLASSES, f) is not None:
        return m.call(Static(CLASSES[f]), given.args, given.keywords)
    program: NumpyProgram | None = entry(PROGRAMS, f)
    first: tuple[Value, ...] = ()
    if entry(SERIES, f) is not None:
        program, family = SERIES[f]
        first = (Static(family),)
    if program is None and ufunc_method(f) in OF_UFUNCS:
        program, first = OF_UFUNCS[ufunc_method(f)], (Static(f.__self__),)
    if program is None:
        return None
    inactive = not any(m.depends(v) for v in (*given.args, *given.keywords.values()))
    with m.attempt(SrcadError, when=lambda _: inactive):
        return tried(m, f, given, lambda: _read(m, f, program, first, given), True)
    return as_it_stands(m, Static(f), public_name(f), given)


def _read(m: Machine, f: Any, program: NumpyProgram, first: tuple[Value, ...], given: Arguments) -> Value:
    try:
        bound = bind(f, given.args, given.keywords)
    except TypeError as error:
        fault = fault_of(m, f, given)
        if fault is not None:
            m.raises(fault)
        m.refuse(f"{title(f)} takes no such arguments: {error}")
    except SrcadError as error:
        raise m.located(error) from None
    out = None if bound.out == Static(None) else bound.out
    plain = {name: _plain(value) for name, value in bound.arguments.items()}
    try:
        positional, named = passed_on(replace(bound, arguments=plain, out=None), program, skipped=len(first))
    except SrcadError as error:
        raise m.located(error) from None
    values = {name: _value(argument) for name, argument in named.items()}
    value = call_external(m, cast(FunctionType, program), (*first, *map(_value, positional)), values)
    source = given.args[0] if given.args and f in VIEWS else None
    if isinstance(source, ArrayRef):
        share(m, value, source)
    return value if out is None else into(m, out, value)


def _plain(value: object) -> object:
    """What is known now as it is, to be compared with defaults; a Python tuple is what *args stands for."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.value if isinstance(value, Static) else value


def _value(argument: object) -> Value:
    return argument if isinstance(argument, Value) else Static(argument)
