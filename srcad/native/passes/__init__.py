"""Passes from loop IR to loop IR, in their order. Each is a function, in a file with a before → after."""

from __future__ import annotations

from srcad.native.ir import Statement
from srcad.native.passes.bounds import proven
from srcad.native.passes.collapse import collapsed
from srcad.native.passes.settled import settled
from srcad.native.passes.tapes import flattened
from srcad.native.passes.ticks import chunked


def improved(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The body of a kernel, as fast as it can be."""
    return flattened(chunked(collapsed(proven(settled(body)))))
