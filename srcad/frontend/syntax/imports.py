"""Local imports: they run as the program would run them, when it is read."""

from __future__ import annotations

import ast
import importlib
from types import ModuleType

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Static


def import_statement(m: Machine, statement: ast.Import) -> None:
    for alias in statement.names:
        module = imported(m, alias.name)
        if alias.asname:
            m.bind(alias.asname, Static(module))
        else:
            top = alias.name.split(".")[0]
            m.bind(top, Static(imported(m, top)))


def imported(m: Machine, name: str, package: str | None = None) -> ModuleType:
    """A module; an import that fails does so in the run."""
    try:
        return importlib.import_module(name, package)
    except ImportError as error:
        m.raises(ImportError(str(error)))


def import_from(m: Machine, statement: ast.ImportFrom) -> None:
    if statement.level:
        package = m.code.globals.get("__package__")
        module = imported(m, "." * statement.level + (statement.module or ""), package)
    else:
        module = imported(m, statement.module or "")
    for alias in statement.names:
        name = alias.asname or alias.name
        if alias.name == "*":
            m.refuse("`from ... import *` in a function")
        value = getattr(module, alias.name, None)
        if value is None:
            value = imported(m, f"{module.__name__}.{alias.name}")
        m.bind(name, Static(value))
