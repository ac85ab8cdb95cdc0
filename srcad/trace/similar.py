"""Whether two procedures are the same but for the names of their variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var


def same_procedures(a: str, of_a: Mapping[str, Trace], b: str, of_b: Mapping[str, Trace]) -> bool:
    """Whether a procedure of one table does what one of another table does, with all that they call."""
    comparison = _Comparison()
    comparison.paired[a] = b
    done: set[str] = set()
    while pending := [name for name in comparison.paired if name not in done]:
        for name in pending:
            done.add(name)
            if not comparison.traces(of_a[name], of_b[comparison.paired[name]]):
                return False
    return True


class _Comparison:
    def __init__(self) -> None:
        self.paired: dict[str, str] = {}
        self.same: dict[Var, Var] = {}

    def traces(self, a: Trace, b: Trace) -> bool:
        one, two = ([entry.var for entry in trace.inputs] for trace in (a, b))
        return len(one) == len(two) and all(map(self.define, one, two)) and self.regions(a.body, b.body)

    def define(self, a: Var, b: Var) -> bool:
        self.same[a] = b
        return a.type == b.type

    def atom(self, a: Atom, b: Atom) -> bool:
        if isinstance(a, Const) and isinstance(b, Const):
            return same_constants(a, b)
        return isinstance(a, Var) and self.same.get(a) is b

    def atoms(self, a: tuple[Atom, ...], b: tuple[Atom, ...]) -> bool:
        return len(a) == len(b) and all(map(self.atom, a, b))

    def regions(self, a: Region, b: Region) -> bool:
        if len(a.parameters) != len(b.parameters) or not all(map(self.define, a.parameters, b.parameters)):
            return False
        if len(a.equations) != len(b.equations) or not all(map(self.equations, a.equations, b.equations)):
            return False
        return self.atoms(a.results, b.results)

    def equations(self, a: Equation, b: Equation) -> bool:
        if a.op != b.op or a.span != b.span or not self.atoms(a.operands, b.operands):
            return False
        if len(a.regions) != len(b.regions) or not all(map(self.regions, a.regions, b.regions)):
            return False
        if len(a.results) != len(b.results) or not all(map(self.define, a.results, b.results)):
            return False
        return self.params(dict(a.params), dict(b.params))

    def params(self, a: dict[str, Any], b: dict[str, Any]) -> bool:
        if "procedure" in a and "procedure" in b:
            called = a.pop("procedure"), b.pop("procedure")
            if self.paired.setdefault(*called) != called[1]:
                return False
        return a == b


def same_constants(a: Const, b: Const) -> bool:
    if a.value is b.value:
        return True
    simple = isinstance(a.value, (int, float, complex, str, tuple, type(None)))
    return simple and type(a.value) is type(b.value) and repr(a.value) == repr(b.value) and a.type == b.type
