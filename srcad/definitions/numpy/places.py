"""Functions that put elements in, take them out, or compare neighbours, in the cases that are rarely met."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.definitions.words import refused

Numbers = Any  # a number or an array


def insert(arr: Numbers, obj: Any, values: Numbers, axis: Any = None) -> Numbers:
    x: Any = np.ravel(arr) if axis is None else np.asarray(arr)
    rank = x.ndim
    place = 0 if axis is None else axis % rank
    n = x.shape[place]
    if isinstance(obj, slice):
        where = np.arange(n)[obj]
    else:
        where = np.asarray(obj)
        if where.dtype.kind == "b":
            where = np.flatnonzero(where)
    if where.ndim == 0 or where.shape[0] == 1:
        given = np.array(values, ndmin=rank)
        if where.ndim == 0:
            given = np.moveaxis(given, 0, place)
        first = where if where.ndim == 0 else where[0]
        index: Any = np.where(first < 0, first + n, first)
        shape = tuple([given.shape[k] if k == place else x.shape[k] for k in range(rank)])
        slab = np.broadcast_to(given, shape).astype(x.dtype)
        return np.concatenate(
            (np.take(x, np.arange(index), axis=place), slab, np.take(x, np.arange(index, n), axis=place)), axis=place
        )
    where = np.where(where < 0, where + n, where)
    count = where.shape[0]
    order = np.argsort(where, kind="stable")
    targets = np.zeros(count, dtype=int)
    targets[order] = where[order] + np.arange(count)
    shape = tuple([count if k == place else x.shape[k] for k in range(rank)])
    given = np.moveaxis(np.broadcast_to(np.asarray(values), shape), place, 0)
    rows = np.moveaxis(x, place, 0)
    kept = np.ones(n + count, dtype=bool)
    kept[targets] = False
    made = np.zeros((n + count, *rows.shape[1:]), dtype=x.dtype)
    made[targets] = given
    made[kept] = rows
    return np.moveaxis(made, 0, place)


def delete(arr: Numbers, obj: Any, axis: Any = None) -> Numbers:
    x = np.ravel(arr) if axis is None else np.asarray(arr)
    place = 0 if axis is None else axis % x.ndim
    kept = np.ones(x.shape[place], dtype=bool)
    kept[obj] = False
    return np.compress(kept, x, axis=place)


def interp(x: Numbers, xp: Numbers, fp: Numbers, left: Any = None, right: Any = None, period: Any = None) -> Numbers:
    """Of a periodic function: the points in order within a period, and one more on each side.

    It has no ends, so that nothing is taken to the left and right of them.
    """
    if period == 0:
        raise ValueError("period must be a non-zero value")
    cycle = np.abs(period)
    points = np.asarray(xp) % cycle
    order = np.argsort(points)
    points, heights = points[order], np.asarray(fp)[order]
    points = np.concatenate((points[-1:] - cycle, points, points[:1] + cycle))
    heights = np.concatenate((heights[-1:], heights, heights[:1]))
    return np.interp(np.asarray(x) % cycle, points, heights)


def gradient(f: Numbers, *varargs: Numbers, axis: Any = None, edge_order: int = 1) -> Any:
    """With coordinates, and parabolas at the ends."""
    x = np.asarray(f)
    rank = x.ndim
    axes = tuple(range(rank)) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    results = [
        _along(x, axes[k] % rank, varargs[k] if len(varargs) > 1 else varargs[0], edge_order) for k in range(len(axes))
    ]
    return results[0] if len(results) == 1 else tuple(results)


def _along(f: Numbers, axis: int, spacing: Numbers, edge_order: Any) -> Numbers:
    if np.ndim(spacing) == 0 or edge_order != 2:
        return np.gradient(f, spacing, axis=axis, edge_order=edge_order)
    inner = np.gradient(f, spacing, axis=axis)
    gaps = np.diff(spacing)
    return np.concatenate(
        (
            _parabola(f, axis, gaps[0], gaps[1], (0, 1, 2)),
            np.take(inner, np.arange(1, f.shape[axis] - 1), axis=axis),
            _parabola(f, axis, -gaps[-1], -gaps[-2], (-1, -2, -3)),
        ),
        axis=axis,
    )


def _parabola(f: Numbers, axis: int, near: Numbers, far: Numbers, places: tuple[int, int, int]) -> Numbers:
    """The slope at the end of the parabola through the last three points."""
    one, two, three = [np.take(f, [k], axis=axis) for k in places]
    whole = near + far
    return -(2 * near + far) / (near * whole) * one + whole / (near * far) * two - near / (far * whole) * three


def cross(a: Numbers, b: Numbers, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Numbers:
    """Of vectors of which some have two components: the third is 0."""
    if axis is not None:
        axisa, axisb, axisc = axis, axis, axis
    one, other = np.moveaxis(np.asarray(a), axisa, -1), np.moveaxis(np.asarray(b), axisb, -1)
    if one.shape[-1] == 2 and other.shape[-1] == 2:
        return one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    product = np.cross(_in_space(one), _in_space(other))
    return np.moveaxis(product, -1, axisc)


def _in_space(x: Numbers) -> Numbers:
    return np.concatenate((x, np.zeros_like(x[..., :1])), axis=-1) if x.shape[-1] == 2 else x


def unstack(x: Numbers, /, *, axis: int = 0) -> Any:
    """One by one: how many there are has to be known."""
    rows = np.moveaxis(x, axis, 0)
    return tuple([rows[k] for k in np.arange(len(rows)).tolist()])


def nan_to_num(x: Numbers, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Numbers:
    """With numbers that are computed."""
    if not copy:
        refused("np.nan_to_num with copy=False and numbers that are computed", "store the result: x[...] = ...")
    whole = np.asarray(x)
    filled = np.where(np.isnan(whole), nan, whole)
    filled = filled if posinf is None else np.where(whole == np.inf, posinf, filled)
    return filled if neginf is None else np.where(whole == -np.inf, neginf, filled)
