"""Functions of the program: making them, binding their arguments, reading their bodies in place."""

from __future__ import annotations

import ast
import dataclasses
from collections import Counter
from collections.abc import Hashable
from types import FunctionType
from typing import NoReturn

from srcad.frontend.control.streams import suspended
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import DictCell, InstanceCell
from srcad.frontend.core.counting import countable
from srcad.frontend.core.externals import external
from srcad.frontend.core.guards import CodeGuard
from srcad.frontend.core.inside import meant_by
from srcad.frontend.core.machine import MOST_CALLS, Diverges, Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.source import FunctionSource, code_of, gets_attributes, is_yielding, make_code, span_of
from srcad.frontend.core.values import Func, Ref, Static, Tup, Value
from srcad.frontend.procedures.bodies import in_frame
from srcad.frontend.procedures.procedures import NoProcedure
from srcad.frontend.procedures.recursion import Recurses, call_procedure
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Const
from srcad.trace.types import OPAQUE

MOST_LEVELS = 5  # of a recursion under conditions of the run that is read in place
MOST_COPIES = 128
FEW_COPIES = 16  # before a procedure is tried


@dataclasses.dataclass(eq=False)
class Copies(Restorable):
    """How often the body of each function that calls itself under conditions of the run has been read in place."""

    counts: Counter[Hashable] = dataclasses.field(default_factory=Counter)


@dataclasses.dataclass(eq=False)
class InnerFunctions(Restorable):
    """The code of functions that the program defines: one and the same however often the definition is read."""

    known: dict[Hashable, FunctionSource] = dataclasses.field(default_factory=dict)


def make_function(m: Machine, node: ast.FunctionDef | ast.Lambda) -> Func:
    """The value of a def or a lambda. Two of the same definition in the same frame are interchangeable."""
    outer, known = m.code, m.part(InnerFunctions).known
    key = node, id(outer.globals), tuple((name, id(cell)) for name, cell in outer.closure)  # which the code keeps
    if key not in known:
        known[key] = make_code(
            node, outer.path, outer.lines, outer.first, outer.globals, outer.closure, holder=outer.holder
        )
    code = known[key]
    defaults = tuple(m.evaluate(d) for d in node.args.defaults)
    pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    keywords = tuple((a.arg, m.evaluate(d)) for a, d in pairs if d is not None)
    owns = gets_attributes(outer.node, node) or node in m.known.owning
    own = m.allocate(InstanceCell(FunctionType, (), changed=True)) if owns else None
    return Func(code, m.stack.frames[-1], defaults, keywords, own)


# ---- calling


def call_function(m: Machine, function: Func, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A function of the program, read in place."""
    defaults = function.defaults, dict(function.keyword_defaults)
    names = bind_arguments(m, function.code, args, keywords, *defaults)
    return inline(m, function.code, names, function.frame)


def call_external(m: Machine, function: FunctionType, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A function of the world outside, from its source."""
    code = code_of(function)
    if not code.defines and "<locals>" not in function.__qualname__:  # which is made anew, and should go when it may
        m.outside.guard(CodeGuard(function, function.__code__, function.__defaults__, function.__kwdefaults__))
    label = f"{function.__name__}_default"
    defaults = tuple(default(m, label, value) for value in function.__defaults__ or ())
    named = {k: default(m, label, v) for k, v in (function.__kwdefaults__ or {}).items()}
    names = bind_arguments(m, code, args, keywords, defaults, named)
    return inline(m, code, names, None)


def default(m: Machine, label: str, value: object) -> Value:
    """A default value: a number stands as it is, other things are found through a root of this name."""
    inside = meant_by(m, value)
    if inside is not None:
        return inside
    if isinstance(value, (int, float, complex, str, type(None))):
        return Static(value)
    return external(m, value, m.outside.root(label, id(value), lambda: value), free=True)


def bind_arguments(
    m: Machine,
    code: FunctionSource,
    args: tuple[Value, ...],
    keywords: Keywords,
    defaults: tuple[Value, ...],
    keyword_defaults: Keywords,
) -> Keywords:
    """The names of a call, by Python's rules. Where Python raises TypeError, the generated code will."""
    a = code.node.args
    positional = [p.arg for p in (*a.posonlyargs, *a.args)]
    names: Keywords = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=False))
    names.update(keyword_defaults)
    names.update(zip(positional, args, strict=False))
    extra = args[len(positional) :]
    if a.vararg is not None:
        names[a.vararg.arg] = Tup(extra)
    elif extra:
        m.raises(TypeError(f"{code.name}() takes {len(positional)} positional arguments but {len(args)} were given"))
    twice = [p.arg for p in a.args if p.arg in keywords and p.arg in positional[: len(args)]]
    if twice:
        m.raises(TypeError(f"{code.name}() got multiple values for argument {twice[0]!r}"))
    _bind_keywords(m, code, keywords, names)
    every = [*positional, *(p.arg for p in a.kwonlyargs)]
    missing = [name for name in every if name not in names]
    if missing:
        m.raises(TypeError(f"{code.name}() missing the required argument {missing[0]!r}"))
    return names


def _bind_keywords(m: Machine, code: FunctionSource, keywords: Keywords, names: Keywords) -> None:
    a = code.node.args
    known = {p.arg for p in (*a.args, *a.kwonlyargs)}
    others = {k: v for k, v in keywords.items() if k not in known}
    names.update({k: v for k, v in keywords.items() if k in known})
    if a.kwarg is not None:
        names[a.kwarg.arg] = Ref(m.allocate(DictCell(tuple(others.items()))))
    elif others:
        m.raises(TypeError(f"{code.name}() got an unexpected keyword argument {next(iter(others))!r}"))


def inline(m: Machine, code: FunctionSource, names: Keywords, parent: int | None) -> Value:
    """A call of a function of the program: its body is read where it is called, or as a procedure."""
    refuse_kind(m, code)
    key = code.code or code.node
    if is_yielding(code.node):
        return _generator(m, code, key, names, parent)
    if key in m.known.recursive and key not in m.known.unrolled:
        return call_procedure(m, code, key, names, parent)
    if not check_recursion(m, key):
        too_deep(m, code)
    return in_frame(m, code, key, names, parent)


def _generator(m: Machine, code: FunctionSource, key: Hashable, names: Keywords, parent: int | None) -> Value:
    """A call of a generator function, which runs when it is iterated; one that calls itself, to a certain depth."""
    if key in m.known.recursive and key not in m.known.unrolled:
        raise NoProcedure(key)
    if not check_recursion(m, key):
        too_deep(m, code)
    return suspended(m, code, names, parent)


def refuse_kind(m: Machine, code: FunctionSource) -> None:
    if isinstance(code.node, ast.AsyncFunctionDef):
        m.builder.span = span_of(code, code.node)
        m.refuse("an asynchronous function can't be differentiated", do="make it an ordinary function.", node=None)


def check_recursion(m: Machine, key: Hashable) -> bool:
    """Whether a function that calls itself under conditions of the run is read once more.

    Conditions on whole numbers are made known beforehand. Where there are others, the function is to be read as a
    procedure; if that can't be, it is followed to a certain depth, behind which the generated code raises
    RecursionError.
    """
    levels = 0
    for k, (known, depth) in enumerate(m.stack.functions):
        if known is not key:
            continue
        until = next((d for other, d in m.stack.functions[k + 1 :] if other is key), len(m.stack.conditions))
        conditions = m.stack.conditions[depth:until]
        counting = [condition for condition in conditions if countable(m, condition)]
        if counting and (len(counting) == len(conditions) or key in m.known.unrolled):
            raise NeedsStatic(counting[0], "the condition that ends a recursion")
        levels += bool(conditions)
    if len(m.stack.functions) > MOST_CALLS * 4:
        m.refuse("a recursion that goes deeper than srcad follows", do="write it as a loop.")
    copies = m.part(Copies).counts
    copies[key] += levels > 0
    if key in m.known.unrolled:
        return levels <= MOST_LEVELS and copies[key] <= MOST_COPIES
    if levels > MOST_LEVELS or copies[key] > FEW_COPIES:
        raise Recurses(key)
    return True


def too_deep(m: Machine, code: FunctionSource) -> NoReturn:
    """The end of what is followed of a recursion: no value, but an exception."""
    text = f"{code.name} calls itself more often under conditions of the run than srcad follows"
    error = m.emit("call", Const(RecursionError, OPAQUE), Const(text, OPAQUE), keywords=())
    m.effect("raise_", error)
    raise Diverges
