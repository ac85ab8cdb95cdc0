"""What a reversed body gets from a tape, and what it computes again.

Of the values that the reversed body needs, some are cheap to compute again from others. To choose the cheapest set of
values to record is a minimum cut: between the values that only the forward sweep can make (the source) and those that
the reverse sweep needs (the sink), each value costs what it takes to record it, and what lies behind the cut is
computed again. Among equally cheap cuts the one nearest to the needs is taken, which recomputes least.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Equation, Region, Var, variables
from srcad.trace.types import rank_of

_SOURCE, _SINK = "source", "sink"
_INFINITE = 10**12

FlowNode = object
Flows = defaultdict[FlowNode, dict[FlowNode, int]]


@dataclass(frozen=True)
class Recomputation:
    """Variables to record, and equations to compute again, both in the order of their definition."""

    recorded: tuple[Var, ...]
    recomputed: tuple[Equation, ...]


def choose(
    region: Region,
    needed: Iterable[Var],
    available: Callable[[Var], bool],
    index: Var | None,
    given: Collection[Atom] = (),
) -> Recomputation:
    """How to provide what the reverse of a region needs.

    `available` tells of variables from around the region whether the reverse can have them for nothing; `index` is the
    loop's own, which the reversed loop has as well, and so it has what is `given`.
    """
    wanted = [v for v in needed if v is not index and v not in given]
    graph = _Graph(region, available, index, given)
    cut = graph.cut(wanted)
    again = graph.behind(cut, wanted)
    recorded = tuple(v for v in _order(region) if v in cut)
    return Recomputation(recorded, tuple(e for e in region.equations if len(e.results) == 1 and e.results[0] in again))


def is_cheap(equation: Equation) -> bool:
    """Whether to compute an equation again costs less than to record its result."""
    facts = operation(equation)
    if facts.effect or equation.regions or len(equation.results) != 1:
        return False
    if facts.cost == "free":
        return not facts.reads_object
    atoms = (*equation.operands, *equation.results)
    return facts.cost == "cheap" and not facts.updates and all(a.type.is_scalar for a in atoms)


def cost(var: Var) -> int:
    """What it takes to record a value: arrays weigh by their rank."""
    if var.type.is_scalar:
        return 1
    rank = rank_of(var.type) if var.type.is_array else None
    weight: int = 100 ** min(rank if rank is not None else 2, 4) * 10
    return weight


class _Graph:
    """The values of a region, and which of them are made of which."""

    def __init__(
        self, region: Region, available: Callable[[Var], bool], index: Var | None, given: Collection[Atom]
    ) -> None:
        self.index = index
        self.given = given
        self.available = available
        self.own = set(_order(region))
        self.makers = {v: equation for equation in region.equations for v in equation.results}

    def free(self, a: Atom) -> bool:
        if not isinstance(a, Var) or a is self.index or a in self.given:
            return True
        return a not in self.own and self.available(a)

    def parents(self, var: Var) -> list[Var] | None:
        """What a value is computed again from, apart from what is free; None where it can't be computed again."""
        maker = self.makers.get(var)
        if maker is None or not is_cheap(maker):
            return None
        parents = [v for v in variables(maker.operands) if not self.free(v)]
        return parents if all(p in self.own for p in parents) else None

    def cut(self, wanted: Sequence[Var]) -> set[Var]:
        """The cheapest set of values to record."""
        capacities = self._capacities(wanted)
        _saturate(capacities)
        reaching = _reaching(capacities, _SINK)
        return {node[0] for node in reaching_outs(reaching) if (node[0], "in") not in reaching}

    def _capacities(self, wanted: Sequence[Var]) -> Flows:
        capacities: Flows = defaultdict(dict)
        pending, seen = list(wanted), set(wanted)
        for var in wanted:
            capacities[var, "out"][_SINK] = _INFINITE
        while pending:
            var = pending.pop()
            capacities[var, "in"][var, "out"] = cost(var)
            parents = self.parents(var)
            if parents is None:
                capacities[_SOURCE][var, "in"] = _INFINITE
                continue
            for parent in parents:
                capacities[parent, "out"][var, "in"] = _INFINITE
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return capacities

    def behind(self, cut: set[Var], wanted: Sequence[Var]) -> set[Var]:
        """What is computed again."""
        pending = [v for v in wanted if v not in cut]
        again: set[Var] = set()
        while pending:
            var = pending.pop()
            if var not in again:
                again.add(var)
                pending += [p for p in self.parents(var) or () if p not in cut]
        return again


def _order(region: Region) -> tuple[Var, ...]:
    return (*region.parameters, *(v for equation in region.equations for v in equation.results))


def reaching_outs(nodes: set[FlowNode]) -> list[tuple[Var, str]]:
    return [node for node in nodes if isinstance(node, tuple) and node[1] == "out"]


# ---- maximum flow


def _saturate(capacities: Flows) -> None:
    """Push flow from source to sink along shortest paths until there is none left; capacities become what remains."""
    while path := _shortest_path(capacities):
        steps = list(pairwise(path))
        amount = min(capacities[a][b] for a, b in steps)
        for a, b in steps:
            capacities[a][b] -= amount
            capacities[b][a] = capacities[b].get(a, 0) + amount


def _shortest_path(capacities: Flows) -> list[FlowNode]:
    previous: dict[FlowNode, FlowNode] = {_SOURCE: None}
    queue: deque[FlowNode] = deque([_SOURCE])
    while queue and _SINK not in previous:
        node = queue.popleft()
        for target, left in capacities[node].items():
            if left > 0 and target not in previous:
                previous[target] = node
                queue.append(target)
    path: list[FlowNode] = []
    step: FlowNode = _SINK if _SINK in previous else None
    while step is not None:
        path.append(step)
        step = previous[step]
    return path[::-1]


def _reaching(capacities: Flows, goal: FlowNode) -> set[FlowNode]:
    """The nodes from which more could flow to the goal."""
    into: defaultdict[FlowNode, list[FlowNode]] = defaultdict(list)
    for node, targets in capacities.items():
        for target, left in targets.items():
            if left > 0:
                into[target].append(node)
    found, pending = {goal}, [goal]
    while pending:
        for node in into[pending.pop()]:
            if node not in found:
                found.add(node)
                pending.append(node)
    return found
