"""The checker: right derivatives pass, wrong ones are found, and the statement that is wrong is named."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pytest

import srcad
from srcad.calls import specialise
from srcad.errors import ArgumentError
from srcad.rules.catalogue import RULES
from srcad.rules.table import Rule
from srcad.testing import check_derivatives, check_gradient
from srcad.testing.differences import complex_step, kink, slope
from tests.wrong_rules import replace_rule


def chain(x, y):
    z = np.tanh(x) * y
    for _ in range(3):
        z = z + np.sin(z) * y
    return np.sum(z)


def branches(x, n):
    total = 0.0
    for k in range(n):
        if x > 0.5:
            total = total + math.log(x) * k
        x = x * 0.9
    return total


def nested(p):
    return {"square": p["w"] @ p["w"], "rest": [p["w"] * p["k"], 3]}


@dataclass
class Model:
    weights: Any
    bias: float


def predict(model, X):
    return np.sum(np.exp(X @ model.weights) + model.bias**2)


RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=3), RNG.normal(size=3)
CASES = [
    (chain, (X, Y)),
    (chain, (X.astype(np.float32), Y.astype(np.float32))),
    (branches, (1.3, 6)),
    (nested, ({"w": X, "k": 2.0, "n": 3},)),
    (predict, (Model(X, 0.4), RNG.normal(size=(2, 3)))),
    (lambda x, y: (x * y, math.sin(x)), (0.3, 2.0)),
    (lambda x: np.linalg.cholesky(x @ x.T + 3.0 * np.eye(2)), (RNG.normal(size=(2, 2)),)),
]


@pytest.mark.parametrize(("function", "args"), CASES)
@pytest.mark.parametrize("modes", [("forward",), ("reverse",), ("forward", "reverse")])
def test_right_derivatives_pass(function: Callable[..., Any], args: tuple[Any, ...], modes: tuple[str, ...]) -> None:
    report = check_derivatives(function, args, modes, directions=1)
    assert report.ok and not report.notes[1:] and "all" in report.verdict


def test_the_table() -> None:
    report = check_derivatives(chain, (X, Y), directions=2)
    assert [row.order for row in report.rows] == [1] * 12 + [2] * 4
    assert [row.direction for row in report.rows if row.what == "tangent"] == ["1", "2", "x", "y"]
    assert {row.what for row in report.rows} == {"tangent", "adjoint", "gradient", "hvp", "symmetry"}
    head, *_, verdict = str(report).splitlines()
    assert head.split() == ["order", "check", "against", "direction", "error", "allowed", "verdict"]
    assert verdict == "chain: all 16 checks passed"
    assert report.worst < 1e-9


def test_directions_are_those_of_the_seed() -> None:
    first, again, other = (check_derivatives(chain, (X, Y), order=1, seed=seed) for seed in (3, 3, 4))
    assert str(first) == str(again) and first.rows != other.rows


def test_argnums() -> None:
    assert check_derivatives(lambda n, x: x**n, (2.0, 3.0), argnums=1).ok
    with pytest.raises(ArgumentError, match="out of range"):
        check_derivatives(chain, (X, Y), argnums=2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"modes": ("backward",)}, "modes"),
        ({"order": 3}, "order"),
        ({"args": (1, 2)}, "nothing to differentiate"),
        ({"function": lambda x, y: 3}, "returns no float"),
    ],
)
def test_misuse(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        check_derivatives(**{"function": chain, "args": (X, Y), **arguments})


# ---- kinks


def test_a_kink_is_left_and_told_of() -> None:
    report = check_derivatives(lambda x: np.sum(np.maximum(x, 0.0) ** 2 + np.abs(x)), (np.array([0.0, 1.0, -2.0]),))
    assert report.ok
    assert "the given arguments are at a kink" in report.notes[0]


def test_a_kink_of_the_derivative_counts_for_the_second_order() -> None:
    assert check_derivatives(lambda x: x + x * abs(x), (0.0,), order=1).notes == ()
    assert "kink" in check_derivatives(lambda x: x * abs(x), (0.0,)).notes[0]


def test_the_edge_of_the_domain() -> None:
    assert "both sides" in check_derivatives(lambda x, y: math.sqrt(1.0 - x) * y, (1.0, 2.0)).notes[0]


@pytest.mark.parametrize(
    ("curve", "has_one"),
    [
        (lambda t: [abs(t)], True),
        (lambda t: [t * t, max(t, 0.0)], True),
        (lambda t: [math.floor(t)], True),
        (lambda t: [t * t], False),
        (lambda t: [math.exp(30 * t)], False),
        (lambda t: [abs(t - 1e-3)], False),
        (lambda t: [1e6], False),
    ],
)
def test_kinks_are_told_from_curvature(curve: Callable[[float], Any], has_one: bool) -> None:
    assert (kink(lambda t: np.array(curve(t))) is not None) == has_one


# ---- differences


def test_differences_estimate_their_error() -> None:
    found = slope(lambda t: np.array([math.exp(t), math.sin(3 * t)]))
    assert np.max(np.abs(found.value - [1.0, 3.0])) <= found.error * 10 < 1e-8
    near = slope(lambda t: np.array([abs(t + 1e-4)]))
    assert abs(near.value[0] - 1.0) < 1e-8


def test_complex_steps_only_where_they_are_right() -> None:
    exact = lambda t: np.array([np.exp(0.5 + t)])
    assert slope(exact, exact).method == "complex step"
    broken = lambda t: np.array([np.abs(0.5 + t) + 0 * t])
    assert slope(broken, broken).method == "differences"
    assert complex_step(lambda t: np.array([math.exp(t)])) is None


NOISE = np.random.default_rng(0)


def test_what_never_settles_is_undecided() -> None:
    report = check_derivatives(lambda x: x + NOISE.normal(), (1.0,), order=1, raises=False)
    assert not report.ok and not any(row.settled for row in report.rows)
    assert "undecided" in report.verdict and "something else each time" in report.notes[-1]


# ---- wrong rules


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compiled with other rules."""
    monkeypatch.setattr(specialise, "_SHELVES", WeakKeyDictionary())
    monkeypatch.setattr(specialise, "_SPECIALISERS", WeakKeyDictionary())
    monkeypatch.setattr(specialise, "_PUSHES", WeakKeyDictionary())


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Makes the tangent or the adjoint of an operation twice what it should be."""

    def double(op: str, which: str) -> None:
        forget(monkeypatch)
        right = RULES[op]

        def pushforward(b: Any, equation: Any, dots: Any) -> Any:
            return tuple(d if d is None else b.emit("multiply", d, 2.0) for d in right.pushforward(b, equation, dots))

        def pullback(b: Any, equation: Any, bars: Any, wanted: Any) -> Any:
            pulled = right.pullback(b, equation, bars, wanted)
            return tuple(d if d is None else b.emit("multiply", d, 2.0) for d in pulled)

        wrong = replace(right, pushforward=pushforward) if which == "tangent" else replace(right, pullback=pullback)
        replace_rule(monkeypatch, op, wrong)

    return double


def suspicious(x, y):
    w = np.exp(x) + 1.0
    for _ in range(2):
        if w[0] > -5.0:
            w = np.cos(w) * np.tanh(w + y)
    return np.sum(w * w)


@pytest.mark.parametrize("which", ["tangent", "adjoint"])
def test_the_first_wrong_statement_is_named(doubled: Callable[[str, str], None], which: str) -> None:
    doubled("tanh", which)
    with pytest.raises(AssertionError) as caught:
        check_derivatives(lambda x, y: suspicious(x, y), (X, Y))
    said = str(caught.value)
    line = suspicious.__code__.co_firstlineno + 4
    assert f"test_testing.py:{line}\n" in said
    assert "            ^^^^^^^^^^^^^^\n" in said and "np.tanh(w + y)" in said
    assert f"the {which} of `tanh`" in said and "checks failed" in said


def test_a_wrong_second_derivative_alone(doubled: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """sin is wrong, and stands in the gradient of cos alone."""
    doubled("sin", "tangent")
    report = check_derivatives(lambda x: math.cos(x) * x, (0.7,), modes=("reverse",), raises=False)
    assert {row.order for row in report.rows if not row.ok} == {2}
    assert report.fault is not None and report.fault.op == "sin" and report.fault.span is not None


def test_a_rule_that_is_not_used_accuses_nobody(doubled: Callable[[str, str], None]) -> None:
    doubled("tanh", "adjoint")
    assert check_derivatives(lambda x: suspicious(x, X), (Y,), modes=("forward",)).ok


# ---- the old check


def test_check_gradient() -> None:
    assert check_gradient(chain, X, Y, argnums=(0, 1)) < 1e-8


def test_check_gradient_finds_what_is_wrong(doubled: Callable[[str, str], None]) -> None:
    doubled("tanh", "adjoint")
    with pytest.raises(AssertionError, match="differences give"):
        check_gradient(lambda x: np.sum(np.tanh(x)), X)


# ---- scales


def test_small_parts_of_a_result_are_judged_by_their_own_scale(doubled: Callable[[str, str], None]) -> None:
    doubled("tanh", "tangent")
    report = check_derivatives(lambda x: [1e9 * x, 1e-6 * np.tanh(x)], (0.3,), ("forward",), 1, raises=False)
    assert not report.ok and report.fault is not None and report.fault.op == "tanh"


def test_no_argument_hides_behind_one_of_another_scale(doubled: Callable[[str, str], None]) -> None:
    doubled("tanh", "adjoint")
    report = check_derivatives(lambda x, y: 1e9 * x + np.tanh(y), (0.3, 0.2), order=1, raises=False)
    assert {row.direction for row in report.rows if not row.ok} == {"y"}
    assert report.fault is not None and report.fault.op == "tanh"


def test_each_part_of_an_argument_is_moved_alone() -> None:
    report = check_derivatives(nested, ({"w": X, "k": 2.0, "n": 3},), order=1, directions=1)
    assert [row.direction for row in report.rows if row.what == "tangent"] == ["1", "p['w']", "p['k']"]
    many = check_derivatives(lambda *xs: sum(xs), tuple(map(float, range(1, 12))), order=1, directions=1)
    assert {row.direction for row in many.rows} == {"1"}


# ---- where functions aren't finite, don't repeat, raise


def test_what_is_not_finite() -> None:
    with pytest.raises(ArgumentError, match="arguments aren't finite"):
        check_derivatives(chain, (X, Y * np.nan))
    with pytest.raises(ArgumentError, match="isn't finite at these arguments"):
        check_derivatives(lambda x: x * np.inf, (1.0,))
    with np.errstate(divide="ignore"):
        report = check_derivatives(lambda x: np.sum(np.log(x)), (np.array([0.0, 1.0]),))
    assert report.ok and "isn't finite: the check moves to a point nearby" in report.notes[0]


def test_a_derivative_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    right = RULES["tanh"]

    def pullback(b: Any, equation: Any, bars: Any, wanted: Any) -> Any:
        zero = b.emit("multiply", b.emit("zeros_like", bars[0]), np.ones((2, 2)))
        return (b.emit("inv", zero),)

    replace_rule(monkeypatch, "tanh", replace(right, pullback=pullback))
    report = check_derivatives(lambda x: np.sum(np.tanh(x)), (np.ones((2, 2)),), order=1, raises=False)
    assert not report.ok and any("raises LinAlgError: Singular matrix" in note for note in report.notes)


def prints_and_changes(x, scale):
    print("called")
    x *= scale
    return np.sum(x**2)


def test_functions_that_change_their_arguments_and_print(capsys: pytest.CaptureFixture[str]) -> None:
    x = np.array([1.0, 2.0])
    assert check_derivatives(prints_and_changes, (x, 3.0)).ok
    np.testing.assert_array_equal(x, [1.0, 2.0])


# ---- branches that turn everywhere


def bisected(a, b):
    lo, hi = 0.0, 4.0
    while hi - lo > 1e-7:
        mid = 0.5 * (lo + hi)
        if mid**3 + a * mid - b > 0:
            hi = mid
        else:
            lo = mid
    x = 0.5 * (lo + hi)
    return x - (x**3 + a * x - b) / (3 * x**2 + a)


def test_branches_that_turn_nearby_are_named() -> None:
    report = check_derivatives(bisected, (1.3, 5.0), raises=False)
    assert not report.ok and not any(row.settled and not row.ok for row in report.rows)
    line = bisected.__code__.co_firstlineno + 4
    assert any(f"turns out otherwise nearby at {__file__}:{line}" in note for note in report.notes)


def test_a_kink_inside_of_a_smooth_function_is_named() -> None:
    """The second derivative of abs(x) abs(2x) is 4 everywhere; at 0 that of abs is a convention."""
    report = check_derivatives(lambda x: abs(x) * abs(2.0 * x), (0.0,), raises=False)
    assert not report.ok and report.fault is None
    assert any("no rule is wrong, but `absolute` is at a kink of its own" in note for note in report.notes)


# ---- wrong rules of all kinds


def bent(right: Rule, which: str, how: str) -> Rule:
    """A rule that is wrong in its tangent or its adjoint."""

    def bend(b: Any, d: Any) -> Any:
        if d is None or how == "lost":
            return None
        return b.emit("negative", d) if how == "negated" else b.emit("multiply", d, 1.001)

    def pushforward(b: Any, equation: Any, dots: Any) -> Any:
        return tuple(bend(b, d) for d in right.pushforward(b, equation, dots))

    def pullback(b: Any, equation: Any, bars: Any, wanted: Any) -> Any:
        return tuple(bend(b, d) for d in right.pullback(b, equation, bars, wanted))

    return replace(right, pushforward=pushforward) if which == "tangent" else replace(right, pullback=pullback)


def helper(v):
    for k in range(3):
        if k > 0:
            v = v + np.arctan(v) * 0.5
    return v


def in_a_helper(x):
    y = x * 2.0
    return np.sum(helper(y) ** 2)


def in_a_while_loop(x):
    total, k = 0.0, 0
    while k < 3:
        total = total + math.exp(-x * k)
        k += 1
    return total


def in_a_comprehension(x):
    return sum([math.sqrt(v + 2.0) for v in x])


def in_a_stencil(x):
    u = x.copy()
    for _ in range(2):
        u[1:-1] += 0.1 * np.sinh(u[2:])
    return u @ u


def of_matrices(A, b):
    y = np.linalg.solve(A, b)
    return np.sum(np.cumprod(1.0 + 0.1 * y))


def of_complex_numbers(x):
    z = np.fft.fft(x)
    return np.sum(np.abs(z) ** 2)


def two_results(x):
    return {"a": np.log1p(x**2), "b": [np.max(x), 3]}


A22 = np.array([[2.0, 0.3], [0.1, 1.5]])
PLACES = [
    (in_a_helper, (X,), "arctan", helper, 3),
    (in_a_while_loop, (0.7,), "exp", in_a_while_loop, 3),
    (in_a_comprehension, (X.copy(),), "sqrt", in_a_comprehension, 1),
    (in_a_stencil, (RNG.normal(size=5),), "sinh", in_a_stencil, 3),
    (of_matrices, (A22, Y[:2]), "solve", of_matrices, 1),
    (of_matrices, (A22, Y[:2]), "cumprod", of_matrices, 2),
    (of_complex_numbers, (X,), "fft", of_complex_numbers, 1),
    (two_results, (X,), "log1p", two_results, 1),
    (two_results, (X,), "max", two_results, 1),
]


@pytest.mark.parametrize("how", ["lost", "negated", "slight"])
@pytest.mark.parametrize("which", ["tangent", "adjoint"])
@pytest.mark.parametrize(
    ("function", "args", "op", "place", "line"), PLACES, ids=lambda v: getattr(v, "__name__", None)
)
def test_wrong_rules_are_found(
    function: Any, args: Any, op: str, place: Any, line: int, which: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch)
    replace_rule(monkeypatch, op, bent(RULES[op], which, how))
    report = check_derivatives(function, args, order=1, directions=1, raises=False)
    assert not report.ok
    assert report.fault is not None, report
    assert (report.fault.op, report.fault.mode) == (op, which)
    assert report.fault.span is not None and report.fault.span.line == place.__code__.co_firstlineno + line


@pytest.mark.parametrize("modes", [("reverse",), ("forward",), ("forward", "reverse")])
def test_wrong_second_derivatives_of_each_mode(modes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """cos is wrong, and stands in the derivative of sin alone."""
    forget(monkeypatch)
    replace_rule(monkeypatch, "cos", bent(RULES["cos"], "tangent", "slight"))
    report = check_derivatives(lambda x: np.sin(x) * x[0], (X,), modes, directions=1, raises=False)
    assert {row.order for row in report.rows if not row.ok} == {2}
    assert report.fault is not None and report.fault.op == "cos" and report.fault.span is not None


def test_a_rule_that_says_that_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    replace_rule(monkeypatch, "log1p", replace(RULES["floor"], name="log1p"))
    report = check_derivatives(lambda x: np.sum(np.log1p(x * x)) + np.sum(x), (X,), order=1, raises=False)
    assert not report.ok and report.fault is not None and report.fault.op == "log1p"


def own(tangent: float, adjoint: float) -> Callable[..., Any]:
    """x**2 with a rule that is right for 2 and 2."""

    @srcad.custom_rule
    def square(x):
        return x * x

    @square.tangent
    def square_dot(dots, value, x):
        return tangent * x * dots[0]

    @square.adjoint
    def square_bar(bar, value, x):
        return adjoint * x * bar

    return square


@pytest.mark.parametrize(("tangent", "adjoint", "mode"), [(2.0, 2.0, ""), (3.0, 2.0, "tangent"), (2.0, 3.0, "adjoint")])
def test_a_rule_of_the_user(tangent: float, adjoint: float, mode: str) -> None:
    square = own(tangent, adjoint)
    report = check_derivatives(lambda x: square(x) + x, (0.7,), directions=1, raises=False)
    assert report.ok == (mode == "")
    if mode:
        assert report.fault is not None and report.fault.mode == mode and report.fault.span is not None
        assert report.fault.op == "square"


def test_matrices_that_are_taken_for_symmetric() -> None:
    """NumPy reads one triangle; the gradient is that of a symmetric matrix."""
    A = np.array([[2.0, 1.0, 0.3], [1.0, 3.0, 0.1], [0.3, 0.1, 1.0]])
    for function in (lambda a: np.linalg.eigh(a)[0] @ np.array([1.0, 2.0, 3.0]), lambda a: np.linalg.eigvalsh(a)[0]):
        report = check_derivatives(function, (A,))
        assert "takes its matrix for symmetric" in report.notes[-1]


def test_symmetric_arguments_hide_no_wrong_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    right = RULES["matmul"]

    def pullback(b: Any, equation: Any, bars: Any, wanted: Any) -> Any:
        first, second = right.pullback(b, equation, bars, wanted)
        return (None if first is None else b.emit("transpose", first, axes=None)), second

    replace_rule(monkeypatch, "matmul", replace(right, pullback=pullback))
    report = check_derivatives(lambda a: np.sum(a @ A22), (np.eye(2),), order=1, raises=False)
    assert not report.ok and report.fault is not None and report.fault.op == "matmul"


@pytest.mark.parametrize("scale", [1e-200, 1e-12, 1e200])
@pytest.mark.parametrize("wrong", [False, True])
def test_tiny_and_huge_results(scale: float, wrong: bool, doubled: Callable[[str, str], None]) -> None:
    if wrong:
        doubled("tanh", "adjoint")
    report = check_derivatives(lambda x: np.sum(scale * np.tanh(x)), (X,), order=1, directions=1, raises=False)
    assert report.ok != wrong
    if wrong:
        assert report.fault is not None and report.fault.op == "tanh"


def test_steep_functions() -> None:
    assert check_derivatives(lambda x: math.exp(500.0 * x), (0.7,)).ok


@pytest.mark.parametrize(
    ("args", "modes", "what"), [(X, ("forward",), "are a tuple of all"), ((X,), "forward", "modes is")]
)
def test_calls_that_lack_a_tuple(args: Any, modes: Any, what: str) -> None:
    with pytest.raises(ArgumentError, match=what):
        check_derivatives(lambda x: np.sum(x), args, modes)
