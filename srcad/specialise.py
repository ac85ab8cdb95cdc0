"""A derivative compiles itself for the types that it meets, and keeps what it compiled.

A `Specialisation` is the generated code for one combination of argument types. It knows no function object, only code:
so a lambda that is made anew in each round of a loop is compiled once. An `Entrance` is a specialisation with the
globals, closure cells and `self` of one function object: what a call goes through.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from functools import cached_property
from types import CodeType, FunctionType, MethodType
from typing import Any

from srcad.arguments import Binder, Call
from srcad.backends.numpy import Module, compile_source
from srcad.errors import Span, SrcadError
from srcad.guards import MISS, Entry, compile_entry
from srcad.pipeline import Program, Request, compile_call
from srcad.pullback import forward_and_pullback
from srcad.results import check_value, result_span
from srcad.trace.nodes import Parameter

Function = Callable[..., Any]
Roots = dict[str, Function]

LIMIT = 256  # specialisations of one function for one request; the oldest makes room

ARITHMETIC = (ArithmeticError, ValueError)  # what Python raises where NumPy returns inf or nan


class Specialisation:
    """Generated code for one combination of argument types. `layout`: see `Call`."""

    def __init__(self, program: Program, layout: tuple[Any, ...] = ()) -> None:
        self.program = program
        self.layout = layout

    @cached_property
    def fast(self) -> Module:
        return compile_source(self.program.generated)

    @cached_property
    def careful(self) -> Module:
        return self.fast if self.program.has_effects else compile_source(self.program.careful)

    @cached_property
    def entry(self) -> Entry:
        reading = self.program.reading
        return compile_entry(reading.trace.parameters, reading.guards, tuple(reading.roots))

    @property
    def source(self) -> str:
        return self.program.generated.source

    @property
    def can_rerun(self) -> bool:
        return not self.program.has_effects

    @property
    def sharable(self) -> bool:
        """Whether the free roots can be fetched for another function object with the same code."""
        return all(hasattr(fetch, "rebound") for fetch in self.program.reading.roots.values())

    def roots_for(self, function: Function) -> Roots:
        return {name: fetch.rebound(function) for name, fetch in self.program.reading.roots.items()}

    def place_of(self, error: BaseException) -> Span | None:
        """The user's line that generated the line where an error was raised."""
        modules = {m.filename: m for m in (self.fast, self.__dict__.get("careful", self.fast))}
        place, frame = None, error.__traceback__
        while frame is not None:
            module = modules.get(frame.tb_frame.f_code.co_filename)
            place = module.lines.get(frame.tb_lineno, place) if module else place
            frame = frame.tb_next
        return place


class Entrance:
    """A specialisation for one function object."""

    def __init__(self, specialisation: Specialisation, roots: Roots) -> None:
        self.specialisation = specialisation
        self.roots = roots
        self.namespace, self.call = self.load(specialisation.fast)
        entry = specialisation.entry
        fetches = {f"fetch{k}": roots[name] for k, name in enumerate(entry.roots)}
        own = {"call": self.call, "rescue": self.rescue, "roots": self.namespace}
        names = {**entry.constants, **fetches, **own}
        self.enter: Function = FunctionType(entry.enter, names)
        self.predicate: Function = FunctionType(entry.serves, names)

    def serves(self, flat: tuple[Any, ...]) -> bool:
        return self.predicate(*flat) is True

    def load(self, module: Module) -> tuple[dict[str, Any], Function]:
        """A namespace of our own with the generated functions, and the function that a call calls."""
        program, namespace = self.specialisation.program, module.namespace()
        functions = [namespace[name] for name in module.names]
        if program.request.kind == "pullback":
            return namespace, forward_and_pullback(functions[0], functions[1], program.primal, self.note)
        return namespace, _checked(functions[0], program) if program.checked else functions[0]

    @cached_property
    def careful_call(self) -> Function:
        namespace, call = self.load(self.specialisation.careful)

        def careful(*args: Any, **kwargs: Any) -> Any:
            namespace.update({root: self.namespace[root] for root in self.roots})
            return call(*args, **kwargs)

        return careful

    def rescue(self, error: Exception, flat: tuple[Any, ...]) -> Any:
        """After an error in the fast variant: run the careful one, or let the user's error out with a note."""
        if isinstance(error, ARITHMETIC) and self.specialisation.can_rerun:
            args, kwargs = spread(self.specialisation.program.primal.parameters, flat)
            try:
                return self.careful_call(*args, **kwargs)
            except Exception as again:
                raise self.note(again) from None
        raise self.note(error)

    def note(self, error: Exception) -> Exception:
        """The user's error, with the user's line."""
        place = None if isinstance(error, SrcadError) else self.specialisation.place_of(error)
        if place is not None:
            name = self.specialisation.program.primal.name
            error.add_note(f"in the derivative of {name}, from {place.show()}")
        return error

    def unguarded(self, flat: tuple[Any, ...]) -> Any:
        """The result of the call that this was compiled for."""
        result = self.enter(*flat)
        if result is not MISS:
            return result
        self.namespace.update({name: fetch() for name, fetch in self.roots.items()})
        args, kwargs = spread(self.specialisation.program.primal.parameters, flat)
        try:
            return self.call(*args, **kwargs)
        except Exception as error:
            return self.rescue(error, flat)


def _checked(function: Function, program: Program) -> Function:
    """Where types don't say that the result is a scalar: look at the value, which comes first."""
    request, primal = program.request, program.primal
    span = result_span(primal, primal.output)

    def call(*args: Any, **kwargs: Any) -> Any:
        value, gradient = function(*args, **kwargs)
        result, *aux = value if request.has_aux else (value,)
        check_value(primal.name, result, span)
        if request.value:
            return value, gradient
        return (gradient, *aux) if request.has_aux else gradient

    return call


def spread(parameters: Sequence[Parameter], flat: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """One value for each parameter, as positional and keyword arguments."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for parameter, value in zip(parameters, flat, strict=True):
        if parameter.kind == "plain":
            args.append(value)
        elif parameter.kind == "*":
            args.extend(value)
        else:
            kwargs.update(value if parameter.kind == "**" else {parameter.name: value})
    return args, kwargs


# ---- finding the specialisation of a call


class Shelf:
    """The specialisations of one code for one request, newest first."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.specialisations: tuple[Specialisation, ...] = ()

    def add(self, specialisation: Specialisation) -> None:
        self.specialisations = (specialisation, *self.specialisations)[:LIMIT]


_SHELVES: weakref.WeakKeyDictionary[CodeType, dict[Any, Shelf]] = weakref.WeakKeyDictionary()
_SHELVES_LOCK = threading.Lock()


def shelf_for(function: Function, request: Request) -> Shelf:
    """The shelf that all function objects with this code share; one of its own for what has no code."""
    plain = function.__func__ if isinstance(function, MethodType) else function
    if not isinstance(plain, FunctionType) or hasattr(plain, "__wrapped__"):
        return Shelf()
    code = plain.__code__
    key = (code.co_filename, id(plain.__globals__), isinstance(function, MethodType), request)
    with _SHELVES_LOCK:
        return _SHELVES.setdefault(code, {}).setdefault(key, Shelf())


class Specialiser:
    """Finds the entrance for a call of one function object, compiling what is missing."""

    def __init__(self, function: Function, request: Request) -> None:
        self.function = function
        self.request = request
        self.binder = Binder(function)
        self.shelf = shelf_for(function, request)
        self.entrances: dict[Any, tuple[Entrance, ...]] = {}

    @property
    def count(self) -> int:
        return sum(map(len, self.entrances.values()))

    def run(self, call: Call) -> tuple[Entrance, Any]:
        """The result of a call, and the entrance that it went through."""
        for entrance in self.entrances.get(call.layout, ()):
            result = entrance.enter(*call.flat)
            if result is not MISS:
                return entrance, result
        entrance = self.admit(call)
        return entrance, entrance.unguarded(call.flat)

    def find(self, call: Call) -> Entrance:
        """The entrance for a call, which isn't made."""
        present = self.entrances.get(call.layout, ())
        return next((e for e in present if e.serves(call.flat)), None) or self.admit(call)

    def admit(self, call: Call) -> Entrance:
        """A new entrance: to a specialisation that another function object left on the shelf, or to a new one."""
        with self.shelf.lock:
            entrance = self.shared(call) or self.compiled(call)
            self.entrances[call.layout] = (entrance, *self.entrances.get(call.layout, ()))[:LIMIT]
        return entrance

    def shared(self, call: Call) -> Entrance | None:
        known = {e.specialisation for entrances in self.entrances.values() for e in entrances}
        for specialisation in self.shelf.specialisations:
            if specialisation not in known and specialisation.layout == call.layout:
                entrance = Entrance(specialisation, specialisation.roots_for(self.function))
                if entrance.serves(call.flat):
                    return entrance
        return None

    def compiled(self, call: Call) -> Entrance:
        program = compile_call(self.function, call, self.request)
        specialisation = Specialisation(program, call.layout)
        if specialisation.sharable:
            self.shelf.add(specialisation)
        return Entrance(specialisation, program.reading.roots)
