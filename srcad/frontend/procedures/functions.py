"""Functions of the program: making them, binding their arguments, reading their bodies in place; classes; raising."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import inspect
import types
from types import FunctionType
from typing import Any, NoReturn

from srcad.frontend.containers.objects import standard
from srcad.frontend.core.externals import external, root
from srcad.frontend.core.machine import MOST_CALLS, Diverges, Machine
from srcad.frontend.core.source import code_of, make_code, span_of
from srcad.frontend.core.values import (
    FALSE,
    NONE,
    DictCell,
    FrameCell,
    Func,
    FunctionSource,
    InstanceCell,
    Partial,
    Ref,
    Static,
    Tup,
    Undef,
    Value,
)
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import truth
from srcad.frontend.procedures.recursion import Recurses, call_procedure
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Const, Equation, Region, Var
from srcad.trace.types import OPAQUE, Array, Scalar

Keywords = dict[str, Value]
MOST_LEVELS = 5  # of a recursion under conditions of the run that is read in place
MOST_COPIES = 128
FEW_COPIES = 16  # before a procedure is tried


def make_function(m: Machine, node: ast.FunctionDef | ast.Lambda) -> Func:
    """The value of a def or a lambda."""
    from srcad.frontend.syntax.expressions import evaluate

    outer = m.code
    code = make_code(node, outer.path, outer.lines, outer.first, outer.globals, outer.closure)
    defaults = tuple(evaluate(m, d) for d in node.args.defaults)
    pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    keywords = tuple((a.arg, evaluate(m, d)) for a, d in pairs if d is not None)
    return Func(code, m.frames[-1], defaults, keywords)


# ---- calling


def call_function(m: Machine, function: Func, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A function of the program, read in place."""
    defaults = function.defaults, dict(function.keyword_defaults)
    names = bind_arguments(m, function.code, args, keywords, *defaults)
    return inline(m, function.code, names, function.frame)


def call_external(m: Machine, function: FunctionType, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A function of the world outside, from its source."""
    code = code_of(function)
    label = function.__name__
    defaults = tuple(
        default(m, function, label, f"__defaults__[{k}]", value) for k, value in enumerate(function.__defaults__ or ())
    )
    named = {k: default(m, function, label, k, v) for k, v in (function.__kwdefaults__ or {}).items()}
    names = bind_arguments(m, code, args, keywords, defaults, named)
    return inline(m, code, names, None)


def default(m: Machine, function: FunctionType, label: str, name: str, value: Any) -> Value:
    """A default value: a number stands as it is, other things are found through the function."""
    if isinstance(value, (int, float, complex, str, type(None))):
        return Static(value)
    path = root(m, f"{label}_default", id(value), lambda: value)
    return external(m, value, path, free=True)


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
    if key in m.recursive and key not in m.unrolled:
        return call_procedure(m, code, key, names, parent)
    if not check_recursion(m, key):
        too_deep(m, code)
    return in_frame(m, code, key, names, parent)


def in_frame(m: Machine, code: FunctionSource, key: Any, names: Keywords, parent: int | None) -> Value:
    """Read the body of a function in a frame of its own."""
    call = m.builder.span
    m.frames.append(m.allocate(FrameCell(code, names, parent)))
    m.stack.append((key, len(m.conditions)))
    if call is not None:
        m.calls.append(call)
    try:
        return _body(m, code)
    finally:
        m.frames.pop()
        m.stack.pop()
        if call is not None:
            m.calls.pop()
        m.builder.span = call


def refuse_kind(m: Machine, code: FunctionSource) -> None:
    if isinstance(code.node, ast.AsyncFunctionDef):
        m.builder.span = span_of(code, code.node)
        m.refuse("an asynchronous function can't be differentiated", do="make it an ordinary function.", node=None)


def check_recursion(m: Machine, key: Any) -> bool:
    """Whether a function that calls itself under conditions of the run is read once more.

    Conditions on whole numbers are made known beforehand. Where there are others, the function is to be read as a
    procedure; if that can't be, it is followed to a certain depth, behind which the generated code raises
    RecursionError.
    """
    levels = 0
    for k, (known, depth) in enumerate(m.stack):
        if known is not key:
            continue
        until = next((d for other, d in m.stack[k + 1 :] if other is key), len(m.conditions))
        conditions = m.conditions[depth:until]
        counting = [condition for condition in conditions if countable(m, condition)]
        if counting and (len(counting) == len(conditions) or key in m.unrolled):
            raise NeedsStatic(counting[0], "the condition that ends a recursion")
        levels += bool(conditions)
    if len(m.stack) > MOST_CALLS * 4:
        m.refuse("a recursion that goes deeper than srcad follows", do="write it as a loop.")
    m.copies[key] += levels > 0
    if key in m.unrolled:
        return levels <= MOST_LEVELS and m.copies[key] <= MOST_COPIES
    if levels > MOST_LEVELS or m.copies[key] > FEW_COPIES:
        raise Recurses(key)
    return True


def countable(m: Machine, condition: Var) -> bool:
    """Whether a condition depends on whole numbers and lengths alone."""
    from srcad.frontend.core.lengths import only_length

    sources = m.sources(condition)
    return bool(sources) and all(
        (isinstance(v.type, Scalar) and v.type.dtype == "int64")
        or (isinstance(v.type, Array) and only_length(m.definitions, condition, v))
        for v in sources
    )


def too_deep(m: Machine, code: FunctionSource) -> NoReturn:
    """The end of what is followed of a recursion: no value, but an exception."""
    text = f"{code.name} calls itself more often under conditions of the run than srcad follows"
    error = m.emit("call", Const(RecursionError, OPAQUE), Const(text, OPAQUE), keywords=())
    m.emit("raise_", error)
    raise Diverges


def _body(m: Machine, code: FunctionSource) -> Value:
    from srcad.frontend.syntax.expressions import evaluate
    from srcad.frontend.syntax.statements import execute

    if isinstance(code.node, ast.Lambda):
        with m.at(code.node.body):
            return evaluate(m, code.node.body)
    refuse_generator(m, code)
    m.bind("$return", FALSE)
    m.bind("$value", NONE)
    frame = m.frames[-1]
    names = {k: v for k, v in m.frame.names.items() if k != "$value"}
    m.heap[frame] = FrameCell(code, names, m.frame.parent)
    execute(m, code.node.body)
    return returned(m)


def refuse_generator(m: Machine, code: FunctionSource) -> None:
    for node in own_nodes(code.node):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            m.builder.span = span_of(code, node)
            m.refuse(
                "a generator function is differentiated",
                why="its body runs piece by piece, between the lines of whoever iterates over it.",
                do="collect the values in a list and return that.",
            )


def own_nodes(node: Any) -> Any:
    """The nodes of a function that aren't of a function inside."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.AsyncFunctionDef, ast.ClassDef)):
            yield child
            yield from own_nodes(child)


def returned(m: Machine) -> Value:
    """What a body has returned. Where only some ways return, the others give None."""
    from srcad.frontend.memory.branches import branch, negate

    value = m.look("$value")
    if isinstance(value, Partial):
        value = value.value
    if value is None or isinstance(value, Undef):
        return NONE
    gone = truth(m, m.look("$return") or FALSE)
    if gone is True or value == NONE:
        return value
    if isinstance(gone, Var):
        ended: Value = value
        return branch(m, negate(m, gone), lambda: NONE, lambda: ended)
    return NONE


# ---- classes


def construct(m: Machine, cls: type, args: tuple[Value, ...], keywords: Keywords) -> Value | None:
    """An instance of a user's class; None for a class that isn't one."""
    if hasattr(cls, "_fields") and issubclass(cls, tuple):
        return _named_tuple(m, cls, args, keywords)
    if cls in (types.SimpleNamespace, argparse.Namespace):
        return Ref(m.allocate(InstanceCell(cls, tuple(keywords.items()))))
    if standard(cls) or cls.__module__ == "builtins" or issubclass(cls, BaseException):
        return None
    owner = Ref(m.allocate(InstanceCell(cls)))
    if dataclasses.is_dataclass(cls) and "__init__" in vars(cls) and not _has_source(vars(cls)["__init__"]):
        _fill_dataclass(m, owner, cls, args, keywords)
        return owner
    init = inspect.getattr_static(cls, "__init__", None)
    if isinstance(init, FunctionType):
        call_external(m, init, (owner, *args), keywords)
        return owner
    if init is object.__init__ and cls.__new__ is object.__new__ and not args and not keywords:
        return owner
    return None


def _has_source(function: Any) -> bool:
    return isinstance(function, FunctionType) and not function.__code__.co_filename.startswith("<")


def _named_tuple(m: Machine, cls: Any, args: tuple[Value, ...], keywords: Keywords) -> Value:
    wrong = [k for k in keywords if k not in cls._fields[len(args) :]]
    if len(args) > len(cls._fields) or wrong:
        m.raises(TypeError(f"{cls.__name__}() got unexpected arguments"))
    items = dict(zip(cls._fields, args, strict=False)) | keywords
    defaults = {k: Static(v) for k, v in cls._field_defaults.items()}
    every = {**defaults, **items}
    missing = [name for name in cls._fields if name not in every]
    if missing:
        m.raises(TypeError(f"{cls.__name__}() missing the required argument {missing[0]!r}"))
    return Tup(tuple(every[name] for name in cls._fields), cls)


def _fill_dataclass(m: Machine, owner: Ref, cls: Any, args: tuple[Value, ...], keywords: Keywords) -> None:
    from srcad.frontend.containers.objects import set_field
    from srcad.frontend.library.calls import call

    given = dataclass_arguments(m, cls, args, keywords)
    for field in dataclasses.fields(cls):
        if field.name in given:
            set_field(m, owner, field.name, given[field.name])
        elif field.default is not dataclasses.MISSING:
            set_field(m, owner, field.name, Static(field.default))
        elif field.default_factory is not dataclasses.MISSING:
            set_field(m, owner, field.name, call(m, Static(field.default_factory), ()))
        elif field.init:
            m.raises(TypeError(f"{cls.__name__}() missing the required argument {field.name!r}"))
    post = inspect.getattr_static(cls, "__post_init__", None)
    if isinstance(post, FunctionType):
        call_external(m, post, (owner,), {})


def dataclass_arguments(m: Machine, cls: Any, args: tuple[Value, ...], keywords: Keywords) -> Keywords:
    """The fields that a call of a dataclass gives."""
    fields = [f for f in dataclasses.fields(cls) if f.init]
    positional = [f.name for f in fields if not f.kw_only]
    wrong = set(keywords) - {f.name for f in fields} | set(keywords) & set(positional[: len(args)])
    if len(args) > len(positional) or wrong:
        m.raises(TypeError(f"{cls.__name__}() got unexpected arguments"))
    return dict(zip(positional, args, strict=False)) | keywords


# ---- assert and raise


def emit_assert(m: Machine, statement: ast.Assert) -> None:
    """The user's own check stays a check."""
    from srcad.frontend.syntax.expressions import test

    known = truth(m, test(m, statement.test))
    if known is True:
        return
    region: tuple[Region, ...] = ()
    if statement.msg is not None:
        message = m.apart(lambda: _message(m, statement.msg))
        region = (Region((), tuple(message.equations), (message.value,)),)
    condition = known if isinstance(known, Var) else to_atom(m, FALSE)
    m.builder.append(Equation("assert_", (condition,), (), regions=region))
    if known is False:
        raise Diverges


def _message(m: Machine, node: Any) -> Any:
    from srcad.frontend.syntax.expressions import evaluate

    return to_atom(m, evaluate(m, node))


def emit_raise(m: Machine, statement: ast.Raise) -> None:
    from srcad.frontend.syntax.expressions import evaluate

    parts = [evaluate(m, part) for part in (statement.exc, statement.cause) if part is not None]
    m.emit("raise_", *(to_atom(m, part) for part in parts))
