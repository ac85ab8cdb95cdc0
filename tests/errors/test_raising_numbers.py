"""Arithmetic of Python's numbers raises where NumPy's gives inf and nan: the derivative raises what the program raises.

Also where nothing of the derivative depends on what was computed, and nothing where the program raises nothing.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from tests.modules import module_at

POWERS = [f"x**{p}" for p in ("2", "3", "4", "5", "7", "-1", "-2", "0", "1", "0.5", "1.5", "-0.5", "k", "x", "400")]
POWERS += ["pow(x, 2)", "pow(x, 3.0)", "2.0**x", "2**x", "0.0**x", "(-2.0)**x", "(x * x) ** 2", "x**2 - x**2"]
POWERS += ["np.float64(x) ** 2", "x.__pow__(2)", "sum([x**2, x])", "max(x**2, x)", "x**2 * 0.0", "((x + 1j) ** 2).real"]
DIVISIONS = ["1 / x", "1.0 // x", "1.0 % x", "x % 2.0", "divmod(1.0, x)[1]", "abs(1 / complex(x, 0.0))"]
INTS = ["x * int(x)", "round(x) * x", "math.floor(x) * x", "math.ceil(x) * x", "math.trunc(x) * x"]
INTS += [f"x {sign} 10**400" for sign in "+-*/%"] + ["float(10**400) * x", "math.log(10**400) * x", "x * k**400"]
INTS += ["x * 3.0**700", "math.sqrt(10**400) * x", "math.atan(x * k**1100)"]
ONE = "acos acosh asin asinh atan atanh cbrt cos cosh degrees erf erfc exp exp2 expm1 fabs gamma lgamma log log10"
ONE += " log1p log2 radians sin sinh sqrt tan tanh ulp"
TWO = ("atan2", "copysign", "fmod", "pow", "remainder", "nextafter", "hypot", "log")
OF_MATH = [f"math.{name}(x)" for name in ONE.split() if hasattr(math, name)]
OF_MATH += [f"math.{name}({args})" for name in TWO for args in ("x, 2.0", "2.0, x", "x, x")]
OF_MATH += ["math.modf(x)[0]", "math.frexp(x)[0]", "math.ldexp(x, 3)", "math.ldexp(x, 2000)", "math.dist([x], [1.0])"]
OF_MATH += ["math.fsum([x, x])", "math.fsum([x, 1e308, 1e308])", "math.fsum(v * x for v in (1.0, 2.0))"]
OF_MATH += ["math.fma(x, x, 1.0)"] if sys.version_info >= (3, 13) else []
COMPLEX = "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh".split()
OF_CMATH = [f"cmath.{name}({z}).real" for name in COMPLEX for z in ("x", "complex(1.0, x)")]
OF_CMATH += ["abs(complex(x, x) * 1.5)", "cmath.phase(x)", "cmath.polar(x)[0]", "cmath.rect(1.0, x).real"]
EXPRESSIONS = [*POWERS, *DIVISIONS, *INTS, *OF_MATH, *OF_CMATH]

LARGE = [1e16, 2.0**53, 1e70, 1e77, 6e102, 1e103, 1e154, 1.4e154, 1e300, 1e308, 709.0, 710.0, 800.0, 171.0, 172.0]
POINTS = [0.0, 0.5, 1.0, 2.0, 3.0, 1e-300, 5e-324, math.inf, *LARGE]
POINTS = [*POINTS, *(-x for x in POINTS), math.nan, -171.5, -745.2]

WAYS: dict[str, Callable[[Any, float], Any]] = {
    "gradient": lambda f, x: srcad.grad(f)(x),
    "tangent": lambda f, x: srcad.jvp(f, (x,), (1.0,)),
    "second": lambda f, x: srcad.hvp(f)(x, 1.0),
    "elementwise": lambda f, x: srcad.deriv(f)(x),
}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Of each expression two functions: one returns it, one doesn't need it."""
    lines = ["import cmath", "import math", "", "import numpy as np", ""]
    for k, text in enumerate(EXPRESSIONS):
        lines += [f"def needed{k}(x, k=2):\n    y = {text}\n    return y + x\n"]
        lines += [f"def idle{k}(x, k=2):\n    y = {text}\n    return x * 3.0\n"]
    path: Path = tmp_path_factory.mktemp("raising") / "raising_numbers.py"
    path.write_text("\n".join(lines))
    return module_at(path, known=True)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def outcome(run: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return "value", run()
    except (ArithmeticError, ValueError) as error:
        return type(error).__name__, str(error)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("k", [pytest.param(k, id=text) for k, text in enumerate(EXPRESSIONS)])
def test_raises_alike(k: int, programs: Any) -> None:
    for f in (getattr(programs, f"needed{k}"), getattr(programs, f"idle{k}")):
        for x in POINTS:
            kind, due = outcome(lambda f=f, x=x: f(x))
            for way, run in WAYS.items():
                found, got = outcome(lambda f=f, x=x, run=run: run(f, x))
                if kind == "value" and found == "ValueError" and "is complex" in got:
                    assert _turns_complex(EXPRESSIONS[k], x), f"{way} of {EXPRESSIONS[k]} at {x}"
                else:
                    assert found == kind, f"{way} of {EXPRESSIONS[k]} at {x}: {got}, and the program {due}"
                    assert kind == "value" or got == due


def _turns_complex(text: str, x: float) -> bool:
    """Whether a float of the expression is complex here, of which there is no derivative."""
    return isinstance(eval(text, {"x": x, "k": 2, "math": math}), complex)


def square_root(x: float) -> float:
    return abs(x**0.5)


def test_powers_that_turn_complex_are_refused() -> None:
    """Python's -0.5 ** 0.5 is complex; NumPy's is nan."""
    for derivative in (srcad.grad(square_root), srcad.deriv(square_root)):
        with pytest.raises(ValueError, match=r"\(-0.5\) \*\* 0.5 is complex"):
            derivative(-0.5)
        assert np.isnan(derivative(np.float64(-0.5)))
        np.testing.assert_allclose(derivative(0.25), 1.0)
