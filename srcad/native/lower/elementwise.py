"""Elementwise operations: each a formula for one element, on numbers and within nests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType

import numpy as np

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.lower.complexes import complex_formula, is_complex
from srcad.native.lower.nest import Nest
from srcad.native.lower.raising import as_math, divides, is_python, may_raise
from srcad.native.lower.special import SPECIAL_FUNCTIONS, special
from srcad.native.lower.state import BOOL, DOUBLE, INT64, Lowerer, array_type, converted
from srcad.native.lower.values import InMemory, NotLowered, is_wide, machine
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.types import Array, Scalar, Type, promote

ElementFormula = Callable[[tuple[CExpr, ...], CType], CExpr]


def elementwise(m: Lowerer, eq: Equation) -> None:
    """A number by its formula; an array joins the nest over its shape."""
    if isinstance(eq.result.type, Scalar):
        operands = tuple(m.scalar(a) for a in eq.operands)
        if is_wide(eq.result.type):
            has_room(m, eq.op, tuple(converted(a, INT64) for a in operands))
        elif any(is_wide(a.type) for a in eq.operands):
            _exact(m, eq, operands)
        m.is_number(eq.result, formula(m, eq, operands))
        return
    nest, elements = elements_of(m, array_type(eq.result.type).dims, eq.operands)
    joins(m, nest, eq.result, computed_in(m, nest, lambda: formula(m, eq, elements)))


def joins(m: Lowerer, nest: Nest, var: Var, element: CExpr) -> None:
    """A nest computes the elements of an array."""
    name = m.name(var.name)
    nest.body.append(ir.Let(name, element.type, element))
    nest.elements[var] = ir.LocalName(name, element.type)


def computed_in(m: Lowerer, nest: Nest, compute: Callable[[], CExpr]) -> CExpr:
    """A formula that may need statements of its own, in the body of a nest."""
    with m.block() as inner:
        result = compute()
    nest.body += inner
    return result


def elements_of(m: Lowerer, dims: tuple[Dim, ...], operands: tuple[Atom, ...]) -> tuple[Nest, tuple[CExpr, ...]]:
    """The nest over a shape, and each operand's element in it."""
    nest = ready_nest(m, dims, operands) or m.open(dims, _lengths(m, dims, operands))
    return nest, tuple(element(m, nest, a) for a in operands)


def ready_nest(m: Lowerer, dims: tuple[Dim, ...], operands: tuple[Atom, ...]) -> Nest | None:
    """The open nest, if it has this shape, and these can be read in it; else it is closed."""
    nest = m.nest
    if nest is not None and not (nest.fits(dims) and all(_is_ready(m, nest, a) for a in operands)):
        m.close()
    return m.nest


def _is_ready(m: Lowerer, nest: Nest, operand: Atom) -> bool:
    """Whether an operand can be read in the nest: it is computed there for the same place, or is in memory."""
    if operand in nest.pending:
        return False
    if operand in nest.elements:
        return isinstance(operand.type, Array) and nest.fits(operand.type.dims)
    if isinstance(operand, Var) and isinstance(operand.type, Array):
        memory = m.values.get(operand)
        return isinstance(memory, InMemory) and all(m.harmless(one, memory) for one in nest.writes)
    return True


def _lengths(m: Lowerer, dims: tuple[Dim, ...], operands: tuple[Atom, ...]) -> tuple[CExpr, ...]:
    """The lengths of what operands of these come to together; that they fit where types don't tell."""
    arrays = [(array_type(a.type).dims, m.memory(a)) for a in operands if isinstance(a.type, Array)]
    found: list[CExpr] = []
    for k, dim in enumerate(dims):
        place = k - len(dims)
        here = [(own[place], memory.lengths[place]) for own, memory in arrays if len(own) >= -place]
        same = next((n for own, n in here if own.same(dim)), None)
        found.append(same if same is not None else together(m, [n for own, n in here if not own.is_one]))
    return tuple(found)


def together(m: Lowerer, lengths: list[CExpr], error: str = "shape") -> CExpr:
    """The length that these are stretched to."""
    if not lengths:
        return ir.ONE
    first, *others = lengths
    for other in others:
        unlike = Apply("not_equal", (first, ir.ONE), BOOL)
        first = m.let(Apply("select", (unlike, first, other), INT64), "n")
    for one in lengths if others else ():
        m.must_stretch(one, first, error)
    return first


def element(m: Lowerer, nest: Nest, operand: Atom) -> CExpr:
    """An operand's element in a nest."""
    if not isinstance(operand.type, Array):
        return m.scalar(operand)
    assert isinstance(operand, Var)
    if operand in nest.elements:
        return nest.elements[operand]
    if operand not in nest.loaded:
        memory = m.memory(operand)
        assert m.nest is nest
        nest.reads.append(memory)
        value = _stretched(m, nest, memory, array_type(operand.type).dims)
        name = m.name(operand.name)
        nest.body.append(ir.Let(name, value.type, value))
        nest.loaded[operand] = ir.LocalName(name, value.type)
    return nest.loaded[operand]


def _stretched(m: Lowerer, nest: Nest, memory: InMemory, dims: tuple[Dim, ...]) -> CExpr:
    """The element of an array that is stretched to the shape of the nest."""
    index: CExpr = ir.ZERO
    skipped = len(nest.dims) - len(dims)
    for k, (dim, n, stride) in enumerate(zip(dims, memory.lengths, memory.strides, strict=True)):
        whole = nest.dims[skipped + k]
        if dim.is_one and not whole.is_one:
            continue
        step = stride
        if not dim.same(whole) and nest.lengths[skipped + k] != n:
            m.must_stretch(n, nest.lengths[skipped + k])
            step = m.let(Apply("select", (Apply("equal", (n, ir.ONE), BOOL), ir.ZERO, stride), INT64), "stride")
        index = ir.add(index, ir.times(ir.LocalName(nest.indices[skipped + k], INT64), step))
    return ir.Load(memory.pointer, index, memory.type)


# ---- ints of Python's, which have no end

SAFE = frozenset(
    ("bitwise_and", "bitwise_or", "bitwise_xor", "invert", "right_shift", "remainder", "maximum", "minimum", "where")
) | frozenset(("python_max", "python_min", "sign", "positive", "real", "conjugate", "not_", "truth"))
OVERFLOWING = frozenset(("add", "subtract", "multiply", "power"))


def has_room(m: Lowerer, op: str, operands: tuple[CExpr, ...]) -> None:
    """That an int fits into 64 bits: else Python has to compute it."""
    if op in SAFE:
        return
    operands = tuple(m.let(a) for a in operands)
    if op in OVERFLOWING:
        m.fail(Apply(f"{op}_overflows", operands, BOOL), "arithmetic")
    elif op == "square":
        m.fail(Apply("multiply_overflows", operands * 2, BOOL), "arithmetic")
    elif op in ("negative", "absolute", "floor_divide"):
        m.fail(Apply("is_lowest", operands[:1], BOOL), "arithmetic")
    else:
        raise NotLowered("an int that may exceed 64 bits")


def _exact(m: Lowerer, eq: Equation, operands: tuple[CExpr, ...]) -> None:
    """Quotients of ints, and ints beside floats, are compared and divided as they are: those that no float is."""
    if eq.op != "divide" and (eq.op not in ORDERINGS or _promoted(tuple(a.type for a in eq.operands)) == "int64"):
        return
    for atom, one in zip(eq.operands, operands, strict=True):
        if is_wide(atom.type):
            m.fail(Apply("beyond_doubles", (m.let(one),), BOOL), "arithmetic")


# ---- formulas


def formula(m: Lowerer, eq: Equation, operands: tuple[CExpr, ...]) -> CExpr:
    """One element of the result."""
    result = machine(eq.result.type)
    if eq.op in ORDERINGS:
        return _compared(eq, operands)
    if eq.op == "where":
        chosen = (converted(operands[0], BOOL), converted(operands[1], result), converted(operands[2], result))
        return Apply("select", chosen, result)
    if is_complex(operands, result):
        return complex_formula(m, eq, operands, result)
    if eq.op == "power" or eq.op == "float_power":
        return _power(m, eq, operands, result)
    make = FORMULAS.get(eq.op)
    if make is None and eq.op in SPECIAL_FUNCTIONS:
        return special(m, eq, operands)
    if make is None:
        raise NotLowered(f"{eq.op}", eq.span)
    if eq.op in SIGNED:
        must_be_signed(eq.op, result)
    if eq.op in ("floor_divide", "remainder", "divide", "fmod"):
        divides(m, eq, converted(operands[1], result), result)
    if eq.op in ("left_shift", "right_shift"):
        _shifts(m, operands[1], result)
    made = make(operands, result)
    if eq.op in OF_MATH and is_python(eq):
        made = m.let(made)
        as_math(m, made, operands)
    return made


def _shifts(m: Lowerer, by: CExpr, result: CType) -> None:
    """A shift by as many bits as there are, or by a negative number, C leaves open."""
    bits = 8 * np.dtype(result.value).itemsize
    if not (isinstance(by, ir.Literal) and 0 <= by.value < bits):
        m.fail(Apply("outside", (m.let(converted(by, CType.INT64)), ir.integer(bits)), BOOL), "arithmetic")


SIGNED = frozenset(("maximum", "minimum", "fmax", "fmin", "clip", "sign", "floor_divide", "remainder"))


def must_be_signed(op: str, type: CType) -> None:
    """Ints are ordered and divided as signed ones of 64 bits."""
    if type is CType.UINT64:
        raise NotLowered(f"{op} of unsigned ints of 64 bits")


def _compared(eq: Equation, operands: tuple[CExpr, ...]) -> CExpr:
    common = CType(_promoted(tuple(a.type for a in eq.operands)))
    return Apply(eq.op, tuple(converted(a, common) for a in operands), BOOL)


def _promoted(types: tuple[Type, ...]) -> str:
    dtype = promote(*types)
    if dtype is None:
        raise NotLowered("numbers of a dtype that isn't lowered")
    return dtype


def _power(m: Lowerer, eq: Equation, operands: tuple[CExpr, ...], result: CType) -> CExpr:
    exponent = eq.operands[1].number if isinstance(eq.operands[1], Const) else None
    base = converted(operands[0], result)
    if isinstance(exponent, (int, float)) and exponent in SHORT:
        made = _multiplied(m, base, exponent, result)
        if exponent < 0 and may_raise(m, eq):
            m.fail(Apply("equal", (base, ir.Literal(0, result)), BOOL), "zero")
        if may_raise(m, eq) and result is DOUBLE and (abs(exponent) > 1 or exponent == 0.5):
            made = m.let(made)
            as_math(m, made, (base,))
        return made
    if not result.is_float:
        must_be_signed(eq.op, result)
        m.fail(Apply("less", (operands[1], ir.Literal(0, operands[1].type)), BOOL), "arithmetic")
        return Apply("int_power", (base, converted(operands[1], result)), result)
    made = Apply("pow", (base, converted(operands[1], result)), result)
    if may_raise(m, eq):
        made_name = m.let(made)
        as_math(m, made_name, (base, converted(operands[1], result)))
        return made_name
    return made


SHORT = (0, 1, 2, 3, 4, -1, -2, 0.5)


def _multiplied(m: Lowerer, base: CExpr, exponent: float, result: CType) -> CExpr:
    """A power with few factors."""
    if exponent == 0.5:
        return Apply("sqrt", (base,), result)
    one, base = ir.Literal(1, result), m.let(base)
    if exponent == 4:
        base, exponent = m.let(Apply("multiply", (base, base), result)), 2
    factors = [base] * abs(int(exponent))
    made = reduce(lambda made, factor: Apply("multiply", (made, factor), result), factors) if factors else one
    return Apply("divide", (one, made), result) if exponent < 0 else made


def _simple(op: str) -> ElementFormula:
    return lambda operands, result: Apply(op, tuple(converted(a, result) for a in operands), result)


def _asked(op: str) -> ElementFormula:
    """A question about floats."""
    return lambda operands, result: Apply(op, (_floating(operands[0]),), BOOL)


def _floating(operand: CExpr) -> CExpr:
    return operand if operand.type.is_float else converted(operand, DOUBLE)


def _logical(op: str) -> ElementFormula:
    return lambda operands, result: Apply(op, tuple(converted(a, BOOL) for a in operands), BOOL)


def _clipped(operands: tuple[CExpr, ...], result: CType) -> CExpr:
    x, low, high = (converted(a, result) for a in operands)
    return Apply("minimum", (Apply("maximum", (x, low), result), high), result)


def _absolute(operands: tuple[CExpr, ...], result: CType) -> CExpr:
    x = converted(operands[0], result)
    if result.is_float:
        return Apply("fabs", (x,), result)
    return Apply("int_abs", (x,), result) if result.is_signed else x


def _inverted(operands: tuple[CExpr, ...], result: CType) -> CExpr:
    return Apply("logical_not" if result is BOOL else "bitwise_not", (converted(operands[0], result),), result)


def _without_nan(op: str) -> ElementFormula:
    """fmax and fmin; of ints, of which none is nan, maximum and minimum."""
    return lambda operands, result: Apply(
        f"f{op[:3]}" if result.is_float else op, tuple(converted(a, result) for a in operands), result
    )


def _pythons(op: str) -> ElementFormula:
    """Python's max and min of two: the first, unless the second compares as more."""

    def chosen(operands: tuple[CExpr, ...], result: CType) -> CExpr:
        first, second = (converted(a, result) for a in operands)
        return Apply("select", (Apply(op, (second, first), BOOL), second, first), result)

    return chosen


def _reciprocal(operands: tuple[CExpr, ...], result: CType) -> CExpr:
    if not result.is_float:
        raise NotLowered("reciprocals of ints")
    return Apply("divide", (ir.Literal(1, result), converted(operands[0], result)), result)


def _rounded(op: str) -> ElementFormula:
    return lambda operands, result: (
        Apply(op, (converted(operands[0], result),), result) if result.is_float else operands[0]
    )


def _by_floats(op: str) -> ElementFormula:
    """Of two operations one for floats, one for ints."""
    return lambda operands, result: Apply(
        f"float_{op}" if result.is_float else f"int_{op}", tuple(converted(a, result) for a in operands), result
    )


def _fraction(operands: tuple[CExpr, ...], result: CType) -> CExpr:
    """x - trunc(x), of infinities 0."""
    x = converted(operands[0], result)
    rest = Apply("subtract", (x, Apply("trunc", (x,), result)), result)
    return Apply("select", (Apply("is_inf", (x,), BOOL), ir.Literal(0, result), rest), result)


ORDERINGS = frozenset({"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"})
OF_MATH = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "sin", "cos", "tan", "sinh", "cosh"),
    *("tanh", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "arctan2", "hypot", "fmod"),
)
FORMULAS: Mapping[str, ElementFormula] = MappingProxyType(
    {
        "accumulate": _simple("add"),
        **{op: _simple(op) for op in ("add", "subtract", "multiply", "divide", "negative")},
        **{op: _simple(op) for op in ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift")},
        **{op: _simple(op) for op in OF_MATH},
        **{op: _simple(op) for op in ("copysign", "nextafter", "logaddexp", "logaddexp2", "heaviside")},
        **{op: _simple(op) for op in ("maximum", "minimum", "sign")},
        **{f"f{op[:3]}": _without_nan(op) for op in ("maximum", "minimum")},
        **{op: _logical(op) for op in ("logical_and", "logical_or", "logical_xor", "logical_not")},
        **{op: _asked(op) for op in ("isnan", "isinf", "isfinite", "signbit")},
        **{op: _rounded(op) for op in ("floor", "ceil", "trunc", "rint")},
        **{op: _by_floats(op) for op in ("floor_divide", "remainder")},
        "invert": _inverted,
        "python_max": _pythons("greater"),
        "python_min": _pythons("less"),
        "not_": _logical("logical_not"),
        "truth": _logical("truth"),
        "fraction": _fraction,
        "positive": lambda operands, result: converted(operands[0], result),
        "absolute": _absolute,
        "square": lambda operands, result: Apply("square", (converted(operands[0], result),), result),
        "reciprocal": _reciprocal,
        "degrees": lambda operands, result: Apply(
            "multiply", (converted(operands[0], result), ir.Literal(180 / np.pi, result)), result
        ),
        "radians": lambda operands, result: Apply(
            "multiply", (converted(operands[0], result), ir.Literal(np.pi / 180, result)), result
        ),
        "clip": _clipped,
        "real": lambda operands, result: converted(operands[0], result),
        "imag": lambda operands, result: ir.Literal(0, result),
        "conjugate": lambda operands, result: converted(operands[0], result),
        "math_erf": _simple("erf"),
        "erf": _simple("erf"),
        "erfc": _simple("erfc"),
        "math_erfc": _simple("erfc"),
        "expit": _simple("expit"),
        "log_expit": _simple("log_expit"),
        "xlogy": _simple("xlogy"),
        "xlog1py": _simple("xlog1py"),
    }
)
