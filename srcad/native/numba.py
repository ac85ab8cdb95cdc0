"""The loop IR, printed as Python that Numba compiles.

A kernel has the signature of its C: `int name(call *call, const value *in, value *out)`, where values are ten words
each. Bools stand in memory as bytes. What support.h has as macros, `MACROS` spells with the functions of
runtime.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.lower.values import NotLowered
from srcad.native.sideways import runs_sideways
from srcad.native.spelling import ERRORS, OPERATIONS

WORDS = 10  # of a value, as support.h has it
REORDERED: Mapping[str, str] = MappingProxyType({"+": "add_reordered", "*": "multiply_reordered"})
# what statements of the loop IR call by C's names
STRINGS: Mapping[str, str] = MappingProxyType({"add_blocks": "float64", "add_blocks_f": "float32"})
# Operations that skip operands, as functions that don't: see `select` in machine_code.py.
EAGER: Mapping[str, str] = MappingProxyType(
    {
        "select": "select",
        **dict.fromkeys(("and", "logical_and"), "both"),
        **dict.fromkeys(("or", "logical_or"), "either"),
    }
)
COMPLEX = "complex numbers, for Numba"  # why a kernel is none
WIDE = (CType.DOUBLE, CType.INT64, CType.BOOL)  # what operations of Python give as it is due


def text_of(function: ir.LoopFunction) -> str:
    """The kernel as a function of Python; `NotLowered` if there can be none."""
    if function.procedures:
        raise NotLowered("functions that call themselves, for Numba")
    lines = [f"def {function.name}(call, values, out):"]
    lines += (f"    {line}" for line in _block(function.body, frozenset()))
    return "\n".join([*lines, "    return DONE", ""])


def element(type: CType) -> str:
    """How elements of a type stand in memory."""
    return "uint8" if type is CType.BOOL else type.value


# ---- statements

Sums = frozenset[tuple[str, str]]  # (a clause, the accumulator that it is for)


def _block(body: tuple[Statement, ...], sums: Sums) -> Iterator[str]:
    shown = ""
    for one in body:
        if isinstance(one, ir.Comment):
            text = f"# {'adjoint of: ' if one.role == 'adjoint' else ''}{' '.join(one.span.text.split())}"
            if text != shown:
                yield text
            shown = text
        else:
            yield from _statement(one, sums)


def _indented(body: tuple[Statement, ...], sums: Sums = frozenset()) -> Iterator[str]:
    yield from (f"    {line}" for line in _block(body, sums))
    if all(isinstance(one, ir.Comment) for one in body):
        yield "    pass"


def _statement(one: Statement, sums: Sums) -> Iterator[str]:
    match one:
        case ir.Let(name, type, value):
            yield f"{name} = {_of_type(value, type)}"
        case ir.Assign(name, value):
            yield f"{name} = {_accumulated(name, value, sums) or expression(value)}"
        case ir.Store():
            yield _stored(one)
        case ir.Pointer(name, source, offset):
            yield f"{name} = ahead({source}, {expression(offset)})"
        case ir.Fail(condition, error):
            yield f"fail_if({expression(condition)}, {ERRORS[error]})"
        case ir.Break():
            yield "break"
        case ir.Support():
            yield from _supported(one)
        case _:
            yield from _structured(one)


def _stored(one: ir.Store) -> str:
    place = f"{one.pointer}[{expression(one.index)}]"
    value = _of_type(one.value, one.type)
    if one.type is CType.BOOL:
        return f"{place} = uint8({value})"
    return f"{place} = {one.type.value}({place} + {value})" if one.add else f"{place} = {value}"


def _accumulated(name: str, value: CExpr, sums: Sums) -> str:
    """What is added to an accumulator, in whichever order; "": nothing is."""
    clause = next((clause for clause, accumulator in sums if accumulator == name), "")
    match value:
        case ir.Apply("add" | "multiply", (ir.LocalName(same), term), type) if same == name and type.is_float:
            return f"{REORDERED[clause]}({name}, {expression(term)})" if clause in REORDERED else ""
    return ""


def _structured(one: Statement) -> Iterator[str]:
    match one:
        case ir.For(index, start, stop, body):
            sums: Sums = frozenset()
            if runs_sideways(one):
                sums = frozenset((clause, name) for clause, _, name in (s.partition(":") for s in one.sums))
            yield f"for {index} in range({expression(start)}, {expression(stop)}):"
            yield from _indented(body, sums)
        case ir.Turns(turn, count, body, chunked):
            yield from _turns(turn, expression(count), body, chunked)
        case ir.While(before, condition, body):
            yield "while True:"
            yield from _indented(before)
            yield f"    if not {_within(condition)}:"
            yield "        break"
            yield from _indented(body)
        case ir.If(condition, then, otherwise):
            yield f"if {expression(condition)}:"
            yield from _indented(then)
            if otherwise:
                yield "else:"
                yield from _indented(otherwise)


def _turns(turn: str, count: str, body: tuple[Statement, ...], chunked: bool) -> Iterator[str]:
    """A loop; in chunks, between which Ctrl-C is looked for. Names of the user's don't begin with "_"."""
    if not chunked:
        yield f"for {turn} in range({count}):"
        yield from _indented(body)
        return
    yield f"_end = {count}"
    yield "for _from in range(0, _end, CHUNK):"
    yield "    _to = smaller(_from + CHUNK, _end)"
    yield "    fail_if(ticked(call, _to - _from), INTERRUPTED)"
    yield f"    for {turn} in range(_from, _to):"
    yield from (f"    {line}" for line in _indented(body))


def _supported(one: ir.Support) -> Iterator[str]:
    made = MACROS.get(one.macro)
    if made is None:
        raise NotLowered(COMPLEX if one.macro.endswith("_Z") else f"{one.macro}, for Numba")
    lines = made(*map(_argument, one.arguments))
    yield from [lines] if isinstance(lines, str) else lines
    if one.otherwise:
        yield from _indented(one.otherwise)


# ---- macros of the support


@dataclass(frozen=True)
class MacroArgument:
    """What a macro is called with, as text; of a type as it stands in memory, with its size."""

    text: str
    type: CType | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def factor(self) -> str:
        return self.text if self.text.isidentifier() else f"({self.text})"

    @property
    def size(self) -> int:
        assert self.type is not None
        return np.dtype(self.type.value).itemsize


def _argument(one: str | CExpr | CType) -> MacroArgument:
    if isinstance(one, CType):
        return MacroArgument(element(one), one)
    if isinstance(one, str):
        return MacroArgument(STRINGS.get(one, one))
    return MacroArgument(expression(one), one.type)


Lines = str | Sequence[str]


def _checked(name: MacroArgument, made: str) -> Lines:
    return f"{name} = {made}", f"fail_if({name} == 0, MEMORY)"


def _done(made: str) -> str:
    return f"fail_if(not {made}, MEMORY)"


def _ended(made: str) -> str:
    return f"end_unless_done({made})"


def _tuple(lengths: Sequence[MacroArgument]) -> str:
    """Lengths, with a 0 behind: a tuple of nothing has no type of its elements."""
    return f"({', '.join([*map(str, lengths), '0'])},)"


def _made(function: str) -> Callable[..., Lines]:
    """A new list that a function of the runtime makes."""
    return lambda name, *given: _checked(name, f"{function}({', '.join(['call', *map(str, given)])})")


def _take_scalar(name: MacroArgument, k: MacroArgument, field: MacroArgument, type: MacroArgument) -> Lines:
    place = WORDS * int(str(k))
    if str(field) == "i":
        return f"{name} = values[{place}] != 0" if type.type is CType.BOOL else f"{name} = {type}(values[{place}])"
    kind, per_word = ("float64", 1) if str(field) == "d" else ("float32", 2)
    return f"{name} = {type}(viewed(values, {kind})[{per_word * place}])"


def _give_scalar(k: MacroArgument, field: MacroArgument, value: MacroArgument) -> Lines:
    place = WORDS * int(str(k))
    if str(field) == "i":
        return f"out[{place}] = int64({value})"
    kind, per_word = ("float64", 1) if str(field) == "d" else ("float32", 2)
    return f"viewed(out, {kind})[{per_word * place}] = {kind}({value})"


def _give_array(k: MacroArgument, block: MacroArgument, _: MacroArgument, *lengths: MacroArgument) -> Lines:
    place = WORDS * int(str(k))
    return [f"out[{place}] = {block}", *(f"out[{place + 2 + j}] = {n}" for j, n in enumerate(lengths))]


def _in_memory(type: MacroArgument, value: MacroArgument) -> str:
    return f"{type}({value})"


def _lapack(function: MacroArgument, *given: MacroArgument) -> Lines:
    """A call of the runtime's linear algebra, which is given letters and LAPACK's functions, too."""
    if str(function).endswith("_z"):
        raise NotLowered(COMPLEX)
    return _ended(f"{function}({', '.join(['call', *(_for_lapack(str(one)) for one in given)])})")


def _for_lapack(text: str) -> str:
    if text == "NULL":
        return "data(0, float64)"
    if text.startswith("LINKED("):
        return f"linked(call, {text[7:-1]})"
    return f"uint8({ord(text[1])})" if text.startswith('"') else text


MACROS: Mapping[str, Callable[..., Lines]] = MappingProxyType(
    {
        "TICK": lambda: "fail_if(ticked(call, 1), INTERRUPTED)",
        # blocks
        "NEW": lambda b, n, T: _checked(b, f"new_block(call, {n.factor} * {T.size}, 0)"),
        "DATA": lambda p, b, T: f"{p} = data({b}, {T})",
        "NO_BLOCK": lambda b: f"{b} = 0",
        "NO_DATA": lambda p, T: f"{p} = data(0, {T})",
        "SAME_BLOCK": lambda b, other: f"{b} = {other}",
        "ZERO": lambda p, n, T: f"fill_with_zeros(address({p}), {n.factor} * {T.size})",
        "RELEASE": lambda b: f"release(call, {b})",
        "RETAIN": lambda b: f"retain({b})",
        "REPLACE": lambda b, new: (f"release(call, {b})", f"{b} = {new}"),
        "REPOINT": lambda p, b, T: f"{p} = data({b}, {T})",
        # lists
        "NEW_LIST_SCALAR": lambda name, T: _checked(name, f"new_list(call, 1, {T.size})"),
        "NEW_LIST_ARRAY": lambda name, rank: _checked(name, f"new_list(call, 2, {8 + 8 * int(str(rank))})"),
        "NEW_LIST_LIST": lambda name, rank: _checked(name, "new_list(call, 2, 8)"),
        **{
            macro: _made(macro.lower())
            for macro in ("COPY_LIST", "COPY_ALL", "ZEROS_OF", "SLICE_LIST", "CONCAT_LISTS", "REPEAT_LIST")
        },
        **{macro: _made(macro.lower()) for macro in ("SPLICED_LIST", "STRIDED_LIST")},
        "ADD_LIST": lambda name, T, b: (
            f"{name}, _how = add_list(call, {name}, {b}, {T})",
            "end_unless_done(_how)",
        ),
        "ADD_BLOCK": lambda name, k, T, b, _, *lengths: _ended(
            f"add_block(call, {name}, {k}, {b}, {_tuple(lengths)}, {T})"
        ),
        "PUSH_SCALAR": lambda name, T, x: _done(f"push(call, {name}, {T}, {_in_memory(T, x)})"),
        "PUSH_ARRAY": lambda name, b, _, *lengths: _done(f"push_block(call, {name}, {b}, {_tuple(lengths)})"),
        "PUSH_LIST": lambda name, b: _done(f"push_block(call, {name}, {b}, {_tuple(())})"),
        "RESERVE": lambda p, name, T, n: (
            _done(f"reserve(call, {name}, {n})"),
            f"{p} = ahead(behind({name}, {T}), -{n.factor})",
        ),
        "WITHDRAW": lambda p, name, T, n: (
            f"fail_if(list_length({name}) < {n}, INDEX)",
            f"shorten({name}, {n})",
            f"{p} = behind({name}, {T})",
        ),
        "POP": lambda name: f"shorten({name}, 1)",
        "ELEMENT": lambda b, name, k, rank: f"{b} = words(item({name}, {k}))[0]",
        "SET_SCALAR": lambda name, k, T, x: f"items({name}, {T})[{k}] = {_in_memory(T, x)}",
        "SET_ARRAY": lambda name, k, b, _, *lengths: f"set_block(call, {name}, {k}, {b}, {_tuple(lengths)})",
        "SET_LIST": lambda name, k, b: f"set_block(call, {name}, {k}, {b}, {_tuple(())})",
        "ZEROS": lambda name, n: _done(f"zeros(call, {name}, {n})"),
        "COPY_ROW": lambda p, offset, b, n, T: (
            f"copy_bytes(address(ahead({p}, {offset})), {b} + HEADER, {n.factor} * {T.size})"
        ),
        # records
        "RECORD": lambda r, blocks, bytes: _checked(r, f"new_record(call, {blocks}, {bytes})"),
        "RECORD_BLOCK": lambda r, k, b: f"held({r})[{k}] = {b}",
        "RECORD_NUMBER": lambda r, offset, T, x: f"field({r}, {offset}, {T})[0] = {_in_memory(T, x)}",
        "RECORD_ITEM": lambda b, r, k: f"{b} = held({r})[{k}]",
        "MUST_BE": lambda b: f"fail_if({b} == 0, ARITHMETIC)",
        # sorting and linear algebra
        **{macro: lambda *given: f"sort({', '.join(map(str, given))})" for macro in ("SORT", "SORT_INTS")},
        "PRODUCT": lambda *given: f"if not product({', '.join(['call', *map(str, given)])}):",
        "LAPACK": _lapack,
        # what comes in and what goes out
        "TAKE_SCALAR": _take_scalar,
        "TAKE_ARRAY": lambda p, k, T: f"{p} = pointer(values[{WORDS * int(str(k)) + 1}], {T})",
        "TAKE_LENGTH": lambda n, k, j: f"{n} = values[{WORDS * int(str(k)) + 2 + int(str(j))}]",
        "TAKE_LIST": lambda b, k: f"{b} = values[{WORDS * int(str(k))}]",
        "GIVE_LIST": lambda k, b: f"out[{WORDS * int(str(k))}] = {b}",
        "GIVE_SCALAR": _give_scalar,
        "GIVE_ARRAY": _give_array,
    }
)


# ---- expressions


def expression(expr: CExpr) -> str:
    """An expression of Python whose type in Numba is that of the expression."""
    if expr.type.is_complex:
        raise NotLowered(COMPLEX)
    match expr:
        case ir.Literal(value, type):
            return _number(value, type)
        case ir.LocalName(name, _):
            return name
        case ir.Cast(operand, type):
            return _cast(expression(operand), type)
        case ir.Load(pointer, index, type):
            text = f"{pointer}[{expression(index)}]"
            return f"{text} != 0" if type is CType.BOOL else text
        case ir.Apply():
            return _applied(expr)


def _of_type(expr: CExpr, type: CType) -> str:
    return expression(expr) if expr.type is type else _cast(expression(expr), type)


def _cast(text: str, type: CType) -> str:
    return f"({text}) != 0" if type is CType.BOOL else f"{type.value}({text})"


def _within(expr: CExpr) -> str:
    """An expression as an operand."""
    text = expression(expr)
    alone = isinstance(expr, (ir.LocalName, ir.Cast)) or (isinstance(expr, ir.Literal) and text[0] != "-")
    return text if alone else f"({text})"


def _applied(expr: ir.Apply) -> str:
    op, _, which = expr.op.partition(":")
    operands = [expression(one) for one in expr.operands]
    match op:
        case "item":
            text = f"items({operands[0]}, {element(CType(which))})[{operands[1]}]"
            return f"{text} != 0" if expr.type is CType.BOOL else text
        case "field":
            text = f"field({operands[0]}, {operands[1]}, {element(expr.type)})[0]"
            return f"{text} != 0" if expr.type is CType.BOOL else text
        case "length":
            return f"item_length({operands[0]}, {operands[1]}, {which.partition(':')[0]})"
        case "lowest" | "highest":
            return _extreme(op, expr.type)
        case "linked":
            return f"special_function(linked(call, {which}), {', '.join(operands)})"
    if op not in OPERATIONS:
        raise NotLowered(f"{op}, for Numba")
    spelling = OPERATIONS[op].numba
    if op in EAGER and not any(map(_may_trap, expr.operands[-2:])):
        spelling = EAGER[op]
    if "{" not in spelling:
        wide = (
            _cast(one, CType.INT64) if _is_narrow(o) else one for o, one in zip(expr.operands, operands, strict=True)
        )
        text = f"{spelling}({', '.join(wide)})"
    else:
        if op == "divide" and not expr.type.is_float:
            raise NotLowered("a quotient of ints, for Numba")
        text = spelling.format(*map(_within, expr.operands), type=expr.type.value)
    return text if expr.type in WIDE else f"{expr.type.value}({text})"


def _may_trap(expr: CExpr) -> bool:
    """Whether an expression may only be computed where it is asked for: what it reads may not be there."""
    match expr:
        case ir.Load():
            return True
        case ir.Cast(operand):
            return _may_trap(operand)
        case ir.Apply(op, operands):
            return ":" in op or any(map(_may_trap, operands))
    return False


def _is_narrow(expr: CExpr) -> bool:
    """Whether it is an int of another type than the functions of the runtime take."""
    return not expr.type.is_float and expr.type not in WIDE


def _extreme(op: str, type: CType) -> str:
    if type is CType.BOOL:
        return str(op == "highest")
    if type.is_float:
        return _number(float("-inf") if op == "lowest" else float("inf"), type)
    info = np.iinfo(type.value)
    return _number(int(info.min if op == "lowest" else info.max), type)


def _number(value: float | int | bool, type: CType) -> str:
    if type is CType.BOOL:
        return str(bool(value))
    if not type.is_float:
        return f"{int(value)}" if type is CType.INT64 else f"{type.value}({int(value)})"
    real = float(value)
    if real != real:
        text = "NAN"
    elif real in (float("inf"), float("-inf")):
        text = "INFINITY" if real > 0 else "-INFINITY"
    else:
        text = repr(real)
    return text if type is CType.DOUBLE else f"{type.value}({text})"
