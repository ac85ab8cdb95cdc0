"""Procedures: functions of C that call each other, with numbers, arrays, lists and records as parameters.

    y, recorded = f(x, w)       static int f_code(call *call, double x, double *w, int64_t n, double *y, block **r)

Arrays are lent for the time of a call; results are references of their own, which the caller has then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from srcad.native import ir
from srcad.native.ir import CExpr, CParameter, CType
from srcad.native.lower.lists import elements, in_block, number_of_nothing, owned_block, whole
from srcad.native.lower.state import INT64, Lowerer, array_type, converted
from srcad.native.lower.values import (
    CSignature,
    InMemory,
    InRegister,
    NotLowered,
    NoValue,
    element_kind,
    machine,
)
from srcad.trace.nodes import Atom, Equation, Trace, Var
from srcad.trace.types import Array, ListOf, Record, TupleOf, Type


def signatures_of(procedures: Mapping[str, Trace]) -> dict[str, CSignature]:
    return {
        name: CSignature(
            f"{name}_code",
            tuple(entry.var.type for entry in procedure.inputs),
            tuple(a.type for a in procedure.body.results),
        )
        for name, procedure in procedures.items()
    }


# ---- inside


def taken(m: Lowerer, var: Var) -> list[CParameter]:
    """A parameter of a procedure as a variable of it."""
    kind, name = element_kind(var.type), m.name(var.name)
    if kind == "scalar":
        type = machine(var.type)
        m.sets(var, InRegister(ir.LocalName(name, type)))
        return [CParameter(name, type)]
    if kind != "array":
        m.sets(var, in_block(name, var.type))
        return [CParameter(name, None)]
    dims, type = array_type(var.type).dims, machine(var.type)
    names = [m.name("n") for _ in dims]
    m.emit(*(ir.Support("NATURAL", (n,)) for n in names))
    lengths: Sequence[CExpr] = [ir.LocalName(n, INT64) for n in names]
    m.known.note(dims, lengths)
    lengths = m.known.all_of(dims, lengths)
    strides = m.packed(tuple(lengths))
    m.sets(var, InMemory(name, type, tuple(lengths), strides, name, argument=True, packed=True))
    return [CParameter(name, type, 1), *(CParameter(n, INT64) for n in names)]


def returned(m: Lowerer, results: Sequence[Atom]) -> list[CParameter]:
    """The results of a procedure are where its caller wants them."""
    m.close()
    parameters: list[CParameter] = []
    given: set[str] = set()
    for atom in results:
        out = m.name("out")
        if element_kind(atom.type) == "scalar":
            type = machine(atom.type)
            value = m.value(atom)
            number = number_of_nothing(atom.type).expr if isinstance(value, NoValue) else m.scalar(atom, type)
            m.emit(ir.Support("RETURN", (out, number)))
            parameters.append(CParameter(out, type, 1))
            continue
        block, lengths = _block_of_its_own(m, atom, given)
        m.emit(ir.Support("RETURN", (out, block)))
        parameters.append(CParameter(out, None, 1))
        for n in lengths:
            length = m.name("out")
            m.emit(ir.Support("RETURN", (length, n)))
            parameters.append(CParameter(length, INT64, 1))
    return parameters


def _block_of_its_own(m: Lowerer, atom: Atom, given: set[str]) -> tuple[str, tuple[CExpr, ...]]:
    """A reference to what no other result is."""
    if isinstance(m.value(atom), NoValue):
        return "NULL", (ir.ZERO,) * (atom.type.rank or 0 if isinstance(atom.type, Array) else 0)
    block, lengths = owned_block(m, atom, atom.type)
    if block in given and isinstance(atom.type, Array):
        copy = m.copied(m.memory(atom))
        block, lengths = copy.block, copy.lengths
    given.add(block)
    return block, lengths


# ---- outside


@dataclass
class _Receiving:
    """Where the results of a call go: variables of the caller, each a number, or a block with lengths."""

    names: list[str] = field(default_factory=list)

    def number(self, m: Lowerer, hint: str | None, type: CType) -> str:
        name = m.name(hint)
        m.emit(ir.Support("DECLARED", (type, name)))
        self.names.append(name)
        return name

    def block(self, m: Lowerer, hint: str | None) -> str:
        name = m.name(hint)
        m.emit(ir.Support("NO_BLOCK", (name,)))
        self.names.append(name)
        return name


def call(m: Lowerer, eq: Equation) -> None:
    """A call of a procedure."""
    signature = m.shared.signatures.get(eq.params["procedure"])
    if signature is None:
        raise NotLowered("a call of a function that isn't lowered", eq.span)
    m.close()
    arguments: list[str | CExpr] = []
    for atom, t in zip(eq.operands, signature.inputs, strict=True):
        arguments += _argument(m, atom, t)
    m.close()
    receiving = _Receiving()
    places = [_place(m, receiving, var, t) for var, t in zip(eq.results, signature.outputs, strict=True)]
    m.emit(ir.Support("CALLED", (signature.name, *arguments, *(f"&{name}" for name in receiving.names))))
    for var, t, (name, *lengths) in zip(eq.results, signature.outputs, places, strict=True):
        _received(m, var, t, name, lengths)


def _argument(m: Lowerer, atom: Atom, t: Type) -> list[str | CExpr]:
    kind, value = element_kind(t), m.value(atom)
    if isinstance(value, NoValue):
        if kind == "scalar":
            return [number_of_nothing(t).expr]
        return ["NULL", *(ir.ZERO,) * (array_type(t).rank if kind == "array" else 0)]
    if kind == "scalar":
        return [m.scalar(atom, machine(t))]
    if isinstance(t, (Record, TupleOf)):
        record = m.record(atom)
        if elements(record.type) != elements(t):
            raise NotLowered(f"{record.type} where there is {t}")
        return [record.name]
    if isinstance(t, ListOf):
        items = m.items(atom)
        if elements(items.element) != elements(t.element):
            raise NotLowered(f"a list of {items.element} where there is one of {t.element}")
        return [items.name]
    return _array(m, atom, array_type(t))


def _array(m: Lowerer, atom: Atom, t: Array) -> list[str | CExpr]:
    memory = m.memory(atom)
    if memory.rank != t.rank or memory.type is not machine(t):
        raise NotLowered(f"{atom.type} where there is {t}")
    m.reads_memory(memory)
    if not memory.packed:
        memory = m.copied(memory)
        m.keeps(memory)
    return [memory.pointer, *memory.lengths]


def _place(m: Lowerer, receiving: _Receiving, var: Var, t: Type) -> list[str]:
    kind = element_kind(t)
    if kind == "scalar":
        return [receiving.number(m, var.name, machine(t))]
    if kind != "array":
        return [receiving.block(m, var.name)]
    block = receiving.block(m, f"{var.name or 'v'}_block")
    return [block, *(receiving.number(m, "n", INT64) for _ in array_type(t).dims)]


def _received(m: Lowerer, var: Var, t: Type, name: str, lengths: Sequence[str]) -> None:
    kind = element_kind(t)
    if kind != element_kind(var.type):
        raise NotLowered(f"{t} where there is {var.type}")
    if kind == "scalar":
        m.is_number(var, converted(ir.LocalName(name, machine(t)), machine(var.type)))
        return
    m.fresh.add(name)
    if kind != "array":
        m.sets(var, in_block(name, t))
        m.owns(var, name)
        return
    found = m.known.all_of(array_type(var.type).dims, [ir.LocalName(n, INT64) for n in lengths])
    m.is_array(var, whole(m, name, found, t, var.name))
