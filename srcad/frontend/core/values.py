"""Abstract values: what the frontend knows of a Python value while it reads a program.

Immutable ones hold their content; mutable ones (arrays, lists, dicts, instances, frames) are references to cells of
the heap, so that all names of an object see a change of it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from srcad.errors import Span
from srcad.trace.nodes import Atom, Path, Var


class Value:
    """Abstract: an abstract value."""

    __slots__ = ()


@dataclass(frozen=True)
class Static(Value):
    """A Python value known now: a literal, None, a string, a function, a module, a class."""

    value: Any


@dataclass(frozen=True)
class Num(Value):
    """An immutable number that is known at run time; or one that may be a number or an array."""

    var: Var


@dataclass(frozen=True)
class Obj(Value):
    """Any object known at run time only. No derivative passes through it."""

    var: Atom


@dataclass(frozen=True)
class ViewStep:
    """One step from an array to a view of it: an equation's op, operands after the first, and params."""

    op: str
    operands: tuple[Atom, ...]
    params: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class ArrayRef(Value):
    """An array: a cell of the heap, and the way from the cell's array to this view of it."""

    cell: int
    path: tuple[ViewStep, ...] = ()


@dataclass(frozen=True)
class Ref(Value):
    """A list, dict or instance: a cell of the heap."""

    cell: int


@dataclass(frozen=True)
class Tup(Value):
    """A tuple; a named tuple with its class."""

    items: tuple[Value, ...]
    cls: type | None = None


@dataclass(frozen=True)
class Slice(Value):
    """A slice with parts that may be known at run time only."""

    start: Value
    stop: Value
    step: Value


@dataclass(frozen=True)
class Range(Value):
    """A range."""

    start: Value
    stop: Value
    step: Value


@dataclass(frozen=True)
class Iter(Value):
    """zip, enumerate, reversed, map, filter or a view of a dict; `parts` are its arguments.

    `state`: a cell that is lost once the iterator has been run through; None where it can be again.
    """

    kind: str
    parts: tuple[Value, ...]
    state: int | None = None


@dataclass(frozen=True, eq=False)
class Code:
    """The source of a function: its syntax tree, its file, where its names are found."""

    node: ast.FunctionDef | ast.Lambda | ast.AsyncFunctionDef
    path: str
    lines: tuple[str, ...]
    first: int
    name: str
    globals: dict[str, Any]
    closure: tuple[tuple[str, Any], ...] = ()
    code: CodeType | None = None
    local_names: frozenset[str] = frozenset()
    holder: str = ""
    nonlocals: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Func(Value):
    """A function or lambda defined in the program: its code, its enclosing frame, the values of its defaults."""

    code: Code
    frame: int
    defaults: tuple[Value, ...] = ()
    keyword_defaults: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Bound(Value):
    """A function with first arguments: a method of an instance, a functools.partial."""

    function: Value
    first: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Method(Value):
    """A method of a built-in kind: of an array, a list, a dict, a string, an unknown object."""

    name: str
    owner: Value


@dataclass(frozen=True)
class Choice(Value):
    """One of two values that can't be held in one variable: what uses it runs in a branch."""

    condition: Var
    then: Value
    otherwise: Value


@dataclass(frozen=True)
class Undef(Value):
    """No value yet."""


@dataclass(frozen=True)
class Partial(Value):
    """A value that one branch gave and the other didn't."""

    value: Value
    span: Span | None


@dataclass(frozen=True)
class Mixed(Value):
    """What a name holds that has one kind before a loop and another one after a turn: nothing that can be used."""

    name: str
    kinds: tuple[str, str]


UNDEFINED_VALUE = Undef()
NONE = Static(None)
TRUE = Static(True)
FALSE = Static(False)


# ---- cells of the heap


class Cell:
    """Abstract: what a reference refers to. Cells are frozen; a change replaces the cell."""

    __slots__ = ()


@dataclass(frozen=True)
class ArrayCell(Cell):
    """An array's present content.

    `aliases`: cells that may be (partly) the same memory. `poison`: where a write made the content unsure.
    `contiguous`: the inputs that must be C-contiguous for this to be; None if that isn't known.
    """

    var: Atom
    aliases: frozenset[int] = frozenset()
    poison: Span | None = None
    contiguous: frozenset[Path] | None = frozenset()


@dataclass(frozen=True)
class ListCell(Cell):
    """A list whose elements are known one by one."""

    items: tuple[Value, ...]
    origin: Any = None
    most: int | None = None  # the maximal length of a deque


@dataclass(frozen=True)
class GrownCell(Cell):
    """A list as a run-time object, with elements of one type.

    `aliases`: cells whose arrays are elements; `lists`: the containers that are elements, as they were when put in.
    `places` is another object after each change of which object stands where, `content` after each write into one.
    `repeated`: two places may hold the same memory.
    """

    var: Atom
    poison: Span | None = None
    aliases: frozenset[int] = frozenset()
    lists: frozenset[int] = frozenset()
    places: Any = None
    content: Any = None
    most: int | None = None
    repeated: bool = False


@dataclass(frozen=True)
class Lost(Cell):
    """A container that may have been changed under another name, at `span`."""

    span: Span | None


@dataclass(frozen=True)
class Twins(Cell):
    """Pairs of containers that may be one and the same."""

    pairs: frozenset[frozenset[int]]


@dataclass(frozen=True)
class DictCell(Cell):
    """A dict with static keys; those in `unsure` are there on some ways to this place only."""

    items: tuple[tuple[Any, Value], ...]
    cls: type | None = None
    origin: Any = None
    unsure: frozenset[Any] = frozenset()
    factory: Value | None = None  # what makes the value of a missing key


@dataclass(frozen=True)
class InstanceCell(Cell):
    """An instance of a user's class; `origin` is the external object, whose attributes are read when asked for.

    The attributes in `unsure` are there on some ways to this place only.
    """

    cls: type
    fields: tuple[tuple[str, Value], ...] = ()
    origin: Any = None
    path: Path | None = None
    free: bool = False
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FrameCell(Cell):
    """The names of a call; `parent` is the frame around it."""

    code: Code
    names: dict[str, Value] = field(default_factory=dict)
    parent: int | None = None
