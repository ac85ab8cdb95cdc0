"""What a reading may rely on beforehand."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from srcad.trace.nodes import Path


class NeedsKept(Exception):  # noqa: N818 - no error: the function is read once more
    """A list or dict of the world outside is changed: it is to be left where it is. `active`: what moves goes in."""

    def __init__(self, path: Path, active: bool) -> None:
        super().__init__(str(path))
        self.path, self.active = path, active


@dataclass(frozen=True)
class Known:
    """What a reading may rely on beforehand; one that finds that it needs more is done again.

    ints         integer arguments, whose values are guarded
    shapes       arrays and lists whose lengths are guarded
    written_out  whether loops with a known number of turns are read turn by turn
    recursive    functions that call themselves under conditions of the run, and are read as procedures
    unrolled     those of them that can't be, and are read in place to a certain depth
    kept         lists and dicts from outside that the program changes: they stay objects, which nobody takes apart
    filled       those of them into which it puts what depends on the differentiated arguments: they aren't read
    """

    ints: frozenset[Path] = frozenset()
    shapes: frozenset[Path] = frozenset()
    written_out: bool = False
    recursive: frozenset[Hashable] = frozenset()
    unrolled: frozenset[Hashable] = frozenset()
    kept: frozenset[Path] = frozenset()
    filled: frozenset[Path] = frozenset()

    def with_kept(self, needed: NeedsKept) -> Known:
        """A list or dict from outside is left where it is."""
        filled = self.filled | {needed.path} if needed.active else self.filled
        return replace(self, kept=self.kept | {needed.path}, filled=filled)

    def with_recursive(self, function: Hashable) -> Known:
        """A function is read as a procedure: nothing need be known for the sake of its end."""
        kept = Known(kept=self.kept, filled=self.filled)
        return replace(kept, recursive=self.recursive | {function}, unrolled=self.unrolled)

    def with_unrolled(self, function: Hashable) -> Known:
        """A function is read in place nevertheless."""
        return replace(self, unrolled=self.unrolled | {function})


__all__ = ["Known", "NeedsKept"]
