"""Lines of a table, and what stands in their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypedDict

from srcad.errors import Span
from srcad.show.values import short
from srcad.trace.nodes import Var

INDENT = "    "

Values = Mapping[Var, object]


class SourceLine(TypedDict, total=False):
    """A line of the user and its number, as a `Line` takes them; nothing where none stands beside it."""

    source: str
    number: int


@dataclass(frozen=True)
class Line:
    """One line of a table: a formula, its values at the arguments, the user's line that it comes from."""

    formula: str
    values: tuple[str, ...] = ()
    source: str = ""
    number: int = 0


@dataclass(frozen=True)
class Columns:
    """The values of tangents or adjoints, by the variables that they belong to: a heading and a column for each seed.

    What isn't in a column is zero there, if the variable itself has a value (is in `known`).
    """

    heads: tuple[str, ...] = ()
    columns: tuple[Values, ...] = ()
    known: Values | None = None

    def of(self, variable: Var) -> tuple[str, ...]:
        if self.known is None or variable not in self.known:
            return ()
        return tuple(short(column[variable]) if variable in column else "0" for column in self.columns)

    def head(self) -> Iterator[Line]:
        """The line with the headings, where there are several columns."""
        if len(self.columns) > 1:
            yield Line("", self.heads)


NO_COLUMNS = Columns()


class Margin:
    """The user's lines beside those of a table: each is shown where it is another one than before."""

    def __init__(self) -> None:
        self.shown: tuple[str, int] = ("", 0)

    def beside(self, span: Span | None) -> SourceLine:
        if span is None or (span.path, span.line) == self.shown:
            return {}
        self.shown = (span.path, span.line)
        return {"source": span.text.strip(), "number": span.line}
