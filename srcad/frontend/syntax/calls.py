"""Calls in the program: their arguments, and those that look at the syntax of their arguments."""

from __future__ import annotations

import ast

from srcad.frontend.containers.containers import dict_items
from srcad.frontend.containers.iteration import elements
from srcad.frontend.control.collecting import first_of
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.values import Iter, Obj, Static, Value
from srcad.frontend.syntax.comprehensions import summed


def call_expression(m: Machine, node: ast.Call, unused: bool) -> Value:
    """A call in the program."""
    function = m.evaluate(node.func)
    special = special_form(m, function, node)
    if special is not None:
        return special
    args = elements(m, node.args)
    keywords: Keywords = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            keywords.update(_unpacked(m, m.evaluate(keyword.value)))
        else:
            keywords[keyword.arg] = m.evaluate(keyword.value)
    with m.at(node):
        return m.call(function, args, keywords, unused)


def _unpacked(m: Machine, value: Value) -> Keywords:
    """**value; an unknown mapping can go to a function that runs as it stands."""
    return {"**": value} if isinstance(value, Obj) else dict_items(m, value)


def special_form(m: Machine, function: Value, node: ast.Call) -> Value | None:
    """super(), sum(... for ...), which adds up as it goes, and next(... for ...), which leaves its loop."""
    if not isinstance(function, Static):
        return None
    if function.value is next and node.args and isinstance(node.args[0], ast.GeneratorExp):
        with m.at(node):
            made, *default = (m.evaluate(arg) for arg in node.args)
            return first_of(m, made, default[0] if default else None)
    if function.value is super and not node.args:
        return _super(m)
    plain = len(node.args) == 1 and not node.keywords
    if function.value is sum and plain and isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp)):
        with m.at(node):
            return summed(m, node.args[0])
    return None


def _super(m: Machine) -> Value:
    """super() in a method: of the class that it is written in, and of its first argument."""
    code = m.code
    cls = next((cell.cell_contents for name, cell in code.closure if name == "__class__"), None)
    around = _class_around(m) or (None if cls is None else Static(cls))
    a = code.node.args
    first = next((p.arg for p in (*a.posonlyargs, *a.args)), None)
    owner = None if first is None else m.look(first)
    if around is None or owner is None:
        m.refuse("super() outside of a method", do="write super(Class, self).")
    return Iter("super", (around, owner))


def _class_around(m: Machine) -> Value | None:
    """The class of the program in which a method of it is written."""
    frame = m.frame.parent
    while frame is not None:
        cell = m.cell(frame, FrameCell)
        if "__class__" in cell.names:
            return cell.names["__class__"]
        frame = cell.parent
    return None
