"""What is compared: a function at a point, its inputs as one vector."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from srcad.calls.arguments import Binder, name_of
from srcad.calls.programs import program_of
from srcad.calls.structures import is_float, leaves, map_leaves
from srcad.compile.program import Program
from srcad.compile.requests import Request
from srcad.show.values import input_values
from srcad.testing.directions import flat, like

Vector = NDArray[np.inexact]  # of floats; a program that isn't real has complex numbers


@dataclass(frozen=True)
class Problem:
    """A function, arguments, and the positions of those that are differentiated."""

    function: Callable[..., object]
    args: tuple[object, ...]
    active: tuple[int, ...]

    @property
    def name(self) -> str:
        return name_of(self.function)

    @cached_property
    def point(self) -> Vector:
        """All inputs as one vector."""
        return flat([self.args[k] for k in self.active])

    @property
    def width(self) -> int:
        """How many inputs there are: W."""
        return int(self.point.size)

    def value_again(self) -> object:
        return self.function(*copy.deepcopy(self.args))

    @cached_property
    def value(self) -> object:
        return self.value_again()

    @cached_property
    def height(self) -> int:
        """How many outputs there are."""
        return int(flat(self.value).size)

    @property
    def is_number(self) -> bool:
        return is_float(self.value) and np.ndim(self.value) == 0

    def at(self, vector: Sequence[object] | Vector) -> tuple[object, ...]:
        """The arguments with other inputs, of any kind of number."""
        rest = list(vector)

        def taken(leaf: object) -> object:
            if not is_float(leaf):
                return copy.deepcopy(leaf)
            mine = [rest.pop(0) for _ in range(np.size(leaf))]
            if isinstance(leaf, np.ndarray):
                return np.reshape(np.array(mine), np.shape(leaf))
            return float(mine[0]) if type(leaf) is float and isinstance(mine[0], np.floating) else mine[0]

        return tuple(
            map_leaves(taken, arg) if k in self.active else copy.deepcopy(arg) for k, arg in enumerate(self.args)
        )

    def tangents(self, vector: Vector) -> tuple[object, ...]:
        """A vector as tangents of the arguments: None for what rests."""
        moved = self.at(vector)
        return tuple(
            map_leaves(lambda leaf, new: like(leaf, new) if is_float(leaf) else None, arg, new)
            if k in self.active
            else None
            for k, (arg, new) in enumerate(zip(self.args, moved, strict=True))
        )

    def along(self, vector: Sequence[object] | Vector) -> Vector:
        """All outputs, at other inputs."""
        return flat(self.function(*self.at(vector)))

    def program(self, kind: str) -> Program:
        return program_of(
            self.function,
            Binder(self.function).bind(self.args, {}),
            Request(kind, self.active, single=False),
        )

    def inputs(self, program: Program, args: tuple[object, ...]) -> tuple[object, ...]:
        """The values of a program's inputs for other arguments."""
        flat_call = Binder(self.function).bind(args, {}).flat
        return input_values(program.primal, flat_call, program.reading.roots)

    @property
    def labels(self) -> list[str]:
        """A name for each input: x, w[0], w[1]."""
        names = Binder(self.function).names
        found: list[str] = []
        for k in self.active:
            name = names[k] if k < len(names) else f"argument{k}"
            parts = [leaf for leaf in leaves(self.args[k]) if is_float(leaf)]
            count = sum(int(np.size(leaf)) for leaf in parts)
            alone = len(parts) == 1 and np.ndim(parts[0]) == 0
            found += [name] if alone else [f"{name}[{i}]" for i in range(count)]
        return found
