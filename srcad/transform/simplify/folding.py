"""Folding: equations whose result is known, or is there already, or has a simpler form that computes exactly the same.

    v1 = multiply(x, 1.0)
    v2 = add(v1, 0)           ->      yield x
    yield v2

What changes how a program rounds, or where it yields nan, is no simplification; in derivative code, which has no
rounding that a user has chosen, the sign of a zero and multiplications by powers of two may change places too. The
user's arithmetic stays as written, unless a number becomes shorter by folding.
"""

from __future__ import annotations

from srcad.trace.nodes import Region, Trace
from srcad.trace.rewrite import with_body
from srcad.transform.simplify import (
    carried,
    conditionals,
    constants,
    contractions,
    factors,
    identities,
    shapes,
    updates,
)
from srcad.transform.simplify.folder import Folder, Rules
from srcad.transform.simplify.rename import rename
from srcad.transform.simplify.uses import Uses

FOLDS = Rules(constants.folds, contractions.folds, factors.folds, identities.folds, shapes.folds, updates.folds)
STRUCTURES = {"if": conditionals.fold_branch, "for": carried.fold_loop, "while": carried.fold_loop}


def fold(trace: Trace, across: bool = False) -> Trace:
    """The trace folded. `across`: branches of the primal and of the adjoint sweep may become one."""
    return with_body(trace, _folded(trace.body, Uses(trace.body, (entry.var for entry in trace.inputs)), across))


def _folded(region: Region, uses: Uses, across: bool) -> Region:
    folder = Folder(uses, across, FOLDS, STRUCTURES)
    folded = folder.region(region)
    return rename(folded, folder.adopted) if folder.adopted else folded
