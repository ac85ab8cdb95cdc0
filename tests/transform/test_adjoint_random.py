"""Random programs: branches, loops with breaks, stores and views, nested; first and second derivatives."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from srcad.trace.builder import Builder
from srcad.trace.nodes import Trace, Var
from srcad.trace.types import BOOL, FLOAT, Array
from tests.traces import VALUES, VECTOR, Writer, build
from tests.traces import run as run_trace
from tests.transform.adjoints import check, differences


class SmoothWriter(Writer):
    """Emits operations that have derivatives everywhere, and whose values stay small."""

    def step_arithmetic(self, _: int) -> None:
        kind = self.random.choice(["float", "number", "vector"])
        op = self.random.choice(["add", "subtract", "multiply", "accumulate"])
        value = self.b.emit(op, self.pick(kind), self.pick(self.random.choice(["float", kind])))
        self.add(self.b.emit("sin", value) if self.random.random() < 0.5 else value)


def loss(seed: int) -> Trace:
    """A random program that returns one number."""

    def body(b: Builder, *inputs: Var) -> Any:
        writer = SmoothWriter(b, Random(seed), inputs)
        writer.steps(2)
        total: Any = 0.0
        for a in (a for kind in ("float", "number", "vector") for a in writer.pools[kind][-3:]):
            value = b.emit("sum", a, axis=None, keepdims=False) if isinstance(a.type, Array) else a
            total = b.emit("add", total, b.emit("sin", value))
        return total

    return build({"a": FLOAT, "b": FLOAT, "c": BOOL, "x": VECTOR, "y": VECTOR}, body)


def is_smooth(trace: Trace) -> bool:
    """Whether the values are small and no comparison flips nearby."""
    wrt = [0, 1, 3, 4]
    if not np.isfinite(run_trace(trace, *VALUES)[0]):
        return False
    gradient = differences(trace, wrt, VALUES)
    nearby = differences(trace, wrt, [VALUES[0] + 1e-7, VALUES[1], *VALUES[2:]])
    largest = max(float(np.max(np.abs(g))) for g in gradient)
    return largest < 50 and all(np.allclose(g, h, rtol=1e-4, atol=1e-4) for g, h in zip(gradient, nearby, strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_gradients_of_random_programs(seed: int) -> None:
    trace = loss(seed)
    if is_smooth(trace):
        check(trace, *VALUES, order=1, tolerance=1e-5)


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_second_derivatives_of_random_programs(seed: int) -> None:
    trace = loss(seed)
    if is_smooth(trace):
        check(trace, *VALUES, order=2, tolerance=1e-5)
