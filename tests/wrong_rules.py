"""Rules that are wrong on purpose, to be found by what checks rules: the table of rules can't be changed.

A mutation is a rule that takes half as much again of one operand, in one of the two modes. It is caught where a call of
the register has another derivative with it, as the right ones are compared with differences.

python -m tests.wrong_rules             tries all mutations, and prints those that no call of the register catches
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pytest

import srcad
from srcad.calls import specialise
from srcad.calls.arguments import Binder
from srcad.calls.programs import program_of
from srcad.compile.requests import Request
from srcad.rules import catalogue
from srcad.rules.table import Rule
from srcad.trace.nodes import Equation
from srcad.trace.types import is_differentiable
from srcad.trace.walk import walk
from tests.rules.register.programs import Case

TOO_MUCH = 0.5
VISIBLE = (1e-6, 1e-5)  # of derivatives of the first and of higher order: ten times what tests let pass
TRIES = 8  # calls of the register for each mutation
CACHES = ("_SHELVES", "_SPECIALISERS", "_PUSHES")


def replace_rule(monkeypatch: pytest.MonkeyPatch, operation: str, rule: Rule) -> None:
    """Let another rule stand in the table until the end of the test."""
    monkeypatch.setattr(catalogue, "RULES", {**catalogue.RULES, operation: rule})


@dataclass(frozen=True, order=True)
class Mutation:
    """`mode` is "tangent" or "adjoint"."""

    op: str
    mode: str
    operand: int

    def __str__(self) -> str:
        return f"the {self.mode} of `{self.op}` by operand {self.operand}"


def mutated(right: Rule, mutation: Mutation) -> Rule:
    """The rule that a mutation makes of the right one."""
    k = mutation.operand

    def pullback(b: Any, equation: Any, bars: Any, wanted: Any) -> Any:
        parts = list(right.pullback(b, equation, bars, wanted))
        if parts[k] is not None:
            EFFECTS.add(mutation)
            parts[k] = _more(b, parts[k])
        return tuple(parts)

    def pushforward(b: Any, equation: Any, dots: Any) -> Any:
        whole = right.pushforward(b, equation, dots)
        if dots[k] is None:
            return whole
        alone = right.pushforward(b, equation, tuple(dot if j == k else None for j, dot in enumerate(dots)))
        EFFECTS.update([mutation] if any(part is not None for part in alone) else [])
        return tuple(_sum(b, one, other) for one, other in zip(whole, alone, strict=True))

    return replace(right, pullback=pullback) if mutation.mode == "adjoint" else replace(right, pushforward=pushforward)


def _more(b: Any, part: Any) -> Any:
    """Of a list, nothing."""
    return b.emit("multiply", part, 1 + TOO_MUCH) if part.type.numeric else None


def _sum(b: Any, whole: Any, part: Any) -> Any:
    if part is None:
        return whole
    return b.emit("add", whole, b.emit("multiply", part, TOO_MUCH)) if part.type.numeric else None


# the mutations that have changed something that was made
EFFECTS: set[Mutation] = set()


@contextmanager
def wrong(mutation: Mutation | None) -> Iterator[None]:
    """Derivatives are made with the mutation: nothing that was made before is used, and nothing is kept."""
    before, rules = {name: getattr(specialise, name) for name in CACHES}, catalogue.RULES
    try:
        for name in CACHES:
            setattr(specialise, name, WeakKeyDictionary())
        if mutation is not None:
            catalogue.RULES = {**rules, mutation.op: mutated(rules[mutation.op], mutation)}
        yield
    finally:
        catalogue.RULES = rules
        for name, kept in before.items():
            setattr(specialise, name, kept)


# ---- the calls of the register


@dataclass(frozen=True)
class Places:
    """Where an operation is: in which calls, short ones first, and which of its operands may move."""

    calls: list[int]
    operands: set[int]


class Register:
    """Calls, what they are made of, and their derivatives with the right rules."""

    def __init__(self, cases: Sequence[Case], programs: Any) -> None:
        self.cases = cases
        self.programs = programs
        self._right: dict[tuple[int, str, int], np.ndarray] = {}

    def primals(self) -> dict[str, Places]:
        """What is in the programs of the calls, by operation."""
        return _places((k, _equations(getattr(self.programs, f"f{k}"), case)) for k, case in enumerate(self.cases))

    def derivatives(self) -> dict[str, Places]:
        """What is in their tangents and gradients."""
        moving = [k for k, case in enumerate(self.cases) if case.active]
        return _places((k, tuple(self._of_derivatives(k))) for k in moving)

    def _of_derivatives(self, k: int) -> Iterator[Equation]:
        case = self.cases[k]
        slope = getattr(self.programs, f"slope{k}")
        yield from _equations(slope, case)
        gradient = srcad.grad(getattr(self.programs, f"total{k}"), case.active)
        gradient(*case.values())
        for trace in gradient._last.specialisation.program.traces:
            yield from walk(trace.body)

    def derivative(self, k: int, mode: str, order: int) -> np.ndarray:
        """As it is made now."""
        case = self.cases[k]
        args, dots = case.values(), case.tangents()
        total, slope = (getattr(self.programs, f"{name}{k}") for name in ("total", "slope"))
        directions = tuple(dots[i] for i in case.active)
        if (mode, order) == ("tangent", 1):
            return _flat(srcad.jvp(total, args, dots)[1])
        if (mode, order) == ("tangent", 2):
            return _flat(srcad.hvp(total, case.active)(*args, directions))
        if order < 3:
            return _flat(srcad.grad(total if order == 1 else slope, case.active)(*args))
        return _flat(srcad.vjp(srcad.grad(total, case.active), *args)[1](directions))

    def right(self, k: int, mode: str, order: int) -> np.ndarray:
        key = (k, mode, order)
        if key not in self._right:
            with wrong(None):
                self._right[key] = self.derivative(*key)
        return self._right[key]

    def catches(self, k: int, mutation: Mutation, order: int) -> bool:
        """Whether a derivative of the call is another one with the mutation, or can't be made with it."""
        try:
            due = self.right(k, mutation.mode, order)
        except Exception:  # it has no such derivative
            return False
        try:
            with wrong(mutation):
                found = self.derivative(k, mutation.mode, order)
        except Exception:
            return True
        size = max(1.0, np.max(np.abs(due), initial=0.0))
        return found.shape != due.shape or bool(np.max(np.abs(found - due), initial=0.0) > VISIBLE[order > 1] * size)


def _equations(f: Any, case: Case) -> tuple[Equation, ...]:
    try:
        trace = program_of(f, Binder(f).bind(case.values(), {}), Request("primal")).primal
    except srcad.SrcadError:
        return ()
    return tuple(walk(trace.body))


def _places(found: Iterable[tuple[int, tuple[Equation, ...]]]) -> dict[str, Places]:
    operands: defaultdict[str, set[int]] = defaultdict(set)
    calls: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for k, equations in found:
        for op in {equation.op for equation in equations}:
            calls[op].append((len(equations), k))
        for e in equations:
            operands[e.op] |= {i for i, a in enumerate(e.operands) if a.number is None and is_differentiable(a.type)}
    return {op: Places([k for _, k in sorted(these)], operands[op]) for op, these in calls.items()}


def _flat(tree: Any) -> np.ndarray:
    parts = tree if isinstance(tree, (tuple, list)) else (tree,)
    return np.concatenate([np.zeros(0), *(np.ravel(part) for part in parts if part is not None)])


# ---- which are caught


def order_of_catch(register: Register, mutation: Mutation, first: Sequence[int], later: Sequence[int]) -> int | None:
    """The least order in which a call catches a mutation; None if none does.

    `first`: the calls that have the operation in their programs; `later`: in their derivatives.
    """
    for k in first[:TRIES]:
        if register.catches(k, mutation, 1):
            return 1
    for k in (*first[:2], *later[:TRIES]):
        for order in (2, 3) if mutation.mode == "adjoint" else (2,):
            if register.catches(k, mutation, order):
                return order
    return None


def tried(register: Register, wanted: Callable[[str], bool]) -> Iterator[tuple[Mutation, int | None]]:
    """All mutations of rules that move something, and the order of derivatives that catches each."""
    primals = register.primals()
    moving = [op for op, rule in sorted(catalogue.RULES.items()) if not rule.flat and wanted(op)]
    later = register.derivatives() if any(op not in primals for op in moving) else {}
    nothing = Places([], set())
    for op in moving:
        here, there = primals.get(op, nothing), later.get(op, nothing)
        for operand in sorted(here.operands | there.operands):
            for mode in ("tangent", "adjoint"):
                mutation = Mutation(op, mode, operand)
                EFFECTS.discard(mutation)
                order = order_of_catch(register, mutation, here.calls, there.calls)
                if order is not None or mutation in EFFECTS:
                    yield mutation, order


def main() -> int:
    from tests.rules.register.cases import CASES
    from tests.rules.register.programs import load, with_totals

    parser = argparse.ArgumentParser(prog="python -m tests.wrong_rules", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--of", default="", help="rules with one of these in their names alone, between commas")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(name)
        register = Register(CASES, with_totals(CASES, load(CASES, folder, "calls"), folder, "totals"))
        for mutation, order in tried(register, lambda op: any(name in op for name in options.of.split(","))):
            counts["not at all" if order is None else f"in order {min(order, 2)}"] += 1
            if order is None:
                print(f"{mutation}: no call of the register catches it", flush=True)
    print(f"{counts.total()} mutations, caught: {dict(counts)}")
    return int(counts["not at all"] > 0)


if __name__ == "__main__":
    sys.exit(main())
