"""The lines of the primal variables: v3 = v1 * v2, with loops and branches as in a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from srcad.analysis.activity import carries
from srcad.show.formula import Formulas
from srcad.show.line import INDENT, Line, Margin, SourceLine, Values
from srcad.show.values import short
from srcad.trace.nodes import Equation, Node, Region, Trace, Tree, Var, leaves


class PrimalWriter:
    """Writes the lines of a trace; `names` are those that its variables have got. `seeded`: the results have names."""

    def __init__(self, trace: Trace, values: Values, seeded: bool = False) -> None:
        self.trace = trace
        self.values = values
        self.seeded = seeded
        self.names: dict[Var, str] = {}
        self.count = 0
        self.formulas = Formulas(self.names)
        self.margin = Margin()
        self.structures: dict[str, Callable[[Equation, str], Iterator[Line]]] = {
            "if": self.branches,
            "scope": self.branches,
            "for": self.for_loop,
            "while": self.while_loop,
        }

    def name(self, var: Var) -> str:
        if var not in self.names:
            self.count += 1
            self.names[var] = f"v{self.count}"
        return self.names[var]

    def value(self, var: Var) -> str:
        if var in self.values:
            return short(self.values[var])
        return str(var.type) if var.type.is_array and not self.values else ""

    def given(self, equation: Equation) -> tuple[str, ...]:
        """The values of the results, in one cell."""
        return _cell(", ".join(filter(None, map(self.value, equation.results))))

    def lines(self) -> Iterator[Line]:
        for entry in self.trace.inputs:
            yield Line(f"{self.name(entry.var)} = {entry.path}", _cell(self.value(entry.var)))
        yield from self.region(self.trace.body, "")
        if not self.trace.body.equations or isinstance(self.trace.output, Node):
            yield Line(f"returns {self.tree(self.trace.output)}")

    def tree(self, tree: Tree) -> str:
        texts = [self.formulas.atom(self.trace.body.results[k]) for k in leaves(tree)]
        if self.seeded:
            names = result_names(self.trace)
            texts = [f"{names[k]} = {text}" for k, text in zip(leaves(tree), texts, strict=True)]
        return ", ".join(texts) or "nothing"

    # ---- equations

    def region(self, region: Region, indent: str) -> Iterator[Line]:
        for equation in region.equations:
            yield from self.structures.get(equation.op, self.operation)(equation, indent)

    def targets(self, equation: Equation) -> str:
        return ", ".join(map(self.name, equation.results)) + " = " if equation.results else ""

    def operation(self, equation: Equation, indent: str) -> Iterator[Line]:
        right = self.formulas.right_side(equation)
        yield Line(f"{indent}{self.targets(equation)}{right}", self.given(equation), **self.beside(equation))

    def beside(self, equation: Equation) -> SourceLine:
        return self.margin.beside(equation.span)

    # ---- regions

    def branches(self, equation: Equation, indent: str) -> Iterator[Line]:
        heads = [indent + head for head in branch_heads(equation, self.formulas)]
        inner = [list(self.inner(region, "gives", indent + INDENT)) for region in equation.regions]
        targets = self.targets(equation)
        for head, lines in zip(heads, inner, strict=False):
            beside: SourceLine = self.beside(equation) if head is heads[0] else {}
            yield Line(head, **beside)
            yield from lines
        if targets:
            yield Line(f"{indent}{targets}what the branch gives", self.given(equation))

    def inner(self, region: Region, word: str, indent: str) -> Iterator[Line]:
        yield from self.region(region, indent)
        if region.results:
            yield Line(f"{indent}{word} {', '.join(map(self.formulas.atom, region.results))}")

    def carried(self, equation: Equation, indent: str) -> Iterator[Line]:
        initial, parameters, _, _ = carries(equation)
        for parameter, start in zip(parameters, initial, strict=True):
            yield Line(f"{indent}{self.name(parameter)} = {self.formulas.atom(start)} at first")

    def for_loop(self, equation: Equation, indent: str) -> Iterator[Line]:
        (body,) = equation.regions
        self.name(body.parameters[0])
        yield Line(indent + loop_head(equation, self.formulas), **self.beside(equation))
        yield from self.carried(equation, indent + INDENT)
        yield from self.inner(body, "next", indent + INDENT)
        yield Line(f"{indent}{self.targets(equation)}what is left", self.given(equation))

    def while_loop(self, equation: Equation, indent: str) -> Iterator[Line]:
        condition, body = equation.regions
        yield Line(indent + loop_head(equation, self.formulas), **self.beside(equation))
        yield from self.carried(equation, indent + INDENT)
        for mine, other in zip(condition.parameters, body.parameters, strict=True):
            self.names[mine] = self.name(other)
        yield from self.inner(condition, "as long as", indent + INDENT)
        yield from self.inner(body, "next", indent + INDENT)
        yield Line(f"{indent}{self.targets(equation)}what is left", self.given(equation))


def loop_head(equation: Equation, formulas: Formulas) -> str:
    """The line at the head of a loop."""
    if equation.op == "while":
        return "while:"
    start, stop, step = map(formulas.atom, equation.operands[:3])
    bounds = ", ".join([start, stop, step] if step != "1" else [start, stop] if start != "0" else [stop])
    return f"for {formulas.atom(equation.regions[0].parameters[0])} in range({bounds}):"


def branch_heads(equation: Equation, formulas: Formulas) -> list[str]:
    """The lines at the heads of the regions of a branch or a scope."""
    condition = ", ".join(map(formulas.atom, equation.operands))
    words = ("if", "else") if equation.op == "if" else (str(equation.params.get("kind", "scope")), "finally")
    return [f"{words[0]} {condition}".rstrip() + ":", f"{words[1]}:"]


def result_names(trace: Trace) -> Sequence[str]:
    """The names of several results: the user's where all have one of their own, else y1, y2, ..."""
    results = trace.body.results
    names = [result.name for result in results if result.is_variable and result.name]
    taken = {entry.path.root for entry in trace.inputs}
    if len(set(names) - taken) == len(results):
        return names
    return [f"y{k + 1}" for k in range(len(results))]


def _cell(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
