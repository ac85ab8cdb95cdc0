"""Passes from loop IR to loop IR, in their order. Each is a function, in a file with a before → after."""

from __future__ import annotations

from collections.abc import Sequence

from srcad.native.ir import CExpr, Statement
from srcad.native.passes.bounds import proven
from srcad.native.passes.collapse import collapsed
from srcad.native.passes.forwarded import forwarded
from srcad.native.passes.fused import fused
from srcad.native.passes.gathered import gathered
from srcad.native.passes.held import held
from srcad.native.passes.parted import parted
from srcad.native.passes.recomputed import recomputed
from srcad.native.passes.resolved import resolved
from srcad.native.passes.settled import settled
from srcad.native.passes.shared import shared
from srcad.native.passes.tapes import flattened
from srcad.native.passes.ticks import chunked
from srcad.native.passes.widened import widened


def improved(body: tuple[Statement, ...], natural: Sequence[CExpr] = ()) -> tuple[Statement, ...]:
    """The body of a kernel, as fast as it can be. `natural`: sums of lengths that are promised not to be negative."""
    body = shared(proven(resolved(settled(body)), natural))
    body = forwarded(gathered(recomputed(fused(held(body, natural)))))
    return flattened(chunked(parted(widened(collapsed(body)))))
