"""The evaluation trace as a table: v3 = v1 * v2 beside the user's lines, and adjoints as sums over their children."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from srcad.analysis.activity import carries
from srcad.analysis.children import Block, ChildrenSums, Row, Sum, Term
from srcad.errors import Span
from srcad.report.formula import SUM, Formulas, Terms, overlined
from srcad.report.values import short
from srcad.trace.nodes import Const, Equation, Node, Region, Trace, Tree, Var, leaves, walk
from srcad.trace.types import Array

INDENT = "    "


@dataclass(frozen=True)
class Line:
    """One line of a table: a formula, the value at the arguments, the user's line that it comes from."""

    formula: str
    value: str = ""
    source: str = ""
    number: int = 0


@dataclass(frozen=True)
class Table:
    """An evaluation trace for people to read; `str` gives it as plain text."""

    title: str
    primal: tuple[Line, ...]
    adjoint: tuple[Line, ...] = ()

    def __str__(self) -> str:
        return "\n".join(
            [self.title, *self.text(self.primal), *([""] if self.adjoint else []), *self.text(self.adjoint)]
        )

    def __repr__(self) -> str:
        return str(self)

    def text(self, lines: tuple[Line, ...]) -> Iterator[str]:
        """The lines with their columns under each other."""
        both = (*self.primal, *self.adjoint)
        formulas = max((width(line.formula) for line in both), default=0)
        values = max((width(line.value) for line in both), default=0)
        for line in lines:
            source = f"{line.number:>4} | {line.source}" if line.source else ""
            cells = [padded(line.formula, formulas), *([padded(line.value, values)] if values else []), source]
            yield ("  " + "   ".join(cells)).rstrip()


def width(text: str) -> int:
    """How many columns a text takes: an overline takes none."""
    return sum(not unicodedata.combining(character) for character in text)


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def tabulate(trace: Trace, values: Mapping[Var, Any], sums: ChildrenSums | None = None) -> Table:
    """The table of a primal trace; with `sums`, of its adjoints too. `values`: of the variables, where known."""
    writer = _Writer(trace, values)
    primal = tuple(writer.primal())
    adjoint = tuple(writer.adjoint(sums)) if sums else ()
    where = f"   {trace.span.path}" if trace.span else ""
    return Table(f"{trace.name}({', '.join(p.name for p in trace.parameters)}){where}", primal, adjoint)


class _Writer:
    def __init__(self, trace: Trace, values: Mapping[Var, Any]) -> None:
        self.trace = trace
        self.values = values
        self.names: dict[Var, str] = {}
        self.formulas = Formulas(self.names)
        self.shown: tuple[str, int] = ("", 0)
        self.structures: dict[str, Callable[[Equation, str], Iterator[Line]]] = {
            "if": self.branches,
            "scope": self.branches,
            "for": self.for_loop,
            "while": self.while_loop,
        }

    def name(self, var: Var) -> str:
        return self.names.setdefault(var, f"v{len(self.names) + 1}")

    def value(self, var: Var) -> str:
        if var in self.values:
            return short(self.values[var])
        return str(var.type) if isinstance(var.type, Array) and not self.values else ""

    def beside(self, span: Span | None) -> dict[str, Any]:
        """The user's line, where it is another one than before."""
        if span is None or (span.path, span.line) == self.shown:
            return {}
        self.shown = (span.path, span.line)
        return {"source": span.text.strip(), "number": span.line}

    # ---- primal

    def primal(self) -> Iterator[Line]:
        for entry in self.trace.inputs:
            yield Line(f"{self.name(entry.var)} = {entry.path}", self.value(entry.var))
        yield from self.region(self.trace.body, "")
        if not self.trace.body.equations or isinstance(self.trace.output, Node):
            yield Line(f"returns {self.tree(self.trace.output)}")

    def tree(self, tree: Tree) -> str:
        return ", ".join(self.formulas.atom(self.trace.body.results[k]) for k in leaves(tree)) or "nothing"

    def region(self, region: Region, indent: str) -> Iterator[Line]:
        for equation in region.equations:
            yield from self.structures.get(equation.op, self.operation)(equation, indent)

    def targets(self, equation: Equation) -> str:
        return ", ".join(map(self.name, equation.results)) + " = " if equation.results else ""

    def operation(self, equation: Equation, indent: str) -> Iterator[Line]:
        right = self.formulas.right_side(equation)
        value = ", ".join(filter(None, map(self.value, equation.results)))
        yield Line(f"{indent}{self.targets(equation)}{right}", value, **self.beside(equation.span))

    def yields(self, region: Region, word: str, indent: str) -> Iterator[Line]:
        if region.results:
            yield Line(f"{indent}{word} {', '.join(map(self.formulas.atom, region.results))}")

    def branches(self, equation: Equation, indent: str) -> Iterator[Line]:
        condition = ", ".join(map(self.formulas.atom, equation.operands))
        words = ("if", "else") if equation.op == "if" else (str(equation.params.get("kind", "scope")), "finally")
        heads = [f"{indent}{words[0]} {condition}".rstrip() + ":", f"{indent}{words[1]}:"]
        inner = [list(self.inner(region, "gives", indent + INDENT)) for region in equation.regions]
        targets = self.targets(equation)
        for head, lines in zip(heads, inner, strict=False):
            beside = self.beside(equation.span) if head is heads[0] else {}
            yield Line(head, **beside)
            yield from lines
        if targets:
            yield Line(f"{indent}{targets}what the branch gives")

    def inner(self, region: Region, word: str, indent: str) -> Iterator[Line]:
        yield from self.region(region, indent)
        yield from self.yields(region, word, indent)

    def carried(self, equation: Equation, indent: str) -> Iterator[Line]:
        initial, parameters, _, _ = carries(equation)
        for parameter, start in zip(parameters, initial, strict=True):
            yield Line(f"{indent}{self.name(parameter)} = {self.formulas.atom(start)} at first")

    def for_loop(self, equation: Equation, indent: str) -> Iterator[Line]:
        (body,) = equation.regions
        start, stop, step = map(self.formulas.atom, equation.operands[:3])
        bounds = ", ".join([start, stop, step] if step != "1" else [start, stop] if start != "0" else [stop])
        index = self.name(body.parameters[0])
        yield Line(f"{indent}for {index} in range({bounds}):", **self.beside(equation.span))
        yield from self.carried(equation, indent + INDENT)
        yield from self.inner(body, "next", indent + INDENT)
        yield Line(f"{indent}{self.targets(equation)}what is left")

    def while_loop(self, equation: Equation, indent: str) -> Iterator[Line]:
        condition, body = equation.regions
        yield Line(f"{indent}while:", **self.beside(equation.span))
        yield from self.carried(equation, indent + INDENT)
        for mine, other in zip(condition.parameters, body.parameters, strict=True):
            self.names[mine] = self.name(other)
        yield from self.inner(condition, "as long as", indent + INDENT)
        yield from self.inner(body, "next", indent + INDENT)
        yield Line(f"{indent}{self.targets(equation)}what is left")

    # ---- adjoint

    def adjoint(self, sums: ChildrenSums) -> Iterator[Line]:
        names = dict(self.names)
        names.update({bar: overlined(self.names[variable]) for variable, bar in sums.bars.items()})
        self.shown = ("", 0)
        yield from self.rows(sums.rows, _SumWriter(names, sums, self.trace), "")

    def rows(self, rows: tuple[Row, ...], writer: _SumWriter, indent: str) -> Iterator[Line]:
        for row in rows:
            if isinstance(row, Sum):
                beside = self.beside(writer.origins.get(row.variable))
                yield Line(indent + writer.sum(row), self.value(row.bar) if self.values else "", **beside)
            else:
                yield from self.block(row, writer, indent)

    def block(self, block: Block, writer: _SumWriter, indent: str) -> Iterator[Line]:
        equation = block.equation
        heads = ["for each round, the last one first:"]
        if equation.op in ("if", "scope"):
            condition = ", ".join(map(self.formulas.atom, equation.operands))
            heads = [f"if {condition}:" if equation.op == "if" else "within:", "else:"]
        for head, rows in zip(heads, block.regions, strict=False):
            if rows:
                yield Line(indent + head)
                yield from self.rows(rows, writer, indent + INDENT)


class _SumWriter:
    """Prints children-sums."""

    def __init__(self, names: Mapping[Var, str], sums: ChildrenSums, trace: Trace) -> None:
        self.names = names
        self.equations = sums.equations
        self.origins = {result: e.span for e in walk(trace.body) for result in e.results}

    def sum(self, row: Sum) -> str:
        texts = [self.term(term) for term in row.terms]
        texts += [f"(what is added {_within(equation)})" for equation in row.inside]
        joined = texts[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in texts[1:])
        return f"{self.names[row.bar]} {'+=' if row.adds else '='} {joined}"

    def term(self, term: Term) -> str:
        terms = Terms(self.names, self.equations, term.child)
        text = terms.atom(term.value, SUM)
        if term.first is None:
            return text
        first = terms.atom(term.first) if not isinstance(term.first, Const) else "0"
        return f"({first} in the first round, then {text})"


def _within(equation: Equation) -> str:
    line = f" in line {equation.span.line}" if equation.span else ""
    return f"{'by the branch' if equation.op == 'if' else 'by the loop'}{line}"
