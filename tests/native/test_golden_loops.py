"""What each pass over the loop IR does, before and after, as C.

`--refresh-golden` rewrites what is expected, and the diff is to be read.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.calls import specialise
from srcad.native import passes
from srcad.native.c import lines_of
from srcad.native.ir import Statement
from tests.native.test_golden import diffusion, index_loop, logistic_map

FOLDER = Path(__file__).parent.parent / "golden" / "native" / "passes"
pytestmark = pytest.mark.own_maker


def table(a: Any) -> Any:
    return np.sum(np.exp(a) * a)


def waves(x: Any, n: int) -> Any:
    for _ in range(n):
        x = x * np.sin(x)
    return np.sum(x)


def overwritten(x: Any) -> Any:
    y = np.zeros(len(x))
    y[1:-1] = x[2:] - x[:-2]
    y[1:-1] *= x[1:-1]
    return y


def shifted(x: Any) -> Any:
    y = np.zeros(len(x))
    y[1:] += x[:-1]
    y[:-1] += x[1:]
    return y


def chosen(a: Any) -> Any:
    b = np.where(a[:, 1:] > 0.0, a[:, :-1], 0.0)
    return np.sum((b[1:, :] - b[:-1, :]) ** 2)


def without_one(x: Any, k: int) -> Any:
    total = 0.0
    for i in range(len(x)):
        if i != k:
            total += x[i]
    return total


def sums_of_rows(a: Any) -> Any:
    r = np.zeros(len(a))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            r[i] += a[i, j]
    return r


CASES: dict[str, Callable[[], object]] = {
    "settled": lambda: srcad.jit(diffusion).kernels(np.linspace(0.0, 1.0, 6), 0.1, 3),
    "resolved": lambda: srcad.jit(sums_of_rows).kernels(np.ones((3, 4))),
    "proven": lambda: srcad.jit(index_loop).kernels(np.linspace(0.0, 1.0, 5)),
    "shared": lambda: srcad.jit(diffusion).kernels(np.linspace(0.0, 1.0, 6), 0.1, 3),
    "held": lambda: srcad.jit(sums_of_rows).kernels(np.ones((3, 4))),
    "fused": lambda: srcad.grad(waves, backend="native").kernels(np.linspace(0.0, 1.0, 6), 3),
    "recomputed": lambda: srcad.grad(chosen, backend="native").kernels(np.ones((3, 4))),
    "gathered": lambda: srcad.jit(shifted).kernels(np.linspace(0.0, 1.0, 6)),
    "forwarded": lambda: srcad.jit(overwritten).kernels(np.linspace(0.0, 1.0, 6)),
    "collapsed": lambda: srcad.jit(table).kernels(np.ones((3, 4))),
    "widened": lambda: srcad.grad(chosen, backend="native").kernels(np.ones((3, 4))),
    "parted": lambda: srcad.jit(without_one).kernels(np.ones(4), 2),
    "chunked": lambda: srcad.jit(logistic_map).kernels(0.3, 3.1, 10),
    "flattened": lambda: srcad.grad(logistic_map, backend="native").kernels(0.3, 3.1, 10),
}


@pytest.mark.parametrize("name", CASES)
def test_before_and_after(name: str, refresh_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    own = getattr(passes, name)

    def watched(body: tuple[Statement, ...], *given: Any) -> tuple[Statement, ...]:
        after: tuple[Statement, ...] = own(body, *given)
        texts = ["\n".join(lines_of(one)) for one in (body, after)]
        if texts[0] != texts[1]:
            shown.append("\n\n--->\n\n".join(texts))
        return after

    monkeypatch.setattr(passes, name, watched)
    for shelf in ("_SHELVES", "_SPECIALISERS"):  # what other tests have compiled isn't compiled again
        monkeypatch.setattr(specialise, shelf, weakref.WeakKeyDictionary())
    CASES[name]()
    path, text = FOLDER / f"{name}.txt", shown[-1] + "\n"
    if refresh_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.exists(), "nothing is expected yet: run pytest --refresh-golden, and read what it writes"
    assert text == path.read_text()


def test_every_pass_has_a_case() -> None:
    known = {
        name for name, one in vars(passes).items() if getattr(one, "__module__", "").startswith(f"{passes.__name__}.")
    }
    assert known == set(CASES)
