"""Which variables may share memory."""

from __future__ import annotations

import sys

from srcad.analysis.aliases import MemoryClasses
from srcad.ops.catalogue import result_types
from srcad.trace.nodes import Input, Parameter, Path, Region, Trace, Var
from srcad.trace.procedures import listed
from tests.codegen.building import matrix
from tests.traces import NamingBuilder


def test_memory_goes_through_more_views_than_python_calls() -> None:
    builder, x = NamingBuilder(result_types), Var(matrix(), "x")
    views = [x]
    for _ in range(2 * sys.getrecursionlimit()):
        views.append(builder.emit("transpose", views[-1], axes=None))
    other = builder.emit("negative", views[-1])
    body = Region((), tuple(builder.equations), (views[-1], other))
    classes = MemoryClasses(Trace("f", (Parameter("x"),), (Input(x, Path("x")),), body, listed(2)))
    assert classes.of(x) is classes.of(views[-1])
    assert classes.of(x) is not classes.of(other)
