"""A derivative compiles itself for the types that it meets, and keeps what it compiled.

A `Specialisation` is the generated code for one combination of argument types. It knows no function object, only code:
so a lambda that is made anew in each round of a loop is compiled once. An `Entrance` is a specialisation with the
globals, closure cells and `self` of one function object: what a call goes through.
"""

from __future__ import annotations

import functools
import inspect
import threading
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import CodeType, FunctionType, MethodType
from typing import Any

from srcad.analysis.writes import disjoint_inputs
from srcad.backends import BACKENDS, kind_of
from srcad.calls.arguments import Binder
from srcad.calls.doors import Lock, door_of
from srcad.calls.guards import MISS, compile_entry
from srcad.calls.programs import program_of
from srcad.calls.pullback import forward_and_pullback
from srcad.calls.pushforward import Pushforward, TangentCode, copied, directions, tangent_code
from srcad.calls.tracebacks import raised_at
from srcad.codegen import Generated
from srcad.compile.program import Program, bugs_reported
from srcad.compile.requests import Call, Request
from srcad.compile.results import check_value, result_span
from srcad.errors import Span, SrcadError
from srcad.frontend.core.reading import derivation
from srcad.frontend.core.roots import layers, rebinding
from srcad.frontend.core.source import is_function
from srcad.trace.nodes import Parameter

Function = Callable[..., object]
Roots = dict[str, Function]

LIMIT = 256  # specialisations of one function for one request; the oldest makes room

ARITHMETIC_ERRORS = (ArithmeticError, ValueError)  # what Python raises where NumPy returns inf or nan


class Specialisation:
    """Generated code for one combination of argument types. `layout`: see `Call`."""

    def __init__(self, program: Program, layout: tuple[Hashable, ...], function: Function) -> None:
        reading = program.reading
        self.program = replace(program, reading=replace(reading, roots={}))  # which would keep the function alive
        self.layout = layout
        free = {entry.path.root for trace in program.traces for entry in trace.inputs if entry.free}
        self.bound = {name for one in self.program.generated for name in one.bindings}  # what it means by a name
        self.bound |= reading.roots.keys() - free  # a function of the user's that is called `np`, or `len`, say
        read = set().union(*(names_of(function.__code__) for function in self.fast)) - self.bound
        self.disjoint = [(one.path, other.path) for one, other in disjoint_inputs(reading.trace)]
        ways = directions(program) if program.request.kind in ("tangent", "hvp") else None
        roots, parameters = tuple(reading.roots), reading.trace.parameters
        self.common: Entrance | None = None  # without free roots, one serves all that are made anew of the same code
        self.code = code_of(function)
        guards, promises = reading.guards, program.promises
        self.entry = compile_entry(parameters, guards, roots, read, self.disjoint, ways, promises, self.code)
        self.rebindings = {name: rebinding(root, function) for name, root in reading.roots.items()}

    @cached_property
    def fast(self) -> tuple[FunctionType, ...]:
        return tuple(map(self.compiled, self.program.generated))

    @cached_property
    def careful(self) -> tuple[FunctionType, ...]:
        return tuple(map(self.compiled, self.program.careful)) if self.can_rerun else self.fast

    def compiled(self, generated: Generated) -> FunctionType:
        """The function by the back end that was asked for."""
        return BACKENDS[kind_of(self.program.request.backend)](generated)

    def entrance(self, function: Function) -> Entrance:
        """The entrance for a function object with the same code."""
        if self.common is not None:
            self.common.origin = originated(function)
            return self.common
        entrance = Entrance(self, {name: rebind(function) for name, rebind in self.rebindings.items()}, function)
        if not self.rebindings and code_of(function) is None:
            self.common = entrance
        return entrance

    @property
    def source(self) -> str:
        return self.program.source

    @property
    def can_rerun(self) -> bool:
        return not self.program.has_effects

    def place_of(self, error: BaseException) -> Span | None:
        """The user's line that generated the line where an error was raised."""
        lines = dict(self.lines(self.fast, self.program.generated))
        if "careful" in self.__dict__:
            lines.update(self.lines(self.careful, self.program.careful))
        place, frame = None, error.__traceback__
        while frame is not None:
            place = lines.get(frame.tb_frame.f_code.co_filename, {}).get(frame.tb_lineno, place)
            frame = frame.tb_next
        return place

    @staticmethod
    def lines(
        functions: Sequence[FunctionType], generated: Sequence[Generated]
    ) -> Iterator[tuple[str, Mapping[int, Span]]]:
        """(name of the generated file, generated line -> the user's) of each function."""
        for function, one in zip(functions, generated, strict=True):
            yield function.__code__.co_filename, one.lines


class Entrance:
    """A specialisation for one function object."""

    def __init__(self, specialisation: Specialisation, roots: Roots, function: Function) -> None:
        self.specialisation = specialisation
        self.origin = originated(function)
        self.roots = roots
        self.namespaces, self.call = self.load(specialisation.fast)
        entry = specialisation.entry
        fetches = {f"fetch{k}": roots[name] for k, name in enumerate(entry.roots)}
        own: dict[str, object] = {"call": self.call, "rescue": self.rescue, "namespaces": self.namespaces}
        own["own"] = weakref.ref(layers(function)[-1]) if code_of(function) is not None else None
        names = {**entry.constants, **fetches, **own}
        enter = FunctionType(entry.enter, names)
        self.enter: Callable[..., Any] = self.door(enter, own["own"])
        self.has_door = self.enter is not enter
        self.predicate: Function = FunctionType(entry.serves, names)
        self.push: Callable[..., Any] = missed
        if entry.push is not None and isinstance(self.call, TangentCode):
            self.push = FunctionType(entry.push, {**names, "apply": self.call.function, "retry": self.retry})

    def door(self, enter: FunctionType, own: object) -> Callable[..., Any]:
        """`enter`, or a door of C's in front of it where a call is that of one kernel."""
        specialisation, program = self.specialisation, self.specialisation.program
        trace = program.compiled if kind_of(program.request.backend) == "native" else None
        if trace is None or specialisation.disjoint or program.request.directed or program.checked:
            return enter
        reading, code = program.reading, specialisation.code
        lock = Lock(reading.trace.parameters, reading.guards, program.promises, self.roots, code, own)
        return door_of(lock, trace, enter)

    @property
    def count(self) -> int:
        """How many positional arguments make a call that `enter` takes as it is; -1: no number does."""
        parameters = self.specialisation.program.primal.parameters
        plain = self.specialisation.layout == () and all(p.kind == "plain" for p in parameters)
        return len(parameters) if plain else -1

    def serves(self, flat: tuple[object, ...]) -> bool:
        return self.predicate(*flat) is True

    def load(self, generated: Sequence[FunctionType]) -> tuple[list[dict[str, object]], Function]:
        """The generated functions with globals of our own: these globals, and the function that a call calls."""
        program, functions = self.specialisation.program, [_with_own_globals(f) for f in generated]
        namespaces = [function.__globals__ for function in functions]
        if program.request.kind == "pullback":
            return namespaces, forward_and_pullback(functions[0], functions[1], program.primal, self.note)
        if program.request.directed:
            careful = generated is not self.specialisation.fast
            return namespaces, tangent_code(functions[0], program, self.recover, self.note, careful)
        return namespaces, _checked(functions[0], program) if program.checked else functions[0]

    def refresh(self, namespaces: list[dict[str, object]]) -> None:
        """Let the generated functions see what the free roots are now."""
        found = {name: fetch() for name, fetch in self.roots.items() if name not in self.specialisation.bound}
        for namespace in namespaces:
            namespace.update(found)

    @cached_property
    def careful_call(self) -> Function:
        namespaces, call = self.load(self.specialisation.careful)

        def careful(*args: object, **kwargs: object) -> object:
            self.refresh(namespaces)
            return call(*args, **kwargs)

        return careful

    def rescue(self, error: Exception, flat: tuple[object, ...]) -> Any:
        """After an error in the fast variant: run the careful one, or let the user's error out with a note."""
        args, kwargs = spread(self.specialisation.program.primal.parameters, flat)
        return self.recover(error, args, kwargs)

    def retry(self, error: Exception, flat: tuple[object, ...], dots: list[object]) -> object:
        """After an error in a call with tangents: the careful variant's result, or the user's error with a note."""
        pushforward: Pushforward = self.rescue(error, flat)
        return pushforward(dots)

    def recover(self, error: Exception, args: Sequence[object], kwargs: Mapping[str, object]) -> Any:
        """After an error of the generated function: what the program raises; else the careful variant's result.

        What that raises is an error of the derivative alone, and gets a note.
        """
        if isinstance(error, SrcadError) or self.specialisation.program.acts:
            raise self.note(error)
        own = self.raised(args, kwargs)
        if own is not None:
            raise self.located(own) from None
        if isinstance(error, ARITHMETIC_ERRORS) and self.specialisation.can_rerun:
            try:
                return self.careful_call(*args, **kwargs)
            except Exception as again:
                raise self.note(again) from None
        raise self.note(error)

    def raised(self, args: Sequence[object], kwargs: Mapping[str, object]) -> Exception | None:
        """What the program itself raises for these arguments, in which nothing is changed."""
        function = self.origin()
        if function is None:
            return None
        try:
            function(*map(copied, args), **{name: copied(value) for name, value in kwargs.items()})
        except Exception as error:
            return error
        return None

    def located(self, error: Exception) -> Exception:
        """An error that the program has raised, with the place."""
        span = raised_at(error)
        if span is not None:
            error.add_note(f"in the derivative of {self.specialisation.program.primal.name}, from {span.show()}")
        return error

    def note(self, error: Exception) -> Exception:
        """The user's error, with the user's line."""
        place = None if isinstance(error, SrcadError) else self.specialisation.place_of(error)
        if place is not None:
            name = self.specialisation.program.primal.name
            error.add_note(f"in the derivative of {name}, from {place.show()}")
        return error

    def unguarded(self, flat: tuple[object, ...]) -> Any:
        """The result of the call that this was compiled for."""
        result = self.enter(*flat)
        if result is not MISS:
            return result
        self.refresh(self.namespaces)
        args, kwargs = spread(self.specialisation.program.primal.parameters, flat)
        try:
            return self.call(*args, **kwargs)
        except Exception as error:
            return self.rescue(error, flat)


def originated(function: Function) -> Callable[[], Function | None]:
    """How to find the function again; a plain one isn't kept alive."""
    return weakref.ref(function) if is_function(function) else lambda: function


def code_of(function: Function) -> CodeType | None:
    """The code that a call of a function, a bound method or a partial of it runs, if it may get other code.

    What is made within a call is never reloaded: it is made anew.
    """
    plain = layers(function)[-1]
    return plain.__code__ if isinstance(plain, FunctionType) and "<locals>" not in plain.__qualname__ else None


def missed(*_args: object) -> Any:
    """Stands for an entrance where there is none yet."""
    return MISS


def names_of(code: CodeType) -> set[str]:
    """All names in code and the functions in it: more than the globals that it reads."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(names_of, inner))


def _with_own_globals(function: FunctionType) -> FunctionType:
    copy = FunctionType(function.__code__, dict(function.__globals__), function.__name__, function.__defaults__)
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__qualname__ = function.__qualname__
    copy.__dict__.update(function.__dict__)
    return copy


def _checked(function: Callable[..., tuple[Any, object]], program: Program) -> Function:
    """Where types don't say that the result is a scalar: look at the value, which comes first."""
    request, primal = program.request, program.primal
    span = result_span(primal, primal.output)

    def call(*args: object, **kwargs: object) -> object:
        value, gradient = function(*args, **kwargs)
        result, *aux = value if request.has_aux else (value,)
        check_value(primal.name, result, span)
        if request.value:
            return value, gradient
        return (gradient, *aux) if request.has_aux else gradient

    return call


def spread(parameters: Sequence[Parameter], flat: Sequence[object]) -> tuple[list[object], dict[str, object]]:
    """One value for each parameter, as positional and keyword arguments."""
    args: list[object] = []
    kwargs: dict[str, object] = {}
    for parameter, value in zip(parameters, flat, strict=True):
        match parameter.kind, value:
            case "plain", _:
                args.append(value)
            case "*", tuple():
                args.extend(value)
            case "**", dict():
                kwargs.update(value)
            case _:
                kwargs[parameter.name] = value
    return args, kwargs


# ---- finding the specialisation of a call


class Shelf:
    """The specialisations of one code for one request, newest first."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.specialisations: tuple[Specialisation, ...] = ()

    def add(self, specialisation: Specialisation) -> None:
        self.specialisations = (specialisation, *self.specialisations)[:LIMIT]


_SHELVES: weakref.WeakKeyDictionary[CodeType, dict[Hashable, Shelf]] = weakref.WeakKeyDictionary()
_SHELVES_LOCK = threading.Lock()


def shelf_for(function: Function, request: Request) -> Shelf:
    """The shelf that all function objects with this code share; one of its own for what has no code."""
    *outer, plain = layers(function)
    if not is_function(plain) or hasattr(plain, "__wrapped__"):
        return Shelf()
    code = plain.__code__
    key = (code.co_filename, id(plain.__globals__), tuple(map(_kind, outer)), request)
    with _SHELVES_LOCK:
        return _SHELVES.setdefault(code, {}).setdefault(key, Shelf())


def _kind(layer: object) -> tuple[Hashable, ...] | None:
    return (len(layer.args), *layer.keywords) if isinstance(layer, functools.partial) else None


def entered(function: Function) -> Function:
    """The method that a call of an instance enters; a function itself, and one with rules of its own."""
    if getattr(type(function), "__srcad_rules__", False):
        return function
    call = inspect.getattr_static(type(function), "__call__", None)
    return MethodType(call, function) if isinstance(call, FunctionType) and derivation(function) is None else function


_SPECIALISERS: weakref.WeakKeyDictionary[Function, dict[Request, Specialiser]] = weakref.WeakKeyDictionary()


def specialiser_for(function: Function, request: Request) -> Specialiser:
    """The specialiser of a function that stays alive; else a new one."""
    if not is_function(function) and derivation(function) is None:
        return Specialiser(function, request)
    known = _SPECIALISERS.setdefault(function, {})
    if request not in known:
        known[request] = Specialiser(function, request, weak=True)
    return known[request]


Kinds = tuple[type, ...]
Pushing = tuple[Callable[..., Any], tuple[int, ...]]

_PUSHES: weakref.WeakKeyDictionary[Function, dict[tuple[Kinds, str], Pushing]] = weakref.WeakKeyDictionary()


def known_push(function: Function, kinds: Kinds, backend: str) -> Pushing:
    """The `push` of the last call with tangents of these types, one for each argument, and which of them it takes."""
    known = _PUSHES.get(function) if type(function) is FunctionType else None
    return _NO_PUSH if known is None else known.get((kinds, backend), _NO_PUSH)


def remember_push(function: Function, kinds: Kinds, moving: tuple[int, ...], entrance: Entrance) -> None:
    """For `known_push`; a push that has missed this call may serve the next one."""
    if type(function) is FunctionType and entrance.count == len(kinds):
        backend = entrance.specialisation.program.request.backend
        _PUSHES.setdefault(function, {})[kinds, backend] = entrance.push, moving


_NO_PUSH: Pushing = (missed, ())


def _none() -> FunctionType | None:
    """In the place of a reference to a function where there is none."""
    return None


class Specialiser:
    """Finds the entrance for a call of one function object, compiling what is missing.

    With `weak`, it doesn't keep the function alive.
    """

    def __init__(self, function: Function, request: Request, weak: bool = False) -> None:
        own = entered(function)
        self._function = weakref.ref(own) if weak else lambda: own
        self._given = self._function if weak else lambda: function
        self.request = request
        self._start()

    def _start(self) -> None:
        given, own = self._given(), self.function
        assert given is not None
        plain = layers(own)[-1]
        self._plain = weakref.ref(plain) if isinstance(plain, FunctionType) else _none
        self._made_of = (plain.__code__, plain.__defaults__) if isinstance(plain, FunctionType) else (None, None)
        self._binder = Binder(given)
        self.shelf = shelf_for(own, self.request)
        self.entrances: dict[tuple[Hashable, ...], tuple[Entrance, ...]] = {}

    @property
    def binder(self) -> Binder:
        """How arguments are laid out. Where the function has new code or defaults, all begins anew."""
        plain = self._plain()
        if plain is not None:
            code, defaults = self._made_of
            if plain.__code__ is not code or plain.__defaults__ is not defaults:
                self._start()
        return self._binder

    @property
    def function(self) -> Function:
        function = self._function()
        assert function is not None
        return function

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
        return self.present(call) or self.admit(call)

    def present(self, call: Call) -> Entrance | None:
        return next((e for e in self.entrances.get(call.layout, ()) if e.serves(call.flat)), None)

    def admit(self, call: Call) -> Entrance:
        """A new entrance: to a specialisation that another function object left on the shelf, or to a new one."""
        with self.shelf.lock:
            entrance = self.present(call)  # another thread may have been faster
            if entrance is None:
                entrance = self.shared(call) or self.compiled(call)
                self.entrances[call.layout] = (entrance, *self.entrances.get(call.layout, ()))[:LIMIT]
        return entrance

    def shared(self, call: Call) -> Entrance | None:
        known = {e.specialisation for entrances in self.entrances.values() for e in entrances}
        for specialisation in self.shelf.specialisations:
            if specialisation not in known and specialisation.layout == call.layout:
                entrance = specialisation.entrance(self.function)
                if entrance.serves(call.flat):
                    return entrance
        return None

    def compiled(self, call: Call) -> Entrance:
        program = program_of(self.function, call, self.request)
        with bugs_reported("generating code", program.traces[-1]):
            specialisation = Specialisation(program, call.layout, self.function)
            entrance = specialisation.entrance(self.function)
        self.shelf.add(specialisation)
        return entrance
