"""What typing says of a result's dtype, dims and kind is what NumPy does, for all mixtures of operands."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from srcad.ops.catalogue import LOWERINGS, OPS, builder
from srcad.ops.elementwise import ARITHMETIC, COMPARISONS, PLAIN_UFUNCS, UFUNCS
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import Region, Var
from srcad.trace.types import Scalar, Unknown, dims_of, dtype_of, type_of
from tests.rules.checking import MEANING

OPERANDS: dict[str, Any] = {
    "float": 0.5,
    "int": 3,
    "bool": True,
    "complex": 0.5 + 0.25j,
    "float32": np.float32(0.5),
    "float64": np.float64(0.5),
    "int32": np.int32(3),
    "float64[2]": np.array([0.5, 0.75]),
    "float32[2]": np.array([0.5, 0.75], np.float32),
    "int64[2]": np.array([1, 3]),
    "bool[2]": np.array([True, False]),
    "float64[3,1]": np.ones((3, 1)) * 0.5,
}
NAMES = [*ARITHMETIC, *COMPARISONS, *UFUNCS, *PLAIN_UFUNCS, "sign", "where", "clip", "sinc", "real", "imag"]
NAMES += ["conjugate", "logical_not"]


def operand_count(name: str) -> int:
    return {"where": 3, "clip": 3, "sinc": 1, "real": 1, "imag": 1}.get(name) or int(getattr(np, name).nin)


def outcome(build: Any, values: tuple[Any, ...]) -> tuple[Any, Any]:
    """The type of the result, and its value; None where the program itself fails."""
    b = builder()
    inputs = [Var(type_of(v, f"x{k}")) for k, v in enumerate(values)]
    result = build(b, *inputs)
    try:
        with np.errstate(all="ignore"):
            (value,) = evaluate(Region(tuple(inputs), tuple(b.equations), (result,)), values, MEANING)
    except (TypeError, ValueError):
        return result.type, None
    return result.type, value


def agrees(t: Any, value: Any, operator: bool) -> bool:
    """Whether a value is as its type says. What NumPy's functions make of Python numbers counts as Python's here: that
    is what `math` makes of them, and a call by the user says so (see below)."""
    if isinstance(t, Unknown):
        return t.dtype is None or str(np.asarray(value).dtype) == t.dtype
    if operator and isinstance(t, Scalar) and t.python and not isinstance(value, (int, float, complex, bool)):
        return False
    return str(np.asarray(value).dtype) == dtype_of(t) and len(dims_of(t) or ()) == np.ndim(value)


@pytest.mark.parametrize("name", NAMES)
def test_of_operations(name: str) -> None:
    wrong = []
    operands = [label for label in OPERANDS if "bool" not in label or name not in ("real", "imag", "conjugate")]
    for labels in itertools.product(operands, repeat=operand_count(name)):
        t, value = outcome(lambda b, *x: b.emit(name, *x), tuple(OPERANDS[label] for label in labels))
        if value is not None and not agrees(t, value, name in ARITHMETIC or name in COMPARISONS):
            wrong.append(f"{name}({', '.join(labels)}): {t}, not {np.asarray(value).dtype} {type(value).__name__}")
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("where", "clip", "sinc", "real", "imag")])
def test_of_calls_on_python_numbers(name: str) -> None:
    """A NumPy function makes NumPy numbers of Python's."""
    for labels in itertools.product(("float", "int"), repeat=operand_count(name)):
        t, _ = outcome(lambda b, *x: LOWERINGS[getattr(np, name)](b, *x), tuple(OPERANDS[label] for label in labels))
        values = tuple(OPERANDS[label] for label in labels)
        try:
            with np.errstate(all="ignore"):
                expected = getattr(np, name)(*values)
        except TypeError:
            continue
        assert isinstance(t, Scalar)
        assert not t.python
        assert t.dtype == str(expected.dtype), (labels, t, expected.dtype)


def test_lengths_of_integer_arithmetic() -> None:
    b = builder()
    x = Var(type_of(np.ones((4, 5)), "x"))
    n, m = (b.emit("dim", x, axis=k) for k in (0, 1))
    lengths = {
        "x0+1": b.emit("add", n, 1),
        "x0-2": b.emit("subtract", b.emit("subtract", n, 1), 1),
        "0": b.emit("subtract", n, n),
        "x0*x1": b.emit("multiply", m, n),
        "x0//2": b.emit("floor_divide", n, 2),
        "6": b.emit("multiply", 2, 3),
    }
    for text, atom in lengths.items():
        assert str(atom.type.length) == text


def test_every_operation_has_a_meaning() -> None:
    structural = {"if", "for", "while", "scope"}
    for name in OPS:
        assert name in structural or MEANING[name]
