"""What operations become when a batched value enters them: the table of batching, by area, easy to hard.

Derivatives are linear in tangents and adjoints. So what is here are the linear operations and the elementwise ones; the
others (a sort, an eigenvalue) take primal values, which are the same in all lanes, and stay as they are. What has no
entry and does get a batched value is done lane by lane (`srcad.transform.batch`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from srcad.ops.arguments import WHOLE, emit, length_dim
from srcad.ops.catalogue import OPS, Kind, result_types
from srcad.ops.einsum import parse
from srcad.ops.subscripts import Template, fancy_in_front
from srcad.rules.lanes import (
    Batched,
    Lane,
    LaneRule,
    LaneSite,
    LaneTable,
    NotBatched,
    batched_type,
    flat_length,
    lane_shape,
    to_front,
)
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import FLOAT, ListOf, Scalar, TupleOf, Type, dims_of, is_differentiable, rank_of

TABLE = LaneTable()
batches = TABLE.batches

# ---- what tells the same of all lanes: the results have no further axis


@batches("dim")
def _dim(site: LaneSite) -> Batched:
    return site.again(site.first.atom, axis=site.params["axis"] % site.first.rank + 1)


@batches("size")
def _size(site: LaneSite) -> Batched:
    return flat_length(site.b, site.first.atom)


@batches("ndim")
def _ndim(site: LaneSite) -> Batched:
    return site.first.rank


@batches("list_len")
def _list_len(site: LaneSite) -> Batched:
    return site.again(site.first.atom)


@batches("last_wins")
def _last_wins(site: LaneSite) -> Batched:
    site.only_first()
    blank = emit(site.b, "zeros", *lane_shape(site.b, site.first.atom))
    return site.again(blank, *site.rest)


# ---- elementwise

# spelled for numbers alone
_OF_NUMBERS = {"python_max", "python_min", *(name for name in OPS if name.startswith("math_"))}


@batches(*(name for name, op in OPS.items() if op.elementwise and name not in _OF_NUMBERS))
def _elementwise(site: LaneSite) -> Batched:
    rank = rank_of(site.equation.result.type)
    if rank is None:
        raise NotBatched("several tangents of an array whose number of dimensions isn't known before the run")
    return site.again(*(site.aligned(lane, rank) for lane in site.operands))


@batches("copy", "cast", "zeros_like", "ones_like", "empty_like", "list_zeros", "stop_gradient")
def _same(site: LaneSite) -> Batched:
    site.only_first()
    return site.again(site.first.atom)


@batches("to_float", "as_float", "item")
def _number(site: LaneSite) -> Batched:
    """A number of each lane is an array: there is nothing to convert."""
    return site.first.atom


@batches("accumulate")
def _accumulate(site: LaneSite) -> Batched:
    """The first operand is added to in place, so it must have all lanes."""
    total, more = site.operands
    if isinstance(total.plain, (ListOf, TupleOf)):
        return site.again(site.whole(total), site.whole(more))
    return site.again(site.whole(total), site.aligned(more, total.rank))


# ---- subscripts and stores


@batches("get_item")
def _get_item(site: LaneSite) -> Batched:
    site.only_first()
    index = site.params["index"]
    item = site.again(site.first.atom, *site.rest, index=(WHOLE, *index))
    return to_front(site.b, item, fancy_in_front(site.first.plain, tuple(a.type for a in site.rest), index))


@batches("set_item", "add_item")
def _store(site: LaneSite) -> Batched:
    x, value, *places = site.operands
    index, types = site.params["index"], tuple(lane.plain for lane in places)
    rank = _item_rank(x, types, index)
    if any(lane.batched for lane in places):
        raise NotBatched("stores at places that differ between tangents")
    if fancy_in_front(x.plain, types, index) or (value.batched and value.rank > rank):
        raise NotBatched("a store through index arrays that stand apart")
    stored = (site.whole(x), site.aligned(value, rank))
    return site.again(*stored, *(lane.atom for lane in places), index=(WHOLE, *index))


def _item_rank(x: Lane, indices: tuple[Type, ...], index: Template) -> int:
    rank = rank_of(result_types("get_item", (x.plain, *indices), {"index": index})[0])
    if rank is None:
        raise NotBatched("a store at places whose number of dimensions isn't known before the run")
    return rank


# ---- shapes


@batches("materialise")
def _materialise(site: LaneSite) -> Batched:
    small, like = site.operands
    if isinstance(like.plain, (ListOf, TupleOf)):
        raise NotBatched("several tangents of a list that is filled with one value")
    return emit(site.b, "broadcast_to", site.aligned(small, like.rank), site.count, *_shape(site, like))


def _shape(site: LaneSite, like: Lane) -> tuple[Atom, ...]:
    """The lengths of the axes of an operand, in one lane."""
    dims = dims_of(like.plain) or ()
    first = 1 if like.batched else 0
    known = [None if d.number is None else d.offset for d in dims]
    return tuple(emit(site.b, "dim", like.atom, axis=first + k) if n is None else const(n) for k, n in enumerate(known))


@batches("sum_to_shape")
def _sum_to_shape(site: LaneSite) -> Batched:
    """What is summed must not be taken for the axis of the lanes: `like` gets the axes that it lacks."""
    big, like = site.operands
    shape, lacking = _shape(site, like), (const(1),) * (big.rank - like.rank)
    spread = emit(site.b, "broadcast_to", site.aligned(like, big.rank), site.count, *lacking, *shape)
    summed = site.again(site.whole(big), spread)
    return emit(site.b, "reshape", summed, site.count, *shape) if lacking else summed


@batches("full_like")
def _full_like(site: LaneSite) -> Batched:
    x, value = site.operands
    spread = emit(site.b, "broadcast_to", site.aligned(value, x.rank), site.count, *_shape(site, x))
    return emit(site.b, "copy", spread)


@batches("full")
def _full(site: LaneSite) -> Batched:
    value, *lengths = site.operands
    shape = [lane.atom for lane in lengths]
    return emit(site.b, "copy", emit(site.b, "broadcast_to", site.aligned(value, len(shape)), site.count, *shape))


@batches("reshape")
def _reshape(site: LaneSite) -> Batched:
    site.only_first()
    return site.again(site.first.atom, site.count, *site.rest)


@batches("reshape_like")
def _reshape_like(site: LaneSite) -> Batched:
    x, like = site.operands
    return emit(site.b, "reshape", site.whole(x), site.count, *_shape(site, like))


@batches("ravel", "flatten")
def _ravel(site: LaneSite) -> Batched:
    if site.first.rank == 1:
        return site.first.atom if site.equation.op == "ravel" else emit(site.b, "copy", site.first.atom)
    flat = emit(site.b, "reshape", site.first.atom, site.count, flat_length(site.b, site.first.atom))
    return flat if site.equation.op == "ravel" else emit(site.b, "copy", flat)


@batches("with_dims")
def _with_dims(site: LaneSite) -> Batched:
    return site.again(site.first.atom, dims=(length_dim(site.count.type), *site.params["dims"]))


@batches("broadcast_to")
def _broadcast_to(site: LaneSite) -> Batched:
    site.only_first()
    if site.equation.result.type.is_array:
        return site.again(site.aligned(site.first, len(site.rest)), site.count, *site.rest)
    raise NotBatched("several tangents of an array whose shape is an object of the run")


@batches("transpose")
def _transpose(site: LaneSite) -> Batched:
    axes = site.params.get("axes")
    axes = range(site.first.rank)[::-1] if axes is None else axes
    return emit(site.b, "transpose", site.first.atom, axes=(0, *(a + 1 for a in axes)))


@batches("expand_dims")
def _expand_dims(site: LaneSite) -> Batched:
    rank = site.first.rank + len(site.params["axis"])
    return site.again(site.first.atom, axis=tuple(a % rank + 1 for a in site.params["axis"]))


@batches("squeeze")
def _squeeze(site: LaneSite) -> Batched:
    if site.params.get("axis") is None:
        raise NotBatched("several tangents of an array that is squeezed along axes not known before the run")
    return site.again(site.first.atom, axis=_shifted(site.params["axis"], site.first.rank))


@batches("diagonal")
def _diagonal(site: LaneSite) -> Batched:
    one, other = site.params.get("axis1", 0), site.params.get("axis2", 1)
    return site.again(site.first.atom, axis1=one + 1, axis2=other + 1)


@batches("trace")
def _trace(site: LaneSite) -> Batched:
    offset = site.params.get("offset", 0)
    diagonals = emit(site.b, "diagonal", site.first.atom, offset=offset, axis1=1, axis2=2)
    return emit(site.b, "sum", diagonals, axis=1, keepdims=False)


@batches("triu", "tril", "only_square", "only_wide", "reflected", "folded")
def _matrices(site: LaneSite) -> Batched:
    """These see the last two axes."""
    site.only_first()
    return site.again(site.first.atom, *site.rest)


# ---- along axes


def _shifted(axis: int | Sequence[int] | None, rank: int) -> int | tuple[int, ...] | None:
    """Axes of one lane as axes of the whole."""
    if axis is None:
        return tuple(range(1, rank + 1))
    return axis % rank + 1 if isinstance(axis, int) else tuple(a % rank + 1 for a in axis)


@batches("sum", "mean", "prod", "max", "min", "any", "all", "var", "std")
def _reduction(site: LaneSite) -> Batched:
    if len(site.operands) > 1:
        raise NotBatched("several tangents of a reduction with an initial value")
    axes = _shifted(site.params.get("axis"), site.first.rank)
    if axes == ():
        return site.first.atom
    return site.again(site.first.atom, axis=axes[0] if isinstance(axes, tuple) and len(axes) == 1 else axes)


@batches("sum_to")
def _sum_to(site: LaneSite) -> Batched:
    axes, keep = site.params["axes"], site.params.get("keep", ())
    kept = axes if keep is True else keep
    return site.again(site.first.atom, axes=tuple(a + 1 for a in axes), keep=tuple(a + 1 for a in kept))


@batches("flip")
def _flip(site: LaneSite) -> Batched:
    return site.again(site.first.atom, axis=_shifted(site.params.get("axis"), site.first.rank))


@batches("roll")
def _roll(site: LaneSite) -> Batched:
    site.only_first()
    axis = site.params.get("axis")
    if axis is None and site.first.rank != 1:
        raise NotBatched("several tangents of an array that is rolled as a flat one")
    return site.again(site.first.atom, *site.rest, axis=(1,) if axis is None else _shifted(axis, site.first.rank))


@batches("cumsum", "diff", "fft", "rfft", "irfft", "repeat", "take_along_axis")
def _along_axis(site: LaneSite) -> Batched:
    """One axis, known by its number; `take_along_axis` takes the same places in all lanes."""
    site.only_first()
    axis = site.params.get("axis", 0 if site.equation.op == "repeat" else -1)
    rest = list(site.rest)
    if site.equation.op == "take_along_axis":
        rest = [lifted_in_front(site.b, rest[0])]
    return site.again(site.first.atom, *rest, axis=_shifted(axis, site.first.rank))


def lifted_in_front(b: Builder, x: Atom) -> Atom:
    return emit(b, "get_item", x, index=(("newaxis",),))


@batches("concatenate", "stack")
def _join(site: LaneSite) -> Batched:
    return site.again(*map(site.whole, site.operands), axis=site.params["axis"] + 1)


@batches("concatenate_list")
def _join_list(site: LaneSite) -> Batched:
    if site.params.get("axis", 0) is None:
        raise NotBatched("several tangents of arrays that are joined as flat ones")
    return site.again(site.first.atom, axis=site.params.get("axis", 0) + 1)


@batches("split")
def _split(site: LaneSite) -> Batched:
    return site.again_many(site.first.atom, axis=site.params.get("axis", 0) + 1)


@batches("pad")
def _pad(site: LaneSite) -> Batched:
    site.only_first()
    return site.again(site.first.atom, *site.rest, width=((0, 0), *site.params["width"]))


@batches("tile")
def _tile(site: LaneSite) -> Batched:
    site.only_first()
    ones = (const(1),) * (site.first.rank - len(site.rest))
    counts = (*ones, *site.rest)
    return site.again(site.aligned(site.first, len(counts)), const(1), *counts)


@batches("array")
def _array(site: LaneSite) -> Batched:
    """The axes that the nesting makes come first, then that of the lanes."""
    depth, structure = 0, site.params["structure"]
    while isinstance(structure, tuple):
        depth, structure = depth + 1, structure[0] if structure else 0
    zeros = {id(lane): lane for lane in site.operands if _is_zero(lane)}
    zero = site.whole(next(iter(zeros.values()))) if zeros else None
    return to_front(site.b, site.again(*(zero if id(o) in zeros else site.whole(o) for o in site.operands)), depth)


def _is_zero(lane: Lane) -> bool:
    return isinstance(lane.atom, Const) and lane.plain == FLOAT and lane.atom.value == 0.0


# ---- products


def _one_batched(site: LaneSite) -> int:
    """Which of two factors is batched; a derivative is linear, so not both are."""
    places = [k for k, lane in enumerate(site.operands) if lane.batched]
    if len(places) != 1:
        raise NotBatched(f"`{site.equation.op}` of two tangents")
    return places[0]


@batches("matmul", "dot")
def _matmul(site: LaneSite) -> Batched:
    """Lanes of vectors are the rows of a matrix; matrices in lanes are a stack of matrices."""
    place = _one_batched(site)
    x, y = site.operands
    if place == 0:
        return _times(site, x, y)
    if y.rank == 1:
        return emit(site.b, "matmul", y.atom, _swapped(site.b, x.atom) if x.rank > 1 else x.atom)
    return emit(site.b, "matmul", x.atom, site.aligned(y, max(x.rank, y.rank)))


def _times(site: LaneSite, x: Lane, y: Lane) -> Batched:
    if x.rank == 1 and y.rank <= 2:
        return emit(site.b, "matmul", x.atom, y.atom)
    if x.rank == 1:
        raise NotBatched("several vectors times a stack of matrices")
    return emit(site.b, "matmul", site.aligned(x, max(x.rank, y.rank)), y.atom)


def _swapped(b: Builder, x: Atom) -> Atom:
    """The transposes of matrices."""
    rank = rank_of(x.type) or 0
    if rank > 2:
        raise NotBatched("a stack of matrices times several vectors")
    return emit(b, "transpose", x, axes=None)


@batches("outer")
def _outer(site: LaneSite) -> Batched:
    x, y = site.operands
    rows, columns = (WHOLE, ("newaxis",)), (("newaxis",), WHOLE)
    left = emit(site.b, "get_item", x.atom, index=(WHOLE, *rows) if x.batched else rows)
    right = emit(site.b, "get_item", y.atom, index=(WHOLE, *columns) if y.batched else columns)
    return emit(site.b, "multiply", left, right)


@batches("inner")
def _inner(site: LaneSite) -> Batched:
    x, y = site.operands
    return _contracted(site, (x.rank - 1,), (y.rank - 1,))


@batches("tensordot")
def _tensordot(site: LaneSite) -> Batched:
    return _contracted(site, *site.params["axes"])


def _contracted(site: LaneSite, left: tuple[int, ...], right: tuple[int, ...]) -> Batched:
    """A sum over axes of both: the lanes come first where they are the left one's, else behind its free axes."""
    place = _one_batched(site)
    x, y = site.operands
    if place == 0:
        return emit(site.b, "tensordot", x.atom, y.atom, axes=(tuple(a + 1 for a in left), right))
    whole = emit(site.b, "tensordot", x.atom, y.atom, axes=(left, tuple(a + 1 for a in right)))
    return to_front(site.b, whole, x.rank - len(left))


@batches("einsum")
def _einsum(site: LaneSite) -> Batched:
    """One more letter."""
    notation = parse(site.params["subscripts"], [lane.rank for lane in site.operands])
    letter = next(c for c in "zyxwvutsrqponmlkjihgfedcbaABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in str(notation))
    pairs = zip(notation.inputs, site.operands, strict=True)
    terms = [letter + term if lane.batched else term for term, lane in pairs]
    subscripts = f"{','.join(terms)}->{letter}{notation.output}"
    return site.again(*(lane.atom for lane in site.operands), subscripts=subscripts)


@batches("cross")
def _cross(site: LaneSite) -> Batched:
    rank = max(lane.rank for lane in site.operands)
    return site.again(*(site.aligned(lane, rank) for lane in site.operands))


@batches("solve", "solve_regular")
def _solve(site: LaneSite) -> Batched:
    """One factorisation serves all right-hand sides: they are the columns of one matrix."""
    if _one_batched(site) == 0:
        raise NotBatched("linear systems that differ between tangents")
    a, y = site.operands
    if a.rank != 2 or y.rank > 2:
        raise NotBatched("several tangents of a stack of linear systems")
    if y.rank == 1:
        columns = emit(site.b, "transpose", y.atom, axes=None)
        return emit(site.b, "transpose", emit(site.b, site.equation.op, a.atom, columns), axes=None)
    n, k = lane_shape(site.b, y.atom)
    rows = emit(site.b, "transpose", y.atom, axes=(1, 0, 2))
    side = emit(site.b, "reshape", rows, n, emit(site.b, "multiply", site.count, k))
    solved = emit(site.b, "reshape", emit(site.b, site.equation.op, a.atom, side), n, site.count, k)
    return emit(site.b, "transpose", solved, axes=(1, 0, 2))


# ---- lists and tuples: each item has the leading axis


@batches("list_new")
def _list_new(site: LaneSite) -> Batched:
    element = site.params.get("element")
    extra = {} if element is None else {"element": batched_type(element, length_dim(site.count.type))}
    return emit(site.b, "list_new", *map(site.whole, site.operands), **extra)


@batches("list_append", "list_concat")
def _two_lists(site: LaneSite) -> Batched:
    return site.again(*map(site.whole, site.operands))


@batches("list_pop")
def _list_pop(site: LaneSite) -> Batched:
    return site.again_many(site.first.atom)


@batches("list_reverse")
def _list_reverse(site: LaneSite) -> Batched:
    return site.again(site.first.atom)


@batches("list_get", "list_slice")
def _from_list(site: LaneSite) -> Batched:
    site.only_first()
    return site.again(site.first.atom, *site.rest)


@batches("list_set", "list_add", "list_set_slice")
def _into_list(site: LaneSite) -> Batched:
    items, value, *places = site.operands
    if any(lane.batched for lane in places):
        raise NotBatched("stores at places that differ between tangents")
    return site.again(site.whole(items), site.whole(value), *(lane.atom for lane in places))


@batches("list_to_array")
def _list_to_array(site: LaneSite) -> Batched:
    """The axes of the nested lists come first, then that of the lanes, which NumPy can't see where there are none."""
    depth, t = 0, site.first.plain
    while isinstance(t, ListOf):
        depth, t = depth + 1, t.element
    made = site.again(site.first.atom)
    if depth == 1 and isinstance(t, Scalar):  # an empty list has no lanes that would tell how many there are
        made = site.emit("reshape", made, site.emit("list_len", site.first.atom), site.count)
    return to_front(site.b, made, depth)


@batches("array_to_list")
def _array_to_list(site: LaneSite) -> Batched:
    depth, rank = site.params.get("depth", 1), site.first.rank
    axes = (*range(1, depth + 1), 0, *range(depth + 1, rank + 1))
    return site.again(emit(site.b, "transpose", site.first.atom, axes=axes), python=False)


@batches("tuple_new")
def _tuple_new(site: LaneSite) -> Batched:
    return site.again(*(site.whole(o) if is_differentiable(o.plain) else o.atom for o in site.operands))


@batches("tuple_get")
def _tuple_get(site: LaneSite) -> Batched:
    return site.again(site.first.atom)


BATCHING: Mapping[str, LaneRule] = MappingProxyType(TABLE.rules)
UNIFORM = frozenset(name for name in BATCHING if OPS[name].kind is Kind.QUERY)

__all__ = ["BATCHING", "UNIFORM"]
