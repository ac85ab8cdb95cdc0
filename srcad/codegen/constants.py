"""Python values as source: literals where they have one, qualified names, and otherwise a name bound to the object."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from srcad.trace.names import RESERVED, identifier

LONGEST_ARRAY = 16  # elements of an array that is printed as a literal


class Constants:
    """Prints values; `bindings` collects the objects that the source refers to by a name of their own.

    `known` says what objects are called already, `taken` which names the function uses, `bindings` what others in
    the same source have bound, and `name` gives the name
    under which a global (np, math, a builtin) can be reached.
    """

    def __init__(
        self, known: Mapping[str, Any], taken: set[str], name: Callable[[str], str], bindings: dict[str, Any]
    ) -> None:
        self.known = {id(value): name for name, value in known.items()}
        self.taken = taken
        self.name = name
        self.bindings = bindings
        self._names = {id(value): name for name, value in bindings.items() if name not in taken}

    def expr(self, value: Any) -> ast.expr:
        """The tree of a value."""
        if value is None or isinstance(value, (str, bytes)) or value is ...:
            return ast.Constant(value)
        for kind, printer in _PRINTERS:
            if type(value) is kind:
                return printer(self, value)
        if isinstance(value, np.generic):
            return self.call(f"np.{value.dtype.name if value.dtype.kind != 'b' else 'bool_'}", self.expr(value.item()))
        return self.reference(value)

    def call(self, function: str, *arguments: ast.expr) -> ast.expr:
        return ast.Call(self.dotted(function), list(arguments), [])

    def dotted(self, path: str) -> ast.expr:
        """A name with attributes; the first is a global."""
        root, *rest = path.split(".")
        tree: ast.expr = ast.Name(self.name(root), ast.Load())
        for part in rest:
            tree = ast.Attribute(tree, part, ast.Load())
        return tree

    def reference(self, value: Any) -> ast.expr:
        """An object by its qualified name, or by a name bound to it."""
        path = qualified(value)
        return self.dotted(path) if path else ast.Name(self.bind(value), ast.Load())

    def bind(self, value: Any) -> str:
        """The name of an object, the same each time."""
        if id(value) not in self._names:
            self._names[id(value)] = self._free(self.known.get(id(value)) or _nice_name(value))
            self.bindings[self._names[id(value)]] = value
        return self._names[id(value)]

    def _free(self, base: str) -> str:
        name, k = base, 1
        while name in self.taken or name in RESERVED or name in self.bindings:
            k += 1
            name = f"{base}_{k}"
        return name

    # ---- kinds of values

    def number(self, value: float) -> ast.expr:
        if value != value:
            return self.dotted("np.nan")
        if math.copysign(1.0, value) < 0:
            return ast.UnaryOp(ast.USub(), self.number(-value))
        return self.dotted("np.inf") if math.isinf(value) else ast.Constant(value)

    def complex(self, value: complex) -> ast.expr:
        if math.isfinite(value.imag) and str(value.real) == "0.0":
            return ast.Constant(value) if value.imag >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
        return self.call("complex", self.number(value.real), self.number(value.imag))

    def array(self, value: np.ndarray[Any, Any]) -> ast.expr:
        if value.size > LONGEST_ARRAY or value.dtype.kind not in "fiub" or 0 in value.shape:
            return self.reference(value)
        call = ast.Call(self.dotted("np.array"), [self.expr(value.tolist())], [])
        if value.dtype not in (np.dtype("float64"), np.dtype("int64"), np.dtype("bool")):
            call.keywords.append(ast.keyword("dtype", self.dotted(f"np.{value.dtype.name}")))
        return call

    def sequence(self, value: tuple[Any, ...] | list[Any]) -> ast.expr:
        items = [self.expr(item) for item in value]
        return ast.List(items, ast.Load()) if isinstance(value, list) else ast.Tuple(items, ast.Load())

    def dict(self, value: dict[Any, Any]) -> ast.expr:
        return ast.Dict([self.expr(key) for key in value], [self.expr(item) for item in value.values()])

    def range(self, value: Any) -> ast.expr:
        parts = (value.start, value.stop, value.step)
        return self.call(type(value).__name__, *(self.expr(part) for part in parts))


def _integer(_constants: Constants, value: int) -> ast.expr:
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


_PRINTERS: tuple[tuple[type, Callable[[Constants, Any], ast.expr]], ...] = (
    (bool, lambda constants, value: ast.Constant(value)),
    (int, _integer),
    (float, Constants.number),
    (complex, Constants.complex),
    (np.ndarray, Constants.array),
    (tuple, Constants.sequence),
    (list, Constants.sequence),
    (dict, Constants.dict),
    (range, Constants.range),
    (slice, Constants.range),
)


_HOMES = (("", builtins), ("math.", math), ("np.", np), ("np.linalg.", np.linalg), ("np.random.", np.random))


def qualified(value: Any) -> str:
    """The path by which a builtin, a module or a thing of NumPy or math is reached; "" for others."""
    if value is np or value is math:
        return "np" if value is np else "math"
    name = getattr(value, "__name__", None)
    if not isinstance(name, str):
        return ""
    if isinstance(value, ModuleType):
        return f"np{name.removeprefix('numpy')}" if name.startswith("numpy.") and "._" not in name else ""
    for path, home in _HOMES:
        if name.isidentifier() and getattr(home, name, None) is value:
            return path + name
    return ""


def _nice_name(value: Any) -> str:
    name = getattr(value, "__name__", None)
    if isinstance(name, str) and name != "<lambda>":
        return identifier(name.rpartition(".")[2])
    return identifier(type(value).__name__.lower() if name is None else "function")
