"""Functions of numbers, lists, arrays without dimensions or elements: a sample, of which each function has some calls.

`python -m tests.ops.odd_shapes` tries them all.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.signal

import srcad
from tests.ops.odd_shapes import Trial, along_axes, calls, fault, module_of, trials

EACH = 2  # calls of each function


def sample(texts: list[str]) -> list[Trial]:
    """Equal ones in every run."""
    made = [trial for text in texts for trial in (*trials(text), *along_axes(text))]
    return sorted(made, key=lambda trial: zlib.crc32(str(trial).encode()))[:EACH]


SAMPLES = {name: sample(texts) for name, texts in calls(1).items()}


@pytest.fixture(scope="session")
def function_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return module_of([trial for made in SAMPLES.values() for trial in made], tmp_path_factory.mktemp("odd_shapes"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAMPLES)
def test_odd_shapes(name: str, function_of: Any) -> None:
    with np.errstate(all="ignore"):
        wrong = {str(trial): fault(function_of(trial), trial.values) for trial in SAMPLES[name]}
    assert not {text: what for text, what in wrong.items() if what is not None}


X, A, M = np.array([0.7, -1.2, 2.1]), np.arange(12.0).reshape(3, 4) / 7, 2 * np.eye(3) + 0.1
ZERO_D = np.array(1.7)
FOUND: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "cumsum of a number": (lambda x: np.cumsum(x), (1.7,)),
    "cumprod of a number": (lambda x: np.cumprod(x), (np.float64(1.7),)),
    "cumsum of no dimensions along an axis": (lambda x: np.cumsum(x, axis=0), (ZERO_D,)),
    "cumprod of no dimensions along an axis": (lambda x: np.cumprod(x, axis=-1), (ZERO_D,)),
    "repeat along another axis": (lambda x: np.repeat(x, 2, axis=7), (X,)),
    "repeat along a tuple": (lambda x: x.repeat([1, 0, 2], axis=(0,)), (X,)),
    "flatnonzero of a number": (lambda x: x * np.flatnonzero(x > 0).size, (1.7,)),
    "extract of a number": (lambda x: np.extract(x > 0, x), (1.7,)),
    "fmax.reduce of a number": (lambda x: np.fmax.reduce(x), (1.7,)),
    "fmod.reduce of no axes": (lambda x: np.fmod.reduce(x), (ZERO_D,)),
    "accumulate along a tuple": (lambda x: np.add.accumulate(x, axis=(0,)), (A,)),
    "accumulate along all": (lambda x: np.fmax.accumulate(x, axis=None), (X,)),
    "accumulate along several": (lambda x: np.multiply.accumulate(x, axis=None), (A,)),
    "solve of a number": (lambda m, x: np.linalg.solve(m, x), (M, 1.7)),
    "solve of lists": (lambda m, x: np.linalg.solve(m, x), (M.tolist(), X.tolist())),
    "inv of a list": (lambda m: np.linalg.inv(m), (M.tolist(),)),
    "matrix product of a number": (lambda m, x: m @ x, (M, ZERO_D)),
    "vecdot of a number": (lambda x: np.vecdot(x, 2.0), (X,)),
    "vecdot of other lengths": (lambda x: np.vecdot(x, x[:1]), (X,)),
    "matvec of a vector": (lambda x: np.matvec(x, x), (X,)),
    "vecmat of a vector": (lambda x: np.vecmat(x, x), (X,)),
    "minus a list": (lambda x: -x, (X.tolist(),)),
    "minus a tuple": (lambda x: -(x, 2.0), (1.7,)),
    "singular values of lstsq": (lambda a, x: np.linalg.lstsq(a, x, rcond=None)[3], (A[:, :2], X)),
    "singular values of SciPy's lstsq": (lambda a, x: scipy.linalg.lstsq(a, x)[3], (A[:, :2], X)),
    "compress by a matrix": (lambda x: np.compress([[True]], x), (X,)),
    "average of no axes": (lambda x: np.average(x, axis=(), returned=True), (A,)),
    "float of a vector": (lambda x: float(x) * 2.0, (X[:1],)),
    "float64 of no dimensions": (lambda x: np.float64(x), (ZERO_D,)),
    "roll along no axes": (lambda x: np.roll(x, 1, axis=()), (A,)),
    "fftshift along one axis twice": (lambda x: np.fft.fftshift(x, axes=(1, 1)), (A,)),
    "fftn along one axis twice": (lambda x: np.fft.fftn(x, axes=(1, 1)), (A,)),
    "lexsort of numbers": (lambda x: np.lexsort((x, x)) + x, (1.7,)),
    "lfilter with numbers": (lambda b, x: scipy.signal.lfilter(b, 2.0, x), (1.7, X)),
    "fftconvolve of nothing": (lambda x: scipy.signal.fftconvolve(x, x[:0]), (X,)),
    "square roots of numbers": (lambda x: scipy.linalg.sqrtm(x), (1.7,)),
    "tridiagonal of a matrix": (lambda x: scipy.linalg.eigvalsh_tridiagonal(x, X[:2]), (X[None],)),
    "transpose of a number": (lambda x: np.transpose(x), (1.7,)),
    "matrix norm": (lambda x: np.linalg.norm(x, 1), (A,)),
    "matrix norm along axes": (lambda x: np.linalg.norm(x, -np.inf, axis=(0, 1)), (A,)),
    "matrix norm, kept": (lambda x: np.linalg.norm(x, np.inf, keepdims=True), (A,)),
    "norm of nothing": (lambda x: np.linalg.norm(x, np.inf), (X[:0],)),
    "roots of nothing": (lambda x: np.roots(x), (X[:0],)),
    "roots of zeros": (lambda x: np.roots(x * 0.0), (X,)),
    "quotients of a function of math": (lambda x: 1.0 / math.pow(x, 3), (np.float64(0.0),)),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("title", FOUND)
def test_what_was_found(title: str) -> None:
    with np.errstate(all="ignore"):
        assert fault(*FOUND[title]) is None


@pytest.mark.parametrize("function", [math.lgamma, math.gamma, math.erf, math.atan, math.sqrt])
def test_math_leaves_arrays_without_dimensions(function: Callable[[Any], float]) -> None:
    """Helpers of derivatives count up what they are given, which isn't the caller's array."""
    x = np.array(1.7)
    slope = srcad.grad(lambda x: function(x))(x)
    assert x == 1.7
    np.testing.assert_allclose(slope, srcad.grad(lambda x: function(x))(1.7), rtol=1e-14)
    assert type(srcad.jvp(lambda x: function(x), (x,), (x,))[0]) is float
