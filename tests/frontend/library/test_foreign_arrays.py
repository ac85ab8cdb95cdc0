"""Arrays that compute in a way of their own meet differentiated values: refused, and right once they are plain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported

W = np.array([0.5, 1.0, 2.0])


class Labelled:
    """Numbers with labels, of which two are added by these."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = np.asarray(numbers, float)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.numbers

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Labelled:
        return Labelled(getattr(ufunc, method)(*map(np.asarray, inputs), **options))

    def __mul__(self, other: Any) -> Labelled:
        return Labelled(self.numbers * np.asarray(other))

    def __getitem__(self, place: Any) -> Any:
        found = self.numbers[place]
        return Labelled(found) if np.ndim(found) else found

    def to_numpy(self) -> np.ndarray:
        return self.numbers

    def mean(self) -> float:
        return float(self.numbers.mean())


LABELLED = Labelled([1.0, 2.0, 3.0])
MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[True, False, False])

REFUSED: dict[str, Any] = {
    "an object from outside": lambda w: np.sum(w * LABELLED),
    "the other way round": lambda w: np.sum(w * (LABELLED * 2.0)),
    "what a function of NumPy makes of it": lambda w: np.sum(w * np.exp(LABELLED)),
    "a part of it": lambda w: np.sum(w[1:] * LABELLED[1:]),
    "a product of matrices": lambda w: w @ LABELLED,
    "made of a mask": lambda w: np.sum(w * np.ma.array([1.0, 2.0, 3.0], mask=[True, False, False])),
    "made a matrix": lambda w: np.sum(w[:, None] * np.asmatrix([1.0, 2.0, 3.0])),
}
RIGHT: dict[str, tuple[Any, Any]] = {
    "as an array": (lambda w: np.sum(w * np.asarray(LABELLED)), [1.0, 2.0, 3.0]),
    "by its method": (lambda w: np.sum(w * LABELLED.to_numpy()), [1.0, 2.0, 3.0]),
    "a number of it": (lambda w: np.sum(w) * LABELLED[1] * LABELLED.mean(), [4.0, 4.0, 4.0]),
    "without the mask": (
        lambda w: np.sum(w * np.ma.array([1.0, 2.0, 3.0], mask=[1, 0, 0]).filled(0.0)),
        [0.0, 2.0, 3.0],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    for derived in (srcad.grad(REFUSED[name]), srcad.jacobian(REFUSED[name])):
        with pytest.raises(NotYetSupported, match=r"computed with[\s\S]*at .*test_foreign_arrays.py[\s\S]*np.asarray"):
            derived(W)


@pytest.mark.parametrize("name", RIGHT)
def test_right_as_plain_arrays(name: str) -> None:
    program, due = RIGHT[name]
    np.testing.assert_allclose(srcad.grad(program)(W), due)


def test_an_argument_beside() -> None:
    with pytest.raises(NotYetSupported, match="computed with a Labelled"):
        srcad.grad(lambda w, d: np.sum(w * d))(W, LABELLED)


# ---- refusals of rules name a line, too


def test_a_rule_that_refuses_names_the_line() -> None:
    special = pytest.importorskip("scipy.special")

    def f(x: np.ndarray) -> Any:
        return special.jv(x[0], x[1])

    for derived in (srcad.grad(f), srcad.hessian(f), srcad.jacfwd(f), lambda x: srcad.jvp(f, (x,), (x,))):
        with pytest.raises(NotYetSupported, match="jv with respect to its order") as found:
            derived(np.array([1.0, 2.0]))
        assert found.value.span is not None
        assert "special.jv(x[0], x[1])" in found.value.span.text
