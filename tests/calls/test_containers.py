"""Containers as arguments: a gradient is of the class of its argument, and what isn't understood is refused."""

from __future__ import annotations

import collections
import copy
import json
import types
from collections import ChainMap, OrderedDict, UserDict, UserList, defaultdict, deque
from dataclasses import InitVar, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcad
from srcad.errors import SrcadError

A, B = np.array([0.7, 1.3]), 0.4


@dataclass
class Doubling:
    a: Any
    b: float

    def __post_init__(self) -> None:
        self.b = self.b * 2.0


@dataclass
class WithoutInit:
    a: Any
    b: float = 0.4
    c: float = field(init=False, default=3.0)


@dataclass
class WithInitVar:
    a: Any
    k: InitVar[float] = 2.0
    b: float = 1.0

    def __post_init__(self, k: float) -> None:
        self.b = self.b * k


@dataclass(slots=True, kw_only=True, frozen=True)
class Slotted:
    a: Any
    b: float


class Pair(NamedTuple):
    a: Any
    b: float


class Plain:
    def __init__(self, a: Any, b: float) -> None:
        self.a, self.b = a, b
        self.label = "plain"


@srcad.register_container
class Registered:
    made = 0

    def __init__(self, a: Any, b: float) -> None:
        type(self).made += 1
        self.a, self.b, self.label = a, b, "kept"


class Slots:
    __slots__ = ("a", "b", "other")

    def __init__(self, a: Any, b: float) -> None:
        self.a, self.b, self.other = a, b, 2.0


srcad.register_container(Slots, "a", "b")


class OwnDict(dict[str, Any]):
    pass


class OwnItems(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return 2.0 * super().__getitem__(key)


class OwnProduct(np.ndarray):  # type: ignore[type-arg]
    def __mul__(self, other: Any) -> Any:
        return 2.0 * np.asarray(self) * other


class Labelled(np.ndarray):  # type: ignore[type-arg]
    def __array_finalize__(self, obj: Any) -> None:
        self.label = getattr(obj, "label", "")


class OwnFloat(float):
    def __mul__(self, other: Any) -> Any:
        return 2.0 * float(self) * other


class AsArray:
    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return A


def of_attributes(p: Any) -> Any:
    return np.sum(p.a**2) * p.b


def of_items(p: Any) -> Any:
    return np.sum(p["a"] ** 2) * p["b"]


def of_places(p: Any) -> Any:
    return np.sum(p[0] ** 2) * p[1]


def doubled(p: Any) -> Any:
    return np.sum(p * 1.5)


def get(p: Any, name: str, place: int) -> Any:
    if isinstance(p, dict):
        return p[name]
    return p[place] if isinstance(p, (list, tuple)) else getattr(p, name)


def attrs_class() -> Any:
    attrs = pytest.importorskip("attrs")
    return attrs.make_class("Made", ["a", "b"])(A, B)


def pydantic_model() -> Any:
    pydantic = pytest.importorskip("pydantic")
    return pydantic.create_model("Model", __config__={"arbitrary_types_allowed": True}, a=Any, b=float)(a=A, b=B)


RIGHT = {
    "dataclass that computes": (of_attributes, lambda: Doubling(A, B)),
    "dataclass with a field without init": (of_attributes, lambda: WithoutInit(A)),
    "dataclass with an InitVar": (of_attributes, lambda: WithInitVar(A)),
    "dataclass with slots": (of_attributes, lambda: Slotted(a=A, b=B)),
    "namespace": (of_attributes, lambda: types.SimpleNamespace(a=A, b=B)),
    "registered": (of_attributes, lambda: Registered(A, B)),
    "registered with slots": (of_attributes, lambda: Slots(A, B)),
    "attrs": (of_attributes, attrs_class),
    "pydantic": (of_attributes, pydantic_model),
    "named tuple": (of_attributes, lambda: Pair(A, B)),
    "dict": (of_items, lambda: {"a": A, "b": B}),
    "ordered dict": (of_items, lambda: OrderedDict(a=A, b=B)),
    "defaultdict": (of_items, lambda: defaultdict(float, a=A, b=B)),
    "counter": (of_items, lambda: collections.Counter({"a": 0.7, "b": 0.4})),
    "subclass of dict": (of_items, lambda: OwnDict(a=A, b=B)),
    "list": (of_places, lambda: [A, B]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_derivative_is_of_the_class_of_its_argument(name: str) -> None:
    function, make = RIGHT[name]
    p: Any = make()
    a, b = np.asarray(get(p, "a", 0)), get(p, "b", 1)
    due_a, due_b = 2 * a * b, np.sum(a**2)
    gradient: Any = srcad.grad(function)(p)
    assert type(gradient) is type(p)
    np.testing.assert_allclose(get(gradient, "a", 0), due_a)
    np.testing.assert_allclose(get(gradient, "b", 1), due_b)
    (bar,) = srcad.vjp(function, copy.copy(p))[1](1.0)
    assert type(bar) is type(p)
    np.testing.assert_allclose(get(bar, "b", 1), due_b)
    np.testing.assert_allclose(srcad.jvp(function, (p,), (gradient,))[1], np.sum(due_a**2) + due_b**2)
    second: Any = srcad.hvp(function)(p, gradient)
    assert type(second) is type(p)
    np.testing.assert_allclose(get(second, "a", 0), 2 * b * due_a + 2 * a * due_b)


def test_what_has_no_derivative_is_none_in_a_registered_class() -> None:
    before = Registered(A, B)
    count = Registered.made
    gradient = srcad.grad(of_attributes)(before)
    assert gradient.label is None
    assert Registered.made == count, "a gradient is made without __init__"
    assert before.label == "kept"


def test_other_attributes_are_another_specialisation() -> None:
    derived = srcad.grad(lambda p: p.a**2 * getattr(p, "c", 1.0))
    assert derived(types.SimpleNamespace(a=3.0)).a == 6.0
    made = derived(types.SimpleNamespace(a=3.0, c=2.0))
    assert (made.a, made.c) == (12.0, 9.0)


def test_a_dataclass_that_computes_is_returned_as_it_is() -> None:
    value, pullback = srcad.vjp(lambda x: Doubling(x, x), 1.5)
    assert (value.a, value.b) == (1.5, 3.0)
    assert pullback(value) == (1.5 + 2 * 3.0,)


def test_arguments_of_other_classes_are_not_served_by_what_was_compiled() -> None:
    pull = srcad.vjp(of_attributes, Slots(A, B))[1]
    assert type(pull(1.0)[0]) is Slots
    (bar,) = srcad.vjp(of_attributes, Slotted(a=A, b=B))[1](1.0)
    np.testing.assert_allclose(bar.a, 2 * A * B)


ARRAY = AsArray()


def of_an_object(x: Any) -> Any:
    return np.sum(np.asarray(ARRAY) * x)


def of_a_list_from_elsewhere(x: Any) -> Any:
    return np.sum((np.array(json.loads("[1.0, 2.0]")) * 2)[:2] * x)


@pytest.mark.parametrize("function", [of_an_object, of_a_list_from_elsewhere])
def test_arrays_of_objects_that_the_run_knows(function: Any) -> None:
    due = [function(e) for e in np.eye(2)]  # it is linear
    np.testing.assert_allclose(srcad.grad(function)(np.ones(2)), due)
    np.testing.assert_allclose([srcad.jvp(function, (np.ones(2),), (e,))[1] for e in np.eye(2)], due)


REFUSED = {
    "plain object": (of_attributes, lambda: Plain(A, B), "register_container"),
    "UserDict": (of_items, lambda: UserDict(a=A, b=B), "dict(...)"),
    "ChainMap": (of_items, lambda: ChainMap({"a": A}, {"b": B}), "dict(...)"),
    "mapping proxy": (of_items, lambda: types.MappingProxyType({"a": A, "b": B}), "dict(...)"),
    "UserList": (of_places, lambda: UserList([A, B]), "list(...)"),
    "deque": (of_places, lambda: deque([A, B]), "list(...)"),
    "items of its own": (of_items, lambda: OwnItems(a=A, b=B), "dict(p)"),
    "matrix": (lambda p: (p**2).sum(), lambda: np.matrix([[1.0, 2.0], [3.0, 4.0]]), "np.asarray(p)"),
    "masked array": (doubled, lambda: np.ma.masked_array(A, mask=[0, 1]), "p.filled"),
    "product of its own": (doubled, lambda: A.view(OwnProduct), "np.asarray(p)"),
    "float of its own": (doubled, lambda: OwnFloat(2.0), "float(p)"),
    "as an array": (lambda p: np.sum(np.asarray(p) ** 2), AsArray, "np.asarray(...)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_what_to_pass(name: str) -> None:
    function, make, advice = REFUSED[name]
    with pytest.raises(SrcadError) as caught:
        srcad.grad(function)(make())
    assert advice in caught.value.do


def test_what_the_advice_says_works() -> None:
    np.testing.assert_allclose(srcad.grad(of_items)(dict(ChainMap({"a": A}, {"b": B})))["a"], 2 * A * B)
    np.testing.assert_allclose(srcad.grad(of_places)(list(deque([A, B])))[0], 2 * A * B)
    np.testing.assert_allclose(srcad.grad(doubled)(np.asarray(A.view(OwnProduct))), np.full(2, 1.5))
    np.testing.assert_allclose(srcad.grad(doubled)(np.ma.masked_array(A, mask=[0, 1]).filled(0.0)), np.full(2, 1.5))
    again = copy.copy(Plain(A, B))
    assert srcad.grad(lambda p: of_attributes(Plain(*p)))((again.a, again.b))[1] == np.sum(A**2)


@pytest.mark.parametrize("make", [lambda: A.view(Labelled), lambda: A.copy()])
def test_a_subclass_that_computes_as_arrays_do(make: Any) -> None:
    np.testing.assert_allclose(np.asarray(srcad.grad(doubled)(make())), np.full(2, 1.5))
