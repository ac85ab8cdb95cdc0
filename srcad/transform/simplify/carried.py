"""Values that a loop carries round without changing them: they are what they were before the loop."""

from __future__ import annotations

from srcad.trace.nodes import Equation
from srcad.trace.slots import Slot, slots, with_slots
from srcad.transform.simplify.folder import Folder


def fold_loop(folder: Folder, equation: Equation) -> None:
    """The loop folded."""
    folder.keep(folder.with_inner(without_invariants(folder, equation)))


def without_invariants(folder: Folder, equation: Equation) -> Equation:
    """The loop without the values that each iteration passes on as it got them."""
    all_slots = slots(equation)
    invariant = {k for k, slot in enumerate(all_slots) if is_invariant(folder, slot)}
    if not invariant:
        return equation
    for k in invariant:
        initial = all_slots[k].initial
        assert initial is not None
        for target in all_slots[k].targets:
            folder.replace(target, initial)
    return with_slots(equation, [k for k in range(len(all_slots)) if k not in invariant])


def is_invariant(folder: Folder, slot: Slot) -> bool:
    """The yield is the parameter itself, or again the initial value."""
    (yielded,) = slot.yields
    if slot.initial is None or slot.initial.type.is_undefined:
        return False
    unchanged = yielded is slot.parameters[-1] or yielded is slot.initial
    return unchanged and folder.is_same(slot.initial, slot.result)
