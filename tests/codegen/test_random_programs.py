"""Generated code against the reference interpreter, which never overwrites anything."""

from __future__ import annotations

import copy
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from srcad.backends.numpy import compile_source
from srcad.codegen import generate
from srcad.ops.meaning import Meanings
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import Trace
from srcad.trace.verifier import verify
from tests.codegen.random_programs import Log, Program, arguments

ORDER = ("x", "y", "m", "s", "flag", "log_see", "log_keep", "l")


def arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, (list, tuple)):
        return [a for item in value for a in arrays(item)]
    return [value] if isinstance(value, np.ndarray) else []


def call(values: dict[str, Any], log: Log) -> list[Any]:
    return [{**values, "log_see": log.see, "log_keep": log.keep}[name] for name in ORDER]


def equal(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(equal, a, b))
    return type(a) is type(b) and np.allclose(a, b, rtol=1e-12, atol=1e-12, equal_nan=True)


def check(trace: Trace, values: dict[str, Any], *, careful: bool = False) -> str:
    """Compare; the source."""
    verify(trace)
    generated = generate(trace, "program", careful=careful)
    function = compile_source(generated)
    log, expected_log, before = Log(), Log(), copy.deepcopy(values)
    with np.errstate(all="ignore"):
        got = function(*call(values, log))
        expected = evaluate(trace, call(before, expected_log), Meanings())
    assert equal(got, expected), generated.source
    assert equal(list(values.values()), list(before.values())), f"an input was changed\n{generated.source}"
    assert equal(log.seen, expected_log.seen), generated.source
    assert log.unchanged(), f"what an object kept was changed\n{generated.source}"
    for a, b in combinations([*got, arrays(list(values.values()))], 2):
        for one in arrays(a):
            for two in arrays(b):
                assert not np.shares_memory(one, two), f"results share memory\n{generated.source}"
    return generated.source


@pytest.mark.parametrize("seed", range(150))
def test_random_program(seed: int) -> None:
    with np.errstate(all="ignore"):
        check(Program(seed, 6 + seed % 20).trace, arguments(seed))


def test_same_source_each_time() -> None:
    sources = {generate(Program(7, 20).trace, "program").source for _ in range(3)}
    assert len(sources) == 1
