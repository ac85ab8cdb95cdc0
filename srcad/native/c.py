"""The loop IR, printed as C."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement

TYPES: Mapping[CType, str] = MappingProxyType(
    {
        CType.DOUBLE: "double",
        CType.FLOAT: "float",
        CType.BOOL: "bool",
        CType.COMPLEX: "double _Complex",
        CType.COMPLEX_FLOAT: "float _Complex",
        **{one: f"{one.value}_t" for one in CType if "int" in one.value},
    }
)
ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "zero": "ZERO_DIVISION",
        "index": "INDEX",
        "value": "VALUE",
        "arithmetic": "ARITHMETIC",
        "math": "MATH",
        "shape": "SHAPE",
    }
)
# by the types of their operands or results: a suffix "_d", "_f" or "_i"
SUFFIXED = frozenset(("maximum", "minimum", "sign", "square"))
OF_DOUBLES = frozenset(("heaviside", "logaddexp", "logaddexp2", "expit", "log_expit", "xlogy", "xlog1py"))
# of C's library: "f" is appended for floats
LIBRARY: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "pow")},
        **{name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot", "erf", "erfc")},
        **{name: name for name in ("fmod", "copysign", "nextafter", "floor", "ceil", "trunc", "rint")},
        **{name: name for name in ("fmax", "fmin", "fabs")},
        **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "tan2")},
    }
)
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "add": "{0} + {1}",
        "subtract": "{0} - {1}",
        "multiply": "{0} * {1}",
        "divide": "{0} / {1}",
        "negative": "-{0}",
        "less": "{0} < {1}",
        "less_equal": "{0} <= {1}",
        "greater": "{0} > {1}",
        "greater_equal": "{0} >= {1}",
        "equal": "{0} == {1}",
        "not_equal": "{0} != {1}",
        "and": "{0} && {1}",
        "or": "{0} || {1}",
        "not": "!{0}",
        "logical_and": "{0} && {1}",
        "logical_or": "{0} || {1}",
        "logical_xor": "{0} != {1}",
        "logical_not": "!{0}",
        "truth": "{0}",
        "bitwise_and": "{0} & {1}",
        "bitwise_or": "{0} | {1}",
        "bitwise_xor": "{0} ^ {1}",
        "bitwise_not": "~{0}",
        "left_shift": "{0} << {1}",
        "right_shift": "{0} >> {1}",
        "select": "{0} ? {1} : {2}",
        "int_abs": "{0} < 0 ? -{0} : {0}",
        "outside": "(uint64_t){0} >= (uint64_t){1}",
        "more": "{0} > {1} || ({0} != {0} && {1} == {1})",
        "fewer": "{0} < {1} || ({0} != {0} && {1} == {1})",
    }
)
CALLS: Mapping[str, str] = MappingProxyType(
    {
        "isnan": "isnan",
        "isinf": "isinf",
        "isfinite": "isfinite",
        "is_nan": "isnan",
        "is_inf": "isinf",
        "is_finite": "isfinite",
        "signbit": "!!signbit",
        "count": "count_of",
        **{f"first_{name}{kind}": f"first_{name}{kind}" for name in ("above", "not_below") for kind in ("", "_int")},
        **{name: name for name in ("from_front", "bound", "bound_below", "bound_down", "turns", "smaller")},
        **{f"{name}_overflows": f"{name}_overflows" for name in ("add", "subtract", "multiply", "power")},
        "is_lowest": "is_lowest",
        "beyond_doubles": "beyond_doubles",
        **{name: name for name in ("int_power", "int_floor_divide", "int_remainder")},
        **{name: name for name in ("float_floor_divide", "float_remainder")},
    }
)
# Of complex numbers: of C's library, to which "f" is appended for floats; all else but FORMATS is of complexes.h.
COMPLEX_LIBRARY: Mapping[str, str] = MappingProxyType(
    {
        **{
            name: f"c{name}"
            for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "real", "imag")
        },
        **{f"arc{name}": f"ca{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
        "conjugate": "conj",
    }
)
COMPLEX_NAMES = MappingProxyType({"is_nan": "isnan", "is_inf": "isinf", "is_finite": "isfinite"})
COMPLEX_FORMATS = frozenset(
    ("add", "subtract", "negative", "equal", "not_equal", "select", "truth", "and", "or", "not")
) | frozenset(f"logical_{name}" for name in ("and", "or", "xor", "not"))
VECTORS = """
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define VECTOR __attribute__((simd("notinbranch"), const))
{declarations}
#endif
"""
VECTOR_FUNCTIONS = frozenset(
    ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
) | frozenset(("asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "erfc"))
VECTOR_FUNCTIONS_OF_TWO = frozenset(("pow", "atan2", "hypot"))


def support() -> str:
    """The text of support.h, which stands before every kernel."""
    return (Path(__file__).parent / "support.h").read_text()


def complex_numbers() -> str:
    """The text of complexes.h, which stands before kernels with complex numbers."""
    return (Path(__file__).parent / "complexes.h").read_text()


def linear_algebra() -> str:
    """The text of linalg.h, which stands before kernels that call LAPACK."""
    return (Path(__file__).parent / "linalg.h").read_text()


def printed(function: ir.LoopFunction, linkage: str = "EXPORTED") -> str:
    """A file of C with one function, `int name(call *call, const value *in, value *out)`."""
    body = text_of(function, linkage)
    more = complex_numbers() if "_Complex" in body else ""
    more += linear_algebra() if "LAPACK(" in body else ""
    return f"{support()}{more}{_vectors(body)}\n{body}\n"


def text_of(function: ir.LoopFunction, linkage: str = "EXPORTED") -> str:
    """The function alone, without the support that stands before it."""
    heads = [_head(one) for one in function.procedures]
    lines = [f"{head};" for head in heads]
    for head, one in zip(heads, function.procedures, strict=True):
        lines += _defined(head, one.body)
    return "\n".join(
        lines + _defined(f"{linkage} int {function.name}(call *call, const value *in, value *out)", function.body)
    )


def _defined(head: str, body: tuple[Statement, ...]) -> list[str]:
    return [f"{head} {{", *("    " + line for line in _block(body)), "    return DONE;", "}"]


def _head(procedure: ir.ProcedureFunction) -> str:
    parameters = (
        f"{'block *' if one.type is None else TYPES[one.type] + ' '}{'*' * one.stars}{one.name}"
        for one in procedure.parameters
    )
    return f"static int {procedure.name}({', '.join(('call *call', *parameters))})"


def _vectors(body: str) -> str:
    used = sorted(name for name in VECTOR_FUNCTIONS | VECTOR_FUNCTIONS_OF_TWO if f"{name}(" in body)
    declarations = "\n".join(
        f"VECTOR double {name}(double{', double' if name in VECTOR_FUNCTIONS_OF_TWO else ''});" for name in used
    )
    return VECTORS.format(declarations=declarations) if used else ""


# ---- statements


def _block(body: tuple[Statement, ...]) -> Iterator[str]:
    shown = ""
    for one in body:
        if isinstance(one, ir.Comment):
            text = _comment(one)
            if text != shown:
                yield text
            shown = text
        else:
            yield from _statement(one)


def _comment(one: ir.Comment) -> str:
    text = one.span.text.strip().replace("*/", "* /").replace("/*", "/ *")
    return f"/* {'adjoint of: ' if one.role == 'adjoint' else ''}{text} */"


def _statement(one: Statement) -> Iterator[str]:
    match one:
        case ir.Let(name, type, value, final):
            yield f"{'const ' if final else ''}{TYPES[type]} {name} = {expression(value)};"
        case ir.Assign(name, value):
            yield f"{name} = {expression(value)};"
        case ir.Store(pointer, index, value, type, add):
            yield f"{pointer}[{expression(index)}] {'+=' if add else '='} {expression(value)};"
        case ir.Pointer(name, source, offset, type):
            yield f"{TYPES[type]} *const {name} = {source} + {_within(offset)};"
        case ir.Fail(condition, error):
            yield f"if (UNLIKELY({expression(condition)})) return {ERRORS[error]};"
        case ir.Break():
            yield "break;"
        case ir.Support():
            yield from _supported(one)
        case _:
            yield from _structured(one)


def _supported(one: ir.Support) -> Iterator[str]:
    arguments = [
        a if isinstance(a, str) else TYPES[a] if isinstance(a, CType) else expression(a) for a in one.arguments
    ]
    if not one.otherwise:
        yield f"{one.macro}({', '.join(arguments)});"
        return
    yield f"if (!{one.macro.lower()}(call, {', '.join(arguments)})) {{"
    yield from _indented(one.otherwise)
    yield "}"


def _structured(one: Statement) -> Iterator[str]:
    match one:
        case ir.For(index, start, stop, body, _, _):
            pragma = _pragma(one)
            if pragma:
                yield pragma
            yield f"for (int64_t {index} = {expression(start)}; {index} < {expression(stop)}; ++{index}) {{"
            yield from _indented(body)
            yield "}"
        case ir.Turns(turn, count, body, True):
            yield f"CHUNKS({turn}, {expression(count)}) {{"
            yield from _indented(body)
            yield "}"
        case ir.Turns(turn, count, body):
            yield f"for (int64_t {turn} = 0; {turn} < {expression(count)}; ++{turn}) {{"
            yield from _indented(body)
            yield "}"
        case ir.While(before, condition, body):
            yield "for (;;) {"
            yield from _indented(before)
            yield f"    if (!({expression(condition)})) break;"
            yield from _indented(body)
            yield "}"
        case ir.If(condition, then, otherwise):
            yield f"if ({expression(condition)}) {{"
            yield from _indented(then)
            if otherwise:
                yield "} else {"
                yield from _indented(otherwise)
            yield "}"


def _pragma(loop: ir.For) -> str:
    """That turns may run side by side, if nothing in them ends the loop, or takes what comes first."""
    if any(one.endswith("_") for clause in loop.sums for one in [clause.split(":")[0]]):
        return ""
    if any(not isinstance(s, (ir.Let, ir.Assign, ir.Store, ir.Comment)) for s in ir.statements(loop.body)):
        return ""
    if not (loop.simd or loop.sums) or any(_is_complex_sum(s) for s in loop.body):
        return ""
    return "#pragma omp simd" + "".join(f" reduction({clause})" for clause in loop.sums)


def _is_complex_sum(one: Statement) -> bool:
    """Sums of complex numbers are added up one after the other: OpenMP knows none."""
    return isinstance(one, ir.Assign) and one.value.type.is_complex


def _indented(body: tuple[Statement, ...]) -> Iterator[str]:
    return ("    " + line for line in _block(body))


# ---- expressions


def expression(expr: CExpr) -> str:
    match expr:
        case ir.Literal(value, type):
            return _number(value, type)
        case ir.LocalName(name, _):
            return name
        case ir.Cast(operand, type):
            return f"({TYPES[type]}){_within(operand)}"
        case ir.Load(pointer, index, _):
            return f"{pointer}[{expression(index)}]"
        case ir.Apply():
            return _applied(expr)


def _within(expr: CExpr) -> str:
    """An expression as an operand."""
    text = expression(expr)
    return f"({text})" if (isinstance(expr, ir.Apply) and expr.op in FORMATS) or text.startswith("-") else text


def _applied(expr: ir.Apply) -> str:
    op, _, which = expr.op.partition(":")
    if op == "item":
        name, index = (expression(o) for o in expr.operands)
        return f"(({TYPES[CType(which)]} *)DATA_OF(ITEMS({name})))[{index}]"
    if op == "field":
        name, offset = (expression(o) for o in expr.operands)
        return f"*({TYPES[expr.type]} *)(DATA_OF({name}) + {offset})"
    if op == "length":
        name, index = (expression(o) for o in expr.operands)
        return f"LENGTH({name}, {index}, {which.split(':')[0]})"
    if op in ("list_length", "is_empty"):
        text = f"{expression(expr.operands[0])}->length"
        return text if op == "list_length" else f"{text} == 0"
    if op in ("lowest", "highest"):
        return _extreme(op, expr.type)
    if op == "truncated":
        return f"({TYPES[expr.type]}){_within(expr.operands[0])}"
    if op == "linked":
        doubles = "double, " * len(expr.operands)
        arguments = ", ".join((*map(expression, expr.operands), "0"))
        return f"((double (*)({doubles}int))call->linked[{which}])({arguments})"
    complex = next((one.type for one in (expr, *expr.operands) if one.type.is_complex), None)
    if complex is not None and op not in COMPLEX_FORMATS:
        return f"{_complex_function(op, complex)}({', '.join(map(expression, expr.operands))})"
    if op in FORMATS:
        text = FORMATS[op].format(*map(_within, expr.operands))
        narrow = expr.type in (CType.INT8, CType.INT16, CType.UINT8, CType.UINT16)
        return f"({TYPES[expr.type]})({text})" if narrow else text
    return f"{_function(op, expr)}({', '.join(map(expression, expr.operands))})"


def _complex_function(op: str, type: CType) -> str:
    single = type is CType.COMPLEX_FLOAT
    if op in COMPLEX_LIBRARY:
        return COMPLEX_LIBRARY[op] + ("f" if single else "")
    return f"{COMPLEX_NAMES.get(op, op)}_{'c' if single else 'z'}"


def _function(op: str, expr: ir.Apply) -> str:
    single = expr.type is CType.FLOAT
    if op in LIBRARY:
        return LIBRARY[op] + ("f" if single else "")
    if op in SUFFIXED:
        return f"{op}_{'f' if single else 'd' if expr.type.is_float else 'i'}"
    return f"{op}_d" if op in OF_DOUBLES else CALLS[op]


def _extreme(op: str, type: CType) -> str:
    if type.is_float:
        return "-INFINITY" if op == "lowest" else "INFINITY"
    if type is CType.BOOL:
        return "false" if op == "lowest" else "true"
    if not type.is_signed:
        return "0" if op == "lowest" else f"{type.value.upper()}_MAX"
    return f"{type.value.upper()}_{'MIN' if op == 'lowest' else 'MAX'}"


def _number(value: float | int | bool, type: CType) -> str:
    if type is CType.BOOL:
        return "true" if value else "false"
    if type.is_complex:
        return f"{_complex_function('complex', type)}({_number(value, type.part)}, 0)"
    if not type.is_float:
        number = int(value)
        if number == -(2**63):
            return "INT64_MIN"
        return f"{number}" if abs(number) < 2**31 else f"INT64_C({number})"
    real = float(value)
    if real != real:
        return "NAN"
    if real in (float("inf"), float("-inf")):
        return "INFINITY" if real > 0 else "-INFINITY"
    return f"{real!r}{'f' if type is CType.FLOAT else ''}"
