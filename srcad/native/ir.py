"""The loop IR: small, typed, in frozen nodes, from which C is printed.

Expressions have no effects and are of a machine type (`CType`). Statements are in order. Names are unique in a
function, and those of scalars are assigned where they are declared, or by `Assign`.

Arrays are spelled out: the pointer to the first element, lengths and strides (in elements) are expressions; what owns
the memory is a *block*, which counts how many refer to it. A list is a block as well, with elements of one kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from srcad.errors import Span


class CType(Enum):
    """A type of the machine, by its dtype in NumPy."""

    DOUBLE = "float64"
    FLOAT = "float32"
    INT64 = "int64"
    INT32 = "int32"
    INT16 = "int16"
    INT8 = "int8"
    UINT64 = "uint64"
    UINT32 = "uint32"
    UINT16 = "uint16"
    UINT8 = "uint8"
    BOOL = "bool"
    COMPLEX = "complex128"
    COMPLEX_FLOAT = "complex64"

    @property
    def is_float(self) -> bool:
        """Whether it is a real one that rounds."""
        return self in (CType.DOUBLE, CType.FLOAT)

    @property
    def is_complex(self) -> bool:
        return self in (CType.COMPLEX, CType.COMPLEX_FLOAT)

    @property
    def has_nan(self) -> bool:
        return self.is_float or self.is_complex

    @property
    def part(self) -> CType:
        """The type of the parts of a complex number; a real one is its own."""
        return {CType.COMPLEX: CType.DOUBLE, CType.COMPLEX_FLOAT: CType.FLOAT}.get(self, self)

    @property
    def is_signed(self) -> bool:
        return self.value.startswith("int")


# ---- expressions


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; of a complex type one that is real."""

    value: float | int | bool
    type: CType


@dataclass(frozen=True, slots=True)
class LocalName:
    """What a scalar variable has; of a pointer, what it points to (`type` is that of the elements)."""

    name: str
    type: CType


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation of the machine, or a function of C's library or of the support: `op` is its name in `c.py`.

    Of complex numbers these are what NumPy computes; "complex" makes one of its parts, "real" and "imag" are these.
    """

    op: str
    operands: tuple[CExpr, ...]
    type: CType


@dataclass(frozen=True, slots=True)
class Cast:
    operand: CExpr
    type: CType


@dataclass(frozen=True, slots=True)
class Load:
    """An element: that which stands `index` elements behind the one that `pointer` points to."""

    pointer: str
    index: CExpr
    type: CType


CExpr = Literal | LocalName | Apply | Cast | Load

# ---- statements


@dataclass(frozen=True, slots=True)
class Let:
    """A new scalar. One that is assigned to again isn't `final`."""

    name: str
    type: CType
    value: CExpr
    final: bool = True


@dataclass(frozen=True, slots=True)
class Assign:
    name: str
    value: CExpr


@dataclass(frozen=True, slots=True)
class Store:
    """An element is set; with `add`, added to."""

    pointer: str
    index: CExpr
    value: CExpr
    type: CType
    add: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """`for (index = start; index < stop; ++index)`, both int64.

    sums     accumulators to which the turns add, in any order: they may run side by side
    simd     whether turns don't depend on each other but by these
    threads  among how many the turns are divided, if there is so much `work`; 0: they aren't
    apart    that each turn sets elements of its own, and reads none that others set
    few      that there are mostly so few turns that vectors don't pay
    """

    index: str
    start: CExpr
    stop: CExpr
    body: tuple[Statement, ...]
    sums: tuple[str, ...] = ()
    simd: bool = False
    threads: int = 0
    work: CExpr = Literal(0, CType.INT64)
    apart: bool = False
    few: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """Python's `range`: `count` turns, the k-th with `start + k * step`; `turn` is k. Ends early at a `Break`.

    chunked  that Ctrl-C is looked for between chunks of turns
    """

    turn: str
    count: CExpr
    body: tuple[Statement, ...]
    chunked: bool = False


@dataclass(frozen=True, slots=True)
class While:
    """`while True`: the condition's statements, then out if it is false, then the body."""

    before: tuple[Statement, ...]
    condition: CExpr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If:
    condition: CExpr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    pass


@dataclass(frozen=True, slots=True)
class Fail:
    """The kernel ends with an error, if the condition holds: `error` is a name of `srcad.native.errors`."""

    condition: CExpr
    error: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """A new pointer: `offset` elements behind another one.

    picked   what of the array is pointed at: for each axis its stride, and the index, if there is one
    """

    name: str
    source: str
    offset: CExpr
    type: CType
    picked: tuple[tuple[CExpr, CExpr | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Support:
    """A call of the support's macros for blocks and lists, with names and expressions as they stand: see support.h.

    otherwise  what is done where the support can't do it
    """

    macro: str
    arguments: tuple[str | CExpr | CType, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """The user's line that what follows comes from."""

    span: Span
    role: str


Statement = Let | Assign | Store | For | Turns | While | If | Break | Fail | Pointer | Support | Comment


@dataclass(frozen=True, slots=True)
class CParameter:
    """A parameter of a procedure: a number of this type, or a block (None); `stars`: a pointer to so many."""

    name: str
    type: CType | None
    stars: int = 0


@dataclass(frozen=True)
class ProcedureFunction:
    """A function that kernels and others of its kind call (by the support's CALLED): results go where pointers say."""

    name: str
    parameters: tuple[CParameter, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class LoopFunction:
    """A kernel: parameters are unpacked by its first statements, and results packed by its last."""

    name: str
    body: tuple[Statement, ...]
    linked: tuple[str, ...] = ()  # functions of SciPy's, as `linked.py` names them, that it calls
    procedures: tuple[ProcedureFunction, ...] = ()

    @property
    def bodies(self) -> tuple[tuple[Statement, ...], ...]:
        """Its own, and those of its procedures."""
        return (self.body, *(one.body for one in self.procedures))


def statements(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """All statements, at every depth."""
    for one in body:
        yield one
        match one:
            case For(body=inner) | Turns(body=inner):
                yield from statements(inner)
            case While(before, _, inner):
                yield from statements(before)
                yield from statements(inner)
            case If(_, then, otherwise):
                yield from statements(then)
                yield from statements(otherwise)


# ---- making expressions


def integer(value: int) -> Literal:
    return Literal(value, CType.INT64)


ZERO, ONE = integer(0), integer(1)


def equal(a: CExpr, b: CExpr) -> CExpr:
    return Apply("equal", (a, b), CType.BOOL)


def add(a: CExpr, b: CExpr) -> CExpr:
    """The sum of two ints."""
    if isinstance(a, Literal) and isinstance(b, Literal):
        return integer(int(a.value) + int(b.value))
    if a == ZERO:
        return b
    return a if b == ZERO else Apply("add", (a, b), CType.INT64)


def subtract(a: CExpr, b: CExpr) -> CExpr:
    if isinstance(a, Literal) and isinstance(b, Literal):
        return integer(int(a.value) - int(b.value))
    if a == b:
        return ZERO
    return a if b == ZERO else Apply("subtract", (a, b), CType.INT64)


def times(a: CExpr, b: CExpr) -> CExpr:
    """The product of two ints."""
    if isinstance(a, Literal) and isinstance(b, Literal):
        return integer(int(a.value) * int(b.value))
    if ZERO in (a, b):
        return ZERO
    if a == ONE:
        return b
    return a if b == ONE else Apply("multiply", (a, b), CType.INT64)


def product(factors: tuple[CExpr, ...]) -> CExpr:
    result: CExpr = ONE
    for factor in factors:
        result = times(result, factor)
    return result
