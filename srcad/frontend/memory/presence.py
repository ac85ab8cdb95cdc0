"""Keys of dicts and attributes of instances that are there on some ways through the program only.

    cache = {}
    for i in range(n):
        if "w" not in cache:      # true in the first turn alone
            cache["w"] = x * x

What is asked of such a key can't be answered once and for all: the loop reads its first turn apart, or it is refused.
"""

from __future__ import annotations

from collections.abc import Hashable

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import DictCell, InstanceCell, Partial, Value
from srcad.trace.nodes import Const, Equation, Region


def present(m: Machine, value: Value, error: Exception) -> Value:
    """A value that some ways to this place may not have set: on these the run raises what Python does."""
    if not isinstance(value, Partial):
        return value
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


def check_keys(m: Machine, cell: DictCell) -> None:
    """Refuse a question about all keys of a dict if some of them may be missing."""
    for key in sorted(map(repr, cell.unsure)):
        _refuse(m, f"whether the key {key} is in a dict depends on the run", "give the dict all of its keys before.")


def check_key(m: Machine, cell: DictCell, key: Hashable) -> None:
    """Refuse a question about a key that may be missing."""
    if key in cell.unsure:
        _refuse(m, f"whether the key {key!r} is in a dict depends on the run", "give the dict this key before.")


def check_attribute(m: Machine, cell: InstanceCell, name: str) -> None:
    """Refuse a question about an attribute that may be missing."""
    if name in cell.unsure:
        _refuse(m, f"whether an object has the attribute {name!r} depends on the run", "set it in __init__.")


def _refuse(m: Machine, what: str, do: str) -> None:
    m.refuse(what, "it is set in some turns of a loop, or on one side of an if.", do, first_turn=True)
