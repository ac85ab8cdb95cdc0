"""Context managers as objects: those of contextlib, for programs that enter and leave them by themselves."""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any

KindOfError = type[BaseException] | None
MaybeError = BaseException | None
MaybeTrace = TracebackType | None


def as_manager(manager: Any) -> Any:
    """A context manager as an object with methods: a word, which is read where it is called."""
    raise NotImplementedError


def renewed(manager: Any) -> Any:
    """The manager that the same call of a generator function makes once more: a word."""
    raise NotImplementedError


def decorated(manager: Any, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """A call of a function that a manager decorates."""
    with renewed(manager):
        return function(*args, **named)


def applied(function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return function(*args, **named)


class Managed:
    """What contextlib.contextmanager makes of a call of a generator function."""

    def __init__(self, generator: Generator[Any, None, None]) -> None:
        self.generator = generator

    def __enter__(self) -> Any:
        return next(self.generator)

    def __exit__(self, kind: KindOfError, error: MaybeError, trace: MaybeTrace) -> Any:
        if error is None:
            next(self.generator, None)
            return False
        try:
            self.generator.throw(error)
        except StopIteration:
            return True
        raise RuntimeError("generator didn't stop after throw()")


class Closing:
    """contextlib.closing(thing)."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __enter__(self) -> Any:
        return self.thing

    def __exit__(self, *_: Any) -> None:
        self.thing.close()


class NullContext:
    """contextlib.nullcontext(value)."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __enter__(self) -> Any:
        return self.value

    def __exit__(self, *_: Any) -> None:
        pass


class Exits:
    """contextlib.ExitStack."""

    def __init__(self) -> None:
        self.exits: list[Callable[[KindOfError, MaybeError, MaybeTrace], Any]] = []

    def __enter__(self) -> Any:
        return self

    def enter_context(self, cm: Any) -> Any:
        manager = as_manager(cm)
        value = manager.__enter__()
        self.exits.append(manager.__exit__)
        return value

    def push(self, exit: Any) -> Any:
        if hasattr(exit, "__exit__"):
            self.exits.append(as_manager(exit).__exit__)
        else:
            self.exits.append(exit)
        return exit

    def callback(self, callback: Any, /, *args: Any, **kwds: Any) -> Any:
        def leave(_kind: KindOfError, _error: MaybeError, _trace: MaybeTrace) -> None:
            callback(*args, **kwds)

        self.exits.append(leave)
        return callback

    def pop_all(self) -> Any:
        other = Exits()
        other.exits = self.exits
        self.exits = []
        return other

    def close(self) -> None:
        self.leave()

    def leave(self) -> None:
        """Where nothing has been raised."""
        if self.exits:
            leave = self.exits.pop()
            try:
                leave(None, None, None)
            finally:
                self.leave()

    def told(self, kind: KindOfError, error: MaybeError) -> bool:
        """Leave because of an exception; whether one of the exits has dealt with it."""
        if not self.exits:
            return False
        if self.exits.pop()(kind, error, None):
            self.leave()
            return True
        return self.told(kind, error)

    def __exit__(self, kind: KindOfError, error: MaybeError, trace: MaybeTrace) -> Any:
        if error is None:
            self.leave()
            return False
        return self.told(kind, error)
