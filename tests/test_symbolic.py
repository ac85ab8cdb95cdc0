"""The generated source, run on SymPy symbols: its difference from SymPy's own derivative simplifies to zero.

What is run is the text that srcad generated, with `math` and `np` replaced by SymPy's functions. A branch is settled
by substituting numbers in its condition: each program comes with points, one for each way through it, and the
derivative on that way is compared as a formula, not as a number.
"""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import srcad

sympy = pytest.importorskip("sympy")


def worked_example(x, y):
    return x * y + np.exp(x * y) - np.sin(y)


def rational(x, y):
    return (x**2 + 3 * y) / (1 + y**2) - 1 / x


def trigonometric(x, y):
    return math.sin(x) ** 2 * math.cos(y) + math.tan(x * y) - math.atan(y / x)


def logarithms(x, y):
    z = math.log(x + y)
    return z * math.sqrt(z + x) + math.exp(-z * y)


def hyperbolic(x, y):
    return math.tanh(x) * math.sinh(y) - math.cosh(x - y)


def powers(x, y):
    return x**y + y**3 - x**0.5 * y**-2


def chain_of_assignments(x, y):
    a = x * y
    b = a + math.sin(a)
    a = b * b - x
    x = a / b
    return x * a + y


def branch(x, y):
    if x > y:
        z = x**2 * y
    elif x > 0:
        z = math.sin(x) * y
    else:
        z = x - y**3
    return z * z


def conditional_expression(x, y):
    return (x * y if x < 1 else math.log(x)) * math.exp(y)


def early_return(x, y):
    if x * y > 1:
        return x / y
    z = x + y
    return z**3


def loop(x, y):
    z = 1.0
    for k in range(4):
        z = z * x + k * y
    return z


def newton(x, y):
    z = y
    for _ in range(2):
        z = 0.5 * (z + x / z)
    return z


def loop_with_branch(x, y):
    total = 0.0
    for k in range(4):
        if k % 2 == 0:
            total = total + x**k * y
        else:
            total = total * y - x
    return total


def loop_with_break(x, y):
    z = x
    for _ in range(10):
        z = z * x + y
        if z > 3:
            break
    return z


def helper(u, v=2.0):
    return u * u + v / u


def calls(x, y):
    square = lambda t: t * t
    return helper(x, v=y) * square(y) + helper(x * y)


def recurrence(x, y):
    before, here = 1.0, x
    for n in range(1, 4):
        before, here = here, ((2 * n + 1) * x * here - n * before) / (n + 1)
    return here * y


PROGRAMS: dict[Callable[..., Any], list[tuple[float, float]]] = {
    worked_example: [(0.7, 0.4)],
    rational: [(0.7, 0.4)],
    trigonometric: [(0.7, 0.4)],
    logarithms: [(1.7, 0.4)],
    hyperbolic: [(0.7, 0.4)],
    powers: [(0.7, 0.4)],
    chain_of_assignments: [(0.7, 0.4)],
    branch: [(0.7, 0.4), (0.3, 0.9), (-0.3, 0.9)],
    conditional_expression: [(0.7, 0.4), (1.7, 0.4)],
    early_return: [(0.7, 0.4), (1.7, 1.4)],
    loop: [(0.7, 0.4)],
    newton: [(0.7, 0.4)],
    loop_with_branch: [(0.7, 0.4)],
    loop_with_break: [(1.2, 0.1), (2.5, 0.1), (0.1, 0.1)],
    calls: [(0.7, 0.4)],
    recurrence: [(0.7, 0.4)],
}
CASES = [(function, point) for function, points in PROGRAMS.items() for point in points]
FUNCTIONS = "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp log sqrt".split()
NUMPY_NAMES = {f"a{name[1:]}": f"arc{name[1:]}" for name in FUNCTIONS if name.startswith("a")}


@pytest.mark.parametrize(("function", "point"), CASES, ids=lambda v: v.__name__ if callable(v) else str(v))
def test_formula(function: Callable[..., Any], point: tuple[float, float]) -> None:
    symbols = sympy.symbols("x y", real=True)
    at = dict(zip(symbols, point, strict=True))
    primal = run(
        inspect.getsource(function), function.__name__, symbols, at, helpers={"helper": inspect.getsource(helper)}
    )
    source = srcad.grad(function, argnums=(0, 1)).source(*point)
    gradient = run(source, f"{function.__name__}_grad", symbols, at)
    for symbol, generated in zip(symbols, gradient, strict=True):
        difference = sympy.simplify(sympy.nsimplify(sympy.diff(primal, symbol) - generated))
        assert difference == 0, f"d/d{symbol} differs by {difference}"


def run(source: str, name: str, symbols: Any, at: dict[Any, float], helpers: dict[str, str] | None = None) -> Any:
    """Call a function of a source text on symbols."""
    namespace = symbolic_namespace()
    for text in (helpers or {}).values():
        exec(text, namespace)
    exec(source, namespace)
    with settled_comparisons(at):
        return namespace[name](*symbols)


def symbolic_namespace() -> dict[str, Any]:
    """`math` and `np` with SymPy's functions."""
    functions = {name: getattr(sympy, name) for name in FUNCTIONS}
    by_numpy = functions | {numpy_name: functions[name] for name, numpy_name in NUMPY_NAMES.items()}
    constants = {"pi": sympy.pi, "e": sympy.E, "inf": sympy.oo}
    return {
        "math": types.SimpleNamespace(**functions, **constants, fabs=sympy.Abs, pow=sympy.Pow),
        "np": types.SimpleNamespace(
            **by_numpy, **constants, float64=sympy.sympify, where=lambda c, a, b: a if c else b
        ),
    }


@contextmanager
def settled_comparisons(at: dict[Any, float]) -> Iterator[None]:
    """Within, the truth of a relation between symbols is its truth at a point."""
    relational = sympy.core.relational.Relational
    before = relational.__bool__
    relational.__bool__ = lambda relation: relation.subs(at) == sympy.true
    try:
        yield
    finally:
        relational.__bool__ = before


def test_it_notices_a_wrong_formula() -> None:
    x, y = symbols = sympy.symbols("x y", real=True)
    wrong = run("def f(x, y):\n    return 2.0 * x * y + 1e-3 * math.sin(y)\n", "f", symbols, {x: 1.0, y: 1.0})
    assert sympy.simplify(sympy.nsimplify(sympy.diff(x**2 * y, x) - wrong)) != 0
