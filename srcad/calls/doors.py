"""Doors: the guards of a specialisation that is one kernel, checked in C, and the kernel called with what they find.

    enter(a0, a1)    ->    door: a0 is an array of float64, `np` is numpy; kernel(a0, a1); (result 0, result 1)

A door only opens where `enter`, which stands behind it, would have gone on; that is asked wherever a test doesn't hold
or the kernel fails. There is no door where a guard is of a kind that is left to Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from srcad.calls.guards import LIBRARIES, PYTHON_NAMES, SINGLETONS
from srcad.frontend.core.guards import (
    NOTHING,
    CodeGuard,
    Guard,
    IdentityGuard,
    NameGuard,
    SameGuard,
    StructureGuard,
    TypeGuard,
    ValueGuard,
)
from srcad.frontend.core.roots import CellItselfRoot, CellRoot, GlobalRoot, PartialRoot, Root, SelfRoot
from srcad.native.build import door
from srcad.native.outline import kernel_of
from srcad.trace.dims import Dim, Promise, Symbol, length_of
from srcad.trace.nodes import Const, Fixed, Leaf, Node, Parameter, Path, Trace, Tree, Var
from srcad.trace.types import Scalar, Type, Undefined

Function = Callable[..., Any]
DoorTest = tuple[str, int, int, int, int, object, object, tuple[int, ...]]
DoorStep = tuple[str, int, object]

PLACES, SYMBOLS = 128, 32  # as many as door.h has room for
PYTHON_TYPES = {"float": float, "int": int, "bool": bool, "complex": complex}
PLAIN = (float, int, bool, str)
CONTAINERS = {"list": list, "tuple": tuple, "dict": dict}


class LeftToPython(Exception):  # noqa: N818 - an answer, not an error
    """What a door can't check, or can't do."""


@dataclass(frozen=True)
class Lock:
    """What a door checks: guards, promises, the code that the function must have, and where free roots are found."""

    parameters: Sequence[Parameter]
    guards: Sequence[Guard]
    promises: Sequence[Promise]
    roots: dict[str, Root]
    code: CodeType | None
    own: object


def door_of(lock: Lock, trace: Trace, enter: Function) -> Function:
    """The door for a trace that is one kernel; `enter` itself where there is none."""
    if len(trace.body.equations) != 1 or (kernel := kernel_of(trace.body.equations[0])) is None:
        return enter
    try:
        writer = _DoorWriter(lock)
        writer.check()
        inputs, output = writer.wiring(trace)
    except LeftToPython:
        return enter
    if len(writer.places) > PLACES or len(writer.symbols) > SYMBOLS or len(output) > PLACES:
        return enter
    sizes = len(lock.parameters), len(writer.places), len(writer.symbols)
    return door(enter, kernel.function, *sizes, tuple(writer.tests), inputs, output)


@dataclass
class _DoorWriter:
    """Writes the tests: every path is fetched once, a container before what is in it."""

    lock: Lock
    tests: list[DoorTest] = field(default_factory=list)
    places: dict[Path, int] = field(default_factory=dict)
    symbols: dict[Symbol, int] = field(default_factory=dict)
    waiting: list[tuple[int, int, Dim]] = field(default_factory=list)

    def check(self) -> None:
        """Tests of all guards and promises."""
        for k, parameter in enumerate(self.lock.parameters):
            self.places[Path(parameter.name)] = k
        if self.lock.code is not None:
            self.test("own code", object=self.lock.own, key=self.lock.code)
        for name, root in self.lock.roots.items():
            self.root(Path(name), root)
        for guard in sorted(self.lock.guards, key=lambda g: len(g.path.steps)):
            self.guard(guard)
        if self.waiting:
            raise LeftToPython
        for one in self.lock.promises:
            self.test("zero" if one.zero else "holds", sum=self.sum(one.dim))

    def test(
        self,
        name: str,
        place: int = 0,
        axis: int = 0,
        symbol: int = 0,
        number: int = 0,
        object: object = None,
        key: object = None,
        sum: tuple[int, ...] = (),
    ) -> None:
        self.tests.append((name, place, axis, symbol, number, object, key, sum))

    # ---- places

    def fresh(self, path: Path) -> int:
        """A new place, for what is found at a path."""
        return self.places.setdefault(path, len(self.places))

    def root(self, path: Path, root: Root) -> None:
        match root:
            case GlobalRoot(names, name):
                self.test("global", self.fresh(path), object=names, key=name)
            case CellRoot(cell):
                self.test("cell", self.fresh(path), object=cell)
            case CellItselfRoot() | SelfRoot() | PartialRoot():
                self.test("fixed", self.fresh(path), object=root())
            case _:
                raise LeftToPython

    def place(self, path: Path) -> int:
        if path not in self.places:
            if not path.steps:
                raise LeftToPython
            *before, (kind, key) = path.steps
            owner = self.place(Path(path.root, tuple(before)))
            self.test("attribute" if kind == "attr" else "item", self.fresh(path), symbol=owner, key=key)
        return self.places[path]

    # ---- guards

    def guard(self, guard: Guard) -> None:
        match guard:
            case NameGuard(owner, name, value):
                self.name(owner if isinstance(owner, dict) else vars(owner), name, value)
            case CodeGuard(function, code, defaults, keyword_defaults):
                self.test("code", object=function, key=code)
                if defaults:
                    self.test("defaults", object=function, key=defaults)
                if keyword_defaults:
                    self.test("keyword defaults", object=function, key=keyword_defaults)
            case StructureGuard() if guard.kind in (*CONTAINERS, "namedtuple", "instance"):
                self.structure(self.place(guard.path), guard)
            case TypeGuard(path, wanted, layout, writeable):
                self.type(self.place(path), wanted)
                self.layout(self.place(path), layout, writeable)
            case ValueGuard(path, value):
                self.value(self.place(path), value)
            case IdentityGuard(path, wanted_object):
                self.identity(self.place(path), wanted_object)
            case SameGuard(path, other):
                self.test("same", self.place(path), symbol=self.place(other))
            case _:
                raise LeftToPython

    def name(self, names: object, name: str, value: object) -> None:
        if value is NOTHING:
            self.test("no name", object=names, key=name)
        else:
            self.test("name", object=(names, value), key=name)

    def structure(self, place: int, guard: StructureGuard) -> None:
        cls = guard.cls or CONTAINERS.get(guard.kind)
        if cls is not None:
            self.test("type", place, object=cls)
        if guard.kind == "dict":
            if cls is None or not issubclass(cls, dict):
                raise LeftToPython
            self.test("keys", place, object=tuple(guard.keys))
        elif guard.kind != "instance":
            self.test("length", place, number=len(guard.keys))

    def identity(self, place: int, wanted: object) -> None:
        self.test("is", place, object=wanted)
        if isinstance(wanted, FunctionType) and not str(wanted.__module__).startswith(LIBRARIES):
            self.test("code", object=wanted, key=wanted.__code__)
            if wanted.__defaults__ is not None:
                self.test("defaults", object=wanted, key=wanted.__defaults__)

    def value(self, place: int, value: object) -> None:
        if any(value is single for single in SINGLETONS):
            self.test("is", place, object=value)
        elif type(value) in (int, str):
            self.test("type", place, object=type(value))
            self.test("equals", place, object=value)
        else:
            raise LeftToPython

    def layout(self, place: int, layout: str | tuple[int, ...] | None, writeable: bool | None) -> None:
        if layout in ("C", "F"):
            self.test("contiguous" if layout == "C" else "fortran", place)
        elif isinstance(layout, tuple):
            self.test("strides", place, sum=layout)
        if writeable is not None:
            self.test("writeable", place, number=int(writeable))

    def type(self, place: int, wanted: Type) -> None:
        if isinstance(wanted, Scalar):
            self.scalar(place, wanted)
        elif wanted.is_array:
            assert wanted.dims is not None
            self.test("array", place, number=len(wanted.dims), object=np.dtype(wanted.dtype))
            for axis, dim in enumerate(wanted.dims):
                self.dim(place, axis, dim)
        elif not isinstance(wanted, Undefined) and wanted.is_opaque:
            raise LeftToPython

    def scalar(self, place: int, wanted: Scalar) -> None:
        kind = PYTHON_TYPES[PYTHON_NAMES[wanted.dtype]] if wanted.python else np.dtype(wanted.dtype).type
        self.test("type", place, object=kind)
        if kind is int and not wanted.wide:
            self.test("range", place, axis=-1, number=wanted.width - 1)
        if wanted.length is not None:
            if kind is not int:
                raise LeftToPython
            self.dim(place, -1, wanted.length)

    # ---- lengths

    def dim(self, place: int, axis: int, dim: Dim) -> None:
        """That a length, or an int, is what its dim says; where a symbol is seen first, it is what makes it so."""
        if not dim.known:
            return
        symbols = [symbol for symbol in dict.fromkeys(dim.symbols()) if symbol not in self.symbols]
        if len(symbols) > 1:
            self.waiting.append((place, axis, dim))
        elif symbols:
            self.solve(place, axis, dim, symbols[0])
        else:
            self.test("fits", place, axis, sum=self.sum(dim))

    def solve(self, place: int, axis: int, dim: Dim, symbol: Symbol) -> None:
        solved = dim.solved(symbol)
        if solved is None:
            self.waiting.append((place, axis, dim))
            return
        coefficient, rest = solved
        rest_sum = self.sum(rest)
        number = self.symbols[symbol] = len(self.symbols)
        if dim == length_of(symbol):
            least = -(2**63) if symbol.least is None else symbol.least
            self.test("symbol", place, axis, number, least)
        else:
            self.test("solved", place, axis, number, coefficient, sum=rest_sum)
            self.test("fits", place, axis, sum=self.sum(dim))
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            self.dim(*one)

    def sum(self, dim: Dim) -> tuple[int, ...]:
        """A dim as door.h reads it."""
        parts = [dim.offset]
        for monomial, coefficient in dim.terms:
            numbers = [self.symbols[s] if isinstance(s, Symbol) and s in self.symbols else -1 for s in monomial]
            if -1 in numbers:
                raise LeftToPython
            parts += [coefficient, len(numbers), *numbers]
        return tuple(parts)

    # ---- from places to results

    def wiring(self, trace: Trace) -> tuple[tuple[int, ...], tuple[DoorStep, ...]]:
        """The places that the kernel takes, and how its results are put together."""
        (call,) = trace.body.equations
        places = {entry.var: self.place(entry.path) for entry in trace.inputs}
        inputs = [places.get(atom, -1) if isinstance(atom, Var) else -1 for atom in call.operands[1:]]
        if -1 in inputs:
            raise LeftToPython
        made = {var: k for k, var in enumerate(call.results)}
        sources: list[DoorStep] = []
        for atom in trace.body.results:
            if isinstance(atom, Const) and isinstance(atom.type, Scalar) and type(atom.value) in PLAIN:
                sources.append(("constant", 0, atom.value))
            elif isinstance(atom, Var) and atom in made:
                sources.append(("result", made[atom], None))
            elif isinstance(atom, Var) and isinstance(atom.type, Scalar) and atom in places:
                sources.append(("argument", places[atom], None))
            else:
                raise LeftToPython
        return tuple(inputs), tuple(_steps(trace.output, sources))


def _steps(tree: Tree, sources: Sequence[DoorStep]) -> list[DoorStep]:
    match tree:
        case Leaf(index):
            return [sources[index]]
        case Fixed(value) if value is None or type(value) in PLAIN:
            return [("constant", 0, value)]
        case Node(kind, parts, keys, cls) if kind in CONTAINERS and cls in (None, CONTAINERS[kind]):
            steps = [step for part in parts for step in _steps(part, sources)]
            return [*steps, (kind, len(parts), tuple(keys))]
    raise LeftToPython
