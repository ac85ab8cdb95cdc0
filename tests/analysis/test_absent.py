"""Variables that may have no value where they are handed on."""

from typing import Any

import numpy as np
import pytest

from srcad.analysis.absent import absent
from srcad.frontend.read import read


def caught(x: Any, n: int) -> Any:
    try:
        row = x[n] * 2.0
    except IndexError:
        return x[0]
    return row


def on_one_way(x: Any, n: int) -> Any:
    if n > 2:
        row = x[0] * 2.0
    for _ in range(n):
        row = row * 2.0
    return row


def on_both_ways(x: Any, n: int) -> Any:
    row = x[0] * 2.0 if n > 2 else x[1]
    for _ in range(n):
        row = row * x[0]
    return row


@pytest.mark.parametrize(("f", "some"), [(caught, True), (on_one_way, True), (on_both_ways, False)])
def test_what_may_have_no_value(f: Any, some: bool) -> None:
    trace = read(f, (np.ones((3, 3)), 3), {}, (0,)).trace
    found = absent(trace.body)
    assert any(var.name == "row" for var in found) is some
    assert not found.intersection(entry.var for entry in trace.inputs)
