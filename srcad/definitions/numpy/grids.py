"""What `np.r_`, `np.c_`, `np.mgrid` and `np.ogrid` make of their parts."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = Any  # a number or an array


def joined(parts: Any, spans: Any, axis: int, rank: int, place: int) -> Numbers:
    """The parts one behind the other; `spans` says which of them are made of slices.

    rank   the least number of dimensions of each
    place  where the dimensions of one of fewer go, among those that it lacks; -1: behind them
    """
    return np.concatenate([_raised(parts[k], spans[k], rank, place) for k in range(len(parts))], axis=axis)


def _raised(part: Numbers, is_span: bool, rank: int, place: int) -> Numbers:
    have = np.ndim(part)
    raised = np.array(part, ndmin=rank)
    if have == 0 or have >= rank or place == -1:
        return raised
    if is_span:
        return np.swapaxes(raised, -1, place)
    lacking = rank - have
    first = place if place >= 0 else place + lacking + 1
    every = tuple(range(rank))
    return np.transpose(raised, every[:first] + every[lacking:] + every[first:lacking])


def dense(axes: Any) -> Numbers:
    return np.stack(np.meshgrid(*axes, indexing="ij"))


def open_mesh(axes: Any) -> Any:
    return np.meshgrid(*_alike(axes), indexing="ij", sparse=True)


def _alike(axes: Any) -> Any:
    """Of one dtype."""
    total = sum([a[:1] for a in axes])
    return tuple(a.astype(total.dtype) for a in axes)
