"""Which exceptions an equation may raise, so far as a handler of the program is to find out: rather too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from srcad.ops.catalogue import Kind, operation, result_types
from srcad.trace.dims import product
from srcad.trace.nodes import Const, Equation
from srcad.trace.types import Array, Scalar, Type, Unknown

Errors = tuple[type[BaseException], ...]
QUIET = frozenset(  # of Python's floats: inf and nan, and no exception
    (
        *("add", "subtract", "multiply", "negative", "positive", "absolute", "where", "sign", "square"),
        *("maximum", "minimum", "python_max", "python_min"),
    )
)
COMPARISONS = frozenset(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "not_", "identical"))
NEVER = frozenset(
    (
        *("known_as", "cast", "copy", "shape", "smaller", "format"),
        *("tuple_new", "tuple_get", "list_new", "dict_new", "list_append", "list_slice", "list_concat", "list_reverse"),
        *("ravel", "flatten", "transpose", "flip", "expand_dims", "diagonal", "triu", "tril", "with_dims"),
        *("zeros_like", "ones_like", "empty_like", "full_like", "sort", "argsort", "array_to_list", "stop_gradient"),
    )
)
OPERATORS = frozenset(("divide", "floor_divide", "remainder", "power", "left_shift", "right_shift"))
INDEXING = frozenset(("get_item", "list_get", "list_set", "list_pop", "list_add"))
SLICING = ("slice", "newaxis", "ellipsis")
ANY: Errors = (BaseException,)


def may_raise(equation: Equation, caught: Errors) -> bool:
    """Whether an equation may raise one of these exceptions, itself or in its regions."""
    if equation.regions and not operation(equation).effect:
        return any(may_raise(inner, caught) for region in equation.regions for inner in region.equations)
    return any(may_be_caught(e, caught) for e in errors_of(equation))


def may_be_caught(error: type[BaseException], caught: Errors) -> bool:
    """Whether an exception of a class, or of one made from it, is among those that are waited for."""
    return any(issubclass(error, c) or issubclass(c, error) for c in caught)


def tries(equation: Equation) -> bool:
    """Whether an equation runs its region for its exceptions alone."""
    return equation.op == "scope" and equation.params["kind"] == "try"


def caught_by(equation: Equation) -> Errors:
    """The exceptions that such an equation waits for."""
    return tuple(a.value for a in equation.operands if isinstance(a, Const))


def errors_of(equation: Equation) -> Errors:
    """The exceptions that an equation without regions may raise."""
    facts = operation(equation)
    if equation.op == "assert_":
        return (AssertionError,)
    if equation.op == "call":
        made = equation.operands[0]
        known = made.value if isinstance(made, Const) else None
        return () if _makes_an_error(known) else ANY
    if facts.kind is Kind.EFFECT:
        return ANY
    types = [a.type for a in equation.operands]
    if facts.total or facts.kind is Kind.QUERY or equation.op in NEVER or equation.op in COMPARISONS:
        return () if not facts.elementwise or _surely_fit(types) else (ValueError,)
    if equation.op == "reshape" and _as_many(equation.operands[0].type, equation.results[0].type):
        return ()
    if equation.op in INDEXING:
        return _of_index(equation, 1)
    if equation.op in ("set_item", "add_item"):
        return (*_of_index(equation, 2), *(() if _goes_in(equation) else (ValueError,)))
    if facts.elementwise:
        return tuple(_of_elements(equation, types))
    if facts.kind is Kind.FACTORISATION:
        return np.linalg.LinAlgError, FloatingPointError, ValueError
    if facts.kind in (Kind.REDUCTION, Kind.CONTRACTION):
        return FloatingPointError, ValueError
    return ANY if facts.kind is Kind.OBJECT else (Exception,)


def _makes_an_error(known: object) -> bool:
    return isinstance(known, type) and issubclass(known, BaseException)


def _of_index(equation: Equation, first: int) -> Errors:
    """x[k] for an array that is long enough has nothing to raise. `first`: where the operands of the index begin."""
    base = equation.operands[0].type
    if equation.op not in ("get_item", "set_item", "add_item") or not isinstance(base, Array):
        return IndexError, TypeError
    template = equation.params["index"]
    known = [equation.operands[first + place] for kind, place, *_ in (t for t in template if t[0] == "int")]
    inside = all(isinstance(k, Const) and _within(k.value, base, axis) for axis, k in enumerate(known))
    plain = all(entry[0] in ("int", "slice") for entry in template) and len(known) == len(template)
    slices = all(entry[0] in SLICING for entry in template) and sum(e[0] == "slice" for e in template) <= base.rank
    return () if slices or (plain and inside) else (IndexError,)


def _as_many(before: Type, after: Type) -> bool:
    """Whether two arrays surely have the same number of elements."""
    return isinstance(before, Array) and isinstance(after, Array) and product(before.dims).same(product(after.dims))


def _goes_in(equation: Equation) -> bool:
    """Whether what is stored surely fits the part of the array that it is stored in: a number fits anywhere."""
    base, value, *index = (a.type for a in equation.operands)
    if isinstance(value, Scalar):
        return True
    template = equation.params["index"]
    if (
        not isinstance(base, Array)
        or not isinstance(value, Array)
        or any(entry[0] not in SLICING for entry in template)
    ):
        return False
    (part,) = result_types("get_item", (base, *index), {"index": template})
    if not isinstance(part, Array) or value.rank > part.rank:
        return False
    return all(a.is_one or a.same(b) for a, b in zip(value.dims[::-1], part.dims[::-1], strict=False))


def _within(k: int, base: Array, axis: int) -> bool:
    least = base.dims[axis].least if axis < len(base.dims) else None
    return least is not None and -least <= k < least


def _of_elements(equation: Equation, types: list[Type]) -> Iterator[type[BaseException]]:
    if any(isinstance(t, Unknown) for t in types):
        yield TypeError
    if any(isinstance(t, Array) or (isinstance(t, Scalar) and not t.python) for t in types):
        yield FloatingPointError
    if not _surely_fit(types):
        yield ValueError
    if by_operator(equation) and equation.op not in QUIET:  # by Python's operators, or by `math`
        yield from (ArithmeticError, ValueError)


def by_operator(equation: Equation) -> bool:
    """Whether Python's arithmetic may have been done, which raises: by its operators, or by `math`."""
    if equation.results[0].type.is_python:
        return True
    operator = equation.op in OPERATORS and equation.params.get("python") is None
    return operator and all(a.type.may_be_python for a in equation.operands)


def _surely_fit(types: Sequence[Type]) -> bool:
    """Whether arrays are stretched to each other without fail."""
    arrays = [t.dims[::-1] for t in types if isinstance(t, Array)]
    pairs = (pair for k, one in enumerate(arrays) for other in arrays[:k] for pair in zip(one, other, strict=False))
    return all(a.same(b) or a.is_one or b.is_one for a, b in pairs)
