"""Operations on arrays, each over dtypes, layouts and lengths, against NumPy; all of it runs as C."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from tests.modules import module_at
from tests.native import expressions

FLOATS = ("float64", "float32")
ULPS = {"float64": 64, "float32": 64, "complex128": 64, "complex64": 64}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A function for each expression."""
    lines = ["import numpy as np", "import scipy.linalg", "import scipy.special", ""]
    for k, text in enumerate(expressions.ALL):
        lines += [f"def f{k}(x, y):", f"    return {text}", ""]
    path: Path = tmp_path_factory.mktemp("native") / "expression_programs.py"
    path.write_text("\n".join(lines))
    return module_at(path)


def layouts(x: np.ndarray) -> Iterator[np.ndarray]:
    """The same numbers in C order, in Fortran's order, and with gaps."""
    yield x
    yield np.asfortranarray(x)
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
    wide[..., ::2] = x
    yield wide[..., ::2]


def arguments(shapes: tuple[tuple[int, ...], ...], dtype: str) -> Iterator[tuple[np.ndarray, ...]]:
    rng = np.random.default_rng(0)
    given = [rng.normal(size=shape) * 3 for shape in shapes]
    if dtype.startswith("complex"):
        given = [x + 1j * rng.normal(size=x.shape) for x in given]
    if dtype == "bool":
        given = [x > 0 for x in given]
    plain = [np.asarray(x).astype(dtype) for x in given]
    yield from zip(*(layouts(x) for x in plain), strict=True)


@pytest.mark.parametrize("text", expressions.ALL)
def test_like_numpy(text: str, programs: Any) -> None:
    function = getattr(programs, f"f{expressions.ALL.index(text)}")
    for shapes in expressions.shapes_of(text):
        for dtype in expressions.dtypes_of(text):
            for args in arguments(shapes, dtype):
                compared(function, args)


def compared(function: Callable[..., Any], args: tuple[np.ndarray, ...]) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        native = srcad.jit(function)
        try:
            due = function(*args)
        except Exception as error:
            with pytest.raises(type(error)) as caught:
                native(*args)
            assert str(caught.value) == str(error)
            return
        found = native(*args)
        shown = native.kernels(*args)
    reasons = shown.replace("Python: too little for a call of C", "").replace("Python: complex numbers, for Numba", "")
    assert "Python:" not in reasons, shown
    for one, other in zip(parts(found), parts(due), strict=True):
        close(one, other)


def parts(result: Any) -> tuple[np.ndarray, ...]:
    return tuple(map(np.asarray, result if isinstance(result, (tuple, list)) else (result,)))


def close(found: np.ndarray, due: np.ndarray) -> None:
    """The same dtype and shape, and equal; floats within some units in the last place of the largest."""
    assert (found.dtype, found.shape) == (due.dtype, due.shape)
    if due.dtype.name not in ULPS:
        np.testing.assert_array_equal(found, due)
        return
    finite = np.abs(due[np.isfinite(due)])
    tolerance = ULPS[due.dtype.name] * np.finfo(due.dtype).eps
    np.testing.assert_allclose(found, due, rtol=tolerance, atol=tolerance * np.max(finite, initial=0.0))
