"""The few helpers that generated code may call: plain functions that need NumPy alone, copied into emitted files."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from srcad.runtime import indexing, matrices, products, solving, special, values

MODULES = (values, indexing, products, matrices, special, solving)
HELPERS: dict[str, Callable[..., Any]] = {
    name: function
    for module in MODULES
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__
}


def source_of(names: Iterable[str]) -> str:
    """The source of helpers and of what they call, to be copied into a file that has imported numpy as np.

    One that goes by another name, "plus as plus_", gets that too.
    """
    names = list(names)
    renamed = "".join(f"{alias} = {name}\n" for name, _, alias in (text.partition(" as ") for text in names) if alias)
    parts = [inspect.getsource(HELPERS[name]) for name in with_dependencies(names)]
    return "\n\n".join([*parts, renamed] if renamed else parts)


def named(names: Iterable[str]) -> dict[str, Callable[..., Any]]:
    """The helpers and those that they call, by the names that generated code has for them."""
    names = list(names)
    found = {name: HELPERS[name] for name in with_dependencies(names)}
    return found | {alias: found[name] for name, _, alias in (text.partition(" as ") for text in names) if alias}


def with_dependencies(names: Iterable[str]) -> list[str]:
    """The helpers and those that they call, in a fixed order."""
    wanted: set[str] = set()
    todo = [name.partition(" as ")[0] for name in names]
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += [called for called in _called_names(HELPERS[name].__code__) if called in HELPERS]
    return [name for name in HELPERS if name in wanted]


def _called_names(code: Any) -> set[str]:
    inner = [constant for constant in code.co_consts if inspect.iscode(constant)]
    return set(code.co_names).union(*map(_called_names, inner))


__all__ = ["HELPERS", "named", "source_of", "with_dependencies"]
