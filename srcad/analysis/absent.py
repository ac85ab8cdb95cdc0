"""What may have no value where a part of the program begins: its variables are None to the generated code.

    caught, v = try {v = A[n]}        v is None where the exception was raised, and nobody reads it then
    w = if c {yield v} else {}        so is w, and where c doesn't hold

Nothing may be learned of such a variable for all runs: the lengths of an array that isn't there are no lengths.
"""

from __future__ import annotations

from collections.abc import Iterator

from srcad.ops.exceptions import tries
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.slots import STRUCTURED, slots
from srcad.trace.walk import walk

PASSING = frozenset({"known_as", "with_dims"})


def absent(region: Region) -> frozenset[Var]:
    """The variables of a region, at all depths, that may have no value where they are handed on."""
    equations = [eq for eq in walk(region) if eq.op in STRUCTURED or eq.op in PASSING]
    found: set[Var] = set()
    before = -1
    while len(found) > before:
        before = len(found)
        for equation in equations:
            found.update(_without_value(equation, found))
    return frozenset(found)


def _without_value(equation: Equation, found: set[Var]) -> Iterator[Var]:
    if equation.op in PASSING:
        yield from equation.results if _is_absent(equation.operands[0], found) else ()
    elif tries(equation):
        yield from equation.results
    else:
        for slot in slots(equation):
            if any(_is_absent(source, found) for source in slot.sources):
                yield from slot.targets


def _is_absent(atom: Atom, found: set[Var]) -> bool:
    return atom.value is None if isinstance(atom, Const) else atom in found


__all__ = ["absent"]
