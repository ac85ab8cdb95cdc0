"""What the functions of one source have in common: names, and the functions that solvers are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from srcad.trace.names import RESERVED
from srcad.trace.nodes import Trace
from srcad.trace.walk import walk


@dataclass(frozen=True)
class Shared:
    """Their names, those of the free roots, those of objects; `solved`: the names of the functions for solvers."""

    functions: frozenset[str]
    roots: frozenset[str]
    bindings: dict[str, Any] = field(default_factory=dict)
    solved: Mapping[Trace, str] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        return self.functions | self.roots


def functions_of(traces: Iterable[Trace], taken: set[str]) -> dict[Trace, str]:
    """The functions that solvers are given in these traces, and in each other, with names of their own."""
    found: dict[Trace, str] = {}
    pending = list(traces)
    while pending:
        for eq in walk(pending.pop(0).body):
            for one in (a.trace for a in eq.operands if a.trace is not None):
                if one not in found:
                    found[one] = fresh_name(one.name, taken)
                    pending.append(one)
    return found


def fresh_name(base: str, taken: set[str]) -> str:
    name, k = base, 1
    while name in taken or name in RESERVED:
        k += 1
        name = f"{base}_{k}"
    taken.add(name)
    return name


def taken_names(traces: Iterable[Trace]) -> set[str]:
    """What further functions can't be called: what parameters and free roots are, and the objects referred to."""
    taken: set[str] = set()
    for one in traces:
        taken |= {*(p.name for p in one.parameters), *(entry.path.root for entry in one.inputs)}
        taken |= set(one.bindings)
    return taken
