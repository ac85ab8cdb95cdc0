"""What the frontend makes of a function, and how one that is a derivative is told from others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol, Self, TypeVar

from srcad.frontend.core.guards import Guard
from srcad.frontend.core.sameness import atom_key
from srcad.frontend.core.source import is_function
from srcad.frontend.core.values import Children, Value
from srcad.trace.dims import Promise, Symbol
from srcad.trace.nodes import Atom, Trace, Tree
from srcad.trace.solution import Solution


@dataclass(frozen=True, eq=False)
class Reading:
    """What the frontend makes of a function and its arguments.

    trace       the primal evaluation trace
    wrt         the indices in trace.inputs of the differentiated leaves
    wrt_trees   for each differentiated argument its structure; Leaf(k) is wrt[k], Fixed(None) a leaf without gradient
    guards      what must hold for this reading to serve another call
    roots       how to find the objects of the free roots: globals, closure cells, `self`
    sizes       the lengths that symbols of dims stand for in this call
    promises    what must be so of lengths beside the types
    diverges    whatever the values of the arguments are, the function raises
    """

    trace: Trace
    wrt: tuple[int, ...]
    wrt_trees: tuple[Tree, ...]
    guards: tuple[Guard, ...]
    roots: dict[str, Callable[[], object]]
    sizes: Mapping[Symbol, int] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    diverges: bool = False


@dataclass(frozen=True)
class Derivative(Value):
    """A function that srcad derives from another one.

    `request` says what is derived; `way` how a call is meant: "call", or with a "direction" behind the arguments;
    "product" with one, for the product with a Gauss-Newton matrix, where `loss` is what the results go into; "matrix"
    for that matrix.
    """

    function: Value
    request: Any
    way: str = "call"
    loss: Value | None = None
    noun: ClassVar[str] = "a derivative"

    def children(self) -> Children:
        return (self.function,) if self.loss is None else (self.function, self.loss)

    def rebuild(self, children: Children) -> Self:
        return replace(self, function=children[0], loss=None if self.loss is None else children[1])

    def rest(self) -> Hashable:
        return self.request, self.way, self.loss is None


@dataclass(frozen=True, eq=False)
class Sweeps:
    """A function with tangents, and its pullback.

    forward   its output is the pair of the value and its tangent; its results are the leaves of the value, the tangents
              of those that are `seeded`, and what the reverse sweep needs
    pullback  its inputs are what the reverse sweep needs, and an adjoint for each of the `seeded` leaves
    """

    forward: Trace
    pullback: Trace
    seeded: tuple[int, ...]


@dataclass(frozen=True)
class LinearMapValue(Value):
    """What srcad.vjp or srcad.linearize gives beside the value: the derivative of a function at a point.

    reading    the function; `trees`: the structure of each of its arguments, with the numbers of what it is derived by
    operands   what its inputs are in the program, and then what its results are
    name       what the user called: "vjp" or "linearize"
    request    what a call of the map derives
    """

    name: str
    request: Any
    reading: Reading
    operands: tuple[Atom, ...]
    noun: ClassVar[str] = "a linear map of srcad.vjp or srcad.linearize"

    def atoms(self) -> Sequence[Atom]:
        return self.operands

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        return replace(self, operands=tuple(atoms))

    def rest(self) -> Hashable:
        return self.name, self.reading, tuple(map(atom_key, self.operands))


# ---- derivatives in programs


class Derivation(Protocol):
    """What makes derivatives of readings: it stands above the frontend, and is given to it with what is to be read."""

    def derived(self, reading: Reading, request: Any) -> Trace:
        """The trace of the derivative that a request asks for."""

    def transposed(self, reading: Reading) -> Trace:
        """The adjoints alone of what a reading differentiates, for a seed of each result."""

    def closed(self, reading: Reading) -> Trace:
        """The function that was read, as it is handed to a solver."""

    def sweeps(self, reading: Reading, request: Any) -> Sweeps:
        """The function with tangents, and its pullback."""

    def solution(self, operation: str) -> Solution:
        """How derivatives pass what a solver has found."""


@dataclass(frozen=True)
class Makes:
    """The function makes a derivative of its first argument, as srcad.grad does."""


@dataclass(frozen=True)
class Applies:
    """The function calls a derivative at once, as srcad.jvp does. `request`: of what moves, and of options."""

    request: Callable[..., Any]


@dataclass(frozen=True)
class Maps:
    """The function gives a linear map beside the value, as srcad.vjp does. `request`: of options."""

    request: Callable[..., Any]


@dataclass(frozen=True)
class Reads:
    """Calls of the function are read by `reader`, which takes the machine and the arguments."""

    reader: Callable[..., Value]


Meaning = Makes | Applies | Maps | Reads
F = TypeVar("F", bound=Callable[..., Any])


def means(meaning: Meaning) -> Callable[[F], F]:
    """A decorator: what calls of the function mean in a program that is differentiated."""

    def marked(function: F) -> F:
        function.__srcad_meaning__ = (function, meaning)  # type: ignore[attr-defined]
        return function

    return marked


def meaning_of(f: object) -> Meaning | None:
    """What calls of a function of srcad mean; None for other functions, also those that wrap one of them."""
    if not is_function(f):
        return None
    function, meaning = f.__dict__.get("__srcad_meaning__", (None, None))
    return meaning if function is f else None


def derivation(value: Any) -> tuple[Any, Any, str] | None:
    """(function, request, way) of an object that is a derivative."""
    way = getattr(type(value), "__srcad_way__", None)
    return None if way is None else (*value.__srcad__, way)
