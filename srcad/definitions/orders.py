"""Lists of as many items as the run knows, in order: sorted(values, key=...), min(values, key=...), and heaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Key = Callable[[Any], Any]


def itself(value: Any) -> Any:
    """The key of what is compared as it is."""
    return value


def index(values: list[Any], item: Any) -> int:
    """The place of the first of the values that is equal to an item."""
    for k in range(len(values)):
        if values[k] == item:
            return k
    raise ValueError("the item is not in the list")


def smallest(values: list[Any], key: Key) -> Any:
    """The first of those whose key is smallest."""
    if len(values) == 0:
        raise ValueError("min() iterable argument is empty")
    place, best = 0, key(values[0])
    for k in range(1, len(values)):
        other = key(values[k])
        if other < best:
            place, best = k, other
    return values[place]


def largest(values: list[Any], key: Key) -> Any:
    """The first of those whose key is largest."""
    if len(values) == 0:
        raise ValueError("max() iterable argument is empty")
    place, best = 0, key(values[0])
    for k in range(1, len(values)):
        other = key(values[k])
        if other > best:
            place, best = k, other
    return values[place]


def keys_of(values: list[Any], key: Key) -> list[Any]:
    """What the values are sorted by."""
    return [key(value) for value in values]


def by_numbers(values: list[Any], keys: list[Any], reverse: bool) -> list[Any]:
    """The values in the order of their keys; equal ones stay as they are, backwards as well."""
    column = np.array(keys)
    order = np.argsort(-column if reverse else column, kind="stable")
    return [values[k] for k in order]


def by_tuples(values: list[Any], keys: list[Any], count: int, reverse: bool) -> list[Any]:
    """The values in the order of keys that are tuples of `count` numbers."""
    columns = [np.array([key[k] for key in keys]) for k in range(count)]
    order = np.lexsort(tuple(-column if reverse else column for column in reversed(columns)))
    return [values[k] for k in order]


def by_comparing(values: list[Any], keys: list[Any], reverse: bool) -> list[Any]:
    """The values in the order of keys of which no more is known than which of two is less."""
    order = np.argsort(np.array([before(keys, k, reverse) for k in range(len(keys))], dtype=int))
    return [values[k] for k in order]


def before(keys: list[Any], place: int, reverse: bool) -> int:
    """How many of the keys come before the one at a place."""
    count = 0
    for k in range(len(keys)):
        if k == place:
            continue
        less, more = keys[k] < keys[place], keys[place] < keys[k]
        if (more if reverse else less) or (k < place and not (less or more)):
            count += 1
    return count


def any_of(values: Any) -> bool:
    """any(values), which takes no more of them than it needs."""
    for value in values:  # noqa: SIM110
        if value:
            return True
    return False


def all_of(values: Any) -> bool:
    """all(values), which takes no more of them than it needs."""
    for value in values:  # noqa: SIM110
        if not value:
            return False
    return True


class ComparedBy:
    """What functools.cmp_to_key makes of a value: `compare` tells how two of them stand."""

    def __init__(self, value: Any, compare: Callable[[Any, Any], Any]) -> None:
        self.value, self.compare = value, compare

    def __lt__(self, other: ComparedBy) -> Any:
        return self.compare(self.value, other.value) < 0

    def __gt__(self, other: ComparedBy) -> Any:
        return self.compare(self.value, other.value) > 0
