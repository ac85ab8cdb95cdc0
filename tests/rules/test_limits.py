"""Derivatives at special points: all modes agree, with each other and with the limit of what mpmath computes.

At 0, at integers, at branch points, at tiny numbers and at huge ones. Where a function has an edge, what is taken
stands in docs/edges.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import srcad
from tests.modules import module_at
from tests.rules.references import EXTREME, OF_FLOATS, OF_SCIPY, POINTS, SHORT, Reference

pytest.importorskip("scipy.special")

TABLE = Path(__file__).parents[2] / "docs" / "edges.md"
CALLS = {**OF_FLOATS, **{f"special.{text}": f for text, f in OF_SCIPY.items()}}
TEXTS = list(CALLS)
# of a place and six points beside it, the weights of the first and of the second derivative there, times 60 and 180
FIRST, SECOND = (-147, 360, -450, 400, -225, 72, -10), (812, -3132, 5265, -5080, 2970, -972, 137)
WAYS: dict[int, dict[str, Callable[[Any, float], Any]]] = {
    1: {
        "reverse": lambda f, x: srcad.grad(f)(x),
        "forward": lambda f, x: srcad.jvp(f, (x,), (1.0,))[1],
    },
    2: {
        "forward over reverse": lambda f, x: srcad.hvp(f)(x, 1.0),
        "reverse over reverse": lambda f, x: srcad.grad(srcad.grad(f))(x),
        "forward over forward": lambda f, x: srcad.jacfwd(srcad.jacfwd(f))(x),
        "reverse over forward": lambda f, x: srcad.grad(srcad.jacfwd(f))(x),
    },
}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _module([*TEXTS, *(text for text, *_ in table())], tmp_path_factory.mktemp("limits"))


def _module(texts: list[str], folder: Path) -> Any:
    lines = ["import math", "", "import numpy as np", "from scipy import special", ""]
    lines += [f"def f{k}(x):\n    return {text}\n" for k, text in enumerate(texts)]
    path = folder / "special_points.py"
    path.write_text("\n".join(lines))
    return module_at(path)


pytestmark = pytest.mark.usefixtures("quiet")


def limit(f: Reference, x: float, order: int) -> float | None:
    """The derivative, if it is the same from both sides."""
    found = [_one_sided(f, x, order, step) for step in (-1e-14, 1e-14, 1e-17)]
    if None in found:
        return None
    first, *others = (float(one) for one in found)
    small = max(map(abs, (first, *others))) < 1e-9
    return first if small or all(abs(first - other) <= 1e-6 * abs(first) for other in others) else None


def _one_sided(f: Reference, x: float, order: int, step: float) -> Any:
    """By six points on one side of x, with digits enough."""
    scale = min(abs(x), 1.0) if x else 1.0
    with mpmath.workdps(110 + int(2.2 * abs(math.log10(abs(x)))) if x else 110):
        h = mpmath.mpf(scale) * step
        try:
            values = [f(mpmath.mpf(x) + k * h) for k in range(7)]
        except (ArithmeticError, ValueError, RecursionError, mpmath.libmp.libhyper.NoConvergence):
            return None
        if any(mpmath.im(v) != 0 or not mpmath.isfinite(v) for v in values):
            return None
        weights, common = (FIRST, 60) if order == 1 else (SECOND, 180)
        return sum(w * mpmath.re(v) for w, v in zip(weights, values, strict=True)) / common / h**order


def value_of(f: Callable[[float], Any], x: float) -> float | None:
    try:
        value = f(x)
    except (ArithmeticError, ValueError):
        return None
    return None if isinstance(value, complex) or not np.isfinite(value) else float(value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("k", [pytest.param(k, id=text) for k, text in enumerate(TEXTS)])
def test_limits(k: int, programs: Any) -> None:
    f, reference = getattr(programs, f"f{k}"), CALLS[TEXTS[k]]
    points = SHORT if TEXTS[k].startswith("special.") else POINTS
    for x in points:
        value = value_of(f, x)
        if value is None:
            continue
        assert float(srcad.value_and_grad(f)(x)[0]) == pytest.approx(value, rel=1e-14, abs=0.0)
        for order, ways in WAYS.items():
            due = limit(reference, x, order)
            if due is None or abs(due) > 1e290:
                continue
            # of special functions a second derivative may be NaN at a point, and never a number that is wrong
            unknown = order == 2 and (TEXTS[k].startswith("special.") or not 1 / EXTREME < abs(x) < EXTREME)
            for way, run in ways.items():
                found = float(run(f, x))
                if not (unknown and np.isnan(found)):
                    _assert_close(found, due, order, value, f"{way}, {TEXTS[k]} at {x}")


def _assert_close(found: float, due: float, order: int, value: float, what: str) -> None:
    """To as many digits as the function itself has: differences of numbers next to 1 have none below 1e-13."""
    rounding = 1e-13 * max(1.0, min(abs(value), 1e10))
    assert abs(found - due) <= (1e-7 if order == 1 else 1e-5) * abs(due) + rounding, f"{what}: {found}, and not {due}"


@pytest.mark.parametrize("size", [1e200, 1e-200, 1.0])
def test_angles_of_any_size(size: float) -> None:
    """Squares of what an angle is taken of are too large for a float, or too small."""

    def angle(x: float) -> Any:
        return np.arctan2(size * x, size)

    for run in (*WAYS[1].values(), lambda f, x: srcad.deriv(f)(np.array([x]))):
        np.testing.assert_allclose(run(angle, 2.0), 0.2)
    np.testing.assert_allclose(srcad.grad(lambda x: np.arcsinh(np.exp(x)))(400.0), 1.0)


# ---- the table of what is taken where there is no derivative


def table() -> list[tuple[str, float, float]]:
    """The entries of the documented table: an expression in x, a point, and the derivative there."""
    rows = re.findall(r"^\| `([^`]+)` \| (\S+) \| (\S+) \|", TABLE.read_text(), re.MULTILINE)
    return [(text, _number(x), _number(due)) for text, x, due in rows]


def _number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)


@pytest.mark.parametrize("k", [pytest.param(k, id=f"{row[0]} at {row[1]}") for k, row in enumerate(table())])
def test_table(k: int, programs: Any) -> None:
    """In all modes, and of Python's floats, NumPy's, arrays of float64 and of float32."""
    text, x, due = table()[k]
    f = getattr(programs, f"f{len(TEXTS) + k}")
    for way, run in WAYS[1].items():
        for number in (x, np.float64(x)):
            np.testing.assert_allclose(run(f, number), due, rtol=1e-12, err_msg=f"{way}: {text}")
    if "np.array" in text or "max(" in text or "min(" in text:
        return
    for dtype in (np.float64, np.float32):
        array = np.full(2, x, dtype)
        np.testing.assert_allclose(srcad.deriv(f)(array), np.full(2, due), rtol=1e-6, err_msg=text)
        np.testing.assert_allclose(srcad.jvp(f, (array,), (np.ones_like(array),))[1], due, rtol=1e-6, err_msg=text)


def test_the_table_is_long() -> None:
    assert len(table()) > 50
