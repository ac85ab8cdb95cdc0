"""Statements that stand for others: all that is new in them has the place of what it stands for."""

from __future__ import annotations

import ast
from typing import TypeVar

Made = TypeVar("Made", bound=ast.AST)


def sited(made: Made, at: ast.AST) -> Made:
    """A tree whose nodes have places: those without one that of another node."""
    for node in ast.walk(made):
        if isinstance(node, (ast.stmt, ast.expr)) and not hasattr(node, "lineno"):
            ast.copy_location(node, at)
    return made
