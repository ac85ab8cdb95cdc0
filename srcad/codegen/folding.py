"""Which values are printed inside the expressions that use them.

A nameless pure value that is used once is printed where it is used. That evaluates it later, so between its place and
the use nothing may overwrite the memory that it reads, have an effect, or give one of the names that it reads
another value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from srcad.analysis.aliases import MemoryClasses, levels
from srcad.codegen.spelling import Style, repeats
from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var, variables
from srcad.trace.slots import LOOPS, STRUCTURED, slots
from srcad.trace.walk import free_variables, walk

LONGEST = 84  # an expression that would be longer than this keeps its own statement
LONGEST_CHOICE = 72


@dataclass
class Folding:
    """inline: the equation of each value that is printed inside an expression; choices: `if`s that are expressions."""

    inline: dict[Var, Equation] = field(default_factory=dict)
    choices: set[Equation] = field(default_factory=set)


def fold(trace: Trace, in_place: frozenset[Equation], style: Style) -> Folding:
    """Decide for every value; `style`: how numbers are spelled."""
    folder = _Folder(trace, in_place, style)
    folder.region(trace.body)
    folder.returned(trace.body)
    return folder.folding


def is_pure(eq: Equation, in_place: frozenset[Equation]) -> bool:
    facts = operation(eq)
    return not (facts.control or facts.effect or eq in in_place) and len(eq.results) == 1


def short_circuit(eq: Equation) -> str | None:
    """`and` or `or` where an `if` chooses between its own condition and something else."""
    if eq.op != "if" or len(eq.results) != 1 or not eq.operands[0].is_variable:
        return None
    for region, word in zip(eq.regions, ("or", "and"), strict=True):
        if not region.equations and region.results[0] is eq.operands[0]:
            return word
    return None


def count_uses(trace: Trace) -> dict[Var, int]:
    """How often each variable is read; the condition of an `and` or `or` once."""
    uses: dict[Var, int] = {}
    regions = [trace.body]
    for eq in walk(trace.body):
        regions += eq.regions
        for var in variables(eq.operands):
            uses[var] = uses.get(var, 0) + (0 if short_circuit(eq) else 1)
    for region in regions:
        for var in variables(region.results):
            uses[var] = uses.get(var, 0) + 1
    return uses


def maybe_absent(trace: Trace) -> set[Var]:
    """The variables that may have no value in a run: nothing but a statement that is skipped then may read them."""
    found: set[Var] = set()

    def region(inner: Region) -> None:
        for eq in inner.equations:
            every = slots(eq) if eq.op in STRUCTURED else ()
            for slot in every:
                if slot.initial is not None and without(slot.initial):
                    found.update(slot.targets)
            for part in eq.regions:
                region(part)
            found.update(slot.result for slot in every if any(map(without, slot.yields)))

    def without(atom: Atom) -> bool:
        return atom.type.is_undefined or atom in found

    region(trace.body)
    return found


class _Folder:
    def __init__(self, trace: Trace, in_place: frozenset[Equation], style: Style) -> None:
        self.folding = Folding()
        self.style = style
        self.in_place = in_place
        self.uses = count_uses(trace)
        self.classes = MemoryClasses(trace)
        self.absent = maybe_absent(trace)
        self.lengths: dict[Var, int] = {}
        self.reads: dict[Var, frozenset[Var]] = {}
        self.places: dict[Var, tuple[Region, int]] = {}  # where a candidate stands

    # ---- walking

    def region(self, region: Region) -> None:
        for k, eq in enumerate(region.equations):
            for inner in eq.regions:
                self.region(inner)
            self.inner_results(eq)
            self.operands(eq, region, k)
            if self.candidate(eq):
                self.places[eq.results[0]] = (region, k)
                self.measure(eq)

    def candidate(self, eq: Equation) -> bool:
        """Whether an equation may be folded at all."""
        if eq not in self.folding.choices and not is_pure(eq, self.in_place):
            return False
        (result,) = eq.results
        return (result.name is None or eq.op == "record_new") and self.uses.get(result, 0) == 1

    def operands(self, eq: Equation, region: Region, place: int) -> None:
        """Fold what an equation reads into it."""
        room = LONGEST - sum(self.length(a) for a in eq.operands)
        for k, operand in enumerate(eq.operands):
            if operand in self.places and self.takes(eq, k):
                room = self.try_fold(operand, region, place, room)

    def takes(self, eq: Equation, k: int) -> bool:
        """Whether operand k may be an expression: not where it is overwritten, nor where a loop starts from it."""
        if eq in self.in_place:
            return k > 0
        if eq.op == "for":
            return k < 3
        if short_circuit(eq) and eq not in self.folding.choices:
            return False  # it is read twice
        return eq.op not in ("while", "format") and not (eq.op == "scope" and k > 0) and not self.repeats(eq, k)

    def repeats(self, eq: Equation, k: int) -> bool:
        return repeats(eq, self.style, k)

    def try_fold(self, var: Var, region: Region, place: int, room: int) -> int:
        """Fold a variable into what stands at `place`, if that is right and there is room; what room is left."""
        home, start = self.places[var]
        longer = self.lengths[var] - self.length(var)
        if home is not region or longer > room or self.blocked(var, region, start, place):
            return room
        self.folding.inline[var] = region.equations[start]
        return room - longer

    # ---- results of regions

    def inner_results(self, eq: Equation) -> None:
        """Fold into the yields where they are printed as expressions: conditions, messages, conditional expressions."""
        if eq.op in LOOPS:
            self.next_state(eq)
        if eq.op == "if":
            self.choice(eq)
        elif eq.op == "while":
            self.results(eq.regions[0])
        elif eq.op == "for" and eq.params.get("breaks"):
            self.results(eq.regions[0], 1)
        elif eq.op not in STRUCTURED:
            for region in eq.regions:
                self.results(region)

    def results(self, region: Region, count: int | None = None) -> None:
        for atom in region.results[:count]:
            if atom in self.places and atom not in self.folding.inline:
                self.try_fold(atom, region, len(region.equations), LONGEST - self.length(atom))

    def returned(self, body: Region) -> None:
        """Results are computed in the return statement, but for those of the primal before the adjoint."""
        roles = [eq.role for eq in body.equations]
        for atom in body.results:
            if atom in self.places and atom not in self.folding.inline:
                _, place = self.places[atom]
                if roles[place] == "adjoint" or "adjoint" not in roles[place:]:
                    room = self.lengths[atom] if body.equations[place].op == "record_new" else LONGEST
                    self.try_fold(atom, body, len(roles), room - self.length(atom))

    def next_state(self, eq: Equation) -> None:
        """Fold what a loop carries on into the assignment at its end, where the old value is read until then."""
        body = eq.regions[-1]
        offset = len(body.results) - len(slots(eq))
        defined = {inner.result: k for k, inner in enumerate(body.equations) if is_pure(inner, self.in_place)}
        for slot, atom in zip(slots(eq), body.results[offset:], strict=True):
            if not atom.is_variable or atom not in defined or self.uses[atom] != 1 or atom in self.folding.inline:
                continue
            place = defined[atom]
            if self.read_after(slot.parameters[-1], body, place):
                self.places[atom] = (body, place)
                self.measure(body.equations[place])
                self.try_fold(atom, body, len(body.equations), LONGEST - self.length(atom))

    def read_after(self, var: Var, region: Region, place: int) -> bool:
        """Whether a region reads a variable after one of its equations, other than to fold it in."""
        later = [a for eq in region.equations[place + 1 :] for a in self.read_by(eq)]
        return var in {*later, *variables(region.results)}

    def read_by(self, eq: Equation) -> Iterable[Var]:
        yield from variables(eq.operands)
        for region in eq.regions:
            yield from free_variables(region)

    def choice(self, eq: Equation) -> None:
        """An `if` with one result that needs no statements is a conditional expression, unless the user has it so."""
        if len(eq.results) != 1 or (eq.results[0].name is not None and _is_statement(eq)):
            return
        before = dict(self.folding.inline)
        for region in eq.regions:
            self.results(region)
        if all(self.is_expression(region) for region in eq.regions) and self.choice_length(eq) <= LONGEST_CHOICE:
            self.folding.choices.add(eq)
        else:
            self.folding.inline = before

    def is_expression(self, region: Region) -> bool:
        if region.results[0] in self.absent or region.results[0].type.is_undefined:
            return False
        return all(len(eq.results) == 1 and eq.results[0] in self.folding.inline for eq in region.equations)

    def choice_length(self, eq: Equation) -> int:
        (condition,) = eq.operands
        parts = {condition, *(region.results[0] for region in eq.regions)}
        return 10 + sum(self.lengths.get(a, 0) if isinstance(a, Var) else self.length(a) for a in parts)

    # ---- measures

    def length(self, atom: Atom) -> int:
        """About how long an atom will be in print."""
        if isinstance(atom, Const):
            return len(repr(atom.value)) if isinstance(atom.value, (int, float, complex, str)) else 8
        if atom in self.folding.inline:
            return self.lengths[atom]
        return len(atom.name or "v1")

    def measure(self, eq: Equation) -> None:
        (result,) = eq.results
        operands = dict.fromkeys([*eq.operands, *(r.results[0] for r in eq.regions)])
        facts = operation(eq)
        words = 2 if facts.by_operator or facts.brief else 6 if eq.regions else len(eq.op) + 5
        self.lengths[result] = words + sum(self.length(a) + 2 for a in operands)
        found: set[Var] = set()
        for var in variables(tuple(operands)):
            found |= self.reads[var] if var in self.folding.inline else {var}
        self.reads[result] = frozenset(found)

    # ---- what stands between

    def blocked(self, var: Var, region: Region, start: int, end: int) -> bool:
        reads = self.reads[var]
        memory = {self.classes.of(v) for v in reads if levels(v.type)}
        names = {v.name for v in reads} - {None}
        for eq in region.equations[start + 1 : end]:
            if len(eq.results) == 1 and eq.results[0] in self.folding.inline:
                continue
            if self.disturbs(eq, memory, names):
                return True
        return False

    def disturbs(self, eq: Equation, memory: set[Var], names: set[str | None]) -> bool:
        if eq in self.folding.choices:
            return False
        if operation(eq).effect and eq.op != "check":
            return True
        if eq in self.in_place and isinstance(eq.operands[0], Var) and self.classes.of(eq.operands[0]) in memory:
            return True
        set_here = [*eq.results, *(p for region in eq.regions for p in region.parameters)]
        inner = [e for region in eq.regions for e in region.equations]
        return any(v.name in names for v in set_here) or any(self.disturbs(e, memory, names) for e in inner)


def _is_statement(eq: Equation) -> bool:
    """Whether the user wrote an `if` as a statement (or nobody wrote it)."""
    return eq.span is None or eq.role != "" or eq.span.syntax in ("If", "For", "While")
