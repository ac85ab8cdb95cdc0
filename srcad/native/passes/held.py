"""Held: an element that stays in its place through an inner loop is a number there.

    for (k = 0; k < j; ++k)                     if (0 < j) {
        a[i * n + j] += v[k];                       double held = a[i * n + j];
                                                    for (k = 0; k < j; ++k)
                                                        held = held + v[k];
                                                    a[i * n + j] = held;
                                                }

What else the loop reads or writes of the array has another index along an axis, as the bounds of the loops tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.bounds import KnownBounds
from srcad.native.passes.memory import Memory
from srcad.native.passes.rewriting import changing_in, every, parts_of, read_in, with_bodies, with_expressions

BESIDE = frozenset(("TICK", "PUSH_SCALAR", "POP"))  # support that leaves arrays alone


def held(body: tuple[Statement, ...], natural: Sequence[CExpr] = ()) -> tuple[Statement, ...]:
    holding = _Holding.of(body, natural)
    holding.memory = Memory.of(body)
    return holding.block(body)


@dataclass
class _Holding(KnownBounds):
    memory: Memory = field(default_factory=lambda: Memory.of(()))

    def finished(self, loop: Statement) -> Statement:
        if not isinstance(loop, ir.Turns) or not all(map(_is_plain, every(loop.body))):
            return loop
        types = {pointer: type for pointer, type in _types(loop).items() if self.is_held(pointer, loop)}
        return _with_held(loop, types) if types else loop

    def is_held(self, pointer: str, loop: ir.Turns) -> bool:
        """Whether what a pointer leads to is one element through the loop, which goes by no other name there."""
        indices = _indices(loop)
        if set(indices[pointer]) != {ir.ZERO} or not _stays(pointer, loop):
            return False
        root = self.memory.root(pointer)
        others = [other for other in indices if other != pointer and self.memory.root(other) == root]
        return all(self.memory.differ(pointer, other, self.never_equal) for other in others)

    def never_equal(self, a: CExpr, b: CExpr) -> bool:
        return self.memory.unequal(a, b) or self.at_most(a, b, 1) or self.at_most(b, a, 1)


def _is_plain(one: Statement) -> bool:
    if isinstance(one, ir.Support):
        return one.macro in BESIDE and not one.otherwise
    return isinstance(one, (ir.Let, ir.Assign, ir.Store, ir.Pointer, ir.Comment, ir.Fail, ir.If))


def _indices(loop: ir.Turns) -> dict[str, list[CExpr]]:
    """By pointer, at which indices a loop reads and writes."""
    found: defaultdict[str, list[CExpr]] = defaultdict(list)
    for one in every(loop.body):
        if isinstance(one, ir.Store):
            found[one.pointer].append(one.index)
        for part in parts_of(one):
            if isinstance(part, ir.Load):
                found[part.pointer].append(part.index)
    return found


def _types(loop: ir.Turns) -> dict[str, CType]:
    """The types of the elements that a loop reads and writes."""
    stores = {one.pointer: one.type for one in every(loop.body) if isinstance(one, ir.Store)}
    loads = (part for one in every(loop.body) for part in parts_of(one) if isinstance(part, ir.Load))
    return {**stores, **{load.pointer: load.type for load in loads}}


def _stays(pointer: str, loop: ir.Turns) -> bool:
    """Whether a pointer is made before a loop, or in each turn in the same way, with nothing checked for it."""
    inside = [one for one in every(loop.body) if isinstance(one, ir.Pointer) and one.name == pointer]
    if not inside:
        return True
    changing = changing_in(loop.body) | {one.name for one in every(loop.body) if isinstance(one, ir.Let)}
    checked = set().union(*(read_in(one) for one in every(loop.body) if isinstance(one, ir.Fail)))
    made = {one.name for one in every(loop.body) if isinstance(one, ir.Pointer)}
    names = read_in(inside[0])
    stays = not names & (changing | checked | {loop.turn}) and inside[0].source not in made
    return stays and inside[0] in loop.body


def _with_held(loop: ir.Turns, types: dict[str, CType]) -> Statement:
    """The loop with numbers in the places of elements, which are read before it, and written behind it."""
    names = {pointer: ir.LocalName(f"{pointer}_held", type) for pointer, type in types.items()}
    pointers = [one for one in loop.body if isinstance(one, ir.Pointer) and one.name in names]
    written = [one.pointer for one in every(loop.body) if isinstance(one, ir.Store) and one.pointer in names]
    reads = (ir.Let(own.name, own.type, ir.Load(p, ir.ZERO, own.type), final=False) for p, own in names.items())
    writes = (ir.Store(p, ir.ZERO, names[p], types[p]) for p in dict.fromkeys(written))
    inside = replace(loop, body=_block(loop.body, names))
    runs = ir.Apply("less", (ir.ZERO, loop.count), CType.BOOL)
    return ir.If(runs, (*pointers, *reads, inside, *writes))


def _block(body: tuple[Statement, ...], names: dict[str, ir.LocalName]) -> tuple[Statement, ...]:
    def read(expr: CExpr) -> CExpr:
        return names.get(expr.pointer, expr) if isinstance(expr, ir.Load) else expr

    left: list[Statement] = []
    for one in body:
        one = with_expressions(one, read)
        match one:
            case ir.Pointer(name) if name in names:
                continue
            case ir.Store(pointer, _, value, type, adds) if pointer in names:
                own = names[pointer]
                left.append(ir.Assign(own.name, ir.Apply("add", (own, value), type) if adds else value))
            case _:
                left.append(with_bodies(one, lambda inner: _block(inner, names)))
    return tuple(left)
