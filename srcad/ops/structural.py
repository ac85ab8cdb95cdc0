"""Operations that hold programs together: subscripts, stores, copies, shapes, lists, tuples, calls."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from srcad.errors import NotDifferentiable
from srcad.ops.declare import Area, CallError, Index, Items, Kind, Recorded, Thing, static
from srcad.ops.subscripts import Template, item_dims, item_type
from srcad.trace.builder import Builder, atom
from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, product
from srcad.trace.nodes import Atom, Params, Var
from srcad.trace.types import (
    INT,
    OPAQUE,
    PYTHON_NAMES,
    UNDEFINED,
    Array,
    ListOf,
    Record,
    Scalar,
    TupleOf,
    Type,
    Unknown,
    dims_of,
    dtype_of,
    elementwise_type,
    is_numeric,
    join,
    rank_of,
    tangent_type,
)

AREA = Area()
op = AREA.op

Texts = tuple[str, ...]
Structure: TypeAlias = "int | tuple[Structure, ...]"  # of nested sequences: the places of the leaves
Axis = int | tuple[int, ...] | None


# ---- subscripts and stores


def subscript_text(template: Template, operands: Texts) -> str:
    """The source of a subscript."""
    parts = [_component_text(entry, operands) for entry in template]
    return ", ".join(parts) if parts else "()"


def _component_text(entry: tuple[Any, ...], operands: Texts) -> str:
    kind = entry[0]
    if kind == "newaxis":
        return "None"
    if kind == "ellipsis":
        return "..."
    if kind == "slice":
        start, stop, step = ("" if k is None else operands[k] for k in entry[1:])
        return f"{start}:{stop}" + (f":{step}" if step else "")
    text: str = operands[entry[1]]
    return text


def _get_item_text(texts: Texts, params: Params) -> str:
    return f"{texts[0]}[{subscript_text(params['index'], texts[1:])}]"


def _get_item_type(x: Type, *indices: Index, index: Template) -> Type:
    return item_type(x, indices, index)


def _stored_type(x: Type, value: Type, *indices: Index, index: Template) -> Type:
    return without_length(x)


def without_length(t: Type) -> Type:
    """The type of another value of this kind: what an int counted is forgotten."""
    return t.without_length if isinstance(t, Scalar) else t


def _last_wins_type(x: Type, *indices: Index, index: Template) -> Type:
    dims = item_dims(x, indices, index)
    return Unknown("bool") if dims is None else Array("bool", dims)


def _last_wins_text(texts: Texts, params: Params) -> str:
    index = [_component_value(entry, texts[1:]) for entry in params["index"]]
    return f"last_wins({texts[0]}, ({', '.join(index)},))"


def _component_value(entry: tuple[Any, ...], operands: Texts) -> str:
    """A component of a subscript, as an object outside of brackets."""
    if entry[0] != "slice":
        return _component_text(entry, operands)
    bounds = ("None" if k is None else operands[k] for k in entry[1:])
    return f"slice({', '.join(bounds)})"


op("get_item", Kind.VIEW, _get_item_type, _get_item_text, cost="free", brief=True, linear=True)
op("set_item", Kind.UPDATE, _stored_type, linear=True)
op("add_item", Kind.UPDATE, _stored_type, linear=True)
# True where the value that a store put there is the one that stayed: with repeated indices the last wins
op("last_wins", Kind.QUERY, _last_wins_type, _last_wins_text, shape_of=0)


# ---- values and their adjoints


def _accumulate_type(a: Type, b: Type) -> Type:
    if isinstance(a, Scalar) and is_numeric(b):
        return elementwise_type((without_length(a), b))
    return a


def _copy_type(x: Type, *, deep: bool = False) -> Type:
    return without_length(x)


def _zeros_type(x: Type) -> Type:
    return tangent_type(x)


def _list_zeros_type(x: Items, *, optional: bool = False) -> Type:
    return tangent_type(x)


def _like_type(g: Type, like: Type) -> Type:
    """The dtype of the first with the shape of the second."""
    dims, dtype = dims_of(like), dtype_of(g)
    if isinstance(like, (ListOf, TupleOf)):
        return like
    if dims is None or dtype is None:
        return Unknown(dtype)
    if isinstance(like, Scalar):
        return Scalar(dtype, isinstance(g, Scalar) and g.python)
    return Array(dtype, dims)


def _sum_to_type(g: Type, *, axes: tuple[int, ...], keep: bool | tuple[int, ...] = ()) -> Type:
    dims, dtype = dims_of(g), dtype_of(g)
    if dims is None or dtype is None:
        return Unknown(dtype)
    kept = axes if keep is True else keep or ()
    left = tuple(ONE if k in axes else d for k, d in enumerate(dims) if k not in axes or k in kept)
    return Array(dtype, left) if left else Scalar(dtype)


def _sum_to_text(texts: Texts, params: Params) -> str:
    axes = tuple(params["axes"])
    kept = axes if params.get("keep") is True else tuple(params.get("keep") or ())
    dropped = tuple(a for a in axes if a not in kept)
    text = texts[0]
    if kept:
        text = f"np.sum({text}, axis={axis_text(kept)}, keepdims=True)"
    return f"np.sum({text}, axis={axis_text(dropped)})" if dropped else text


def as_axes(axes: int | Sequence[int]) -> tuple[int, ...]:
    """One axis or several, as several."""
    return (axes,) if isinstance(axes, int) else tuple(axes)


def axis_text(axes: int | tuple[int, ...] | None) -> str:
    """An axis argument: a single axis as a number."""
    return str(axes[0]) if isinstance(axes, tuple) and len(axes) == 1 else str(axes)


def _known_type(x: Type, *, to: Type) -> Type:
    return to


def _cast_type(x: Type, *, dtype: str) -> Type:
    if isinstance(x, Array):
        return Array(dtype, x.dims)
    if isinstance(x, Scalar):
        return x if x.dtype == dtype else Scalar(dtype)
    return Unknown(dtype)


op("accumulate", Kind.UPDATE, _accumulate_type, "{0} + {1}", linear=True)
op("copy", Kind.MOVEMENT, _copy_type, "np.copy({0})", linear=True, to_fill=True, like=0)
op("zeros_like", Kind.CREATION, _zeros_type, "np.zeros_like({0})", to_fill=True, shape_of=0, reads_dtype=True, like=0)
op(
    "materialise",
    Kind.MOVEMENT,
    _like_type,
    "np.broadcast_to({0}, np.shape({1}))",
    to_fill=True,
    read_only=True,
    shape_of=1,
    like=1,
    linear=True,
)
op("sum_to_shape", Kind.REDUCTION, _like_type, "sum_to_shape({0}, {1})", shape_of=1, linear=True)
op("sum_to", Kind.REDUCTION, _sum_to_type, _sum_to_text, linear=True)
# The operand itself, as what enters a slot of another type, or as what it is known to be. Where slots are memory of one
# type, a number is converted by it, and spread over an array.
op("known_as", Kind.VIEW, _known_type, "{0}", cost="free", linear=True)
op(
    "cast",
    Kind.CONVERSION,
    _cast_type,
    lambda texts, params: f"np.{dtype_name(params['dtype'])}({texts[0]})",
    linear=True,
)


def dtype_name(dtype: npt.DTypeLike) -> str:
    """The name of a dtype in the namespace of NumPy."""
    name = np.dtype(dtype).name
    return "bool_" if name == "bool" else name


# ---- shapes


def _dim_type(x: Type, *, axis: int) -> Type:
    dims = dims_of(x)
    return INT if dims is None else Scalar("int64", True, counted(dims[axis]))


def counted(dim: Dim) -> Dim | None:
    """What an int counts that is the length of a dimension; None where that isn't known."""
    return dim.counted if dim.known else None


def size_dim(dims: tuple[Dim, ...]) -> Dim | None:
    """The number of elements; None where a length isn't known."""
    return counted(product(dims))


def _size_type(x: Type) -> Type:
    dims = dims_of(x)
    return INT if dims is None else Scalar("int64", True, size_dim(dims))


def _ndim_type(x: Type) -> Type:
    rank = rank_of(x)
    return INT if rank is None else Scalar("int64", True, fixed(rank))


op("dim", Kind.QUERY, _dim_type, lambda texts, params: f"{texts[0]}.shape[{params['axis']}]", cost="free", shape_of=0)
op("size", Kind.QUERY, _size_type, "np.size({0})", cost="free", shape_of=0)
op("shape", Kind.QUERY, lambda x: OPAQUE, "np.shape({0})", cost="free", shape_of=0)
op("ndim", Kind.QUERY, _ndim_type, "np.ndim({0})", cost="free", shape_of=0)


# ---- lists and tuples


def _element(t: Type) -> Type:
    return t.element if isinstance(t, ListOf) else OPAQUE


def _element_type(items: Items, i: Index) -> Type:
    return _taken(items)


def _taken(items: Items) -> Type:
    """What is taken out of a list; of one that never has any items, something."""
    element = _element(items)
    return OPAQUE if element.is_undefined else element


def _popped_type(items: Items) -> tuple[Type, ...]:
    return _taken(items), items


def _set_type(items: Items, value: Type, i: Index) -> Type:
    return _list_append_type(items, value)


def _added_type(items: Items, value: Type, i: Index) -> Type:
    return items


def _length_type(items: Items) -> Type:
    return INT


def _slice_type(items: Items, *bounds: Index) -> Type:
    return items


def _set_slice_type(items: Items, values: Items, *bounds: Index) -> Type:
    return _list_concat_type(items, values)


def _reversed_type(items: Items) -> Type:
    return items


def _tuple_type(*items: Type) -> Type:
    return TupleOf(items)


def _member_type(items: Items, *, index: int) -> Type:
    return items.items[index] if isinstance(items, TupleOf) else OPAQUE


def _list_new_type(*items: Type, element: Type | None = None) -> Type:
    joined: Type | None = UNDEFINED if element is None else element
    for item in items:
        joined = join(joined, without_length(item)) if joined is not None else None
    return ListOf(OPAQUE if joined is None else joined)


def _list_append_type(items: Items, value: Type) -> Type:
    element = join(_element(items), without_length(value))
    return ListOf(OPAQUE if element is None else element)


def _list_concat_type(a: Items, b: Items) -> Type:
    element = join(_element(a), _element(b))
    return ListOf(OPAQUE if element is None else element)


def _list_to_array_type(items: Items, *, dtype: str | None = None, stacked: bool = False) -> Type:
    """`stacked`: there is at least one item, or it raises."""
    element = _element(items)
    if isinstance(element, ListOf):
        element = _list_to_array_type(element, dtype=dtype)
    dims, of = dims_of(element), dtype or dtype_of(element)
    if dims is None or of is None:
        return Unknown(of)
    return Array(of, (UNKNOWN_DIM, *dims))


def _array_to_list_type(x: Type, *, depth: int = 1, python: bool = False) -> Type:
    """The type of a list of rows; with `depth` 2 of a list of lists, and so on; with `python` of Python's numbers."""
    dims, dtype = dims_of(x), dtype_of(x)
    row: Type = Unknown(dtype)
    if dims and dtype is not None:
        row = Array(dtype, dims[1:]) if dims[1:] else Scalar(dtype, python and dtype in PYTHON_NAMES)
    return ListOf(row if depth == 1 else _array_to_list_type(row, depth=depth - 1))


def _array_to_list_text(texts: Texts, params: Params) -> str:
    depth = params.get("depth", 1)
    if params.get("python"):
        return f"{texts[0]}.tolist()"
    return f"list({texts[0]})" if depth == 1 else f"nested_list({texts[0]}, {depth})"


def _slice_text(texts: Texts) -> str:
    start, stop, step = ("" if text == "None" else text for text in (*texts, "None", "None")[:3])
    return f"{start}:{stop}" + (f":{step}" if step and step != "1" else "")


op(
    "list_new",
    Kind.COLLECTION,
    _list_new_type,
    lambda texts, params: f"[{', '.join(texts)}]",
    linear=True,
    to_fill=True,
    keeps=True,
)
op("list_append", Kind.COLLECTION, _list_append_type, "[*{0}, {1}]", linear=True, keeps=True, overwrites=True)
op("list_pop", Kind.COLLECTION, _popped_type, "({0}[-1], {0}[:-1])", linear=True, overwrites=True)
op("list_get", Kind.COLLECTION, _element_type, "{0}[{1}]", cost="free", linear=True)
op("list_set", Kind.COLLECTION, _set_type, keeps=True, overwrites=True, linear=True)
op("list_len", Kind.QUERY, _length_type, "len({0})", cost="free")
op("list_add", Kind.UPDATE, _added_type, linear=True)
op("list_zeros", Kind.CREATION, _list_zeros_type, "list_zeros({0})", to_fill=True, shape_of=0, reads_dtype=True)
op("list_concat", Kind.COLLECTION, _list_concat_type, "{0} + {1}", to_fill=True, linear=True)
op(
    "list_slice",
    Kind.COLLECTION,
    _slice_type,
    lambda texts, params: f"{texts[0]}[{_slice_text(texts[1:])}]",
    to_fill=True,
    linear=True,
)
op("list_set_slice", Kind.COLLECTION, _set_slice_type, keeps=True, overwrites=True, linear=True)
op("list_reverse", Kind.COLLECTION, _reversed_type, "{0}[::-1]", to_fill=True, linear=True)
op(
    "list_to_array",
    Kind.MOVEMENT,
    _list_to_array_type,
    lambda texts, params: f"np.{'stack' if params.get('stacked') else 'array'}({texts[0]}{_dtype_text(params)})",
    linear=True,
)
op("array_to_list", Kind.MOVEMENT, _array_to_list_type, _array_to_list_text, to_fill=True, linear=True)
op(
    "tuple_new",
    Kind.COLLECTION,
    _tuple_type,
    lambda texts, params: f"({', '.join(texts)},)",
    cost="free",
    linear=True,
    keeps=True,
)
op(
    "tuple_get",
    Kind.COLLECTION,
    _member_type,
    lambda texts, params: f"{texts[0]}[{params['index']}]",
    cost="free",
    linear=True,
)


# ---- what procedures record


def _record_type(*items: Type, record: Record) -> Type:
    return record


def _recorded_types(record: Recorded, *, types: tuple[Type, ...]) -> tuple[Type, ...]:
    return types


op("record_new", Kind.COLLECTION, _record_type, lambda texts, params: f"({', '.join(texts)},)", cost="free", keeps=True)
op(
    "record_items",
    Kind.COLLECTION,
    _recorded_types,
    lambda texts, params: texts[0] if len(params["types"]) != 1 else f"{texts[0]}[0]",
    cost="free",
    read_only=True,
)


# ---- arrays of nested sequences


def as_array(b: Builder, value: object, dtype: object = None) -> Atom:
    """An atom for an array-like: nested tuples and lists of atoms become one array, a `ListOf` is stacked."""
    if isinstance(value, range):
        value = list(value)
    if isinstance(value, (tuple, list)):
        leaves: list[Atom] = []
        structure = _structure(b, value, leaves)
        name = None if dtype is None else _dtype_of_arrays(dtype)
        made: Atom = b.emit("array", *leaves, structure=structure, dtype=name)
        return made
    if isinstance(value, dict):
        why = "NumPy makes an array of objects of it, and no derivative passes through arrays of anything but numbers."
        raise NotDifferentiable("a dict is made an array", why=why, do="keep dicts in a list or a tuple.")
    a = atom(value)
    if isinstance(a, Var) and isinstance(a.type, ListOf):
        stacked: Atom = b.emit("list_to_array", a)
        return stacked
    return a


def _dtype_of_arrays(dtype: object) -> str:
    return str(np.dtype(cast(npt.DTypeLike, dtype)))


def _structure(b: Builder, value: object, leaves: list[Atom]) -> Structure:
    """The positions of the leaves, nested as the sequences are."""
    if isinstance(value, (tuple, list)):
        return tuple(_structure(b, item, leaves) for item in _of_one_depth(b, value))
    leaves.append(as_array(b, value))
    return len(leaves) - 1


def _of_one_depth(b: Builder, items: Sequence[object]) -> Sequence[object]:
    """The items of a sequence; where arrays stand beside sequences, these become arrays too."""
    arrays = [not isinstance(item, (tuple, list)) and rank_of(as_array(b, item).type) != 0 for item in items]
    return [as_array(b, item) for item in items] if any(arrays) else items


def _array_type(*leaves: Type, structure: Structure, dtype: str | None = None) -> Type:
    dims = [*_structure_dims(structure)]
    inner = dims_of(leaves[0]) if leaves else ()
    if dtype is None:
        dtypes = [dtype_of(leaf) for leaf in leaves]
        known = [d for d in dtypes if d is not None]
        dtype = None if len(known) < len(dtypes) else str(np.result_type(*known)) if known else "float64"
    if inner is None or dtype is None or any(dims_of(leaf) is None for leaf in leaves):
        return Unknown(dtype)
    return Array(dtype, (*dims, *_joined_dims(leaves)))


def _structure_dims(structure: Structure) -> list[Dim]:
    if not isinstance(structure, tuple):
        return []
    return [fixed(len(structure)), *(_structure_dims(structure[0]) if structure else [])]


def _joined_dims(leaves: tuple[Type, ...]) -> tuple[Dim, ...]:
    """The common dims of the leaves, as each knows them best."""
    joined = dims_of(leaves[0]) if leaves else ()
    for leaf in leaves[1:]:
        if len(dims_of(leaf) or ()) != len(joined or ()):
            raise CallError("setting an array element with a sequence. The array has an inhomogeneous shape.")
        joined = tuple(a if a.known else d for a, d in zip(joined or (), dims_of(leaf) or (), strict=True))
    return joined or ()


def _array_text(texts: Texts, params: Params) -> str:
    return f"np.array({_nested_text(params['structure'], texts)}{_dtype_text(params)})"


def _nested_text(structure: Structure, texts: Texts) -> str:
    if not isinstance(structure, tuple):
        return texts[structure]
    return f"[{', '.join(_nested_text(item, texts) for item in structure)}]"


def _dtype_text(params: Params) -> str:
    dtype = params.get("dtype")
    return "" if dtype is None else f", dtype=np.{dtype_name(dtype)}"


op("array", Kind.MOVEMENT, _array_type, _array_text, linear=True, to_fill=True)


# ---- calls of procedures


def _recurse_types(*arguments: Type, procedure: str, types: tuple[Type, ...], raises: bool = False) -> tuple[Type, ...]:
    return types


# a call of one of the procedures of the trace; it has no other effect than to raise, then params["raises"] is set
op("recurse", Kind.PROCEDURE, _recurse_types, cost="dear")


def _kernel_types(function: Thing, *arguments: Type, types: tuple[Type, ...]) -> Type | tuple[Type, ...]:
    return types[0] if len(types) == 1 else types


def _call_text(texts: Texts, params: Params) -> str:
    return f"{texts[0]}({', '.join(texts[1:])})"


# a call of compiled code, which has no effect; the results are fresh
op("kernel", Kind.ALGORITHM, _kernel_types, _call_text, cost="dear")


# ---- what lowerings of all areas use


def normal_axis(axis: object, rank: int | None, what: str = "axis") -> Axis:
    """A static axis (None, an int, a tuple of ints), non-negative where the rank is known."""
    known = static(axis, what)
    if isinstance(known, (tuple, list)):
        axes = tuple(_one_normal_axis(a, rank) for a in known)
        if len(set(axes)) < len(axes):
            raise CallError("duplicate value in 'axis'")
        return axes
    return None if known is None else _one_normal_axis(known, rank)


def _one_normal_axis(axis: int, rank: int | None) -> int:
    axis = operator.index(axis)
    if rank is None:
        return axis
    if not -rank <= axis < rank:
        raise np.exceptions.AxisError(axis, rank)
    return axis % rank
