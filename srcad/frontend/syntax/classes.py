"""A class that is defined in a function: its body is read as a scope, and a class is made of what is in it."""

from __future__ import annotations

import abc
import ast
import dataclasses
import enum
import functools
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from srcad.errors import SrcadError
from srcad.frontend.core.cells import FrameCell, InstanceCell
from srcad.frontend.core.inside import Inside, stand_in
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import attribute_name
from srcad.frontend.core.values import Ref, Static, Value
from srcad.frontend.memory.objects import standard
from srcad.frontend.procedures.functions import make_function

OF_METHODS = (property, staticmethod, classmethod, functools.cached_property, abc.abstractmethod)
OF_CLASSES = (dataclasses.dataclass, functools.total_ordering, enum.unique)


def class_statement(m: Machine, node: ast.ClassDef) -> None:
    """class Name(Base): ..."""
    bases = tuple(_known(m, base, "a base class") for base in node.bases)
    keywords = {k.arg or "**": _known(m, k.value, "an argument of a class") for k in node.keywords}
    outer = m.stack.frames[-1]
    plain = replace(m.code, local_names=frozenset(), nonlocals=frozenset())
    methods = m.allocate(FrameCell(plain, {}, outer))
    body = m.allocate(FrameCell(replace(plain, holder=node.name), {}, outer))
    annotations: dict[str, object] = {}
    with m.stack.frame(body):
        for statement in node.body:
            with m.at(statement):
                _member(m, statement, methods, annotations)
    made = m.cell(body, FrameCell)
    namespace = {attribute_name(made.code, name): _standing(m, value, name) for name, value in made.names.items()}
    cls = _made(m, node, bases, keywords, {**namespace, "__annotations__": annotations})
    for decorator in reversed(node.decorator_list):
        cls = _decorated(m, decorator, cls)
    m.part(Inside).classes[id(cls)] = cls
    m.bind("__class__", Static(cls), methods)
    m.assign(ast.copy_location(ast.Name(node.name, ast.Store()), node), Static(cls))


def _known(m: Machine, node: ast.expr, what: str) -> Any:
    value = m.evaluate(node)
    if not isinstance(value, Static):
        m.refuse(f"{what} that is known at run time only", node=node)
    return value.value


# ---- the body


def _member(m: Machine, statement: ast.stmt, methods: int, annotations: dict[str, object]) -> None:
    match statement:
        case ast.FunctionDef():
            made = stand_in(m, replace(make_function(m, statement), frame=methods), statement.name)
            for decorator in reversed(statement.decorator_list):
                made = _decorated_method(m, decorator, made, statement.name)
            m.bind(statement.name, Static(made))
        case ast.AnnAssign(target=ast.Name(id=name)):
            annotations[name] = _annotation(m, statement.annotation)
            if statement.value is not None:
                m.bind(name, _field(m, statement.value))
        case ast.Expr(value=ast.Constant()):
            pass
        case _:
            m.execute([statement])


def _annotation(m: Machine, node: ast.expr) -> object:
    with m.attempt(SrcadError):
        value = m.evaluate(node)
        if isinstance(value, Static):
            return value.value
    return ast.unparse(node)


def _field(m: Machine, node: ast.expr) -> Value:
    """What an annotated name is set to: dataclasses.field(...) is made now."""
    if isinstance(node, ast.Call):
        function = m.evaluate(node.func)
        if isinstance(function, Static) and function.value is dataclasses.field:
            given = {k.arg or "": stand_in(m, m.evaluate(k.value), k.arg or "field") for k in node.keywords}
            return Static(dataclasses.field(**given))
    return m.evaluate(node)


def _decorated_method(m: Machine, node: ast.expr, made: object, name: str) -> object:
    decorator = m.evaluate(node)
    known: Any = decorator.value if isinstance(decorator, Static) else None
    of_property = isinstance(getattr(known, "__self__", None), property)
    if known in OF_METHODS or of_property:
        return known(made)
    return stand_in(m, m.call(decorator, (Static(made),)), name)


def _standing(m: Machine, value: Value, name: str) -> object:
    """What stands in the class for a value that its body has made."""
    cell = m.content(value)
    if isinstance(cell, InstanceCell) and isinstance(value, Ref):
        hooks = [hook for hook in ("__get__", "__set__", "__set_name__") if hasattr(cell.cls, hook)]
        if hooks:
            m.refuse(
                f"an object with {hooks[0]} stands in a class that is defined inside a differentiated function",
                do="define the class at the level of the module.",
            )
    return stand_in(m, value, name)


# ---- the class


def _made(
    m: Machine, node: ast.ClassDef, bases: tuple[Any, ...], keywords: dict[str, Any], namespace: dict[str, object]
) -> type:
    whole = types.resolve_bases(bases)
    kind = types.prepare_class(node.name, whole, keywords)[0]
    every = [cls for base in whole for cls in getattr(base, "__mro__", ())]
    hooks = [cls for cls in every if "__init_subclass__" in vars(cls) and cls is not object and not standard(cls)]
    if hooks or not (kind is type or standard(kind)):
        m.refuse(
            "a class with a metaclass or __init_subclass__ is defined inside a differentiated function",
            why="these would run while the function is read, and not when it is called.",
            do="define the class at the level of the module.",
            node=node,
        )
    place = {"__module__": str(m.code.globals.get("__name__", "")), "__qualname__": node.name}

    def fill(names: Any) -> None:
        for name, value in {**place, **namespace}.items():
            names[name] = value

    try:
        return types.new_class(node.name, bases, keywords, fill)
    except TypeError as error:
        m.raises(error)


def _decorated(m: Machine, node: ast.expr, cls: type) -> type:
    """dataclass, dataclass(frozen=True): decorators that are known."""
    function = m.evaluate(node.func if isinstance(node, ast.Call) else node)
    known: Callable[..., Any] | None = function.value if isinstance(function, Static) else None
    if known not in OF_CLASSES or known is None:
        m.refuse(
            "a class that is defined inside a differentiated function has a decorator that srcad doesn't know",
            do="define the class at the level of the module.",
            node=node,
        )
    given = {}
    if isinstance(node, ast.Call):
        given = {k.arg or "": _known(m, k.value, "an argument of a decorator") for k in node.keywords}
        known = functools.partial(known, **given)
    try:
        made: type = known(cls)
    except (TypeError, ValueError) as error:
        m.raises(error)
    return made


__all__ = ["class_statement"]
