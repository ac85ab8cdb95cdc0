"""Traces built by hand, and at random: what the tests of trace/ and transform/ work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from srcad.ops.catalogue import result_types
from srcad.ops.meaning import Meanings
from srcad.runtime import HELPERS
from srcad.trace.builder import Builder, atom
from srcad.trace.dims import named
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import UNDEF, Atom, Equation, Input, Leaf, Node, Path, Region, Trace, Var
from srcad.trace.types import BOOL, FLOAT, INT, Array, Scalar, Type
from srcad.trace.verifier import verify
from srcad.trace.walk import walk

N = named("n", not_one=True)
NUMBER = Scalar("float64")
VECTOR = Array("float64", (N,))
MATRIX = Array("float64", (N, named("m", not_one=True)))


class NamingBuilder(Builder):
    """A builder that gives the user's `name` to the result of an equation."""

    def emit_many(self, op: str, *operands: Any, name: str | None = None, **params: Any) -> tuple[Var, ...]:
        if op == "attribute" or name is None:
            return super().emit_many(op, *operands, **params, **({} if name is None else {"name": name}))
        super().emit_many(op, *operands, **params)
        last = self.equations.pop()
        self.append(replace(last, results=tuple(Var(v.type, name) for v in last.results)))
        return self.equations[-1].results


def build(types: dict[str, Type], body: Callable[..., Any], role: str = "") -> Trace:
    """The trace of `body(builder, *inputs)`, which returns an atom or a tuple of atoms."""
    b = NamingBuilder(result_types)
    b.role = role
    inputs = tuple(Var(t, name) for name, t in types.items())
    results = body(b, *inputs)
    flat = tuple(atom(r) for r in (results if isinstance(results, tuple) else (results,)))
    tree = Node("tuple", tuple(map(Leaf, range(len(flat)))))
    entries = tuple(Input(var, Path(var.name or "")) for var in inputs)
    trace = Trace("f", (), entries, Region((), tuple(b.equations), flat), tree)
    verify(trace, result_types)
    return trace


def branch(b: Builder, condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> tuple[Var, ...]:
    """An `if`; the functions emit a branch and return the atoms it yields."""
    regions = []
    for side in (then, otherwise):
        with b.nested() as equations:
            results = tuple(atom(r) for r in as_tuple(side()))
        regions.append(Region((), tuple(equations), results))
    types = tuple(x.type if x is not UNDEF else y.type for x, y in zip(*(r.results for r in regions), strict=True))
    return b.structured("if", (atom(condition),), (regions[0], regions[1]), types)


def loop(
    b: Builder, bounds: tuple[Any, Any, Any], initial: Sequence[Any], body: Callable[..., Any], **params: Any
) -> tuple[Var, ...]:
    """A `for`; `body(i, *carried)` emits an iteration and returns the next carried."""
    start = tuple(map(atom, initial))
    parameters = (Var(INT, "i"), *(Var(a.type, getattr(a, "name", None)) for a in start))
    with b.nested() as equations:
        results = tuple(atom(r) for r in as_tuple(body(*parameters)))
    region = Region(parameters, tuple(equations), results)
    types = tuple(a.type for a in start) + ((INT,) if params.get("breaks") else ())
    return b.structured("for", (*map(atom, bounds), *start), (region,), types, **params)


def while_loop(b: Builder, initial: Sequence[Any], condition: Callable[..., Any], body: Callable[..., Any]) -> Any:
    start = tuple(map(atom, initial))
    regions = []
    for part in (condition, body):
        parameters = tuple(Var(a.type) for a in start)
        with b.nested() as equations:
            results = tuple(atom(r) for r in as_tuple(part(*parameters)))
        regions.append(Region(parameters, tuple(equations), results))
    types = (*(a.type for a in start), INT)
    return b.structured("while", start, (regions[0], regions[1]), types)


def as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def ops_of(trace: Trace) -> list[str]:
    return [equation.op for equation in walk(trace.body)]


def only(trace: Trace, op: str) -> Equation:
    (equation,) = (e for e in walk(trace.body) if e.op == op)
    return equation


def run(trace: Trace, *values: Any) -> tuple[Any, ...]:
    return evaluate(trace, values, Meanings(HELPERS))


# ---- random programs on floats, bools and vectors of the length of the inputs

FLOATS = (0.0, 1.0, -1.0, 2.0, 0.5, 3.0, 0.1)
ARITHMETIC = ("add", "subtract", "multiply", "multiply", "divide", "accumulate")


class Writer:
    """Emits a random program; `pools` hold the atoms that are in scope, by type."""

    def __init__(self, b: Builder, random: Random, inputs: Sequence[Var]) -> None:
        self.b = b
        self.random = random
        self.pools: dict[str, list[Atom]] = {"float": [], "bool": [], "number": [], "vector": []}
        self.add(*inputs)

    def add(self, *atoms: Atom) -> None:
        for a in atoms:
            kind = {BOOL: "bool", FLOAT: "float", NUMBER: "number", VECTOR: "vector"}.get(a.type)
            if kind is not None:
                self.pools[kind].append(a)

    def pick(self, kind: str) -> Atom:
        if kind == "float" and self.random.random() < 0.3:
            return atom(self.random.choice(FLOATS))
        if kind == "number" and not self.pools["number"]:
            self.step_read(0)
        if kind == "bool" and (not self.pools["bool"] or self.random.random() < 0.25):
            return atom(self.random.random() < 0.5)
        return self.random.choice(self.pools[kind][-3:])

    def steps(self, depth: int) -> None:
        for _ in range(self.random.randint(2, 7)):
            kinds = ["arithmetic", "sign", "compare", "read", "store", "fold"] + (
                ["if", "for", "while"] if depth else []
            )
            getattr(self, "step_" + self.random.choice(kinds))(depth)

    def step_arithmetic(self, _: int) -> None:
        kind = self.random.choice(["float", "number", "vector"])
        op = self.random.choice(ARITHMETIC)
        other = self.random.choice(["float", kind])
        self.add(self.b.emit(op, self.pick(kind), self.pick(other)))

    def step_sign(self, _: int) -> None:
        op = self.random.choice(["negative", "positive", "not_"])
        self.add(self.b.emit(op, self.pick("bool" if op == "not_" else self.random.choice(["float", "vector"]))))

    def step_compare(self, _: int) -> None:
        self.add(self.b.emit(self.random.choice(["less", "equal"]), self.pick("float"), self.pick("float")))

    def step_read(self, _: int) -> None:
        template, index = self.place()
        value = self.b.emit("get_item", self.pick("vector"), *index, index=template)
        self.add(self.b.emit("sum_to", value, axes=(0,)) if template[0][0] == "slice" else value)

    def step_store(self, _: int) -> None:
        template, index = self.place()
        x = self.pick("vector")
        value = self.b.emit("get_item", x, *index, index=template)
        if self.random.random() < 0.5:
            value = self.b.emit(self.random.choice(["add", "subtract"]), value, self.pick("float"))
        stored = self.b.emit(self.random.choice(["set_item", "add_item"]), x, value, *index, index=template)
        self.add(stored)

    def place(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        if self.random.random() < 0.5:
            return (("int", 0),), (self.random.randint(-2, 1),)
        return (("slice", 0, 1, None),), (self.random.randint(0, 1), -1)

    def step_fold(self, _: int) -> None:
        x = self.pick("vector")
        flipped = self.b.emit("transpose", x, axes=(0,))
        self.add(self.b.emit("cast", self.b.emit("materialise", flipped, x), dtype="float64"))

    def inside(self, depth: int, kinds: list[str], *new: Atom) -> tuple[Atom, ...]:
        """Statements in a region, which sees what is around it; the atoms it yields."""
        before = {kind: list(pool) for kind, pool in self.pools.items()}
        self.add(*new)
        self.steps(depth - 1)
        yields = tuple(self.yielded(kind) for kind in kinds)
        self.pools = before
        return yields

    def yielded(self, kind: str) -> Atom:
        """Mostly what was made last, so that little is dead."""
        pool = self.pools[kind]
        return pool[-1] if pool and self.random.random() < 0.7 else self.pick(kind)

    def kinds(self) -> list[str]:
        return self.random.choices(["float", "number", "vector", "bool"], k=self.random.randint(1, 3))

    def step_if(self, depth: int) -> None:
        kinds = self.kinds()
        condition = self.pick("bool")
        self.add(*branch(self.b, condition, lambda: self.inside(depth, kinds), lambda: self.inside(depth, kinds)))

    def step_for(self, depth: int) -> None:
        kinds = self.kinds()
        breaks = self.random.random() < 0.5

        def body(_: Var, *carried: Var) -> tuple[Atom, ...]:
            return self.inside(depth, ["bool", *kinds] if breaks else kinds, *carried)

        flags = {"breaks": True} if breaks else {}
        if self.random.random() < 0.5:
            flags["backwards"] = True
        bounds = (0, self.random.randint(0, 3), 1)
        results = loop(self.b, bounds, [self.pick(kind) for kind in kinds], body, **flags)
        self.add(*results[: len(kinds)])

    def step_while(self, depth: int) -> None:
        """Runs while a counter is small and some bool says so."""
        kinds = self.kinds()

        def condition(count: Var, *carried: Var) -> Atom:
            (extra,) = self.inside(1, ["bool"], *carried)
            both: Var = self.b.emit("logical_and", self.b.emit("less", count, 2.5), extra)
            return both

        def body(count: Var, *carried: Var) -> tuple[Atom, ...]:
            return (self.b.emit("add", count, 1.0), *self.inside(depth, kinds, *carried))

        results = while_loop(self.b, [0.0, *(self.pick(kind) for kind in kinds)], condition, body)
        self.add(*results[1:-1])


def random_program(random: Random) -> Trace:
    """A program of floats, a bool and vectors; all that is in scope at the end is its result."""

    def body(b: Builder, *inputs: Var) -> tuple[Atom, ...]:
        writer = Writer(b, random, inputs)
        writer.steps(2)
        return tuple(a for pool in writer.pools.values() for a in pool)

    role = random.choice(["", "adjoint"])
    return build({"a": FLOAT, "b": FLOAT, "c": BOOL, "x": VECTOR, "y": VECTOR}, body, role)


programs = st.randoms(use_true_random=False).map(random_program)
VALUES = (1.25, -0.75, True, np.array([1.5, -2.0, 0.25]), np.array([0.5, 3.0, -1.0]))
