"""Bufferisation: which functional updates may overwrite their operand, and where a copy is needed instead.

An update overwrites operand 0 if this function made that memory itself, and if nothing that is read later may share
it: the old value, a view of it, a container that holds it. Otherwise a copy is made, where it costs least:

- of a view that is read later, where it is taken (`row = a[0].copy()`), if that settles the matter;
- of a value that a list or a record is to keep, where it is put there;
- of the value with which a loop starts, before the loop, so that the loop itself works in place;
- of the operand, right before the update.

The caller's values are never overwritten, and no result shares memory with them or with another result.

The analysis goes through the trace in the order of execution with the may-share relation between the variables in
scope; for loops it repeats until the relation between the carried values is stable, so that buffers which change
places are known to be two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from srcad.analysis.aliases import CONTENT, OBJECT, Binding, Sharing, flow, is_view, levels, makes_owned, nodes
from srcad.lowering.liveness import Liveness, liveness
from srcad.ops.catalogue import operation
from srcad.ops.subscripts import is_basic
from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var, variables
from srcad.trace.rewrite import Rewriter, with_parts
from srcad.trace.slots import LOOPS, STRUCTURED, slots
from srcad.trace.types import OPAQUE, Unknown
from srcad.trace.walk import walk

# functions that look at their arguments, and neither keep nor change them
HARMLESS = (print, repr, str, len, format, isinstance, type, float, int, bool, id, callable, hasattr)


@dataclass
class Decisions:
    """What the analysis has found. Operands are named by their equation and position."""

    in_place: set[Equation] = field(default_factory=set)
    copied: set[tuple[Equation, int]] = field(default_factory=set)
    detached: set[Var] = field(default_factory=set)
    outputs: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Bufferised:
    """A trace with the copies that it needs, and the updates in it that overwrite their operand."""

    trace: Trace
    in_place: frozenset[Equation]


def bufferise(trace: Trace) -> Bufferised:
    """Decide for every update."""
    live = liveness(trace)
    sources = _origins(trace)
    detached: set[Var] = set()
    while True:
        analysis = _Analysis(trace, live, sources, detached)
        analysis.run()
        if not analysis.to_detach:
            return _Insertion(analysis.decisions, optional(trace), optional(trace, _recorded(trace))).trace(trace)
        detached |= analysis.to_detach


def is_update(eq: Equation) -> bool:
    """Whether an equation overwrites memory (rather than making a new number)."""
    if not operation(eq).updates:
        return False
    return bool(levels(eq.results[-1].type)) and any(edge.level == OBJECT for edge in flow(eq))


# ---- where overwritten memory comes from


@dataclass(frozen=True)
class _Origins:
    """`overwritten`: memory that may flow into an update; `views`: the equation of each view."""

    overwritten: frozenset[Binding]
    views: dict[Var, Equation]


def _origins(trace: Trace) -> _Origins:
    parents: dict[Binding, list[Binding]] = {}
    starts: list[Binding] = []
    views: dict[Var, Equation] = {}
    for eq in walk(trace.body):
        if eq.op in STRUCTURED:
            _slot_parents(eq, parents)
        elif not eq.regions:
            _flow_parents(eq, parents)
            if is_update(eq) and isinstance(eq.operands[0], Var):
                starts.append((eq.operands[0], OBJECT))
            if len(eq.results) == 1 and is_view(eq):
                views[eq.results[0]] = eq
    return _Origins(frozenset(_reached(starts, parents)), views)


def _slot_parents(eq: Equation, parents: dict[Binding, list[Binding]]) -> None:
    for slot in slots(eq):
        for target in slot.targets:
            for level in levels(target.type):
                parents.setdefault((target, level), []).extend((v, level) for v in variables(slot.sources))


def _flow_parents(eq: Equation, parents: dict[Binding, list[Binding]]) -> None:
    for edge in flow(eq):
        source = eq.operands[edge.operand]
        if isinstance(source, Var):
            parents.setdefault((eq.results[edge.result], edge.level), []).append((source, edge.source))


def _reached(starts: list[Binding], parents: dict[Binding, list[Binding]]) -> set[Binding]:
    found: set[Binding] = set()
    todo = list(starts)
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += parents.get(node, [])
    return found


# ---- the analysis


def optional(trace: Trace, also: Iterable[Var] = ()) -> set[Var]:
    """The variables that may be None, where their kind is known otherwise.

    That is what only one branch has recorded, what a loop is the first to set, and what comes from a tape of such.
    """
    found, tapes = set(also), set[Var]()
    around = [slot for eq in walk(trace.body) if eq.op in STRUCTURED for slot in slots(eq)]
    single = [eq for eq in walk(trace.body) if eq.op in ("list_zeros", "list_append", "list_pop")]
    size = -1
    while size != len(found) + len(tapes):
        size = len(found) + len(tapes)
        for slot in around:
            if any(_is_none(a) or a in found for a in slot.sources):
                found.update(slot.targets)
            if any(a in tapes for a in slot.sources):
                tapes.update(slot.targets)
        for eq in single:
            _optional_results(eq, found, tapes)
    return found


def _optional_results(eq: Equation, found: set[Var], tapes: set[Var]) -> None:
    if eq.op == "list_zeros" and eq.operands[0] in found:
        found.add(eq.result)
    elif eq.op == "list_append" and (eq.operands[0] in tapes or eq.operands[1] in found):
        tapes.add(eq.result)
    elif eq.op == "list_pop" and eq.operands[0] in tapes:
        found.add(eq.results[0])
        tapes.add(eq.results[1])


def _recorded(trace: Trace) -> Iterator[Var]:
    """What comes out of records, and is None where another branch was taken: nothing but zeros like it is made then."""
    return (v for eq in walk(trace.body) if eq.op == "record_items" for v in eq.results)


class _Analysis:
    """One walk through the trace in the order of execution."""

    def __init__(self, trace: Trace, live: Liveness, origins: _Origins, detached: set[Var]) -> None:
        self.trace = trace
        self.live = live
        self.origins = origins
        self.decisions = Decisions(detached=detached)
        self.to_detach: set[Var] = set()
        self.sharing = Sharing()
        self.escaped = Var(OPAQUE, "escaped")  # what objects outside of this function may have kept
        self.sharing.define(self.escaped, owned=False)

    def run(self) -> None:
        for entry in self.trace.inputs:
            self.sharing.define(entry.var, owned=False)
        self.region(self.trace.body)
        self.results()

    def region(self, region: Region) -> None:
        for eq in region.equations:
            self.equation(eq)

    def equation(self, eq: Equation) -> None:
        if eq.op in LOOPS:
            self.loop(eq)
        elif eq.op in STRUCTURED:
            self.branches(eq)
        elif eq.regions:
            self.region(eq.regions[0])
        else:
            self.plain(eq)

    def scope(self, eq: Equation) -> set[Var]:
        """The variables that matter after an equation, apart from its results."""
        return {*self.live.after[eq].difference(eq.results), self.escaped}

    # ---- straight lines

    def plain(self, eq: Equation) -> None:
        scope = self.scope(eq)
        if is_update(eq):
            self.decide(eq, scope)
        self.store(eq, scope)
        harmless = eq.op == "call" and isinstance(eq.operands[0], Const) and eq.operands[0].value in HARMLESS
        if (operation(eq).effect and not harmless) or eq.op == "record_new":
            self.escape(eq, scope)
        for result in eq.results:
            self.sharing.define(result)
        if not harmless and not (eq.results and eq.results[0] in self.decisions.detached):
            self.connect(eq, scope)

    def connect(self, eq: Equation, scope: set[Var]) -> None:
        """The results share memory with operands."""
        owned = makes_owned(eq)
        copied = {k for k in range(len(eq.operands)) if (eq, k) in self.decisions.copied}
        fresh = eq.op == "accumulate" and eq not in self.decisions.in_place
        for edge in flow(eq):
            result, operand = (eq.results[edge.result], edge.level), eq.operands[edge.operand]
            if edge.level not in levels(result[0].type) or fresh:
                continue
            if edge.operand in copied and (edge.operand > 0 or edge.source == OBJECT):
                continue
            if not owned or not operand.is_variable:
                self.sharing.owned[result] = self.sharing.owned[result] and owned and not levels(operand.type)
            if isinstance(operand, Var) and edge.source in levels(operand.type):
                self.sharing.join(result, (operand, edge.source), scope)
        self.relate(eq)

    def relate(self, eq: Equation) -> None:
        """Several results may be the same memory of an operand: an element, and what is in the list it came from."""
        if len(eq.results) == 1:
            return
        from_one: dict[tuple[int, int], list[Binding]] = {}
        for edge in flow(eq):
            result = eq.results[edge.result]
            if edge.level in levels(result.type):
                from_one.setdefault((edge.operand, edge.source), []).append((result, edge.level))
        for memory in from_one.values():
            for node in memory:
                self.sharing.connect(node, memory)

    def decide(self, eq: Equation, scope: set[Var]) -> None:
        """In place, or after a copy."""
        self.decisions.in_place.discard(eq)
        self.decisions.copied.discard((eq, 0))
        operand = eq.operands[0]
        in_the_way = self.conflicts(eq, scope) if operand.is_variable else []
        if self.sharing.owns(operand) and not in_the_way and not _becomes_another(eq):
            self.decisions.in_place.add(eq)
        elif eq.op != "accumulate":
            self.decisions.copied.add((eq, 0))
        if self.sharing.owns(operand) and in_the_way and all(self.detachable(var) for var in in_the_way):
            self.to_detach.update(in_the_way)

    def conflicts(self, eq: Equation, scope: set[Var]) -> list[Var]:
        """What is read after or while this equation overwrites its operand."""
        operand = eq.operands[0]
        assert isinstance(operand, Var)
        if OBJECT not in levels(operand.type):
            return []
        readers = scope
        if not _reads_first(eq):
            readers = scope | set(variables(eq.operands[1:]))
        return list({var for var, _ in self.sharing.sharers((operand, OBJECT), readers)})

    def detachable(self, var: Var) -> bool:
        free = var in self.origins.views and var not in self.decisions.detached
        return free and (var, OBJECT) not in self.origins.overwritten

    def store(self, eq: Equation, scope: set[Var]) -> None:
        """A container that keeps what will be overwritten keeps a copy of it."""
        for k in _kept(eq):
            self.decisions.copied.discard((eq, k))
            operand = eq.operands[k]
            if isinstance(operand, Var) and (self.will_change(operand, scope) or self.is_lent(eq, operand)):
                self.decisions.copied.add((eq, k))

    def is_lent(self, eq: Equation, var: Var) -> bool:
        """Whether a record would keep memory that belongs to somebody else, who may write to it."""
        return eq.op == "record_new" and not all(self.sharing.owns(var, level) for level in levels(var.type))

    def will_change(self, var: Var, scope: set[Var]) -> bool:
        """Whether memory of this variable, which we own, may be overwritten after it has been stored."""
        memory = [node for node in nodes(var) if self.sharing.owned.get(node, False)]
        return any(
            other in self.origins.overwritten for node in memory for other in (node, *self.sharing.sharers(node, scope))
        )

    def escape(self, eq: Equation, scope: set[Var]) -> None:
        """What an unknown function or object has got, it may keep; a record does."""
        kept: set[Binding] = set()
        for k, operand in enumerate(eq.operands):
            if isinstance(operand, Var) and (eq, k) not in self.decisions.copied:
                for node in nodes(operand):
                    kept |= {node, *self.sharing.sharers(node, scope)}
        for node in nodes(self.escaped):
            self.sharing.connect(node, kept)

    # ---- regions

    def branches(self, eq: Equation) -> None:
        for region in eq.regions:
            self.region(region)
        for result in eq.results:
            self.sharing.define(result)
        for region in eq.regions:
            if region.results:
                self.link(eq.results, region.results, self.scope(eq))

    def loop(self, eq: Equation) -> None:
        carried = slots(eq)
        outer = {*self.live.around[eq], self.escaped}
        state = [slot.parameters[0] for slot in carried]
        for var in (*eq.regions[0].parameters, *state):
            self.sharing.define(var)
        self.link(state, self.initial(eq, outer), outer)
        changed = True
        while changed:
            before = self.kept_outside(outer)
            for region in eq.regions:
                self.region(region)
            changed = self.link(state, [slot.yields[-1] for slot in carried], outer)
            changed |= self.kept_outside(outer) != before
        for result in eq.results:
            self.sharing.define(result)
        self.link(eq.results[: len(state)], state, self.scope(eq))

    def kept_outside(self, scope: set[Var]) -> set[Binding]:
        """Which memory of these variables an outside object may have kept."""
        return {node for mine in nodes(self.escaped) for node in self.sharing.sharers(mine, scope)}

    def initial(self, eq: Equation, outer: set[Var]) -> list[Atom]:
        """What the loop starts with; copies where the loop overwrites it and it isn't free for that."""
        offset = len(eq.operands) - len(slots(eq))
        atoms: list[Atom] = list(eq.operands[offset:])
        for k, slot in enumerate(slots(eq)):
            self.decisions.copied.discard((eq, offset + k))
            if not self.live.carried[eq][k] or (slot.parameters[0], OBJECT) not in self.origins.overwritten:
                continue
            if self.occupied(atoms[k], outer, [a for j, a in enumerate(atoms) if j != k]):
                self.decisions.copied.add((eq, offset + k))
                atoms[k] = self.copy_of(atoms[k], outer)
        return atoms

    def occupied(self, atom: Atom, outer: set[Var], others: Sequence[Atom]) -> bool:
        """Whether a loop may not overwrite this. What has no value yet it sets before it writes to it."""
        if not levels(atom.type) or _is_none(atom):
            return False
        if not self.sharing.owns(atom):
            return True
        assert isinstance(atom, Var)
        rest = {*outer, *variables(others)}
        return bool(self.sharing.sharers((atom, OBJECT), rest))

    def copy_of(self, atom: Atom, scope: set[Var]) -> Var:
        """A copy, whose elements are still the same."""
        copy = Var(atom.type)
        self.sharing.define(copy)
        if CONTENT in levels(atom.type):
            self.sharing.owned[(copy, CONTENT)] = self.sharing.owns(atom, CONTENT)
            if isinstance(atom, Var):
                self.sharing.join((copy, CONTENT), (atom, CONTENT), scope)
        return copy

    def link(self, targets: Sequence[Var], sources: Sequence[Atom], scope: set[Var]) -> bool:
        """Each target may be its source; whether that says anything new."""
        changed = False
        pairs = list(zip(targets, sources, strict=False))
        for target, source in pairs:
            changed |= self._link_one(target, source, scope)
        return self._link_pairs(pairs) or changed

    def _link_one(self, target: Var, source: Atom, scope: set[Var]) -> bool:
        if source.type.is_undefined or not levels(source.type) or _is_none(source):
            return False
        if isinstance(source, Const):
            changed = any(self.sharing.owned[node] for node in nodes(target))
            self.sharing.owned.update(dict.fromkeys(nodes(target), False))
            return changed
        mine, others = levels(target.type), levels(source.type)
        joins = [(level, o) for level in mine for o in others if level == o or o not in mine]
        news = [self.sharing.join((target, level), (source, o), scope) for level, o in joins]
        return any(news)

    def _link_pairs(self, pairs: Sequence[tuple[Var, Atom]]) -> bool:
        """Targets share memory with each other as their sources do; whether that is news."""
        places: dict[Binding, list[Binding]] = {}  # memory of a source -> memory of targets that it becomes
        for target, source in pairs:
            for node in nodes(target) if source.is_variable else ():
                for place in _at(source, node[1]):
                    places.setdefault(place, []).append(node)
        changed = False
        for place, mine in places.items():
            for other in (place, *self.sharing.near[place]):
                for node in places.get(other, ()):
                    changed |= self.sharing.connect(node, mine)
        return changed

    # ---- results

    def results(self) -> None:
        """A result that the caller could change by changing something else is copied."""
        seen: list[Binding] = list(nodes(self.escaped))
        for k, atom in enumerate(self.trace.body.results):
            if atom.type.is_opaque or not levels(atom.type):
                continue
            memory = list(nodes(atom)) if isinstance(atom, Var) else []
            alone = all(self.sharing.owns(atom, level) for level in levels(atom.type))
            if not alone or any(self.sharing.may(a, b) for a in memory for b in seen):
                self.decisions.outputs.add(k)
            else:
                seen += memory


def _is_none(atom: Atom) -> bool:
    return atom.is_none


def _at(var: Atom, level: int) -> list[Binding]:
    """The memory of a source that a target's memory of this level may be."""
    assert isinstance(var, Var)
    return [(var, level)] if level in levels(var.type) else list(nodes(var))


def _becomes_another(eq: Equation) -> bool:
    """Whether adding in place would leave a value of one name under that of another: x += x for x_bar = x + x."""
    operand, result = eq.operands[0], eq.results[0]
    names = {operand.name, result.name} - {None} if operand.is_variable else set()
    return eq.op == "accumulate" and len(names) == 2


def _reads_first(eq: Equation) -> bool:
    """Whether NumPy has read all operands before it writes the first element, or behaves so."""
    if eq.op not in ("set_item", "add_item"):
        return True
    return is_basic(eq.params["index"])


def _kept(eq: Equation) -> Iterable[int]:
    """The operands that what is made holds on to: of a list that grows, the value that is put into it."""
    facts = operation(eq)
    if not facts.keeps:
        return ()
    return (1,) if facts.updates else range(len(eq.operands))


# ---- inserting the copies


class _Insertion(Rewriter):
    """Writes the copies into the trace."""

    def __init__(self, decisions: Decisions, optional: set[Var], recorded: set[Var]) -> None:
        super().__init__()
        self.decisions = decisions
        self.optional = optional  # what may be None
        self.recorded = recorded  # what may be None where zeros like it are made
        self.in_place: set[Equation] = set()

    def trace(self, trace: Trace) -> Bufferised:
        self.equations(trace.body.equations)
        results = list(trace.body.results)
        for k in sorted(self.decisions.outputs):
            results[k] = self.copy(results[k], self.out[-1] if self.out else None, deep=True)
        body = Region(trace.body.parameters, tuple(self.out), tuple(results))
        return Bufferised(replace(trace, body=body), frozenset(self.in_place))

    def rewrite(self, eq: Equation) -> None:
        operands = list(eq.operands)
        for k in range(len(operands)):
            if (eq, k) in self.decisions.copied:
                kept = operation(eq).keeps and not (is_update(eq) and k == 0)
                operands[k] = self.copy(operands[k], eq, deep=kept)
        new = self.with_inner(with_parts(eq, tuple(operands), eq.regions))
        if eq.op == "list_zeros" and (eq.operands[0] in self.recorded or eq.operands[0] in self.optional):
            new = replace(new, params=MappingProxyType({"optional": True}))
        if eq in self.decisions.in_place or ((eq, 0) in self.decisions.copied and is_update(eq)):
            self.in_place.add(new)
        if eq.results and eq.results[0] in self.decisions.detached:
            view = Var(eq.results[0].type)
            self.out.append(replace(new, results=(view,)))
            self.copy(view, eq, result=eq.results[0])
        else:
            self.out.append(new)

    def copy(self, atom: Atom, eq: Equation | None, *, deep: bool = False, result: Var | None = None) -> Var:
        """`deep`: with the elements of lists. A value of unknown type, which may be a number, is left to a helper."""
        t = Unknown() if atom in self.optional else atom.type
        result = result or Var(t)
        params: dict[str, Any] = {"deep": True} if deep or t.is_unknown else {}
        span, role = (eq.span, eq.role) if eq else (None, "")
        self.out.append(Equation("copy", (atom,), (result,), MappingProxyType(params), (), span, role))
        return result
