"""Arrays as sets: of equal elements the first one stands for all."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = Any  # a number or an array


class UniqueAllResult(NamedTuple):
    values: Array
    indices: Array
    inverse_indices: Array
    counts: Array


class UniqueCountsResult(NamedTuple):
    values: Array
    counts: Array


class UniqueInverseResult(NamedTuple):
    values: Array
    inverse_indices: Array


def unique_all(x: Array) -> UniqueAllResult:
    values, indices, inverse, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    return UniqueAllResult(values, indices, inverse, counts)


def unique_counts(x: Array) -> UniqueCountsResult:
    values, counts = np.unique(x, return_counts=True)
    return UniqueCountsResult(values, counts)


def unique_inverse(x: Array) -> UniqueInverseResult:
    values, inverse = np.unique(x, return_inverse=True)
    return UniqueInverseResult(values, inverse)


def unique_values(x: Array) -> Array:
    return np.unique(x)


def union1d(ar1: Array, ar2: Array) -> Array:
    return np.unique(np.concatenate((np.ravel(ar1), np.ravel(ar2))))


def intersect1d(ar1: Array, ar2: Array, assume_unique: bool = False, return_indices: bool = False) -> Any:
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


def setdiff1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    one = np.ravel(ar1) if assume_unique else np.unique(ar1)
    return one[_absent(one, np.ravel(ar2))]


def setxor1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    one, other = (np.ravel(ar1), np.ravel(ar2)) if assume_unique else (np.unique(ar1), np.unique(ar2))
    arranged = np.sort(np.concatenate((one, other)))
    step = arranged[1:] != arranged[:-1]
    end = np.ones(1, dtype=bool)
    changes = np.concatenate((end, step, end))
    return arranged[changes[1:] & changes[:-1]]


def _absent(x: Array, among: Array) -> Array:
    return np.all(x[:, None] != among, axis=1)
