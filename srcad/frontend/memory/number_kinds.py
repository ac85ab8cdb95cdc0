"""Which classes a number may be of: an int beside a float is known as a float, and says that it is an int.

A slot holds what enters it as it is (`t = 0 if c else s`), so `isinstance(t, int)` has no one answer. What enters a
loop is known behind its body alone: where the body has counted on a class, what comes in later must be of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import numpy as np

from srcad.frontend.core.machine import Machine
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Scalar, Type

PYTHON = {"float64": float, "int64": int, "bool": bool, "complex128": complex}
NUMBERS = (bool, int, float, complex, np.generic)
ORDER = "buifc"  # kinds of dtypes: what is in a slot is of the slot's, or of an earlier one
Kinds = frozenset[type]


def kinds_of_number(m: Machine, atom: Atom) -> Kinds | None:
    """The classes that a number may be of; None for what may be no number."""
    if isinstance(atom, Const):
        return frozenset({type(atom.value)}) if isinstance(atom.value, NUMBERS) else None
    return m.variables.kinds.get(atom) or _declared(atom.type)


def classes_beside(kinds: Iterable[type]) -> set[type]:
    """The classes of what may be in one slot with numbers of these classes: of those, and of what is less."""
    widest = max(map(_rank, kinds))
    names = [name for name in PYTHON if _rank(name) <= widest]
    return {*kinds, *(PYTHON[name] for name in names), *(np.dtype(name).type for name in names)}


def _rank(kind: type | str) -> int:
    return ORDER.find(np.dtype(kind).kind)


def kind_of_number(m: Machine, atom: Atom, what: str) -> type:
    """The class of a number, where it has one; `what` is asked, for the message."""
    (kind, *others) = kinds_of_number(m, atom) or (None,)
    if kind is None or others:
        refuse_kinds(m, what)
    count_on_kinds(m, atom, what)
    return kind


def count_on_kinds(m: Machine, atom: Atom, what: str) -> None:
    """Numbers of further classes must not come into the place of this one."""
    if isinstance(atom, Var):
        m.variables.counted_on[atom] = what


def numbers_enter(m: Machine, slot: Atom, *atoms: Atom) -> None:
    """Note what enters a slot."""
    if isinstance(slot, Var):
        for atom in atoms:
            _enters(m, atom, slot)


def _enters(m: Machine, atom: Atom, slot: Var) -> None:
    known, kinds = kinds_of_number(m, slot), kinds_of_number(m, atom)
    if known is None or kinds is None or kinds <= known:
        return
    if slot in m.variables.counted_on:
        refuse_kinds(m, m.variables.counted_on[slot])
    m.variables.kinds[slot] = kinds | known


def leaves_as(m: Machine, slot: Var, result: Var) -> None:
    """A loop gives back what its slot holds."""
    if slot in m.variables.kinds:
        m.variables.kinds[result] = m.variables.kinds[slot]


def _declared(t: Type) -> Kinds | None:
    if not isinstance(t, Scalar):
        return None
    return frozenset({PYTHON[t.dtype] if t.python else np.dtype(t.dtype).type})


def refuse_kinds(m: Machine, what: str) -> NoReturn:
    """What is asked has several answers."""
    m.refuse(
        f"{what} of a number that may be of several classes",
        why="an int, a bool or one of NumPy's numbers is in the same place as a float, by a condition of the run.",
        do="give it one class on all ways, as 0.0 in the place of 0, or ask for its value.",
        first_turn=True,
    )
