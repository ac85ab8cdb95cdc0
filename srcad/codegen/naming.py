"""Out of SSA: which variables share a Python name, and what the names are.

Variables that would like to be one (a loop's initial value, state and result; a buffer before and after an update in
place) become one *class* if they never live at the same time. Classes get names in the order of the program: the
user's if there is one, and if no class that lives at the same time has it already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count

from srcad.lowering.liveness import Liveness
from srcad.ops.catalogue import operation
from srcad.trace.names import RESERVED, identifier
from srcad.trace.nodes import Atom, Equation, Region, Trace, Var
from srcad.trace.slots import LOOPS, STRUCTURED, slots
from srcad.trace.walk import walk


@dataclass(eq=False)
class _Class:
    """Variables with one name. `fixed`: the name of a parameter; `free`: read from the globals, never assigned."""

    members: list[Var]
    hint: str | None = None
    fixed: bool = False
    free: bool = False
    name: str = ""


@dataclass
class PythonNames:
    """The Python name of every variable that is not printed as an expression.

    `unsure`: numbers by their type that may be an array without dimensions.
    """

    classes: dict[Var, _Class] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    unsure: frozenset[Var] = frozenset()

    def used(self) -> set[str]:
        """The names of variables that aren't parameters."""
        return {c.name for c in self.classes.values() if not c.fixed}

    def of(self, var: Var) -> str:
        return self.classes[var].name

    def of_numbers(self, var: Var) -> bool:
        """Whether its name stands for numbers alone: `x += 1` would change an array without dimensions."""
        return self.of(var) not in self.of_others

    @cached_property
    def of_others(self) -> frozenset[str]:
        """The names that stand for something else than a number, here or there."""
        return frozenset(c.name for var, c in self.classes.items() if not var.type.is_scalar or var in self.unsure)

    def fresh(self, base: str) -> str:
        """A name that nothing has."""
        name, k = base, 1
        while name in self.taken or name in RESERVED:
            k += 1
            name = f"{base}_{k}"
        self.taken.add(name)
        return name


def assign_names(
    trace: Trace,
    live: Liveness,
    in_place: frozenset[Equation],
    hints: Mapping[Var, str | None],
    functions: frozenset[str] = frozenset(),
) -> PythonNames:
    """Names for the inputs (`hints` of those that are unpacked) and for everything computed.

    `functions`: the names of functions that are called.
    """
    graph = _interference(trace, live)
    namer = _Namer(trace, live, graph, hints, functions)
    namer.define()
    adjoint = _of_the_adjoint(trace)
    for eq in walk(trace.body):
        if eq in in_place:  # a buffer of the primal that becomes one of the adjoint gets a new name
            namer.merge(eq.operands[0], eq.results[-1], renaming=eq.role != "adjoint" or eq.operands[0] in adjoint)
    for a, b in _affinities(trace):
        namer.merge(a, b)
    names = namer.name()
    names.unsure = _unsure_numbers(trace)
    return names


# ---- interference


def _interference(trace: Trace, live: Liveness) -> dict[Var, set[Var]]:
    """Which variables live at the same time."""
    graph: dict[Var, set[Var]] = {}

    def clash(defined: Iterable[Var], alive: Iterable[Var]) -> None:
        alive = set(alive)
        for var in defined:
            others = alive - {var}
            graph.setdefault(var, set()).update(others)
            for other in others:
                graph.setdefault(other, set()).add(var)

    entries = [entry.var for entry in trace.inputs]
    clash(entries, entries)
    for eq in walk(trace.body):
        if eq not in live.after:
            continue
        clash(eq.results, {*live.after[eq], *eq.results})
        if eq in live.carried:
            clash(_state(eq, live), {*live.around[eq], *_state(eq, live)})
    return graph


def _state(eq: Equation, live: Liveness) -> list[Var]:
    """What a loop sets at the beginning of each iteration."""
    parameters = eq.regions[-1].parameters
    index, state = (parameters[:1], parameters[1:]) if eq.op == "for" else ((), parameters)
    return [*index, *(var for var, wanted in zip(state, live.carried[eq], strict=True) if wanted)]


# ---- what would like to be one


def _affinities(trace: Trace) -> Iterator[tuple[Atom, Var]]:
    """Pairs of variables, the most important first."""
    equations = list(walk(trace.body))
    for eq in equations:
        if operation(eq).updates:
            yield eq.operands[0], eq.results[-1]
    for eq in equations:
        if eq.op in LOOPS:
            for slot in slots(eq):
                yield slot.yields[-1], slot.parameters[0]
                yield slot.parameters[0], slot.result
    for eq in equations:
        if eq.op in STRUCTURED:
            for slot in slots(eq):
                for source in slot.sources:
                    if slot.result.name or not _is_named_elsewhere(source, eq):
                        yield source, slot.targets[-1]


def _unsure_numbers(trace: Trace) -> frozenset[Var]:
    """The numbers that a branch yields, or a loop goes on with, from what only the run knows to be one."""
    rows = [slot for eq in walk(trace.body) if eq.op in STRUCTURED for slot in slots(eq) if slot.result.type.is_scalar]
    found: set[Var] = set()
    size = -1
    while size != len(found):
        size = len(found)
        for slot in rows:
            if any(not source.type.is_scalar or source in found for source in slot.sources):
                found.update(slot.targets)
    return frozenset(found)


def _is_named_elsewhere(source: Atom, eq: Equation) -> bool:
    """Whether an atom is a variable of the user's from before a structured equation."""
    if not source.is_variable or source.name is None:
        return False
    inner = (v for region in eq.regions for e in region.equations for v in e.results)
    return source not in {*inner, *(p for region in eq.regions for p in region.parameters)}


def _of_the_adjoint(trace: Trace) -> set[Var]:
    """The variables that equations of the adjoint define."""
    found: set[Var] = set()
    for eq in walk(trace.body):
        if eq.role == "adjoint":
            found.update(eq.results)
            found.update(p for region in eq.regions for p in region.parameters)
    return found


# ---- names


class _Namer:
    def __init__(
        self,
        trace: Trace,
        live: Liveness,
        graph: dict[Var, set[Var]],
        hints: Mapping[Var, str | None],
        functions: frozenset[str],
    ) -> None:
        self.functions = functions
        self.trace = trace
        self.live = live
        self.graph = graph
        self.hints = hints
        self.names = PythonNames()
        self.order: list[_Class] = []

    def define(self) -> None:
        """Each variable its own class."""
        for entry in self.trace.inputs:
            plain = not entry.path.steps
            hint = entry.path.root if plain else self.hints[entry.var]
            self.add(entry.var, hint, fixed=plain, free=entry.free and plain)
        self.region(self.trace.body)

    def region(self, region: Region) -> None:
        for eq in region.equations:
            inline = len(eq.results) == 1 and eq.results[0] in self.live.inline
            for inner in eq.regions:
                for k, var in enumerate(inner.parameters):
                    is_index = eq.op == "for" and k == 0
                    self.add(var, "k" if is_index and var.name in (None, "_") else var.name)
                self.region(inner)
            for var in () if inline else eq.results:
                self.add(var, var.name or self.role(eq, var))

    def role(self, eq: Equation, var: Var) -> str | None:
        """What a nameless variable is called after: the number of iterations, the value of the function."""
        if eq.op in LOOPS and len(slots(eq)) < len(eq.results) and var is eq.results[-1]:
            return "trips"
        is_value = eq.role == "" and var in self.trace.body.results[:1]
        return "value" if is_value and _has_adjoint(self.trace) else None

    def add(self, var: Var, hint: str | None, fixed: bool = False, free: bool = False) -> None:
        """`fixed`: of the signature, with the name that stands there, whatever it is."""
        if var not in self.names.classes:
            near = identifier(hint) if hint and hint != "_" else None
            found = _Class([var], hint if fixed else near, fixed, free)
            self.names.classes[var] = found
            self.order.append(found)

    def merge(self, a: Atom, b: Var, *, renaming: bool = False) -> None:
        """One class of two, where they never live at the same time and both may have the name.

        `renaming`: a gives its name to b, which is the same object, even if b has another.
        """
        if not a.is_variable or a not in self.names.classes or b not in self.names.classes:
            return
        one, two = self.names.classes[a], self.names.classes[b]
        if one is two or one.free or two.free or (one.fixed and two.fixed):
            return
        if self.clash(one, two) or (one.hint and two.hint and one.hint != two.hint and not renaming):
            return
        if two.fixed:
            one, two = two, one
        one.members += two.members
        one.hint = one.hint or two.hint
        for var in two.members:
            self.names.classes[var] = one

    def clash(self, one: _Class, two: _Class) -> bool:
        few, many = sorted((one, two), key=lambda c: len(c.members))
        members = set(many.members)
        return any(not members.isdisjoint(self.graph.get(var, ())) for var in few.members)

    def name(self) -> PythonNames:
        classes = [c for c in self.order if self.names.classes[c.members[0]] is c]
        roots = {entry.path.root for entry in self.trace.inputs if entry.free} | self.functions
        for c in classes:
            if c.fixed:
                c.name = c.hint or ""
        for c in classes:
            if not c.fixed and c.hint:
                c.name = first_free(_versions(c.hint), self.refused(c, roots))
        numbers = map("v{}".format, count(1))
        for c in classes:
            if not c.name:
                c.name = first_free(numbers, self.refused(c, roots))
        self.names.taken = {c.name for c in classes} | roots | {p.name for p in self.trace.parameters}
        return self.names

    def refused(self, c: _Class, roots: set[str]) -> set[str]:
        """The names that this class can't have: those of what lives at the same time, and of what is read."""
        around = {v for member in c.members for v in self.graph.get(member, ())}
        names = {self.names.classes[v].name for v in around if v in self.names.classes} | roots
        unpacked = any(var in self.hints for var in c.members)
        return names | {p.name for p in self.trace.parameters} if unpacked else names


def _versions(base: str) -> Iterator[str]:
    return chain((base,), map(f"{base}_{{}}".format, count(2)))


def first_free(names: Iterator[str], refused: set[str]) -> str:
    """The first name that may be had."""
    return next(name for name in names if name not in refused and name not in RESERVED)


def _has_adjoint(trace: Trace) -> bool:
    return any(eq.role in ("adjoint", "tangent") for eq in trace.body.equations)
