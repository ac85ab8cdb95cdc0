"""The public interface."""

from __future__ import annotations

import functools
import inspect
import math
import pickle
import threading
import traceback
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.calls import specialise
from srcad.compile import steps
from srcad.errors import ArgumentError, InternalError, SrcadError
from tests import api_programs as programs

W, X, Y = np.array([0.3, -0.2]), np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.1]]), np.array([1.0, 0.0, -1.0])


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What has been compiled since."""
    seen: list[Any] = []
    original = specialise.program_of

    def counting(function: Any, call: Any, request: Any) -> Any:
        seen.append(function)
        return original(function, call, request)

    monkeypatch.setattr(specialise, "program_of", counting)
    return seen


# ---- grad and value_and_grad


def test_as_functions_and_as_decorators() -> None:
    assert srcad.grad(programs.square)(3.0) == 6.0
    assert srcad.value_and_grad(programs.square)(3.0) == (9.0, 6.0)
    assert programs.cube_slope(2.0) == 12.0
    assert programs.product(2.0, 3.0) == (18.0, (12.0, 9.0))
    assert srcad.grad(argnums=0)(programs.square)(3.0) == 6.0


@pytest.mark.parametrize("argnums", [(0, 1), ("w", "b"), (-4, "b"), (0, -3)])
def test_argnums(argnums: Any) -> None:
    w_bar, b_bar = srcad.grad(programs.loss, argnums)(W, 0.1, X, Y)
    residual = 2 * (X @ W + 0.1 - Y) / 3
    np.testing.assert_allclose(w_bar, X.T @ residual)
    assert math.isclose(b_bar, np.sum(residual))


def test_a_tuple_of_one_gives_a_tuple_of_one() -> None:
    assert srcad.grad(programs.square, argnums=(0,))(3.0) == (6.0,)
    assert srcad.grad(programs.square, argnums="x")(3.0) == 6.0


def test_keywords_and_defaults() -> None:
    def power(x, n=2, *, scale=1.0):
        return scale * x**n

    df = srcad.grad(power)
    assert df(3.0) == df(x=3.0) == df(3.0, 2) == df(n=2, x=3.0) == 6.0
    assert df(3.0, scale=2.0) == 12.0
    assert srcad.grad(power, "scale")(3.0, scale=2.0) == 9.0


def test_starred_parameters() -> None:
    assert srcad.grad(programs.starred, 1)(1.0, 3.0) == 12.0
    assert srcad.grad(programs.starred, (0, 2))(1.0, 3.0, 4.0) == (4.0, 16.0)
    assert srcad.grad(programs.starred, ("scale", "shift"))(1.0, 3.0, scale=3.0, shift=0.0) == (10.0, 1.0)


def test_has_aux() -> None:
    x = np.array([1.0, 2.0])
    gradient, aux = srcad.grad(programs.with_aux, has_aux=True)(x)
    np.testing.assert_allclose(gradient, 2 * x)
    assert aux == {"count": 2}
    (value, aux), gradient = srcad.value_and_grad(programs.with_aux, has_aux=True)(x)
    assert (value, aux) == (5.0, {"count": 2})
    np.testing.assert_allclose(gradient, 2 * x)


def test_structures_shapes_and_dtypes() -> None:
    def total(p):
        return p["a"] * p["b"][0] + np.sum(p["b"][1]) * p["c"].x + np.sum(p["c"].y ** 2) + np.sum(p["d"].W) * p["e"]

    layer = programs.Layer(np.ones((2, 2), np.float32), np.ones(2))
    arrays = np.ones((2, 1), np.float32)
    given = {"a": 2.0, "b": [3.0, arrays], "c": programs.Point(1.0, np.ones(3)), "d": layer, "e": 2, "f": "text"}
    bar = srcad.grad(total)(given)
    assert list(bar) == list(given)
    assert isinstance(bar["a"], float) and bar["a"] == 3.0
    assert bar["b"][1].dtype == np.float32 and bar["b"][1].shape == (2, 1)
    assert type(bar["c"]) is programs.Point and bar["c"].y.tolist() == [2.0, 2.0, 2.0]
    assert type(bar["d"]) is programs.Layer and bar["d"].W.dtype == np.float32 and bar["d"].b.tolist() == [0.0, 0.0]
    assert bar["d"].name is None and bar["e"] is None and bar["f"] is None


def test_what_the_result_does_not_depend_on_has_a_zero_gradient() -> None:
    gradient = srcad.grad(lambda x, y: y * y, argnums=(0, 1))(np.ones((2, 3)), 2.0)
    assert gradient[0].tolist() == np.zeros((2, 3)).tolist()
    assert gradient[1] == 4.0
    assert srcad.grad(lambda x: 1.0)(2.0) == 0.0


def test_an_array_of_one_element_is_a_number_as_well() -> None:
    A, x = np.arange(9.0).reshape(3, 3), np.array([[1.0], [2.0], [-1.0]])
    value, gradient = srcad.value_and_grad(lambda x: x.T @ A @ x)(x)
    assert value.tolist() == (x.T @ A @ x).tolist()
    assert gradient.tolist() == ((A + A.T) @ x).tolist()
    assert srcad.hessian(lambda x: x.T @ A @ x)(x)[:, 0, :, 0].tolist() == (A + A.T).tolist()
    assert srcad.hvp(lambda x: x.T @ A @ x)(x, x).tolist() == gradient.tolist()

    def steepness(x):
        return np.sum(srcad.grad(lambda x: (x**3)[None, :1])(x))

    assert srcad.grad(steepness)(np.array([2.0, 3.0])).tolist() == [12.0, 0.0]
    with pytest.raises(ArgumentError, match="of one number"):
        srcad.grad(lambda x: 2.0 * x)(np.ones(0))


def test_the_rank_may_be_known_only_at_run_time() -> None:
    x = np.array([-1.0, 2.0])
    assert srcad.grad(programs.either)(x).tolist() == [2.0, 2.0]
    assert srcad.value_and_grad(programs.either)(x)[0] == 2.0
    with pytest.raises(ArgumentError, match="shape"):
        srcad.grad(programs.either)(-x)


# ---- vjp


def test_vjp_of_results_of_any_structure() -> None:
    x = np.array([1.0, 2.0])
    value, pullback = srcad.vjp(programs.statistics, x, 2)
    assert value["mean"] == 1.5 and value["parts"][1] == 2 and value["none"] is None
    bars = pullback({"mean": 2.0, "parts": (np.array([1.0, 10.0]), None), "none": None})
    assert len(bars) == 2 and bars[1] is None
    np.testing.assert_allclose(bars[0], 1.0 + 2 * x * np.array([1.0, 10.0]))


def test_a_pullback_can_be_called_again_and_keeps_its_own() -> None:
    x = np.array([1.0, 2.0])
    value, pullback = srcad.vjp(lambda x: np.exp(x) * x, x)
    first = pullback(np.ones(2))[0]
    x[:] = 0.0
    value[:] = 0.0
    np.testing.assert_array_equal(pullback(np.ones(2))[0], first)


def test_what_is_recorded_may_have_any_name() -> None:
    def f(a, _hidden):
        w, _ = np.linalg.eigh(a * _hidden)
        return w @ np.array([10.0, 1.0])

    a = np.array([[2.0, 1.0], [1.0, 3.0]])
    _, pullback = srcad.vjp(f, a, 2.0)
    by_a, by_hidden = srcad.grad(f, argnums=(0, 1))(a, 2.0)
    np.testing.assert_allclose(pullback(1.0)[0], by_a)
    np.testing.assert_allclose(pullback(1.0)[1], by_hidden)


@pytest.mark.parametrize(("x", "bar"), [(0.5, 6.0 * np.exp(3.0)), (2.0, 3.0)])
def test_what_one_branch_records_is_not_there_when_the_other_ran(x: float, bar: float) -> None:
    value, pullback = srcad.vjp(programs.in_one_branch, x, 3.0)
    assert value == programs.in_one_branch(x, 3.0)
    np.testing.assert_allclose(pullback(1.0), (bar, x / 3.0 * bar))


def test_none_stands_for_a_zero_adjoint() -> None:
    _, pullback = srcad.vjp(programs.pair, 2.0)
    assert pullback((None, 3.0)) == (3.0,)
    assert pullback(None) == (0.0,)


@pytest.mark.parametrize("bar", [1.0, (1.0,), [1.0, 2.0, 3.0], (np.ones(2), 1.0)])
def test_an_adjoint_of_the_wrong_structure(bar: Any) -> None:
    _, pullback = srcad.vjp(programs.pair, 2.0)
    with pytest.raises(ArgumentError):
        pullback(bar)


def test_a_derivative_in_a_function_is_not_taken_for_that_function() -> None:
    assert srcad.grad(lambda x: programs.cube_slope(x))(3.0) == 18.0


def test_derivatives_of_derivatives() -> None:
    assert srcad.grad(srcad.grad(lambda x: x**3))(2.0) == 12.0
    x = np.array([1.0, 2.0])
    hessian = srcad.jacobian(srcad.grad(lambda x: np.sum(x**3) * x[0]))(x)
    np.testing.assert_allclose(hessian, [[12.0 * 1.0, 12.0], [12.0, 12.0]])


# ---- what can be differentiated


def test_numpy_functions() -> None:
    assert math.isclose(srcad.grad(np.sin)(1.0), math.cos(1.0))
    assert srcad.grad(np.multiply, argnums=1)(2.0, 3.0) == 2.0
    np.testing.assert_allclose(srcad.grad(np.sum)(np.ones(3)), np.ones(3))
    np.testing.assert_allclose(srcad.value_and_grad(np.mean)(np.ones(2), axis=0)[1], [0.5, 0.5])


def test_builtins_without_a_signature() -> None:
    assert srcad.grad(max, argnums=(0, 1))(1.5, 2.0) == (0.0, 1.0)
    np.testing.assert_allclose(srcad.grad(math.hypot, argnums=(0, 1))(3.0, 4.0), (0.6, 0.8))
    assert srcad.jvp(min, (1.0, 2.0, 3.0), (5.0, 6.0, 7.0)) == (1.0, 5.0)


def test_partials_lambdas_and_bound_methods() -> None:
    assert srcad.grad(functools.partial(lambda a, x, b: a * x * b, 2.0, b=5.0))(3.0) == 10.0
    assert srcad.grad(programs.Spring(4.0).energy)(2.0) == 8.0
    assert srcad.grad(programs.Spring(4.0))(2.0) == 4.0
    first, second = srcad.grad(lambda x: x * 2.0), srcad.grad(lambda x: np.sin(x) * 3.0)
    assert (first(0.0), second(0.0)) == (2.0, 3.0)


def test_a_decorated_method() -> None:
    spring = programs.Spring(4.0)
    assert spring.force(2.0) == 8.0
    spring.k = 5.0
    assert spring.force(2.0) == 10.0
    assert isinstance(programs.Spring.force, srcad.Derived)


def test_a_function_from_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    import linecache

    text = "def f(x):\n    return x * x * x\n"
    name = "<ipython-input-1>"
    monkeypatch.setitem(linecache.cache, name, (len(text), None, text.splitlines(keepends=True), name))
    namespace: dict[str, Any] = {}
    exec(compile(text, name, "exec"), namespace)
    assert srcad.grad(namespace["f"])(2.0) == 12.0


# ---- what changes between calls is seen


def test_globals_attributes_and_closures_that_change(monkeypatch: pytest.MonkeyPatch) -> None:
    df = srcad.grad(programs.scaled)
    assert df(2.0) == 2.0
    monkeypatch.setattr(programs, "RATE", 3.0)
    assert df(2.0) == 12.0
    monkeypatch.setattr(programs, "RATE", np.ones(()))
    assert df(2.0) == 4.0


def test_two_names_of_one_object_may_part() -> None:
    one = {"scale": 2.0}
    first = second = one

    def f(x):
        return x * first["scale"] * second["scale"]

    df = srcad.grad(f)
    assert df(1.0) == 4.0
    second = {"scale": 5.0}
    assert df(1.0) == 10.0


# ---- specialisations


def test_new_sizes_compile_nothing_new(compiled: list[Any]) -> None:
    df = srcad.grad(programs.loss)
    for m in (2, 3, 5):
        df(np.ones(4), 0.0, np.ones((m, 4)), np.ones(m))
    assert len(compiled) == 1
    df(np.ones(4), 0.0, np.ones((1, 4)), np.ones(1))
    df(np.ones(4, np.float32), 0.0, np.ones((2, 4), np.float32), np.ones(2, np.float32))
    assert len(compiled) == 3


def test_types_that_take_turns_compile_once_each(compiled: list[Any]) -> None:
    df = srcad.grad(lambda x: np.sum(x * x))
    for _ in range(3):
        df(1.0)
        df(np.ones(3))
        df([1.0, 2.0][0])
    assert len(compiled) == 2


def test_a_function_made_anew_is_not_compiled_anew(compiled: list[Any]) -> None:
    for k in range(1, 6):
        x = np.ones(2) if k % 2 else np.ones((2, 2))
        assert np.all(srcad.grad(programs.scaled_by(float(k)))(x) == 2.0 * k)
        assert srcad.value_and_grad(programs.Spring(float(k)).energy)(1.0) == (k / 2, k)
        assert srcad.vjp(programs.Spring(float(k)), 1.0)[1](1.0) == (k,)
        assert srcad.grad(functools.partial(programs.starred, float(k)))(2.0) == 8.0
    assert len(compiled) == 5


def test_several_results_of_one_code_keep_their_own_closures() -> None:
    two, three = srcad.grad(programs.scaled_by(2.0)), srcad.grad(programs.scaled_by(3.0))
    x = np.ones(1)
    assert [float(two(x)[0]), float(three(x)[0]), float(two(x)[0])] == [4.0, 6.0, 4.0]


def test_threads_share_a_derivative(compiled: list[Any]) -> None:
    df = srcad.grad(lambda x, n: np.sum(x**2) * n)
    failures: list[Any] = []

    def work(k: int) -> None:
        for n in range(50):
            x = np.full(3, float(k)) if n % 2 else float(k)
            if not np.all(df(x, 2.0) == 4.0 * k):
                failures.append((k, n))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(compiled) == 2


# ---- errors


@pytest.mark.parametrize(
    ("function", "args", "options", "message"),
    [
        (programs.square, (3,), {}, "'x' can't be differentiated: it is an int"),
        (programs.square, (True,), {}, "it is a bool"),
        (programs.square, (np.arange(3),), {}, "an array of int64"),
        (programs.square, ("a",), {}, "it is a str"),
        (programs.square, ([1, 2],), {}, "a list without floats"),
        (programs.square, (1.0,), {"argnums": 1}, "argnums=1 is out of range"),
        (programs.square, (1.0,), {"argnums": -2}, "argnums=-2 is out of range"),
        (programs.square, (1.0,), {"argnums": "y"}, "argnums='y' is not a parameter of square"),
        (programs.square, (1.0,), {"argnums": (0, "x")}, "twice"),
        (programs.vector, (np.ones(3),), {}, "a gradient is of one number"),
        (programs.pair, (1.0,), {}, "returns a tuple"),
        (programs.nothing, (1.0,), {}, "returns nothing"),
        (programs.complex_result, (1.0,), {}, "a complex number"),
        (programs.square, (1.0,), {"has_aux": True}, "with has_aux"),
    ],
)
def test_calls_at_fault(function: Any, args: Any, options: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        srcad.grad(function, **options)(*args)
    assert message in str(caught.value)


@pytest.mark.parametrize("function", [programs.vector, programs.complex_result, programs.pair])
def test_a_result_without_gradient_names_the_line_of_the_return(function: Any) -> None:
    with pytest.raises(ArgumentError) as caught:
        srcad.grad(function)(np.ones(2) if function is programs.vector else 1.0)
    lines, first = inspect.getsourcelines(function)
    assert f"api_programs.py:{first + len(lines) - 1}" in str(caught.value)


def test_back_ends() -> None:
    assert srcad.grad(programs.square, backend="numpy")(1.0) == 2.0
    assert srcad.grad(programs.square, backend="native")(1.0) == 2.0
    with pytest.raises(ArgumentError):
        srcad.grad(programs.square, backend="fortran")


def test_what_is_not_a_function() -> None:
    with pytest.raises(ArgumentError):
        srcad.grad(3.0)
    with pytest.raises(ArgumentError):
        srcad.grad(programs.square, argnums=1.5)


def test_arguments_that_do_not_fit_raise_as_the_function_does() -> None:
    for args, kwargs in (((), {}), ((1.0, 2.0), {}), ((1.0,), {"x": 2.0}), ((), {"y": 1.0})):
        with pytest.raises(TypeError, match=r"square\(\)"):
            srcad.grad(programs.square)(*args, **kwargs)


def test_an_exception_of_the_user_arrives_with_a_note() -> None:
    with pytest.raises(AssertionError, match=r"negative: -1\.0") as caught:
        srcad.grad(programs.checked_root)(-1.0)
    line = inspect.getsourcelines(programs.checked_root)[1] + 1
    assert any(f"api_programs.py:{line}" in note for note in caught.value.__notes__)
    with pytest.raises(KeyError):
        srcad.grad(programs.reciprocal)(200.0)
    with pytest.raises(np.linalg.LinAlgError) as caught_too:
        srcad.grad(programs.inverse_sum)(np.zeros((2, 2)))
    assert any("B = np.linalg.inv(A)" in note for note in caught_too.value.__notes__)
    assert not isinstance(caught_too.value, SrcadError)


def test_a_traceback_shows_the_users_lines_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def frames() -> list[str]:
        with pytest.raises(AssertionError) as caught:
            srcad.grad(programs.checked_root)(-1.0)
        return [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]

    assert [name.rpartition("/")[2] for name in frames()] == ["test_gradients.py", "api_programs.py"]
    monkeypatch.setenv("SRCAD_DEBUG", "1")
    assert any(name.endswith("specialise.py") for name in frames())


def test_a_traceback_shows_the_generated_line_where_the_derivative_alone_raises() -> None:
    @srcad.custom_rule
    def squared(x):
        return x * x

    @squared.adjoint
    def squared_adjoint(bar, value, x):
        return bar * math.log(-x)

    with pytest.raises(ValueError, match="math domain error") as caught:
        srcad.grad(lambda x: squared(x))(1.0)
    assert "lambda_grad" in "".join(traceback.format_exception(caught.value))


# ---- arithmetic: NumPy's where Python's raises


def test_an_infinite_slope_is_infinite() -> None:
    with np.errstate(all="ignore"):
        assert srcad.grad(programs.checked_root)(0.0) == np.inf
        assert srcad.grad(lambda x: np.exp(x))(1000.0) == np.inf


def test_what_the_program_itself_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        srcad.grad(programs.reciprocal)(0.0)


def test_effects_happen_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        srcad.grad(programs.noisy)(0.0)
    assert capsys.readouterr().out == "once\n"


# ---- what a derivative shows of itself


def test_source() -> None:
    df = srcad.grad(programs.square)
    assert "def square_grad(x):" in df.source(2.0)
    df(2.0)
    assert df.source(2.0) == df.source()
    assert "np." in srcad.grad(lambda x: np.sum(np.sin(x))).source(np.ones(3))


def test_source_without_arguments() -> None:
    def annotated(x: float, y):
        return x * y

    source = srcad.grad(annotated).source()
    assert source.startswith("# taken as y: float\n")
    assert "def annotated_grad" in source
    assert "math.cos(x)" in srcad.grad(np.sin).source()


def test_generated_functions_have_their_source() -> None:
    df = srcad.grad(programs.square)
    df(2.0)
    assert df._last is not None
    assert inspect.getsource(df._last.call) == df.source()


def test_wrapping() -> None:
    df = srcad.grad(programs.square)
    assert df.__name__ == "square" and df.__wrapped__ is programs.square
    assert inspect.signature(df) == inspect.signature(programs.square)
    assert df.__doc__ == "The gradient of square with respect to x.\n\nThe square."


def test_repr() -> None:
    df = srcad.grad(programs.loss, argnums=("w", "b"))
    assert repr(df) == "<srcad.grad of loss(w, b, X, y) with respect to w and b; not compiled yet>"
    df(W, 0.0, X, Y)
    assert repr(df).endswith("compiled for 1 combination of types>")


def test_trace() -> None:
    assert "v̄1 = " in str(srcad.grad(programs.square).trace(3.0))
    assert "v2 = v1" in str(srcad.trace(programs.square)(3.0))


def test_pickling() -> None:
    assert pickle.loads(pickle.dumps(srcad.grad(programs.square)))(3.0) == 6.0
    assert pickle.loads(pickle.dumps(programs.cube_slope)) is programs.cube_slope
    assert pickle.loads(pickle.dumps(srcad.jacobian(programs.vector)))(np.ones(2)).shape == (2, 2)


def test_a_bug_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(trace: Any, *args: Any, **kwargs: Any) -> Any:
        raise KeyError("missing")

    monkeypatch.setattr(steps, "adjoint", broken)
    with pytest.raises(InternalError, match="a bug in srcad: KeyError while differentiating") as caught:
        srcad.grad(lambda x: x * x)(2.0)
    assert "multiply(x, x)" in str(caught.value) or "x * x" in str(caught.value)
    assert isinstance(caught.value.__cause__, KeyError)


def test_decorators_in_python_are_read() -> None:
    assert srcad.grad(programs.tripled)(1.0) == 6.0
    assert srcad.grad(lambda x: programs.tripled(x))(1.0) == 6.0
    assert srcad.grad(programs.doubled)(1.0) == 4.0
    assert srcad.grad(lambda x: programs.doubled(x))(1.0) == 4.0
    assert srcad.grad(functools.lru_cache(programs.square))(3.0) == 6.0


def test_vjp_does_not_keep_a_function_alive(collect: Callable[[], int]) -> None:
    factor = np.ones(3)

    def f(x):
        return x * factor

    srcad.vjp(f, np.ones(3))
    alive = weakref.ref(f)
    del f
    collect()
    assert alive() is None


def test_memory_that_is_shared_and_written_to() -> None:
    x, y = np.ones(3), np.ones(6)
    df = srcad.grad(programs.overwrites)
    assert df(x, x.copy()).tolist() == [0.0, 0.0, 1.0]
    assert df(y[::2], y[1::2]).tolist() == [0.0, 0.0, 1.0]
    for a, b in ((x, x), (y[:3], y[2:5])):
        with pytest.raises(ArgumentError, match="share memory"):
            df(a, b)
    assert srcad.grad(programs.copies_first)(x, x).tolist() == [0.0, 1.0, 1.0]


def scaled(x: Any, factor: Any = 2.0, combine: Any = np.sum) -> Any:
    return combine(x) * factor


def test_pullbacks_give_adjoints_of_what_was_given() -> None:
    x = np.array([0.7, 1.3])

    def inside(x: Any) -> Any:
        return srcad.vjp(scaled, x)[1](1.0)

    for bars in (srcad.vjp(scaled, x)[1](1.0), srcad.jvp(inside, (x,), (x,))[0]):
        (bar,) = bars
        np.testing.assert_allclose(bar, [2.0, 2.0])
    assert len(srcad.vjp(scaled, x, 3.0)[1](1.0)) == 2
