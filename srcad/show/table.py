"""The evaluation trace as a table: v3 = v1 * v2 beside the user's lines, tangents and adjoints as sums below it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from srcad.analysis.children import ChildrenSums
from srcad.analysis.parents import ParentsSums
from srcad.show.adjoint import adjoint_lines
from srcad.show.line import NO_COLUMNS, Columns, Line, Values
from srcad.show.primal import PrimalWriter
from srcad.show.tangent import tangent_lines
from srcad.trace.nodes import Trace


@dataclass(frozen=True)
class Table:
    """An evaluation trace for people to read; `str` gives it as plain text."""

    title: str
    primal: tuple[Line, ...]
    tangent: tuple[Line, ...] = ()
    adjoint: tuple[Line, ...] = ()

    def __str__(self) -> str:
        parts = [lines for lines in (self.primal, self.tangent, self.adjoint) if lines]
        formulas = _widest(width(line.formula) for lines in parts for line in lines)
        columns = [_widths(lines) for lines in parts]
        values = max(map(_total, columns), default=0)
        texts = ["\n".join(_text(lines, formulas, own, values)) for lines, own in zip(parts, columns, strict=True)]
        return f"{self.title}\n" + "\n\n".join(texts)

    def __repr__(self) -> str:
        return str(self)


def tabulate(
    trace: Trace,
    values: Values,
    parents: ParentsSums | None = None,
    tangents: Columns = NO_COLUMNS,
    children: ChildrenSums | None = None,
    adjoints: Columns = NO_COLUMNS,
) -> Table:
    """The table of a primal trace, with `values` of its variables, where known; of its tangents and adjoints too."""
    writer = PrimalWriter(trace, values, seeded=children is not None and bool(children.seeds))
    primal = tuple(writer.lines())
    tangent = tuple(tangent_lines(writer.names, parents, tangents)) if parents else ()
    adjoint = tuple(adjoint_lines(trace, writer.names, children, adjoints)) if children else ()
    where = f"   {trace.span.path}" if trace.span else ""
    return Table(f"{trace.name}({', '.join(p.name for p in trace.parameters)}){where}", primal, tangent, adjoint)


# ---- text

_GAP = "   "
MOST = 60  # how wide a column becomes


def _widths(lines: Sequence[Line]) -> list[int]:
    """How wide the columns of values are."""
    return [_widest(map(width, column)) for column in zip_longest(*(line.values for line in lines), fillvalue="")]


def _widest(widths: Iterable[int]) -> int:
    """The width of a column: the few cells that are very wide stand out of it."""
    found = list(widths)
    return max((width for width in found if width <= MOST), default=min(found, default=0))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * max(len(widths) - 1, 0)


def _text(lines: Sequence[Line], formulas: int, widths: Sequence[int], total: int) -> Iterator[str]:
    """The lines with their cells under each other."""
    for line in lines:
        values = _GAP.join(padded(text, size) for text, size in zip(line.values, widths, strict=False))
        source = f"{line.number:>4} | {line.source}" if line.source else ""
        cells = [padded(line.formula, formulas), *([padded(values, total)] if total else []), source]
        yield ("  " + _GAP.join(cells)).rstrip()


def width(text: str) -> int:
    """How many columns a text takes: an overline and a dot take none."""
    return sum(not unicodedata.combining(character) for character in text)


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
