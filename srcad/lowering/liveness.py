"""Which variables are still read after each equation.

Folded variables (`inline`) are not variables of the generated code: reading one reads what its expression reads, at the
place where it is printed, and its equation is skipped.

This goes backwards, through a loop with what lives throughout it, and has a traversal of its own for that.

A loop's parameters stand for its state. The condition and the body of a `while` must have the same parameters
(`srcad.lowering.prepare` sees to it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from srcad.trace.nodes import Atom, Equation, Region, Trace, Var, variables

NOTHING: Mapping[Var, Equation] = {}


@dataclass
class Liveness:
    """What is live where.

    after    for each equation: what is read later (its own results among it where they are used)
    around   for each loop: what lives throughout it, apart from its own state
    carried  for each loop: which of its carried values matter
    """

    inline: Mapping[Var, Equation] = field(default_factory=dict)
    after: dict[Equation, frozenset[Var]] = field(default_factory=dict)
    around: dict[Equation, frozenset[Var]] = field(default_factory=dict)
    carried: dict[Equation, tuple[bool, ...]] = field(default_factory=dict)
    _reads: dict[Var, frozenset[Var]] = field(default_factory=dict)
    _free: dict[Region, frozenset[Var]] = field(default_factory=dict)

    # ---- what is read

    def reads(self, atoms: Iterable[Atom]) -> set[Var]:
        """The variables read by evaluating these."""
        found: set[Var] = set()
        for var in variables(atoms):
            found |= self._reads_of(var)
        return found

    def _reads_of(self, var: Var) -> frozenset[Var]:
        if var not in self._reads:
            eq = self.inline.get(var)
            self._reads[var] = frozenset({var} if eq is None else self.reads_of_equation(eq))
        return self._reads[var]

    def reads_of_equation(self, eq: Equation) -> set[Var]:
        """The variables read by an equation and by its regions from outside of them."""
        found = self.reads(eq.operands)
        for region in eq.regions:
            found |= self.free(region)
        return found

    def free(self, region: Region) -> frozenset[Var]:
        """The outer variables that a region reads."""
        if region not in self._free:
            self._free[region] = frozenset(self._free_of(region))
        return self._free[region]

    def _free_of(self, region: Region) -> set[Var]:
        found, defined = set(self.reads(region.results)), set(region.parameters)
        for eq in self.statements(region):
            found |= self.reads_of_equation(eq)
            defined.update(eq.results)
        return found - defined

    def statements(self, region: Region) -> list[Equation]:
        """The equations that are not folded into others."""
        return [eq for eq in region.equations if not (len(eq.results) == 1 and eq.results[0] in self.inline)]

    # ---- going backwards

    def region(self, region: Region, out: set[Var], yields: Iterable[Atom]) -> set[Var]:
        """What is live at the start of a region, when `out` is live after it and these of its results are wanted."""
        live = out | self.reads(yields)
        for eq in reversed(self.statements(region)):
            live = self._equation(eq, live)
        return live

    def _equation(self, eq: Equation, live: set[Var]) -> set[Var]:
        self.after[eq] = frozenset(live)
        through = live.difference(eq.results)
        if eq.op == "for":
            return self._for(eq, live, through)
        if eq.op == "while":
            return self._while(eq, live, through)
        if eq.op == "scope" and len(eq.regions) == 2:
            return self._finally(eq, live, through)
        before = through | self.reads(eq.operands)
        for region in eq.regions:
            before |= self.region(region, through, self._wanted(eq, region, live))
        return before

    @staticmethod
    def _wanted(eq: Equation, region: Region, live: set[Var]) -> list[Atom]:
        if not eq.results:
            return list(region.results)
        return [atom for atom, result in zip(region.results, eq.results, strict=True) if result in live]

    def _finally(self, eq: Equation, live: set[Var], through: set[Var]) -> set[Var]:
        body, finalizer = eq.regions
        before = self.region(finalizer, live, ()).difference(eq.results)
        return self.region(body, before | through, self._wanted(eq, body, live)) | self.reads(eq.operands)

    def _for(self, eq: Equation, live: set[Var], through: set[Var]) -> set[Var]:
        (body,) = eq.regions
        breaks = bool(eq.params.get("breaks"))
        outer = self._outer(eq, live, through, breaks)
        state, yields = body.parameters[1:], body.results[breaks:]
        wanted = self._carry(eq, state, yields, live)
        inside = self.region(body, outer, [*body.results[:breaks], *_chosen(yields, wanted)])
        return inside.difference(body.parameters) | outer.difference(eq.results) | self.reads(eq.operands)

    def _while(self, eq: Equation, live: set[Var], through: set[Var]) -> set[Var]:
        condition, body = eq.regions
        outer = self._outer(eq, live, through, True)
        wanted = self._carry(eq, body.parameters, body.results, live)
        inside = self.region(body, outer, _chosen(body.results, wanted))
        leaving = {s for s, r in zip(body.parameters, eq.results, strict=False) if r in live}
        inside = self.region(condition, inside | leaving, condition.results)
        return inside.difference(body.parameters) | outer.difference(eq.results) | self.reads(eq.operands)

    def _outer(self, eq: Equation, live: set[Var], through: set[Var], counts: bool) -> set[Var]:
        """What must survive every iteration: what is read after, what the loop reads, and the count of trips."""
        outer = set(through)
        if counts and eq.results[-1] in live:
            outer.add(eq.results[-1])
        for region in eq.regions:
            outer |= self.free(region)
        self.around[eq] = frozenset(outer)
        return outer

    def _carry(self, eq: Equation, state: tuple[Var, ...], yields: tuple[Atom, ...], live: set[Var]) -> list[bool]:
        """Which carried values are read in the loop or after it."""
        read: set[Var] = set()
        for region in eq.regions:
            for inner in self.statements(region):
                read |= self.reads_of_equation(inner)
        firsts = eq.regions[0].results
        if eq.op == "while" or eq.params.get("breaks"):
            read |= self.reads(firsts[:1])
        wanted = [s in read or r in live for s, r in zip(state, eq.results, strict=False)]
        grown = True
        while grown:
            needed = self.reads(_chosen(yields, wanted))
            now = [w or s in needed for w, s in zip(wanted, state, strict=True)]
            grown, wanted = now != wanted, now
        self.carried[eq] = tuple(wanted)
        return wanted


def _chosen(atoms: Iterable[Atom], wanted: Iterable[bool]) -> list[Atom]:
    return [atom for atom, want in zip(atoms, wanted, strict=True) if want]


def liveness(trace: Trace, inline: Mapping[Var, Equation] = NOTHING) -> Liveness:
    """What is live where in a trace."""
    live = Liveness(inline)
    live.region(trace.body, set(), trace.body.results)
    return live
