"""Four approaches side by side: what is found, and what is said where one of them can't go along."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad.compare import Comparison, compare
from srcad.compare.growth import Growth, Size
from srcad.compare.report import duration
from srcad.errors import ArgumentError, NotDifferentiable, SrcadError

pytest.importorskip("sympy")
RNG = np.random.default_rng(0)


def logistic(x):
    return 4.0 * x * (1.0 - x)


def worked(x1, x2):
    return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)


def product(x):
    p = 1.0
    for v in x:
        p = p * v
    return p


def loss(w, b, X, y):
    z = X @ w + b
    return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)


def filtered(x, n):
    u = x.copy()
    for _ in range(n):
        u[1:-1] = 0.9 * u[1:-1] + 0.1 * np.tanh(u[:-2]) * math.erf(x[0])
    return u


def solved(A, b):
    return np.linalg.solve(A, b)


def branched(x):
    return np.std(np.maximum(x, 0.1)) + np.max(x) if x[0] > 0 else np.sum(x)


def of_struct(p):
    return {"y": p["a"] * p["b"], "n": 3}


def quick(function: Any, args: tuple[Any, ...], **options: Any) -> Comparison:
    return compare(function, args, **{"sizes": (), "times": 0, "budget": 0.0, **options})


CASES = [
    (logistic, (0.3,), "mpmath"),
    (worked, (0.5, 1.2), "mpmath"),
    (product, (np.array([1.0, 1.1, 0.9]),), "mpmath"),
    (loss, (RNG.normal(size=3), 0.3, RNG.normal(size=(5, 3)), RNG.normal(size=5)), "mpmath"),
    (filtered, (RNG.normal(size=5), 3), "mpmath"),
    (branched, (np.array([0.3, -0.2, 0.5]),), "mpmath"),
    (solved, (RNG.normal(size=(2, 2)), RNG.normal(size=2)), "complex step"),
    (of_struct, ({"a": 2.0, "b": np.array([1.0, 3.0]), "k": 2},), "mpmath"),
]


@pytest.mark.parametrize(("function", "args", "method"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_all_agree(function: Any, args: tuple[Any, ...], method: str) -> None:
    found = quick(function, args)
    assert found.reference.method.startswith(method)
    by_name = {result.approach.name: result for result in found.results}
    assert list(by_name) == ["numerical", "symbolic", "forward", "reverse"]
    assert by_name["numerical"].error < 1e-7
    for name in ("forward", "reverse"):
        assert by_name[name].error < 1e-14
        assert by_name[name].matrix is not None and by_name[name].matrix.shape == (found.height, len(found.labels))
    symbolic = by_name["symbolic"]
    if function is solved:
        assert symbolic.matrix is None and symbolic.approach.why_not.startswith("np.linalg.solve takes floats alone")
    else:
        assert symbolic.error < 1e-13


def test_the_caller_s_arrays_are_left_alone() -> None:
    x = np.array([1.0, 2.0, 3.0])

    def writes(x):
        x *= 2.0
        return np.sum(x**2)

    quick(writes, (x,), sizes=(2,))
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])


def test_differences_are_best_in_between() -> None:
    """The V: truncation on the one side, cancellation on the other."""
    steps = quick(worked, (0.5, 1.2)).steps
    assert steps is not None
    for errors, least in ((steps.one_sided, 1e-6), (steps.central, 1e-8)):
        best, _ = steps.best(errors)
        assert best < least and errors[0] > 100 * best and errors[-1] > 100 * best
    assert steps.best(steps.one_sided)[0] > steps.best(steps.central)[0]


# ---- growth


@pytest.mark.parametrize(
    ("function", "args", "what"),
    [
        (product, (np.array([1.0, 1.1, 0.9]),), "the length of x"),
        (loss, (RNG.normal(size=3), 0.3, RNG.normal(size=(5, 3)), RNG.normal(size=5)), "w (and of X with it)"),
        (worked, (0.5, 1.2), "the number of points"),
    ],
)
def test_operations_grow_with_the_square_and_in_proportion(function: Any, args: tuple[Any, ...], what: str) -> None:
    growth = quick(function, args, sizes=(16, 32, 64)).growth
    assert what in growth.what and not growth.why_not
    assert [growth.exponent(way, "operations") for way in ("numerical", "forward", "reverse")] == pytest.approx(
        [2.0, 2.0, 1.0], abs=0.1
    )
    assert all(seconds > 0 for size in growth.sizes for seconds in size.seconds.values())


def test_lengths_that_follow_and_square_matrices() -> None:
    def differences(x, h):
        return np.sum((x[1:] - x[:-1]) / h)

    found = quick(differences, (np.array([1.0, 2.0, 4.0]), np.array([0.5, 0.7])), sizes=(8,)).growth
    assert [size.width for size in found.sizes] == [8 + 7]
    solves = quick(solved, (RNG.normal(size=(2, 2)), RNG.normal(size=2)), sizes=(16,)).growth
    assert [size.width for size in solves.sizes] == [4 * 4 + 4]


def test_what_can_t_grow() -> None:
    def of_three(x):
        a, b, c = x
        return a * b * c

    assert "doesn't take another size" in quick(of_three, (np.ones(3),), sizes=(8,)).growth.why_not
    assert "no argument is an array" in quick(of_struct, ({"a": 2.0, "b": 3.0},), sizes=(8,)).growth.why_not


def test_exponents_are_slopes_of_the_larger_sizes() -> None:
    costs = [(8, 100), (16, 110), (32, 400), (64, 1600), (128, 6400)]
    growth = Growth("x", tuple(Size(w, {}, {"forward": cost}) for w, cost in costs))
    assert growth.exponent("forward", "operations") == pytest.approx(2.0)
    assert math.isnan(growth.exponent("reverse", "operations"))


# ---- swell


def test_expressions_swell_and_programs_do_not() -> None:
    swell = quick(logistic, (0.3,), times=6).swell
    assert [i.value for i in swell.iterates] == [3, 8, 18, 38, 78, 158]
    sizes = [i.derivative for i in swell.iterates]
    assert all(size is not None for size in sizes) and sizes[5] > 2.5 * sizes[4] > 6 * sizes[3]
    assert {b.program - a.program for a, b in zip(swell.iterates, swell.iterates[1:], strict=False)} == {10}


def test_swell_stops_where_an_expression_gets_too_long() -> None:
    def newton(x, a):
        for _ in range(3):
            x = 0.5 * (x + a / x)
        return x

    swell = quick(newton, (1.0, 2.0), argnums=0, times=5).swell
    assert swell.iterates[0].value is not None and swell.iterates[4].value is None
    assert swell.iterates[4].program > swell.iterates[3].program


def test_what_is_not_like_its_input_is_not_iterated() -> None:
    assert "isn't like its first input" in quick(product, (np.ones(3),), times=2).swell.why_not


# ---- reports


def without_times(text: str) -> list[str]:
    return [
        line for line in text.splitlines() if not any(unit in line for unit in (" us", " ms", " ns", " s ", "time"))
    ]


def test_the_report_is_the_same_but_for_times() -> None:
    first, again = (str(compare(worked, (0.5, 1.2), sizes=(4, 8), times=2, budget=0.0)) for _ in range(2))
    assert without_times(first) == without_times(again)
    assert "2 inputs, 1 output, at x1=0.5, x2=1.2" in first
    assert "operations grow like numerical W^2.00, forward W^2.00, reverse W^1.00" in first


def test_durations() -> None:
    assert [duration(s) for s in (1.5, 2e-3, 3.25e-6, 4e-10, math.nan)] == ["1.5 s", "2 ms", "3.25 us", "0.4 ns", "-"]


def test_without_sympy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sympy", "mpmath"):
        monkeypatch.setitem(sys.modules, name, None)
    found = quick(worked, (0.5, 1.2), sizes=(4,), times=2)
    assert "SymPy isn't installed" in str(found) and found.reference.method == "complex step"
    assert found.swell.why_not.startswith("SymPy isn't installed")
    assert found.growth.sizes[0].expression is None


def test_plot(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = compare(logistic, (0.3,), sizes=(4, 8), times=2, budget=0.0)
    found.plot(tmp_path / "logistic.svg")
    text = (tmp_path / "logistic.svg").read_text()
    assert "<svg" in text
    with pytest.raises(ArgumentError, match="no directory"):
        found.plot(tmp_path / "none" / "x.png")
    with pytest.raises(ArgumentError, match="no format"):
        found.plot(tmp_path / "x.foo")


def test_plot_without_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(ArgumentError, match="needs matplotlib"):
        quick(logistic, (0.3,)).plot(tmp_path / "x.png")


# ---- errors


def random(x):
    return x * np.random.normal()


def refused(x):
    return float(f"{x}") * x


@pytest.mark.parametrize(
    ("function", "args", "options", "said"),
    [
        (logistic, (1,), {}, "nothing to differentiate"),
        (lambda x: 3, (1.0,), {}, "returns no float"),
        (lambda x: 1.0 / (x - x), (1.0,), {}, "raises ZeroDivisionError"),
        (lambda x: x * math.inf, (1.0,), {}, "isn't finite"),
        (random, (1.0,), {}, "something else each time"),
        (logistic, (0.3,), {"sizes": (0,)}, "sizes"),
        (logistic, (0.3,), {"times": -1}, "times"),
        (logistic, (0.3,), {"argnums": 1}, "out of range"),
    ],
)
def test_misuse(function: Any, args: tuple[Any, ...], options: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        quick(function, args, **options)


def test_what_srcad_refuses_is_refused() -> None:
    with pytest.raises(SrcadError) as caught:
        quick(refused, (1.0,))
    assert isinstance(caught.value, NotDifferentiable) or caught.value.span is not None
