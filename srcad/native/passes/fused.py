"""Fused: loop nests one behind the other, over the same places, are one.

    for (i = 0; i < n; ++i)                 NEW(y, n, double);
        v[i] = x[i] * x[i];                 for (i = 0; i < n; ++i) {
    PUSH_ARRAY(tape, v);                        v[i] = x[i] * x[i];
    NEW(y, n, double);                          y[i] = v[i] + 1.0;
    for (j = 0; j < n; ++j)                 }
        y[j] = v[j] + 1.0;                  PUSH_ARRAY(tape, v);

The lowering fuses what it meets in order, and what stands between two nests (a tape, the beginning of another view)
closes one. Here it is moved in front of both, or behind. What the one nest writes and the other reads or writes must
be the same element in each turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import CExpr, Statement
from srcad.native.passes.memory import Alone, Memory, made_by
from srcad.native.passes.rewriting import every, parts_of, read_in, reads_lists, with_bodies, with_expressions

FIRST = frozenset(("NEW", "DATA", "NO_BLOCK", "NO_DATA", "ZERO"))  # what may move in front of a nest
LATER = frozenset(("RELEASE", "RETAIN", "PUSH_ARRAY", "PUSH_SCALAR"))  # what may move behind one
ANYWHERE = -1  # instead of a number of loops: what is read by a function that is given a pointer
MOST = 120  # statements in a nest: with more, what is computed no longer fits into registers


def fused(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return _Fusing(Memory.of(body)).block(body)


@dataclass(frozen=True)
class Access:
    """An element that a nest reads or writes; `loops` that are around it."""

    root: str
    pointer: str
    index: CExpr
    writes: bool
    loops: int


@dataclass
class _Fusing:
    memory: Memory

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """A body in which neighbours are fused."""
        left: list[Statement] = []
        nest: int | None = None  # where in `left` a nest is that others may join
        alone = Alone()
        for one in body:
            if not is_nest(one):
                left.append(with_bodies(one, self.block))
                continue
            made = None if nest is None else self.together(left, nest, one, alone)
            if made is None:
                left.append(one)
                nest = len(left) - 1
            else:
                left, nest = made
        return tuple(left)

    def together(
        self, left: list[Statement], place: int, second: Statement, alone: Alone
    ) -> tuple[list[Statement], int] | None:
        """`left` with the second nest in that at a place; None if it can't be."""
        first = left[place]
        assert isinstance(first, ir.For) and isinstance(second, ir.For)
        joined = self.joined(first, second, alone.at(left, place).union(*map(made_by, left[place:])))
        parted = None if joined is None else self.parted(first, left[place + 1 :])
        if joined is None or parted is None:
            return None
        before, after = parted
        made = [*left[:place], *before, joined, *after]
        return made, place + len(before)

    # ---- two nests

    def joined(self, first: ir.For, second: ir.For, alone: set[str]) -> ir.For | None:
        made = None if _assigned(first) & read_in(second) else _merged(first, second)
        if made is None or len(list(every((made,)))) > MOST:
            return None
        renamed = _with_counters(second, first)
        indices = _counters(first)
        accesses = self.accesses(first)
        written = {access.root for access in accesses if access.writes}
        for a in accesses:
            for b in self.accesses(renamed):
                if (a.writes or b.writes) and not self.apart(a, b, alone, written, indices):
                    return None
        return made

    def apart(self, a: Access, b: Access, alone: set[str], written: set[str], counters: tuple[str, ...]) -> bool:
        """Whether accesses of different turns are to different elements, of which `a` came first.

        What the first nest has `written` goes by one name from then on, or bufferise had made a copy.
        """
        if self.memory.apart(a.root, b.root, alone) or (a.root in written and a.root != b.root):
            return True
        if a.root == b.root and self.memory.differ(a.pointer, b.pointer):
            return True
        if a.index != b.index or a.loops != b.loops or a.loops != len(counters):
            return False
        alike = a.pointer == b.pointer or {a.pointer, b.pointer} <= self.memory.whole
        return alike and _is_apart(a.index, counters)

    def accesses(self, nest: ir.For) -> list[Access]:
        found: list[Access] = []
        self.note(nest, found, 0)
        return found

    def note(self, one: Statement, found: list[Access], depth: int) -> None:
        for part in parts_of(one):
            if (pointer := self.memory.read(part)) is not None:
                index, loops = (part.index, depth) if isinstance(part, ir.Load) else (ir.ZERO, ANYWHERE)
                found.append(Access(self.memory.root(pointer), pointer, index, False, loops))
        match one:
            case ir.Store(pointer, index):
                found.append(Access(self.memory.root(pointer), pointer, index, True, depth))
            case ir.For(body=inner):
                for statement in inner:
                    self.note(statement, found, depth + 1)

    # ---- what stands between them

    def parted(self, first: ir.For, between: Sequence[Statement]) -> tuple[list[Statement], list[Statement]] | None:
        """What stands behind a nest: what goes in front of it, and what stays behind another one; None if it can't."""
        made = _assigned(first)
        touched = {access.root for access in self.accesses(first)}
        before: list[Statement] = []
        after: list[Statement] = []
        for one in between:
            if isinstance(one, ir.Support) and one.macro in LATER and not _loads(one):
                after.append(one)
            elif self.goes_first(one, made, touched):
                before.append(one)
            else:
                return None
        return before, after

    def goes_first(self, one: Statement, made: set[str], touched: set[str]) -> bool:
        match one:
            case ir.Comment():
                return True
            case ir.Let() | ir.Fail():
                return not (read_in(one) & (made | self.memory.roots.keys())) and not _loads(one)
            case ir.Pointer():
                return not (read_in(one) & made)
            case ir.Support("ZERO", (str() as pointer, *_)):
                return self.memory.root(pointer) not in touched and not (read_in(one) & made)
            case ir.Support(macro):
                return macro in FIRST and not (read_in(one) & made)
        return False


# ---- nests


def is_nest(one: Statement) -> bool:
    """Whether a loop holds nothing but a loop, with numbers around it, or the elements."""
    if not isinstance(one, ir.For) or any(map(reads_lists, every((one,)))):
        return False
    loops = [s for s in one.body if isinstance(s, ir.For)]
    plain = all(isinstance(s, (ir.Let, ir.Assign, ir.Store, ir.Comment)) for s in one.body if not isinstance(s, ir.For))
    if not loops:
        return plain and (one.simd or bool(one.sums))
    return plain and len(loops) == 1 and is_nest(loops[0]) and not one.sums and _is_framed(one.body, loops[0])


def _is_framed(body: tuple[Statement, ...], loop: ir.For) -> bool:
    """Whether accumulators are all that stands before the loop in a body."""
    before = body[: body.index(loop)]
    return all(isinstance(s, ir.Let) and isinstance(s.value, ir.Literal) for s in before)


def _counters(nest: ir.For) -> tuple[str, ...]:
    inner = next((s for s in nest.body if isinstance(s, ir.For)), None)
    return (nest.index, *(_counters(inner) if inner is not None else ()))


def _with_counters(second: ir.For, first: ir.For) -> ir.For:
    """A nest with the counters of another one."""
    names = dict(zip(_counters(second), _counters(first), strict=True))

    def change(expr: CExpr) -> CExpr:
        return replace(expr, name=names.get(expr.name, expr.name)) if isinstance(expr, ir.LocalName) else expr

    def block(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(with_bodies(_renamed(with_expressions(one, change), names), block) for one in body)

    (made,) = block((second,))
    assert isinstance(made, ir.For)
    return made


def _renamed(one: Statement, names: dict[str, str]) -> Statement:
    return replace(one, index=names.get(one.index, one.index)) if isinstance(one, ir.For) else one


def _merged(first: ir.For, second: ir.For) -> ir.For | None:
    """A nest that does what the one does, and then the other, in each turn; None if they aren't alike."""
    if len(_counters(first)) != len(_counters(second)):
        return None
    return _merged_bodies(first, _with_counters(second, first))


def _merged_bodies(first: ir.For, second: ir.For) -> ir.For | None:
    if (first.start, first.stop, first.simd) != (second.start, second.stop, second.simd):
        return None
    inner, other = (next((s for s in nest.body if isinstance(s, ir.For)), None) for nest in (first, second))
    if inner is None or other is None:
        return replace(first, body=(*first.body, *second.body), sums=(*first.sums, *second.sums))
    merged = _merged_bodies(inner, other)
    if merged is None:
        return None
    place, there = first.body.index(inner), second.body.index(other)
    before, after = (*first.body[:place], *second.body[:there]), (*first.body[place + 1 :], *second.body[there + 1 :])
    return replace(first, body=(*before, merged, *after))


def _is_apart(index: CExpr, counters: tuple[str, ...]) -> bool:
    """Whether an index is a sum of multiples of all counters: another element in each turn, as strides go."""
    names: list[str] = []
    parts = [index]
    while parts:
        match parts.pop():
            case ir.Apply("add", (a, b)):
                parts += [a, b]
            case ir.LocalName(name) | ir.Apply("multiply", (ir.LocalName(name), ir.LocalName() | ir.Literal())):
                names.append(name)
            case _:
                return False
    return sorted(names) == sorted(counters)


def _assigned(nest: ir.For) -> set[str]:
    """The accumulators of a nest."""
    return {s.name for s in every((nest,)) if isinstance(s, ir.Assign)}


def _loads(one: Statement) -> bool:
    return reads_lists(one) or any(isinstance(part, ir.Load) for part in parts_of(one))
