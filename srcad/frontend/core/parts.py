"""What abstract values and cells of the heap are made of: the questions that each of their classes answers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from srcad.trace.nodes import Atom

if TYPE_CHECKING:
    from srcad.frontend.core.values import Value

Children = Sequence["Value"]


class Parts:
    """Abstract: what is made of values and atoms."""

    __slots__ = ()

    def children(self) -> Children:
        """The values that it holds."""
        return ()

    def keys(self) -> Sequence[Hashable]:
        """What the children are called: their names or numbers."""
        return range(len(self.children()))

    def rebuild(self, children: Children) -> Self:
        """This value with other values in the places of its children."""
        return self

    def atoms(self) -> Sequence[Atom]:
        """The atoms that it holds itself, beside its children."""
        return ()

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        """This value with other atoms in the places of its own."""
        return self

    def cells(self) -> Sequence[int]:
        """The cells in which stands what it needs: the frame around a function, how far an iterator has come."""
        return ()

    def with_cells(self, cells: Sequence[int]) -> Self:
        """This value with other cells in the places of these."""
        return self

    def rest(self) -> Hashable:
        """What tells it from another one of its class that has the same children."""
        return ()


@dataclass(frozen=True)
class OneAtom(Parts):
    """Abstract: what holds one atom."""

    var: Atom

    def atoms(self) -> Sequence[Atom]:
        return (self.var,)

    def with_atoms(self, atoms: Sequence[Atom]) -> Self:
        (var,) = atoms
        return replace(self, var=var)


@dataclass(frozen=True)
class ElementForm:
    """What of an element of a run-time list its type doesn't tell: "tuple", "instance", "dict", "list", "fixed".

    `parts`: the forms of its parts; None for those of which the type tells everything. What is fixed is one `value`
    for all elements, and isn't in the list.
    """

    kind: str
    names: tuple[Hashable, ...] = ()
    parts: tuple[ElementForm | None, ...] = ()
    cls: type | None = None
    value: Value | None = None

    def slot(self, k: int) -> int:
        """Where a part stands in the tuple of the list, which has no fixed ones."""
        return sum(part is None or part.kind != "fixed" for part in self.parts[:k])
