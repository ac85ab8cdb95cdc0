"""A closed trace to a function of the loop IR: arguments are unpacked, results packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from srcad.lowering.bufferise import Bufferised, bufferise
from srcad.lowering.ordering import sink_updates
from srcad.lowering.prepare import prepare
from srcad.native import ir
from srcad.native.ir import CType
from srcad.native.lower.control import lower_region
from srcad.native.lower.either import either
from srcad.native.lower.expand import expanded
from srcad.native.lower.lists import owned_block
from srcad.native.lower.procedures import returned, signatures_of, taken
from srcad.native.lower.records import records_in
from srcad.native.lower.state import INT64, Lowerer, SharedParts
from srcad.native.lower.table import TABLE
from srcad.native.lower.values import CSignature, InList, InMemory, InRegister, NotLowered, machine
from srcad.native.passes import improved
from srcad.trace.dims import Promise
from srcad.trace.nodes import Atom, Trace, Var
from srcad.trace.types import Array, ListOf, Scalar, Type
from srcad.trace.walk import walk

MOST = 64  # arguments, and results


@dataclass(frozen=True)
class Passed:
    """How an argument or a result is passed: its machine type, the rank of an array, whether it is Python's number.

    items   of a list: how its elements are
    """

    type: CType
    rank: int | None = None
    python: bool = False
    items: Passed | None = None

    @property
    def field(self) -> str:
        """Of the union `value`."""
        return "z" if self.type.is_complex else {CType.DOUBLE: "d", CType.FLOAT: "f"}.get(self.type, "i")


@dataclass(frozen=True)
class Lowered:
    """A kernel: its function, and how arguments and results are passed."""

    function: ir.LoopFunction
    inputs: tuple[Passed, ...]
    outputs: tuple[Passed, ...]
    loops: bool


def lowered(trace: Trace, name: str, promises: Sequence[Promise] = ()) -> Lowered:
    """The kernel of a closed trace; `NotLowered` if an equation of it can't be. `promises`: what is so of lengths."""
    shared = _shared(trace)
    procedures = tuple(_procedure(one, shared.signatures[key], shared) for key, one in trace.procedures.items())
    ready = _ready(trace)
    m = Lowerer(ready.in_place, TABLE, shared, either(ready.trace))
    variables = [entry.var for entry in ready.trace.inputs]
    body = ready.trace.body
    inputs = tuple(passed(var.type) for var in variables)
    if max(len(inputs), len(body.results)) > MOST:
        raise NotLowered("more arguments or results than a kernel takes", trace.span)
    with m.block() as out, m.region(body):
        for k, var in enumerate(variables):
            _take(m, k, var)
        lower_region(m, body)
        outputs = tuple(passed(a.type) for a in body.results)
        _give(m, body.results, outputs)
        m.leave()
    natural = [sum for one in promises if (sum := m.known.sum(one.dim)) is not None]
    loops = any(isinstance(s, (ir.Turns, ir.While, ir.For)) for s in ir.statements(tuple(out)))
    function = ir.LoopFunction(name, improved(tuple(out), natural), tuple(shared.linked), procedures)
    return Lowered(function, inputs, outputs, loops or bool(procedures))


def _ready(trace: Trace) -> Bufferised:
    """The trace in the form that is lowered: what overwrites is decided."""
    return bufferise(sink_updates(prepare(expanded(trace))))


def _shared(trace: Trace) -> SharedParts:
    traces = (trace, *trace.procedures.values())
    records = records_in(eq for one in traces for eq in walk(one.body))
    return SharedParts(signatures_of(trace.procedures), records)


def _procedure(trace: Trace, signature: CSignature, shared: SharedParts) -> ir.ProcedureFunction:
    """A procedure as a function of C."""
    ready = _ready(trace)
    m, body = Lowerer(ready.in_place, TABLE, shared, either(ready.trace)), ready.trace.body
    with m.block() as out, m.region(body):
        parameters = [one for entry in ready.trace.inputs for one in taken(m, entry.var)]
        m.emit(ir.Support("ENTER", ()))
        lower_region(m, body)
        parameters += returned(m, body.results)
        m.leave()
        m.emit(ir.Support("LEAVE", ()))
    return ir.ProcedureFunction(signature.name, tuple(parameters), improved(tuple(out)))


def passed(t: Type) -> Passed:
    if isinstance(t, Scalar):
        return Passed(machine(t), None, t.python)
    if isinstance(t, Array) and t.rank <= 8:
        return Passed(machine(t), t.rank)
    if isinstance(t, ListOf):
        items = passed(t.element)
        return Passed(items.type, None, False, items)
    raise NotLowered(f"a value of type {t} that comes from Python or goes there")


def _take(m: Lowerer, k: int, var: Var) -> None:
    name = m.name(var.name)
    if isinstance(var.type, ListOf):
        passed(var.type)
        m.emit(ir.Support("TAKE_LIST", (name, str(k))))
        m.sets(var, InList(name, var.type.element))
        return
    how = passed(var.type)
    if how.rank is None:
        m.emit(ir.Support("TAKE_SCALAR", (name, str(k), how.field, how.type)))
        m.sets(var, InRegister(ir.LocalName(name, how.type)))
        return
    m.emit(ir.Support("TAKE_ARRAY", (name, str(k), how.type)))
    lengths: list[ir.CExpr] = []
    for j in range(how.rank):
        n = m.name("n")
        m.emit(ir.Support("TAKE_LENGTH", (n, str(k), str(j))))
        lengths.append(ir.LocalName(n, INT64))
    if isinstance(var.type, Array):
        m.known.note(var.type.dims, lengths)
        lengths = list(m.known.all_of(var.type.dims, lengths))
    strides = m.packed(tuple(lengths))
    m.sets(var, InMemory(name, how.type, tuple(lengths), strides, name, argument=True, packed=True))


def _give(m: Lowerer, results: Sequence[Atom], outputs: Sequence[Passed]) -> None:
    m.close()
    given: set[str] = set()
    for k, (atom, how) in enumerate(zip(results, outputs, strict=True)):
        if how.items is not None:
            block, _ = owned_block(m, atom, atom.type)
            m.emit(ir.Support("GIVE_LIST", (str(k), block)))
            continue
        if how.rank is None:
            m.emit(ir.Support("GIVE_SCALAR", (str(k), how.field, m.scalar(atom, how.type))))
            continue
        block, lengths = owned_block(m, atom, atom.type)
        if block in given:  # two arrays of the caller's are never one memory
            copy = m.copied(m.memory(atom))
            block, lengths = copy.block, copy.lengths
        given.add(block)
        m.emit(ir.Support("GIVE_ARRAY", (str(k), block, str(how.rank), *lengths)))
