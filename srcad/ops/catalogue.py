"""The catalogue of operations: what an equation's `op` means, and how NumPy calls become equations.

An operation is registered once, by `op(...)`, in the file of its area. How a call in the user's program becomes
equations is a *lowering*: a function with NumPy's own signature that takes the builder first. Its arguments are
variables (`Var`) where the value is known at run time only, and plain Python values where it is known now; sequences
are Python tuples or lists of these. What must be known now (an axis, say) is claimed with `static`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from srcad.errors import Span
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Type

Infer = Callable[..., Any]
Lowering = Callable[..., Any]
ToOne = Callable[..., Atom]  # a lowering with one result
Argument = object  # what a lowering gets: a variable, a constant, a plain Python value, sequences of these
SomeLowering = TypeVar("SomeLowering", bound=Lowering)


@dataclass(frozen=True)
class Op:
    """One operation.

    name         the `op` of its equations
    infer        (*operand types, **params) -> Type, or a tuple of types; () for an operation without results
    spelling     Python source with {0}, {1}, ... for operands, or a function (operand texts, params) -> source text
    scalar       the same for operands that are all float scalars, with `math`; None: spelled as ever
    elementwise  broadcasts its operands; the result is a fresh array
    view         the result may share memory with operand 0
    updates      in generated code operand 0 is overwritten to make the (first) result
    effect       must run exactly once and in order: prints, raises, calls of unknown functions
    cost         "free" (indices, shapes, views), "cheap" (a few flops an element) or "dear": what a reversed loop
                 may recompute instead of recording
    """

    name: str
    infer: Infer
    spelling: str | Callable[[tuple[str, ...], Mapping[str, Any]], str] = ""
    scalar: str | None = None
    elementwise: bool = False
    view: bool = False
    updates: bool = False
    effect: bool = False
    cost: str = "cheap"


class NeedsStatic(Exception):  # noqa: N818 - a request to the frontend, not an error
    """A lowering needs this variable's value to generate code: the frontend specialises for it, or refuses."""

    def __init__(self, var: Var, what: str) -> None:
        super().__init__(what)
        self.var = var
        self.what = what


class CallError(ValueError):
    """A call that fails whatever the values are: NumPy's own ValueError in the run."""


OPS: dict[str, Op] = {}
LOWERINGS: dict[Any, Lowering] = {}  # a NumPy (or math, or builtin) function -> its lowering
BY_NAME: dict[str, Lowering] = {}  # the same for functions of libraries that are not imported here: "scipy.special.erf"
METHODS: dict[str, Lowering] = {}  # the name of a method of arrays and NumPy scalars -> its lowering
ATTRIBUTES: dict[str, Lowering] = {}  # the name of an attribute of arrays and scalars -> its lowering


def op(name: str, infer: Infer, spelling: Any = "", **options: Any) -> Op:
    """Register an operation."""
    if name in OPS:
        raise ValueError(f"operation {name!r} stands twice in the catalogue")
    OPS[name] = Op(name, infer, spelling, **options)
    return OPS[name]


def lowers(*functions: Any, method: str = "", attribute: str = "") -> Callable[[SomeLowering], SomeLowering]:
    """Register a lowering for functions (or names of functions), and for a method or an attribute of arrays."""

    def register(lowering: SomeLowering) -> SomeLowering:
        for function in functions:
            (BY_NAME if isinstance(function, str) else LOWERINGS)[function] = lowering
        if method:
            METHODS[method] = lowering
        if attribute:
            ATTRIBUTES[attribute] = lowering
        return lowering

    return register


def static(value: object, what: str) -> Any:
    """The Python value of an argument that must be known now."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Var):
        raise NeedsStatic(value, what)
    if isinstance(value, (tuple, list)):
        return type(value)(static(item, what) for item in value)
    return value


def result_types(name: str, operands: tuple[Type, ...], params: Mapping[str, Any]) -> tuple[Type, ...]:
    """The types of an operation's results: the `typing` of every builder."""
    inferred = OPS[name].infer(*operands, **params)
    return inferred if isinstance(inferred, tuple) else (inferred,)


def builder(span: Span | None = None) -> Builder:
    return Builder(result_types, span)
