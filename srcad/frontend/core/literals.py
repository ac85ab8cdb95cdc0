"""What can be told of Python's text without reading a program: literals, and where names stand."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator

from srcad.frontend.core.versions import unwarned


def keyword_literals(text: str) -> dict[str, object] | None:
    """`"x=[1, 2], name='a, b'"` as a dict; None where that isn't the text of keywords with literals of Python."""
    try:
        call = ast.parse(f"_({text})", mode="eval").body
        if not isinstance(call, ast.Call) or call.args or any(keyword.arg is None for keyword in call.keywords):
            return None
        return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError):
        return None


def array_names(function: Callable[..., object]) -> dict[str, int]:
    """The names that stand where arrays stand: 1, or 2 where an array of two dimensions stands."""
    try:
        with unwarned():
            tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError):
        return {}
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        for place, rank in _places(node):
            if isinstance(place, ast.Name):
                found[place.id] = max(found.get(place.id, 0), rank)
    return found


def _places(node: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    match node:
        case ast.BinOp(left, ast.MatMult(), right):
            yield from ((left, 1), (right, 1))
        case ast.Subscript(value, ast.Tuple(items)):
            yield value, len(items)
        case ast.Subscript(value) | ast.For(iter=value) | ast.comprehension(iter=value):
            yield value, 1
        case ast.Attribute(value, "T"):
            yield value, 2
        case ast.Attribute(value):
            yield value, 1
        case ast.Call(ast.Name("len" | "sum" | "zip" | "enumerate" | "max" | "min"), arguments):
            yield from ((argument, 1) for argument in arguments)
