"""Chunks: an inner loop looks for Ctrl-C once in many turns, and not in each.

    for (turn = 0; turn < count; ++turn) {      for (chunk = 0; chunk < count; chunk += CHUNK) {
        TICK();                                     TICKS(CHUNK);
        y[turn] = x[turn];                          for (turn = chunk; turn < smaller(chunk + CHUNK, count); ++turn)
    }                                                   y[turn] = x[turn]; }

The loop inside then has one way out, so that turns can run side by side.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.native import ir
from srcad.native.ir import Statement
from srcad.native.passes.rewriting import every, with_bodies

TICK = ir.Support("TICK", ())


def chunked(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return tuple(_chunked(with_bodies(one, chunked)) for one in body)


def _chunked(one: Statement) -> Statement:
    if not isinstance(one, ir.Turns) or TICK not in one.body:
        return one
    rest = tuple(s for s in one.body if s != TICK)
    if any(isinstance(s, (ir.Turns, ir.While, ir.For, ir.Break)) for s in every(rest)):
        return one
    return replace(one, body=rest, chunked=True)
