"""Dicts whose keys only the run knows: their keys and values, in two lists, in the order in which they were set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


class RunDict:
    """A dict."""

    def __init__(self, names: list[Any], held: list[Any]) -> None:
        self.names, self.held = names, held

    def place(self, key: Any) -> int:
        """Where a key stands; -1 for a key that isn't there."""
        for k in range(len(self.names)):
            if self.names[k] == key:
                return k
        return -1

    def __getitem__(self, key: Any) -> Any:
        k = self.place(key)
        if k < 0:
            raise KeyError(key)
        return self.held[k]

    def __setitem__(self, key: Any, value: Any) -> None:
        k = self.place(key)
        if k < 0:
            self.names.append(key)
            self.held.append(value)
        else:
            self.held[k] = value

    def __delitem__(self, key: Any) -> None:
        k = self.place(key)
        if k < 0:
            raise KeyError(key)
        self.names.pop(k)
        self.held.pop(k)

    def __contains__(self, key: Any) -> bool:
        return self.place(key) >= 0

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.names)

    def get(self, key: Any, default: Any = None) -> Any:
        k = self.place(key)
        if k < 0:
            return default
        return self.held[k]

    def setdefault(self, key: Any, default: Any = None) -> Any:
        k = self.place(key)
        if k < 0:
            self.names.append(key)
            self.held.append(default)
        return self.held[k]

    def pop(self, key: Any, *default: Any) -> Any:
        k = self.place(key)
        if k < 0:
            if default:
                return default[0]
            raise KeyError(key)
        value = self.held.pop(k)
        self.names.pop(k)
        return value

    def update(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        for key, value in pairs:
            self[key] = value

    def keys(self) -> list[Any]:
        return self.names

    def values(self) -> list[Any]:
        return self.held

    def items(self) -> Iterable[tuple[Any, Any]]:
        return zip(self.names, self.held, strict=True)

    def clear(self) -> None:
        self.names.clear()
        self.held.clear()


class RunCounter(RunDict):
    """A collections.Counter."""

    def __getitem__(self, key: Any) -> Any:
        k = self.place(key)
        if k < 0:
            return 0
        return self.held[k]

    def count(self, values: Iterable[Any]) -> None:
        """One more of each."""
        for value in values:
            self[value] += 1


class RunDefaultDict(RunDict):
    """A collections.defaultdict."""

    def __init__(self, names: list[Any], held: list[Any], factory: Callable[[], Any]) -> None:
        self.names, self.held, self.factory = names, held, factory

    def __getitem__(self, key: Any) -> Any:
        k = self.place(key)
        if k < 0:
            k = len(self.names)
            self.names.append(key)
            self.held.append(self.factory())
        return self.held[k]
