"""Grown programs: what grows runs, what is wrong is seen, and small."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pytest

import srcad
from tests.fuzz.grown import Compound, Program, grow, points, run
from tests.fuzz.reduce import reduced
from tests.fuzz.verdicts import rounding, verdict

SAMPLE = range(100, 160)


def test_growing_is_deterministic() -> None:
    assert grow(3).source == grow(3).source != grow(4).source


@pytest.mark.parametrize("seed", range(20))
def test_what_grows_runs(seed: int) -> None:
    program = grow(seed)
    text = program.source[program.source.index("def f(x") :]
    assert math.isfinite(run(text, points(seed)[0], lambda names: None))


def test_wrong_derivatives_are_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = Program(0, ["y = np.sin(x)"], "weigh(y) * s")
    assert verdict(program.source, 0, tmp_path).kind == "right"
    right = srcad.value_and_grad

    def wrong(f, argnums):  # type: ignore[no-untyped-def]
        def derived(*args):  # type: ignore[no-untyped-def]
            value, bars = right(f, argnums)(*args)
            return value, (2.0 * bars[0], *bars[1:])

        return derived

    monkeypatch.setattr(srcad, "value_and_grad", wrong)
    assert verdict(program.source, 0, tmp_path).kind == "wrong"


def test_a_sample_is_right_or_refused(tmp_path: Path) -> None:
    """`python -m tests.fuzz` runs more of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {seed: verdict(grow(seed, 2 + seed % 6).source, seed, tmp_path) for seed in SAMPLE}
    faults = {seed: one for seed, one in found.items() if one.is_fault}
    assert not faults, faults
    assert sum(one.kind == "refused" for one in found.values()) < len(SAMPLE) // 4


def test_faults_are_reduced() -> None:
    loop = Compound([("for i in range(3):", ["x = x * 0.5", "y[0] = bad(x)"]), ("else:", ["s = 0.1"])])
    program = Program(0, ["z = x", loop, "t = 2.0"], "weigh(x) + weigh(y) + s")
    small = reduced(program, lambda smaller: "bad" in smaller.source)
    assert (small.body, small.result) == (["y[0] = bad(x)"], "weigh(x)")


def test_single_precision_is_judged_as_such() -> None:
    singles, doubles = (np.linspace(0.0, 1.0, 3).astype(dtype) for dtype in ("float32", "float64"))
    assert rounding((doubles, 1.0)) == 1e-12
    assert rounding((doubles, [singles])) == rounding(np.float32(0.5)) == 1e-5
