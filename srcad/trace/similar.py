"""Whether two procedures are the same but for the names of their variables, and of what they record."""

from __future__ import annotations

from collections.abc import Mapping

from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var
from srcad.trace.types import ListOf, Record, Recording, TupleOf


def same_procedures(a: str, of_a: Mapping[str, Trace], b: str, of_b: Mapping[str, Trace]) -> bool:
    """Whether a procedure of one table does what one of another table does, with all that they call."""
    return paired_procedures(a, of_a, b, of_b) is not None


def paired_procedures(
    a: str, of_a: Mapping[str, Trace], b: str, of_b: Mapping[str, Trace]
) -> tuple[dict[str, str], dict[Recording, Recording]] | None:
    """Which procedures and records of one table are which of another; None if the two procedures differ."""
    comparison = _Comparison()
    comparison.paired[a] = b
    done: set[str] = set()
    while pending := [name for name in comparison.paired if name not in done]:
        for name in pending:
            done.add(name)
            if not comparison.traces(of_a[name], of_b[comparison.paired[name]]):
                return None
    return comparison.paired, comparison.records


class _Comparison:
    def __init__(self) -> None:
        self.paired: dict[str, str] = {}
        self.records: dict[Recording, Recording] = {}
        self.same: dict[Var, Var] = {}

    def traces(self, a: Trace, b: Trace) -> bool:
        one, two = ([entry.var for entry in trace.inputs] for trace in (a, b))
        return len(one) == len(two) and all(map(self.define, one, two)) and self.regions(a.body, b.body)

    def define(self, a: Var, b: Var) -> bool:
        self.same[a] = b
        return self.types(a.type, b.type)

    def types(self, a: object, b: object) -> bool:
        """Equal types, or tuples of these; the records of the one may be called otherwise in the other."""
        match a, b:
            case tuple(), tuple():
                return len(a) == len(b) and all(map(self.types, a, b))
            case Record(one, order), Record(other, another):
                return order == another and self.records.setdefault(one, other) is other
            case ListOf(one), ListOf(other):
                return self.types(one, other)
            case TupleOf(one), TupleOf(other):
                return self.types(one, other)
        return bool(a == b)

    def atom(self, a: Atom, b: Atom) -> bool:
        match a, b:
            case Const(), Const():
                return same_constants(a, b)
            case Var(), Var():
                return self.same.get(a) is b
        return False

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

    def params(self, a: dict[str, object], b: dict[str, object]) -> bool:
        if "procedure" in a and "procedure" in b:
            mine, other = str(a.pop("procedure")), str(b.pop("procedure"))
            if self.paired.setdefault(mine, other) != other:
                return False
        return a.keys() == b.keys() and all(self.types(value, b[name]) for name, value in a.items())


def same_constants(a: Const, b: Const) -> bool:
    if a.value is b.value:
        return True
    simple = isinstance(a.value, (int, float, complex, str, tuple, type(None)))
    return simple and type(a.value) is type(b.value) and repr(a.value) == repr(b.value) and a.type == b.type
