"""The functions of the catalogue, and the calls of them that stand in a text."""

from __future__ import annotations

import ast
import builtins
import cmath
import importlib
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcad.ops.catalogue import BY_NAME, LOWERINGS, METHODS
from srcad.ops.signatures import title


def catalogue() -> Iterator[tuple[Any, Callable[..., Any]]]:
    """Each function (a method by its name), and its lowering."""
    yield from LOWERINGS.items()
    yield from METHODS.items()
    for path, lowering in BY_NAME.items():
        module, _, name = path.rpartition(".")
        if hasattr(importlib.import_module(module), name):  # some are new
            yield getattr(importlib.import_module(module), name), lowering


FUNCTIONS = list(catalogue())

SCOPE: dict[str, Any] = {"np": np, "cmath": cmath, "math": math, "operator": operator, **vars(builtins)}


def resolved(node: ast.expr) -> Any:
    """What a name or a path of names in a call stands for; None for an operand and its attributes."""
    if isinstance(node, ast.Name):
        return SCOPE.get(node.id)
    if isinstance(node, ast.Attribute):
        path = ast.unparse(node).split(".")
        if path[0] == "scipy" and len(path) == 3:
            return getattr(importlib.import_module(".".join(path[:2])), path[2], None)
        owner = resolved(node.value)
        return None if owner is None else getattr(owner, node.attr, None)
    return None


def calls_in(text: str) -> Iterator[tuple[Any, tuple[ast.expr, ...], dict[str, ast.expr]]]:
    """The calls of functions of the catalogue, and of methods by their names."""
    known = [f for f, _ in FUNCTIONS]
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        function, args = resolved(node.func), tuple(node.args)
        if function is None and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            function, args = node.func.attr, (node.func.value, *args)
        if any(function is f or function == f for f in known):
            yield function, args, {k.arg: k.value for k in node.keywords if k.arg is not None}


def call_text(function: Any, args: list[str], named: dict[str, str]) -> str:
    path = title(function)
    if isinstance(function, str):
        path, args = f"({args[0]}).{function}", args[1:]
    return f"{path}({', '.join([*args, *(f'{name}={value}' for name, value in named.items())])})"
