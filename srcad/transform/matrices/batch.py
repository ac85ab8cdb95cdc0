"""Batching: several tangents (or adjoints) at once, along a further leading axis, the *lanes*.

    y_dot = x_dot[1:] * c                        y_dot = x_dot[:, 1:] * c
    z_dot = np.sum(y_dot)              ->        z_dot = np.sum(y_dot, axis=1)

What depends on a batched value is batched; everything else, all of the primal trace among it, is computed once. An
operation becomes what the table of batching says (`srcad.rules.batching`); one that isn't in it is done lane by lane,
in a loop. A branch or loop carries batched values beside the others. As derivatives are linear in their tangents, no
condition and no index ever depends on one. The table emits what equations become, so they are built one
after another, not rewritten.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from srcad.analysis.activity import ALL, THROUGH, Through
from srcad.ops.arguments import length_dim
from srcad.rules.batching import BATCHING, UNIFORM
from srcad.rules.lanes import Lane, LaneSite, NotBatched, batched_type, lane_of, lifted, spread
from srcad.trace.builder import Builder, atom
from srcad.trace.nodes import Atom, Const, Equation, Region, Var, variables
from srcad.trace.rewrite import instance
from srcad.trace.slots import STRUCTURED, controls, layout, slots
from srcad.trace.types import (
    INT,
    Array,
    ListOf,
    Type,
    Undefined,
    dtype_of,
    is_differentiable,
    is_numeric,
    rank_of,
)
from srcad.trace.walk import reads


class Across(Protocol):
    """How lanes pass what leads out of the region, to procedures and records: which of it is batched, and by what."""

    @property
    @abstractmethod
    def crossing(self) -> Through:
        """What is batched in one call is so in all."""

    @abstractmethod
    def through(self, batch: Batch, equation: Equation) -> Equation:
        """The equation with batched values in the places of those that are."""


class Batch:
    """The state of the pass over a region: what stands for each batched variable.

    `b`: the builder that it writes to; `count`: how many lanes there are.
    """

    def __init__(
        self,
        b: Builder,
        region: Region,
        lanes: Mapping[Var, Atom],
        count: Atom,
        procedures: Across | None = None,
    ) -> None:
        self.b = b
        self.count = count
        self.lanes: dict[Atom, Atom] = dict(lanes.items())
        self.procedures = procedures
        self.spreads = spread_from(region, lanes, ALL if procedures is None else procedures.crossing)

    def whole(self, a: Atom) -> Atom:
        """An atom with the leading axis."""
        return self.lanes[a] if a in self.lanes else spread(self.b, a, self.count)

    # ---- equations

    def equations(self, equations: Sequence[Equation]) -> None:
        for equation in equations:
            with self.b.blaming(equation.span):
                before, self.b.role = self.b.role, equation.role
                self.equation(equation)
                self.b.role = before

    def equation(self, equation: Equation) -> None:
        if self.spreads.isdisjoint(reads(equation)):
            self.b.append(equation)
        elif equation.op in STRUCTURED and self.spreads.isdisjoint(variables(controls(equation))):
            self.structure(equation)
        elif equation.op in THROUGH and self.procedures is not None:
            self.b.append(self.procedures.through(self, equation))
        else:
            self.operation(equation)

    def operation(self, equation: Equation) -> None:
        """By the table; lane by lane where it has no entry, or has none for this case."""
        rule, start = BATCHING.get(equation.op), len(self.b.equations)
        try:
            if rule is None:
                raise NotBatched(f"several tangents at once in `{equation.op}`", equation.span)
            made = rule(LaneSite(self.b, self.count, equation, tuple(map(self.lane, equation.operands))))
        except NotBatched:
            del self.b.equations[start:]
            made = self.one_by_one(equation)
        if equation.op in UNIFORM:
            self.remain(equation.result, made)
        else:
            results = made if isinstance(made, tuple) else (made,)
            for result, value in zip(equation.results, results, strict=True):
                self.put(result, atom(value))

    def lane(self, a: Atom) -> Lane:
        return Lane(self.lanes.get(a, a), a.type, a in self.lanes)

    def put(self, var: Var, value: Atom) -> None:
        """Let a value stand for a variable, with its dtype and its name."""
        self.lanes[var] = renamed(self.b, self.fitted(value, self.type_of(var)), var.name)

    def fitted(self, value: Atom, wanted: Type) -> Atom:
        """With the dtype that is wanted: Python's numbers adapt to others, arrays of them don't."""
        if wanted.is_array and is_numeric(value.type) and dtype_of(value.type) != dtype_of(wanted):
            value = self.b.emit("cast", value, dtype=dtype_of(wanted))
        return value

    def remain(self, var: Var, value: Any) -> None:
        """A result that is the same in all lanes remains the variable that it was."""
        if not _rebound(self.b, value, var):
            self.b.append(Equation("positive", (atom(value),), (var,)))

    def type_of(self, var: Var) -> Type:
        return batched_type(var.type, length_dim(self.count.type))

    # ---- lane by lane

    def one_by_one(self, equation: Equation) -> tuple[Atom, ...]:
        """A loop over the lanes around an equation, which collects its results."""
        batched = [v for v in dict.fromkeys(reads(equation)) if v in self.lanes]
        if any(not v.type.is_array and not v.type.is_scalar for v in (*batched, *equation.results)):
            raise NotBatched(f"several tangents at once in `{equation.op}`", equation.span)
        place = Var(INT)
        lists = [Var(ListOf(v.type), v.name) for v in equation.results]
        with self.b.nested() as equations:
            own: dict[Var, Atom] = {v: lane_of(self.b, self.lanes[v], place) for v in batched}
            inner, results = instance(Region((), (equation,), equation.results), own)
            equations += inner
            more = tuple(self.b.emit("list_append", *pair) for pair in zip(lists, results, strict=True))
        start = (Const(0, INT), self.count, Const(1, INT))
        empty = tuple(self.b.emit("list_new", element=v.type) for v in equation.results)
        body = Region((place, *lists), tuple(equations), more)
        filled = self.b.structured("for", (*start, *empty), (body,), tuple(v.type for v in lists))
        return tuple(self.stacked(items, v) for items, v in zip(filled, equation.results, strict=True))

    def stacked(self, items: Atom, var: Var) -> Atom:
        """The lanes in a list as one array."""
        array: Atom = self.b.emit("list_to_array", items)
        wanted = self.type_of(var)
        if isinstance(wanted, Array):
            array = self.b.emit("with_dims", array, dims=wanted.dims)
        return array

    # ---- regions

    def structure(self, equation: Equation) -> None:
        """A branch, loop or scope: its slots are batched where anything batched flows into them."""
        place = layout(equation)
        moving = [slot.result if slot.result in self.spreads else None for slot in slots(equation)]
        operands = self.flowing(equation.operands, place.operands, moving)
        regions = []
        for region, (taking, giving) in zip(equation.regions, place.regions, strict=True):
            parameters = self.fresh(region.parameters, taking, moving)
            with self.b.nested() as equations:
                self.equations(region.equations)
                results = self.flowing(region.results, giving, moving)
            regions.append(Region(parameters, tuple(equations), results))
        results = self.fresh(equation.results, 0, moving)
        made = Equation(equation.op, operands, results, equation.params, tuple(regions), equation.span, equation.role)
        self.b.append(made)

    def flowing(self, atoms: tuple[Atom, ...], first: int | None, moving: Sequence[Var | None]) -> tuple[Atom, ...]:
        """What flows into slots."""
        if first is None:
            return atoms
        pairs = zip(atoms[first : first + len(moving)], moving, strict=True)
        inside = [a if var is None else self.flow(a, self.type_of(var)) for a, var in pairs]
        return (*atoms[:first], *inside, *atoms[first + len(moving) :])

    def flow(self, a: Atom, wanted: Type) -> Atom:
        """A value as it flows into a slot; a number that broadcasts with what the slot holds later on still does."""
        value = self.fitted(self.whole(a), wanted)
        if isinstance(value, Const):  # nothing flows; where it is None instead, None passes for what the slot holds
            return value if isinstance(value.type, Undefined) else Const(value.value, wanted)
        have, want = rank_of(value.type), rank_of(wanted)
        return lifted(self.b, value, want - have) if have is not None and want is not None and have < want else value

    def fresh(self, targets: tuple[Var, ...], first: int | None, moving: Sequence[Var | None]) -> tuple[Var, ...]:
        """Variables that take what flows out of slots."""
        if first is None:
            return targets
        pairs = zip(targets[first : first + len(moving)], moving, strict=True)
        inside = [target if var is None else self.beside(target) for target, var in pairs]
        return (*targets[:first], *inside, *targets[first + len(moving) :])

    def beside(self, var: Var) -> Var:
        made = Var(self.type_of(var), var.name)
        self.lanes[var] = made
        return made


# ---- names


def renamed(b: Builder, value: Atom, name: str | None) -> Atom:
    """A value that has just been emitted, under a name."""
    if name is None or not value.is_variable or value.name is not None:
        return value
    named = Var(value.type, name)
    return named if _rebound(b, value, named) else value


def _rebound(b: Builder, value: Any, var: Var) -> bool:
    """Let the equation that was emitted last define `var` in the place of `value`, if it is what defines that."""
    if not b.equations or b.equations[-1].results != (value,):
        return False
    b.equations[-1] = replace(b.equations[-1], results=(var,))
    b.definitions[var] = b.equations[-1]
    return True


# ---- what is batched


def spread_from(region: Region, inputs: Iterable[Var], through: Through) -> set[Var]:
    """The variables that are batched, at all depths."""
    found = set(inputs)
    while True:
        before = len(found)
        _spread_through(region, found, through)
        if len(found) == before:
            return found


def _spread_through(region: Region, found: set[Var], through: Through) -> None:
    for equation in region.equations:
        for inner in equation.regions:
            _spread_through(inner, found, through)
        if equation.op in STRUCTURED:
            if not found.isdisjoint(variables(controls(equation))):
                found.update(equation.results)
            for slot in slots(equation):
                if not found.isdisjoint((*variables(slot.sources), slot.result)):
                    found.update(slot.targets)
        elif equation.op in THROUGH:
            held = [k for k, a in enumerate(equation.operands) if a in found]
            found.update(equation.results[k] for k in through.passes(equation, held) if k < len(equation.results))
        elif equation.op not in UNIFORM and not found.isdisjoint(reads(equation)):
            found.update(v for v in equation.results if equation.op != "tuple_get" or is_differentiable(v.type))


__all__ = ["Batch", "renamed", "spread_from"]
