"""The world outside of the program, as far as a reading has met it: arguments, globals, closure cells."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from srcad.errors import Span
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import Cell
from srcad.frontend.core.guards import Guard
from srcad.frontend.core.values import Value
from srcad.trace.nodes import Input, Path, Var
from srcad.trace.types import Type


@dataclass(eq=False)
class Outside(Restorable):
    """What has been met outside of the program. An object that is met again, at whatever path, is the same value.

    reserved         names that free roots must not have: those of the generated function
    inputs           the inputs of the trace, by where they are found
    guards           what must hold for the reading to serve another call: one of each kind for a path
    roots            how to find the objects of the free roots; `root_names`: how each root is called
    met              object by its id, and the value that it is; `origins`: where it was met first
    found            the cells of what was met, as they were then: also branches that haven't met it have it
    outer            the cells of what isn't an argument, and was there before the call
    objects          those that are inputs themselves
    stored           where an attribute of what outlives the call was set to what moves: a cell, and a name
    layouts          the order of an array in memory: "C", "F" (and not "C"), or by how many bytes its axes step on
    wanted_layouts   the arrays for which the reading has counted on that
    read_only        the arrays that can't be written to; `written`: those to which the program writes
    """

    reserved: frozenset[str] = frozenset()
    inputs: dict[Path, Input] = field(default_factory=dict)
    guards: dict[Hashable, Guard] = field(default_factory=dict)
    roots: dict[str, Callable[[], object]] = field(default_factory=dict)
    root_names: dict[tuple[str, int], str] = field(default_factory=dict)
    met: dict[int, tuple[object, Value]] = field(default_factory=dict)
    origins: dict[int, Path] = field(default_factory=dict)
    found: dict[int, Cell] = field(default_factory=dict)
    outer: set[int] = field(default_factory=set)
    objects: dict[Path, object] = field(default_factory=dict)
    stored: dict[tuple[int, str], Span | None] = field(default_factory=dict)
    layouts: dict[Path, str | tuple[int, ...]] = field(default_factory=dict)
    wanted_layouts: set[Path] = field(default_factory=set)
    read_only: set[Path] = field(default_factory=set)
    written: set[Path] = field(default_factory=set)

    def root(self, name: str, source: int, fetch: Callable[[], object]) -> Path:
        """A free root: named like the variable, unless another one of this name is used already."""
        key = (name, source)
        if key not in self.root_names:
            unique, k = name, 2
            while unique in self.roots or unique in self.reserved:
                unique, k = f"{name}_{k}", k + 1
            self.root_names[key] = unique
            self.roots[unique] = fetch
        return Path(self.root_names[key])

    def input(self, path: Path, t: Type, name: str, free: bool) -> Var:
        """The input that is found at a path."""
        if path not in self.inputs:
            self.inputs[path] = Input(Var(t, name), path, free)
        return self.inputs[path].var

    def guard(self, new: Guard) -> None:
        """Rely on something, unless something of this kind is relied on already."""
        self.guards.setdefault((type(new).__name__, new.path), new)


__all__ = ["Outside"]
