"""Arguments made up from descriptions and annotations."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, NewType, Optional

import numpy as np
import pytest
from numpy.typing import NDArray

from srcad.calls.example import example_call
from srcad.calls.typespec import parse_values
from srcad.errors import ArgumentError


def made(spec: str) -> Any:
    return example_call(lambda x: x, f"x: {spec}").args[0]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("float", 1.0),
        ("int", 2),
        ("bool", True),
        ("3", 3),
        ("0.5", 0.5),
        ("-2", -2),
        ("'relu'", "relu"),
        ("None", None),
    ],
)
def test_numbers_and_literals(spec: str, expected: Any) -> None:
    value = made(spec)
    assert value == expected
    assert type(value) is type(expected)


def test_arrays() -> None:
    value = made("float32[m, 3]")
    assert value.dtype == np.float32
    assert value.shape[1] == 3
    assert value.shape[0] not in (1, 3)
    assert made("float64[]").shape == ()
    assert isinstance(made("complex"), complex)
    assert made("complex64[3]").dtype == np.complex64
    assert isinstance(made("float32"), np.float32)


def test_the_same_symbol_is_the_same_length() -> None:
    w, X = example_call(lambda w, X: X, "w: float64[n], X: float64[m, n]").args
    assert X.shape[1] == len(w) != X.shape[0]


def test_containers() -> None:
    value = made("{'W': float64[m, n], 'b': [float, float], 'c': (float, int), 'd': tuple[float, float]}")
    assert value["W"].ndim == 2
    assert value["b"] == [1.0, 1.0]
    assert value["c"] == (1.0, 2)
    assert value["d"] == (1.0, 1.0)


class Point(NamedTuple):
    x: float
    y: NDArray[np.float32]


@dataclass
class Body:
    mass: float
    at: Point


def annotated(
    a: float,
    b: int,
    c: np.ndarray,
    d: NDArray[np.float32],
    e: float64[3, n],  # type: ignore[valid-type]  # noqa: F821
    f: Annotated[NDArray[np.float64], "float64[m, m]"],
    g: Body,
    h: float | None = None,
    i=2,
    *,
    j,
): ...


def test_annotations_and_defaults() -> None:
    annotated.__annotations__["e"] = "float64[3, n]"
    example = example_call(annotated, "c: float64[k, 2]")
    a, b, c, d, e, f, g, h, i = example.args
    assert (a, b, h, i) == (1.0, 2, 1.0, 2)
    assert c.shape[1] == 2
    assert d.dtype == np.float32
    assert e.shape[0] == 3
    assert f.shape[0] == f.shape[1]
    assert isinstance(g, Body) and isinstance(g.at, Point) and g.at.y.dtype == np.float32
    assert example.kwargs == {"j": 1.0}
    assert "j: float" in example.assumed
    assert not any(line.startswith(("a:", "c:", "i:")) for line in example.assumed)


ALIASES = """
type Weights = NDArray[np.float32]
type Swapped[A, B] = tuple[B, A]
type Same[A] = A
type Vector[A: np.generic] = np.ndarray[tuple[int], np.dtype[A]]
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` came with Python 3.12")
def test_names_of_types() -> None:
    names: dict[str, Any] = {"np": np, "NDArray": NDArray}
    exec(ALIASES, names)

    def named(a, b, c, d): ...

    named.__annotations__ = {
        "a": names["Weights"],
        "b": names["Swapped"][int, names["Weights"]],
        "c": names["Same"][bool],
        "d": names["Vector"][np.float16],
    }
    a, (weights, count), c, d = example_call(named).args
    assert [a.dtype, weights.dtype, d.dtype] == [np.float32, np.float32, np.float16]
    assert count == 2
    assert c is True


Height = NewType("Height", float)


def test_arrays_and_numbers_in_every_form() -> None:
    def f(
        a: np.ndarray[tuple[int, int], np.dtype[np.float32]],
        b: np.ndarray[Any, np.dtype[np.float32]],
        c: NDArray[Any],
        d: Height,
        e: Optional[NDArray[np.float32]],  # noqa: UP045
        f: np.float32,
    ): ...

    example = example_call(f)
    a, b, c, d, e, f = example.args
    assert [value.dtype for value in (a, b, c, e, f)] == [np.float32, np.float32, np.float64, np.float32, np.float32]
    assert d == 1.0
    assert not any(line.startswith("d:") for line in example.assumed)


@pytest.mark.parametrize("spec", ["x", "x: float6", "x: float64[n", "x: [float", "y: float", "x: float float", "x:"])
def test_what_cant_be_read(spec: str) -> None:
    with pytest.raises(ArgumentError):
        example_call(lambda x: x, spec)


def test_values() -> None:
    values = parse_values("x1=2, w=[1, 2.5], X=[[1, 2], [3, 4]], name='a', flag=True")
    assert values["x1"] == 2.0 and isinstance(values["x1"], float)
    assert values["w"].tolist() == [1.0, 2.5]
    assert values["X"].shape == (2, 2)
    assert values["name"] == "a" and values["flag"] is True


def test_values_of_integer_parameters_stay_integers() -> None:
    def power(x, n=2): ...

    args = example_call(power, at="x=2, n=3").args
    assert args == (2.0, 3)
    assert [type(a) for a in args] == [float, int]
