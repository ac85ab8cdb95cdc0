"""Calls as they stand: of functions that srcad doesn't know, which nothing active may go into."""

from __future__ import annotations

import io
import logging
import sys
import warnings

import numpy as np

from srcad.frontend.containers.strings import told
from srcad.frontend.core.cells import InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.values import ArrayRef, Obj, Ref, Static, Value
from srcad.frontend.library.randomness import drawn_type
from srcad.frontend.library.tabulated import tabulated_type
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import from_atom, to_atom
from srcad.frontend.memory.boxes import held
from srcad.frontend.memory.foreign import refuse_foreign_write, refuse_writer
from srcad.frontend.memory.raised import is_exception
from srcad.trace.nodes import Atom, Const, Path, Var
from srcad.trace.types import OPAQUE

TELLING = ("debug", "info", "warning", "error")


def as_it_stands(m: Machine, function: Static | Obj, name: str, given: Arguments) -> Value:
    """A call as it stands."""
    args, keywords, unused = given.args, given.keywords, given.unused
    if isinstance(function, Obj):
        refuse_writer(m, function.var)
    refuse_known_mutation(m, f"{name}.{_method_of(m, function)}" if isinstance(function, Obj) else name, args)
    values = (*args, *keywords.values())
    kept = _puts_into(m, function) if unused else None
    if kept is not None:
        objects.put_into_kept(m, kept, values)
    reads_only = kept is not None or _only_reads(m, function, unused)
    if reads_only and "file" in keywords and not _is_outside(m, keywords["file"]):
        reads_only = False
    if not reads_only and any(m.depends(v) for v in values):
        _refuse_call(m, name)
    callee = function.var if isinstance(function, Obj) else Const(function.value, OPAQUE)
    if reads_only:
        values = tuple(told(m, v) if _is_taken_apart(m, v) else v for v in values)
    atoms = [object_or_value(m, v) for v in values]
    start = len(m.builder.equations)
    drawn = drawn_type(m, *_generator_method(m, function), args, keywords)
    if drawn is None and isinstance(function, Static):
        drawn = tabulated_type(m, function.value, args, keywords)
    kind = OPAQUE if drawn is None else m.lengths.named(drawn)
    (result,) = m.builder.structured("call", (callee, *atoms), (), (kind,), keywords=tuple(keywords))
    m.variables.definitions[result] = m.builder.equations[start]
    if _makes_exception(function) and any(m.depends(v) for v in values):
        m.variables.active.add(result)
    if not reads_only and m.is_active(callee):  # a method of what depends on them: of text, say
        if drawn is not None:
            _refuse_call(m, name)
        m.variables.active.add(result)
    if drawn is None and not reads_only and not unused:
        arrays, lists = held(m, values)
        m.lent |= lists.union(*(sharers(m.heap, k) for k in arrays))
    return Obj(result) if drawn is None else from_atom(m, result, layout=frozenset())


def _method_of(m: Machine, function: Obj) -> str:
    """The name of a method that the run looks up."""
    made = m.variables.definitions.get(function.var) if isinstance(function.var, Var) else None
    return str(made.params["name"]) if made is not None and made.op == "attribute" else ""


def _generator_method(m: Machine, function: Value) -> tuple[str]:
    """The name of the method, if it is one of a generator of random numbers."""
    if isinstance(function, Obj) and isinstance(function.var, Var):
        equation = m.variables.definitions.get(function.var)
        owner = equation.operands[0] if equation is not None and equation.op == "attribute" else None
        if equation is not None and owner is not None and is_generator(m, owner):
            return (str(equation.params["name"]),)
    value = function.value if isinstance(function, Static) else None
    owned = isinstance(getattr(value, "__self__", None), (np.random.Generator, np.random.RandomState))
    return (value.__name__ if owned and value is not None else "",)


def is_generator(m: Machine, owner: Atom) -> bool:
    """Whether a variable holds a random number generator: an input that is one, or what default_rng gave."""
    path = next((path for path, entry in m.outside.inputs.items() if entry.var is owner), None)
    if path in m.outside.objects:
        return isinstance(m.outside.objects[path], (np.random.Generator, np.random.RandomState))
    made = m.variables.definitions.get(owner) if isinstance(owner, Var) else None
    callee = made.operands[0] if made is not None and made.op == "call" else None
    return isinstance(callee, Const) and callee.value in (np.random.default_rng, np.random.RandomState)


STORING = ("append", "appendleft", "extend", "insert", "add", "update", "setdefault", "__setitem__")


def _puts_into(m: Machine, function: Static | Obj) -> Path | None:
    """The list or dict of the world outside into which a method puts something."""
    made = (
        m.variables.definitions.get(function.var)
        if isinstance(function, Obj) and isinstance(function.var, Var)
        else None
    )
    if made is None or made.op != "attribute" or made.params["name"] not in STORING:
        return None
    return objects.kept_path(m, made.operands[0])


def _is_taken_apart(m: Machine, value: Value) -> bool:
    """Whether no object is there for an instance: what prints it gets its text."""
    cell = m.content(value)
    return isinstance(cell, InstanceCell) and (cell.path is None or cell.changed)


def object_or_value(m: Machine, value: Value) -> Atom:
    """What a function that runs as it stands gets: an instance of the world outside is passed itself."""
    if isinstance(value, Ref) and isinstance(m.heap[value.cell], InstanceCell) and not is_exception(m, value):
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
        equation = m.variables.definitions.get(function.var) if isinstance(function.var, Var) else None
        if not unused or equation is None:
            return False
        writes = equation.params.get("name") == "write" and is_stream(object_of(m, equation.operands[0]))
        return writes or equation.params.get("name") in TELLING
    value = function.value if isinstance(function, Static) else None
    if _makes_exception(function):
        return True
    if not unused:
        return False
    owner = getattr(value, "__self__", None)
    module = getattr(value, "__module__", "")
    if owner in (sys.stdout, sys.stderr) and getattr(value, "__name__", "") == "write":
        return True
    if str(module).startswith("numpy.testing") and getattr(value, "__name__", "").startswith("assert_"):
        return True
    return value in (print, warnings.warn) or isinstance(owner, logging.Logger) or module == "logging"


def _makes_exception(function: Value) -> bool:
    value = function.value if isinstance(function, Static) else None
    return isinstance(value, type) and issubclass(value, BaseException)


def _is_outside(m: Machine, file: Value) -> bool:
    """Whether a file isn't one in memory, from which the program may read again what it has written."""
    if isinstance(file, Obj):
        return is_stream(object_of(m, file.var))
    cell = m.content(file)
    return is_stream(file.value if isinstance(file, Static) else getattr(cell, "origin", None))


def object_of(m: Machine, atom: object) -> object:
    """The object that an input is at the present call."""
    path = next((path for path, entry in m.outside.inputs.items() if entry.var is atom), None)
    return m.outside.objects.get(path) if path is not None else None


def is_stream(value: object) -> bool:
    in_memory = isinstance(value, io.StringIO)
    return value in (sys.stdout, sys.stderr) or (isinstance(value, io.TextIOBase) and not in_memory)


def refuse_known_mutation(m: Machine, name: str, args: tuple[Value, ...]) -> None:
    if not name.endswith(".shuffle"):
        return
    for one in args:
        if isinstance(one, Obj):
            refuse_foreign_write(m, one.var)
    if any(isinstance(a, (ArrayRef, Ref)) for a in args):
        m.refuse(f"{name} changes its argument in place", do="use a permutation of indices.")
