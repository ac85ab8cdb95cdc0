"""A derivative that is kept sees what names and attributes mean now: what came to stand before others counts."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference

X = np.array([0.5, -1.2, 2.0])
Change = Callable[[], object]
Scene = Callable[[], tuple[Callable[[np.ndarray], float], tuple[Change, ...]]]


def scaled(x: np.ndarray, scale: float = 2.0) -> np.ndarray:
    return x * scale


def squared(x: np.ndarray, scale: float = 2.0) -> np.ndarray:
    return x * x * scale


def by_keyword(x: np.ndarray, *, scale: float = 2.0) -> np.ndarray:
    return x * scale


def instance_before_class() -> Any:
    class Model:
        scale, power = 2.5, 2

        def loss(self, x):
            return np.sum(x**self.power) * self.scale

    model: Any = Model()
    changes = (
        lambda: setattr(model, "scale", 1.5),
        lambda: setattr(model, "power", 3),
        lambda: delattr(model, "scale"),
        lambda: setattr(Model, "scale", 7.0),
    )
    return model.loss, changes


def method_of_an_instance() -> Any:
    class Model:
        def step(self, x):
            return x

        def loss(self, x):
            return np.sum(self.step(x))

    model: Any = Model()
    return model.loss, (lambda: setattr(model, "step", lambda x: 5 * x), lambda: delattr(model, "step"))


def class_before_its_base() -> Any:
    class Base:
        scale, power = 2.0, 2

    class Model(Base):
        def loss(self, x):
            return np.sum(x**self.power) * self.scale

    changes = (
        lambda: setattr(Model, "scale", 5.0),
        lambda: setattr(Model, "power", 3),
        lambda: setattr(Base, "scale", 7.0),
        lambda: delattr(Model, "scale"),
    )
    return Model().loss, changes


def what_super_finds() -> Any:
    class Base:
        def step(self, x):
            return x

    class Model(Base):
        def step(self, x):
            return super().step(x) * 2

    model = Model()
    return lambda x: np.sum(model.step(x)), (lambda: setattr(Base, "step", lambda self, x: 6 * x),)


def attribute_that_comes() -> Any:
    class Model:
        def loss(self, x):
            return np.sum(x) * (self.scale if hasattr(self, "scale") else 1.0)

    model: Any = Model()
    changes = (
        lambda: setattr(model, "scale", 4.0),
        lambda: delattr(model, "scale"),
        lambda: setattr(Model, "scale", 6.0),
    )
    return model.loss, changes


def attribute_with_a_default() -> Any:
    options = types.SimpleNamespace(shift=1.0)

    def loss(x):
        return np.sum(x) * getattr(options, "scale", 2.0) * options.shift

    return loss, (lambda: setattr(options, "scale", 3.0), lambda: delattr(options, "scale"))


def attribute_of_a_module() -> Any:
    module = types.ModuleType("options")

    def loss(x):
        return np.sum(x) * getattr(module, "scale", 1.0)

    return loss, (lambda: setattr(module, "scale", 3.0),)


def attribute_that_is_made() -> Any:
    class Model:
        def __getattr__(self, name):
            return 3.0

        def loss(self, x):
            return np.sum(x) * self.scale

    model: Any = Model()
    return model.loss, (lambda: setattr(model, "scale", 4.0), lambda: delattr(model, "scale"))


def function_with_other_defaults() -> Any:
    def loss(x):
        return np.sum(scaled(x) + by_keyword(x))

    changes = (
        lambda: setattr(scaled, "__defaults__", (5.0,)),
        lambda: setattr(by_keyword, "__kwdefaults__", {"scale": 7.0}),
    )
    return loss, changes


def function_with_other_code() -> Any:
    def loss(x):
        return np.sum(scaled(x))

    code, other = scaled.__code__, squared.__code__
    return loss, (lambda: setattr(scaled, "__code__", other), lambda: setattr(scaled, "__code__", code))


def global_before_a_builtin() -> Any:
    def loss(x):
        return np.sum(abs(x))

    names = globals()
    return loss, (lambda: names.update(abs=lambda x: 3 * x), lambda: names.pop("abs"))


SCENES: tuple[Scene, ...] = (
    instance_before_class,
    method_of_an_instance,
    class_before_its_base,
    what_super_finds,
    attribute_that_comes,
    attribute_with_a_default,
    attribute_of_a_module,
    attribute_that_is_made,
    function_with_other_defaults,
    function_with_other_code,
    global_before_a_builtin,
)


@pytest.mark.parametrize("scene", SCENES)
def test_what_is_meant_now(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaled, "__defaults__", scaled.__defaults__)  # put back in the end
    monkeypatch.setattr(by_keyword, "__kwdefaults__", by_keyword.__kwdefaults__)
    loss, changes = scene()
    gradient = srcad.grad(loss)
    for change in (lambda: None, *changes):
        change()
        direction = np.cos(X)
        due = reference.along(loss, (X,), (direction,)).value
        assert np.sum(gradient(X) * direction) == pytest.approx(due[0], rel=1e-7)
