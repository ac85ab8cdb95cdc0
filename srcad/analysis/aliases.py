"""Which variables may share memory in the generated code.

A variable stands for up to two pieces of memory: the OBJECT itself (an array's buffer, a list), and its CONTENT, what
the elements of a container occupy, at any depth. Numbers are immutable and have neither.

`FLOWS` says for each kind of operation where the memory of its results comes from; what it doesn't mention is fresh.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Equation, Trace, Var, variables
from srcad.trace.slots import STRUCTURED, slots
from srcad.trace.types import ListOf, TupleOf, Type
from srcad.trace.walk import walk

OBJECT, CONTENT = 0, 1
Binding = tuple[Var, int]


@dataclass(frozen=True)
class Edge:
    """Memory `level` of result `result` may be memory `source` of operand `operand`."""

    result: int
    level: int
    operand: int
    source: int


def levels(t: Type) -> tuple[int, ...]:
    """The pieces of memory that a value of this type has. That of a record is nobody's: it is never written to."""
    if t.is_array or t.is_unknown:
        return (OBJECT,)
    match t:
        case ListOf(element):
            return (OBJECT, CONTENT) if levels(element) else (OBJECT,)
        case TupleOf(items):
            return (CONTENT,) if any(levels(item) for item in items) else ()
    return (OBJECT, CONTENT) if t.is_opaque else ()


def nodes(var: Var) -> list[Binding]:
    return [(var, level) for level in levels(var.type)]


# ---- where the memory of results comes from


def _same(eq: Equation) -> list[Edge]:
    """The results are (parts of) operand 0."""
    pairs = ((OBJECT, OBJECT), (OBJECT, CONTENT), (CONTENT, CONTENT))
    return [Edge(k, level, 0, source) for k in range(len(eq.results)) for level, source in pairs]


def _updated(_eq: Equation) -> list[Edge]:
    """The result is operand 0, overwritten."""
    return [Edge(0, OBJECT, 0, OBJECT), Edge(0, CONTENT, 0, CONTENT)]


def _accumulated(eq: Equation) -> list[Edge]:
    """Lists add up item by item, into new lists."""
    return _updated(eq) if eq.result.type.is_array or eq.result.type.is_unknown else []


def _holds(operand: int) -> list[Edge]:
    return [Edge(0, CONTENT, operand, OBJECT), Edge(0, CONTENT, operand, CONTENT)]


def _stored(eq: Equation) -> list[Edge]:
    return [*_updated(eq), *_holds(1)]


def _collected(eq: Equation) -> list[Edge]:
    return [edge for k in range(len(eq.operands)) for edge in _holds(k)]


def _element(_eq: Equation) -> list[Edge]:
    return [Edge(0, OBJECT, 0, CONTENT), Edge(0, CONTENT, 0, CONTENT)]


def _recorded(eq: Equation) -> list[Edge]:
    return [Edge(k, level, 0, CONTENT) for k in range(len(eq.results)) for level in (OBJECT, CONTENT)]


def _popped(eq: Equation) -> list[Edge]:
    return [*_element(eq), Edge(1, OBJECT, 0, OBJECT), Edge(1, CONTENT, 0, CONTENT)]


def _elements(eq: Equation) -> list[Edge]:
    """A new container of the same elements."""
    return [Edge(0, CONTENT, k, CONTENT) for k in range(len(eq.operands))]


def _rows(_eq: Equation) -> list[Edge]:
    return [Edge(0, CONTENT, 0, OBJECT)]


def _any_operand(eq: Equation) -> list[Edge]:
    return [Edge(0, OBJECT, k, OBJECT) for k in range(len(eq.operands))]


def _opaque(eq: Equation) -> list[Edge]:
    """Any result may be anything that goes in."""
    both = (OBJECT, CONTENT)
    operands, results = range(len(eq.operands)), range(len(eq.results))
    return [Edge(r, level, k, source) for r in results for level in both for k in operands for source in both]


FLOWS: dict[str, Callable[[Equation], list[Edge]]] = {
    "list_new": _collected,
    "list_append": _stored,
    "list_set": _stored,
    "list_set_slice": lambda eq: [*_updated(eq), Edge(0, CONTENT, 1, CONTENT), Edge(0, CONTENT, 1, OBJECT)],
    "list_add": _updated,
    "list_pop": _popped,
    "list_get": _element,
    "list_concat": _elements,
    "list_slice": _elements,
    "list_reverse": _elements,
    "list_zeros": lambda eq: [],
    "array_to_list": _rows,
    "tuple_new": _collected,
    "tuple_get": _element,
    "record_new": lambda eq: [],
    "record_items": _recorded,
    "copy": lambda eq: [] if eq.params.get("deep") else _elements(eq),
    "attribute": _opaque,
    "subscript": _opaque,
    "dict_new": _collected,
    # these hand back their operand where there is nothing to do, or parts of it
    "materialise": _same,
    "broadcast_to": _same,
    "diag": _same,
    "sum_to_shape": _same,
    "sum_to": lambda eq: [] if eq.params["axes"] else _same(eq),
    "einsum": lambda eq: _same(eq) if len(eq.operands) == 1 else [],
    "split_like": lambda eq: [Edge(0, CONTENT, 0, OBJECT)],
    "histogram_edges": _any_operand,
    "python_max": _any_operand,
    "python_min": _any_operand,
    "accumulate": _accumulated,
}


def flow(eq: Equation) -> list[Edge]:
    """The edges of an equation without regions."""
    edges = FLOWS.get(eq.op)
    if edges is not None:
        return edges(eq)
    facts = operation(eq)
    if facts.effect:
        return _opaque(eq)
    if facts.view:
        return [] if _gathers(eq) else _same(eq)
    return _updated(eq) if facts.updates else []


def _gathers(eq: Equation) -> bool:
    """A fancy subscript, which copies."""
    return eq.op == "get_item" and any(entry[0] == "array" for entry in eq.params["index"])


def is_view(eq: Equation) -> bool:
    """Whether the result is another look at operand 0's memory."""
    return not operation(eq).updates and Edge(0, OBJECT, 0, OBJECT) in flow(eq)


def makes_owned(eq: Equation) -> bool:
    """Whether results whose sources are owned may be written to."""
    facts = operation(eq)
    return not facts.read_only and not (facts.effect and eq.op not in FLOWS)


# ---- the relation, at the place that the analysis has reached


@dataclass
class Sharing:
    """May-share between the variables in scope, and which memory this function itself has made (`owned`)."""

    near: dict[Binding, set[Binding]] = field(default_factory=dict)  # symmetric
    owned: dict[Binding, bool] = field(default_factory=dict)

    def may(self, a: Binding, b: Binding) -> bool:
        return a == b or b in self.near[a]

    def sharers(self, node: Binding, among: Collection[Var]) -> set[Binding]:
        """The memory of these variables that may be this one."""
        found = {other for other in self.near[node] if other[0] in among}
        if node[0] in among:
            found.add(node)
        return found

    def owns(self, atom: Atom, level: int = OBJECT) -> bool:
        return isinstance(atom, Var) and self.owned.get((atom, level), level not in levels(atom.type))

    def define(self, var: Var, owned: bool = True) -> None:
        """A variable gets a new value, which shares memory with nothing yet."""
        for node in nodes(var):
            for other in self.near.get(node, ()):
                self.near[other].discard(node)
            self.near[node] = set()
            self.owned[node] = owned

    def connect(self, node: Binding, others: Iterable[Binding]) -> bool:
        """These may share memory; whether that is news."""
        news = {other for other in others if other[0] is not node[0]} - self.near[node]
        self.near[node] |= news
        for other in news:
            self.near[other].add(node)
        return bool(news)

    def join(self, node: Binding, source: Binding, among: Collection[Var]) -> bool:
        """From now on `node` may also be `source`; whether that is news."""
        news = self.connect(node, self.sharers(source, among))
        if self.owned[node] and not self.owned[source]:
            self.owned[node] = False
            news = True
        return news


# ---- the same, roughly: whatever may ever share is in one class


class MemoryClasses:
    """A partition of the variables: two in different classes never share memory."""

    def __init__(self, trace: Trace) -> None:
        self._parent: dict[Var, Var] = {}
        for eq in walk(trace.body):
            self._join_equation(eq)

    def of(self, var: Var) -> Var:
        """The one that stands for its class; by a loop, as chains are as long as programs."""
        found, passed = var, []
        while (parent := self._parent.get(found, found)) is not found:
            passed.append(found)
            found = parent
        for one in passed:
            self._parent[one] = found
        return found

    def _join_equation(self, eq: Equation) -> None:
        if eq.op in STRUCTURED:
            for slot in slots(eq):
                self._join((*slot.targets, *slot.sources))
        elif not eq.regions:
            for edge in flow(eq):
                self._join((eq.results[edge.result], eq.operands[edge.operand]))

    def _join(self, atoms: Iterable[Atom]) -> None:
        shared = [self.of(v) for v in variables(atoms) if levels(v.type)]
        for other in shared[1:]:
            self._parent[self.of(other)] = self.of(shared[0])
