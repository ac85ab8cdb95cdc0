"""Which memory a pointer leads to, and whether two of them may lead to the same.

The root of a pointer is the block that it was made of, by whichever way; an argument is its own root. A block that was
made here, and that nothing else refers to yet, is *alone*: no other root leads to it. Arguments are never written to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.affine import Affine, affine
from srcad.native.passes.rewriting import changing_in, every, read_in

SILENT = frozenset(("NEW", "DATA", "RELEASE", "ZERO"))  # what is done with a block without another reference to it
# what is done in functions whose lists can be followed
PLAIN = SILENT | {
    *(
        "TAKE_ARRAY",
        "TAKE_LENGTH",
        "TAKE_SCALAR",
        "TICK",
        "RETAIN",
        "REPLACE",
        "REPOINT",
        "NO_BLOCK",
        "NO_DATA",
        "SAME_BLOCK",
    ),
    *("NEW_LIST_SCALAR", "NEW_LIST_ARRAY", "PUSH_SCALAR", "PUSH_ARRAY", "POP", "ELEMENT", "GIVE_ARRAY", "GIVE_SCALAR"),
}
Differ = Callable[[CExpr, CExpr], bool]


@dataclass(frozen=True)
class Memory:
    """Of a function.

    roots      the root of each pointer
    arguments  the roots that are arguments
    fresh      the blocks that are made here
    whole      pointers to where a block begins: where two of these are one block, they are so element by element
    lent       blocks that are elements of lists, and nothing else: see `_lent`
    picks      of pointers into an array, by numbers, the pointer to the array and what is picked of it
    values     what ints are that never change
    lengths    the ints among the arguments
    """

    roots: dict[str, str]
    arguments: frozenset[str]
    fresh: frozenset[str]
    whole: frozenset[str]
    lent: frozenset[str]
    picks: dict[str, ir.Pointer]
    values: dict[str, CExpr]
    lengths: frozenset[str]

    @classmethod
    def of(cls, body: tuple[Statement, ...]) -> Memory:
        roots: dict[str, str] = {}
        arguments: set[str] = set()
        fresh: set[str] = set()
        whole: set[str] = set()
        picks: dict[str, ir.Pointer] = {}
        values: dict[str, CExpr] = {}
        lengths: set[str] = set()
        changing = changing_in(body)
        for one in every(body):
            match one:
                case ir.Support("TAKE_ARRAY", (str() as pointer, *_)):
                    roots[pointer] = pointer
                    arguments.add(pointer)
                case ir.Support("DATA" | "REPOINT", (str() as pointer, str() as block, *_)):
                    roots[pointer] = block
                    whole.add(pointer)
                case ir.Support("NEW", (str() as block, *_)):
                    fresh.add(block)
                case ir.Support("TAKE_LENGTH" | "TAKE_SCALAR" | "NATURAL", (str() as name, *_)):
                    lengths.add(name)
                case ir.Pointer(name, source, _):
                    roots[name] = roots.get(source, source)
                    picks[name] = one
                case ir.Let(name, CType.INT64, value, True) if not read_in(one) & changing:
                    values[name] = value
        sets = (frozenset(arguments), frozenset(fresh), frozenset(whole))
        return cls(roots, *sets, _lent(body), picks, values, frozenset(lengths))

    def root(self, pointer: str) -> str:
        return self.roots.get(pointer, pointer)

    def read(self, part: CExpr) -> str | None:
        """The pointer by which a part of an expression reads memory: one element, or, handed to a function, any."""
        match part:
            case ir.Load(pointer):
                return pointer
            case ir.LocalName(name) if name in self.roots:
                return name
        return None

    def differ(self, one: str, other: str, differ: Differ | None = None) -> bool:
        """Whether two pointers into one array pick other numbers along an axis: what they lead to is apart for good.

        `differ`: whether two ints surely are no equal ones; without it, those are that differ by a number.
        """
        a, b = self.picks.get(one), self.picks.get(other)
        if a is None or b is None or a.source != b.source or [s for s, _ in a.picked] != [s for s, _ in b.picked]:
            return False
        indices = [(k, j) for (_, k), (_, j) in zip(a.picked, b.picked, strict=True) if k is not None and j is not None]
        return any((differ or self.unequal)(k, j) for k, j in indices)

    def unequal(self, a: CExpr, b: CExpr) -> bool:
        """Whether two ints differ by a number."""
        return self.between(a, b) not in (None, 0)

    def equal(self, a: CExpr, b: CExpr) -> bool:
        return self.between(a, b) == 0

    def between(self, a: CExpr, b: CExpr) -> int | None:
        """By which number two ints differ, if that is known."""
        one, other = affine(a, self.named), affine(b, self.named)
        apart = None if one is None or other is None else one.plus(other, -1)
        return apart.offset if apart is not None and not apart.terms else None

    def named(self, name: str) -> Affine:
        value = affine(self.values[name], self.named) if name in self.values else None
        return Affine(((name, 1),)) if value is None else value

    def apart(self, one: str, other: str, alone: set[str]) -> bool:
        """Whether two roots surely are different memory; `alone`: blocks to which nothing else leads."""
        if one == other:
            return False
        if {one, other} <= self.fresh:
            return True
        if (one in self.lent) != (other in self.lent):
            return True
        return bool({one, other} & self.arguments) or one in alone or other in alone


def _lent(body: tuple[Statement, ...]) -> frozenset[str]:
    """The elements of lists, if all that is put into lists was made for that, and none of them goes anywhere else."""
    supports = [one for one in every(body) if isinstance(one, ir.Support)]
    if any(one.macro not in PLAIN for one in supports):
        return frozenset()
    count = Counter(a for one in supports if one.macro not in SILENT for a in one.arguments if isinstance(a, str))
    made = {str(one.arguments[0]) for one in supports if one.macro == "NEW"}
    pushed = [str(one.arguments[1]) for one in supports if one.macro == "PUSH_ARRAY"]
    if any(block not in made or count[block] != 2 for block in pushed):  # RETAIN, and the push itself
        return frozenset()
    elements = {str(one.arguments[0]) for one in supports if one.macro == "ELEMENT"}
    return frozenset(block for block in elements if count[block] == 1)


@dataclass
class Alone:
    """The blocks that were made in a body before a place, and that nothing else refers to there.

    The place only goes on, and what stands in front of it stays: so each statement is looked at once.
    """

    place: int = 0
    made: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def at(self, body: Sequence[Statement], place: int) -> set[str]:
        for one in body[self.place : place]:
            self.made |= made_by(one)
            self.named |= mentioned(one)
        self.place = place
        return self.made - self.named


def made_by(one: Statement) -> set[str]:
    return {str(one.arguments[0])} if isinstance(one, ir.Support) and one.macro == "NEW" else set()


def mentioned(one: Statement) -> set[str]:
    """The names of blocks, lists and pointers that support is called with, at every depth."""
    supports = (inner for inner in every((one,)) if isinstance(inner, ir.Support))
    return {a for inner in supports if inner.macro not in SILENT for a in inner.arguments if isinstance(a, str)}
