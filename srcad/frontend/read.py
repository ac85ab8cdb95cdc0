"""Reading a function for given arguments: the entry of the frontend.

A reading is done again, with more known beforehand, where the code to be generated depends on the value of an integer
argument (an axis, the index of a list whose items differ in kind) or on the length of a dimension.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Hashable
from dataclasses import replace
from types import BuiltinMethodType, FunctionType, MethodType, MethodWrapperType, ModuleType
from typing import Any

import numpy as np

from srcad.errors import InternalError, NotYetSupported, SrcadError
from srcad.frontend.assembly import PORTS
from srcad.frontend.control.dropped import refuse_dropped
from srcad.frontend.control.tries import OpenTries
from srcad.frontend.control.unsettled import UnsettledLoops
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.externals import external
from srcad.frontend.core.guards import Guard, TypeGuard
from srcad.frontend.core.known import Known, NeedsKept, NeedsOwn
from srcad.frontend.core.lengths import Lengths, Relation, only_length
from srcad.frontend.core.machine import REPORT, Diverges, Machine
from srcad.frontend.core.naming import with_names
from srcad.frontend.core.outside import Outside
from srcad.frontend.core.reading import Derivation, Reading, derivation
from srcad.frontend.core.roots import PartialRoot, SelfRoot
from srcad.frontend.core.signatures import signature_of
from srcad.frontend.core.source import (
    FunctionSource,
    called_in_python,
    code_of,
    is_function,
    make_code,
    span_of,
    transparent,
)
from srcad.frontend.core.values import Bound, Static, Value
from srcad.frontend.memory.objects import get_attribute, standard
from srcad.frontend.memory.presence import KeysOfRun
from srcad.frontend.memory.trees import argument_tree, leaves_of, result_tree
from srcad.frontend.procedures.functions import call_external
from srcad.frontend.procedures.procedures import NoProcedure, Procedures
from srcad.frontend.procedures.recursion import Recurses
from srcad.frontend.syntax.handlers import runs_once
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Atom, Parameter, Path, Region, Trace, Tree
from srcad.trace.types import Array, ListOf, Scalar, is_differentiable
from srcad.trace.walk import walk

MOST_READINGS = 50
MOST_SHOWN = 5


def read(
    function: object,
    args: tuple[Hashable, ...],
    kwargs: dict[str, object],
    argnums: tuple[int | str, ...],
    derive: Derivation | None = None,
) -> Reading:
    """Read a function for arguments of which the values tell types and structure.

    argnums   the arguments to differentiate, by position in `args` or by name in `kwargs`
    derive    makes the derivatives that the function calls itself; None for functions that call none

    Raises a subclass of SrcadError, with the place, for what can't be differentiated.
    """
    relations: tuple[Relation, ...] = ()
    known = Known()
    first: SrcadError | None = None  # why the program is read in other ways
    shortened: Reading | None = None  # of which exceptions that follow each other the first is raised
    for _ in range(MOST_READINGS):
        reader = _Reader(function, args, kwargs, argnums, known, relations, derive)
        try:
            reading = reader.read()
            if reader.m.lengths.more() != relations:
                relations = reader.m.lengths.more()
            elif reader.is_shortened(reading):
                shortened, known = reading, replace(known, once=True)
            else:
                return reading
        except NeedsStatic as needed:
            if reader.m.lengths.more() != relations:  # which may tell it
                relations = reader.m.lengths.more()
                continue
            try:
                known = reader.more_known(needed, known)
            except SrcadError as error:
                if known.chosen:
                    raise (first or error) from None
                first, known = first or error, replace(known, chosen=True)
        except NeedsKept as changed:
            known = known.with_kept(changed)
        except NeedsOwn as found:
            known = known.with_owning(found.node)
        except Recurses as found:
            known = known.with_recursive(found.key)
        except NoProcedure as found:
            known = known.with_unrolled(found.key)
        except InternalError:
            raise
        except SrcadError as error:
            if shortened is not None:
                return shortened
            further = reader.further(known) if error.unsettled or first else None
            if further is None:
                raise (first or error) from None
            first, known = first or error, further
        except Exception as error:
            raise reader.located(error) from error
    raise first or InternalError("the reading of a function didn't settle")


class _Reader:
    """One reading."""

    def __init__(
        self,
        function: Any,
        args: tuple[Hashable, ...],
        kwargs: dict[str, object],
        argnums: tuple[int | str, ...],
        known: Known,
        relations: tuple[Relation, ...],
        derive: Derivation | None,
    ) -> None:
        self.function, self.args, self.kwargs, self.argnums = function, args, kwargs, argnums
        self.parameters = parameters_of(function, len(args))
        reserved = frozenset(p.name for p in self.parameters) | local_names(function)
        self.m = Machine(PORTS, derive, known, Outside(reserved), Lengths(relations))
        self.wrt: list[Path] = []
        self.diverges = False

    def located(self, error: Exception) -> SrcadError:
        """What is said of an exception that is none of srcad's, with the place."""
        span, calls = self.m.place_of(error)
        if isinstance(error, RecursionError):
            what, do = "the function is nested too deeply for srcad", "write a deep recursion as a loop."
            return NotYetSupported(what, span, do=do, calls=calls[:MOST_SHOWN])
        what = f"a bug in srcad: {type(error).__name__} while reading the function: {error}"
        return InternalError(what, span, do=REPORT, calls=calls)

    def read(self) -> Reading:
        values, keywords = self.arguments()
        try:
            result = self.call(values, keywords)
            refuse_dropped(self.m)
        except Diverges:  # whatever the arguments are: the generated code raises before it comes to a result
            result, self.diverges = Static(0.0), True
        output, atoms = self.output(result)
        return self.reading(output, atoms)

    def is_shortened(self, reading: Reading) -> bool:
        """Whether another exception may be raised than by the program, which must not be run twice to tell."""
        shortened = self.m.part(OpenTries).shortened and not self.m.known.once
        return shortened and any(map(runs_once, walk(reading.trace.body)))

    # ---- arguments

    def arguments(self) -> tuple[tuple[Value, ...], dict[str, Value]]:
        """The abstract arguments; what they hold becomes inputs."""
        values = tuple(self.argument(k, arg) for k, arg in enumerate(self.args))
        return values, {k: self.argument(k, arg) for k, arg in self.kwargs.items()}

    def argument(self, k: int | str, arg: object) -> Value:
        value = external(self.m, arg, self.path_of(k), free=False, keep=k in self.argnums)
        if k in self.argnums:
            self.activate(value)
        return value

    def path_of(self, k: int | str) -> Path:
        """Where the generated function finds an argument: a position, or a keyword."""
        kinds: dict[str, list[str]] = {"plain": [], "keyword": [], "*": [], "**": []}
        for p in self.parameters:
            kinds[p.kind].append(p.name)
        if isinstance(k, str):
            return Path(k) if k in kinds["plain"] + kinds["keyword"] else Path(kinds["**"][0]).item(k)
        plain = kinds["plain"]
        return Path(plain[k]) if k < len(plain) else Path(kinds["*"][0]).item(k - len(plain))

    def activate(self, value: Value) -> None:
        for var in leaves_of(self.m, value):
            if is_differentiable(var.type):
                self.m.variables.active.add(var)

    # ---- calling

    def call(self, values: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
        m, function = self.m, self.function
        code = entry_code(function)
        m.stack.frames.append(m.allocate(FrameCell(code, {})))
        m.builder.span = None
        while isinstance(function, (functools.partial, MethodType)) and not _is_librarys(function):
            function, values, keywords = self.unwrap(function, values, keywords)
        if is_function(function) and not _is_librarys(function):
            return call_external(m, function, values, keywords)
        if isinstance(function, (MethodType, BuiltinMethodType, MethodWrapperType)) and _is_bound(function):
            return self.call_method(function, values, keywords)
        if inspect.isclass(function) or not callable(function) or _is_builtin(function):
            return m.call(Static(function), values, keywords)
        path = m.outside.root("self", id(function), functools.partial(_itself, function))
        owner = external(m, function, path, free=True)
        return m.call(owner, values, keywords)

    def call_method(
        self,
        method: MethodType | BuiltinMethodType | MethodWrapperType,
        values: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        """A method of an object of a library: by a rule, or else by its source."""
        m = self.m
        path = m.outside.root("self", id(method.__self__), SelfRoot(method))
        owner = external(m, method.__self__, path, free=True)
        with m.attempt(SrcadError) as tried:
            return m.call(get_attribute(m, owner, method.__name__), values, keywords)
        if isinstance(method, MethodType) and is_function(method.__func__):
            with m.attempt(SrcadError):
                return call_external(m, method.__func__, (owner, *values), keywords)
        assert tried.error is not None
        raise tried.error

    def unwrap(
        self, f: MethodType | functools.partial[object], values: tuple[Value, ...], keywords: dict[str, Value]
    ) -> tuple[Callable[..., object], tuple[Value, ...], dict[str, Value]]:
        m = self.m
        if isinstance(f, MethodType):
            path = m.outside.root("self", id(f.__self__), SelfRoot(f))
            owner = external(m, f.__self__, path, free=True)
            return f.__func__, (owner, *values), keywords
        path = m.outside.root("partial", id(f), PartialRoot(f))
        bound = external(m, f, path, free=True)
        assert isinstance(bound, Bound)
        return f.func, (*bound.first, *values), {**dict(bound.keywords), **keywords}

    # ---- result

    def output(self, value: Value) -> tuple[Tree, tuple[Atom, ...]]:
        atoms: list[Atom] = []
        self.m.builder.span = self.m.stack.returns[-1] if self.m.stack.returns else None
        tree = result_tree(self.m, value, atoms)
        return tree, tuple(atoms)

    def reading(self, output: Tree, atoms: tuple[Atom, ...]) -> Reading:
        m = self.m
        inputs = tuple(m.outside.inputs.values())
        position = {i.var: k for k, i in enumerate(inputs)}
        wrt: list[int] = []
        given: dict[int | str, object] = dict(enumerate(self.args))
        given.update(self.kwargs)
        trees = tuple(argument_tree(m, given[k], self.path_of(k), wrt, position) for k in self.argnums)
        body = Region(tuple(i.var for i in inputs), tuple(m.builder.equations), atoms)
        code = entry_code(self.function)
        span = m.stack.returns[-1] if m.stack.returns else span_of(code, code.node)
        doc = inspect.getdoc(self.function) or ""
        name = getattr(inspect.unwrap(self.function), "__name__", "function")
        procedures = {label: with_names(one, m.variables.names) for label, one in m.part(Procedures).traces.items()}
        trace = Trace(name, self.parameters, inputs, body, output, span, doc, procedures=procedures)
        return Reading(
            with_names(trace, m.variables.names),
            tuple(wrt),
            trees,
            self.guards(),
            dict(m.outside.roots),
            dict(m.lengths.sizes),
            tuple(m.lengths.promised),
            self.diverges,
        )

    def guards(self) -> tuple[Guard, ...]:
        """The guards, with what the reading has counted on of the memory of arguments."""
        found, outside = [], self.m.outside
        for guard in outside.guards.values():
            if isinstance(guard, TypeGuard) and guard.path in outside.wanted_layouts:
                guard = replace(guard, layout=outside.layouts[guard.path])
            if isinstance(guard, TypeGuard) and guard.path in outside.written:
                guard = replace(guard, writeable=guard.path not in outside.read_only)
            found.append(guard)
        return tuple(found)

    # ---- reading again

    def further(self, known: Known) -> Known | None:
        """The next way to read a program that leaves open which array is meant, or of what kind a value is."""
        return known.further(self.m.part(KeysOfRun).met, self.m.part(UnsettledLoops).places)

    def more_known(self, needed: NeedsStatic, known: Known) -> Known:
        """Make known what the variable comes from. If that isn't numbers and lengths alone, the loops that it comes
        through may still be read turn by turn; else refuse."""
        exact = self.known_for(needed, known)
        if exact is not None and exact != known:
            return exact
        wide = self.widely_known_for(needed, known)
        if wide == known:
            self.refuse_static(needed)
        return wide

    def known_for(self, needed: NeedsStatic, known: Known) -> Known | None:
        """What is known with the numbers and lengths that a variable is computed from; None if it is from others."""
        m = self.m
        ints, shapes = set(known.ints), set(known.shapes)
        paths = {i.var: i.path for i in m.outside.inputs.values()}
        for var in m.variables.sources(needed.var):
            path = paths.get(var)
            if path is None or (m.is_active(var) and isinstance(var.type, Scalar)):
                return None
            if isinstance(var.type, Scalar):
                ints.add(path)
            elif isinstance(var.type, (Array, ListOf)) and only_length(m.variables.definitions, needed.var, var):
                shapes.add(path)
            elif isinstance(var.type, ListOf) and not is_differentiable(var.type):
                ints.add(path)
            else:
                return None
        return replace(known, ints=frozenset(ints), shapes=frozenset(shapes))

    def widely_known_for(self, needed: NeedsStatic, known: Known) -> Known:
        """What to know beside `known`: the lengths of all arrays and lists that take part; loops go turn by turn."""
        sources = self.m.variables.sources(needed.var)
        taking_part = [i for i in self.m.outside.inputs.values() if i.var in sources]
        ints = {i.path for i in taking_part if isinstance(i.var.type, Scalar) and i.var.type.dtype == "int64"}
        shapes = {i.path for i in taking_part if isinstance(i.var.type, (Array, ListOf))}
        written_out = bool(shapes or ints) or known.written_out
        return replace(known, ints=known.ints | ints, shapes=known.shapes | shapes, written_out=written_out)

    def refuse_static(self, needed: NeedsStatic) -> None:
        span, calls = self.m.place_of(needed)
        do = "make it a number in the code, or an argument of its own."
        if self.m.is_active(needed.var):
            do = "make it a number in the code, or an argument that isn't differentiated: leave it out of argnums."
        raise NotYetSupported(
            f"{needed.what} must be known before the run, and depends on values that aren't",
            span,
            why="what code is generated depends on it.",
            do=do,
            calls=calls,
        )


def _is_librarys(function: object) -> bool:
    """Whether a function in Python, or a method, is not of the program: how calls of it are read is known, or nobody's.

    Calls of it are read as those in the program are, and its own source is not what a user wants to hear of.
    """
    plain = function.__func__ if isinstance(function, MethodType) else function
    return is_function(plain) and standard(plain)


def _is_bound(function: MethodType | BuiltinMethodType | MethodWrapperType) -> bool:
    """Whether a builtin is the method of an object, and not a function of a module, of a class, or of a ufunc."""
    owner = function.__self__
    return owner is not None and not isinstance(owner, (ModuleType, type, np.ufunc))


def _itself(function: object) -> object:
    return function


def _is_builtin(function: object) -> bool:
    return type(function).__module__ in ("builtins", "numpy") or not called_in_python(function)


# ---- the function itself


def entry_code(function: Any) -> FunctionSource:
    """The code of a function, or one that stands for a function without Python source."""
    f = function
    while (derived := derivation(f)) is not None:
        f = derived[0]
    while isinstance(f, (functools.partial, MethodType)):
        f = f.func if isinstance(f, functools.partial) else f.__func__
    while transparent(f):
        f = f.__wrapped__
    if getattr(type(f), "__srcad_rules__", False):
        f = f.function
    if not is_function(f) and isinstance(inspect.getattr_static(type(f), "__call__", None), FunctionType):
        f = type(f).__call__
    if is_function(f):
        return code_of(f)
    name = getattr(f, "__name__", "function")
    (node,) = ast.parse(f"def {name if name.isidentifier() else 'f'}(*args): pass").body
    assert isinstance(node, ast.FunctionDef)
    return make_code(node, f"<{name}>", (), 1, {})


def local_names(function: object) -> frozenset[str]:
    return entry_code(function).local_names


def parameters_of(function: Any, count: int) -> tuple[Parameter, ...]:
    """The parameters of the generated function: the user's own; of a builtin without a signature, `count` of them."""
    kinds = {
        inspect.Parameter.POSITIONAL_ONLY: "plain",
        inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain",
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.KEYWORD_ONLY: "keyword",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        return tuple(Parameter("xyzuvw"[k] if k < 6 else f"x{k}") for k in range(count))
    if isinstance(function, np.ufunc):
        return tuple(Parameter("xyzuvw"[k]) for k in range(function.nin))
    return tuple(
        Parameter(
            p.name,
            kinds[p.kind],
            ... if p.default is inspect.Parameter.empty else p.default,
            annotation_text(p.annotation),
        )
        for p in signature.parameters.values()
    )


def annotation_text(annotation: object) -> str:
    if annotation is inspect.Parameter.empty:
        return ""
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


__all__ = ["Reading", "read"]
