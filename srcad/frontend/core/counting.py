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
