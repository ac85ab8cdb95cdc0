"""What operations declare: what they take, what they are, and that nobody states facts about them elsewhere."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import InternalError
from srcad.ops.catalogue import (
    ATTRIBUTES,
    BY_NAME,
    LOWERINGS,
    METHODS,
    OPS,
    REQUIRED,
    Area,
    Facts,
    Kind,
    Op,
    Operand,
    builder,
    union,
)
from srcad.ops.meaning import PURE
from srcad.rules.batching import BATCHING
from srcad.rules.catalogue import RULES
from srcad.trace.builder import const
from srcad.trace.slots import STRUCTURED
from srcad.transform.simplify.common import merge_common
from tests.traces import MATRIX, VECTOR, build, ops_of

PACKAGE = Path(srcad.__file__).parent

# ---- what operations take


def test_operands_and_params_are_read_off_the_typing() -> None:
    set_item, transpose, concatenate = OPS["set_item"], OPS["transpose"], OPS["concatenate"]
    assert set_item.operands == (Operand.VALUE, Operand.VALUE, Operand.INDEX)
    assert (set_item.least, set_item.most, set_item.indices_from) == (2, None, 2)
    assert set_item.params == {"index": REQUIRED}
    assert transpose.params == {"axes": None}
    assert (transpose.least, transpose.most) == (1, 1)
    assert (concatenate.least, concatenate.most) == (0, None)
    assert OPS["list_get"].operands == (Operand.ITEMS, Operand.INDEX)


@pytest.mark.parametrize("name", sorted(OPS))
def test_each_param_is_declared_by_its_name(name: str) -> None:
    kinds = {p.kind for p in inspect.signature(OPS[name].infer).parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD not in kinds


@pytest.mark.parametrize(
    ("op", "count", "params", "fault"),
    [
        ("sin", 2, {}, "2 operands, and takes 1"),
        ("multiply", 1, {}, "1 operands, and takes 2"),
        ("set_item", 1, {"index": ()}, "1 operands, and takes 2 or more"),
        ("max", 3, {}, "3 operands, and takes 1 to 2"),
        ("sum", 1, {"axes": 0}, "no param axes"),
        ("cast", 1, {}, "to be given the param dtype"),
        ("sine", 1, {}, "no operation of the catalogue"),
    ],
)
def test_what_is_not_declared_is_not_emitted(op: str, count: int, params: dict[str, object], fault: str) -> None:
    b = builder()
    with pytest.raises(InternalError) as raised:
        b.emit(op, *(const(0.5),) * count, **params)
    assert fault in str(raised.value)
    assert b.equations == []


def test_params_with_a_default_may_be_left_out() -> None:
    b = builder()
    assert (
        b.emit("transpose", const(np.ones((2, 3)))).type == b.emit("transpose", const(np.ones((2, 3))), axes=None).type
    )


def test_several_results_are_emitted_as_several() -> None:
    b = builder()
    q, r = b.emit_many("qr", const(np.ones((3, 2))))
    assert (str(q.type), str(r.type)) == ("float64[3, 2]", "float64[2, 2]")
    assert b.emit_many("raise_", const(None)) == ()
    with pytest.raises(InternalError, match="2 results"):
        b.emit("qr", const(np.ones((3, 2))))


def test_operations_with_regions_are_declared_and_not_emitted() -> None:
    assert {name for name, op in OPS.items() if op.kind is Kind.CONTROL} == STRUCTURED
    with pytest.raises(InternalError, match="structured"):
        builder().emit("if", const(True))


def test_facts_are_the_optional_fields_of_an_operation() -> None:
    given = {f.name for f in dataclasses.fields(Op) if f.default is not dataclasses.MISSING}
    assert set(Facts.__annotations__) == given - {"spelling"}


# ---- facts that were stated in several places, and not alike


def test_products() -> None:
    of_vectors = {name for name, op in OPS.items() if op.scalar_product}
    assert of_vectors == {"matmul", "dot", "inner"}
    assert all(OPS[name].kind is Kind.CONTRACTION for name in of_vectors | {"outer", "tensordot", "kron", "cross"})
    assert all(OPS[name].bilinear for name in of_vectors | {"outer", "tensordot", "kron", "cross", "multiply"})
    assert not OPS["einsum"].bilinear, "einsum takes any number of operands"


def test_what_reads_a_shape_alone() -> None:
    read = {name: op.shape_of for name, op in OPS.items() if op.shape_of is not None}
    first = {"zeros_like", "ones_like", "empty_like", "full_like", "list_zeros", "last_wins"}
    first |= {"dim", "size", "shape", "ndim"}
    assert read == dict.fromkeys(first, 0) | dict.fromkeys(
        ("materialise", "sum_to_shape", "reshape_like", "zeros_each"), 1
    )


@pytest.mark.parametrize("name", ["dim", "list_len", "identical", "is_instance", "last_wins"])
def test_queries_depend_on_no_values(name: str) -> None:
    assert all(map(OPS[name].blind_to, range(2)))
    assert not RULES or RULES[name].flat


def test_values_of_what_lends_its_shape_are_not_depended_on() -> None:
    assert OPS["full_like"].blind_to(0) and not OPS["full_like"].blind_to(1)
    assert OPS["materialise"].blind_to(1) and not OPS["materialise"].blind_to(0)


def test_objects_with_an_identity_are_not_merged() -> None:
    def twice(b, x):  # type: ignore[no-untyped-def]
        return b.emit("dict_new", x, keys=("a",)), b.emit("dict_new", x, keys=("a",))

    assert ops_of(merge_common(build({"x": VECTOR}, twice))) == ["dict_new", "dict_new"]
    fresh = {"dict_new", "list_new", "list_repeat", "array_to_list", "copy", "zeros", "zeros_each", "materialise"}
    assert all(OPS[name].to_fill for name in fresh)


def test_products_of_vectors_commute_and_others_do_not() -> None:
    def both(t):  # type: ignore[no-untyped-def]
        return build({"x": t, "y": t}, lambda b, x, y: (b.emit("inner", x, y), b.emit("inner", y, x)))

    assert ops_of(merge_common(both(VECTOR))) == ["inner"]
    assert ops_of(merge_common(both(MATRIX))) == ["inner", "inner"]


@pytest.mark.parametrize("name", sorted(name for name, op in OPS.items() if op.commutative))
def test_commutative(name: str) -> None:
    ints = np.array([3, 5, 0, 7]), np.array([2, 5, 1, 0])
    function = getattr(np, name)
    np.testing.assert_array_equal(function(*ints), function(*reversed(ints)))


@pytest.mark.parametrize("name", sorted(name for name, op in OPS.items() if op.elementwise and op.linear))
def test_linear_elementwise(name: str) -> None:
    """Of a sum it is the sum, where nothing but what it is linear in changes."""
    count = OPS[name].least
    x, y = np.array([0.5, -2.0, 3.0]), np.array([1.5, 4.0, -0.25])
    given = [
        (np.array([True, False, True]),) * 2 if name == "where" and k == 0 else (x + k, y * (k + 1))
        for k in range(count)
    ]
    function = getattr(np, name)
    total = [a if a.dtype == bool else a + b for a, b in given]
    parts = function(*(a for a, _ in given)) + function(*(b for _, b in given))
    np.testing.assert_allclose(function(*total), parts)


# ---- names in tables of handlers


TABLES = """
srcad.analysis.aliases.FLOWS srcad.analysis.diagonal._TRANSFERS srcad.analysis.activity.THROUGH
srcad.codegen.control._CONTROL srcad.codegen.expressions._EXPRESSIONS srcad.codegen.statements._UPDATES
srcad.codegen.statements._STATEMENTS srcad.compare.exact._SAME srcad.compare.exact._FORMULAS
srcad.compare.exact._STEPS srcad.compare.exact._AS_IT_IS srcad.compare.exact._CHOICES
srcad.lowering.careful.GUARDED srcad.patterns.detect.TABLE srcad.show.formula._INFIX_STRENGTHS
srcad.show.formula._SPELLED srcad.show.formula._SILENT srcad.trace.printer.INFIX srcad.trace.slots.STRUCTURED
srcad.transform.simplify.factors._OTHER srcad.transform.simplify.factors._PARTS
srcad.transform.simplify.factors._TERMS
""".split()


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_handlers_name_operations(table: str) -> None:
    module, _, name = table.rpartition(".")
    assert set(getattr(importlib.import_module(module), name)) <= set(OPS)


def test_rules_and_meanings_are_of_operations() -> None:
    assert set(RULES) | set(BATCHING) | set(PURE) <= set(OPS)


def _compared_names() -> Iterator[tuple[str, str]]:
    """What the package compares the `op` of an equation with: (where, name). The loop IR's own are others."""
    for path in PACKAGE.rglob("*.py"):
        if path.is_relative_to(PACKAGE / "native" / "passes"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "op":
                for constant in ast.walk(node.comparators[0]):
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                        yield f"{path.relative_to(PACKAGE)}:{node.lineno}", constant.value


def test_equations_are_compared_with_operations() -> None:
    compared = list(_compared_names())
    assert len(compared) > 50
    # a step of a view can be an element, which no equation is
    assert [(where, name) for where, name in compared if name not in OPS and name != "element"] == []


def _emitted_names() -> Iterator[tuple[str, str]]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called in ("emit", "emit_many", "again") and isinstance(first, ast.Constant):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", first.value


def test_operations_are_emitted_by_their_names() -> None:
    emitted = [(where, name) for where, name in _emitted_names() if isinstance(name, str)]
    assert len(emitted) > 100
    assert [(where, name) for where, name in emitted if name not in OPS] == []


@pytest.mark.parametrize("table", [OPS, LOWERINGS, BY_NAME, METHODS, ATTRIBUTES, RULES, BATCHING])
def test_tables_are_put_together_once(table: Mapping[Any, Any]) -> None:
    """What areas state is all there is: whoever comes later can't add to it."""
    assert table and isinstance(table, MappingProxyType)


def test_what_two_areas_declare_is_refused() -> None:
    one, other = Area(), Area()
    for area in (one, other):
        area.op("sine", Kind.ELEMENTWISE, lambda x: x)
    assert set(union([one.operations])) == {"sine"}
    with pytest.raises(ValueError, match="'sine' stands twice"):
        union([one.operations, other.operations])


def test_what_one_area_declares_twice_is_refused() -> None:
    area = Area()
    first = area.lowers(np.sin, method="sine")(lambda b, x: x)
    assert area.lowers(np.sin)(first) is first, "a function that goes by two names"
    with pytest.raises(ValueError, match="stands twice"):
        area.lowers(np.sin)(lambda b, x: x)
    with pytest.raises(ValueError, match="'sine' stands twice"):
        area.lowers(np.cos, method="sine")(lambda b, x: x)
