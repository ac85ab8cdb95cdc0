"""Giving variables names: a variable keeps its name for life, so that another takes its place."""

from __future__ import annotations

from collections.abc import Mapping

from srcad.trace.nodes import Region, Var
from srcad.trace.procedures import unused
from srcad.trace.rewrite import substitute


def rename(region: Region, names: Mapping[Var, str]) -> Region:
    """The region with these variables, defined in it, under these names."""
    return substitute(region, {var: Var(var.type, name) for var, name in names.items()})


def fresh(name: str, taken: set[str]) -> str:
    """The name, with a number if need be; it is taken from now on."""
    candidate = unused(name, taken)
    taken.add(candidate)
    return candidate
