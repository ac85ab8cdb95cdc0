"""Methods that a class of the program has from list, dict and their like: done to the container in the instance."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from srcad.frontend.containers.comparisons import compare, contains
from srcad.frontend.containers.containers import delete_item, set_container_item
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.operators import binary
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.core.cells import DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.values import NONE, Method, Ref, Static, Tup, Value
from srcad.frontend.memory.branches import branch, truth
from srcad.frontend.memory.inherited import BASES, CONTENT, container_in, plain_container
from srcad.frontend.memory.lookup import in_classes
from srcad.frontend.memory.objects import call_special
from srcad.trace.nodes import Var

BINARY: Mapping[str, ast.operator] = {"add": ast.Add(), "mul": ast.Mult(), "or": ast.BitOr()}
COMPARED: Mapping[str, ast.cmpop] = {
    "__eq__": ast.Eq(),
    "__ne__": ast.NotEq(),
    "__lt__": ast.Lt(),
    "__le__": ast.LtE(),
    "__gt__": ast.Gt(),
    "__ge__": ast.GtE(),
}


def of_containers(m: Machine, f: object, given: Arguments) -> Value | None:
    """list.append(owner, v), dict.__getitem__(owner, key): what `super().append(v)` calls."""
    if f == tuple.__new__ and given.args and isinstance(given.args[0], Static):
        items = known_items(m, given.args[1], "the items of a tuple") if len(given.args) > 1 else ()
        return Tup(items, given.args[0].value)
    kinds = (types.WrapperDescriptorType, types.MethodDescriptorType)
    if not isinstance(f, kinds) or f.__objclass__ not in BASES or not given.args:
        return None
    owner, *others = given.args
    content = container_in(m, owner) or _plain(m, owner, f.__objclass__)
    if content is None:
        return None
    if f.__name__ == "__init__" and content is not owner:
        return _filled(m, owner, f.__objclass__, Arguments(tuple(others), given.keywords))
    handler = SPECIAL.get(f.__name__)
    if handler is not None:
        return handler(m, owner, content, *others)
    args = tuple(container_in(m, value) or value for value in others)
    return m.call(Method(f.__name__, content), args, given.keywords, given.unused)


def _plain(m: Machine, owner: Value, base: type) -> Ref | None:
    """A container itself, where it is of the kind that the method is for."""
    kinds = DictCell if issubclass(base, dict) else (ListCell, GrownCell)
    return owner if isinstance(owner, Ref) and isinstance(m.content(owner), kinds) else None


def _filled(m: Machine, owner: Value, base: type, given: Arguments) -> Value:
    """list.__init__(self, values)"""
    args = tuple(plain_container(m, value, "__iter__") for value in given.args)
    content = m.call(Static(base), args, given.keywords)
    assert isinstance(owner, Ref)
    m.change(owner.cell, m.cell(owner.cell, InstanceCell).with_field(CONTENT, content))
    return NONE


def _item(m: Machine, owner: Value, content: Ref, key: Value) -> Value:
    """owner[key]; a dict without the key asks __missing__, if its class has that."""
    cell = m.content(owner)
    missing = isinstance(cell, InstanceCell) and isinstance(
        in_classes(cell.cls.__mro__, "__missing__")[1], types.FunctionType
    )
    if not missing or not isinstance(owner, Ref):
        return get_at(m, content, key)
    there = truth(m, contains(m, content, key))
    ways = partial(get_at, m, content, key), partial(call_special, m, owner, "__missing__", (key,))
    if isinstance(there, Var):
        return branch(m, there, *ways)
    return ways[0]() if there else ways[1]()


def _set(m: Machine, _owner: Value, content: Ref, key: Value, value: Value) -> Value:
    set_container_item(m, content, key, value)
    return NONE


def _delete(m: Machine, _owner: Value, content: Ref, key: Value) -> Value:
    delete_item(m, content, key)
    return NONE


def _of(function: Callable[..., object]) -> Callable[..., Value]:
    return lambda m, _owner, content: m.call(Static(function), (content,))


def _binary(op: ast.operator, reflected: bool = False) -> Callable[..., Value]:
    def read(m: Machine, _owner: Value, content: Ref, other: Value) -> Value:
        sides = [content, container_in(m, other) or other]
        return binary(m, op, *(sides[::-1] if reflected else sides))

    return read


def _in_place(name: str) -> Callable[..., Value]:
    """owner += values, owner |= other"""

    def read(m: Machine, owner: Value, content: Ref, other: Value) -> Value:
        m.call(Method(name, content), (container_in(m, other) or other,))
        return owner

    return read


def _compared(op: ast.cmpop) -> Callable[..., Value]:
    return lambda m, _owner, content, other: compare(m, op, content, container_in(m, other) or other)


SPECIAL: Mapping[str, Callable[..., Value]] = MappingProxyType(
    {
        "__getitem__": _item,
        "__setitem__": _set,
        "__delitem__": _delete,
        "__contains__": lambda m, _owner, content, item: contains(m, content, item),
        "__len__": _of(len),
        "__iter__": _of(iter),
        "__reversed__": _of(reversed),
        "__repr__": _of(repr),
        "__iadd__": _in_place("extend"),
        "__ior__": _in_place("update"),
        **{f"__{name}__": _binary(op) for name, op in BINARY.items()},
        **{f"__r{name}__": _binary(op, reflected=True) for name, op in BINARY.items()},
        **{name: _compared(op) for name, op in COMPARED.items()},
    }
)

__all__ = ["of_containers"]
