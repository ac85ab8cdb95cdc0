"""Attempts: a part of the program is read in one way, and in another one where that fails.

    with m.attempt(SrcadError) as tried:
        read_as_a_loop()
    if tried.error:
        read_turn_by_turn()

An attempt that failed leaves nothing behind: all of the machine's state is what it was. That is so for state that is
added later, too, as it isn't listed here: whatever stands in the attributes of the machine is put back, lists, dicts
and sets with their content, and objects of classes that are `Restorable` with their attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

from srcad.trace.builder import Builder

E = TypeVar("E", bound=Exception)
K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=Hashable)
V = TypeVar("V")

Restore = Callable[[], None]


class Restorable:
    """Abstract: a part of the machine's state. Of its attributes, those in `LASTING` survive a failed attempt."""

    LASTING: ClassVar[frozenset[str]] = frozenset()

    def keep(self) -> Restore:
        """How to put back what is here now."""
        return kept_attributes(self, self.LASTING)


class Attempt(AbstractContextManager["Attempt[E]", bool], Generic[E]):
    """A part of a reading that may fail. Errors of some kinds, for which `when` holds, end it and pass no further.

    Any other error passes, and leaves the state as it is, which says where the error comes from.
    """

    def __init__(self, state: Restorable, kinds: tuple[type[E], ...], when: Callable[[E], object]) -> None:
        self.state, self.kinds, self.when = state, kinds, when
        self.error: E | None = None  # that by which it failed

    def __enter__(self) -> Self:
        self.undo = self.state.keep()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, self.kinds) or not self.when(error):
            return False
        self.undo()
        self.error = error
        return True


@contextmanager
def rehearsal(state: Restorable) -> Iterator[None]:
    """Read a part of the program to see what comes of it: nothing is left of it, unless it fails."""
    undo = state.keep()
    yield
    undo()


def always(_error: Exception) -> bool:
    """Whatever the error is."""
    return True


# ---- keeping


def kept_attributes(owner: object, lasting: Iterable[str] = ()) -> Restore:
    """How to put back the attributes of an object, and what is in them."""
    attributes = vars(owner)
    before = {name: value for name, value in attributes.items() if name not in lasting}
    inner = [restore for value in before.values() if (restore := kept(value)) is not None]

    def back() -> None:
        for name in attributes.keys() - before.keys() - set(lasting):
            del attributes[name]
        attributes.update(before)
        for restore in inner:
            restore()

    return back


def kept(value: object) -> Restore | None:
    """How to put back what is in a value; None for one that doesn't change."""
    kind: type = type(value)
    keep = _keeper(kind)
    return None if keep is None else keep(value)


@lru_cache(maxsize=1024)
def _keeper(kind: type) -> Callable[[Any], Restore] | None:
    """What keeps the content of objects of a class."""
    if issubclass(kind, (Restorable, RestorableDict, RestorableSet)):
        return kind.keep
    return next((keep for known, keep in KEEPERS.items() if issubclass(kind, known)), None)


def _kept_builder(builder: Builder) -> Restore:
    """Equations are only ever added, at the end of the region that is being built."""
    attributes, equations, count = kept_attributes(builder, ("equations",)), builder.equations, len(builder.equations)

    def back() -> None:
        attributes()
        builder.equations = equations
        del equations[count:]

    return back


def _kept_list(items: list[V]) -> Restore:
    before, inner = items.copy(), _kept_items(items)

    def back() -> None:
        items[:] = before
        inner()

    return back


def _kept_dict(items: dict[K, V]) -> Restore:
    before, inner = items.copy(), _kept_items(items.values())

    def back() -> None:
        items.clear()
        items.update(before)
        inner()

    return back


def _kept_set(items: set[T]) -> Restore:
    before = items.copy()

    def back() -> None:
        items.clear()
        items.update(before)

    return back


def _kept_items(items: Iterable[object]) -> Restore:
    """How to put back what changes among the items. Most lists and dicts hold nothing of that kind."""
    changing = {kind: keep for kind in set(map(type, items)) if (keep := _keeper(kind)) is not None}
    found = [changing[type(item)](item) for item in items if type(item) in changing] if changing else []

    def back() -> None:
        for restore in found:
            restore()

    return back


KEEPERS: dict[type, Callable[[Any], Restore]] = {
    Builder: _kept_builder,
    list: _kept_list,
    dict: _kept_dict,
    set: _kept_set,
}


# ---- what is large, and only grows but for attempts that fail


class RestorableDict(dict[K, V]):
    """A dict that can be put back without having been copied: it notes what each change has replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.replaced: list[tuple[K, tuple[V, ...]]] = []  # a key, and the value that it had, if any

    def __setitem__(self, key: K, value: V) -> None:
        self.replaced.append((key, (self[key],) if key in self else ()))
        super().__setitem__(key, value)

    def setdefault(self, key: K, value: V) -> V:
        if key not in self:
            self[key] = value
        return self[key]

    def update(self, others: Mapping[K, V]) -> None:  # type: ignore[override]
        for key, value in others.items():
            self[key] = value

    def keep(self) -> Restore:
        """How to put back what is here now."""
        mark = len(self.replaced)
        return lambda: self._back(mark)

    def _back(self, mark: int) -> None:
        while len(self.replaced) > mark:
            key, before = self.replaced.pop()
            super().__delitem__(key) if not before else super().__setitem__(key, *before)

    def _refuse(self, *_: object) -> None:
        raise TypeError("entries of a RestorableDict are replaced, and not taken out")

    __delitem__ = pop = popitem = clear = _refuse  # type: ignore[assignment]


class RestorableSet(set[T]):
    """A set that can be put back without having been copied: it notes what came and went."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[tuple[T, bool]] = []  # an item, and whether it was there before

    def add(self, item: T) -> None:
        if item not in self:
            self.changes.append((item, False))
            super().add(item)

    def discard(self, item: T) -> None:  # type: ignore[override]
        if item in self:
            self.changes.append((item, True))
            super().discard(item)

    def update(self, *others: Iterable[T]) -> None:
        for items in others:
            for item in items:
                self.add(item)

    def difference_update(self, *others: Iterable[T]) -> None:  # type: ignore[override]
        for items in others:
            for item in items:
                self.discard(item)

    def keep(self) -> Restore:
        """How to put back what is here now."""
        mark = len(self.changes)
        return lambda: self._back(mark)

    def _back(self, mark: int) -> None:
        while len(self.changes) > mark:
            item, was_there = self.changes.pop()
            (super().add if was_there else super().discard)(item)

    def _refuse(self, *_: object) -> None:
        raise TypeError("a RestorableSet is changed by add, discard, update and difference_update")

    pop = remove = clear = intersection_update = symmetric_difference_update = _refuse  # type: ignore[assignment]


__all__ = ["Attempt", "Restorable", "RestorableDict", "RestorableSet", "Restore", "always", "rehearsal"]
