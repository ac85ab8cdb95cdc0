"""Which memory a pointer leads to, and whether two of them may lead to the same.

The root of a pointer is the block that it was made of, by whichever way; an argument is its own root. A block that was
made here, and that nothing else refers to yet, is *alone*: no other root leads to it. Arguments are never written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from srcad.native import ir
from srcad.native.ir import CExpr, Statement
from srcad.native.passes.rewriting import every

SILENT = frozenset(("NEW", "DATA", "RELEASE", "ZERO"))  # what is done with a block without another reference to it


@dataclass(frozen=True)
class Memory:
    """Of a function.

    roots      the root of each pointer
    arguments  the roots that are arguments
    fresh      the blocks that are made here
    whole      pointers to where a block begins: where two of these are one block, they are so element by element
    """

    roots: dict[str, str]
    arguments: frozenset[str]
    fresh: frozenset[str]
    whole: frozenset[str]

    @classmethod
    def of(cls, body: tuple[Statement, ...]) -> Memory:
        roots: dict[str, str] = {}
        arguments: set[str] = set()
        fresh: set[str] = set()
        whole: set[str] = set()
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
                case ir.Pointer(name, source, _):
                    roots[name] = roots.get(source, source)
        return cls(roots, frozenset(arguments), frozenset(fresh), frozenset(whole))

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

    def apart(self, one: str, other: str, alone: set[str]) -> bool:
        """Whether two roots surely are different memory; `alone`: blocks to which nothing else leads."""
        if one == other:
            return False
        return bool({one, other} & self.arguments) or one in alone or other in alone


def alone_at(body: Sequence[Statement], place: int) -> set[str]:
    """The blocks that were made in a body before a place, and that nothing else refers to there."""
    before = body[:place]
    new = {str(s.arguments[0]) for s in before if isinstance(s, ir.Support) and s.macro == "NEW"}
    return new.difference(*map(mentioned, before)) if new else new


def mentioned(one: Statement) -> set[str]:
    """The names of blocks, lists and pointers that support is called with, at every depth."""
    supports = (inner for inner in every((one,)) if isinstance(inner, ir.Support))
    return {a for inner in supports if inner.macro not in SILENT for a in inner.arguments if isinstance(a, str)}
