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

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import CellType
from typing import Any, ClassVar, Self, TypeVar

from srcad.errors import Span
from srcad.frontend.core.parts import Children, ElementForm, OneAtom, Parts
from srcad.frontend.core.sameness import atom_key, constant_key
from srcad.frontend.core.source import FunctionSource
from srcad.trace.nodes import Atom, Path, Var

K = TypeVar("K", bound=Hashable)


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
    """A function or lambda defined in the program: its code, its enclosing frame, the values of its defaults."""

    code: FunctionSource
    frame: int
    defaults: tuple[Value, ...] = ()
    keyword_defaults: tuple[tuple[str, Value], ...] = ()
    noun: ClassVar[str] = "a function"

    def children(self) -> Children:
        return (*self.defaults, *(v for _, v in self.keyword_defaults))

    def rebuild(self, children: Children) -> Self:
        count = len(self.defaults)
        return replace(
            self, defaults=tuple(children[:count]), keyword_defaults=_renewed(self.keyword_defaults, children[count:])
        )

    def cells(self) -> Sequence[int]:
        return (self.frame,)

    def with_cells(self, cells: Sequence[int]) -> Self:
        (frame,) = cells
        return replace(self, frame=frame)

    def rest(self) -> Hashable:
        return self.code, self.frame, len(self.defaults), tuple(k for k, _ in self.keyword_defaults)


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
        keywords = _renewed(self.keywords, children[count:-1])
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


def _renewed(named: tuple[tuple[str, Value], ...], values: Children) -> tuple[tuple[str, Value], ...]:
    """The names with these values."""
    return tuple((name, value) for (name, _), value in zip(named, values, strict=True))


# ---- cells of the heap


class Cell(Parts):
    """Abstract: what a reference refers to. Cells are frozen; a change replaces the cell."""

    __slots__ = ()

    def entries(self) -> Mapping[Any, Value]:
        """What it holds, by index, key, attribute or name; nothing for what the run alone can look into."""
        return {}

    def copied(self) -> Self:
        """The cell of a copy, which is nobody else's: what the original may share, and where it is from, is gone."""
        return self


@dataclass(frozen=True)
class ArrayCell(OneAtom, Cell):
    """An array's present content.

    `aliases`: cells that may be (partly) the same memory. `poison`: where a write made the content unsure.
    `contiguous`: the inputs that must be C-contiguous for this to be; None if that isn't known; or
    its axes from the slowest to the fastest. `given`: it is one of these inputs itself.
    """

    var: Atom
    aliases: frozenset[int] = frozenset()
    poison: Span | None = None
    contiguous: frozenset[Path] | tuple[int, ...] | None = frozenset()
    given: bool = False


END = object()  # what stands for an item where nothing is left, and an exception is to say so
SPENT = object()  # the origin of the list behind an iterator that a loop has run over


@dataclass(frozen=True)
class ListCell(Cell):
    """A list whose elements are known one by one."""

    items: tuple[Value, ...]
    origin: object = None
    most: int | None = None  # the maximal length of a deque

    def children(self) -> Children:
        return self.items

    def rebuild(self, children: Children) -> Self:
        return replace(self, items=tuple(children))

    def entries(self) -> Mapping[Any, Value]:
        return dict(enumerate(self.items))

    def copied(self) -> Self:
        return replace(self, origin=None)


@dataclass(frozen=True)
class GrownCell(OneAtom, Cell):
    """A list as a run-time object, with elements of one type.

    `aliases`: cells whose arrays are elements; `lists`: the containers that are elements, as they were when put in.
    `places` is another object after each change of which object stands where, `inside` after one in a list that is an
    element, `content` after each write into one.
    `repeated`: two places may hold the same memory. `form`: of the elements, where these are more than their type says.
    """

    var: Atom
    poison: Span | None = None
    aliases: frozenset[int] = frozenset()
    lists: frozenset[int] = frozenset()
    places: object = None
    inside: object = None
    content: object = None
    most: int | None = None
    repeated: bool = False
    form: ElementForm | None = None

    def copied(self) -> Self:
        return replace(self, aliases=frozenset(), lists=frozenset(), places=None, inside=None, content=None)


@dataclass(frozen=True)
class Lost(Cell):
    """A container that may have been changed under another name, at `span`."""

    span: Span | None


@dataclass(frozen=True)
class Twins(Cell):
    """Pairs of containers that may be one and the same."""

    pairs: frozenset[frozenset[int]]


class Housed(Cell):
    """Abstract: what may be an element of a run-time list, or a part of one. It is looked up there, by its `home`."""

    __slots__ = ()

    @property
    def at_home(self) -> ArrayRef | None:
        """The place in the list; None for what has a place of its own."""
        home: ArrayRef | None = getattr(self, "home", None)
        return home


def seen_from(home: ArrayRef, items: tuple[tuple[K, Value], ...]) -> tuple[tuple[K, Value], ...]:
    """What is looked up at one place, looked up at another one."""
    return tuple(
        (name, ArrayRef(home.cell, (*home.path, value.path[-1])) if isinstance(value, ArrayRef) else value)
        for name, value in items
    )


@dataclass(frozen=True)
class DictCell(Housed):
    """A dict with static keys; those in `unsure` are there on some ways to this place only.

    `ordered`: its keys are in the order of `items` on all ways, those that are there.
    """

    items: tuple[tuple[Any, Value], ...]
    cls: type | None = None
    origin: object = None
    unsure: frozenset[Any] = frozenset()
    factory: Value | None = None  # what makes the value of a missing key
    attributes_of: int | None = None  # the cell of the instance whose __dict__ it is
    ordered: bool = True
    home: ArrayRef | None = None

    def children(self) -> Children:
        if self.home is not None:
            return (self.home,)
        values = tuple(value for _, value in self.items)
        return values if self.factory is None else (*values, self.factory)

    def keys(self) -> Sequence[Hashable]:
        if self.home is not None:
            return ("home",)
        names = tuple(name for name, _ in self.items)
        return names if self.factory is None else (*names, "factory")

    def rebuild(self, children: Children) -> Self:
        if self.home is not None:
            (home,) = children
            assert isinstance(home, ArrayRef)
            return replace(self, home=home, items=seen_from(home, self.items))
        count = len(self.items)
        factory = None if self.factory is None else children[count]
        return replace(self, items=_renewed(self.items, children[:count]), factory=factory)

    def entries(self) -> Mapping[Any, Value]:
        return dict(self.items)

    def copied(self) -> Self:
        return replace(self, origin=None, attributes_of=None)

    def rest(self) -> Hashable:
        return tuple(self.entries()), self.cls


@dataclass(frozen=True)
class InstanceCell(Housed):
    """An instance of a user's class; `origin` is the external object, whose attributes are read when asked for.

    The attributes in `unsure` are there on some ways to this place only. `changed`: the program has set some that the
    external object hasn't got, as it is a copy of it, or an argument.
    """

    cls: type
    fields: tuple[tuple[str, Value], ...] = ()
    origin: object = None
    path: Path | None = None
    free: bool = False
    unsure: frozenset[str] = frozenset()
    changed: bool = False
    home: ArrayRef | None = None

    def children(self) -> Children:
        return (self.home,) if self.home is not None else tuple(value for _, value in self.fields)

    def keys(self) -> Sequence[Hashable]:
        return ("home",) if self.home is not None else tuple(name for name, _ in self.fields)

    def rebuild(self, children: Children) -> Self:
        if self.home is not None:
            (home,) = children
            assert isinstance(home, ArrayRef)
            return replace(self, home=home, fields=seen_from(home, self.fields))
        return replace(self, fields=_renewed(self.fields, children))

    def entries(self) -> Mapping[Any, Value]:
        return dict(self.fields)

    def copied(self) -> Self:
        return replace(self, changed=True)

    def rest(self) -> Hashable:
        return tuple(self.entries()), self.cls

    @property
    def outlives(self) -> bool:
        """Whether it is the external object itself, which others see as well; no argument of the call, and no copy."""
        return self.free and not self.changed

    def has_outside(self, name: str) -> bool:
        """Whether the external object has an attribute of its own by this name, read already or not."""
        if isinstance(self.origin, CellType):
            return name == "cell_contents"
        return self.origin is not None and name in getattr(self.origin, "__dict__", {})


@dataclass(frozen=True)
class FrameCell(Cell):
    """The names of a call; `parent` is the frame around it."""

    code: FunctionSource
    names: dict[str, Value] = field(default_factory=dict)
    parent: int | None = None

    def children(self) -> Children:
        return tuple(self.names.values())

    def keys(self) -> Sequence[Hashable]:
        return tuple(self.names)

    def rebuild(self, children: Children) -> Self:
        return replace(self, names=dict(zip(self.names, children, strict=True)))

    def cells(self) -> Sequence[int]:
        return () if self.parent is None else (self.parent,)

    def with_cells(self, cells: Sequence[int]) -> Self:
        (parent,) = cells
        return replace(self, parent=parent)

    def entries(self) -> Mapping[Any, Value]:
        return self.names
