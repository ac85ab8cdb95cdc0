"""Calls: of NumPy by their lowerings, of the program's functions by reading them, of anything else as they stand.

A function that srcad doesn't know may run as it stands as long as nothing in it depends on the differentiated
arguments; else it is refused.
"""

from __future__ import annotations

import ast
import functools
import io
import logging
import sys
import warnings
from collections.abc import Mapping
from dataclasses import replace
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np
from numpy.exceptions import AxisError

from srcad.errors import SrcadError
from srcad.frontend.containers import objects
from srcad.frontend.containers.containers import DICT_METHODS, LIST_METHODS, TUPLE_METHODS, nested_list_method
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.control.comprehensions import taken
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.reading import Applies, Derivative, LinearMapValue, Makes, Maps, Meaning, meaning_of
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.source import transparent
from srcad.frontend.core.values import (
    NONE,
    ArrayCell,
    ArrayRef,
    Bound,
    Choice,
    DictCell,
    Func,
    InstanceCell,
    Method,
    Num,
    Obj,
    Ref,
    Static,
    Tup,
    Value,
)
from srcad.frontend.derivatives.custom import call_custom, has_rules
from srcad.frontend.derivatives.derivatives import apply, call_derivative, make
from srcad.frontend.derivatives.linear_maps import call_map, make_map
from srcad.frontend.derivatives.scipy import call_scipy
from srcad.frontend.library.builtins import BUILTINS, special_form
from srcad.frontend.library.mutators import MUTATORS, array_method, ufunc_at
from srcad.frontend.library.randomness import drawn_type
from srcad.frontend.library.strings import string_method
from srcad.frontend.memory.arrays import (
    check_defined,
    contiguity,
    from_atom,
    is_list,
    load,
    new_array,
    result_value,
    store,
    to_atom,
    to_python,
)
from srcad.frontend.memory.boxes import held
from srcad.frontend.memory.branches import distribute
from srcad.frontend.procedures.functions import call_external, call_function, construct
from srcad.frontend.syntax.expressions import dict_items, elements, evaluate
from srcad.ops.catalogue import LOWERINGS, METHODS, CallError
from srcad.ops.signatures import bind, passed_on, title
from srcad.trace.nodes import Const, Var
from srcad.trace.types import OPAQUE

Keywords = dict[str, Value]
NAMESPACES = (exec, eval, compile, locals, globals, vars)
TELLING = ("debug", "info", "warning", "error")
MAY_SHARE = (np.einsum, np.ascontiguousarray, np.asfortranarray, np.require)


def call_expression(m: Machine, node: ast.Call, unused: bool) -> Value:
    """A call in the program."""
    function = evaluate(m, node.func)
    special = special_form(m, function, node)
    if special is not None:
        return special
    args = elements(m, node.args)
    keywords: Keywords = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            keywords.update(_unpacked(m, evaluate(m, keyword.value)))
        else:
            keywords[keyword.arg] = evaluate(m, keyword.value)
    with m.at(node):
        return call(m, function, args, keywords, unused)


def _unpacked(m: Machine, value: Value) -> Keywords:
    """**value; an unknown mapping can go to a function that runs as it stands."""
    return {"**": value} if isinstance(value, Obj) else dict_items(m, value)


def call(
    m: Machine, function: Value, args: tuple[Value, ...], keywords: Keywords | None = None, unused: bool = False
) -> Value:
    """function(*args, **keywords)."""
    keywords = keywords or {}
    if isinstance(function, Choice):
        return distribute(m, function, lambda f: call(m, f, args, keywords, unused))
    if isinstance(function, Func):
        return call_function(m, function, args, keywords)
    if isinstance(function, Bound):
        return call(m, function.function, (*function.first, *args), {**dict(function.keywords), **keywords}, unused)
    if isinstance(function, Method):
        return call_method(m, function, args, keywords)
    if isinstance(function, Static):
        return _call_static(m, function.value, args, keywords, unused)
    if isinstance(function, Derivative):
        return call_derivative(m, function, args, keywords)
    if isinstance(function, LinearMapValue):
        return call_map(m, function, args, keywords)
    if isinstance(function, Obj):
        return _opaque(m, function, "an object", args, keywords, unused)
    if isinstance(function, Ref) and isinstance(m.heap[function.cell], InstanceCell):
        method = objects.special_method(m, function, "__call__")
        if method is None:
            m.raises(TypeError(f"{function.describe()} is called, and isn't callable"))
        return call(m, method, args, keywords)
    check_defined(m, function)
    m.refuse(f"{function.describe()} is called")


def _call_static(m: Machine, f: Any, args: tuple[Value, ...], keywords: Keywords, unused: bool) -> Value:
    if any(f is one for one in NAMESPACES):
        _refuse_names(m, f)
    handler = _known(BUILTINS, f) or _known(MUTATORS, f)
    if handler is not None:
        return _handled(m, handler, args, keywords, lazy=f in LAZY)
    if has_rules(f):
        return call_custom(m, f, args, keywords)
    meaning = meaning_of(f)
    if meaning is not None:
        return _call_meant(m, f, meaning, args, keywords)
    if _ufunc_method(f) == "at":
        return ufunc_at(m, f.__self__, *args)
    solved = call_scipy(m, f, args, keywords)
    if solved is not None:
        return solved
    if lowering_of(f) is not None:
        return lower(m, f, args, keywords)
    if isinstance(f, functools.partial):
        named = {k: Static(v) for k, v in f.keywords.items()}
        return call(m, Static(f.func), (*map(Static, f.args), *args), named | keywords)
    if isinstance(f, MethodType):
        return call(m, Static(f.__func__), (Static(f.__self__), *args), keywords)
    if isinstance(f, type):
        made = construct(m, f, args, keywords)
        return made if made is not None else _opaque(m, Static(f), f.__name__, args, keywords, unused)
    if getattr(f, "__name__", "") == "_make" and len(args) == 2 and hasattr(known_value(args[0]), "_fields"):
        return call(m, args[0], known_items(m, args[1], "the fields of a named tuple"), keywords)
    if isinstance(f, FunctionType) and not objects.standard(f):
        return _read_or_run(m, f, args, keywords, unused)
    if transparent(f) and not objects.standard(f.__wrapped__):
        return _read_or_run(m, f.__wrapped__, args, keywords, unused)
    return _opaque(m, Static(f), name_of(f), args, keywords, unused)


def _call_meant(m: Machine, f: Any, meaning: Meaning, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A call of a function of srcad."""
    match meaning:
        case Makes():
            return make(m, f, args, keywords)
        case Applies():
            return apply(m, f, meaning, args, keywords)
        case Maps():
            return make_map(m, f.__name__, meaning, args, keywords)
    return _handled(m, meaning.reader, args, keywords)


def known_value(value: Value) -> Any:
    return value.value if isinstance(value, Static) else None


def _refuse_names(m: Machine, f: Any) -> None:
    m.refuse(
        f"{f.__name__}() is called in a differentiated function",
        why="it sees the names of the function by their text, which those of its derivative aren't.",
        do="use the variables themselves; to choose a function by its name, use a dict of functions.",
    )


def _known(table: dict[Any, Any], f: Any) -> Any:
    try:
        return table.get(f)
    except TypeError:
        return None


LAZY = (zip, map, enumerate, iter)  # they run through their arguments when they are run through themselves


def _handled(m: Machine, handler: Any, args: tuple[Value, ...], keywords: Keywords, lazy: bool = False) -> Value:
    if not lazy:
        args = tuple(taken(m, a) for a in args)
    try:
        result: Value = handler(m, *args, **keywords)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:
            m.refuse(f"these arguments aren't supported: {error}")
        raise
    return result


def _ufunc_method(f: Any) -> str:
    owner = getattr(f, "__self__", None)
    return str(f.__name__) if isinstance(owner, np.ufunc) and isinstance(f, BuiltinFunctionType) else ""


def lowering_of(f: Any) -> Any:
    """How calls of a NumPy, math or scipy.special function become equations; None if srcad doesn't know it."""
    from srcad.ops import catalogue

    found = _known(LOWERINGS, f)
    if found is not None:
        return found
    method = _ufunc_method(f)
    if method:
        return LOWERINGS.get((method, f.__self__.__name__))
    by_name: dict[str, Any] = getattr(catalogue, "BY_NAME", {})
    module = str(getattr(f, "__module__", None) or "")
    if isinstance(f, np.ufunc) and getattr(np, f.__name__, None) is not f:
        module = "scipy.special"
    parts = module.split(".")
    short = ".".join(parts[:2]) if parts[0] == "scipy" else module
    return by_name.get(f"{short}.{getattr(f, '__name__', '')}")


# ---- NumPy


def lower(m: Machine, function: Any, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """A call of a function that the catalogue knows, or of the method of arrays with this name."""
    lowering = METHODS[function] if isinstance(function, str) else lowering_of(function)
    try:
        bound = bind(function, args, keywords)
    except TypeError as error:
        m.refuse(f"{title(function)} takes no such arguments: {error}")
    sources: dict[Var, ArrayRef] = {}
    plain = {name: _argument(m, value, sources) for name, value in bound.arguments.items()}
    out = None if bound.out == Static(None) else bound.out
    content = load(m, out) if isinstance(out, ArrayRef) and "where" in plain else None
    start = len(m.builder.equations)
    try:
        positional, named = passed_on(replace(bound, arguments=plain, out=content), lowering)
        result = lowering(m.builder, *positional, **named)
    except SrcadError as error:
        raise m.located(error) from None
    except (CallError, AxisError) as error:
        m.raises(ValueError(str(error)))
    m.note(start)
    value = result_value(m, result, sources, layout_of(m, function, _flat(bound.arguments), sources))
    if may_share(function, plain) and len(sources) == 1:
        value = apart_from(m, value, sources)
        share(m, value, next(iter(sources.values())))
    return value if out is None else _into(m, out, value)


def _flat(arguments: Mapping[str, Any]) -> tuple[Value, ...]:
    """The arguments, those of *args one by one."""
    return tuple(v for given in arguments.values() for v in (given if isinstance(given, tuple) else (given,)))


def may_share(function: Any, arguments: Mapping[str, object]) -> bool:
    """Whether it depends on how an array lies in memory if the result is a view of it."""
    if function in (np.asarray, np.asanyarray, np.array) and not arguments.get("copy", function is np.array):
        return arguments.get("order") in ("C", "F")
    return function in MAY_SHARE


def layout_of(m: Machine, f: Any, args: tuple[Value, ...], sources: dict[Var, ArrayRef]) -> Any:
    """The inputs that must be C-contiguous for a new array of this function to be; None if that isn't known."""
    ordered = any(isinstance(a, Static) and isinstance(a.value, str) and a.value in ("F", "A", "K") for a in args)
    within = any(isinstance(a, (Tup, Ref)) and held(m, (a,))[0] for a in args)
    return None if ordered or within or f in MAY_SHARE else contiguity(m, list(sources.values()))


def apart_from(m: Machine, value: Value, sources: dict[Var, ArrayRef]) -> Value:
    """A result that is its argument or a copy of it, by the layout of the memory: a cell of its own."""
    source = next(iter(sources.values()))
    if isinstance(value, ArrayRef) and value.cell == source.cell:
        return new_array(m, load(m, value))
    return value


def share(m: Machine, value: Value, source: ArrayRef) -> None:
    """These give a view of a single operand where they can: the result may share its memory."""
    cell = m.heap[value.cell] if isinstance(value, ArrayRef) and value.cell != source.cell else None
    if isinstance(value, ArrayRef) and isinstance(cell, ArrayCell):
        m.heap[value.cell] = replace(cell, aliases=cell.aliases | sharers(m.heap, source.cell), contiguous=None)


def _argument(m: Machine, value: Any, sources: dict[Var, ArrayRef]) -> Any:
    """What a lowering gets for an argument; a Python tuple of values is what *args stands for."""
    if isinstance(value, tuple):
        return tuple(_argument(m, item, sources) for item in value)
    value = taken(m, value)
    plain = to_python(m, value)
    if isinstance(value, ArrayRef) and isinstance(plain, Var):
        sources.setdefault(plain, value)
    if isinstance(value, Obj) and m.is_active(value.var):
        from srcad.frontend.syntax.expressions import refuse_object

        refuse_object(m)
    return plain


def _into(m: Machine, out: Any, value: Value) -> Value:
    """out=: the result is stored in an array, and is that array; several results in several arrays."""
    outs = out.items if isinstance(out, Tup) else out if isinstance(out, tuple) else (out,)
    values = value.items if isinstance(value, Tup) else (value,)
    stored = tuple(v if o in (None, NONE) else _stored(m, o, v) for o, v in zip(outs, values, strict=True))
    return Tup(stored) if isinstance(value, Tup) else stored[0]


def _stored(m: Machine, out: Value, value: Value) -> Value:
    from srcad.frontend.memory.arrays import set_items

    if not isinstance(out, ArrayRef):
        m.refuse(f"{out.describe()} is given as out=")
    before = load(m, out).type
    fresh = load(m, value) if isinstance(value, ArrayRef) else None
    if fresh is not None and fresh.type == before:
        store(m, out, fresh)
    else:
        set_items(m, out, value, ((), (("ellipsis",),)))
    return out


def call_method(m: Machine, method: Method, args: tuple[Value, ...], keywords: Keywords) -> Value:
    owner, name = method.owner, method.name
    if isinstance(owner, ArrayRef) and is_list(m, owner):
        return nested_list_method(m, owner, name, args)
    if isinstance(owner, (ArrayRef, Num)):
        special = array_method(m, owner, name, args, keywords)
        if special is not None:
            return special
        return lower(m, name, (owner, *args), keywords)
    if isinstance(owner, Tup):
        return _from_table(m, TUPLE_METHODS, "a tuple", method, args, keywords)
    if isinstance(owner, Static):
        return string_method(m, owner, name, args, keywords)
    cell = m.heap[owner.cell] if isinstance(owner, Ref) else None
    if isinstance(cell, DictCell):
        return _from_table(m, DICT_METHODS, "a dict", method, args, keywords)
    if isinstance(cell, InstanceCell):
        return Static(None)
    return _from_table(m, LIST_METHODS, "a list", method, args, keywords)


def _from_table(
    m: Machine, table: dict[str, Any], what: str, method: Method, args: tuple[Value, ...], keywords: Keywords
) -> Value:
    handler = table.get(method.name)
    if handler is None:
        m.refuse(f"the method {method.name!r} of {what} isn't supported yet")
    return _handled(m, handler, (method.owner, *args), keywords)


# ---- functions of Python


def _read_or_run(m: Machine, f: FunctionType, args: tuple[Value, ...], keywords: Keywords, unused: bool) -> Value:
    """Read a function's source. What can't be read may run as it stands if nothing active goes in."""
    values = (*args, *keywords.values())
    inactive = not _is_reading(m) and not any(objects.depends(m, v) for v in values)
    with m.attempt(SrcadError, when=lambda _: inactive):
        return call_external(m, f, args, keywords)
    return _opaque(m, Static(f), name_of(f), args, keywords, unused)


def _is_reading(m: Machine) -> bool:
    """Whether the function that failed is the differentiated one itself."""
    return len(m.stack) == 0


def name_of(f: Any) -> str:
    if isinstance(f, str):
        return f
    module = getattr(f, "__module__", None) or type(f).__module__
    name = getattr(f, "__qualname__", getattr(f, "__name__", repr(f)))
    short = "np" if str(module).partition(".")[0] == "numpy" else module
    return f"{short}.{name}" if short and short != "builtins" else str(name)


def _opaque(m: Machine, function: Value, name: str, args: tuple[Value, ...], keywords: Keywords, unused: bool) -> Value:
    """A call as it stands."""
    refuse_known_mutation(m, name, args)
    values = (*args, *keywords.values())
    reads_only = _only_reads(m, function, unused)
    if reads_only and "file" in keywords and not _is_outside(m, keywords["file"]):
        reads_only = False
    if not reads_only and any(objects.depends(m, v) for v in values):
        _refuse_call(m, name)
    callee = function.var if isinstance(function, Obj) else Const(function.value, OPAQUE)  # type: ignore[attr-defined]
    atoms = [_object(m, v) for v in values]
    start = len(m.builder.equations)
    drawn = drawn_type(m, *_generator_method(m, function), args, keywords)
    kind = OPAQUE if drawn is None else m.lengths.named(drawn)
    (result,) = m.builder.structured("call", (callee, *atoms), (), (kind,), keywords=tuple(keywords))
    m.definitions[result] = m.builder.equations[start]
    if drawn is None and not reads_only and not unused:
        arrays, lists = held(m, values)
        m.lent |= lists.union(*(sharers(m.heap, k) for k in arrays))
    return Obj(result) if drawn is None else from_atom(m, result, layout=frozenset())


def _generator_method(m: Machine, function: Value) -> tuple[str]:
    """The name of the method, if it is one of a generator of random numbers."""
    if isinstance(function, Obj) and isinstance(function.var, Var):
        equation = m.definitions.get(function.var)
        owner = equation.operands[0] if equation is not None and equation.op == "attribute" else None
        if equation is not None and owner is not None and is_generator(m, owner):
            return (str(equation.params["name"]),)
    value = function.value if isinstance(function, Static) else None
    owned = isinstance(getattr(value, "__self__", None), (np.random.Generator, np.random.RandomState))
    return (value.__name__ if owned and value is not None else "",)


def is_generator(m: Machine, owner: Any) -> bool:
    """Whether a variable holds a random number generator: an input that is one, or what default_rng gave."""
    path = next((path for path, entry in m.inputs.items() if entry.var is owner), None)
    if path in m.objects:
        return isinstance(m.objects[path], (np.random.Generator, np.random.RandomState))
    made = m.definitions.get(owner)
    callee = made.operands[0] if made is not None and made.op == "call" else None
    return isinstance(callee, Const) and callee.value in (np.random.default_rng, np.random.RandomState)


def _object(m: Machine, value: Value) -> Any:
    """What a function that runs as it stands gets: an instance of the world outside is passed itself."""
    if isinstance(value, Ref) and isinstance(m.heap[value.cell], InstanceCell):
        return objects.object_atom(m, value)
    return to_atom(m, value)


def _refuse_call(m: Machine, name: str) -> None:
    m.refuse(
        f"{name} gets values that depend on the differentiated arguments",
        why="srcad has neither a derivative rule nor Python source for it.",
        do="write it with NumPy functions that have a rule, give it one of your own by srcad.custom_rule, "
        "or keep the differentiated values out of it.",
    )


def _only_reads(m: Machine, function: Value, unused: bool) -> bool:
    """Functions that are called for what they print, and exceptions, which are made to be raised."""
    if isinstance(function, Obj):
        equation = m.definitions.get(function.var) if isinstance(function.var, Var) else None
        if not unused or equation is None:
            return False
        writes = equation.params.get("name") == "write" and is_stream(object_of(m, equation.operands[0]))
        return writes or equation.params.get("name") in TELLING
    value = function.value if isinstance(function, Static) else None
    if isinstance(value, type) and issubclass(value, BaseException):
        return True
    if not unused:
        return False
    owner = getattr(value, "__self__", None)
    module = getattr(value, "__module__", "")
    if owner in (sys.stdout, sys.stderr) and getattr(value, "__name__", "") == "write":
        return True
    return value in (print, warnings.warn) or isinstance(owner, logging.Logger) or module == "logging"


def _is_outside(m: Machine, file: Value) -> bool:
    """Whether a file isn't one in memory, from which the program may read again what it has written."""
    if isinstance(file, Obj):
        return is_stream(object_of(m, file.var))
    cell = m.heap[file.cell] if isinstance(file, Ref) else None
    return is_stream(file.value if isinstance(file, Static) else getattr(cell, "origin", None))


def object_of(m: Machine, atom: Any) -> Any:
    """The object that an input is at the present call."""
    path = next((path for path, entry in m.inputs.items() if entry.var is atom), None)
    return m.objects.get(path) if path is not None else None


def is_stream(value: Any) -> bool:
    in_memory = isinstance(value, io.StringIO)
    return value in (sys.stdout, sys.stderr) or (isinstance(value, io.TextIOBase) and not in_memory)


def refuse_known_mutation(m: Machine, name: str, args: tuple[Value, ...]) -> None:
    if name.endswith(".shuffle") and any(isinstance(a, (ArrayRef, Ref)) for a in args):
        m.refuse(f"{name} changes its argument in place", do="use a permutation of indices.")
