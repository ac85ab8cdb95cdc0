"""Statistics of arrays without elements: NaN where NumPy has it, and nothing that moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

CALLS: dict[str, Callable[[np.ndarray], Any]] = {
    "median": np.median,
    "of columns": lambda x: np.median(x, axis=0),
    "of rows": lambda x: np.median(x, axis=-1),
    "kept": lambda x: np.median(x, axis=0, keepdims=True),
    "nanmedian": np.nanmedian,
    "nanquantile": lambda x: np.nanquantile(x, 0.3),
    "nanpercentile of columns": lambda x: np.nanpercentile(x, 30, axis=0),
    "cov": np.cov,
    "gradient": np.gradient,
    "quantile": lambda x: np.quantile(x, 0.3),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_as_numpy(call: Callable[[np.ndarray], Any], shape: tuple[int, ...]) -> None:
    def f(x: np.ndarray) -> float:
        return np.sum(call(x))

    x = np.zeros(shape)
    try:
        due = f(x)
    except Exception as error:
        for derivative in (lambda: srcad.grad(f)(x), lambda: srcad.jvp(f, (x,), (x,))):
            with pytest.raises(type(error)):
                derivative()
        return
    value, gradient = srcad.value_and_grad(f)(x)
    np.testing.assert_equal([value, srcad.jvp(f, (x,), (x,))[0]], [due, due])
    assert gradient.shape == shape
