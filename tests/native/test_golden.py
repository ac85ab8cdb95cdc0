"""The C of some programs, as it is expected: `--refresh-golden` rewrites it, and the diff is to be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.native.c import support

GOLDEN = Path(__file__).parent.parent / "golden" / "native"


def logistic_map(x: float, r: float, n: int) -> float:
    for _ in range(n):
        x = r * x * (1 - x)
    return x


def chain(x: Any) -> Any:
    return np.sum(np.exp(-x * x) * np.sin(x) / (1 + x**2))


def diffusion(u: Any, c: float, steps: int) -> Any:
    u = u.copy()
    for _ in range(steps):
        u[1:-1] = u[1:-1] + c * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def rows(A: Any, x: Any) -> Any:
    return np.sum(np.tanh(A @ x)) + np.max(np.sum(A, axis=1))


def index_loop(x: Any) -> Any:
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def newton(a: float, tolerance: float) -> float:
    x = a
    while abs(x * x - a) > tolerance:
        x = 0.5 * (x + a / x)
    return x


def grown(x: Any) -> Any:
    found = []
    for k in range(len(x)):
        if x[k] > 0:
            found.append(x[k] * x)
    return np.sum(np.array(found) ** 2)


def gathered(x: Any, places: Any) -> Any:
    return np.sum(x[places] ** 2) + x[x > 0].sum()


def escaping(x: float, n: int) -> Any:
    z = complex(x, 0.5)
    for _ in range(n):
        z = z * z + x / (1 + z)
    return abs(z)


def simpson(a: float, b: float) -> Any:
    middle = 0.5 * (a + b)
    if b - a < 0.1:
        return (b - a) * np.sin(middle**2)
    return simpson(a, middle) + simpson(middle, b)


PROGRAMS: dict[Any, tuple[Any, ...]] = {
    logistic_map: (0.3, 3.1, 10),
    chain: (np.linspace(-1.0, 1.0, 5),),
    diffusion: (np.linspace(0.0, 1.0, 6), 0.1, 3),
    rows: (np.ones((3, 4)), np.linspace(0.0, 1.0, 4)),
    index_loop: (np.linspace(0.0, 1.0, 5),),
    newton: (2.0, 1e-10),
    grown: (np.linspace(-1.0, 1.0, 5),),
    escaping: (0.3, 4),
    simpson: (0.1, 0.9),
    gathered: (np.linspace(-1.0, 1.0, 5), np.array([0, 2, 2])),
}


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_c(function: Any, refresh_golden: bool) -> None:
    args = PROGRAMS[function]
    native = srcad.grad(function, backend="native")
    np.testing.assert_allclose(native(*args), srcad.grad(function)(*args), rtol=1e-12)
    path, text = GOLDEN / f"{function.__name__}.c", kernels_alone(native.source(*args, language="c"))
    if refresh_golden:
        path.write_text(text)
    assert path.read_text() == text


def kernels_alone(source: str) -> str:
    """The functions, with their procedures, and without the support that stands before each."""
    heads = r"^static int \w+_code\(|^EXPORTED int "
    parts = [part for part in source.split(support()) if part.strip()]
    starts = [re.search(heads, part, re.MULTILINE) for part in parts]
    return "\n".join(part[at.start() :].strip() for part, at in zip(parts, starts, strict=True) if at) + "\n"
