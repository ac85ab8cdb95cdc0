"""What stands for functions of NumPy: it takes what they take, gives what they give, and nobody sees its lines.

The derivatives are checked with all others, by `tests/rules/register/numpy_programs.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.definitions.numpy.table import OF_UFUNCS, PROGRAMS
from srcad.errors import NotYetSupported
from srcad.ops.signatures import signature_of, table_name

x3 = np.array([0.7, -1.3, 0.4])
A = np.array([[0.3, -1.2, 2.0], [1.1, 0.4, -0.6]])


@pytest.mark.parametrize("function", PROGRAMS, ids=table_name)
def test_a_program_takes_what_the_function_takes(function: Callable[..., Any]) -> None:
    """By the same names, with the same defaults, as far as it takes them at all."""
    own, program = signature_of(function).parameters, inspect.signature(PROGRAMS[function]).parameters
    named = {k: p for k, p in program.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    others = {name for name in named if name not in own}
    assert others == set(), "the function has no such parameters"
    for name, parameter in named.items():
        due = own[name].default
        assert parameter.default == due or due in (inspect.Parameter.empty, np._NoValue), name


# what the programs do where nothing moves: to integers, to special shapes, at ties
VALUES: list[Callable[..., Any]] = [
    lambda i, s: (np.pad(i, 2, "mean"), np.pad(i, 2, "median", stat_length=2), np.pad(i, 3, "linear_ramp"), s),
    lambda i, s: (np.pad(i, 2, "reflect", reflect_type="odd"), np.pad(i, 1, "maximum"), s),
    lambda i, s: (np.insert(i, [1, 1, -1], [7, 8, 9]), np.insert(i, 0, [1, 2]), np.delete(i, slice(None, None, 2)), s),
    lambda i, s: (np.polyadd(i, [1]), np.polysub([1, 2], i), np.polymul([0, 0, 2], i), np.polyint([3, 2]), s),
    lambda i, s: (np.resize(i, (2, 3)), np.trim_zeros([0, 0, 1, 2, 0]), np.trim_zeros([0, 0]), s),
    lambda i, s: (np.union1d(i, [4]), np.intersect1d(i, [4, 1, 1]), np.setdiff1d(i, [4]), np.setxor1d(i, [4, 11]), s),
    lambda i, s: (
        np.cumulative_sum(i, include_initial=True),
        np.cumulative_prod(i),
        np.apply_over_axes(np.sum, i, 0),
        s,
    ),
    lambda i, s: (np.r_[i, 1:4, 0], np.c_[i, i], np.r_["0,2", i, i], np.r_["1,2,0", i, i], np.r_[0:1:3j], s),
    lambda i, s: (np.mgrid[0:3, 1:7:2], np.mgrid[-1:1:5j], np.ogrid[0:2, 0:1:3j], s),
    lambda i, s: (i[np.s_[1:]], i[np.index_exp[::2]], i[::-1][np.s_[1:5:2]], s),
    lambda i, s: (np.hypot.reduce(i), np.fmax.accumulate(i), np.add.reduceat(i, [0, 2, 1]), np.fmod.reduce(i + 20), s),
]


@pytest.mark.parametrize("program", VALUES, ids=range(len(VALUES)))
def test_values_are_those_of_numpy(program: Callable[..., Any]) -> None:
    i = np.array([3, 1, 4, 1, 5])
    value, _ = srcad.jvp(program, (i, 0.5), (None, 1.0))
    _assert_same(value, program(i, 0.5))


def _assert_same(got: Any, due: Any) -> None:
    if isinstance(due, (tuple, list)):
        assert len(got) == len(due)
        for one, other in zip(got, due, strict=True):
            _assert_same(one, other)
    elif isinstance(due, slice):
        assert got == due
    else:
        assert np.asarray(got).dtype == np.asarray(due).dtype
        np.testing.assert_allclose(got, due, rtol=1e-14)


@pytest.mark.parametrize("name", ["maximum", "minimum", "multiply", "divide", "logaddexp", "hypot", "power", "fmax"])
def test_at_of_any_ufunc_counts_an_index_each_time(name: str) -> None:
    ufunc = getattr(np, name)

    def program(x: Any, v: Any) -> Any:
        y = x * 1.5
        ufunc.at(y, [0, 2, 0, 0], v)
        return y * x

    x, v = np.array([0.7, 1.3, 0.4]), np.array([0.6, 1.2, 0.3, 2.0])
    value, pullback = srcad.vjp(program, x, v)
    np.testing.assert_allclose(value, program(x, v), rtol=1e-14)
    weights = np.array([1.0, -2.0, 0.5])
    for which, bar in enumerate(pullback(weights)):
        for k in range(len(bar)):
            step = np.zeros(len(bar))
            step[k] = 1e-6
            ahead, behind = (
                np.sum(weights * program(*(a + sign * step if n == which else a for n, a in enumerate((x, v)))))
                for sign in (1, -1)
            )
            assert abs(bar[k] - (ahead - behind) / 2e-6) < 1e-7


def test_at_of_ufuncs_of_one_operand() -> None:
    def program(x: Any) -> Any:
        y = x * 0.5
        np.exp.at(y, [0, 1, 0])
        np.negative.at(y, (np.array([2]),))
        return y

    got = srcad.jvp(program, (x3,), (np.ones(3),))
    due = np.array([np.exp(np.exp(0.35)), np.exp(-0.65), -0.2])
    np.testing.assert_allclose(got[0], due)
    np.testing.assert_allclose(got[1], [0.5 * np.exp(0.35) * due[0], 0.5 * due[1], -0.5])


def test_errors_are_those_of_the_call() -> None:
    """A refusal, and an exception of the program, name the user's line, and none of srcad's."""
    with pytest.raises(NotYetSupported, match="as_strided") as refused:
        srcad.grad(lambda x: np.sum(np.lib.stride_tricks.as_strided(x)))(x3)
    assert "test_numpy" in str(refused.value)
    assert "srcad/definitions/numpy" not in str(refused.value)
    with pytest.raises(ValueError, match="axis"):
        srcad.grad(lambda x: np.sum(np.cumulative_sum(x)))(A)


def test_generated_code_needs_numpy_alone() -> None:
    source = srcad.grad(lambda x: np.sum(np.polyfit(np.arange(3.0), x, 1) ** 2)).source(x3)
    assert "np.linalg.lstsq" in source
    assert "srcad." not in "".join(line for line in source.splitlines() if not line.strip().startswith("#"))


@pytest.mark.parametrize("method", OF_UFUNCS)
def test_methods_of_ufuncs_are_refused_by_name(method: str) -> None:
    assert method in ("reduceat", "at")
    with pytest.raises(TypeError):
        getattr(np.add, method)()


# ---- what leaves a program


def test_an_unknown_object_with_moving_numbers_in_it_does_not_leave() -> None:
    class Box:
        def __getitem__(self, key: Any) -> Any:
            return key

    boxes = {"box": Box()}

    def program(x: Any) -> Any:
        return boxes["box"][x * 2.0]

    try:
        _, dot = srcad.jvp(program, (x3,), (np.ones(3),))
    except srcad.errors.SrcadError as refused:
        assert "test_numpy" in str(refused)
    else:
        np.testing.assert_allclose(dot, 2.0 * np.ones(3))


def test_text_may_leave() -> None:
    value, dot = srcad.jvp(lambda s: (s * 2.0, f"{s:.1f}".upper()), (1.5,), (1.0,))
    assert value == (3.0, "1.5")
    assert dot == (2.0, None)


@pytest.mark.parametrize("text", ["r", "c"])
def test_a_matrix_is_refused(text: str) -> None:
    with pytest.raises(NotYetSupported, match="matrix"):
        srcad.jvp(lambda x: np.r_[text, x], (x3,), (x3,))


def test_windows_are_views() -> None:
    def program(x: Any) -> Any:
        y = x * 2.0
        windows = np.lib.stride_tricks.sliding_window_view(y, 2)
        y[0] = 5.0
        return windows * x[0]

    with pytest.raises(NotYetSupported):
        srcad.jvp(program, (x3,), (x3,))


def test_checks_of_numpy_run() -> None:
    def program(x: Any, due: Any) -> Any:
        np.testing.assert_allclose(x, due)
        np.testing.assert_array_equal(x.shape, due.shape)
        return x * x

    value, dot = srcad.jvp(program, (x3, x3), (x3, None))
    np.testing.assert_allclose(value, x3**2)
    np.testing.assert_allclose(dot, 2 * x3**2)
    with pytest.raises(AssertionError, match="Not equal"):
        srcad.jvp(program, (x3, x3 + 1.0), (x3, None))


def test_special_methods_are_operators() -> None:
    _, dot = srcad.jvp(lambda x: x.__mul__(x).__add__(1.0).__matmul__(x).__neg__(), (x3,), (np.ones(3),))
    np.testing.assert_allclose(dot, -np.sum(3 * x3**2 + 1.0))


FIXED = np.polynomial.Polynomial([1.0, 2.0, 3.0], domain=[0.0, 2.0])
POWERS = np.poly1d([1.0, -2.0, 3.0])
CLASSES = [getattr(np.polynomial, name) for name in ("Polynomial", "Chebyshev", "Legendre", "Hermite", "HermiteE")]
OBJECTS: list[Callable[..., Any]] = [
    lambda x, c: FIXED(x) * c[0] + FIXED.deriv()(x) + FIXED.integ(lbnd=0.5)(x),
    lambda x, c: POWERS(x) + POWERS.deriv()(x) * c[0] + (POWERS * POWERS)(x) + POWERS.integ()(x),
    lambda x, c: (np.poly1d(c) * np.poly1d([1.0, 2.0]) + 3.0 - np.poly1d(c) ** 2)(x),
    lambda x, c: np.poly1d(c).c * np.poly1d(c)[1] * np.poly1d(c).order + np.poly1d(c, True)(x[0]),
    lambda x, c: np.sum(np.poly1d([1.0, c[0], -4.0 + c[1]]).roots ** 2).real * x,
    *(
        lambda x, c, kind=kind: (
            (kind(c) * kind(c) + kind(c) * 2.0 - 1.0)(x) + (kind(c) ** 2).deriv()(x) + kind(c).coef[0]
        )
        for kind in CLASSES
    ),
    *(lambda x, c, kind=kind: kind(c, domain=[0.0, 3.0]).integ(lbnd=0.2)(x) - (-kind(c))(x) / 3.0 for kind in CLASSES),
    lambda x, c: np.polynomial.Laguerre(c, domain=[0.0, 3.0]).deriv(2)(x) + np.polynomial.Laguerre(c).linspace(4)[1][0],
]


@pytest.mark.parametrize("program", OBJECTS, ids=range(len(OBJECTS)))
def test_polynomials_as_objects(program: Callable[..., Any]) -> None:
    """Made in the program and outside of it; in both modes, against differences."""
    x, c = np.array([0.3, -0.4, 0.7]), np.array([0.5, -1.0, 0.8])
    dots = np.array([0.6, -0.2, 1.1]), np.array([-0.7, 0.4, 0.9])
    value, dot = srcad.jvp(program, (x, c), dots)
    np.testing.assert_allclose(value, program(x, c), rtol=1e-12)

    def central(step: float) -> Any:
        ahead, behind = (program(x + s * step * dots[0], c + s * step * dots[1]) for s in (1, -1))
        return (ahead - behind) / (2 * step)

    due = (4 * central(5e-4) - central(1e-3)) / 3
    np.testing.assert_allclose(dot, due, rtol=1e-8, atol=1e-9)
    weights = np.array([1.0, -2.0, 0.5])
    bars = srcad.vjp(program, x, c)[1](weights)
    assert abs(np.sum(bars[0] * dots[0]) + np.sum(bars[1] * dots[1]) - np.sum(weights * due)) < 1e-7


def test_the_dtype_of_results_is_known() -> None:
    def program(x: Any, n: int) -> Any:
        kinds = np.result_type(x, np.float32), np.result_type(x.astype(np.float32), 2.0), np.result_type(n, 1.5)
        return [x.astype(kind) for kind in kinds]

    value, _ = srcad.jvp(program, (x3, 2), (x3, None))
    assert [part.dtype for part in value] == [part.dtype for part in program(x3, 2)]


def test_constants_of_padding_may_be_an_array() -> None:
    def program(x: Any) -> Any:
        return np.pad(x, ((1, 1), (2, 2)), constant_values=np.array([[1.0, 2.0], [3.0, 4.0]]))

    value, dot = srcad.jvp(program, (A,), (A,))
    np.testing.assert_array_equal(value, program(A))
    np.testing.assert_array_equal(dot, np.pad(A, ((1, 1), (2, 2))))


def test_nothing_is_computed_of_single_elements() -> None:
    """np.hypot.reduceat gives an element that is alone as it is, also a negative one."""
    x = np.array([0.3, -0.6, 0.9, 1.4])

    def parts(x: np.ndarray) -> np.ndarray:
        return np.hypot.reduceat(x, [0, 1, 2])

    value, tangent = srcad.jvp(parts, (x,), (np.ones(4),))
    np.testing.assert_allclose(value, parts(x))
    np.testing.assert_allclose(tangent, [1.0, 1.0, 2.3 / np.hypot(0.9, 1.4)])


def test_integers_have_no_nan() -> None:
    value, tangent = srcad.jvp(lambda x, k: np.nanmin(k) * x, (2.0, np.array([3, 1, 2])), (1.0, None))
    assert (value, tangent) == (2.0, 1.0)
