"""Random traces of what may go wrong when memory is overwritten: views, stores, loops, swaps, lists, escapes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.trace.dims import fixed
from srcad.trace.nodes import Const, Trace, Var
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, Array, ListOf, Scalar, Type
from tests.codegen.building import Maker

N = 4
VECTOR = Array("float64", (fixed(N),))
MATRIX = Array("float64", (fixed(N), fixed(N)))
NUMBER = Scalar("float64")
VECTORS = ListOf(VECTOR)
REVERSED = (("slice", None, None, 0),)
ROW = (("int", 0),)
COLUMN = (("slice", None, None, None), ("int", 0))
FANCY = (("array", 0),)
REPEATED = np.array([1, 0, 1, 3])
NAMES = ("x", "y", "u", "w", None, None, None)


class Log:
    """An opaque object that looks at what it is shown (`see`) or keeps it (`keep`)."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.kept: list[tuple[Any, Any]] = []

    def see(self, value: Any) -> None:
        self.seen.append(np.array(value))

    def keep(self, value: Any) -> None:
        self.kept.append((value, np.array(value)))

    def unchanged(self) -> bool:
        return all(np.array_equal(value, before) for value, before in self.kept)


class Program:
    """A random trace."""

    def __init__(self, seed: int, size: int = 12) -> None:
        self.random = random.Random(seed)
        self.maker = Maker(x=VECTOR, y=VECTOR, m=MATRIX, s=FLOAT, flag=BOOL, log_see=OPAQUE, log_keep=OPAQUE, l=VECTORS)
        self.scope: list[Var] = list(self.maker.inputs.values())
        self.depth = 0
        self.block(size)
        self.trace = self.finish()

    def finish(self) -> Trace:
        types = [VECTOR, VECTOR, MATRIX, NUMBER, VECTORS]
        return self.maker.trace(*(self.pick(t) for t in types))

    # ---- choosing

    def pick(self, t: Type) -> Any:
        """A variable of a type, the later the more likely."""
        found = [v for v in self.scope if v.type == t]
        if not found:
            return self.make(t)
        recent = found[-4:] if self.random.random() < 0.8 else found
        return self.random.choice(recent)

    def number(self) -> Any:
        if self.random.random() < 0.4:
            return round(self.random.uniform(-1, 1), 2)
        return self.pick(self.random.choice([NUMBER, FLOAT]))

    def index(self) -> int:
        return self.random.randrange(N)

    def make(self, t: Type) -> Var:
        if t == NUMBER:
            return self.emit("sum", self.pick(VECTOR), axis=None)
        assert t in (VECTOR, MATRIX, VECTORS), t
        raise AssertionError(t)

    def emit(self, op: str, *operands: Any, **params: Any) -> Any:
        results = self.maker.emit_many(op, *operands, name=self.random.choice(NAMES), **params)
        self.scope += results
        return results[0] if len(results) == 1 else results

    # ---- statements

    def block(self, size: int) -> None:
        for _ in range(size):
            choices = _STATEMENTS if self.depth < 2 else _STATEMENTS[:-4]
            self.random.choice(choices)(self)

    def vector(self) -> None:
        v, w = self.pick(VECTOR), self.pick(VECTOR)
        which = self.random.randrange(7)
        if which == 0:
            self.emit("add", v, w)
        elif which == 1:
            self.emit("multiply", v, self.number())
        elif which == 2:
            self.emit("sin", v)
        elif which == 3:
            self.emit("get_item", v, -1, index=REVERSED)
        elif which == 4:
            self.emit("get_item", self.pick(MATRIX), self.index(), index=self.random.choice([ROW, COLUMN]))
        elif which == 5:
            self.emit("get_item", v, REPEATED, index=FANCY)
        else:
            self.emit("copy", v)

    def matrix(self) -> None:
        m = self.pick(MATRIX)
        which = self.random.randrange(4)
        if which == 0:
            self.emit("subtract", m, self.pick(VECTOR))
        elif which == 1:
            self.emit("transpose", m, axes=None)
        elif which == 2:
            self.emit("get_item", m, -1, index=REVERSED)
        else:
            self.emit("sin", m)

    def scalar(self) -> None:
        if self.random.random() < 0.5:
            self.emit("get_item", self.pick(VECTOR), self.index(), index=ROW)
        else:
            self.emit("multiply", self.number(), 0.5) if self.depth else self.emit("sum", self.pick(VECTOR), axis=None)

    def store(self) -> None:
        op = self.random.choice(["set_item", "add_item"])
        which = self.random.randrange(6)
        if which == 0:
            self.emit(op, self.pick(VECTOR), self.number(), self.index(), index=ROW)
        elif which == 1:
            self.emit(op, self.pick(VECTOR), self.pick(VECTOR), -1, index=REVERSED)
        elif which == 2:
            self.emit(op, self.pick(VECTOR), self.pick(VECTOR), REPEATED, index=FANCY)
        elif which == 3:
            self.emit(op, self.pick(MATRIX), self.pick(VECTOR), self.index(), index=ROW)
        elif which == 4:
            self.emit(op, self.pick(MATRIX), self.pick(VECTOR), self.index(), index=COLUMN)
        else:
            self.emit("accumulate", self.pick(VECTOR), self.pick(VECTOR))

    def lists(self) -> None:
        items = self.pick(VECTORS)
        which = self.random.randrange(7)
        if which == 0:
            self.emit("list_new", self.pick(VECTOR), self.pick(VECTOR), self.pick(VECTOR), element=VECTOR)
        elif which <= 2:
            self.emit("list_append", items, self.pick(VECTOR))
        elif which == 3:
            self.emit("list_pop", self.emit("list_append", items, self.pick(VECTOR)))
        elif which == 4:
            self.emit("list_get", items, -1)
        elif which == 5:
            self.emit("list_set", items, self.pick(VECTOR), 0)
        else:
            self.emit("list_add", items, self.pick(VECTOR), -1)

    def show(self) -> None:
        log = self.maker.inputs[self.random.choice(["log_see", "log_keep"])]
        self.maker.emit("call", log, self.pick(VECTOR), keywords=())

    # ---- regions

    def inner(self, size: int, yields: list[Type]) -> list[Any]:
        scope, self.scope = self.scope, list(self.scope)
        self.depth += 1
        self.block(size)
        atoms = [self.pick(t) for t in yields]
        self.scope = scope
        self.depth -= 1
        return atoms

    def types(self) -> list[Type]:
        count = self.random.randint(1, 4)
        return [self.random.choice([VECTOR, VECTOR, VECTOR, MATRIX, VECTORS, NUMBER]) for _ in range(count)]

    def names(self, types: list[Type]) -> list[str]:
        """Names of the carried values."""
        return [f"{'_' if self.random.random() < 0.3 else ''}{'abcd'[k]}" for k in range(len(types))]

    def branch(self) -> None:
        types = self.types()

        def side() -> list[Any]:
            return self.inner(self.random.randint(0, 4), types)

        condition = self.pick(BOOL)
        self.scope += self.maker.branch(condition, side, side, dict(zip(self.names(types), types, strict=True)))

    def carried(self, types: list[Type]) -> dict[str, tuple[Any, Type]]:
        return {f"c{k}_{self.random.randrange(99)}": (self.pick(t), t) for k, t in enumerate(types)}

    def loop(self) -> None:
        types = self.types()

        def body(i: Var, *state: Var) -> list[Any]:
            before = list(self.scope)
            self.scope = [*before, *state]
            yields = self.body(types, list(state))
            self.scope = before
            return yields

        bounds = (0, self.random.randint(0, 3), 1)
        backwards = self.random.random() < 0.3
        self.scope += self.maker.loop(bounds, self.carried(types), body, backwards=backwards)

    def body(self, types: list[Type], state: list[Var]) -> list[Any]:
        """What a loop yields: often the state itself, in another order, or what was made of it."""
        inner = self.inner(self.random.randint(1, 5), types)
        if self.random.random() < 0.3:
            return inner
        same = [self.random.choice([v for v in state if v.type == t]) for t in types]
        return [self.random.choice(pair) for pair in zip(inner, same, strict=True)]

    def repeat(self) -> None:
        types = self.types()
        rounds = self.random.randint(0, 3)

        def condition(k: Var, *state: Var) -> Any:
            return self.maker.emit("less", k, rounds)

        def body(k: Var, *state: Var) -> list[Any]:
            before = list(self.scope)
            self.scope = [*before, *state]
            yields = self.body(types, list(state))
            self.scope = before
            return [self.maker.emit("add", k, 1), *yields]

        results = self.maker.while_loop({"k": (0, INT), **self.carried(types)}, condition, body)
        self.scope += results[1:-1]

    def search(self) -> None:
        types = self.types()

        def body(i: Var, *state: Var) -> list[Any]:
            before = list(self.scope)
            self.scope = [*before, *state]
            yields = self.body(types, list(state))
            self.scope = before
            return [self.maker.emit("greater", self.maker.emit("sum", self.pick(VECTOR), axis=None), 0.0), *yields]

        results = self.maker.loop((0, 3, 1), self.carried(types), body, breaks=True)
        self.scope += results[:-1]
        if self.random.random() < 0.5:
            self.emit("multiply", self.pick(VECTOR), results[-1])


_STATEMENTS: list[Callable[[Program], None]] = [
    Program.vector,
    Program.vector,
    Program.matrix,
    Program.scalar,
    Program.store,
    Program.store,
    Program.store,
    Program.lists,
    Program.show,
    Program.branch,
    Program.loop,
    Program.repeat,
    Program.search,
]


def arguments(seed: int) -> dict[str, Any]:
    """Values for the inputs."""
    rng = np.random.default_rng(seed)
    return {
        "x": rng.normal(size=N),
        "y": rng.normal(size=N),
        "m": rng.normal(size=(N, N)),
        "s": float(rng.normal()),
        "flag": bool(rng.integers(2)),
        "l": [rng.normal(size=N) for _ in range(3)],
    }


__all__ = ["Const", "Log", "Program", "arguments"]
