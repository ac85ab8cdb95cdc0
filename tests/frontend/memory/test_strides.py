"""Whether ravel and reshape look or copy: a write to what they give reaches the array exactly where NumPy's does."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference
from tests.modules import module_at

HEAD = """\
import numpy as np


def weigh(v):
    return np.sum(np.sin(v) * np.linspace(1.0, 2.0, np.size(v)).reshape(np.shape(v)))

"""
PROGRAM = """
def f{k}(A):
    B = A * 1.5
    t = {view}
    t *= {factor}
    t[...] = np.sin(t)
    return weigh(A) + 2.0 * weigh(B ** 2) + weigh(t * t)

"""
VIEWS = (
    "{0}",
    "{0}[...]",
    "{0}[1:]",
    "{0}[:, 1:]",
    "{0}[::2]",
    "{0}[:, ::2]",
    "{0}[::-1]",
    "{0}[:, 0]",
    "{0}[0, ::-1]",
    "{0}[1, :-1]",
    "{0}.T",
    "{0}.T[1:]",
    "{0}.T[:, :1]",
    "{0}[None]",
    "{0}[:1].T",
    "{0}[:, :1]",
    "{0}[:, :2].T[::2]",
    "{0}.swapaxes(0, 1)[None, ::2]",
    "np.diagonal({0}[:2, :2]).copy()",
    "np.split({0}, [1], axis=1)[1]",
    "np.flip({0}, 1)",
    "np.einsum('ij->ji', {0})",
    "({0} * 2.0).T",
    "({0}[::2] * 2.0)",
    "{0}.T[::-1].reshape(-1)",
    "np.ascontiguousarray({0}.T)",
    "np.asfortranarray({0}.T)",
)
RESHAPES = (
    ".ravel()",
    ".reshape(-1)",
    ".ravel(order='F')",
    ".reshape(-1, 1)",
    ".reshape(1, -1)[0]",
    ".reshape(-1, order='F')",
)
SHAPES = ((4, 3), (2, 2), (1, 3))


def programs(root: str, one_of: int) -> list[str]:
    """Each view with some ways to reshape it, others for each root; one of so many."""
    pairs = itertools.product(enumerate(VIEWS), enumerate(RESHAPES))
    views = [v.format(root) + shape for (k, v), (j, shape) in pairs if not (j - k - (root == "B")) % one_of]
    return [PROGRAM.format(k=k, view=view, factor="0.5 + A[0, 0] ** 2") for k, view in enumerate(views)]


def loaded(folder: Path, sources: list[str]) -> list[Any]:
    path = folder / "reshaped_programs.py"
    path.write_text(HEAD + "".join(sources))
    module = module_at(path, known=True)
    return [getattr(module, f"f{k}") for k in range(len(sources))]


def given(shape: tuple[int, int], lies: str) -> np.ndarray:
    made = np.random.default_rng(sum(shape)).normal(size=shape)
    if lies == "F":
        return np.asfortranarray(made)
    if lies == "gaps":
        wide = np.zeros((2 * shape[0], shape[1] + 1))
        wide[::2, 1:] = made
        return wide[::2, 1:]
    return made


@pytest.mark.parametrize("lies", ["C", "F", "gaps"])
@pytest.mark.parametrize("root", ["A", "B"])
def test_writes_reach_what_numpy_says(root: str, lies: str, tmp_path: Path) -> None:
    sources = programs(root, 3 if lies == "C" else 6)
    for f, source in zip(loaded(tmp_path, sources), sources, strict=True):
        derived = srcad.value_and_grad(f)
        for shape in SHAPES:
            A = given(shape, lies)
            try:
                due = f(A.copy() if lies == "C" else given(shape, lies))
            except (ValueError, IndexError):
                continue
            value, bar = derived(A)
            assert value == pytest.approx(due, rel=1e-12), f"{source} at {shape}, {lies}"
            direction = np.cos(np.arange(A.size)).reshape(shape)

            def along(t: float, shape: Any = shape, direction: Any = direction, f: Any = f) -> np.ndarray:
                moved = given(shape, lies)
                moved += t * direction
                return np.array([float(f(moved))])

            slope = reference.ridders(along, 1e-3)
            assert np.sum(bar * direction) == pytest.approx(slope.value[0], rel=1e-7, abs=1e-8), f"{source} at {shape}"
            if shape != SHAPES[0]:
                continue
            tangent = srcad.jvp(f, (given(shape, lies),), (direction,))[1]
            assert tangent == pytest.approx(slope.value[0], rel=1e-7, abs=1e-8), f"{source} at {shape}, forward"


def looks_if_one_is_left(x):
    t = x[::2].ravel()
    t *= 3.0
    return np.sum(x**2) + np.sum(t**3)


def looks_if_square(x, n):
    t = x[: 2 * n : 2].reshape(-1, 2)
    t[0] *= 3.0
    return np.sum(x**2)


def test_another_length_needs_other_code() -> None:
    derived = srcad.grad(looks_if_one_is_left)
    for n in (2, 5, 2, 1, 7):
        x = np.linspace(0.5, 1.5, n)
        due = reference.ridders(lambda t, x=x: np.array([looks_if_one_is_left(x + t)]), 1e-3)
        assert np.sum(derived(x)) == pytest.approx(due.value[0], rel=1e-8)


def test_second_derivatives() -> None:
    x = np.linspace(0.5, 1.5, 6)
    np.testing.assert_allclose(
        srcad.hessian(looks_if_one_is_left)(x), np.diag(2 + 162 * np.where(np.arange(6) % 2, 0, x))
    )
    assert np.allclose(srcad.hessian(looks_if_one_is_left)(x[:2]), np.diag([18 + 162 * x[0], 2.0]))


def test_strided_memory_of_one_axis_is_looked_at() -> None:
    x = np.linspace(0.5, 1.5, 8)
    np.testing.assert_allclose(srcad.grad(looks_if_square)(x, 4), 2 * x * np.array([9, 1, 9, 1, 1, 1, 1, 1]))


def test_an_emitted_derivative_says_for_which_lengths_it_is() -> None:
    x = np.linspace(0.5, 1.5, 6)
    names: dict[str, Any] = {}
    exec(srcad.grad(looks_if_one_is_left).emitted((x,), {}), names)
    made = names["looks_if_one_is_left_grad"]
    np.testing.assert_array_equal(made(x), srcad.grad(looks_if_one_is_left)(x))
    with pytest.raises(ValueError):
        made(x[:2])


def shaped_in_place(x):
    t = x * 1.0
    t.shape = (2, 3)
    t[0] *= 2.0
    return np.sum(t**2)


def not_shaped_in_place(x):
    t = x.reshape(2, 3)[:, ::2]
    t.shape = (4,)
    return np.sum(t**2)


def test_a_shape_that_is_set() -> None:
    x = np.linspace(0.5, 1.5, 6)
    np.testing.assert_allclose(srcad.grad(shaped_in_place)(x), 2 * x * np.repeat([4.0, 1.0], 3))
    with pytest.raises(AttributeError, match="Incompatible shape"):
        not_shaped_in_place(x)
    with pytest.raises(AttributeError, match="Incompatible shape"):
        srcad.grad(not_shaped_in_place)(x)


def copies(x):
    A = np.outer(x, x)
    B, C, E = A.T.copy(), np.copy(A.T), np.asfortranarray(A) * 2.0
    B.ravel()[1] = 3.0
    C.ravel()[1] = 3.0
    E.ravel()[1] = 3.0
    E.ravel(order="F")[2] = x[0] ** 2
    C.T.ravel()[2] = x[1] ** 2
    return weigh(A) + weigh(B) + weigh(C**2) + weigh(E**3)


def likenesses(x):
    A = np.asfortranarray(np.outer(x, x))
    Z, F = np.zeros_like(A), np.full_like(A.T, 2.0)
    W, S = np.where(A.T > 0, A.T, 0.5), np.sort(A.T, axis=0)
    for v in (Z, F, W, S):
        v.ravel()[1] = x[0]
        v.T.ravel()[2] = x[1] ** 2
    return weigh(Z + A) + weigh(F) + weigh(W**2) + weigh(S**3)


def orders_that_differ(x):
    A = np.outer(x, x * x)
    B, C = A + A.T, np.exp(0.1 * A.T) + A[::-1].T
    B.ravel()[3] = x[0]
    C.ravel()[3] = x[0]
    C.T.reshape(-1)[1:] *= x[1]
    return weigh(B) + weigh(C**2)


def parts(x):
    A = np.outer(x, x)
    a, b = np.hsplit(A, [1])
    a.ravel()[0] = 5.0
    np.vsplit(A, np.size(x))[1].ravel()[1] = x[0] ** 2
    b.reshape(-1)[0] = 2.0
    return weigh(A**2)


def weigh(v):
    return np.sum(np.sin(v) * np.linspace(1.0, 2.0, np.size(v)).reshape(np.shape(v)))


@pytest.mark.parametrize("f", [copies, likenesses, orders_that_differ, parts])
def test_memory_of_results(f: Any) -> None:
    x, direction = np.array([0.7, -1.2, 0.4]), np.array([0.3, 1.0, -0.6])
    value, bar = srcad.value_and_grad(f)(x)
    assert value == pytest.approx(f(x), rel=1e-12)
    slope = reference.ridders(lambda t: np.array([f(x + t * direction)]), 1e-3).value[0]
    assert bar @ direction == pytest.approx(slope, rel=1e-7)
    assert srcad.jvp(f, (x,), (direction,))[1] == pytest.approx(slope, rel=1e-7)
    bent = reference.ridders(lambda t: srcad.grad(f)(x + t * direction), 1e-3).value
    np.testing.assert_allclose(srcad.hvp(f)(x, direction), bent, rtol=1e-6, atol=1e-6)
