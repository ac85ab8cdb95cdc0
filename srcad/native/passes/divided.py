"""Divided: loops whose turns depend on nothing of each other are divided among threads, where that was asked for.

    for (i = 0; i < n; ++i) {          #pragma omp parallel for if(parallel: n * m >= 32768) num_threads(2)
        double total = 0.0;            for (i = 0; i < n; ++i) {
        for (j = 0; j < m; ++j)            ...
            total += A[i * m + j];
        y[i] = total;
    }

These are loops that run sideways anyway, and loops around such that write to places of their own, in memory that was
made in front of them and has no other name. Loops over few elements are left alone: the run tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.rewriting import every, parts_of, read_in, with_bodies
from srcad.native.sideways import runs_sideways


def divided(function: ir.LoopFunction, threads: int) -> ir.LoopFunction:
    """The kernel with loops on so many threads."""
    procedures = tuple(replace(one, body=_divided(one.body, threads)) for one in function.procedures)
    return replace(function, body=_divided(function.body, threads), procedures=procedures)


def _divided(body: tuple[Statement, ...], threads: int) -> tuple[Statement, ...]:
    made: list[Statement] = []
    fresh = _FreshMemory()
    for one in body:
        if isinstance(one, ir.For) and (one.apart or runs_sideways(one) or _is_apart(one, frozenset(fresh.pointers))):
            made.append(replace(one, threads=threads, work=_work(one)))
        else:
            made.append(with_bodies(one, lambda inner: _divided(inner, threads)))
        fresh.see(one)
    return tuple(made)


class _FreshMemory:
    """Pointers to memory that the statements so far have made, and that nothing else leads to."""

    def __init__(self) -> None:
        self.pointers: dict[str, str] = {}  # each with its block
        self.blocks: set[str] = set()

    def see(self, one: Statement) -> None:
        match one:
            case ir.Support("NEW", (str() as block, *_)):
                self.blocks.add(block)
            case ir.Support("DATA", (str() as pointer, str() as block, *_)) if block in self.blocks:
                self.pointers[pointer] = block
                self.blocks.remove(block)
            case ir.Support("ZERO"):
                pass
            case _:
                self.forget(set(_named(one)))

    def forget(self, names: set[str]) -> None:
        self.blocks -= names
        self.pointers = {p: block for p, block in self.pointers.items() if not {p, block} & names}


def _named(one: Statement) -> Iterator[str]:
    """The names by which a statement may hand on memory."""
    for inner in every((one,)):
        match inner:
            case ir.Support(_, arguments):
                yield from (a for a in arguments if isinstance(a, str))
            case ir.Pointer(_, source):
                yield source


def _is_apart(loop: ir.For, fresh: frozenset[str]) -> bool:
    """Whether each turn of a loop around others writes to places of its own, and reads none of another's."""
    inside = list(every(loop.body))
    loops = {one.index: one.stop for one in inside if isinstance(one, ir.For) and one.start == ir.ZERO}
    if loop.start != ir.ZERO or not any(isinstance(one, ir.For) and runs_sideways(one) for one in inside):
        return False
    if not all(isinstance(one, (ir.Let, ir.Assign, ir.Store, ir.For, ir.Comment)) for one in inside):
        return False
    own = {one.name for one in inside if isinstance(one, ir.Let)}
    if not all(one.name in own for one in inside if isinstance(one, ir.Assign)):
        return False
    written = {one.pointer for one in inside if isinstance(one, ir.Store)}
    places = [one.index for one in inside if isinstance(one, ir.Store)]
    loads = (part for one in inside for part in parts_of(one) if isinstance(part, ir.Load))
    places += [load.index for load in loads if load.pointer in written]
    return written <= fresh and all(_has_row(place, loop.index, loops) for place in places)


def _has_row(place: CExpr, row: str, loops: dict[str, CExpr]) -> bool:
    """Whether a place is that of a row, or stands in a row of as many elements as a loop inside counts."""
    if place == ir.LocalName(row, CType.INT64):
        return True
    match place:
        case ir.Apply("add", (ir.Apply("multiply", (ir.LocalName(name), n)), ir.LocalName(column))):
            return name == row and loops.get(column) == n
    return False


def _work(loop: ir.For) -> CExpr:
    """How many turns there are, with those of loops inside whose number is known in front."""
    own = {one.name for one in every(loop.body) if isinstance(one, ir.Let)} | {loop.index}
    inner = [one for one in loop.body if isinstance(one, ir.For) and not own & read_in(_of_length(one))]
    # loops over borders stand first in those whose turns are apart
    return ir.times(loop.stop, _work(inner[-1 if loop.apart else 0])) if inner else loop.stop


def _of_length(loop: ir.For) -> Statement:
    """A statement that reads what the length of a loop reads."""
    return ir.Fail(ir.equal(loop.stop, ir.ZERO), "")
