"""Keys of dicts and attributes of instances that are there on some ways through the program only.

    cache = {}
    for i in range(n):
        if "w" not in cache:      # true in the first turn alone
            cache["w"] = x * x

Whether such a key is there is a flag of the run, as that of a name which some ways leave without a value.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import DictCell, InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Mixed, Num, Partial, Static, Value, Word
from srcad.frontend.memory.arrays import refuse_mixed
from srcad.frontend.memory.words import decoded
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Region, Var


@dataclass(eq=False)
class KeysOfRun(Restorable):
    """Whether a program has asked for keys, or for the order of keys, that only the run knows."""

    met: bool = False


def note_keys(m: Machine) -> None:
    """A key that only the run knows is asked for, or one of which only the run knows whether it is there."""
    m.part(KeysOfRun).met = True


def present(m: Machine, value: Value, error: Exception) -> Value:
    """A value that some ways to this place may not have set: on these the run raises what Python does."""
    if isinstance(value, Word):
        return decoded(m, value)
    if isinstance(value, Mixed):
        refuse_mixed(m, value)
    if not isinstance(value, Partial):
        return value
    if isinstance(value.value, Word):
        value = Partial(decoded(m, value.value), value.defined)
    defined = value.defined
    holds = bool(defined.value) if isinstance(defined, Const) else m.known_truth(defined)
    if holds is False:
        m.raises(error)
    if isinstance(defined, Const) or holds:
        return value.value
    raised = m.under(defined, lambda: m.raises(error), False)
    sides = Region((), (), ()), Region((), tuple(raised.equations), ())
    m.builder.append(Equation("if", (defined,), (), regions=sides))
    m.stack.facts.append((defined, True))  # to the end of the region
    return value.value


def key_count(m: Machine, cell: DictCell) -> Value:
    """How many keys a dict has."""
    flags = [has_key(m, cell, key) for key, _ in cell.items]
    sure = sum(flag == Static(True) for flag in flags)
    count: Atom = const(sure)
    for flag in flags:
        if isinstance(flag, Num):
            count = m.emit("add", count, m.emit("as_int", flag.var))
    return Num(count) if isinstance(count, Var) else Static(sure)


def check_order(m: Machine, cell: DictCell) -> None:
    """Refuse to go through the keys of a dict whose order depends on the run."""
    if not cell.ordered:
        _refuse(m, "the order of the keys of a dict depends on the run", "set the keys in one order.")


def check_keys(m: Machine, cell: DictCell) -> None:
    """Refuse a question about all keys of a dict if some of them may be missing."""
    check_order(m, cell)
    for key in sorted(map(repr, cell.unsure)):
        _refuse(m, f"whether the key {key} is in a dict depends on the run", "give the dict all of its keys before.")


def has_key(m: Machine, cell: DictCell | InstanceCell, key: Hashable) -> Value:
    """Whether a dict has a key, or an instance an attribute: known now, or by the flag of the ways to this place."""
    value = cell.entries().get(key)
    if not isinstance(value, Partial):
        return Static(value is not None)
    if isinstance(value.defined, Const):
        return Static(bool(value.defined.value))
    known = m.known_truth(value.defined)
    note_keys(m)
    return Num(value.defined) if known is None else Static(known)


def _refuse(m: Machine, what: str, do: str) -> None:
    note_keys(m)
    why = "it is set in some turns of a loop, or on one side of an if."
    m.refuse(what, why, do, first_turn=True, unsettled=True)
