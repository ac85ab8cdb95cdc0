"""Words that a loop carries: what is one of a few constants, told by a number of the run.

    mode = "up"                            mode = 0
    for _ in range(n):                     for _ in range(n):
        if mode == "up":           ->          if mode == 0:
            v = v * 1.5                            v = v * 1.5
            if v > 2: mode = "down"                if v > 2: mode = 1

So what is done with a word (a comparison, a look into a dict, a call of the method that it names) is done in a branch
for each of the constants, as with one of two objects.
"""

from __future__ import annotations

import enum
from collections.abc import Hashable
from dataclasses import dataclass, field
from types import NoneType

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sameness import constant_key
from srcad.frontend.core.values import Choice, Static, Value, Word
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Equation, Region, Var
from srcad.trace.types import INT

MOST_WORDS = 12
WORDS = (str, enum.Enum)


@dataclass(eq=False)
class WordNumbers(Restorable):
    """The numbers by which constants are told apart at run time."""

    known: dict[Hashable, int] = field(default_factory=dict)
    constants: list[Static] = field(default_factory=list)

    def of(self, word: Static) -> int:
        key = constant_key(word.value)
        if key not in self.known:
            self.known[key] = len(self.constants)
            self.constants.append(word)
        return self.known[key]


def numbers_of(m: Machine, *values: Value) -> tuple[int, ...] | None:
    """The numbers of the words that these may be; None where one may be something else, or they are too many."""
    found: set[int] = set()
    if not all(_collect(m, value, found) for value in values) or len(found) > MOST_WORDS:
        return None
    constants = m.part(WordNumbers).constants
    return tuple(sorted(found)) if any(isinstance(constants[k].value, WORDS) for k in found) else None


def _collect(m: Machine, value: Value, found: set[int]) -> bool:
    match value:
        case Word():
            found.update(value.numbers)
        case Choice():
            return _collect(m, value.then, found) and _collect(m, value.otherwise, found)
        case Static() if isinstance(value.value, (*WORDS, NoneType)):
            found.add(m.part(WordNumbers).of(value))
        case _:
            return False
    return True


def coded(m: Machine, value: Value) -> Atom:
    """The number of the word that a value is."""
    match value:
        case Word():
            return value.var
        case Choice():
            return _either(m, value)
    assert isinstance(value, Static)
    return const(m.part(WordNumbers).of(value))


def _either(m: Machine, value: Choice) -> Var:
    sides = [_inside(m, value.then), _inside(m, value.otherwise)]
    found = Var(INT)
    m.builder.append(Equation("if", (value.condition,), (found,), regions=(sides[0], sides[1]), span=m.builder.span))
    m.note(len(m.builder.equations) - 1)
    return found


def _inside(m: Machine, value: Value) -> Region:
    codes: list[Atom] = []
    done = m.apart(lambda: codes.append(coded(m, value)))
    return Region((), tuple(done.equations), (codes[0],))


def decoded(m: Machine, word: Word) -> Value:
    """The word itself, as one of two, and one of two."""
    constants = m.part(WordNumbers).constants
    *others, last = word.numbers
    made: Value = constants[last]
    for k in reversed(others):
        made = Choice(_is(m, word.var, k), constants[k], made)
    return made


def _is(m: Machine, var: Var, number: int) -> Var:
    key = var, ("word", number)
    for known in reversed(m.views):
        found = known.get(key)
        if isinstance(found, Var):
            return found
    made: Var = m.emit("equal", var, const(number))
    m.views[-1][key] = made
    return made


__all__ = ["coded", "decoded", "numbers_of"]
