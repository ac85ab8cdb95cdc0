"""The compiled guards: which calls a specialisation serves."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np
import pytest

from srcad.calls.guards import MISS, compile_entry, same_value
from srcad.frontend.core.guards import Guard, IdentityGuard, ListGuard, StructureGuard, TypeGuard, ValueGuard
from srcad.trace.nodes import Parameter, Path
from srcad.trace.types import FLOAT, INT, type_of

X = Path("x")


def entry(*guards: Guard, parameters: tuple[Parameter, ...] = (Parameter("x"),), **roots: Any) -> Any:
    """`enter`, which gives back what it would call the function with."""
    compiled = compile_entry(parameters, guards, tuple(roots))
    fetches = {f"fetch{k}": (lambda name=name: roots[name]) for k, name in enumerate(roots)}
    seen: dict[str, Any] = {}
    own = {"call": lambda *args, **kwargs: (args, kwargs), "rescue": _reraise, "namespaces": [seen]}
    enter = FunctionType(compiled.enter, {**compiled.constants, **fetches, **own})
    enter.seen = seen  # type: ignore[attr-defined]
    return enter


def _reraise(error: Exception, flat: tuple[Any, ...]) -> Any:
    raise error


def serves(value: Any, *guards: Guard) -> bool:
    return entry(*guards)(value) is not MISS


def test_types_of_numbers() -> None:
    guard = TypeGuard(X, FLOAT)
    assert serves(1.0, guard)
    assert not any(serves(other, guard) for other in (1, True, np.float64(1.0), np.ones(3), "1", None))
    assert serves(np.float32(1), TypeGuard(X, type_of(np.float32(1))))


def test_arrays_of_other_sizes_but_not_of_other_kinds() -> None:
    guard = TypeGuard(X, type_of(np.ones((3, 1)), "x"))
    assert serves(np.ones((5, 1)), guard)
    others = (np.ones((3, 2)), np.ones((1, 1)), np.ones(3), np.ones((3, 1), np.float32), np.ones((3, 1), int), 1.0)
    assert not any(serves(other, guard) for other in others)


def test_byte_order_is_part_of_the_dtype() -> None:
    assert not serves(np.ones(3, ">f8"), TypeGuard(X, type_of(np.ones(3), "x")))


def test_an_array_without_dimensions() -> None:
    guard = TypeGuard(X, type_of(np.array(1.0), "x"))
    assert serves(np.array(2.0), guard)
    assert not serves(np.ones(1), guard)


def test_layout() -> None:
    guard = TypeGuard(X, type_of(np.ones((3, 2)), "x"), "C")
    assert serves(np.ones((4, 2)), guard)
    assert not serves(np.ones((2, 4)).T, guard)


@pytest.mark.parametrize("value", [3, "relu", None, True, 2.5, (1, 2), 1j, slice(1, 2)])
def test_values(value: Any) -> None:
    assert serves(value, ValueGuard(X, value))
    assert not serves("something else", ValueGuard(X, value))


def test_values_have_the_same_python_type() -> None:
    assert not serves(True, ValueGuard(X, 1))
    assert not serves(1, ValueGuard(X, True))
    assert not serves(1.0, ValueGuard(X, 1))


def test_same_value_knows_nan_and_minus_zero() -> None:
    assert same_value(float("nan"), float("nan"))
    assert not same_value(0.0, -0.0)


def test_identity() -> None:
    assert serves(np.sin, IdentityGuard(X, np.sin))
    assert not serves(np.cos, IdentityGuard(X, np.sin))


def test_containers_and_what_is_in_them() -> None:
    guards = (
        TypeGuard(X.item("w").item(1), FLOAT),
        StructureGuard(X.item("w"), "list", (0, 1), list),
        StructureGuard(X, "dict", ("w", "b"), dict),
    )
    assert serves({"w": [0, 1.0], "b": None}, *guards)
    others: tuple[Any, ...] = (
        {"b": None, "w": [0, 1.0]},
        {"w": [0, 1.0]},
        {"w": [0, 1], "b": None},
        {"w": (0, 1.0), "b": 1},
        {"w": [0, 1.0, 2.0], "b": 1},
        [],
    )
    assert not any(serves(other, *guards) for other in others)


def test_lists_of_one_type() -> None:
    guard = ListGuard(X, FLOAT)
    assert serves([1.0, 2.0, 3], guard)
    assert not any(serves(other, guard) for other in ([1, 2], [], [1.0, "a"], (1.0, 2.0), [1.0, True]))
    assert serves([1, 2], ListGuard(X, INT))


def test_what_is_absent() -> None:
    guard = StructureGuard(X.attr("scale"), "absent")
    assert serves(object(), guard)
    assert not serves(pytest, StructureGuard(Path("x").attr("fixture"), "absent"))


def test_free_roots_are_fetched_and_handed_on() -> None:
    enter = entry(TypeGuard(Path("scale"), FLOAT), scale=2.0)
    assert enter(1) == ((1,), {})
    assert enter.seen == {"scale": 2.0}
    assert entry(TypeGuard(Path("scale"), FLOAT), scale=2)(1) is MISS


def test_a_root_that_is_gone_is_a_miss() -> None:
    compiled = compile_entry((Parameter("x"),), (TypeGuard(Path("scale"), FLOAT),), ("scale",))
    enter = FunctionType(compiled.enter, {**compiled.constants, "fetch0": lambda: {}["scale"], "namespaces": []})
    assert enter(1.0) is MISS


def test_parameters_of_all_kinds() -> None:
    parameters = tuple(Parameter(n, k) for n, k in (("a", "plain"), ("r", "*"), ("k", "keyword"), ("o", "**")))
    assert entry(parameters=parameters)(1, (2, 3), 4, {"z": 5}) == ((1, 2, 3), {"k": 4, "z": 5})
