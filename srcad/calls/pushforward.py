"""Generated tangent code at the arguments of a call: a function from their tangents to those of the result."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

from srcad.backends.numpy import compile_source
from srcad.calls.fitting import as_float, fitted, paired
from srcad.calls.guards import Directions
from srcad.calls.pullback import as_it_is, generated_of
from srcad.calls.structures import children, reached, rebuild
from srcad.codegen import Generated
from srcad.compile.program import Program
from srcad.errors import ArgumentError
from srcad.trace.nodes import Fixed, Leaf, Node, Parameter, Path, Tree
from srcad.transform.sweeps.tangent import directions_in

Recover = Callable[[Exception, Sequence[object], Mapping[str, object]], "Pushforward"]
Note = Callable[[Exception], Exception]
PathSteps = tuple[tuple[str, Hashable], ...]


@dataclass(frozen=True)
class TangentCode:
    """Generated tangent code, and how it takes tangents.

    trees     the structure of each differentiated argument; its leaves are numbers of `primals`
    primals   where the differentiated leaves are
    dots      where the code expects their tangents
    plain     for each differentiated argument (its position, the name of its tangent), if all are numbers or arrays
    several   tangents come with a leading axis, one after the other, and with the dtypes of what moves
    recover   what to do after an error of the fast variant: (error, args, kwargs) -> the `Pushforward` of the other
    """

    function: FunctionType
    parameters: tuple[Parameter, ...]
    trees: tuple[Tree, ...]
    primals: tuple[Path, ...]
    dots: tuple[Path, ...]
    plain: tuple[tuple[int, str], ...] | None
    recover: Recover
    note: Note
    careful: bool
    several: bool = False

    def __reduce__(self) -> tuple[object, ...]:
        """By the generated source: the function that it is the derivative of stays behind."""
        rest = self.parameters, self.trees, self.primals, self.dots, self.plain, self.careful, self.several
        return _revived, (generated_of(self.function), dict(_inputs_of(self.function)), *rest)

    def __call__(self, *args: object, **kwargs: object) -> Pushforward:
        return Pushforward(self, args, kwargs)


def _inputs_of(function: FunctionType) -> Iterator[tuple[str, object]]:
    """The globals that a generated function reads, as they were at the last call."""
    generated = generated_of(function)
    known = {"__builtins__", "__name__", *generated.bindings, *generated.helpers}
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if name in function.__globals__ and name not in known and isinstance(value, (int, float, complex, np.ndarray)):
            yield name, value


def _revived(
    generated: Generated,
    inputs: dict[str, object],
    parameters: tuple[Parameter, ...],
    trees: tuple[Tree, ...],
    primals: tuple[Path, ...],
    dots: tuple[Path, ...],
    plain: tuple[tuple[int, str], ...] | None,
    careful: bool,
    several: bool,
) -> TangentCode:
    function = compile_source(generated)
    function.__globals__.update(inputs)
    return TangentCode(function, parameters, trees, primals, dots, plain, _let_out, as_it_is, careful, several)


def _let_out(error: Exception, _args: Sequence[object], _kwargs: Mapping[str, object]) -> Pushforward:
    raise error


def tangent_code(
    function: FunctionType, program: Program, recover: Recover, note: Note, careful: bool = False
) -> TangentCode:
    """The generated function of a program for tangents."""
    reading, (primals, dots) = program.reading, _places(program)
    parameters = program.primal.parameters
    names = [p.name for p in parameters]
    straight = directions(program)
    plain = None if straight is None else tuple((names.index(name), dot) for name, dot in straight.beside.items())
    several = program.request.kind in ("tangents", "hvps")
    return TangentCode(function, parameters, reading.wrt_trees, primals, dots, plain, recover, note, careful, several)


def directions(program: Program) -> Directions | None:
    """How the tangents go straight into the generated code, if there is nothing to take apart."""
    reading, (trace,) = program.reading, program.traces
    primals, dots = _places(program)
    plain = {p.name for p in program.primal.parameters if p.kind == "plain"}
    if len(set(primals)) != len(reading.wrt_trees) or any(path.steps or path.root not in plain for path in primals):
        return None
    if not all(isinstance(tree, Leaf) for tree in reading.wrt_trees):
        return None
    return Directions(trace.parameters, {path.root: dot.root for path, dot in zip(primals, dots, strict=True)})


def _places(program: Program) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Where the differentiated leaves are, and where the code expects their tangents."""
    reading, (trace,) = program.reading, program.traces
    primals = tuple(program.primal.inputs[k].path for k in reading.wrt)
    beside = dict(zip(dict.fromkeys(primals), (entry.path for entry in directions_in(trace)), strict=True))
    return primals, tuple(beside[path] for path in primals)


@dataclass(frozen=True)
class Pushforward:
    """Tangents of the differentiated arguments, a tuple -> what the tangent code returns."""

    code: TangentCode
    args: tuple[object, ...]
    kwargs: Mapping[str, object]

    def __call__(self, tangents: Sequence[object]) -> Any:
        code, dots = self.code, self.placed(tangents)
        try:
            return code.function(*self.args, **self.kwargs, **dots)
        except Exception as error:
            if code.careful:
                raise code.note(error) from None
            other = code.recover(error, self.args, self.kwargs)
            return other.code(*self.args, **self.kwargs).run(dots)

    def frozen(self) -> Pushforward:
        """This pushforward at these very arguments, whatever becomes of them and of the globals of the function."""
        function = self.code.function
        names = {name: copied(value) for name, value in function.__globals__.items() if not name.startswith("__")}
        own = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
        own.__kwdefaults__ = function.__kwdefaults__
        own.__dict__.update(function.__dict__)
        args, kwargs = tuple(map(copied, self.args)), {k: copied(v) for k, v in self.kwargs.items()}
        return Pushforward(replace(self.code, function=own), args, kwargs)

    def run(self, dots: Mapping[str, object]) -> Any:
        """The result for tangents that are in their places."""
        try:
            return self.code.function(*self.args, **self.kwargs, **dots)
        except Exception as error:
            raise self.code.note(error) from None

    def placed(self, tangents: Sequence[object]) -> dict[str, object]:
        """The tangents as the generated function takes them: fitted to the arguments, in its parameters."""
        code = self.code
        if code.several:
            both = zip(code.trees, tangents, strict=True)
            return nested({code.dots[k]: dots for tree, given in both for k, dots, _ in paired(tree, given, "")})
        if code.plain is not None and len(code.plain) == len(tangents):
            pairs = zip(code.plain, tangents, strict=True)
            return {name: quickly_fitted(self.args[k], dot) for (k, name), dot in pairs}
        names = by_name(code.parameters, self.args, self.kwargs)
        values: dict[Path, object] = {}
        for tree, given in zip(code.trees, tangents, strict=True):
            for k, dot, where in paired(tree, given, "the tangent"):
                values[code.dots[k]] = fitted(
                    reached(names[code.primals[k].root], code.primals[k].steps), dot, where, as_float
                )
            refuse_superfluous(tree, given)
        return nested(values)


def copied(value: object) -> object:
    """Containers with copies of the arrays in them."""
    if isinstance(value, np.ndarray):
        return value.copy()
    parts = children(value)
    return value if not parts else rebuild(value, [copied(part) for part in parts])


def by_name(parameters: Sequence[Parameter], args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
    """What each parameter is bound to in a call."""
    plain = [p.name for p in parameters if p.kind == "plain"]
    names = dict(zip(plain, args, strict=False))
    rest = {k: v for k, v in kwargs.items() if k not in {p.name for p in parameters if p.kind == "keyword"}}
    for p in parameters:
        if p.kind == "*":
            names[p.name] = tuple(args[len(plain) :])
        elif p.kind == "**":
            names[p.name] = rest
        elif p.kind == "keyword":
            names[p.name] = kwargs.get(p.name, p.default)
    return names


def quickly_fitted(primal: object, dot: object) -> object:
    """A tangent fitted to a number or an array: most fit as they are."""
    if type(dot) is float and type(primal) is float:
        return dot
    if (
        type(dot) is np.ndarray
        and type(primal) is np.ndarray
        and dot.dtype == primal.dtype
        and dot.shape == primal.shape
    ):
        return dot
    return fitted(primal, dot, "the tangent", as_float)


def refuse_superfluous(tree: Tree, given: object) -> None:
    """A tangent for what has none: an int, a string."""
    match tree:
        case Fixed() if any(True for _ in leaves_of(given)):
            raise ArgumentError(f"the tangent {given!r} is given for an argument that has none", do="give None")
        case Node(_, parts) if given is not None:
            for child, part in zip(parts, children(given) or (), strict=False):
                refuse_superfluous(child, part)


def leaves_of(tangent: object) -> Iterator[object]:
    """What moves in a tangent."""
    parts = None if type(tangent) in (float, np.ndarray) else children(tangent)
    if parts is None and tangent is not None:
        yield tangent
    for part in parts or ():
        yield from leaves_of(part)


def nested(values: Mapping[Path, object]) -> dict[str, object]:
    """Values by their paths, as containers in which these paths find them."""
    roots: dict[str, dict[PathSteps, object]] = {}
    for path, value in values.items():
        roots.setdefault(path.root, {})[path.steps] = value
    return {root: _container(below) for root, below in roots.items()}


def _container(below: Mapping[PathSteps, object]) -> object:
    """Steps as what they step into: items as those of a dict, attributes as those of an object."""
    if () in below:
        return below[()]
    parts: dict[tuple[str, Hashable], dict[PathSteps, object]] = {}
    for (first, *rest), value in below.items():
        parts.setdefault(first, {})[tuple(rest)] = value
    inner = {key: _container(part) for (_, key), part in parts.items()}
    attributes = any(kind == "attr" for kind, _ in parts)
    return SimpleNamespace(**{str(key): value for key, value in inner.items()}) if attributes else inner


__all__ = ["Pushforward", "directions", "tangent_code"]
