"""The language of batching: operations on values of which some have a further leading axis, a *lane* for each tangent.

    y_dot = x_dot[1:] * c      ->      y_dot = x_dot[:, 1:] * c

Here x_dot is *batched*, c isn't: it is the same in all lanes. The table (`srcad.rules.batching`) says for an operation
what it becomes; what isn't in the table is done lane by lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from srcad.errors import NotYetSupported
from srcad.ops.arguments import WHOLE, emit, length_dim, picked, shape_atoms, with_new_axes
from srcad.ops.declare import enter
from srcad.trace.builder import Builder
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Const, Equation, Params, Region, Var
from srcad.trace.types import (
    INT,
    Array,
    ListOf,
    Scalar,
    TupleOf,
    Type,
    dims_of,
    dtype_of,
    is_differentiable,
    is_numeric,
    rank_of,
)


class NotBatched(NotYetSupported):
    """Several tangents can't go through this at once: they have to one after the other."""

    def __post_init__(self) -> None:
        self.do = self.do or "take srcad.jacrev, or srcad.jvp for one direction after the other"
        super().__post_init__()


@dataclass(frozen=True, eq=False)
class Lane:
    """An operand: the atom that stands for it, and its type in the trace that isn't batched."""

    atom: Atom
    plain: Type
    batched: bool

    @property
    def rank(self) -> int:
        """The rank of one lane."""
        rank = rank_of(self.plain)
        if rank is None:
            raise NotBatched("several tangents of an array whose number of dimensions isn't known before the run")
        return rank


@dataclass(frozen=True, eq=False)
class LaneSite:
    """An equation that a batched value enters, in the making of what it becomes. `count`: how many lanes there are."""

    b: Builder
    count: Atom
    equation: Equation
    operands: tuple[Lane, ...]

    @property
    def params(self) -> Params:
        return self.equation.params

    @property
    def first(self) -> Lane:
        return self.operands[0]

    @property
    def rest(self) -> tuple[Atom, ...]:
        """The operands behind the first, as they stand: indices, lengths."""
        return tuple(lane.atom for lane in self.operands[1:])

    def emit(self, op: str, *operands: object, **params: object) -> Var:
        return self.b.emit(op, *operands, **params)

    def again(self, *operands: object, **changed: object) -> Var:
        """The operation of the equation once more, on these operands, with some params changed."""
        return self.b.emit(self.equation.op, *operands, **{**self.params, **changed})

    def again_many(self, *operands: object, **changed: object) -> tuple[Var, ...]:
        """An operation of several results once more, on these operands, with some params changed."""
        return self.b.emit_many(self.equation.op, *operands, **{**self.params, **changed})

    def whole(self, lane: Lane) -> Atom:
        """The operand with the leading axis."""
        return lane.atom if lane.batched else spread(self.b, lane.atom, self.count)

    def aligned(self, lane: Lane, rank: int) -> Atom:
        """The operand such that it broadcasts with what has this rank in each lane."""
        if not lane.batched or lane.rank >= rank:
            return lane.atom
        return lifted(self.b, lane.atom, rank - lane.rank)

    def only_first(self) -> None:
        """Nothing but the first operand may differ between the lanes."""
        if any(lane.batched for lane in self.operands[1:]):
            raise NotBatched(f"indices or lengths in `{self.equation.op}` that differ between tangents")


Batched = Atom | int | tuple[Atom, ...]  # the results with the leading axis; what is the same in all lanes without it
LaneRule = Callable[[LaneSite], Batched]


class LaneTable:
    """What operations become when a batched value enters them: filled by the file that makes it, and by no other."""

    def __init__(self) -> None:
        self.rules: dict[str, LaneRule] = {}

    def batches(self, *names: str) -> Callable[[LaneRule], LaneRule]:
        """Say it of these operations."""

        def declare(rule: LaneRule) -> LaneRule:
            for name in names:
                enter(self.rules, name, rule)
            return rule

        return declare


# ---- types


def batched_type(t: Type, lanes: Dim) -> Type:
    """The type of a value with the leading axis. In a list each element has it, in a record those items that differ."""
    if isinstance(t, Scalar):
        return Array(t.dtype, (lanes,))
    if isinstance(t, Array):
        return Array(t.dtype, (lanes, *t.dims))
    if isinstance(t, ListOf):
        return ListOf(batched_type(t.element, lanes))
    if isinstance(t, TupleOf):
        return TupleOf(tuple(batched_type(item, lanes) if is_differentiable(item) else item for item in t.items))
    if t.is_record:
        return t
    raise NotBatched(f"several tangents of a value of type {t}")


# ---- pieces


def lifted(b: Builder, x: Atom, new: int) -> Atom:
    """New axes of length one between the lanes and the rest."""
    return with_new_axes(b, x, tuple(range(1, new + 1)))


def lane_of(b: Builder, x: Atom, k: Atom | int) -> Atom:
    """One lane."""
    return picked(b, x, 0, k)


def lane_shape(b: Builder, x: Atom) -> tuple[Atom, ...]:
    """The lengths of the axes of one lane."""
    return shape_atoms(b, x)[1:]


def flat_length(b: Builder, x: Atom) -> Atom:
    """How many elements one lane has."""
    lengths = lane_shape(b, x)
    if not lengths:
        return Const(1, INT)
    product = lengths[0]
    for length in lengths[1:]:
        product = emit(b, "multiply", product, length)
    return product


def to_front(b: Builder, x: Atom, axis: int) -> Atom:
    """The axis of the lanes, moved to the front."""
    rank = rank_of(x.type)
    if axis == 0:
        return x
    if rank is None:
        raise NotBatched("several tangents of an array whose number of dimensions isn't known before the run")
    return emit(b, "transpose", x, axes=(axis, *(k for k in range(rank) if k != axis)))


# ---- values that are the same in all lanes, with the leading axis


def spread(b: Builder, x: Atom, count: Atom) -> Atom:
    """The value, once for each lane."""
    if x.type.is_undefined or x.is_none:
        return x
    if x.type.is_list:
        return _spread_list(b, x, count)
    if isinstance(x.type, TupleOf):
        return _spread_tuple(b, x, x.type, count)
    if not is_numeric(x.type) or dims_of(x.type) is None:
        raise NotBatched(f"several tangents of a value of type {x.type}")
    return _spread_array(b, x, count)


def _spread_array(b: Builder, x: Atom, count: Atom) -> Atom:
    made = b.definitions.get(x) if isinstance(x, Var) else None
    if made is not None and made.op == "zeros_like" and x.type.is_array:
        return _zeros_each(b, made.operands[0], count)
    number = _number_among_arrays(b, x)
    if number is not None:
        return _stretchable(b, emit(b, "full", number, count, *(1 for _ in dims_of(x.type) or ())), x.type)
    if x.type.is_scalar:
        zero = isinstance(x, Const) and type(x.value) is float and str(x.value) == "0.0"
        return emit(b, "zeros", count) if zero else emit(b, "full", x, count)
    return emit(b, "broadcast_to", x, count, *shape_atoms(b, x))


def _spread_tuple(b: Builder, x: Atom, t: TupleOf, count: Atom) -> Atom:
    parts = [emit(b, "tuple_get", x, index=k) for k in range(len(t.items))]
    return emit(b, "tuple_new", *(spread(b, p, count) if is_differentiable(p.type) else p for p in parts))


def _spread_list(b: Builder, x: Atom, count: Atom) -> Atom:
    """A list made on the spot is made of spread items; another one is run through."""
    assert isinstance(x.type, ListOf)
    element = batched_type(x.type.element, length_dim(count.type))
    made = b.definitions.get(x) if isinstance(x, Var) else None
    if made is not None and made.op == "list_new":
        return emit(b, "list_new", *(spread(b, item, count) for item in made.operands), element=element)
    zeroed = made.operands[0] if made is not None and made.op == "list_zeros" else None
    of = b.definitions.get(zeroed) if isinstance(zeroed, Var) else None
    if of is not None and of.op == "list_new" and all(isinstance(item.type, (Array, Scalar)) for item in of.operands):
        return emit(b, "list_new", *(_zeros_each(b, item, count) for item in of.operands), element=element)
    return filled(b, emit(b, "list_len", x), element, lambda k: spread(b, emit(b, "list_get", x, k), count))


def _zeros_each(b: Builder, x: Atom, count: Atom) -> Atom:
    """Zeros in the shape of a number or an array, for each lane."""
    if x.type.is_scalar:
        return emit(b, "zeros", count)
    if _number_among_arrays(b, x) is not None:
        zeros = emit(b, "zeros", count, *(1 for _ in dims_of(x.type) or ()), dtype=dtype_of(x.type))
        return _stretchable(b, zeros, x.type)
    return emit(b, "zeros_each", count, x, dtype=dtype_of(x.type))


def _number_among_arrays(b: Builder, x: Atom) -> Atom | None:
    """The number that entered a slot of arrays, as the 0 does that a sum of arrays starts from; None for others."""
    made = b.definitions.get(x) if isinstance(x, Var) else None
    is_number = made is not None and made.op == "known_as" and made.operands[0].type.is_scalar and x.type.is_array
    return made.operands[0] if made is not None and is_number else None


def _stretchable(b: Builder, x: Atom, plain: Type) -> Atom:
    """Lanes with axes of length one, which broadcasting stretches as it does the number, in a slot of arrays."""
    assert isinstance(x.type, Array)
    return emit(b, "known_as", x, to=batched_type(plain, x.type.dims[0]))


def filled(b: Builder, length: Atom, element: Type, item: Callable[[Var], Atom]) -> Atom:
    """A list of so many items, each of which an index gives."""
    empty = emit(b, "list_new", element=element)
    place, items = Var(INT), Var(ListOf(element))
    with b.nested() as equations:
        more = emit(b, "list_append", items, item(place))
    body = Region((place, items), tuple(equations), (more,))
    (result,) = b.structured("for", (Const(0, INT), length, Const(1, INT), empty), (body,), (ListOf(element),))
    return result


__all__ = [
    "WHOLE",
    "Lane",
    "LaneSite",
    "LaneTable",
    "NotBatched",
    "batched_type",
    "filled",
    "flat_length",
    "lane_of",
    "lane_shape",
    "lifted",
    "spread",
    "to_front",
]
