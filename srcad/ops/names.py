"""What functions are called in messages: by the name by which a user finds them."""

from __future__ import annotations

import sys
from types import BuiltinMethodType, MethodType, MethodWrapperType, ModuleType

import numpy as np


def public_name(f: object) -> str:
    """A function by the shortest path on which it is found: scipy.linalg.solve, np.add.reduce, operator.itemgetter."""
    if isinstance(f, str):
        return f
    owner = getattr(f, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"{public_name(owner)}.{getattr(f, '__name__', '')}"
    bound = isinstance(f, (MethodType, BuiltinMethodType, MethodWrapperType)) and owner is not None
    if bound and not isinstance(owner, (type, ModuleType)):
        return _of_instance(owner, str(getattr(f, "__name__", "")))
    named = f if hasattr(f, "__name__") and not isinstance(f, np.vectorize) else type(f)
    name = str(getattr(named, "__qualname__", None) or getattr(named, "__name__", ""))
    module = _public_module(named, name, str(getattr(named, "__module__", None) or _home(named)))
    return name if module in ("", "builtins", "__main__") else f"{module}.{name}"


def _of_instance(owner: object, method: str) -> str:
    """A method of an object: of scipy.stats.norm by its name, of others by their class."""
    kind = type(owner)
    name, module = getattr(owner, "name", None), str(kind.__module__)
    parent = module.rpartition(".")[0]
    if isinstance(name, str) and getattr(sys.modules.get(parent), name, None) is owner:
        return f"{parent}.{name}.{method}"
    return f"{public_name(kind)}.{method}"


def _public_module(f: object, name: str, module: str) -> str:
    """The outermost module in which the name is this function, without what is private in its path."""
    first, _, rest = name.partition(".")
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        found = getattr(sys.modules.get(".".join(parts[:length])), first, None)
        if found is not None and (found is f or rest):
            parts = parts[:length]
            break
    if parts[0].startswith("_") and parts[0][1:] in sys.modules:
        parts[0] = parts[0][1:]
    public = [part for part in parts if not part.startswith("_")]
    return ".".join(["np" if public[:1] == ["numpy"] else part for part in public[:1]] + public[1:])


def _home(f: object) -> str:
    """Where a ufunc is found, which knows no module."""
    name = getattr(f, "__name__", "")
    homes = (path for path in ("numpy", "scipy.special") if getattr(sys.modules.get(path), name, None) is f)
    return next(homes, "")
