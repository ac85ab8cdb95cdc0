"""The floats of nested structures as vectors: rows and columns of a matrix, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from srcad.calls.structures import Float, children, is_float, leaves, map_leaves

Vector = NDArray[np.floating]


@dataclass(frozen=True)
class FloatLayout:
    """The floats in a structure, one after the other."""

    tree: object

    @cached_property
    def leaves(self) -> list[Float]:
        return [leaf for leaf in leaves(self.tree) if is_float(leaf)]

    @cached_property
    def size(self) -> int:
        return sum(int(np.size(leaf)) for leaf in self.leaves)

    def structured(self, vector: Vector) -> object:
        """The structure with the numbers of a vector, and None for what is no float."""
        return _filled(self.tree, iter(np.split(vector, self.ends)))

    def stacked(self, vectors: Vector) -> object:
        """The structure with the numbers of several vectors, along a leading axis."""
        return _filled(self.tree, iter(np.split(vectors, self.ends, axis=1)))

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        return np.cumsum([np.size(leaf) for leaf in self.leaves])[:-1]

    def vector(self, tree: object) -> Vector:
        """The vector of a structure; None stands for zeros."""
        return self.vectors(tree, ())

    def vectors(self, tree: object, lead: tuple[int, ...]) -> Vector:
        """The vectors of a structure whose arrays have these leading axes."""
        parts = list(_beside(self.tree, tree, lead))
        return np.concatenate(parts, axis=-1) if parts else np.zeros((*lead, 0))


def _filled(tree: object, parts: Iterator[Vector]) -> object:
    """The structure with the numbers of a part in the shape and the dtype of each float, behind leading axes."""
    return map_leaves(lambda leaf: _shaped(leaf, next(parts)) if is_float(leaf) else None, tree)


def _shaped(leaf: Float, part: Vector) -> Float:
    if part.ndim == 1 and not isinstance(leaf, np.ndarray):
        return type(leaf)(part[0])
    return part.reshape(part.shape[:-1] + np.shape(leaf)).astype(np.asarray(leaf).dtype, copy=False)


def _beside(tree: object, other: object, lead: tuple[int, ...]) -> Iterator[Vector]:
    """The floats of the other structure, in the places where this one has some."""
    parts = children(tree)
    if parts is not None:
        others = [None] * len(parts) if other is None else children(other) or ()
        for part, beside in zip(parts, others, strict=True):
            yield from _beside(part, beside, lead)
    elif is_float(tree):
        shape = (*lead, np.size(tree))
        yield np.zeros(shape, np.asarray(tree).dtype) if other is None else np.reshape(np.asarray(other), shape)


__all__ = ["FloatLayout", "Vector"]
