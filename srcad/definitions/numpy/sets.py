"""Arrays as sets: of equal elements the first one stands for all."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from srcad.definitions.numpy.arrays import columns_of

Numbers = Any  # a number or an array


class UniqueAllResult(NamedTuple):
    values: Numbers
    indices: Numbers
    inverse_indices: Numbers
    counts: Numbers


class UniqueCountsResult(NamedTuple):
    values: Numbers
    counts: Numbers


class UniqueInverseResult(NamedTuple):
    values: Numbers
    inverse_indices: Numbers


def unique_all(x: Numbers) -> UniqueAllResult:
    values, indices, inverse, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    return UniqueAllResult(values, indices, inverse, counts)


def unique_counts(x: Numbers) -> UniqueCountsResult:
    values, counts = np.unique(x, return_counts=True)
    return UniqueCountsResult(values, counts)


def unique_inverse(x: Numbers) -> UniqueInverseResult:
    values, inverse = np.unique(x, return_inverse=True)
    return UniqueInverseResult(values, inverse)


def unique_values(x: Numbers) -> Numbers:
    return np.unique(x)


def union1d(ar1: Numbers, ar2: Numbers) -> Numbers:
    return np.unique(np.concatenate((np.ravel(ar1), np.ravel(ar2))))


def intersect1d(ar1: Numbers, ar2: Numbers, assume_unique: bool = False, return_indices: bool = False) -> Any:
    one, other = np.ravel(ar1), np.ravel(ar2)
    here, there = np.arange(len(one)), np.arange(len(other))
    if not assume_unique:
        one, here = np.unique(one, return_index=True)
        other, there = np.unique(other, return_index=True)
    whole = np.concatenate((one, other))
    order = np.argsort(whole, kind="stable")
    arranged = whole[order]
    twice = arranged[1:] == arranged[:-1]
    common = arranged[:-1][twice]
    if not return_indices:
        return common
    return common, here[order[:-1][twice]], there[order[1:][twice] - len(one)]


def setdiff1d(ar1: Numbers, ar2: Numbers, assume_unique: bool = False) -> Numbers:
    one = np.ravel(ar1) if assume_unique else np.unique(ar1)
    return one[_absent(one, np.ravel(ar2))]


def setxor1d(ar1: Numbers, ar2: Numbers, assume_unique: bool = False) -> Numbers:
    one, other = (np.ravel(ar1), np.ravel(ar2)) if assume_unique else (np.unique(ar1), np.unique(ar2))
    arranged = np.sort(np.concatenate((one, other)))
    step = arranged[1:] != arranged[:-1]
    end = np.ones(1, dtype=bool)
    changes = np.concatenate((end, step, end))
    return arranged[changes[1:] & changes[:-1]]


def _absent(x: Numbers, among: Numbers) -> Numbers:
    return np.all(x[:, None] != among, axis=1)


def unique(
    ar: Numbers, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, axis: Any = None
) -> Any:
    """Slices along an axis: of equal ones the first one stands for all."""
    slices = np.moveaxis(np.asarray(ar), axis, 0)
    columns = columns_of(slices.reshape(len(slices), -1))
    order = np.lexsort(columns[::-1])
    new = np.ones(len(slices), dtype=bool)
    new[1:] = np.any(np.stack([column[order][1:] != column[order][:-1] for column in columns]), axis=0)
    first = order[new]
    results = [np.moveaxis(slices[first], 0, axis)]
    if return_index:
        results.append(first)
    if return_inverse:
        inverse = np.zeros(len(slices), dtype=int)
        inverse[order] = np.cumsum(new) - 1
        results.append(inverse)
    if return_counts:
        results.append(np.diff(np.append(np.flatnonzero(new), len(slices))))
    return results[0] if len(results) == 1 else tuple(results)
