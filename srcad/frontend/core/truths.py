"""What is known of conditions from those of the branches around.

gone = if c {yield True} else {yield d}
if not gone:                             here neither c holds nor d
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from srcad.trace.nodes import Atom, Const, Equation, Var

KnownConditions = Sequence[tuple[Var, bool]]
Definitions = Mapping[Var, Equation]


def known_truth(definitions: Definitions, facts: KnownConditions, condition: Var) -> bool | None:
    """Whether a condition holds where these do, or don't; None where they don't tell."""
    if not facts:
        return None
    told = {var: holds for known in facts for var, holds in implied(definitions, *known)}
    return _told(definitions, told, condition)


def implied(definitions: Definitions, condition: Var, holds: bool) -> Iterator[tuple[Var, bool]]:
    """The conditions that hold, or don't, where this one does, or doesn't: itself, and what it was made of."""
    todo = [(condition, holds)]
    while todo:
        var, value = todo.pop()
        yield var, value
        made = definitions.get(var)
        if made is not None and made.op in ("not_", "if"):
            todo += [(atom, truth) for atom, truth in _behind(made, var, value) if isinstance(atom, Var)]


def _behind(made: Equation, var: Var, holds: bool) -> Iterator[tuple[Atom, bool]]:
    """What an equation tells of its operands by the result. A branch that would have given another was not taken."""
    if made.op == "not_":
        yield made.operands[0], not holds
        return
    place = made.results.index(var)
    then, otherwise = (region.results[place] for region in made.regions)
    for side, other, taken in ((then, otherwise, False), (otherwise, then, True)):
        if isinstance(side, Const) and side.value is (not holds):
            yield made.operands[0], taken
            yield other, holds


def _told(definitions: Definitions, told: Mapping[Var, bool], condition: Var) -> bool | None:
    made = definitions.get(condition)
    if condition in told or made is None or made.op != "not_":
        return told.get(condition)
    (operand,) = made.operands
    known = _told(definitions, told, operand) if isinstance(operand, Var) else None
    return None if known is None else not known


__all__ = ["implied", "known_truth"]
