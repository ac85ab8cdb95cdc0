"""The few helpers that generated code may call: plain functions that need NumPy alone, copied into emitted files."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

from srcad.runtime import (
    bands,
    checking,
    elliptic,
    indexing,
    instances,
    matrices,
    products,
    shapes,
    solving,
    special,
    values,
)

MODULES = (values, indexing, products, matrices, bands, special, shapes, elliptic, solving, checking, instances)
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


def imports_of(names: Iterable[str]) -> set[str]:
    """The imports that a file needs with that source: of modules that helpers use, of what their annotations name."""
    found = set()
    for helper in (HELPERS[name] for name in with_dependencies(names)):
        for word in _called_names(helper.__code__).union(*map(_words, helper.__annotations__.values())):
            meant = helper.__globals__.get(word)
            if inspect.ismodule(meant):
                found.add(f"import {meant.__name__}" + (f" as {word}" if meant.__name__ != word else ""))
            elif meant is not None and word not in HELPERS:
                found.add(f"from {meant.__module__} import {word}")
    return found


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


def _called_names(code: CodeType) -> set[str]:
    inner = [constant for constant in code.co_consts if inspect.iscode(constant)]
    return set(code.co_names).union(*map(_called_names, inner))


def _words(annotation: str) -> list[str]:
    return re.findall(r"\w+", annotation)


__all__ = ["HELPERS", "imports_of", "named", "source_of", "with_dependencies"]
