"""What tells constants and atoms apart, where one may stand for another."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from srcad.trace.nodes import Atom, Var

SIMPLE = (int, float, complex, str, bytes, type(None), np.generic)


def constant_key(value: object) -> Hashable:
    """What two constants that are interchangeable have in common: 0.0 and -0.0 aren't, and neither are 1 and True."""
    return type(value), repr(value) if isinstance(value, SIMPLE) else id(value)


def atom_key(atom: Atom) -> Hashable:
    """What two atoms that always have the same value have in common."""
    return atom if isinstance(atom, Var) else constant_key(atom.value)
