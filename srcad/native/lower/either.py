"""Numbers of which the run tells whether they are Python's or NumPy's, where types say NumPy's.

    v = x[0] if c else 0.0      v may be Python's 0.0, by which a division raises

What Python's numbers would raise is looked for in arithmetic of these, too: a kernel that fails says nothing of what is
raised, and where the number was NumPy's the careful variant answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from srcad.trace.nodes import Atom, Equation, Trace, Var
from srcad.trace.slots import STRUCTURED, slots
from srcad.trace.types import ListOf, Record, Scalar, TupleOf, Type
from srcad.trace.walk import walk


def either(trace: Trace) -> frozenset[Var]:
    """The variables of a function that may be Python's numbers though their type says NumPy's."""
    search = _Search(trace)
    while search.goes_on():
        pass
    return frozenset(search.found)


class _Search:
    """`put`: whether such a number may be in a container; no container is told from another."""

    def __init__(self, trace: Trace) -> None:
        inputs = [entry.var for entry in trace.inputs]
        self.equations = list(walk(trace.body))
        self.found = {var for var in inputs if _is_numpy(var.type)}  # the outer function may not know, either
        self.put = any(_is_numpy(leaf) for var in inputs if var.type.is_container for leaf in _leaves(var.type))

    def goes_on(self) -> bool:
        """Once through all equations; whether there was news."""
        before = len(self.found), self.put
        for eq in self.equations:
            if eq.op in STRUCTURED:
                for slot in slots(eq):
                    self.flows(slot.sources, slot.targets)
            else:
                self.equation(eq)
        return before != (len(self.found), self.put)

    def equation(self, eq: Equation) -> None:
        held = [leaf for one in (*eq.operands, *eq.results) if one.type.is_container for leaf in _leaves(one.type)]
        if held or eq.op == "recurse":
            numbers = [a for a in eq.operands if isinstance(a.type, Scalar)]
            self.put = self.put or (any(map(self.may_be, numbers)) and any(map(_is_numpy, held)))
            given = self.put or eq.op == "recurse"
        else:
            given = any(a in self.found for a in eq.operands) and all(map(self.may_be, eq.operands))
        if given:
            self.note(eq.results)

    def flows(self, sources: Iterable[Atom], targets: Iterable[Var]) -> None:
        """What slots are given."""
        for source in sources:
            if source.type.is_container:
                kept = [leaf for one in targets for leaf in _leaves(one.type)]
                self.put = self.put or (any(map(_is_python, _leaves(source.type))) and any(map(_is_numpy, kept)))
            elif self.may_be(source):
                self.note(targets)

    def note(self, variables: Iterable[Var]) -> None:
        self.found.update(var for var in variables if _is_numpy(var.type))

    def may_be(self, atom: Atom) -> bool:
        return _is_python(atom.type) or atom in self.found


def _is_python(t: Type) -> bool:
    return isinstance(t, Scalar) and t.python


def _is_numpy(t: Type) -> bool:
    return isinstance(t, Scalar) and not t.python


def _leaves(t: Type) -> Iterator[Type]:
    """The types of what is in a container, at every depth; what a procedure records may be anything."""
    match t:
        case ListOf():
            yield from _leaves(t.element)
        case TupleOf():
            for one in t.items:
                yield from _leaves(one)
        case Record():
            yield Scalar("float64")
        case _:
            yield t
