"""The functions of heapq, which compare in the order in which that module does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def heappush(heap: list[Any], item: Any) -> None:
    heap.append(item)
    rise(heap, 0, len(heap) - 1)


def heappop(heap: list[Any]) -> Any:
    last = heap.pop()
    if len(heap) == 0:
        return last
    return heapreplace(heap, last)


def heapreplace(heap: list[Any], item: Any) -> Any:
    top = heap[0]
    heap[0] = item
    sink(heap, 0)
    return top


def heappushpop(heap: list[Any], item: Any) -> Any:
    if len(heap) > 0 and heap[0] < item:
        return heapreplace(heap, item)
    return item


def heapify(x: list[Any]) -> None:
    for k in range(len(x) // 2 - 1, -1, -1):
        sink(x, k)


def nlargest(n: int, iterable: Iterable[Any], key: Callable[[Any], Any] | None = None) -> list[Any]:
    return sorted(iterable, key=key, reverse=True)[: max(n, 0)]


def nsmallest(n: int, iterable: Iterable[Any], key: Callable[[Any], Any] | None = None) -> list[Any]:
    return sorted(iterable, key=key)[: max(n, 0)]


def rise(heap: list[Any], start: int, place: int) -> None:
    """Move an item towards the start, past those that are larger."""
    item = heap[place]
    while place > start:
        above = (place - 1) // 2
        if not item < heap[above]:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = item


def sink(heap: list[Any], start: int) -> None:
    """Move an item down to the end, by the smaller one of two below each time, and back to where it belongs."""
    item, place, below = heap[start], start, 2 * start + 1
    while below < len(heap):
        if below + 1 < len(heap) and not heap[below] < heap[below + 1]:
            below = below + 1
        heap[place] = heap[below]
        place = below
        below = 2 * place + 1
    heap[place] = item
    rise(heap, start, place)
