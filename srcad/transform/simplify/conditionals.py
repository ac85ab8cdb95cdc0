"""Branches that are settled, that yield the same, or that ask again what has just been asked."""

from __future__ import annotations

from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.rewrite import substitute, with_regions
from srcad.trace.slots import Slot, slots, with_slots
from srcad.trace.types import BOOL, Type, dtype_of
from srcad.trace.walk import free_variables, reads
from srcad.transform.simplify.dead_code import has_effects
from srcad.transform.simplify.folder import Folder
from srcad.transform.simplify.similar import same_value

LOOK_BACK = 12  # how many equations may stand between two branches that become one


def fold_branch(folder: Folder, equation: Equation) -> None:
    """The branch folded, and made one with an earlier one where that goes."""
    kept = simpler_branch(folder, equation)
    if kept is not None and not merge_branches(folder, kept):
        folder.keep(kept)


def simpler_branch(folder: Folder, equation: Equation) -> Equation | None:
    """The branch folded; None where nothing is left of it."""
    condition, positive = root(folder, equation.operands[0])
    settled = truth(folder, condition)
    if settled is not None:
        chosen = equation.regions[0 if settled is positive else 1]
        if can_stand(folder, equation, chosen):
            folder.equations(chosen.equations)
            folder.stand(equation, folder.atoms(chosen.results))
            return None
    regions = []
    for region, value in zip(equation.regions, (positive, not positive), strict=True):
        with folder.assuming(condition, value):
            regions.append(folder.region(region))
    return fold_slots(folder, with_regions(equation, regions))


def root(folder: Folder, condition: Atom) -> tuple[Atom, bool]:
    """The condition without `not`s, and whether an even number of these is gone."""
    positive = True
    while (equation := folder.made.get(condition)) is not None and equation.op in ("not_", "logical_not"):
        if not equation.operands[0].type.is_scalar:
            break
        condition, positive = equation.operands[0], not positive
    return condition, positive


def truth(folder: Folder, condition: Atom) -> bool | None:
    """What is known of a condition."""
    if isinstance(condition, Const):
        known = condition.value is None or isinstance(condition.value, (bool, int, float, str))
        return bool(condition.value) if known and not condition.type.is_undefined else None
    return folder.truth.get(condition)


def can_stand(folder: Folder, equation: Equation, chosen: Region) -> bool:
    """Whether the values that a branch yields may stand for the results."""
    pairs = zip(chosen.results, equation.results, strict=True)
    return all(folder.is_same(atom, result) for atom, result in pairs if folder.uses.count[result])


def fold_slots(folder: Folder, equation: Equation) -> Equation:
    """The branch without the results that don't depend on it, or are its condition itself."""
    all_slots = slots(equation)
    kept = []
    for k, slot in enumerate(all_slots):
        atom = stand_in(folder, equation, slot)
        if atom is None:
            kept.append(k)
        else:
            folder.replace(slot.result, atom)
    return equation if len(kept) == len(all_slots) else with_slots(equation, kept)


def stand_in(folder: Folder, equation: Equation, slot: Slot) -> Atom | None:
    """What a result of a branch is, where that needs no branch."""
    then, otherwise = slot.yields
    if then.type.is_undefined:
        return None
    asked, positive = root(folder, equation.operands[0])
    then, otherwise = known_there(then, asked, positive), known_there(otherwise, asked, not positive)
    if same_value(then, otherwise):
        return then if folder.is_same(then, slot.result) else None
    condition = equation.operands[0]
    if not is_bool(condition.type) or not isinstance(then, Const) or not isinstance(otherwise, Const):
        return None
    if then.value is True and otherwise.value is False:
        return condition if condition.type == BOOL else folder.emit(equation, "truth", condition)
    if then.value is False and otherwise.value is True:
        return folder.emit(equation, "not_", condition)
    return None


def is_bool(t: Type) -> bool:
    """Python's, or NumPy's, which adds up in another way."""
    return t.is_scalar and dtype_of(t) == "bool"


def known_there(atom: Atom, asked: Atom, value: bool) -> Atom:
    """What a branch yields, where it yields the condition that it is taken on."""
    return const(value) if atom is asked and atom.type == BOOL else atom


# ---- one branch after the other on the same condition


def merge_branches(folder: Folder, equation: Equation) -> bool:
    """Let an earlier branch on the same condition do the work of this one too, if nothing in between objects."""
    condition, positive = root(folder, equation.operands[0])
    out = folder.out
    for place in range(len(out) - 1, max(-1, len(out) - 1 - LOOK_BACK), -1):
        earlier = out[place]
        if earlier.op == "if":
            asked, sense = root(folder, earlier.operands[0])
            return asked is condition and merge_at(folder, place, equation, sense is positive)
        if not is_scalar_code(earlier):
            return False
    return False


def is_scalar_code(equation: Equation) -> bool:
    """Whether the order of this equation and of others does not matter: no effects, and no buffers."""
    scalar = all(a.type.is_scalar for a in (*equation.operands, *equation.results))
    return scalar and not equation.regions and not has_effects(equation)


def merge_at(folder: Folder, place: int, later: Equation, same_sense: bool) -> bool:
    earlier, between = folder.out[place], folder.out[place + 1 :]
    if not folder.across and (earlier.role == "adjoint") != (later.role == "adjoint"):
        return False
    merged = joined(earlier, later, later.regions if same_sense else later.regions[::-1])
    if merged is None:
        return False
    if not read(between, set(earlier.results)):
        del folder.out[place]
        folder.keep(merged)
    elif not read([later], {result for e in between for result in e.results}):
        folder.out[place] = merged
        folder.made.update(dict.fromkeys(merged.results, merged))
    else:
        return False
    return True


def read(equations: list[Equation], results: set[Var]) -> bool:
    """Whether one of these equations reads one of these results."""
    return any(not results.isdisjoint(reads(equation)) for equation in equations)


def joined(earlier: Equation, later: Equation, regions: tuple[Region, ...]) -> Equation | None:
    """One branch that does what the earlier does and then what the later does.

    None where it would read what the earlier has left undefined.
    """
    both = []
    for first, second in zip(earlier.regions, regions, strict=True):
        values: dict[Atom, Atom] = dict(zip(earlier.results, first.results, strict=True))
        if any(values[var].type.is_undefined for var in free_variables(second) if var in values):
            return None
        second = substitute(second, values)
        both.append(Region((), (*first.equations, *second.equations), (*first.results, *second.results)))
    results = (*earlier.results, *later.results)
    return Equation("if", earlier.operands, results, earlier.params, tuple(both), earlier.span, earlier.role)
