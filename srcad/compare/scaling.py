"""How a problem grows: one and the same with more inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from srcad.calls.structures import is_float, leaves
from srcad.compare.exact import Beyond
from srcad.compare.inputs import Problem
from srcad.trace.dims import UNKNOWN_DIM, Dim
from srcad.trace.types import Array

SIZES = (8, 16, 32, 64, 128)


@dataclass(frozen=True)
class Scaling:
    """What grows, in words, and the problem of any size."""

    what: str
    of_size: Callable[[int], Problem]


def scaling(problem: Problem) -> Scaling:
    """The first array argument grows, with all whose lengths go with it; of a function of floats, the points."""
    for k in problem.active:
        array = problem.args[k]
        if isinstance(array, np.ndarray) and array.ndim:
            return _of_array(problem, array)
    if problem.is_number and all(is_float(leaf) for k in problem.active for leaf in leaves(problem.args[k])):
        return _of_points(problem)
    raise Beyond("no argument is an array, which could grow, and the result isn't one number")


# ---- a function of arrays


def _of_array(problem: Problem, array: np.ndarray) -> Scaling:
    """The last axis of an argument, and all axes of the same length."""
    axis = array.ndim - 1
    old = array.shape[axis]
    if old == 0:
        raise Beyond("the first array is empty")
    dims = _dims(problem)
    name = problem.labels[0].partition("[")[0]
    others = [n for n, lengths in dims.items() if n != name and any(s.goes_with(dims, name, axis) for s in lengths)]
    what = f"the length of {name}" + (f" (and of {', '.join(others)} with it)" if others else "")
    if array.ndim > 1:
        what = f"the number of columns of {name}" + what.removeprefix(f"the length of {name}")

    def of_size(n: int) -> Problem:
        args: list[object] = []
        length = _length_for(dims, name, axis, n)
        for (_, lengths), arg in zip(dims.items(), problem.args, strict=True):
            sizes = [one.scaled(dims, name, axis, length) for one in lengths]
            args.append(resized(arg, sizes) if isinstance(arg, np.ndarray) and sizes else copy.deepcopy(arg))
        return Problem(problem.function, tuple(args), problem.active)

    return Scaling(what, of_size)


def _length_for(dims: dict[str, list[_Length]], name: str, axis: int, n: int) -> int:
    """The length with which the array has about n elements."""
    grows = [one.goes_with(dims, name, axis) for one in dims[name]]
    rest = float(np.prod([one.size for one, grow in zip(dims[name], grows, strict=True) if not grow]))
    return max(int(np.rint((n / rest) ** (1 / sum(grows)))), 1)


@dataclass(frozen=True)
class _Length:
    """A length of an argument: `dim` as srcad read the program, which is `size` here."""

    dim: Dim
    size: int

    def goes_with(self, dims: dict[str, list[_Length]], name: str, axis: int) -> bool:
        mine = dims[name][axis]
        return self.size == mine.size or (self.dim.number is None and (self.dim - mine.dim).number is not None)

    def scaled(self, dims: dict[str, list[_Length]], name: str, axis: int, n: int) -> int:
        if not self.goes_with(dims, name, axis):
            return self.size
        return n + self.size - dims[name][axis].size


def _dims(problem: Problem) -> dict[str, list[_Length]]:
    """The lengths of each argument; none of what isn't an array."""
    program = problem.program("primal")
    types = {entry.path.root: entry.var.type for entry in program.primal.inputs if not entry.path.steps}
    found: dict[str, list[_Length]] = {}
    for parameter, arg in zip(program.primal.parameters, problem.args, strict=False):
        lengths = [_Length(UNKNOWN_DIM, size) for size in arg.shape] if isinstance(arg, np.ndarray) else []
        known = types.get(parameter.name)
        if isinstance(known, Array) and known.rank == len(lengths):
            pairs = zip(known.dims, lengths, strict=True)
            lengths = [_Length(d, length.size) for d, length in pairs]
        found[parameter.name] = lengths
    return found


def resized(array: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """An array of another shape with the same content over and over; a square matrix along its diagonal.

    So a matrix that can be inverted still can be, and indices stay within their range.
    """
    shape = tuple(shape)
    if shape == array.shape:
        return array.copy()
    if array.ndim == 2 and array.shape[0] == array.shape[1] and shape[0] == shape[1]:
        copies = -(-shape[0] // array.shape[0])
        repeated: np.ndarray = np.kron(np.eye(copies, dtype=array.dtype), array)
        return repeated[: shape[0], : shape[1]]
    places = (np.arange(n) % old for n, old in zip(shape, array.shape, strict=True))
    filled: np.ndarray = array[np.ix_(*places)]
    return filled


# ---- a function of floats


def _of_points(problem: Problem) -> Scaling:
    """The sum of the function over many points: the only way in which a function of floats can have more inputs."""
    function = cast("Callable[..., float]", problem.function)
    args, active = problem.args, problem.active
    count = problem.width

    def total(points: np.ndarray) -> float:
        found = 0.0
        for k in range(len(points)):
            found = found + one(points[k])
        return found

    one = _at_row(function, args, active)

    def of_size(n: int) -> Problem:
        rows = max(n // count, 1)
        return Problem(total, (np.tile(problem.point, (rows, 1)),), (0,))

    inputs = "one input" if count == 1 else f"{count} inputs"
    return Scaling(f"the number of points at which {problem.name} is taken, and summed up ({inputs} each)", of_size)


def _at_row(
    function: Callable[..., float], args: tuple[object, ...], active: tuple[int, ...]
) -> Callable[[np.ndarray], float]:
    """The function of a row of inputs; the other arguments rest."""
    if not all(is_float(arg) and np.ndim(arg) == 0 for arg in (args[k] for k in active)):
        raise Beyond("its inputs are floats in containers, and no argument is an array, which could grow")
    places = {k: place for place, k in enumerate(active)}

    def one(row: np.ndarray) -> float:
        given = [row[places[k]] if k in places else args[k] for k in range(len(args))]
        return function(*given)

    return one
