"""Elementwise functions: a proof from the trace that each element of a result depends on one element of an input.

    z = np.sin(x) * a          element i of z depends on element i of x: along x
    p = x[:, None] ** k        element (i, j) of p depends on element i of x: along x by its first axis
    y = p @ c                  the sum over j leaves it so
    m = x - np.mean(x)         every element of m depends on all of x: mixed

A variable that depends on the input is `Along` it, with an axis for each axis of the input, or `Picked` from what is
along it by a mask or a slice, or `MixedAxes`; loops are settled by iterating until nothing becomes more mixed.
Dependence through operations whose derivative is zero (comparisons, say) doesn't count.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from srcad.analysis.activity import Flat, differentiable_operands
from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.slots import STRUCTURED, slots
from srcad.trace.types import Type, dims_of, rank_of


@dataclass(frozen=True)
class Along:
    """`axes[k]` is the axis of the variable that runs along axis k of the input."""

    axes: tuple[int, ...]


@dataclass(frozen=True)
class Picked:
    """What a subscript has picked from a variable that is along the input, axis by axis. `key`: the subscript."""

    key: Hashable
    equation: Equation = field(compare=False)


@dataclass(frozen=True, eq=False)
class MixedAxes:
    """Not elementwise, from this equation on; `known`: it mixes elements, rather than that nobody knows."""

    equation: Equation
    known: bool


State = Along | Picked | MixedAxes | None  # None: no dependence


def _axes_along(state: State) -> tuple[int, ...] | None:
    """The axes of a variable that run along those of the input; None for what doesn't run along it."""
    return state.axes if isinstance(state, Along) else None


def dependence(region: Region, given: Var, flat: Flat) -> Callable[[Atom], State]:
    """How the variables of a region depend on one of its inputs, an array."""
    rank = rank_of(given.type)
    assert rank is not None
    spread = _AlongSpread(flat, given, rank)
    spread.region(region)
    return spread.state


class _AlongSpread:
    def __init__(self, flat: Flat, given: Var, rank: int) -> None:
        self.flat = flat
        self.plain = Along(tuple(range(rank)))
        self.dims = dims_of(given.type)
        self.states: dict[Var, State] = {given: self.plain}

    def state(self, a: Atom) -> State:
        return self.states.get(a) if isinstance(a, Var) else None

    def region(self, region: Region) -> None:
        for equation in region.equations:
            if equation.op in STRUCTURED:
                self.structure(equation)
            elif not self.flat(equation.op):
                self.operation(equation)

    def operation(self, eq: Equation) -> None:
        states = [self.state(a) for a in differentiable_operands(eq)]
        if all(state is None for state in states):
            return
        mixed = next((state for state in states if isinstance(state, MixedAxes)), None)
        found = mixed or _TRANSFERS.get(eq.op, _elementwise if operation(eq).elementwise else _unknown)(
            self, eq, states
        )
        self.states.update(dict.fromkeys(eq.results, found))

    def structure(self, eq: Equation) -> None:
        """What flows into a slot may be what it holds; of loops until nothing changes."""
        carried = slots(eq)
        before: list[State] = [None]
        while before != (now := [self.state(v) for slot in carried for v in slot.targets]) or before == [None]:
            before = now
            for region in eq.regions:
                self.region(region)
            for slot in carried:
                held: State = None
                for source in slot.sources:
                    held = self.joined(eq, held, self.lasting(self.state(source)))
                for target in slot.targets:
                    self.states[target] = self.joined(eq, self.state(target), held)

    def lasting(self, state: State) -> State:
        """Beyond the end of a region, where a subscript may have another value, nobody knows what has been picked."""
        return MixedAxes(state.equation, known=False) if isinstance(state, Picked) else state

    def joined(self, eq: Equation, a: State, b: State) -> State:
        if a is None or b is None or a == b:
            return b if a is None else a
        return next((s for s in (a, b) if isinstance(s, MixedAxes)), MixedAxes(eq, known=True))


# ---- operations: (the state of things, the equation, the states of its operands) -> that of its results

Transfer = Callable[[_AlongSpread, Equation, Sequence[State]], State]


def _unknown(_spread: _AlongSpread, eq: Equation, _states: Sequence[State]) -> State:
    return MixedAxes(eq, known=False)


def _mixing(_spread: _AlongSpread, eq: Equation, _states: Sequence[State]) -> State:
    return MixedAxes(eq, known=True)


def _elementwise(spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """All of them along the same axes of the result, to the last of which that of each operand is set."""
    found: State = None
    for a, state in zip(eq.operands, states, strict=False):
        found = spread.joined(eq, found, _broadcast(eq, a.type, eq.result.type, state))
    return found


def _broadcast(eq: Equation, inner: Type, outer: Type, state: State) -> State:
    """The state of an operand that is broadcast to a result."""
    here, there = rank_of(inner), rank_of(outer)
    if here is None or there is None or (isinstance(state, Picked) and here != there):
        return MixedAxes(eq, known=False)
    return Along(tuple(a + there - here for a in state.axes)) if isinstance(state, Along) else state


def _resized(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """The first operand, broadcast to a shape."""
    return _broadcast(eq, eq.operands[0].type, eq.result.type, states[0])


def _summed_back(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """sum_to_shape: what is along the same axes, or has been picked alike, is as long there as what it is fitted to."""
    return states[0] if states[0] is None or states[0] == states[1] else MixedAxes(eq, known=False)


def _same(_spread: _AlongSpread, _eq: Equation, states: Sequence[State]) -> State:
    return states[0]


def _joined(spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    found: State = None
    for state in states:
        found = spread.joined(eq, found, state)
    return found


def _reduction(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """Over other axes than those along the input."""
    rank, along = rank_of(eq.operands[0].type), _axes_along(states[0])
    if along is None or rank is None or any(state is not None for state in states[1:]):
        return MixedAxes(eq, known=True)
    axes = _axes(eq.params.get("axes", eq.params.get("axis")), rank)
    if axes & set(along):
        return MixedAxes(eq, known=True)
    keep = eq.params.get("keepdims") or eq.params.get("keep") or ()
    gone = set() if keep is True else axes - set(keep)
    return Along(tuple(a - sum(b < a for b in gone) for a in along))


def _running(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """Along one axis, which stays: cumsum, sort."""
    rank, along = rank_of(eq.operands[0].type), _axes_along(states[0])
    if along is None or rank is None or any(s is not None for s in states[1:]):
        return MixedAxes(eq, known=True)
    return MixedAxes(eq, known=True) if _axes(eq.params.get("axis", -1), rank) & set(along) else states[0]


def _axes(axis: Any, rank: int) -> set[int]:
    if axis is None:
        return set(range(rank))
    return {a % rank for a in (axis if isinstance(axis, tuple) else (axis,))} if rank else set()


def _transpose(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    along, rank = _axes_along(states[0]), rank_of(eq.operands[0].type)
    if along is None or rank is None:
        return states[0] if rank == 1 else MixedAxes(eq, known=False)
    order = tuple(eq.params.get("axes") or range(rank)[::-1])
    return Along(tuple(order.index(a) for a in along))


def _expand_dims(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    rank, along = rank_of(eq.result.type), _axes_along(states[0])
    if along is None or rank is None:
        return MixedAxes(eq, known=False)
    new = {a % rank for a in eq.params["axis"]}
    places = [a for a in range(rank) if a not in new]
    return Along(tuple(places[a] for a in along))


def _squeeze(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    rank, axis, along = rank_of(eq.operands[0].type), eq.params.get("axis"), _axes_along(states[0])
    if along is None or rank is None or axis is None:
        return MixedAxes(eq, known=False)
    gone = _axes(axis, rank)
    if gone & set(along):
        return MixedAxes(eq, known=False)
    return Along(tuple(a - sum(b < a for b in gone) for a in along))


def _reshape(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """A line to a line: nothing changes its place."""
    line = rank_of(eq.operands[0].type) == rank_of(eq.result.type) == 1
    return states[0] if line or states[0] is None else MixedAxes(eq, known=False)


def _product(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """matmul: the sum is over the last axis of the first factor, and the last but one of the second."""
    a, b = (rank_of(x.type) for x in eq.operands[:2])
    rank = rank_of(eq.result.type)
    if a is None or b is None or rank is None or (eq.op == "dot" and max(a, b) > 2):
        return MixedAxes(eq, known=False)
    if None not in states[:2] or not all(isinstance(s, Along) for s in states if s is not None):
        return MixedAxes(eq, known=True)
    first = states[0] is not None
    state = states[0] or states[1]
    assert isinstance(state, Along)
    summed = a - 1 if first else max(b - 2, 0)
    if summed in state.axes:
        return MixedAxes(eq, known=True)
    return Along(tuple(_factor_axis(axis, first, a, b, rank) for axis in state.axes))


def _factor_axis(axis: int, first: bool, a: int, b: int, rank: int) -> int:
    """Where an axis of a factor is in the product."""
    if first:
        return axis + rank - (a if b > 1 else a - 1)
    return rank - 1 if axis == b - 1 else axis + rank - (b if a > 1 else b - 1)


def _outer(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    a, b = states
    ranks = [rank_of(x.type) for x in eq.operands]
    if (a is not None and b is not None) or ranks != [1, 1] or not isinstance(a or b, Along):
        return MixedAxes(eq, known=a is not None and b is not None)
    return Along((0 if a is not None else 1,))


def _stack(spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """A new axis in front of or behind those along the input."""
    along, rank = _axes_along(_joined(spread, eq, states)), rank_of(eq.result.type)
    if along is None or rank is None:
        return MixedAxes(eq, known=False)
    axis = eq.params.get("axis", 0) % rank
    return Along(tuple(a + (a >= axis) for a in along))


def _array(spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """Nested sequences: a new axis in front for each level."""
    along, rank = _axes_along(_joined(spread, eq, states)), rank_of(eq.result.type)
    inner = rank_of(eq.operands[0].type)
    if along is None or rank is None or inner is None:
        return MixedAxes(eq, known=False)
    return Along(tuple(a + rank - inner for a in along))


def _concatenate(spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    found, rank = _joined(spread, eq, states), rank_of(eq.result.type)
    along = _axes_along(found)
    if along is None or rank is None:
        return MixedAxes(eq, known=False)
    return MixedAxes(eq, known=True) if eq.params.get("axis", 0) % rank in along else found


def _interp(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    return states[0] if all(state is None for state in states[1:]) else MixedAxes(eq, known=True)


def _polyval(_spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    return states[1] if states[0] is None else MixedAxes(eq, known=True)


# ---- subscripts

_FULL = ("slice", None, None, None)


def _get_item(spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    x = eq.operands[0]
    rank, state = rank_of(x.type), states[0]
    if rank is None or not isinstance(state, Along):
        return MixedAxes(eq, known=False)
    places = _places(eq.params["index"], rank)
    if places is not None and all(a in places for a in state.axes):
        return Along(tuple(places[a] for a in state.axes))
    whole = state == spread.plain and rank == len(state.axes) and dims_of(x.type) == spread.dims
    if whole and not any(entry[0] == "object" for entry in eq.params["index"]):
        return Picked(_key(eq, eq.operands[1:]), eq)
    return MixedAxes(eq, known=False)


def _set_item(spread: _AlongSpread, eq: Equation, states: Sequence[State]) -> State:
    """Stored in the places that it was picked from; or along the axes that the subscript leaves whole."""
    (target, value, *indices), (held, given) = eq.operands, states[:2]
    rank = rank_of(target.type)
    if given is None:
        return held if isinstance(held, Along) else MixedAxes(eq, known=False)
    if rank is None or not isinstance(held, Along | None):
        return MixedAxes(eq, known=False)
    if isinstance(given, Picked):
        fits = given.key == _key(eq, indices) and dims_of(target.type) == spread.dims
        return spread.joined(eq, held, spread.plain if fits else MixedAxes(eq, known=True))
    places = _places(eq.params["index"], rank)
    if places is None or rank_of(value.type) is None or not isinstance(given, Along):
        return MixedAxes(eq, known=given is not None)
    inner = len(places) - (rank_of(value.type) or 0)  # the value is set to the last axes of its place
    sources = {place: axis for axis, place in places.items()}
    if any(a + inner not in sources for a in given.axes):
        return MixedAxes(eq, known=True)
    return spread.joined(eq, held, Along(tuple(sources[a + inner] for a in given.axes)))


def _places(template: Sequence[Any], rank: int) -> dict[int, int] | None:
    """For each axis that a subscript leaves whole: where it is in the result. None: it isn't plain to see."""
    if any(entry[0] in ("array", "object") for entry in template):
        return None
    taken = sum(entry[0] in ("int", "slice") for entry in template)
    rest = [_FULL] * (rank - taken)
    entries: list[Any] = []
    for entry in template:
        entries += rest if entry[0] == "ellipsis" else [entry]
    if not any(entry[0] == "ellipsis" for entry in template):
        entries += rest
    places, axis, place = {}, 0, 0
    for entry in entries:
        if tuple(entry) == _FULL:
            places[axis] = place
        axis += entry[0] != "newaxis"
        place += entry[0] != "int"
    return places


def _key(eq: Equation, indices: Sequence[Atom]) -> Hashable:
    """What a subscript picks: equal for the same places."""
    return tuple(map(tuple, eq.params["index"])), tuple(_index_key(a) for a in indices)


def _index_key(a: Atom) -> Hashable:
    return (type(a.value), a.value) if isinstance(a, Const) else a


_TRANSFERS: dict[str, Transfer] = {
    **dict.fromkeys(("copy", "cast", "known_as", "accumulate"), _elementwise),
    **dict.fromkeys(("materialise", "broadcast_to"), _resized),
    **dict.fromkeys(("tuple_new", "tuple_get", "list_new", "list_append", "list_pop"), _joined),
    **dict.fromkeys(("list_get", "list_reverse", "list_slice", "with_dims", "to_float", "as_float", "item"), _same),
    **dict.fromkeys(("list_set", "list_concat"), _joined),
    **dict.fromkeys(("sum", "prod", "mean", "max", "min", "var", "std", "sum_to", "logsumexp"), _reduction),
    **dict.fromkeys(("cumsum", "cumprod", "sort", "softmax", "log_softmax", "diff"), _running),
    **dict.fromkeys(("norm", "inner", "median", "quantile", "roll", "flip", "convolve", "correlate"), _mixing),
    **dict.fromkeys(
        ("fft", "rfft", "irfft", "solve", "inv", "det", "trace", "kron", "cross", "take_along_axis"), _mixing
    ),
    **dict.fromkeys(("matmul", "dot"), _product),
    **dict.fromkeys(("reshape", "reshape_like", "ravel", "flatten"), _reshape),
    "sum_to_shape": _summed_back,
    "transpose": _transpose,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "outer": _outer,
    "stack": _stack,
    "array": _array,
    "list_to_array": _stack,
    "concatenate": _concatenate,
    "interp": _interp,
    "polyval": _polyval,
    "get_item": _get_item,
    "set_item": _set_item,
    "add_item": _set_item,
}

__all__ = ["Along", "MixedAxes", "Picked", "State", "dependence"]
