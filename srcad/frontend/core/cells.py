"""Cells of the heap: what mutable objects hold at a place of the program. See `srcad.frontend.core.values`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import CellType
from typing import Any, ClassVar, Self, TypeVar

from srcad.errors import Span
from srcad.frontend.core.parts import Children, ElementForm, OneAtom, Parts
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.values import ArrayRef, Value, renewed
from srcad.trace.nodes import Atom, Path, Var
from srcad.trace.types import ListOf, Opaque

K = TypeVar("K", bound=Hashable)


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


@dataclass(frozen=True)
class ListCell(Cell):
    """A list whose elements are known one by one."""

    items: tuple[Value, ...]
    origin: object = None
    most: int | None = None  # the maximal length of a deque
    is_tuple: ClassVar[bool] = False

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
    """A list, or with `is_tuple` a tuple, as a run-time object, with elements of one type.

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
    is_tuple: bool = False

    @property
    def of_objects(self) -> bool:
        """Whether the elements are objects to the generated code, be they None, arrays or lists."""
        return isinstance(self.var.type, ListOf) and isinstance(self.var.type.element, Opaque)

    def copied(self) -> Self:
        return replace(self, aliases=frozenset(), lists=frozenset(), places=None, inside=None, content=None)


@dataclass(frozen=True)
class Lost(Cell):
    """A container that may have been changed under another name, at `span`.

    `kinds`: a list with items of different kinds, of which two ways to this place leave different numbers.
    """

    span: Span | None
    kinds: bool = False


@dataclass(frozen=True)
class EitherCell(Cell):
    """A list that is one of two, by a condition of the run: the branch at `span` has left it so.

    The two have other numbers of items, of which no variable could hold those of both. Each statement that looks into
    the list is read in a branch for each of them.
    """

    is_tuple: ClassVar[bool] = False
    condition: Var
    then: ListCell | EitherCell
    otherwise: ListCell | EitherCell
    span: Span | None

    @property
    def ways(self) -> int:
        """How many lists it may be."""
        return sum(one.ways if isinstance(one, EitherCell) else 1 for one in (self.then, self.otherwise))

    def children(self) -> Children:
        return (*self.then.children(), *self.otherwise.children())

    def keys(self) -> Sequence[Hashable]:
        return [*(("then", key) for key in self.then.keys()), *(("else", key) for key in self.otherwise.keys())]  # noqa: SIM118

    def rebuild(self, children: Children) -> Self:
        count = len(self.then.children())
        then, otherwise = self.then.rebuild(children[:count]), self.otherwise.rebuild(children[count:])
        return replace(self, then=then, otherwise=otherwise)

    def atoms(self) -> Sequence[Atom]:
        return (self.condition, *self.then.atoms(), *self.otherwise.atoms())

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        condition, *others = atoms
        assert isinstance(condition, Var)
        count = len(self.then.atoms())
        then, otherwise = self.then.with_atoms(others[:count]), self.otherwise.with_atoms(others[count:])
        return replace(self, condition=condition, then=then, otherwise=otherwise)


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
        return replace(self, items=renewed(self.items, children[:count]), factory=factory)

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
        return replace(self, fields=renewed(self.fields, children))

    def entries(self) -> Mapping[Any, Value]:
        return dict(self.fields)

    def copied(self) -> Self:
        return replace(self, changed=True)

    def rest(self) -> Hashable:
        return tuple(self.entries()), self.cls

    def with_field(self, name: str, value: Value) -> Self:
        """The cell with another value of a field, or with a field more."""
        return replace(self, fields=tuple({**self.entries(), name: value}.items()))

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
