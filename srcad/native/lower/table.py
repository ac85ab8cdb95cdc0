"""Which operations are lowered, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from srcad.native import ir
from srcad.native.ir import Apply
from srcad.native.lower import (
    complexes,
    control,
    linalg,
    lists,
    procedures,
    products,
    raises,
    rearranging,
    records,
    reductions,
    sequences,
    shaping,
    sorting,
    subscripts,
    tuples,
)
from srcad.native.lower.elementwise import FORMULAS, ORDERINGS, elementwise
from srcad.native.lower.expand import EXPANSIONS
from srcad.native.lower.special import SPECIAL_FUNCTIONS
from srcad.native.lower.state import BOOL, DOUBLE, INT64, Lowerer, LowersEquation, converted
from srcad.native.lower.values import NotLowered, machine
from srcad.trace.nodes import Equation
from srcad.trace.types import Array, ListOf, TupleOf


def dim(m: Lowerer, eq: Equation) -> None:
    m.is_number(eq.result, m.lengths(eq.operands[0])[eq.params["axis"]])


def size(m: Lowerer, eq: Equation) -> None:
    m.is_number(eq.result, ir.product(m.lengths(eq.operands[0])))


def to_float(m: Lowerer, eq: Equation) -> None:
    """float(x) of a number, or of an array with one element."""
    x = eq.operands[0]
    if isinstance(x.type, Array) and x.type.rank:
        memory = m.memory(x)
        m.fail(Apply("not_equal", (ir.product(memory.lengths), ir.ONE), BOOL), "value")
        m.reads_memory(memory)
        m.is_number(eq.result, converted(ir.Load(memory.pointer, ir.ZERO, memory.type), machine(eq.result.type)))
        return
    m.is_number(eq.result, m.scalar(x, machine(eq.result.type)))


def to_int(m: Lowerer, eq: Equation) -> None:
    """int(x): towards zero; what no int64 is, Python has to say."""
    if isinstance(eq.operands[0].type, Array):
        raise NotLowered("int() of an array", eq.span)
    x = m.scalar(eq.operands[0])
    if x.type.is_float:
        wide = m.let(converted(x, DOUBLE))
        inside = Apply("less", (Apply("fabs", (wide,), DOUBLE), ir.Literal(9.0e18, DOUBLE)), BOOL)
        m.fail(Apply("not", (inside,), BOOL), "arithmetic")
        x = Apply("truncated", (wide if eq.op != "round_to_int" else Apply("rint", (wide,), DOUBLE),), INT64)
    m.is_number(eq.result, converted(x, INT64))


def smaller(m: Lowerer, eq: Equation) -> None:
    a, b = (m.scalar(one, INT64) for one in eq.operands)
    m.is_number(eq.result, Apply("smaller", (a, b), INT64))


def guarded(m: Lowerer, eq: Equation) -> None:
    """Of the careful variant: NumPy's divisions and power of numbers."""
    a, b = (m.scalar(one, DOUBLE) for one in eq.operands)
    m.is_number(eq.result, Apply(GUARDED[eq.op], (a, b), DOUBLE))


GUARDED = {"guarded_divide": "divide", "guarded_floor_divide": "float_floor_divide", "guarded_power": "pow"}


def accumulate(m: Lowerer, eq: Equation) -> None:
    """`a += b`, of numbers, of arrays, or item by item of lists."""
    kind = eq.result.type
    (lists if isinstance(kind, ListOf) else tuples if isinstance(kind, TupleOf) else subscripts).accumulate(m, eq)


def copy(m: Lowerer, eq: Equation) -> None:
    (tuples if isinstance(eq.result.type, TupleOf) else shaping).copy(m, eq)


def list_add(m: Lowerer, eq: Equation) -> None:
    (tuples if tuples.is_of_tuples(eq) else lists).list_add(m, eq)


def list_zeros(m: Lowerer, eq: Equation) -> None:
    (tuples if tuples.is_of_tuples(eq) else lists).list_zeros(m, eq)


TABLE: Mapping[str, LowersEquation] = MappingProxyType(
    {
        **dict.fromkeys((*FORMULAS, *ORDERINGS, "where", "power", "float_power"), elementwise),
        **dict.fromkeys(("sum", "prod", "mean", "max", "min", "any", "all", "count_nonzero"), reductions.reduction),
        **dict.fromkeys(("cumsum", "cumprod"), reductions.running),
        **dict.fromkeys(("argmax", "argmin"), reductions.extreme_place),
        "sum_to": reductions.sum_to,
        "sum_to_shape": reductions.sum_to_shape,
        **dict.fromkeys(("sort", "argsort"), sorting.sort),
        "searchsorted": sorting.searchsorted,
        "einsum": products.einsum,
        **dict.fromkeys(("call", "format"), raises.made),
        "raise_": raises.raised,
        "assert_": raises.asserted,
        "check": raises.checked,
        "get_item": subscripts.get_item,
        "set_item": subscripts.set_item,
        "add_item": subscripts.add_item,
        "accumulate": accumulate,
        "transpose": shaping.transpose,
        "expand_dims": shaping.expand_dims,
        "squeeze": shaping.squeeze,
        "flip": shaping.flip,
        "diagonal": shaping.diagonal,
        **dict.fromkeys(("known_as", "with_dims"), shaping.known_as),
        **dict.fromkeys(("reshape", "reshape_like", "ravel"), shaping.reshape),
        "copy": copy,
        "cast": shaping.cast,
        **dict.fromkeys(("materialise", "broadcast_to"), shaping.spread),
        **dict.fromkeys(("tril", "triu"), shaping.triangle),
        "outer": shaping.outer,
        "array": shaping.array,
        "concatenate": shaping.concatenate,
        "stack": shaping.stack,
        "eye": shaping.eye,
        **dict.fromkeys(("zeros", "empty"), shaping.zeros),
        **dict.fromkeys(("zeros_like", "empty_like"), shaping.zeros_like),
        **dict.fromkeys(("ones", "ones_like", "full", "full_like"), shaping.ones),
        "arange": shaping.arange,
        "linspace": shaping.linspace,
        "tri": shaping.tri,
        "roll": rearranging.roll,
        "tile": rearranging.tile,
        "repeat": rearranging.repeat,
        "pad": rearranging.pad,
        "take_along_axis": rearranging.take_along_axis,
        **dict.fromkeys(("nonzero", "argwhere"), rearranging.nonzero),
        "triangle_indices": rearranging.triangle_indices,
        "diag": rearranging.diag,
        **dict.fromkeys(("matmul", "dot"), products.matmul),
        **linalg.LINALG,
        **dict.fromkeys(SPECIAL_FUNCTIONS.keys() - FORMULAS.keys(), elementwise),
        "last_wins": subscripts.last_wins,
        "list_new": lists.list_new,
        "list_append": lists.list_append,
        "list_pop": lists.list_pop,
        "list_get": lists.list_get,
        "list_set": lists.list_set,
        "list_add": list_add,
        "list_len": lists.list_len,
        "list_zeros": list_zeros,
        "list_slice": lists.list_slice,
        "list_reverse": lists.list_reverse,
        "list_concat": lists.list_concat,
        "list_repeat": lists.list_repeat,
        "list_set_slice": lists.list_set_slice,
        "list_to_array": lists.list_to_array,
        "array_to_list": lists.array_to_list,
        "if": control.branch,
        "for": control.for_loop,
        "while": control.while_loop,
        "dim": dim,
        "size": size,
        **dict.fromkeys(("to_float", "as_float", "item"), to_float),
        **dict.fromkeys(("to_int", "as_int", "round_to_int"), to_int),
        "to_complex": complexes.to_complex,
        **dict.fromkeys(("convolve", "correlate"), sequences.convolve),
        "interp": sequences.interp,
        "recurrence": sequences.recurrence,
        "cumprod_adjoint": sequences.cumprod_adjoint,
        "cumprod_tangent": sequences.cumprod_tangent,
        "zeros_each": shaping.zeros_each,
        "remaining": rearranging.remaining,
        "choices": rearranging.choices,
        "recurse": procedures.call,
        "record_new": records.record_new,
        "record_items": records.record_items,
        "tuple_new": tuples.tuple_new,
        "tuple_get": tuples.tuple_get,
        "smaller": smaller,
        **dict.fromkeys(GUARDED, guarded),
    }
)


def has_lowering(op: str) -> bool:
    """Whether an operation is lowered, by itself or as others that it is made of."""
    return op in TABLE or op in EXPANSIONS
