"""Iterators with a name: they can be run through once.

    pairs = zip(x, y)
    a = sum(p * q for p, q in pairs)
    b = sum(p + q for p, q in pairs)      # 0: nothing is left

The frontend knows what an iterator runs over, not how far it has come. So one that has a name may be used in one place,
and not in a loop that it is made outside of.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcad.frontend.machine import Machine
from srcad.frontend.values import Iter, Value

ONCE = ("zip", "map", "enumerate", "reversed", "starmap")


def check_named(m: Machine, statement: ast.Assign, value: Value) -> None:
    """Refuse a named iterator that may be run through twice."""
    once = isinstance(statement.value, ast.GeneratorExp) or (isinstance(value, Iter) and value.kind in ONCE)
    names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
    if not once or not names:
        return
    uses = [node for node in ast.walk(m.code.node) if _reads(node, names)]
    if len(uses) > 1 or any(_repeated(m.code.node, use, statement) for use in uses):
        m.refuse(
            "an iterator that has a name may be run through more than once",
            why="after the first time nothing is left of it, and how much is left isn't followed through the run.",
            do="make a list of it: list(zip(...)).",
            node=statement,
        )


def _reads(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names


def _repeated(function: ast.AST, use: ast.AST, statement: ast.AST) -> bool:
    """Whether the use is in a loop that the statement isn't in."""
    for node in ast.walk(function):
        again = {n for part in _run_again(node) for n in ast.walk(part)}
        if use in again and statement not in again:
            return True
    return False


def _run_again(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that run more than once."""
    if isinstance(node, ast.For):
        yield from node.body
    elif isinstance(node, ast.While):
        yield node.test
        yield from node.body
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        yield node.elt
    elif isinstance(node, ast.DictComp):
        yield from (node.key, node.value)
