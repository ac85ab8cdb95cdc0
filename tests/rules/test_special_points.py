"""Kinks, ties, zeros and infinities: both modes give what is agreed on, and the same.

What is agreed on: 0 at the kink of abs, norm, hypot and std; ties share equally; clip passes on the closed interval;
inf for sqrt at 0; nothing leaks from the branch that `np.where` did not take. Polynomials are exact everywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from tests.modules import module_at

pytest.importorskip("scipy.special")

PI = np.pi
INF = np.inf
# the program, the point, the derivative, the second derivative (None: not agreed on)
POINTS: list[tuple[str, float, float, float | None]] = [
    ("np.abs(x)", 0.0, 0.0, 0.0),
    ("np.abs(x)", -0.0, 0.0, 0.0),
    ("abs(x) * x", 0.0, 0.0, 0.0),
    ("np.maximum(x, 0.0)", 0.0, 0.5, 0.0),
    ("np.maximum(x, x)", 0.3, 1.0, 0.0),
    ("np.minimum(0.0, x)", 0.0, 0.5, 0.0),
    ("np.fmax(x, 0.0) + np.fmin(x, 0.0)", 0.0, 1.0, 0.0),
    ("np.fmax(x, np.nan) + 2.0 * np.fmin(np.nan, x)", 0.3, 3.0, 0.0),
    ("np.sum(np.fmin(np.array([x, np.nan]), np.array([np.nan, x * x])))", 0.3, 1.6, 2.0),
    ("max(x, 0.0)", 0.0, 0.5, 0.0),
    ("np.max(np.array([x, 0.0, 0.0, -1.0]))", 0.0, 1 / 3, 0.0),
    ("np.min(np.array([x, x, 1.0]))", 0.0, 1.0, 0.0),
    ("np.clip(x, 0.0, 1.0)", 0.0, 1.0, 0.0),
    ("np.clip(x, 0.0, 1.0)", 1.0, 1.0, 0.0),
    ("np.clip(2.0, x, 0.5)", 1.0, 0.0, 0.0),
    ("np.clip(0.3, 1.0, x)", 0.5, 1.0, 0.0),
    ("np.copysign(x, -1.0)", 0.0, 0.0, None),
    ("np.sign(x) * x", 0.0, 0.0, 0.0),
    ("np.heaviside(x, 0.5) * x", 0.0, 0.5, None),
    ("np.hypot(x, 0.0)", 0.0, 0.0, None),
    ("np.hypot(x, 3.0)", 0.0, 0.0, 1 / 3),
    ("np.linalg.norm(np.array([x, 0.0]))", 0.0, 0.0, None),
    ("np.linalg.norm(np.array([x, 2.0]))", 0.0, 0.0, 0.5),
    ("np.std(np.array([x, 1.0]))", 1.0, 0.0, None),
    ("np.var(np.array([x, 1.0]))", 1.0, 0.0, 0.5),
    ("np.sqrt(x)", 0.0, INF, None),
    ("np.sqrt(x * x + 1.0)", 0.0, 0.0, 1.0),
    ("np.where(x > 0.0, np.sqrt(x), 0.0)", 0.0, 0.0, 0.0),
    ("np.where(x > 0.0, np.log(x), x * x)", 0.0, 0.0, 2.0),
    ("np.where(x == 0.0, 1.0, np.sin(x) / x)", 0.0, 0.0, None),
    ("x**2", 0.0, 0.0, 2.0),
    ("x**3", 0.0, 0.0, 0.0),
    ("x**0", 0.0, 0.0, 0.0),
    ("x**1", 0.0, 1.0, 0.0),
    ("x**2.5", 0.0, 0.0, 0.0),
    ("np.power(x, np.array([0.0, 1.0, 2.0]))[2]", 0.0, 0.0, 2.0),
    ("np.power(x, np.array([0.0, 1.0, 2.0]))[0]", 0.0, 0.0, 0.0),
    ("np.square(x) * np.square(x)", 0.0, 0.0, 0.0),
    ("np.prod(np.array([x, 0.0, 2.0]))", 0.0, 0.0, 0.0),
    ("np.prod(np.array([x, x, 2.0]))", 0.0, 0.0, 4.0),
    ("np.cumprod(np.array([x, x, 2.0]))[2]", 0.0, 0.0, 4.0),
    ("np.linalg.det(np.array([[x, 0.0, 0.0], [0.0, x, 0.0], [0.0, 0.0, 3.0]]))", 0.0, 0.0, 6.0),
    ("np.sinc(x)", 0.0, 0.0, -(PI**2) / 3),
    ("np.sinc(x)", 1e-9, 0.0, -(PI**2) / 3),
    ("scipy.special.sinc(x)", 0.0, 0.0, -(PI**2) / 3),
    ("np.log1p(x)", 0.0, 1.0, -1.0),
    ("np.expm1(x)", 0.0, 1.0, 1.0),
    ("np.arctan2(x, 2.0)", 0.0, 0.5, 0.0),
    ("np.arctan2(x, -2.0)", 0.0, -0.5, 0.0),
    ("np.cbrt(x) ** 3", 1.0, 1.0, 0.0),
    ("scipy.special.xlogy(x, 2.0)", 0.0, np.log(2.0), 0.0),
    ("scipy.special.xlogy(0.0, x)", 2.0, 0.0, 0.0),
    ("scipy.special.j0(x)", 0.0, 0.0, -0.5),
    ("scipy.special.j1(x)", 0.0, 0.5, 0.0),
    ("scipy.special.i1(x)", 0.0, 0.5, 0.0),
    ("scipy.special.i1e(x)", 1e-12, 0.5, None),
    ("scipy.special.logsumexp(np.array([x, -np.inf]))", 0.0, 1.0, 0.0),
    ("np.logaddexp(x, -np.inf)", 0.0, 1.0, 0.0),
    ("np.exp(x)", -INF, 0.0, 0.0),
    ("np.tanh(x)", INF, 0.0, 0.0),
    ("np.arctan(x)", INF, 0.0, None),
    ("scipy.special.expit(x)", -INF, 0.0, 0.0),
    ("scipy.special.expit(x)", 800.0, 0.0, 0.0),
    ("1.0 / x", INF, 0.0, 0.0),
    ("np.divide(2.0, x)", 0.0, -INF, INF),
    ("np.power(2.0, x)", 1e9, INF, INF),
    ("np.floor_divide(2.0, x) + np.power(x, -3.0)", 0.0, -INF, INF),
    ("np.sort(np.array([x, 1.0]))[0] * 3.0", 1.0, 3.0, 0.0),
    ("np.median(np.array([x, 1.0, 3.0]))", 0.0, 0.0, 0.0),
    ("np.interp(x, np.array([0.0, 1.0]), np.array([0.0, 2.0]))", 0.5, 2.0, 0.0),
]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    lines = ["import numpy as np", "import scipy.special", ""]
    lines += [f"def f{k}(x):\n    return {text}\n\n" for k, (text, *_) in enumerate(POINTS)]
    path: Path = tmp_path_factory.mktemp("points") / "points.py"
    path.write_text("\n".join(lines))
    return module_at(path)


pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize("k", [pytest.param(k, id=f"{p[0]} at {p[1]}") for k, p in enumerate(POINTS)])
def test_both_modes(k: int, module: Any) -> None:
    _, x, first, second = POINTS[k]
    f = getattr(module, f"f{k}")
    np.testing.assert_allclose(srcad.grad(f)(x), first, rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(srcad.jvp(f, (x,), (1.0,))[1], first, rtol=1e-9, atol=1e-8)
    if second is not None:
        np.testing.assert_allclose(srcad.hvp(f)(x, 1.0), second, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(srcad.grad(srcad.grad(f))(x), second, rtol=1e-6, atol=1e-7)
