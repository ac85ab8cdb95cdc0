"""Restoring: an array of which a loop changes an element or a row in each turn is brought back, and not recorded.

    for i in range(n):                  for i in range(n):                  for i in reversed(range(n)):
        s = b[i]                            s = b[i]                            x[i] = tape.pop()
        for j in range(i):                  for j in range(i):                  ... x as it was ...
            s -= a[i, j] * x[j]                 s -= a[i, j] * x[j]
        x[i] = s / a[i, i]                  tape.append(x[i])
                                            x[i] = s / a[i, i]

What the reverse of a turn needs of x is x at its beginning. To record that would take a copy of x in each turn. But x
at the end of the turn is what the reversed turn before has left, and differs from it by what the turn has stored: so
what was overwritten goes to the tape, and the reversed turn puts it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from srcad.ops.catalogue import result_types
from srcad.ops.subscripts import is_basic
from srcad.trace.nodes import Equation, Region, Var, variables
from srcad.trace.slots import Slot
from srcad.trace.types import Array


@dataclass(frozen=True)
class Restored:
    """How what a loop carries is brought back.

    parameter  its value at the beginning of a turn
    value      at the end
    looks      for each update an equation of the forward body, which looks at what is going to be overwritten
    before     the update that each of these stands in front of
    puts       equations of the reversed body, the last update first; they read `value`, and what was overwritten
    """

    parameter: Var
    value: Var
    looks: tuple[Equation, ...]
    before: tuple[Equation, ...]
    puts: tuple[Equation, ...]

    @property
    def given(self) -> dict[Var, Var]:
        """Variables of the forward body that the reversed one has by this, and what they are there."""
        return {update.operands[0]: put.result for update, put in zip(self.before, self.puts[::-1], strict=True)}  # type: ignore[misc]

    @property
    def read(self) -> set[Var]:
        """What `puts` reads of the forward body beside `looks`."""
        return {self.value, *(v for put in self.puts for v in variables(put.operands[2:]))}


def restored(body: Region, slots: Iterable[Slot], needed: Iterable[Var]) -> list[Restored]:
    """What of that which is needed can be brought back."""
    needed = set(needed)
    found = []
    for slot in slots:
        parameter = slot.parameters[-1]
        updates = _updates(body, slot) if parameter in needed else []
        if updates:
            found.append(_restored(slot, updates))
    return found


def _updates(body: Region, slot: Slot) -> list[Equation]:
    """The updates that lead from what a turn begins with to what it yields, if they are all that changes it."""
    makers = {result: eq for eq in body.equations for result in eq.results}
    updates: list[Equation] = []
    value = slot.yields[-1]
    while value is not slot.parameters[-1]:
        maker = makers.get(value) if isinstance(value, Var) else None
        if maker is None or not _is_small(maker):
            return []
        updates.insert(0, maker)
        value = maker.operands[0]
    return updates


def _is_small(eq: Equation) -> bool:
    """Whether an equation sets an element of an array, or a part that has fewer dimensions."""
    if eq.op != "set_item" or not all(isinstance(x.type, Array) for x in (eq.operands[0], eq.result)):
        return False
    template = eq.params["index"]
    return is_basic(template) and any(entry[0] == "int" for entry in template)


def _restored(slot: Slot, updates: list[Equation]) -> Restored:
    looks = tuple(_look(eq) for eq in updates)
    puts: list[Equation] = []
    state = slot.yields[-1]
    for eq, look in zip(reversed(updates), reversed(looks), strict=True):
        whole = Var(eq.operands[0].type, eq.operands[0].name)
        operands = (state, look.result, *eq.operands[2:])
        puts.append(Equation("set_item", operands, (whole,), eq.params, span=eq.span, role="adjoint"))
        state = whole
    assert isinstance(slot.yields[-1], Var)
    return Restored(slot.parameters[-1], slot.yields[-1], looks, tuple(updates), tuple(puts))


def _look(eq: Equation) -> Equation:
    """What an update overwrites."""
    operands = (eq.operands[0], *eq.operands[2:])
    params = {"index": eq.params["index"]}
    (type,) = result_types("get_item", tuple(a.type for a in operands), params)
    return Equation("get_item", operands, (Var(type),), params, span=eq.span, role="record")
