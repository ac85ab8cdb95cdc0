"""All rules: put together here of what the areas state, and changed by nobody."""

from __future__ import annotations

from collections.abc import Mapping

from srcad.ops.catalogue import union
from srcad.rules import (
    conversions,
    creation,
    custom,
    einsum,
    elementwise,
    incomplete,
    indexing,
    joining,
    linalg,
    norms,
    products,
    reductions,
    scipy_matrices,
    scipy_signal,
    scipy_special,
    scipy_systems,
    sequences,
    shaping,
    solvers,
    sorting,
    sparse,
    special,
    spectra,
    statistics,
    structural,
    ufuncs,
)
from srcad.rules.table import Rule

AREAS = (
    conversions,
    creation,
    custom,
    einsum,
    elementwise,
    incomplete,
    indexing,
    joining,
    linalg,
    norms,
    products,
    reductions,
    scipy_matrices,
    scipy_signal,
    scipy_special,
    scipy_systems,
    sequences,
    shaping,
    solvers,
    sorting,
    sparse,
    special,
    spectra,
    statistics,
    structural,
    ufuncs,
)
RULES: Mapping[str, Rule] = union(area.TABLE.rules for area in AREAS)


def lookup(name: str) -> Rule | None:
    """The rule of an operation, if there is one."""
    return RULES.get(name)
