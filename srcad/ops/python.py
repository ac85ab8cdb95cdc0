"""Operations of plain Python that have no NumPy counterpart."""

from __future__ import annotations

from srcad.ops.arguments import length_dim
from srcad.ops.catalogue import op
from srcad.ops.conversions import whole
from srcad.ops.structural import counted
from srcad.trace.dims import smaller
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, Scalar, Type


def _smaller(a: Type, b: Type) -> Type:
    return Scalar("int64", True, counted(smaller(length_dim(a), length_dim(b))))


op("smaller", _smaller, "min({0}, {1})", cost="free")
op("range_length", lambda start, stop, step: INT, "len(range({0}, {1}, {2}))", cost="free")
op(
    "dict_new",
    lambda *items, keys: OPAQUE,
    lambda texts, params: "{" + ", ".join(f"{k!r}: {t}" for k, t in zip(params["keys"], texts, strict=True)) + "}",
)
op("is_instance", lambda value, cls: BOOL, "isinstance({0}, {1})", cost="free")
op("as_float", lambda x: Scalar("float64", python=True), "float({0})", cost="free")
op("as_int", whole, "int({0})", cost="free")
op("list_repeat", lambda items, count: items, "{0} * {1}")

# What the reverse sweep of the careful variant divides by: a slope may be infinite.
op("guarded_divide", lambda a, b: FLOAT, "float(np.divide({0}, {1}))")
op("guarded_power", lambda a, b: FLOAT, "float(np.float_power({0}, {1}))")
