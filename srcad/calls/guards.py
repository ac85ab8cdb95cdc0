"""Whether a specialisation serves a call: its guards, compiled into straight-line Python.

The predicate and the call stand in one function, `enter(a0, a1, ...)`, as this is what every call pays for:

    def enter(a0, a1):
        try:
            p1 = a0['W']
            if not (type(a0) is dict and len(a0) == 1 ...): return MISS
            ...
        except _LOOKUP_ERRORS:
            return MISS
        for names in namespaces:
            names['scale'] = r0
        try:
            return call(a0, a1)
        except Exception as error:
            return rescue(error, (a0, a1))

Where tangents of plain arguments go straight into tangent code, `push(a0, a1, d0)` stands beside it: it also checks
that each tangent fits its argument as it is, and calls that code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType

import numpy as np

from srcad.calls.structures import reached
from srcad.errors import ArgumentError
from srcad.frontend.core.guards import (
    NOTHING,
    CodeGuard,
    Guard,
    IdentityGuard,
    ListGuard,
    NameGuard,
    SameGuard,
    StructureGuard,
    TypeGuard,
    ValueGuard,
)
from srcad.trace.dims import Dim, Factor, Promise, Symbol, length_of
from srcad.trace.fields import fields_of
from srcad.trace.nodes import Parameter, Path
from srcad.trace.types import PYTHON, Array, Scalar, TupleOf, Type, Undefined, join, type_of

MISS = object()  # what `enter` returns when a guard doesn't hold

PYTHON_NAMES = {"float64": "float", "int64": "int", "bool": "bool", "complex128": "complex"}
LIBRARIES = ("numpy", "scipy")  # whose functions nobody changes
SINGLETONS = (None, True, False, Ellipsis, NotImplemented)


@dataclass(frozen=True)
class Entry:
    """The compiled form: code of `enter` and of the predicate alone, the constants and free roots they refer to.

    `push`: code of the call with tangents, where there is one.
    """

    source: str
    enter: CodeType
    serves: CodeType
    constants: dict[str, object]
    roots: tuple[str, ...]
    push: CodeType | None = None


@dataclass(frozen=True)
class Directions:
    """How tangent code takes tangents of plain arguments: its parameters, and the name of the tangent of each argument.

    The tangents come in the order of `beside`, whose keys are names of arguments.
    """

    parameters: tuple[Parameter, ...]
    beside: dict[str, str]


def compile_entry(
    parameters: Sequence[Parameter],
    guards: Sequence[Guard],
    roots: Sequence[str],
    read: Collection[str] | None = None,
    disjoint: Sequence[tuple[Path, Path]] = (),
    directions: Directions | None = None,
    promises: Sequence[Promise] = (),
    code: CodeType | None = None,
) -> Entry:
    """`enter` for a function with these parameters, whose free roots are these.

    `read`: the roots that the generated code reads, and must be told (else all); the others are only guarded.
    `disjoint`: what must not share memory, as the program writes to one of them; such a call is refused.
    `directions`: how `push` is to pass tangents on. `promises`: what must be so of lengths beside the guards.
    `code`: that of the function, which `own()` must still have: a notebook that reloads a module puts the new code into
    the functions that are there.
    """
    writer = _Writer(parameters, roots, roots if read is None else read, code)
    return writer.entry(guards, disjoint, directions, promises)


class _Writer:
    """Writes `enter`: every path is fetched once, a container before what is in it."""

    def __init__(
        self, parameters: Sequence[Parameter], roots: Sequence[str], read: Collection[str], code: CodeType | None
    ) -> None:
        self.parameters = parameters
        self.read = read
        self.roots = tuple(roots)
        self.places: dict[Path, str] = {Path(p.name): f"a{k}" for k, p in enumerate(parameters)}
        self.places |= {Path(root): f"r{k}" for k, root in enumerate(self.roots)}
        self.constants: dict[str, object] = {
            "MISS": MISS,
            "ndarray": np.ndarray,
            "type_of": type_of,
            "same": same_value,
            "code": code,
        }
        self.dims: dict[Symbol, str] = {}  # how the place is written that tells what a symbol stands for
        self.waiting: list[tuple[str, Dim]] = []
        self.lines: list[str] = []

    def entry(
        self,
        guards: Sequence[Guard],
        disjoint: Sequence[tuple[Path, Path]],
        directions: Directions | None,
        promises: Sequence[Promise],
    ) -> Entry:
        for guard in sorted(guards, key=lambda g: len(g.path.steps)):
            self.guard(guard)
        self.require([f"{self.dim_text(one.dim)} {'==' if one.zero else '>='} 0" for one in promises])
        for one, other in disjoint:
            self.constants["refuse_sharing"] = refuse_sharing
            places = f"{self.place(one)}, {self.place(other)}"
            self.lines.append(f"refuse_sharing({places}, {str(one)!r}, {str(other)!r})")
        call = self.calling(f"call({self.arguments()})", f"rescue(error, {self.flat})")
        lines = [*self.function("enter", call), *self.function("serves", ["    return True"])]
        if directions is not None:
            lines += self.push(guards, directions)
        source = "\n".join(lines) + "\n"
        codes = [c for c in compile(source, "<srcad guards>", "exec").co_consts if isinstance(c, CodeType)]
        return Entry(source, codes[0], codes[1], self.constants, self.roots, codes[2] if codes[2:] else None)

    @property
    def names(self) -> str:
        return ", ".join(f"a{k}" for k in range(len(self.parameters)))

    @property
    def flat(self) -> str:
        return f"({self.names}{',' * bool(self.parameters)})"

    def function(self, name: str, then: list[str], more: Sequence[str] = (), tests: Sequence[str] = ()) -> list[str]:
        """A function (with `more` parameters) that returns MISS where a guard or a test doesn't hold, else goes on."""
        unchanged = ["if own().__code__ is not code: return MISS"] if self.constants["code"] is not None else []
        checks = [*unchanged, *(f"r{k} = fetch{k}()" for k in range(len(self.roots))), *self.lines, *tests]
        head = f"def {name}({', '.join([*filter(None, [self.names]), *more])}):"
        if not checks:
            return [head, *then]
        return [
            head,
            "    try:",
            *(f"        {line}" for line in checks),
            "    except (LookupError, AttributeError, TypeError, NameError, ValueError):",
            "        return MISS",
            *then,
        ]

    def calling(self, call: str, rescue: str) -> list[str]:
        told = [f"        names[{root!r}] = r{k}" for k, root in enumerate(self.roots) if root in self.read]
        return [
            *(["    for names in namespaces:"] if told else []),
            *told,
            "    try:",
            f"        return {call}",
            "    except Exception as error:",
            f"        return {rescue}",
        ]

    # ---- tangents

    def push(self, guards: Sequence[Guard], directions: Directions) -> list[str]:
        """`push`, if each tangent belongs to an argument that is a Python float or an array."""
        types = {guard.path: guard.type for guard in guards if isinstance(guard, TypeGuard)}
        dots = [f"d{k}" for k in range(len(directions.beside))]
        tests = []
        for dot, name in zip(dots, directions.beside, strict=True):
            test = fitting_test(types.get(Path(name)), self.places[Path(name)], dot)
            if test is None:
                return []
            tests.append(f"if {test}: return MISS")
        places = {p.name: f"a{k}" for k, p in enumerate(self.parameters)}
        places |= dict(zip(directions.beside.values(), dots, strict=True))
        given = (p.name for p in directions.parameters if p.kind == "plain")
        named = (f"{p.name}={places[p.name]}" for p in directions.parameters if p.kind == "keyword")
        apply = f"apply({', '.join([*(places[n] for n in given), *named])})"
        call = self.calling(apply, f"retry(error, {self.flat}, [{', '.join(dots)}])")
        return self.function("push", call, dots, tests)

    def arguments(self) -> str:
        spelled = {"plain": "{1}", "keyword": "{0}={1}", "*": "*{1}", "**": "**{1}"}
        return ", ".join(spelled[p.kind].format(p.name, f"a{k}") for k, p in enumerate(self.parameters))

    # ---- places

    def place(self, path: Path) -> str:
        """The local name that holds what is found at a path."""
        if path not in self.places:
            *before, (kind, key) = path.steps
            owner = self.place(Path(path.root, tuple(before)))
            text = f"{owner}.{key}" if kind == "attr" else f"{owner}[{self.constant(key)}]"
            name = f"p{len(self.places)}"
            self.lines.append(f"{name} = {text}")
            self.places[path] = name
        return self.places[path]

    def constant(self, value: object) -> str:
        match value:
            case None | bool() | int() | str():
                return repr(value)
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    # ---- guards

    def guard(self, guard: Guard) -> None:
        match guard:
            case StructureGuard(path, "absent"):
                self.absent(path)
            case NameGuard(owner, name, value):
                names = self.bound(owner if isinstance(owner, dict) else vars(owner))
                key = self.constant(name)
                test = f"{key} not in {names}" if value is NOTHING else f"{names}.get({key}) is {self.bound(value)}"
                self.require([test])
            case CodeGuard(function, code, defaults, keyword_defaults):
                place = self.bound(function)
                tests = [f"{place}.__code__ is {self.bound(code)}"]
                tests += [f"{place}.__defaults__ is {self.bound(defaults)}"] if defaults else []
                tests += [f"{place}.__kwdefaults__ is {self.bound(keyword_defaults)}"] if keyword_defaults else []
                self.require(tests)
            case _:
                self.present(guard, self.place(guard.path))

    def absent(self, path: Path) -> None:
        """That there is nothing at a path, whose last step is the key or the attribute that isn't there."""
        self.constants["found"] = found
        *before, step = path.steps
        owner = self.place(Path(path.root, tuple(before)))
        if before and before[-1] == ("attr", "__dict__"):
            self.require([f"{self.constant(step[1])} not in {owner}"])
        else:
            self.require([f"not found({owner}, {self.constant(step)})"])

    def present(self, guard: Guard, place: str) -> None:
        match guard:
            case TypeGuard(_, wanted, layout, writeable):
                self.require(self.type_tests(place, wanted))
                if layout == "C":
                    self.require([f"{place}.flags.c_contiguous"])
                elif layout == "F":
                    self.require([f"{place}.flags.fnc"])
                elif layout is not None:
                    self.require([f"{place}.strides == {layout!r}"])
                if writeable is not None:
                    self.require([f"{place}.flags.writeable" if writeable else f"not {place}.flags.writeable"])
            case ValueGuard(_, value):
                self.require(self.value_tests(place, value))
            case IdentityGuard(_, wanted_object):
                self.require([f"{place} is {self.constant_object(wanted_object)}"])
                if isinstance(wanted_object, FunctionType) and not str(wanted_object.__module__).startswith(LIBRARIES):
                    self.require(self.unchanged(place, wanted_object))
            case ListGuard(_, element):
                self.require([f"type({place}) is list", f"{self.bound(elements_test(element))}({place})"])
            case SameGuard(_, other):
                self.require([f"{place} is {self.place(other)}"])
            case StructureGuard():
                self.require(self.structure_tests(place, guard))

    def unchanged(self, place: str, function: FunctionType) -> list[str]:
        """That a function of the program has the code and the defaults that were read."""
        tests = [f"{place}.__code__ is {self.bound(function.__code__)}"]
        if function.__defaults__ is not None:
            tests.append(f"{place}.__defaults__ is {self.bound(function.__defaults__)}")
        return tests

    def require(self, tests: list[str]) -> None:
        if tests:
            self.lines.append(f"if not ({' and '.join(tests)}): return MISS")

    def constant_object(self, value: object) -> str:
        return repr(value) if any(value is s for s in (None, True, False)) else self.bound(value)

    def bound(self, value: object) -> str:
        """A name for an object that has no spelling."""
        for name, known in self.constants.items():
            if known is value:
                return name
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def type_tests(self, place: str, wanted: Type) -> list[str]:
        match wanted:
            case Scalar(dtype, python, length):
                kind = PYTHON_NAMES[dtype] if python else self.bound(np.dtype(dtype).type)
                bits = wanted.width - 1
                narrow = [f"{-(2**bits)} <= {place} < {2**bits}"] if kind == "int" and not wanted.wide else []
                return [f"type({place}) is {kind}", *narrow, *(self.dim_tests(place, length) if length else [])]
            case Array(dtype, dims):
                return self.array_tests(place, dtype, dims)
            case Undefined():
                return []
        return [f"type_of({place}) == {self.bound(wanted)}"] if wanted.is_opaque else []

    def array_tests(self, place: str, dtype: str, dims: tuple[Dim, ...]) -> list[str]:
        wanted = self.bound(np.dtype(dtype))
        self.lines.append(f"if type({place}) is not ndarray: return MISS")
        tests = [f"({place}.dtype is {wanted} or {place}.dtype == {wanted})"]
        lengths = [f"{place}_{k}" for k in range(len(dims))]
        if not dims:
            return [*tests, f"{place}.ndim == 0"]
        self.require(tests)
        self.lines.append(f"{', '.join(lengths)}, = {place}.shape")
        return [test for length, dim in zip(lengths, dims, strict=True) for test in self.dim_tests(length, dim)]

    def dim_tests(self, length: str, dim: Dim) -> list[str]:
        """That a length, or an int, is what its dim says; where a symbol is seen first, it is what makes it so."""
        if not dim.known:
            return []
        symbols = [symbol for symbol in dict.fromkeys(dim.symbols()) if symbol not in self.dims]
        if len(symbols) > 1:
            self.waiting.append((length, dim))
            return []
        return self.solution(length, dim, *symbols) if symbols else [f"{length} == {self.dim_text(dim)}"]

    def solution(self, length: str, dim: Dim, symbol: Symbol) -> list[str]:
        """What tells the one symbol that is left open in a dim, and then the dims that have waited for it."""
        solved = dim.solved(symbol)
        if solved is None:
            self.waiting.append((length, dim))
            return []
        coefficient, rest = solved
        self.dims[symbol] = length
        tests = [f"{length} >= {symbol.least}"] if symbol.least else []
        if dim != length_of(symbol):
            self.dims[symbol] = f"({length} - {self.dim_text(rest)}) // {coefficient}"
            tests = [f"{length} == {self.dim_text(dim)}"]
        waiting, self.waiting = self.waiting, []
        return [*tests, *(test for pair in waiting for test in self.dim_tests(*pair))]

    def dim_text(self, dim: Dim) -> str:
        """Python's expression of a dim, over the lengths that tell its symbols."""
        parts = [str(dim.offset)] if dim.offset or not dim.terms else []
        for monomial, coefficient in dim.terms:
            factors = [str(coefficient)] if coefficient != 1 else []
            parts.append("*".join([*factors, *(f"({self.factor_text(factor)})" for factor in monomial)]))
        return " + ".join(parts)

    def factor_text(self, factor: Factor) -> str:
        if isinstance(factor, Symbol):
            return self.dims[factor]
        named = ", ".join(f"{self.bound(s)}: {self.dims[s]}" for s in dict.fromkeys(factor.symbols()))
        return f"{self.bound(factor)}.evaluate({{{named}}})"

    def value_tests(self, place: str, value: object) -> list[str]:
        if any(value is single for single in SINGLETONS):
            return [f"{place} is {self.constant_object(value)}"]
        if type(value) in (int, str):
            return [f"type({place}) is {type(value).__name__}", f"{place} == {value!r}"]
        return [f"same({place}, {self.bound(value)})"]

    def structure_tests(self, place: str, guard: StructureGuard) -> list[str]:
        cls = guard.cls or {"list": list, "tuple": tuple, "dict": dict}.get(guard.kind)
        tests = [f"type({place}) is {self.class_name(cls)}"] if cls else []
        if guard.kind in ("list", "tuple", "namedtuple"):
            tests.append(f"len({place}) == {len(guard.keys)}")
        elif guard.kind == "dict":
            keys = tuple(guard.keys)
            tests += [f"len({place}) == {len(keys)}", f"(*{place},) == {self.bound(keys)}"]
        elif guard.kind == "dataclass" and guard.keys:
            self.constants["fields_of"] = fields_of
            tests.append(f"fields_of({place}) == {self.bound(tuple(guard.keys))}")
        return tests

    def class_name(self, cls: type) -> str:
        return cls.__name__ if cls in (list, tuple, dict) else self.bound(cls)


def fitting_test(t: Type | None, place: str, dot: str) -> str | None:
    """The test that a tangent doesn't fit as it is; None where only a closer look tells."""
    if t == PYTHON[float]:
        return f"type({dot}) is not float"
    if isinstance(t, Array):
        return f"type({dot}) is not ndarray or {dot}.dtype != {place}.dtype or {dot}.shape != {place}.shape"
    return None


def elements_test(element: Type) -> Callable[[list[object]], bool]:
    """Whether the elements of a list have this type; floats may have ints among them, as long as there is one float."""
    if not (isinstance(element, Scalar) and element.python):
        return lambda items: bool(items) and all(_fits(element, item) for item in items)
    narrower = {cls for cls, t in PYTHON.items() if join(element, t) == element and t.dtype != "bool"}
    own = next(cls for cls, t in PYTHON.items() if t.dtype == element.dtype)
    return lambda items: own in (found_types := set(map(type, items))) and found_types <= narrower


def _fits(wanted: Type, item: object) -> bool:
    if isinstance(wanted, TupleOf):
        return type(item) is tuple and len(item) == len(wanted.items) and all(map(_fits, wanted.items, item))
    match wanted, type_of(item):
        case Array(dtype, dims), Array(other, lengths):
            pairs = zip(dims, lengths, strict=False)
            return dtype == other and len(dims) == len(lengths) and all(w.number in (None, d.number) for w, d in pairs)
        case _, found_type:
            return join(wanted, found_type) == wanted


def refuse_sharing(one: object, other: object, name: str, other_name: str) -> None:
    """Refuse a call in which a store into one array would be seen in another one."""
    if np.may_share_memory(one, other) and np.shares_memory(one, other):
        raise ArgumentError(
            f"{name} and {other_name} share memory, and the function writes to one of them",
            why="a derivative takes its arguments for separate arrays",
            do="pass a copy of one of them, or let the function copy what it changes",
        )


def same_value(found_value: object, wanted: object) -> bool:
    """Whether two values are of one Python type and equal; a nan is a nan, and 0.0 isn't -0.0."""
    if type(found_value) is not type(wanted):
        return False
    match wanted:
        case float() | complex() | np.inexact():
            return repr(found_value) == repr(wanted)
        case tuple() | list() if isinstance(found_value, (tuple, list)):
            return len(found_value) == len(wanted) and all(map(same_value, found_value, wanted))
        case np.ndarray() if isinstance(found_value, np.ndarray):
            return found_value.dtype == wanted.dtype and np.array_equal(found_value, wanted)
    return bool(found_value == wanted)


def found(owner: object, step: tuple[str, object]) -> bool:
    """Whether a container has a key, or an object an attribute."""
    kind, key = step
    if kind == "attr":
        return hasattr(owner, str(key))
    try:
        reached(owner, [step])
    except (LookupError, TypeError):
        return False
    return True


__all__ = ["MISS", "Directions", "Entry", "compile_entry", "found", "same_value"]
