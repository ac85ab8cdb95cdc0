"""Names that may have no value yet where a branch or a loop passes them on under another name.

A value that only some turn sets, or some branch, is undefined before. It is never used, but `b = a` reads it all the
same, and Python would raise UnboundLocalError: where a name like this one is left undefined, it gets the value None.
"""

from __future__ import annotations

from collections.abc import Iterator

from srcad.codegen.naming import PythonNames
from srcad.trace.nodes import Equation, Trace
from srcad.trace.slots import STRUCTURED, slots
from srcad.trace.walk import walk


def passed_on(trace: Trace, names: PythonNames) -> frozenset[str]:
    """The names that are read where a slot gets a value which has another name, or a list is made of them.

    A list that grows in a loop is made before it of what the name may not have got yet. A kernel takes all that it may
    come to read.
    """
    found = {name for eq in walk(trace.body) if eq.op in STRUCTURED for name in _read(eq, names)}
    boxed = (a for eq in walk(trace.body) if eq.op in ("list_new", "kernel") for a in eq.operands)
    return frozenset(found.union(names.of(a) for a in boxed if a in names.classes))


def _read(eq: Equation, names: PythonNames) -> Iterator[str]:
    for slot in slots(eq):
        targets = {names.of(var) for var in slot.targets if var in names.classes}
        for source in slot.sources:
            if source in names.classes and {names.of(source)} != targets:
                yield names.of(source)
