"""Operations of plain Python that have no NumPy counterpart."""

from __future__ import annotations

from collections.abc import Hashable

from srcad.ops.arguments import length_dim
from srcad.ops.conversions import whole
from srcad.ops.declare import Area, Index, Items, Kind, Thing
from srcad.ops.structural import counted
from srcad.trace.dims import smaller
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, Scalar, Type

AREA = Area()
op = AREA.op


def _smaller(a: Type, b: Type) -> Type:
    return Scalar("int64", True, counted(smaller(length_dim(a), length_dim(b))))


def _range_length(start: Index, stop: Index, step: Index) -> Type:
    return INT


def _dict_type(*values: Type, keys: tuple[Hashable, ...]) -> Type:
    return OPAQUE


def _is_instance(value: Thing, cls: Thing) -> Type:
    return BOOL


def _float_type(x: Type) -> Type:
    return FLOAT


def _repeated(items: Items, count: Index) -> Type:
    return items


def _guarded(a: Type, b: Type) -> Type:
    return FLOAT


op("smaller", Kind.ALGORITHM, _smaller, "min({0}, {1})", cost="free")
op("range_length", Kind.CREATION, _range_length, "len(range({0}, {1}, {2}))", cost="free")
op(
    "dict_new",
    Kind.COLLECTION,
    _dict_type,
    lambda texts, params: "{" + ", ".join(f"{k!r}: {t}" for k, t in zip(params["keys"], texts, strict=True)) + "}",
    to_fill=True,
    keeps=True,
)
op("is_instance", Kind.QUERY, _is_instance, "isinstance({0}, {1})", cost="free")
op("as_float", Kind.CONVERSION, _float_type, "float({0})", cost="free")
op("as_int", Kind.CONVERSION, whole, "int({0})", cost="free")
op("list_repeat", Kind.COLLECTION, _repeated, "{0} * {1}", to_fill=True)

# What the reverse sweep of the careful variant divides by: a slope may be infinite.
op("guarded_divide", Kind.ALGORITHM, _guarded, "float(np.divide({0}, {1}))")
op("guarded_power", Kind.ALGORITHM, _guarded, "float(np.float_power({0}, {1}))")
