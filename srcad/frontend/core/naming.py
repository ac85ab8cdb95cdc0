"""Giving variables the user's names, once the whole program is read."""

from __future__ import annotations

from srcad.trace.nodes import Trace, Var
from srcad.trace.rewrite import substitute, with_body


def with_names(trace: Trace, names: dict[Var, str]) -> Trace:
    """The trace with its unnamed variables named as `names` says."""
    named = {var: Var(var.type, name) for var, name in names.items() if var.name is None}
    return with_body(trace, substitute(trace.body, named))
