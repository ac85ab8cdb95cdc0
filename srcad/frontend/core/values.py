"""Abstract values: what the frontend knows of a Python value while it reads a program.

Immutable ones hold their content; mutable ones (arrays, lists, dicts, instances, frames) are references to cells of
the heap, so that all names of an object see a change of it.

Each class says what it is made of, and whoever walks values or makes others of them asks it:

    children   the values that it holds            rebuild      the same with others in their places
    keys       what the children are called        rest         all else that tells it from another one of its class
    atoms      the atoms that it holds itself      with_atoms   the same with others in their places
    cells      the cells that it is read beside    with_cells   the same with others in their places

`Range(Num(v1), Num(v2), Static(1))` has three children and no atoms; `Num(v1)` has no children and the atom v1. Cells
of the heap answer the same questions. The walks that are made of the answers are in `srcad.frontend.core.walk`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from srcad.frontend.core.parts import Children, OneAtom, Parts
from srcad.frontend.core.sameness import atom_key, constant_key
from srcad.frontend.core.source import FunctionSource
from srcad.trace.nodes import Atom, Var


class Value(Parts):
    """Abstract: an abstract value."""

    __slots__ = ()
    noun: ClassVar[str] = "this value"

    def describe(self) -> str:
        """What it is, for an error message."""
        return self.noun

    def refers_to(self) -> int | None:
        """The cell of the heap in which its content is; None for what holds its content itself."""
        return None


@dataclass(frozen=True)
class Static(Value):
    """A Python value known now: a literal, None, a string, a function, a module, a class."""

    value: Any

    def rest(self) -> Hashable:
        return constant_key(self.value)

    def describe(self) -> str:
        return f"the function {self.value!r}" if callable(self.value) else f"{self.value!r}"


@dataclass(frozen=True)
class Num(OneAtom, Value):
    """An immutable number that is known at run time; or one that may be a number or an array."""

    var: Var
    noun: ClassVar[str] = "a number"

    def rest(self) -> Hashable:
        return self.var


@dataclass(frozen=True)
class Obj(OneAtom, Value):
    """Any object known at run time only. No derivative passes through it."""

    var: Atom
    noun: ClassVar[str] = "an object"

    def rest(self) -> Hashable:
        return atom_key(self.var)


@dataclass(frozen=True)
class ViewStep:
    """One step from an array to a view of it: an equation's op, operands after the first, and params."""

    op: str
    operands: tuple[Atom, ...]
    params: tuple[tuple[str, Any], ...]

    def key(self) -> Hashable:
        """What two steps that lead to the same place have in common. The element of a list is told by its index."""
        if self.op == "element":
            return self.op, atom_key(self.operands[0])
        return self.op, tuple(map(atom_key, self.operands)), self.params


@dataclass(frozen=True)
class ArrayRef(Value):
    """An array: a cell of the heap, and the way from the cell's array to this view of it."""

    cell: int
    path: tuple[ViewStep, ...] = ()
    noun: ClassVar[str] = "an array"

    def refers_to(self) -> int | None:
        return self.cell

    def atoms(self) -> Sequence[Atom]:
        return tuple(a for step in self.path for a in step.operands)

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        left = iter(atoms)
        return replace(
            self, path=tuple(replace(step, operands=tuple(next(left) for _ in step.operands)) for step in self.path)
        )

    def rest(self) -> Hashable:
        return self.cell, tuple(step.key() for step in self.path)


@dataclass(frozen=True)
class Ref(Value):
    """A list, dict or instance: a cell of the heap."""

    cell: int
    noun: ClassVar[str] = "a container"

    def refers_to(self) -> int | None:
        return self.cell

    def rest(self) -> Hashable:
        return self.cell


@dataclass(frozen=True)
class Tup(Value):
    """A tuple; a named tuple with its class."""

    items: tuple[Value, ...]
    cls: type | None = None
    noun: ClassVar[str] = "a tuple"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the items of a named tuple."""
        return getattr(self.cls, "_fields", ())

    def children(self) -> Children:
        return self.items

    def rebuild(self, children: Children) -> Self:
        return replace(self, items=tuple(children))

    def rest(self) -> Hashable:
        return self.cls, len(self.items)


@dataclass(frozen=True)
class Bounds(Value):
    """Abstract: a start, a stop and a step."""

    start: Value
    stop: Value
    step: Value

    def children(self) -> Children:
        return self.start, self.stop, self.step

    def keys(self) -> Sequence[Hashable]:
        return "start", "stop", "step"

    def rebuild(self, children: Children) -> Self:
        start, stop, step = children
        return replace(self, start=start, stop=stop, step=step)


@dataclass(frozen=True)
class Slice(Bounds):
    """A slice with parts that may be known at run time only."""

    noun: ClassVar[str] = "a slice"


@dataclass(frozen=True)
class Range(Bounds):
    """A range."""

    noun: ClassVar[str] = "a range"


@dataclass(frozen=True)
class Iter(Value):
    """zip, enumerate, reversed, map, filter or a view of a dict; `parts` are its arguments.

    `state`: a cell that is lost once the iterator has been run through; None where it can be again.
    """

    kind: str
    parts: tuple[Value, ...]
    state: int | None = None
    noun: ClassVar[str] = "an iterator"

    def children(self) -> Children:
        return self.parts

    def rebuild(self, children: Children) -> Self:
        return replace(self, parts=tuple(children))

    def cells(self) -> Sequence[int]:
        return () if self.state is None else (self.state,)

    def with_cells(self, cells: Sequence[int]) -> Self:
        (state,) = cells
        return replace(self, state=state)

    def rest(self) -> Hashable:
        return self.kind, self.state, len(self.parts)


@dataclass(frozen=True)
class Func(Value):
    """A function or lambda defined in the program: its code, its enclosing frame, the values of its defaults.

    `own`: the cell of its attributes, where the program sets some.
    """

    code: FunctionSource
    frame: int
    defaults: tuple[Value, ...] = ()
    keyword_defaults: tuple[tuple[str, Value], ...] = ()
    own: int | None = None
    noun: ClassVar[str] = "a function"

    def children(self) -> Children:
        return (*self.defaults, *(v for _, v in self.keyword_defaults))

    def rebuild(self, children: Children) -> Self:
        count = len(self.defaults)
        return replace(
            self, defaults=tuple(children[:count]), keyword_defaults=renewed(self.keyword_defaults, children[count:])
        )

    def cells(self) -> Sequence[int]:
        return (self.frame,) if self.own is None else (self.frame, self.own)

    def with_cells(self, cells: Sequence[int]) -> Self:
        frame, *own = cells
        return replace(self, frame=frame, own=own[0] if own else None)

    def rest(self) -> Hashable:
        return self.code, self.frame, self.own, len(self.defaults), tuple(k for k, _ in self.keyword_defaults)


@dataclass(frozen=True)
class Bound(Value):
    """A function with first arguments: a method of an instance, a functools.partial."""

    function: Value
    first: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...] = ()
    noun: ClassVar[str] = "a method"

    def children(self) -> Children:
        return (*self.first, *(v for _, v in self.keywords), self.function)

    def keys(self) -> Sequence[Hashable]:
        return (*range(len(self.first) + len(self.keywords)), "function")

    def rebuild(self, children: Children) -> Self:
        count = len(self.first)
        keywords = renewed(self.keywords, children[count:-1])
        return replace(self, function=children[-1], first=tuple(children[:count]), keywords=keywords)

    def rest(self) -> Hashable:
        return len(self.first), tuple(k for k, _ in self.keywords)


@dataclass(frozen=True)
class Method(Value):
    """A method of a built-in kind: of an array, a list, a dict, a string, an unknown object."""

    name: str
    owner: Value
    noun: ClassVar[str] = "a method"

    def children(self) -> Children:
        return (self.owner,)

    def keys(self) -> Sequence[Hashable]:
        return ("owner",)

    def rebuild(self, children: Children) -> Self:
        (owner,) = children
        return replace(self, owner=owner)

    def rest(self) -> Hashable:
        return self.name


@dataclass(frozen=True)
class Choice(Value):
    """One of two values that can't be held in one variable: what uses it runs in a branch."""

    condition: Var
    then: Value
    otherwise: Value
    noun: ClassVar[str] = "one of two objects, by a condition of the run,"

    def children(self) -> Children:
        return self.then, self.otherwise

    def keys(self) -> Sequence[Hashable]:
        return "then", "else"

    def rebuild(self, children: Children) -> Self:
        then, otherwise = children
        return replace(self, then=then, otherwise=otherwise)

    def atoms(self) -> Sequence[Atom]:
        return (self.condition,)

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        (condition,) = atoms
        assert isinstance(condition, Var)
        return replace(self, condition=condition)

    def rest(self) -> Hashable:
        return self.condition


@dataclass(frozen=True)
class Word(OneAtom, Value):
    """One of some constants, by their numbers: what a loop carries. Whoever looks at it gets one of two values."""

    var: Var
    numbers: tuple[int, ...]
    noun: ClassVar[str] = "one of some words, by a condition of the run,"

    def rest(self) -> Hashable:
        return self.var, self.numbers


@dataclass(frozen=True)
class Undef(Value):
    """No value yet."""


@dataclass(frozen=True)
class Partial(Value):
    """A value that some ways to this place give, and others don't: those on which `defined` is true."""

    value: Value
    defined: Atom

    def children(self) -> Children:
        return (self.value,)

    def rebuild(self, children: Children) -> Self:
        (value,) = children
        return replace(self, value=value)

    def atoms(self) -> Sequence[Atom]:
        return (self.defined,)

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        (defined,) = atoms
        return replace(self, defined=defined)

    def rest(self) -> Hashable:
        return atom_key(self.defined)


@dataclass(frozen=True)
class Mixed(Value):
    """What a name holds that has one kind before a loop and another one after a turn: nothing that can be used."""

    name: str
    kinds: tuple[str, str]

    def rest(self) -> Hashable:
        return self.name, self.kinds


UNDEFINED_VALUE = Undef()
NONE = Static(None)
TRUE = Static(True)
FALSE = Static(False)


def renewed(named: tuple[tuple[str, Value], ...], values: Children) -> tuple[tuple[str, Value], ...]:
    """The names with these values."""
    return tuple((name, value) for (name, _), value in zip(named, values, strict=True))


# ---- cells of the heap


END = object()  # what stands for an item where nothing is left, and an exception is to say so
