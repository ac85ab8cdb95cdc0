"""Dicts whose keys only the run knows, as two lists of keys and values, in the order in which they were set. Sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from srcad.definitions.words import in_order_of_set


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

    def update(self, other: Any = (), **named: Any) -> None:
        for key, value in other.items() if hasattr(other, "keys") else other:
            self[key] = value
        for key, value in named.items():
            self[key] = value

    def __or__(self, other: Any) -> Any:
        made = self.copy()
        made.update(other)
        return made

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def copy(self) -> Any:
        return RunDict(list(self.names), list(self.held))

    def keys(self) -> list[Any]:
        return self.names

    def values(self) -> list[Any]:
        return self.held

    def items(self) -> Iterable[tuple[Any, Any]]:
        return zip(self.names, self.held, strict=True)

    def clear(self) -> None:
        self.names.clear()
        self.held.clear()


def filled_from(owner: Any, other: Any) -> None:
    """owner.update(other), for a mapping that says itself what its keys are."""
    for key in other.keys():  # noqa: SIM118 - as Python asks for them
        owner[key] = other[key]


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

    def copy(self) -> Any:
        return RunCounter(list(self.names), list(self.held))

    def update(self, other: Any = (), **named: Any) -> None:
        """Counts are added, not replaced."""
        for key, count in _counts(other, named):
            self[key] = self[key] + count

    def subtract(self, other: Any = (), **named: Any) -> None:
        for key, count in _counts(other, named):
            self[key] = self[key] - count

    def most_common(self, n: int | None = None) -> list[tuple[Any, Any]]:
        rows = sorted(self.items(), key=lambda row: row[1], reverse=True)
        return rows if n is None else rows[:n]

    def elements(self) -> Iterator[Any]:
        return iter([key for key, count in self.items() for _ in range(count)])

    def total(self) -> Any:
        return sum(self.values())

    def __add__(self, other: Any) -> Any:
        return _positive([(k, self[k] + other[k]) for k in [*self.keys(), *_others(self, other)]])

    def __sub__(self, other: Any) -> Any:
        return _positive([(k, self[k] - other[k]) for k in [*self.keys(), *_others(self, other)]])

    def __and__(self, other: Any) -> Any:
        return _positive([(k, self[k] if self[k] < other[k] else other[k]) for k in self.keys()])

    def __or__(self, other: Any) -> Any:
        keys = [*self.keys(), *_others(self, other)]
        return _positive([(k, other[k] if self[k] < other[k] else self[k]) for k in keys])


def _counts(other: Any, named: dict[str, Any]) -> list[tuple[Any, Any]]:
    given = list(other.items()) if hasattr(other, "items") else [(key, 1) for key in other]
    return [*given, *named.items()]


def _others(one: Any, other: Any) -> list[Any]:
    return [key for key in other if key not in one]


def _positive(rows: list[tuple[Any, Any]]) -> Any:
    made: Counter[Any] = Counter()
    for key, count in rows:
        if count > 0:
            made[key] = count
    return made


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

    def copy(self) -> Any:
        return RunDefaultDict(list(self.names), list(self.held), self.factory)


class RunSet:
    """A set: the keys of a dict."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.known: dict[Any, bool] = {}
        for value in values:
            self.known[value] = True

    def __contains__(self, value: Any) -> bool:
        return value in self.known

    def __len__(self) -> int:
        return len(self.known)

    def __iter__(self) -> Iterator[Any]:
        return iter(in_order_of_set(self.known))

    def add(self, value: Any) -> None:
        self.known[value] = True

    def discard(self, value: Any) -> None:
        if value in self.known:
            del self.known[value]

    def remove(self, value: Any) -> None:
        del self.known[value]

    def pop(self) -> Any:
        for value in in_order_of_set(self.known):
            del self.known[value]
            return value
        raise KeyError("pop from an empty set")

    def clear(self) -> None:
        self.known.clear()

    def copy(self) -> Any:
        return RunSet(self.known)

    def update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for value in other:
                self.known[value] = True

    def difference_update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for value in other:
                self.discard(value)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self.known = self.intersection(*others).known

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        self.known = self.symmetric_difference(other).known

    def union(self, *others: Iterable[Any]) -> Any:
        made = RunSet(self.known)
        made.update(*others)
        return made

    def difference(self, *others: Iterable[Any]) -> Any:
        made = RunSet(self.known)
        made.difference_update(*others)
        return made

    def intersection(self, *others: Any) -> Any:
        made = RunSet(self.known)
        for other in others:
            there = other if hasattr(other, "__contains__") else list(other)
            made = RunSet([value for value in made.known if value in there])
        return made

    def symmetric_difference(self, other: Iterable[Any]) -> Any:
        there = RunSet(other)
        return self.difference(there.known).union(there.difference(self.known).known)

    def issubset(self, other: Iterable[Any]) -> bool:
        there = RunSet(other).known
        return all(value in there for value in self.known)

    def issuperset(self, other: Iterable[Any]) -> bool:
        return all(value in self.known for value in other)

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        return not any(value in self.known for value in other)

    def __or__(self, other: Any) -> Any:
        return self.union(other)

    def __ror__(self, other: Any) -> Any:
        return RunSet(other).union(self.known)

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __and__(self, other: Any) -> Any:
        return self.intersection(other)

    def __rand__(self, other: Any) -> Any:
        return RunSet(other).intersection(self.known)

    def __iand__(self, other: Any) -> Any:
        self.intersection_update(other)
        return self

    def __sub__(self, other: Any) -> Any:
        return self.difference(other)

    def __rsub__(self, other: Any) -> Any:
        return RunSet(other).difference(self.known)

    def __isub__(self, other: Any) -> Any:
        self.difference_update(other)
        return self

    def __xor__(self, other: Any) -> Any:
        return self.symmetric_difference(other)

    def __ixor__(self, other: Any) -> Any:
        self.symmetric_difference_update(other)
        return self

    def __le__(self, other: Any) -> bool:
        return self.issubset(other)

    def __lt__(self, other: Any) -> bool:
        return len(self) < len(other) and self.issubset(other)

    def __ge__(self, other: Any) -> bool:
        return self.issuperset(other)

    def __gt__(self, other: Any) -> bool:
        return len(self) > len(other) and self.issuperset(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (set, frozenset)):
            return False
        return len(self) == len(other) and self.issubset(other)

    def __ne__(self, other: object) -> bool:
        return not self == other
