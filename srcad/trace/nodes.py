"""The evaluation trace: a structured SSA form, in frozen nodes.

A `Trace` is a `Region` of equations over primal variables with the paths by which its inputs are read from the
arguments and the tree in which its results are returned. Mutation is functional: `x[i] = v` is
`x1 = set_item(x0, v, i)`. Regions may use the variables of the regions around them.

The operations with regions:

==========  =========================================================================================
`if`        operands (condition,); regions (then, otherwise), without parameters; results: their yields
`for`       operands (start, stop, step, *initial); one region with parameters (i, *carried) that yields the next
            carried; results: the last carried. With params["breaks"] the region yields a bool before the
            carried (True: leave the loop after this iteration), and the results end with one more, an int: how many
            iterations ran. With params["backwards"] the range is run through from its end.
`while`     operands (*initial); regions (condition, body), each with parameters (*carried); condition yields one
            bool, body the next carried; results: the last carried, then an int: how many iterations ran.
`scope`     operands (*captured); a region; results: its yields. params["kind"] is
            "with": operand 0 is the context manager, a parameter of the region, if there is one, what it gives;
            "finally": regions (body, finalizer); finalizer yields nothing;
            "try": the operands are classes of exceptions, params["clauses"] says how many belong to each clause. The
            first two results are the number of the clause that an exception of the body belongs to, 0 if none was
            raised, and the exception; where there was one, the others have no value. So the first two yields are
            0 and None. No derivative passes through it.
==========  =========================================================================================

An `Undef` constant stands where a branch or the way into a loop gives a name no value.

A function that calls itself, as often as the run will have it, is a *procedure*: a trace of its own in the table of the
trace that calls it, whose inputs are its parameters, and which returns its results as they are. `recurse` calls the one
that params["procedure"] names; params["types"] are those of its results. What one records is a `Record`:
`record_new` makes it of its items, `record_items` gives them back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias

from srcad.errors import Span
from srcad.trace.types import UNDEFINED, Type

Params: TypeAlias = Mapping[str, Any]  # what an equation says of itself beside its operands

NO_PARAMS: Params = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Var:
    """A primal variable: defined once, by an equation or as a parameter of a region. `name`: the user's, if any."""

    type: Type
    name: str | None = None

    is_variable: ClassVar[bool] = True
    is_none: ClassVar[bool] = False
    number: ClassVar[None] = None
    trace: ClassVar[None] = None


@dataclass(frozen=True, eq=False)
class Const:
    """A Python value that stands in the trace: a number, None, a string, a function, a module."""

    value: Any
    type: Type

    is_variable: ClassVar[bool] = False
    name: ClassVar[None] = None

    @property
    def is_none(self) -> bool:
        return self.value is None

    @property
    def number(self) -> int | float | complex | None:
        """The value, if it is a Python number."""
        return self.value if isinstance(self.value, (int, float, complex)) else None

    @property
    def trace(self) -> Trace | None:
        """The value, if it is a function that has been read: what a solver calls."""
        return self.value if isinstance(self.value, Trace) else None


UNDEF = Const(None, UNDEFINED)

Atom = Var | Const


@dataclass(frozen=True, eq=False)
class Region:
    """A straight line of equations: `parameters` come in, `results` are yielded."""

    parameters: tuple[Var, ...]
    equations: tuple[Equation, ...]
    results: tuple[Atom, ...]


@dataclass(frozen=True, eq=False)
class Equation:
    """`results = op(operands)`; `params` are static; `role` says whose the equation is.

    Roles: "" (the user's), "tangent", "adjoint", "record" (tapes), "inner" (of a derivative that is differentiated).
    """

    op: str
    operands: tuple[Atom, ...]
    results: tuple[Var, ...]
    params: Params = field(default_factory=lambda: NO_PARAMS)
    regions: tuple[Region, ...] = ()
    span: Span | None = None
    role: str = ""

    @property
    def result(self) -> Var:
        (result,) = self.results
        return result


# ---- how a trace meets its caller


@dataclass(frozen=True)
class Path:
    """How an input is read: a root name and steps, each ("item", key) or ("attr", name)."""

    root: str
    steps: tuple[tuple[str, Any], ...] = ()

    def item(self, key: object) -> Path:
        return Path(self.root, (*self.steps, ("item", key)))

    def attr(self, name: str) -> Path:
        return Path(self.root, (*self.steps, ("attr", name)))

    def __str__(self) -> str:
        return self.root + "".join(f"[{k!r}]" if kind == "item" else f".{k}" for kind, k in self.steps)


@dataclass(frozen=True, eq=False)
class Input:
    """A variable that a trace reads: from an argument (`free` False), or from a global, a closure or `self`.

    `label`: what to call it, if not after its path.
    """

    var: Var
    path: Path
    free: bool = False
    label: str = ""


@dataclass(frozen=True)
class Leaf:
    """The k-th flat result, in a tree."""

    index: int


@dataclass(frozen=True)
class Fixed:
    """A static Python value, in a tree."""

    value: Any


@dataclass(frozen=True)
class Node:
    """A container: kind is tuple, list, dict, namedtuple, dataclass; `keys` for dicts and fields; `cls` its class."""

    kind: str
    children: tuple[Tree, ...]
    keys: tuple[Any, ...] = ()
    cls: type | None = None


Tree = Leaf | Fixed | Node
NOTHING = Fixed(None)


@dataclass(frozen=True)
class Parameter:
    """A parameter of the user's function: kind is "plain", "keyword" (only), "*" or "**"; `annotation`: as written."""

    name: str
    kind: str = "plain"
    default: object = ...
    annotation: str = ""


@dataclass(frozen=True, eq=False)
class Trace:
    """A function as an evaluation trace. `procedures`: by name, the functions that it and they call."""

    name: str
    parameters: tuple[Parameter, ...]
    inputs: tuple[Input, ...]
    body: Region
    output: Tree
    span: Span | None = None
    doc: str = ""
    bindings: Mapping[str, Any] = field(default_factory=dict)  # names of Python objects that paths and consts use
    procedures: Mapping[str, Trace] = field(default_factory=dict)


# ---- walking


def leaves(tree: Tree) -> Iterator[int]:
    """The indices of the leaves, in order."""
    match tree:
        case Leaf(index):
            yield index
        case Node(_, children):
            for child in children:
                yield from leaves(child)


def with_leaves(tree: Tree, leaf: Callable[[int], Tree], fixed: Fixed | None = None) -> Tree:
    """The tree with others in the places of its leaves, and `fixed` in those of its static values, if it is given."""
    match tree:
        case Leaf(index):
            return leaf(index)
        case Fixed():
            return fixed or tree
        case Node(_, children):
            return replace(tree, children=tuple(with_leaves(child, leaf, fixed) for child in children))


def variables(atoms: Iterable[Atom | None]) -> Iterator[Var]:
    """Those of the atoms that are variables."""
    for atom in atoms:
        if isinstance(atom, Var):
            yield atom
