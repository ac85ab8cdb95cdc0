"""The loop IR, printed as C."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.sideways import runs_sideways
from srcad.native.spelling import ERRORS, OPERATIONS, VECTOR_FUNCTIONS, VECTOR_FUNCTIONS_OF_TWO, Spelled

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
# Of complex numbers: of C's library, to which "f" is appended for floats; all else but what is spelled alike for all
# numbers is of complexes.h.
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
# gcc makes one call of sine and cosine of a number, which has no variant for vectors; not where one has another name
APART = """VECTOR double vector_cos(double) __asm__("cos");
#define cos(x) vector_cos(x)"""


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
    return f"{support()}{more}{_vectors(body, function)}\n{body}\n"


def text_of(function: ir.LoopFunction, linkage: str = "EXPORTED") -> str:
    """The function alone, without the support that stands before it."""
    heads = [_head(one) for one in function.procedures]
    lines = [f"{head};" for head in heads]
    for head, one in zip(heads, function.procedures, strict=True):
        lines += _defined(head, one.body)
    return "\n".join(
        lines + _defined(f"{linkage} int {function.name}(call *call, const value *in, value *out)", function.body)
    )


def lines_of(body: tuple[Statement, ...]) -> list[str]:
    """Statements alone."""
    return list(_block(body))


def _defined(head: str, body: tuple[Statement, ...]) -> list[str]:
    return [f"{head} {{", *("    " + line for line in _block(body)), "    return DONE;", "}"]


def _head(procedure: ir.ProcedureFunction) -> str:
    parameters = (
        f"{'block *' if one.type is None else TYPES[one.type] + ' '}{'*' * one.stars}{one.name}"
        for one in procedure.parameters
    )
    return f"static int {procedure.name}({', '.join(('call *call', *parameters))})"


def _vectors(body: str, function: ir.LoopFunction) -> str:
    used = sorted(name for name in VECTOR_FUNCTIONS | VECTOR_FUNCTIONS_OF_TWO if f"{name}(" in body)
    declarations = [
        f"VECTOR double {name}(double{', double' if name in VECTOR_FUNCTIONS_OF_TWO else ''});" for name in used
    ]
    if any(_has_both(one) for one in ir.statements(function.body) if isinstance(one, ir.For) and _pragma(one)):
        declarations.append(APART)
    return VECTORS.format(declarations="\n".join(declarations)) if used else ""


def _has_both(loop: ir.For) -> bool:
    """Whether sines and cosines are computed side by side."""
    text = "\n".join(_block(loop.body))
    return "sin(" in text and "cos(" in text


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
            if one.few:
                yield "    FEW();"
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


ENOUGH = 32768  # elements: with fewer, threads cost more than they save


def _pragma(loop: ir.For) -> str:
    """That turns may run side by side, and among how many threads they are divided."""
    sideways = runs_sideways(loop)
    if not (sideways or loop.threads):
        return ""
    parts = ["#pragma omp"]
    if loop.threads:
        parts.append("parallel for")
    if sideways:
        parts += ["simd", *(f"reduction({one})" for one in loop.sums)]
    if loop.threads:
        parts.append(f"if(parallel: {_within(loop.work)} >= {ENOUGH}) num_threads({loop.threads})")
    return " ".join(parts)


def _indented(body: tuple[Statement, ...]) -> Iterator[str]:
    return ("    " + line for line in _block(body))


# ---- expressions


def expression(expr: CExpr) -> str:
    match expr:
        case ir.Literal(value, type):
            return _number(value, type)
        case ir.LocalName(name, _):
            return name
        case ir.Cast(operand, CType.DOUBLE) if operand.type is CType.BOOL:  # loops with it can become those of vectors
            return f"({_within(operand)} ? 1.0 : 0.0)"
        case ir.Cast(operand, type):
            return f"({TYPES[type]}){_within(operand)}"
        case ir.Load(pointer, index, _):
            return f"{pointer}[{expression(index)}]"
        case ir.Apply():
            return _applied(expr)


def _within(expr: CExpr) -> str:
    """An expression as an operand."""
    text = expression(expr)
    return f"({text})" if _is_loose(expr) or text.startswith("-") else text


def _is_loose(expr: CExpr) -> bool:
    """Whether it is put together by operators."""
    spelling = OPERATIONS.get(expr.op) if isinstance(expr, ir.Apply) else None
    return spelling is not None and "{" in spelling.c and not spelling.tight


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
    if op in ("lowest", "highest"):
        return _extreme(op, expr.type)
    if op == "linked":
        doubles = "double, " * len(expr.operands)
        arguments = ", ".join((*map(expression, expr.operands), "0"))
        return f"((double (*)({doubles}int))call->linked[{which}])({arguments})"
    complex = next((one.type for one in (expr, *expr.operands) if one.type.is_complex), None)
    if complex is not None and op not in COMPLEX_FORMATS:
        return f"{_complex_function(op, complex)}({', '.join(map(expression, expr.operands))})"
    spelling = OPERATIONS[op]
    if "{" not in spelling.c:
        return f"{spelling.c}{_suffix(spelling, expr.type)}({', '.join(map(expression, expr.operands))})"
    text = spelling.c.format(*map(_within, expr.operands), type=TYPES[expr.type])
    narrow = expr.type in (CType.INT8, CType.INT16, CType.UINT8, CType.UINT16)
    return f"({TYPES[expr.type]})({text})" if narrow and not spelling.tight else text


def _complex_function(op: str, type: CType) -> str:
    single = type is CType.COMPLEX_FLOAT
    if op in COMPLEX_LIBRARY:
        return COMPLEX_LIBRARY[op] + ("f" if single else "")
    return f"{COMPLEX_NAMES.get(op, op)}_{'c' if single else 'z'}"


def _suffix(spelling: Spelled, type: CType) -> str:
    single = type is CType.FLOAT
    match spelling.suffix:
        case "library":
            return "f" if single else ""
        case "support":
            return "_f" if single else "_d" if type.is_float else "_i"
    return ""


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
