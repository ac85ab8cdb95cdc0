"""Operations of plain Python that have no NumPy counterpart: numbers and containers, objects, tests and effects."""

from __future__ import annotations

from collections.abc import Hashable

from srcad.ops.arguments import length_dim
from srcad.ops.conversions import whole
from srcad.ops.declare import Area, Index, Items, Kind, Thing
from srcad.ops.spelling import escaped
from srcad.ops.structural import counted
from srcad.trace.dims import smaller
from srcad.trace.nodes import Params
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, Scalar, Type

AREA = Area()
op = AREA.op

Texts = tuple[str, ...]

# ---- numbers and containers


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


def _guarded_complex(a: Type, b: Type) -> Type:
    return Scalar("complex128", True)


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
op("guarded_floor_divide", Kind.ALGORITHM, _guarded, "float(np.floor_divide({0}, {1}))")
op("guarded_power", Kind.ALGORITHM, _guarded, "float(np.float_power({0}, {1}))")
op("guarded_complex_divide", Kind.ALGORITHM, _guarded_complex, "complex(np.divide({0}, {1}))")
op("guarded_complex_power", Kind.ALGORITHM, _guarded_complex, "complex(np.float_power({0}, {1}))")


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


def _call_type(callee: Thing, *arguments: Type, keywords: tuple[str, ...] = (), starred: tuple[int, ...] = ()) -> Type:
    return OPAQUE


def _attribute_type(owner: Thing, *, name: str) -> Type:
    return OPAQUE


def _subscript_type(owner: Thing, key: Thing) -> Type:
    return OPAQUE


def _format_type(*values: Type, pieces: tuple[str | tuple[int, str, str], ...]) -> Type:
    return OPAQUE


def _test_type(x: Thing) -> Type:
    return BOOL


def _comparison_type(a: Thing, b: Thing) -> Type:
    return BOOL


def _raise_type(error: Thing, *cause: Thing) -> tuple[Type, ...]:
    return ()


def _assert_type(condition: Type) -> tuple[Type, ...]:
    return ()


def _check_type(
    *operands: Type, of: str, params: Params, types: tuple[Type, ...], shapes: bool = False
) -> tuple[Type, ...]:
    return ()


def _set_attribute_type(owner: Thing, value: Type, *, name: str) -> tuple[Type, ...]:
    return ()


op("call", Kind.EFFECT, _call_type, _call_text)
op(
    "attribute",
    Kind.OBJECT,
    _attribute_type,
    lambda texts, params: f"{texts[0]}.{params['name']}",
    cost="free",
    read_only=True,
    reads_object=True,
)
op("subscript", Kind.OBJECT, _subscript_type, "{0}[{1}]", cost="free", read_only=True, reads_object=True)
op("format", Kind.ALGORITHM, _format_type, _format_text)
op("identical", Kind.QUERY, _comparison_type, "{0} is {1}", cost="free")
op("not_identical", Kind.QUERY, _comparison_type, "{0} is not {1}", cost="free")
op("contains", Kind.ALGORITHM, _comparison_type, "{0} in {1}")
op("not_", Kind.ALGORITHM, _test_type, "not {0}", cost="free")
op("truth", Kind.CONVERSION, _test_type, "bool({0})", cost="free")
op("raise_", Kind.EFFECT, _raise_type, raises=True)
op("assert_", Kind.EFFECT, _assert_type, raises=True)
# that an operation would not fail on these operands: it is `of`, has these params, and results of these types;
# with `shapes`, that arrays of these shapes broadcast
op("check", Kind.EFFECT, _check_type, raises=True)
op("set_attribute", Kind.EFFECT, _set_attribute_type)
