"""Operations that hold programs together: subscripts, stores, copies, shapes, lists, tuples, calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from srcad.ops.catalogue import CallError, op, static
from srcad.ops.spelling import escaped
from srcad.ops.subscripts import Template, item_dims, item_type
from srcad.trace.builder import Builder, atom
from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, product
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import (
    BOOL,
    INT,
    OPAQUE,
    UNDEFINED,
    Array,
    ListOf,
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

Texts = tuple[str, ...]
Params = Mapping[str, Any]
Structure = int | tuple["Structure", ...]
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


def _get_item_type(x: Type, *indices: Type, index: Template) -> Type:
    return item_type(x, indices, index)


def _first(x: Type, *_: Type, **__: Any) -> Type:
    return without_length(x)


def without_length(t: Type) -> Type:
    """The type of another value of this kind: what an int counted is forgotten."""
    return t.without_length if isinstance(t, Scalar) else t


def _last_wins_type(x: Type, *indices: Type, index: Template) -> Type:
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


op("get_item", _get_item_type, _get_item_text, view=True, cost="free")
op("set_item", _first, updates=True)
op("add_item", _first, updates=True)
# True where the value that a store put there is the one that stayed: with repeated indices the last wins
op("last_wins", _last_wins_type, _last_wins_text)


# ---- values and their adjoints


def _accumulate_type(a: Type, b: Type) -> Type:
    if isinstance(a, Scalar) and is_numeric(b):
        return elementwise_type((without_length(a), b))
    return a


def _zeros_type(x: Type) -> Type:
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


def _sum_to_type(g: Type, axes: tuple[int, ...], keep: Any = ()) -> Type:
    dims, dtype = dims_of(g), dtype_of(g)
    if dims is None or dtype is None:
        return Unknown(dtype)
    kept = axes if keep is True else keep
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


def axis_text(axes: int | tuple[int, ...] | None) -> str:
    """An axis argument: a single axis as a number."""
    return str(axes[0]) if isinstance(axes, tuple) and len(axes) == 1 else str(axes)


def _cast_type(x: Type, dtype: str) -> Type:
    if isinstance(x, Array):
        return Array(dtype, x.dims)
    if isinstance(x, Scalar):
        return x if x.dtype == dtype else Scalar(dtype)
    return Unknown(dtype)


op("accumulate", _accumulate_type, "{0} + {1}", updates=True)
op("copy", lambda x: without_length(x), "np.copy({0})")
op("zeros_like", _zeros_type, "np.zeros_like({0})")
op("materialise", _like_type, "np.broadcast_to({0}, np.shape({1}))")
op("sum_to_shape", _like_type, "sum_to_shape({0}, {1})")
op("sum_to", _sum_to_type, _sum_to_text)
# The operand itself, as what enters a slot of another type, or as what it is known to be. Where slots are memory of one
# type, a number is converted by it, and spread over an array.
op("known_as", lambda x, to: to, "{0}", view=True, cost="free")
op("cast", _cast_type, lambda texts, params: f"np.{dtype_name(params['dtype'])}({texts[0]})")


def dtype_name(dtype: Any) -> str:
    """The name of a dtype in the namespace of NumPy."""
    name = np.dtype(dtype).name
    return "bool_" if name == "bool" else name


# ---- shapes


def _dim_type(x: Type, axis: int) -> Type:
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


op("dim", _dim_type, lambda texts, params: f"{texts[0]}.shape[{params['axis']}]", cost="free")
op("size", _size_type, "np.size({0})", cost="free")
op("shape", lambda x: OPAQUE, "np.shape({0})", cost="free")
op("ndim", _ndim_type, "np.ndim({0})", cost="free")


# ---- lists and tuples


def _element(t: Type) -> Type:
    return t.element if isinstance(t, ListOf) else OPAQUE


def _list_new_type(*items: Type, element: Type | None = None) -> Type:
    joined: Type | None = UNDEFINED if element is None else element
    for item in items:
        joined = join(joined, without_length(item)) if joined is not None else None
    return ListOf(OPAQUE if joined is None else joined)


def _list_append_type(items: Type, value: Type) -> Type:
    element = join(_element(items), without_length(value))
    return ListOf(OPAQUE if element is None else element)


def _list_concat_type(a: Type, b: Type) -> Type:
    element = join(_element(a), _element(b))
    return ListOf(OPAQUE if element is None else element)


def _list_to_array_type(items: Type, dtype: str | None = None) -> Type:
    element = _element(items)
    if isinstance(element, ListOf):
        element = _list_to_array_type(element, dtype)
    dims, of = dims_of(element), dtype or dtype_of(element)
    if dims is None or of is None:
        return Unknown(of)
    return Array(of, (UNKNOWN_DIM, *dims))


def _array_to_list_type(x: Type, depth: int = 1) -> Type:
    """The type of a list of rows; with `depth` 2 of a list of lists, and so on."""
    dims, dtype = dims_of(x), dtype_of(x)
    row: Type = Unknown(dtype)
    if dims and dtype is not None:
        row = Array(dtype, dims[1:]) if dims[1:] else Scalar(dtype)
    return ListOf(row if depth == 1 else _array_to_list_type(row, depth - 1))


def _array_to_list_text(texts: Texts, params: Params) -> str:
    depth = params.get("depth", 1)
    return f"list({texts[0]})" if depth == 1 else f"nested_list({texts[0]}, {depth})"


def _slice_text(texts: Texts) -> str:
    start, stop, step = ("" if text == "None" else text for text in (*texts, "None", "None")[:3])
    return f"{start}:{stop}" + (f":{step}" if step and step != "1" else "")


op("list_new", _list_new_type, lambda texts, params: f"[{', '.join(texts)}]")
op("list_append", _list_append_type, "[*{0}, {1}]", updates=True)
op("list_pop", lambda items: (_element(items), items), "({0}[-1], {0}[:-1])", updates=True)
op("list_get", lambda items, i: _element(items), "{0}[{1}]", cost="free")
op("list_set", lambda items, value, i: _list_append_type(items, value), updates=True)
op("list_len", lambda items: INT, "len({0})", cost="free")
op("list_add", lambda items, value, i: items, updates=True)
op("list_zeros", _zeros_type, "list_zeros({0})")
op("list_concat", _list_concat_type, "{0} + {1}")
op("list_slice", _first, lambda texts, params: f"{texts[0]}[{_slice_text(texts[1:])}]")
op("list_set_slice", lambda items, values, *bounds: _list_concat_type(items, values), updates=True)
op("list_reverse", _first, "{0}[::-1]")
op("list_to_array", _list_to_array_type, lambda texts, params: f"np.array({texts[0]}{_dtype_text(params)})")
op("array_to_list", _array_to_list_type, _array_to_list_text)
op("tuple_new", lambda *items: TupleOf(items), lambda texts, params: f"({', '.join(texts)},)", cost="free")
op(
    "tuple_get",
    lambda t, index: t.items[index] if isinstance(t, TupleOf) else OPAQUE,
    lambda texts, params: f"{texts[0]}[{params['index']}]",
    cost="free",
)


# ---- what procedures record

op("record_new", lambda *items, record: record, lambda texts, params: f"({', '.join(texts)},)", cost="free")
op(
    "record_items",
    lambda record, types: types,
    lambda texts, params: texts[0] if len(params["types"]) != 1 else f"{texts[0]}[0]",
    cost="free",
)


# ---- arrays of nested sequences


def as_array(b: Builder, value: object, dtype: object = None) -> Atom:
    """An atom for an array-like: nested tuples and lists of atoms become one array, a `ListOf` is stacked."""
    if isinstance(value, (tuple, list)):
        leaves: list[Atom] = []
        structure = _structure(b, value, leaves)
        name = None if dtype is None else _dtype_of_arrays(dtype)
        made: Atom = b.emit("array", *leaves, structure=structure, dtype=name)
        return made
    a = atom(value)
    if isinstance(a, Var) and isinstance(a.type, ListOf):
        stacked: Atom = b.emit("list_to_array", a)
        return stacked
    return a


def _dtype_of_arrays(dtype: Any) -> str:
    return str(np.dtype(dtype))


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


def _array_type(*leaves: Type, structure: Any, dtype: str | None = None) -> Type:
    dims = [*_structure_dims(structure)]
    inner = dims_of(leaves[0]) if leaves else ()
    if dtype is None:
        dtypes = [dtype_of(leaf) for leaf in leaves]
        known = [d for d in dtypes if d is not None]
        dtype = None if len(known) < len(dtypes) else str(np.result_type(*known)) if known else "float64"
    if inner is None or dtype is None or any(dims_of(leaf) is None for leaf in leaves):
        return Unknown(dtype)
    return Array(dtype, (*dims, *_joined_dims(leaves)))


def _structure_dims(structure: Any) -> list[Dim]:
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


def _nested_text(structure: Any, texts: Texts) -> str:
    if not isinstance(structure, tuple):
        text: str = texts[structure]
        return text
    return f"[{', '.join(_nested_text(item, texts) for item in structure)}]"


def _dtype_text(params: Params) -> str:
    dtype = params.get("dtype")
    return "" if dtype is None else f", dtype=np.{dtype_name(dtype)}"


op("array", _array_type, _array_text)


# ---- objects, tests and effects


def _call_text(texts: Texts, params: Params) -> str:
    keywords = tuple(params.get("keywords", ()))
    arguments = texts[1:]
    positional = len(arguments) - len(keywords)
    named = [
        f"**{text}" if name == "**" else f"{name}={text}"
        for name, text in zip(keywords, arguments[positional:], strict=True)
    ]
    return f"{texts[0]}({', '.join([*arguments[:positional], *named])})"


def _format_text(texts: Texts, params: Params) -> str:
    """`pieces`: literal strings, and (k, conversion, format) for the k-th value."""
    pieces = [_literal(p) if isinstance(p, str) else _field(p, texts) for p in params["pieces"]]
    return f'f"{"".join(pieces)}"'


def _literal(text: str) -> str:
    return escaped(text, '"').replace("{", "{{").replace("}", "}}")


def _field(piece: tuple[int, str, str], texts: Texts) -> str:
    k, conversion, spec = piece
    how = f"!{conversion}" if conversion else ""
    how += ":" + escaped(spec, '"') if spec else ""
    return "{" + texts[k] + how + "}"


def _opaque(*_: Type, **__: Any) -> Type:
    return OPAQUE


def _bool(*_: Type, **__: Any) -> Type:
    return BOOL


def _nothing(*_: Type, **__: Any) -> tuple[Type, ...]:
    return ()


op("call", _opaque, _call_text, effect=True)
op("attribute", _opaque, lambda texts, params: f"{texts[0]}.{params['name']}", cost="free")
op("subscript", _opaque, "{0}[{1}]", cost="free")
op("format", _opaque, _format_text)
op("identical", _bool, "{0} is {1}", cost="free")
op("not_identical", _bool, "{0} is not {1}", cost="free")
op("contains", _bool, "{0} in {1}")
op("not_", _bool, "not {0}", cost="free")
op("truth", _bool, "bool({0})", cost="free")
op("raise_", _nothing, effect=True)
op("assert_", _nothing, effect=True)
op("set_attribute", _nothing, effect=True)
# a call of one of the procedures of the trace; it has no other effect than to raise, then params["raises"] is set
op("recurse", lambda *_, types, **__: types, cost="dear")


# ---- what lowerings of all areas use


def normal_axis(axis: object, rank: int | None, what: str = "axis") -> Axis:
    """A static axis (None, an int, a tuple of ints), non-negative where the rank is known."""
    known = static(axis, what)
    if isinstance(known, (tuple, list)):
        return tuple(_one_normal_axis(a, rank) for a in known)
    return None if known is None else _one_normal_axis(known, rank)


def _one_normal_axis(axis: int, rank: int | None) -> int:
    axis = int(axis)
    if rank is None:
        return axis
    if not -rank <= axis < rank:
        raise np.exceptions.AxisError(axis, rank)
    return axis % rank
