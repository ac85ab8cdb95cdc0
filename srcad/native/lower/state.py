"""The state of a lowering: what variables are, who still reads them, the statements so far, the nest that is open."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from itertools import count

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType, LocalName, Statement
from srcad.native.lower.known import KnownLengths
from srcad.native.lower.nest import Nest
from srcad.native.lower.values import (
    CSignature,
    InList,
    InMemory,
    InRecord,
    InRegister,
    LoweredValue,
    NotLowered,
    NoValue,
    machine,
)
from srcad.native.spelling import RUNTIME
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Const, Equation, Region, Var, variables
from srcad.trace.types import Array, Record, Scalar, Type
from srcad.trace.walk import reads


@cache
def reserved() -> frozenset[str]:
    """Names that mean something in C or in Python, or in the support of both printers.

    Those of one letter stand inside of the support's functions alone.
    """
    folder = resources.files("srcad.native")
    of_c = "".join(folder.joinpath(name).read_text() for name in ("support.h", "complexes.h", "linalg.h"))
    of_numba = "".join(folder.joinpath(f"{name}.py").read_text() for name in RUNTIME)
    lines = re.findall(r"^(?:def )?(\w+(?:, \w+)*)(?= = |\()", of_numba, re.MULTILINE)
    called = {name for line in lines for name in line.split(", ")}
    return frozenset(re.findall(r"[A-Za-z_]\w+", of_c)) | called | KEYWORDS | frozenset(keyword.kwlist)


KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false
    main asm typeof exp log sin cos tan sqrt pow erf gamma lgamma tgamma y0 y1 yn j0 j1 jn index time div abs signal
    remainder rint round trunc ceil floor hypot cbrt fmin fmax fabs fmod logb ilogb scalb drem significand fdim fma
    values out abs range
    """,
    )
)
LowersEquation = Callable[["Lowerer", Equation], None]

DOUBLE, INT64, BOOL = CType.DOUBLE, CType.INT64, CType.BOOL


@dataclass
class RegionState:
    """A region that is being lowered.

    left    how often each variable that it defines is still read
    owned   the variables whose references it has to give back
    base    of an alias (a view, what was overwritten in place): the variable that owns the memory
    """

    left: Counter[Var] = field(default_factory=Counter)
    owned: dict[Var, str] = field(default_factory=dict)
    base: dict[Var, Var] = field(default_factory=dict)


@dataclass
class SharedParts:
    """What the functions of one kernel have in common.

    signatures  the procedures that they may call
    records     the types of the items of what these record
    linked      functions of SciPy's that are called
    """

    signatures: Mapping[str, CSignature] = field(default_factory=dict)
    records: Mapping[Record, tuple[Type, ...]] = field(default_factory=dict)
    linked: list[str] = field(default_factory=list)


class Lowerer:
    """A function of the loop IR in the making."""

    def __init__(
        self,
        in_place: frozenset[Equation],
        table: Mapping[str, LowersEquation],
        shared: SharedParts,
        either: frozenset[Var] = frozenset(),
    ) -> None:
        self.in_place = in_place
        self.either = either  # what may be Python's number though its type says NumPy's
        self.shared = shared
        self._table = table
        self.values: dict[Var, LoweredValue] = {}
        self.out: list[Statement] = []
        self.scopes: list[RegionState] = []
        self.nest: Nest | None = None
        self.escaped: set[str] = set()  # roots of fresh memory to which something else may lead by now
        self.fresh: set[str] = set()
        self.known = KnownLengths()
        self._taken = {one.name for one in shared.signatures.values()}
        self._tried: dict[str, int] = {}  # up to which number all names of a hint are taken: none is given back

    def lower(self, eq: Equation) -> None:
        """One equation."""
        handler = self.handler(eq)
        if eq.span is not None and self.nest is None:
            self.emit(ir.Comment(eq.span, eq.role))
        try:
            handler(self, eq)
        except NotLowered as failed:
            raise (failed if failed.span else NotLowered(failed.what, eq.span)) from None
        self.done(eq)

    def handler(self, eq: Equation) -> LowersEquation:
        """What lowers an equation."""
        found = self._table.get(eq.op)
        if found is None:
            raise NotLowered(eq.op, eq.span)
        return found

    # ---- names and statements

    def name(self, hint: str | None) -> str:
        """A name that no other variable of the function has."""
        hint = "".join(c if c.isalnum() and c.isascii() else "_" for c in hint or "v") or "v"
        hint = f"v{hint}" if hint[0].isdigit() or hint[0] == "_" else hint
        for k in count(self._tried.get(hint, 0)):
            found = f"{hint}_{k}" if k or hint in reserved() else hint
            if found not in self._taken:
                break
        self._tried[hint] = k
        self._taken.add(found)
        return found

    def emit(self, *statements: Statement) -> None:
        self.out.extend(statements)

    def let(self, value: CExpr, hint: str | None = None) -> CExpr:
        """A value that is used several times, as a name."""
        if isinstance(value, (ir.Literal, LocalName)):
            return value
        name = self.name(hint)
        self.emit(ir.Let(name, value.type, value))
        return LocalName(name, value.type)

    @contextmanager
    def block(self) -> Iterator[list[Statement]]:
        """Statements apart."""
        before, self.out = self.out, []
        try:
            yield self.out
        finally:
            self.out = before

    def fail(self, condition: CExpr, error: str) -> None:
        known = _decided(condition)
        if known is not False:
            self.emit(ir.Fail(condition, error))

    def must_be(self, n: CExpr, whole: CExpr, error: str = "shape") -> None:
        """A length is another one; else the kernel fails."""
        self.fail(ir.Apply("not_equal", (n, whole), BOOL), error)

    def must_stretch(self, n: CExpr, whole: CExpr, error: str = "shape") -> None:
        """A length is another one, or 1, which is stretched to it; else the kernel fails."""
        differ = ir.Apply("not_equal", (n, ir.ONE), BOOL), ir.Apply("not_equal", (n, whole), BOOL)
        self.fail(ir.Apply("and", differ, BOOL), error)

    def link(self, name: str) -> int:
        """Which of the functions that the kernel is given is this one of SciPy's."""
        linked = self.shared.linked
        if name not in linked:
            linked.append(name)
        return linked.index(name)

    # ---- regions and who reads what

    @contextmanager
    def region(self, region: Region, also: Sequence[Var] = ()) -> Iterator[RegionState]:
        """A region whose equations and results read what they read."""
        scope = RegionState()
        defined = {result for eq in region.equations for result in eq.results} | set(also)
        for eq in region.equations:
            scope.left.update(var for var in read_by(eq) if var in defined)
        scope.left.update(var for var in variables(region.results) if var in defined)
        self.scopes.append(scope)
        try:
            yield scope
        finally:
            self.scopes.pop()

    def leave(self) -> None:
        """The end of a region: what it still owns is given back."""
        self.close()
        for block in self.scope.owned.values():
            self.emit(ir.Support("RELEASE", (block,)))
        self.scope.owned.clear()

    @property
    def scope(self) -> RegionState:
        return self.scopes[-1]

    def still_read(self, var: Var) -> bool:
        return self.scope.left[var] > 0

    def done(self, eq: Equation) -> None:
        """What an equation has read for the last time goes; what nobody reads goes at once."""
        for var in read_by(eq):
            self._used(var)
        for result in eq.results:
            if result in self.scope.owned and self.scope.left[result] <= 0:
                self._give_back(result)

    def _used(self, var: Var) -> None:
        scope = self.scope
        if var not in scope.left:
            return
        scope.left[var] -= 1
        base = scope.base.get(var)
        if base is not None:
            self._used(base)
        elif scope.left[var] <= 0 and var in scope.owned:
            self._give_back(var)

    def _give_back(self, var: Var) -> None:
        block = self.scope.owned.pop(var)
        if self.nest is not None and any(
            one.block == block or one.root == block for one in self.nest.reads + self.nest.writes
        ):
            self.nest.released.append(block)
        else:
            self.emit(ir.Support("RELEASE", (block,)))

    def forget(self, var: Var) -> None:
        """A variable that nobody reads."""
        if var in self.scope.owned:
            self._give_back(var)

    def owns(self, var: Var, block: str) -> None:
        """The region has a reference to a block, for as long as the variable is read."""
        self.scope.owned[var] = block

    def alias(self, var: Var, source: Atom) -> None:
        """The memory of a variable is that of another one."""
        scope = self.scope
        if isinstance(source, Var) and source in scope.left:
            base = scope.base.get(source, source)
            scope.base[var] = base
            scope.left[base] += scope.left[var]

    # ---- values

    def value(self, atom: Atom) -> LoweredValue:
        """What an atom is, in memory if it is an array."""
        if isinstance(atom, Const):
            return self.constant(atom)
        if self.nest is not None and (atom in self.nest.elements or atom in self.nest.pending):
            self.close()
        return self.values[atom]

    def scalar(self, atom: Atom, type: CType | None = None) -> CExpr:
        """A number, as one of another type if that is asked for."""
        value = self.value(atom)
        if isinstance(value, InMemory) and value.rank == 0:
            self.reads_memory(value)
            value = InRegister(self.let(ir.Load(value.pointer, ir.ZERO, value.type)))
        if not isinstance(value, InRegister):
            raise NotLowered(f"{atom.type} as a number")
        return converted(value.expr, type or value.expr.type)

    def memory(self, atom: Atom) -> InMemory:
        value = self.value(atom)
        if not isinstance(value, InMemory):
            raise NotLowered(f"{atom.type} as an array")
        return value

    def lengths(self, atom: Atom) -> tuple[CExpr, ...]:
        """The lengths of an array, which need not be in memory for that; () of a number."""
        if not isinstance(atom.type, Array):
            return ()
        if self.nest is not None and atom in self.nest.elements and self.nest.fits(atom.type.dims):
            return self.nest.lengths
        return self.memory(atom).lengths

    def items(self, atom: Atom) -> InList:
        value = self.value(atom)
        if not isinstance(value, InList):
            raise NotLowered(f"{atom.type} as a list")
        return value

    def record(self, atom: Atom) -> InRecord:
        value = self.value(atom)
        if not isinstance(value, InRecord):
            raise NotLowered(f"{atom.type} as a record")
        return value

    def constant(self, atom: Const) -> LoweredValue:
        if isinstance(atom.number, int) and not -(2**63) <= atom.number < 2**63:
            raise NotLowered("an int that exceeds 64 bits")
        if atom.number is not None and isinstance(atom.type, Scalar):
            return InRegister(_constant(atom.number, machine(atom.type)))
        if atom.value is None:
            return NoValue()
        raise NotLowered(f"the constant {atom.value!r:.40}")

    def sets(self, var: Var, value: LoweredValue) -> None:
        self.values[var] = value

    def is_number(self, var: Var, expr: CExpr) -> None:
        """A scalar result: it gets the user's name."""
        self.sets(var, InRegister(self.let(expr, var.name)))

    # ---- memory

    def new_array(self, type: CType, lengths: Sequence[CExpr], hint: str | None = None) -> InMemory:
        """Fresh memory in C order, which the caller has to hand to a variable (`is_array`)."""
        lengths = tuple(self.let(n, "n") for n in lengths)
        block, pointer = self.name(f"{hint or 'v'}_block"), self.name(hint)
        size = self.let(ir.product(lengths), "size")
        self.emit(ir.Support("NEW", (block, size, type)), ir.Support("DATA", (pointer, block, type)))
        self.fresh.add(block)
        return InMemory(pointer, type, lengths, self.packed(lengths), block, block, packed=True)

    def packed(self, lengths: tuple[CExpr, ...]) -> tuple[CExpr, ...]:
        """The strides of C order."""
        strides: list[CExpr] = []
        stride: CExpr = ir.ONE
        for n in reversed(lengths):
            strides.append(stride)
            stride = ir.times(stride, n)
        return tuple(self.let(one, "stride") for one in reversed(strides))

    def keeps(self, memory: InMemory) -> None:
        """The region has fresh memory that no variable stands for, up to its end."""
        self.owns(Var(Scalar(memory.type.value)), memory.block)

    def is_array(self, var: Var, memory: InMemory) -> None:
        """A variable that is the first to have fresh memory."""
        self.sets(var, memory)
        if memory.block:
            self.owns(var, memory.block)

    def loops_over(
        self, lengths: Sequence[CExpr], body: Callable[[tuple[CExpr, ...]], None], simd: bool = False, hint: str = "i"
    ) -> None:
        """Loops over all places, one in the other; the last counter runs fastest."""
        indices = tuple(self.name(hint) for _ in lengths)
        with self.block() as inner:
            body(tuple(LocalName(index, INT64) for index in indices))
        statements: tuple[Statement, ...] = tuple(inner)
        for k, (index, n) in reversed(list(enumerate(zip(indices, lengths, strict=True)))):
            statements = (ir.For(index, ir.ZERO, n, statements, simd=simd and k == len(indices) - 1),)
        self.emit(*statements)

    def copied(self, source: InMemory, hint: str | None = None) -> InMemory:
        """A copy in fresh memory, in C order."""
        self.reads_memory(source)
        target = self.new_array(source.type, source.lengths, hint)

        def each(places: tuple[CExpr, ...]) -> None:
            self.emit(ir.Store(target.pointer, place(target, places), load(source, places), source.type))

        self.loops_over(source.lengths, each, simd=True)
        return target

    # ---- the nest

    def open(self, dims: tuple[Dim, ...], lengths: tuple[CExpr, ...]) -> Nest:
        """A new nest."""
        self.close()
        indices = tuple(self.name("i") for _ in dims)
        self.nest = Nest(dims, tuple(self.let(n, "n") for n in lengths), indices)
        return self.nest

    def close(self) -> None:
        """What the open nest computes is computed; what is still to be read of it is in memory."""
        nest, self.nest = self.nest, None
        if nest is None:
            return
        places = tuple(LocalName(index, INT64) for index in nest.indices)
        made: list[tuple[Var, InMemory]] = []
        for var, element in nest.elements.items():
            if var not in self.values and self.still_read(var):
                memory = self.new_array(element.type, nest.lengths, var.name)
                nest.body.append(ir.Store(memory.pointer, place(memory, places), element, element.type))
                made.append((var, memory))
        self.emit(*nest.before)
        if nest.body:
            self.emit(*_loops(nest))
        self.emit(*nest.after)
        for var, memory in made:
            self.is_array(var, memory)
        for var, value in nest.pending.items():
            if isinstance(value, InMemory):
                self.is_array(var, value)
            else:
                self.sets(var, value)
        for block in nest.released:
            self.emit(ir.Support("RELEASE", (block,)))

    def reads_memory(self, source: InMemory) -> None:
        """Statements read memory: what the open nest writes of it must be there."""
        if self.nest is not None and not all(self.harmless(one, source, apart=True) for one in self.nest.writes):
            self.close()

    def writes_memory(self, target: InMemory) -> None:
        """Statements write memory: what the open nest reads of it must have been read."""
        if self.nest is not None and not all(
            self.harmless(target, one, apart=True) for one in (*self.nest.reads, *self.nest.writes)
        ):
            self.close()

    def harmless(self, written: InMemory, read: InMemory, apart: bool = False) -> bool:
        """Whether to write the one, element by element, leaves alone what is read of the other in other turns.

        `apart`: in statements outside of the nest, which must not touch the same memory at all.
        """
        if written.root == read.root:
            return not apart and written.pointer == read.pointer and written.strides == read.strides
        if written.argument or read.argument or self._alone(written) or self._alone(read):
            return True
        return not apart and written.whole and read.whole  # if they are one, they are so element by element

    def _alone(self, memory: InMemory) -> bool:
        return memory.root in self.fresh and memory.root not in self.escaped


def _loops(nest: Nest) -> tuple[Statement, ...]:
    body: tuple[Statement, ...] = tuple(nest.body)
    innermost = len(nest.indices) - 1
    for k in range(innermost, -1, -1):
        innermost_sums = tuple(nest.sums) if k == innermost else ()
        body = (ir.For(nest.indices[k], ir.ZERO, nest.lengths[k], body, innermost_sums, k == innermost and nest.simd),)
        rows = [row for row in nest.rows if row.depth == k]
        body = (*(s for row in rows for s in row.before), *body, *(s for row in rows for s in row.after))
    return body


# ---- small things


def _decided(condition: CExpr) -> bool | None:
    """Whether a condition holds, where that is plain."""
    match condition:
        case ir.Literal(value, _):
            return bool(value)
        case ir.Apply("equal" | "not_equal" | "less" as op, (a, b), _):
            if isinstance(a, ir.Literal) and isinstance(b, ir.Literal):
                return {"equal": a.value == b.value, "not_equal": a.value != b.value, "less": a.value < b.value}[op]
            return False if a == b and op != "equal" and not a.type.has_nan else None
        case ir.Apply("and", (a, b), _):
            return False if False in (_decided(a), _decided(b)) else None
    return None


def place(memory: InMemory, places: Sequence[CExpr]) -> CExpr:
    """Where the element at these places stands, behind the first."""
    index: CExpr = ir.ZERO
    for k, stride in zip(places, memory.strides, strict=True):
        index = ir.add(index, ir.times(k, stride))
    return index


def stretched_place(memory: InMemory, places: Sequence[CExpr], lengths: Sequence[CExpr]) -> CExpr:
    """Where the element of an array stands that is stretched to these lengths, of which its own are the last."""
    index: CExpr = ir.ZERO
    whole = lengths[len(lengths) - memory.rank :]
    for k, n, stride, n_whole in zip(places, memory.lengths, memory.strides, whole, strict=True):
        step = stride if n == n_whole else Apply("select", (ir.equal(n, ir.ONE), ir.ZERO, stride), INT64)
        index = ir.add(index, ir.times(k, step))
    return index


def load(memory: InMemory, places: Sequence[CExpr]) -> CExpr:
    return ir.Load(memory.pointer, place(memory, places), memory.type)


def _constant(value: int | float | complex, type: CType) -> CExpr:
    if not isinstance(value, complex):
        return ir.Literal(value, type)
    parts = (ir.Literal(part, type.part) for part in (value.real, value.imag))
    return Apply("complex", tuple(parts), type)


def converted(expr: CExpr, type: CType) -> CExpr:
    if expr.type is type:
        return expr
    if type is BOOL and not isinstance(expr, ir.Literal):
        return ir.Apply("not_equal", (expr, ir.Literal(0, expr.type)), BOOL)
    if expr.type.is_complex and not (type.is_complex or type is BOOL):
        raise NotLowered("a complex number where a real one is due")
    if not isinstance(expr, ir.Literal):
        return ir.Cast(expr, type)
    value = expr.value
    return ir.Literal(float(value) if type.has_nan else bool(value) if type is BOOL else int(value), type)


def read_by(eq: Equation) -> tuple[Var, ...]:
    """The variables that an equation reads, in its regions too, each once, in order."""
    return tuple(dict.fromkeys(reads(eq)))


def array_type(t: Type) -> Array:
    if not isinstance(t, Array):
        raise NotLowered(f"values of type {t}")
    return t


def viewed(
    memory: InMemory, pointer: str, lengths: Sequence[CExpr], strides: Sequence[CExpr], packed: bool = False
) -> InMemory:
    """Another look at memory."""
    return replace(memory, pointer=pointer, lengths=tuple(lengths), strides=tuple(strides), block="", packed=packed)
