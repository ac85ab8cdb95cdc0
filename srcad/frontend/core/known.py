"""What a reading may rely on beforehand."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Set
from dataclasses import dataclass, replace

from srcad.errors import Span
from srcad.trace.nodes import Path

LoopPlace = tuple[Span | None, tuple[Span, ...]]  # where it stands, and the calls that led there


class NeedsKept(Exception):  # noqa: N818 - no error: the function is read once more
    """A list or dict of the world outside is changed: it is to be left where it is. `active`: what moves goes in."""

    def __init__(self, path: Path, active: bool) -> None:
        super().__init__(str(path))
        self.path, self.active = path, active


class NeedsOwn(Exception):  # noqa: N818 - no error: the function is read once more
    """An attribute is set of a function of the program, which is to have a place for its attributes."""

    def __init__(self, node: ast.AST) -> None:
        super().__init__()
        self.node = node


@dataclass(frozen=True)
class Known:
    """What a reading may rely on beforehand; one that finds that it needs more is done again.

    ints         arguments that are numbers, mostly integers, whose values are guarded
    shapes       arrays and lists whose lengths are guarded
    written_out  whether loops with a known number of turns are read turn by turn
    selecting    whether it is told at run time which array is meant, where that isn't known
    picked       whether arrays in a list that are told by a number of the run are selected: the list stays as it is
    apart        the loops whose first turn is read apart from the others: those that left open which array is meant
    sized        whether the number of turns of each loop is to be known, and those of short ones are read one by one
    asked        whether conditions on whole numbers and lengths are to be known
    chosen       whether items are chosen at run time by an index, where a variable can't hold them all
    recursive    functions that call themselves under conditions of the run, and are read as procedures
    unrolled     those of them that can't be, and are read in place to a certain depth
    kept         lists and dicts from outside that the program changes: they stay objects, which nobody takes apart
    owning       definitions of functions of which attributes are set elsewhere than in their own scope
    once         whether the program must not be run twice to tell which exception it raises: that of a `finally` counts
    filled       those of them into which it puts what depends on the differentiated arguments: they aren't read
    """

    ints: frozenset[Path] = frozenset()
    shapes: frozenset[Path] = frozenset()
    written_out: bool = False
    selecting: bool = False
    picked: bool = False
    apart: frozenset[LoopPlace] = frozenset()
    sized: bool = False
    asked: bool = False
    chosen: bool = False
    recursive: frozenset[Hashable] = frozenset()
    unrolled: frozenset[Hashable] = frozenset()
    kept: frozenset[Path] = frozenset()
    filled: frozenset[Path] = frozenset()
    owning: frozenset[ast.AST] = frozenset()
    once: bool = False

    def with_kept(self, needed: NeedsKept) -> Known:
        """A list or dict from outside is left where it is."""
        filled = self.filled | {needed.path} if needed.active else self.filled
        return replace(self, kept=self.kept | {needed.path}, filled=filled)

    def with_owning(self, function: ast.AST) -> Known:
        """A function of the program has attributes."""
        return replace(self, owning=self.owning | {function})

    def with_recursive(self, function: Hashable) -> Known:
        """A function is read as a procedure: nothing need be known for the sake of its end."""
        kept = replace(self, ints=frozenset(), shapes=frozenset(), written_out=False)
        return replace(kept, recursive=self.recursive | {function})

    def further(self, keys: bool, loops: Set[LoopPlace]) -> Known | None:
        """The next way to read a program in which it isn't settled which array is meant; None behind the last one.

        keys    whether it asks dicts for keys of which only the run knows whether they are there
        loops   those that have left it open
        """
        if not self.selecting:
            return replace(self, chosen=True) if keys and not self.chosen else self._selecting()
        if not self.apart and not self.sized:
            return self._further_as_loops(keys, loops)
        if not self.apart >= loops:
            return self._more_apart(loops)
        if not self.sized:
            return replace(self, sized=True)
        if not self.picked:
            return replace(self, picked=True)
        return None if self.asked else replace(self, asked=True, picked=False)

    def _further_as_loops(self, keys: bool, loops: Set[LoopPlace]) -> Known:
        if keys and not self.chosen:
            return replace(self, chosen=True)
        if not self.picked:
            return replace(self, picked=True)
        return self._more_apart(loops) if loops else replace(self, sized=True, picked=False)

    def _selecting(self) -> Known:
        return replace(self, selecting=True, chosen=False)

    def _more_apart(self, loops: Set[LoopPlace]) -> Known:
        return replace(self, apart=self.apart | loops, picked=False)

    def with_unrolled(self, function: Hashable) -> Known:
        """A function is read in place nevertheless."""
        return replace(self, unrolled=self.unrolled | {function})


__all__ = ["Known", "NeedsKept", "NeedsOwn"]
