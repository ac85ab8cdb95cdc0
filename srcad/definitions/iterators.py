"""Iterators of the standard library, and of classes with __next__, as generators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def stepped(iterator: Iterator[Any]) -> Iterator[Any]:
    """What __next__ gives, until it raises StopIteration."""
    while True:
        try:
            item = iterator.__next__()
        except StopIteration:
            return
        yield item


def compress(data: Iterable[Any], selectors: Iterable[Any]) -> Iterator[Any]:
    for item, wanted in zip(data, selectors, strict=False):
        if wanted:
            yield item


def next_or(iterator: Iterator[Any], default: Any) -> Any:
    """next(iterator, default), for a class with __next__."""
    try:
        return iterator.__next__()
    except StopIteration:
        return default


def called_until(function: Callable[[], Any], sentinel: Any) -> Iterator[Any]:
    """iter(function, sentinel)."""
    while True:
        item = function()
        if item == sentinel:
            return
        yield item


def grouped(values: Iterable[Any], key: Callable[[Any], Any] | None) -> Iterator[Any]:
    """itertools.groupby, by keys that the run knows."""
    items = list(values)
    if len(items) > 0:
        now = items[0] if key is None else key(items[0])
        group = [items[0]]
        for item in items[1:]:
            found = item if key is None else key(item)
            if found != now:
                yield now, iter(group)
                now = found
                group = [item]
            else:
                group.append(item)
        yield now, iter(group)


def reduced_from(function: Any, items: Any, start: Any) -> Any:
    """functools.reduce(function, items, start)."""
    made = start
    for item in items:
        made = function(made, item)
    return made


def reduced(function: Any, items: Any) -> Any:
    if len(items) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    return reduced_from(function, items[1:], items[0])


def sent(generator: Any, value: Any) -> Any:
    """generator.send(value), or that there is no further item: a word, which is read where it is called."""
    raise NotImplementedError


def end_of(iterator: Any) -> StopIteration:
    """What an iterator raises that has no further item: a word, which is read where it is called."""
    raise NotImplementedError
