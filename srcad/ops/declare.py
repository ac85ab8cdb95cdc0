"""How the file of an area declares its operations, and how NumPy calls become equations.

An operation is declared once, by `op(...)` of the `Area` of its file, and says all of itself there: who needs a fact
about it asks it (`operation(equation).commutative`), and keeps no list of names. How a call in the program becomes
equations is a *lowering*: a function with NumPy's own signature that takes the builder first. Its arguments are
variables (`Var`) where the value is known at run time only, and plain Python values where it is known now; sequences
are Python tuples or lists of these. What must be known now (an axis, say) is claimed with `static`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias, TypedDict, TypeVar, Unpack

import numpy as np

from srcad.trace.nodes import Atom, Const, Params, Var
from srcad.trace.types import Type

Texts = tuple[str, ...]
Spelling = str | Callable[[Texts, Params], str]
Infer = Callable[..., Type | tuple[Type, ...]]
Lowering = Callable[..., Any]
ToOne = Callable[..., Atom]  # a lowering with one result
Argument = object  # what a lowering gets: a variable, a constant, a plain Python value, sequences of these
SomeLowering = TypeVar("SomeLowering", bound=Lowering)
TableItem = TypeVar("TableItem")

REQUIRED = inspect.Parameter.empty

# ---- what operands are, as the parameters of `infer` are annotated; `Type`: a number, an array, or any other value

Index: TypeAlias = Annotated[Type, "an index or a length: no derivative passes through it"]
Items: TypeAlias = Annotated[Type, "a list or a tuple at run time"]
Recorded: TypeAlias = Annotated[Type, "a record"]
Thing: TypeAlias = Annotated[Type, "any Python object"]


class Operand(Enum):
    """What an operation takes in one place."""

    VALUE = "Type"
    INDEX = "Index"
    ITEMS = "Items"
    RECORD = "Recorded"
    THING = "Thing"


class Kind(Enum):
    """What sort of thing an operation does with its operands. Each operation is of one kind."""

    ELEMENTWISE = "broadcasts its operands, and computes each element of a fresh array from theirs"
    CONVERSION = "the same value, as another type"
    REDUCTION = "takes the elements along axes together"
    SCAN = "the elements of the result depend on those along an axis; the shape stays"
    VIEW = "looks at operand 0 in another way: the result may share its memory"
    MOVEMENT = "puts the elements of its operands elsewhere, in fresh memory"
    CONTRACTION = "sums of products of the elements of two arrays or more"
    FACTORISATION = "solves or factors matrices: about as many operations as elements times rows"
    ALGORITHM = "any other computation on whole arrays: sorting, searching, transforms, solvers"
    CREATION = "makes an array out of lengths and numbers"
    QUERY = "tells of a value what a derivative cannot depend on: its shape, its length, its identity"
    UPDATE = "a new value of operand 0, some of which is stored or added to: in generated code it is overwritten"
    COLLECTION = "makes lists, tuples and records, and takes them apart"
    OBJECT = "asks Python objects, of which nothing is known"
    EFFECT = "must run exactly once and in order: prints, raises, calls of unknown functions"
    CONTROL = "runs its regions"
    PROCEDURE = "calls a procedure of the trace"


class Facts(TypedDict, total=False):
    """The facts about an operation that are not so for most: see `Op`."""

    scalar: str | None
    shares: bool
    overwrites: bool
    total: bool
    cost: Literal["free", "cheap", "dear"]
    commutative: bool
    linear: bool
    bilinear: bool
    scalar_product: bool
    to_fill: bool
    keeps: bool
    read_only: bool
    may_raise: bool
    grows: bool
    raises: bool
    reads_object: bool
    brief: bool
    solution: bool
    shape_of: int | None
    reads_dtype: bool
    one_triangle: bool
    integer: str | None
    like: int | None


@dataclass(frozen=True)
class Op:
    """One operation.

    name         the `op` of its equations
    kind         what sort of thing it does
    infer        (*operand types, **params) -> Type, or a tuple of types; () for an operation without results. Its
                 signature declares the operands (by position, annotated with what they are) and the params (by keyword)
    spelling     Python source with {0}, {1}, ... for operands, or a function (operand texts, params) -> source text
    scalar       the same for operands that are all float scalars, with `math`; None: spelled as ever
    integer      the same for Python's integers
    cost         "free" (indices, shapes, views), "cheap" (a few flops an element) or "dear": what a reversed loop
                 may recompute instead of recording

    What it is in mathematics:

    commutative     two numbers or arrays may change places
    linear          in all operands through which a derivative passes, together: it is its own tangent
    bilinear        in operand 0 and in operand 1, apart: a product
    scalar_product  of two vectors it is their scalar product

    What it does with memory:

    shares          the result may share memory with operand 0, though it isn't a view
    overwrites      in generated code operand 0 is overwritten to make the (first) result, though it is no update
    to_fill         makes a fresh array or list that is there to be filled, or is an object with an identity of its own:
                    two of them must not become one
    keeps           what it makes holds the operands themselves
    read_only       its results may not be written to: they may be read-only, or have elements that share memory

    What the run may notice:

    raises          it has an effect, but none other than to raise: it may run again
    may_raise       it fails for some numbers of the right type
    total           it never fails, nor warns, for numbers
    grows           its result may be far longer than its operands, for integers
    reads_object    what it answers may change from one time to the next
    solution        gives operand 0 back as what it is known to be: it moves by that, not by how it was computed
    brief           printed with little more than its operands, though not by an operator

    What it reads:

    shape_of        the operand of which it reads the shape alone, the values of which nothing depends on
    reads_dtype     of that operand also the dtype
    one_triangle    of matrices: the other is that of a symmetric one
    like            the operand that has the very shape of the result
    """

    name: str
    kind: Kind
    infer: Infer
    spelling: Spelling = ""
    scalar: str | None = None
    shares: bool = False
    overwrites: bool = False
    total: bool = False
    cost: Literal["free", "cheap", "dear"] = "cheap"
    commutative: bool = False
    linear: bool = False
    bilinear: bool = False
    scalar_product: bool = False
    to_fill: bool = False
    keeps: bool = False
    read_only: bool = False
    may_raise: bool = False
    grows: bool = False
    raises: bool = False
    reads_object: bool = False
    brief: bool = False
    solution: bool = False
    shape_of: int | None = None
    reads_dtype: bool = False
    one_triangle: bool = False
    integer: str | None = None
    like: int | None = None

    # ---- what follows from the kind

    @cached_property
    def elementwise(self) -> bool:
        return self.kind is Kind.ELEMENTWISE

    @cached_property
    def view(self) -> bool:
        """The result may share memory with operand 0."""
        return self.kind is Kind.VIEW or self.shares

    @cached_property
    def updates(self) -> bool:
        """In generated code operand 0 is overwritten to make the (first) result."""
        return self.kind is Kind.UPDATE or self.overwrites

    @cached_property
    def effect(self) -> bool:
        """It must run exactly once and in order."""
        return self.kind is Kind.EFFECT

    @cached_property
    def control(self) -> bool:
        return self.kind is Kind.CONTROL

    @cached_property
    def by_operator(self) -> bool:
        """Spelled with an operator of Python, not as a call."""
        return isinstance(self.spelling, str) and self.spelling.count("{") > 0 and "(" not in self.spelling

    def blind_to(self, place: int) -> bool:
        """Whether nothing that it computes depends on the values of an operand."""
        return self.kind is Kind.QUERY or self.shape_of == place

    # ---- what it takes

    @cached_property
    def params(self) -> Mapping[str, object]:
        """The params, with their defaults; `REQUIRED` where there is none."""
        return {p.name: p.default for p in self._signature if p.kind is p.KEYWORD_ONLY}

    @cached_property
    def operands(self) -> tuple[Operand, ...]:
        """What it takes by position; where there may be more, the last again."""
        code, annotations = self.infer.__code__, self.infer.__annotations__  # much faster than inspect.signature
        names = code.co_varnames[: code.co_argcount]
        if code.co_flags & inspect.CO_VARARGS:
            names += (code.co_varnames[code.co_argcount + code.co_kwonlyargcount],)
        return tuple(_OPERANDS.get(annotations.get(name, ""), Operand.VALUE) for name in names)

    @cached_property
    def least(self) -> int:
        """How many operands it has at least."""
        return sum(p.kind is not p.VAR_POSITIONAL and p.default is REQUIRED for p in self._places)

    @cached_property
    def most(self) -> int | None:
        """How many operands it has at most; None: any number."""
        places = self._places
        return None if any(p.kind is p.VAR_POSITIONAL for p in places) else len(places)

    @cached_property
    def indices_from(self) -> int | None:
        """From which operand on it reads indices, through which no derivative passes."""
        return self.operands.index(Operand.INDEX) if self.operands and self.operands[-1] is Operand.INDEX else None

    def fault(self, count: int, params: Params) -> str:
        """What is wrong with this number of operands and these params; "": nothing."""
        if count < self.least or (self.most is not None and count > self.most):
            most = "or more" if self.most is None else f"to {self.most}"
            return f"{count} operands, and takes {self.least}{'' if self.most == self.least else ' ' + most}"
        unknown = [name for name in params if name not in self.params]
        missing = [name for name, default in self.params.items() if default is REQUIRED and name not in params]
        if unknown or missing:
            return f"{'no param' if unknown else 'to be given the param'} {', '.join(unknown or missing)}"
        return ""

    @property
    def _places(self) -> list[inspect.Parameter]:
        return [p for p in self._signature if p.kind in _PLACES]

    @cached_property
    def _signature(self) -> tuple[inspect.Parameter, ...]:
        return tuple(inspect.signature(self.infer).parameters.values())


_PLACES = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)
_OPERANDS = {kind.value: kind for kind in Operand}


class NeedsStatic(Exception):  # noqa: N818 - a request to the frontend, not an error
    """A lowering needs this variable's value to generate code: the frontend specialises for it, or refuses."""

    def __init__(self, var: Var, what: str) -> None:
        super().__init__(what)
        self.var = var
        self.what = what


class CallError(ValueError):
    """A call that fails whatever the values are: NumPy's own ValueError in the run."""


class Area:
    """The operations of an area and the lowerings to them: filled by the file that makes it, and by no other.

    AREA = Area()
    op, lowers = AREA.op, AREA.lowers

    op("sort", Kind.MOVEMENT, _sorted, call("np.sort", axis=-1))

    @lowers(np.sort)
    def sort(b: Builder, a: Argument, axis: Argument = -1) -> Atom: ...

    operations  by name
    functions   a function of NumPy, of math, or a builtin -> its lowering
    by_name     the same for functions of libraries that are not imported here: "scipy.special.erf"
    methods     the name of a method of arrays and NumPy scalars -> its lowering
    attributes  the name of an attribute of arrays and scalars -> its lowering
    """

    def __init__(self) -> None:
        self.operations: dict[str, Op] = {}
        self.functions: dict[Any, Lowering] = {}
        self.by_name: dict[str, Lowering] = {}
        self.methods: dict[str, Lowering] = {}
        self.attributes: dict[str, Lowering] = {}

    def op(self, name: str, kind: Kind, infer: Infer, spelling: Spelling = "", **facts: Unpack[Facts]) -> Op:
        """Declare an operation."""
        declared = Op(name, kind, infer, spelling, **facts)
        enter(self.operations, name, declared)
        return declared

    def lowers(self, *functions: Any, method: str = "", attribute: str = "") -> Callable[[SomeLowering], SomeLowering]:
        """Declare a lowering for functions (or names of functions), and for a method or an attribute of arrays."""

        def declare(lowering: SomeLowering) -> SomeLowering:
            entry: Lowering = lowering
            for function in functions:
                enter(self.by_name if isinstance(function, str) else self.functions, function, entry)
            if method:
                enter(self.methods, method, entry)
            if attribute:
                enter(self.attributes, attribute, entry)
            return lowering

        return declare


def present(*names: str) -> tuple[Any, ...]:
    """The functions of NumPy with these names, as far as the version that is installed has them."""
    return tuple(getattr(np, name) for name in names if hasattr(np, name))


def enter(table: dict[Any, TableItem], name: object, entry: TableItem) -> None:
    """Put an entry into a table in which its name doesn't stand yet with another one."""
    if table.setdefault(name, entry) is not entry:
        raise ValueError(f"{name!r} stands twice in a table")


def static(value: object, what: str) -> Any:
    """The Python value of an argument that must be known now."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Var):
        raise NeedsStatic(value, what)
    if isinstance(value, (tuple, list)):
        return type(value)(static(item, what) for item in value)
    return value
