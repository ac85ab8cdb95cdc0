"""How a function meets its caller: its parameters, the values unpacked from them, and what it returns."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Sequence

from srcad.codegen.expressions import Expressions
from srcad.trace.fields import makes_itself
from srcad.trace.names import identifier
from srcad.trace.nodes import Fixed, Leaf, Node, Parameter, Path, Trace, Tree, Var


def parameters(given: Sequence[Parameter], x: Expressions) -> ast.arguments:
    """The signature."""
    plain = [p for p in given if p.kind == "plain"]
    keyword = [p for p in given if p.kind == "keyword"]
    rest = {p.kind: _argument(p) for p in given if p.kind in ("*", "**")}
    return ast.arguments(
        posonlyargs=[],
        args=[_argument(p) for p in plain],
        vararg=rest.get("*"),
        kwonlyargs=[_argument(p) for p in keyword],
        kw_defaults=[None if p.default is ... else x.constants.expr(p.default) for p in keyword],
        kwarg=rest.get("**"),
        defaults=[x.constants.expr(p.default) for p in plain if p.default is not ...],
    )


def _argument(p: Parameter) -> ast.arg:
    return ast.arg(p.name, _annotation(p.annotation))


def _annotation(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body if text else None
    except SyntaxError:
        return ast.Constant(text)


def local_names(trace: Trace) -> dict[Var, str | None]:
    """Names for the inputs that are parts of arguments; None where any name will do."""
    parts = [entry for entry in trace.inputs if entry.path.steps]
    return {entry.var: entry.label or local_name(entry.path) for entry in parts}


def local_name(path: Path) -> str:
    """params["w"] is w; params["blocks"][0] is blocks_0; pair[1] is pair_1."""
    parts = [str(key) for _, key in path.steps]
    first = next((k for k, (_, key) in enumerate(path.steps) if isinstance(key, str) and key.isidentifier()), None)
    words = [path.root, *parts] if first is None else parts[first:]
    return identifier("_".join(words))


def output(tree: Tree, leaves: Sequence[ast.expr], x: Expressions) -> ast.expr:
    """The expression that a function returns."""
    match tree:
        case Leaf(index):
            return leaves[index]
        case Fixed(value):
            return x.constants.expr(value)
        case Node(kind, children):
            return _CONTAINERS[kind](tree, [output(child, leaves, x) for child in children], x)


def _sequence(node: Node, children: list[ast.expr], x: Expressions) -> ast.expr:
    kind, builtin = (ast.Tuple, tuple) if node.kind == "tuple" else (ast.List, list)
    display = kind(children, ast.Load())
    if node.cls in (None, builtin):
        return display
    return ast.Call(x.constants.reference(node.cls), [display], [])


def _dict(node: Node, children: list[ast.expr], x: Expressions) -> ast.expr:
    display = ast.Dict([x.constants.expr(key) for key in node.keys], children)
    if node.cls in (None, dict):
        return display
    if node.cls is defaultdict:
        return ast.Call(x.constants.reference(node.cls), [ast.Constant(None), display], [])
    return ast.Call(x.constants.reference(node.cls), [display], [])


def _fields(node: Node, children: list[ast.expr], x: Expressions) -> ast.expr:
    named = [ast.keyword(key, child) for key, child in zip(node.keys, children, strict=True)]
    if node.kind == "namedtuple" or makes_itself(node.cls):
        return ast.Call(x.constants.reference(node.cls), [] if node.keys else children, named)
    return ast.Call(ast.Name(x.globals.name("instance_of"), ast.Load()), [x.constants.reference(node.cls)], named)


_CONTAINERS: dict[str, Callable[[Node, list[ast.expr], Expressions], ast.expr]] = {
    "tuple": _sequence,
    "list": _sequence,
    "dict": _dict,
    "namedtuple": _fields,
    "dataclass": _fields,
}
