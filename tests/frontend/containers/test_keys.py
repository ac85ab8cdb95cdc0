"""Objects as keys of dicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference


class Dense:
    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, w: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.tanh(np.sum(w[: self.size]) * x)


class Parser:
    """Which part of a vector belongs to which layer."""

    def __init__(self) -> None:
        self.places: dict[object, slice] = {}
        self.size = 0

    def add(self, name: object, size: int) -> None:
        self.places[name] = slice(self.size, self.size + size)
        self.size += size

    def get(self, vector: np.ndarray, name: object) -> np.ndarray:
        return vector[self.places[name]]


LAYERS = [Dense(1), Dense(2)]
PARSER = Parser()
for made in LAYERS:
    PARSER.add(made, 2)


def keyed_outside(w: np.ndarray, x: np.ndarray) -> float:
    for layer in LAYERS:
        x = layer(PARSER.get(w, layer), x)
    for layer, place in PARSER.places.items():
        x = x + layer(w[place], x) * layer.size
    return np.sum(x)


def keyed_inside(w: np.ndarray, x: np.ndarray) -> float:
    layers, parser = [Dense(1), Dense(2)], Parser()
    for layer in layers:
        parser.add(layer, 2)
    biases = {(layer, k): w[4 + k] for k, layer in enumerate(layers)}
    for k, layer in enumerate(layers):
        x = layer(parser.get(w, layer), x) + biases[layer, k]
    return np.sum([np.sum(x) * layer.size for layer in parser.places])


@pytest.mark.parametrize("f", [keyed_outside, keyed_inside])
def test_objects_are_keys_of_dicts(f: Any) -> None:
    args = (np.array([0.3, 0.2, 0.5, 0.1, -0.4, 0.7]), np.array([1.0, 2.0]))
    gradient = srcad.grad(f, (0, 1))(*args)
    for direction in reference.directions(args, (0, 1), 1).values():
        due = reference.along(f, args, direction)
        assert reference.inner(gradient, direction) == pytest.approx(due.value[0], abs=1e-8)
