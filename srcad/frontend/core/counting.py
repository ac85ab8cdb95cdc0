"""Conditions that can be known beforehand: those on whole numbers and lengths."""

from __future__ import annotations

from srcad.frontend.core.lengths import only_length
from srcad.frontend.core.machine import Machine
from srcad.trace.nodes import Var
from srcad.trace.types import Array, Scalar


def countable(m: Machine, condition: Var) -> bool:
    """Whether a condition depends on whole numbers and lengths alone."""
    sources = m.variables.sources(condition)
    return bool(sources) and all(
        (isinstance(v.type, Scalar) and v.type.dtype == "int64")
        or (isinstance(v.type, Array) and only_length(m.variables.definitions, condition, v))
        for v in sources
    )


def told_beforehand(m: Machine, condition: Var) -> bool:
    """Whether a condition depends on those of the arguments, and their lengths, alone, which aren't all known yet."""
    paths = {entry.var: path for path, entry in m.outside.inputs.items()}
    sources = m.variables.sources(condition)
    if not countable(m, condition) or not sources <= paths.keys():
        return False
    return not {paths[v] for v in sources} <= m.known.ints | m.known.shapes
