"""The functions of vectors that kernels take from the C library, against many digits; docs/howto/native.md has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import srcad
from srcad.native.spelling import VECTOR_FUNCTIONS, VECTOR_FUNCTIONS_OF_TWO
from tests.modules import module_at

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "native.md"
MOST = 4.0  # units in the last place
SMALLEST = 1e-300  # what is denormal has fewer digits
# as NumPy calls it, or SciPy: in C, between which numbers, by mpmath
FUNCTIONS: dict[str, tuple[str, float, float, Callable[..., Any]]] = {
    "np.exp": ("exp", -700.0, 700.0, mpmath.exp),
    "np.exp2": ("exp2", -1000.0, 1000.0, lambda x: mpmath.power(2, x)),
    "np.expm1": ("expm1", -30.0, 30.0, mpmath.expm1),
    "np.log": ("log", 1e-5, 1e5, mpmath.log),
    "np.log2": ("log2", 1e-5, 1e5, lambda x: mpmath.log(x) / mpmath.log(2)),
    "np.log10": ("log10", 1e-5, 1e5, mpmath.log10),
    "np.log1p": ("log1p", -0.99, 100.0, mpmath.log1p),
    "np.cbrt": ("cbrt", -100.0, 100.0, lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x))),
    "np.sin": ("sin", -1000.0, 1000.0, mpmath.sin),
    "np.cos": ("cos", -1000.0, 1000.0, mpmath.cos),
    "np.tan": ("tan", -1000.0, 1000.0, mpmath.tan),
    "np.sinh": ("sinh", -30.0, 30.0, mpmath.sinh),
    "np.cosh": ("cosh", -30.0, 30.0, mpmath.cosh),
    "np.tanh": ("tanh", -20.0, 20.0, mpmath.tanh),
    "np.arcsin": ("asin", -1.0, 1.0, mpmath.asin),
    "np.arccos": ("acos", -1.0, 1.0, mpmath.acos),
    "np.arctan": ("atan", -100.0, 100.0, mpmath.atan),
    "np.arcsinh": ("asinh", -100.0, 100.0, mpmath.asinh),
    "np.arccosh": ("acosh", 1.0, 100.0, mpmath.acosh),
    "np.arctanh": ("atanh", -0.999, 0.999, mpmath.atanh),
    "scipy.special.erf": ("erf", -6.0, 6.0, mpmath.erf),
    "scipy.special.erfc": ("erfc", -6.0, 25.0, mpmath.erfc),
    "np.power": ("pow", 0.01, 100.0, mpmath.power),
    "np.arctan2": ("atan2", -100.0, 100.0, mpmath.atan2),
    "np.hypot": ("hypot", -1e5, 1e5, mpmath.hypot),
}
OF_TWO = ("np.power", "np.arctan2", "np.hypot")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    lines = ["import numpy as np", "import scipy.special", ""]
    for name in FUNCTIONS:
        operands = "x, y" if name in OF_TWO else "x"
        lines += [f"def {FUNCTIONS[name][0]}_({operands}):", f"    return {name}({operands}) * 1.0", ""]
    path = tmp_path_factory.mktemp("native") / "accuracy_programs.py"
    path.write_text("\n".join(lines))
    return module_at(path)


def numbers(low: float, high: float, seed: int) -> np.ndarray:
    """Between two numbers, half of them near to zero where it lies between."""
    rng = np.random.default_rng(seed)
    wide = rng.uniform(low, high, 256)
    near = 10.0 ** rng.uniform(-12, 0, 256) * rng.choice((-1.0, 1.0), 256)
    return np.concatenate((wide, near[(near >= low) & (near <= high)]))


def worst(found: np.ndarray, exact: list[Any]) -> float:
    """The largest error, in units in the last place of what is due."""
    most = 0.0
    for one, due in zip(found, exact, strict=True):
        if abs(due) > SMALLEST:
            most = max(most, float(abs(mpmath.mpf(float(one)) - due) / mpmath.mpf(float(np.spacing(abs(float(due)))))))
    return most


@pytest.mark.parametrize("name", FUNCTIONS)
def test_units_in_the_last_place(name: str, programs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRCAD_CFLAGS", "")  # as it is compiled for users
    own, low, high, exactly = FUNCTIONS[name]
    args = [numbers(low, high, seed) for seed in range(2 if name in OF_TWO else 1)]
    args = [one[: min(map(len, args))] for one in args]
    if name == "np.power":
        args[1] = np.clip(args[1], -20.0, 20.0)
    found = srcad.jit(getattr(programs, f"{own}_"))(*args)
    with mpmath.workdps(60):
        exact = [exactly(*(mpmath.mpf(float(x)) for x in point)) for point in zip(*args, strict=True)]
        error = worst(found, exact)
    assert error <= MOST, error


def test_every_function_is_tried() -> None:
    assert {own for own, *_ in FUNCTIONS.values()} == VECTOR_FUNCTIONS | VECTOR_FUNCTIONS_OF_TWO


def test_the_page_has_them() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE.read_text().partition("## How exact")[2].partition("\n## ")[0]))
    assert named >= {name.rpartition(".")[2] for name in FUNCTIONS}
