"""Traces as text: deterministic, for people who debug transforms, and for messages about bugs.

Variables have the user's name, with a number from the second version on (`x`, `x.2`, ...), or else v1, v2, ... in the
order of their definition. Values that have no short text stand as <what they are>, never with an address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import ModuleType

import numpy as np

from srcad.trace.nodes import Atom, Const, Equation, Fixed, Leaf, Node, Region, Trace, Tree, Var
from srcad.trace.walk import walk

INFIX = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "floor_divide": "//",
    "remainder": "%",
    "power": "**",
    "matmul": "@",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}
INDENT = "    "


class TraceNames:
    """Names for variables, which keep them: traces that are printed with the same `TraceNames` can be compared."""

    def __init__(self) -> None:
        self.known: dict[Var, str] = {}
        self.used: set[str] = set()

    def of(self, var: Var) -> str:
        if var not in self.known:
            self.known[var] = self._fresh(var.name)
            self.used.add(self.known[var])
        return self.known[var]

    def learn(self, trace: Trace) -> None:
        """Name the variables of a trace in the order of their definition, the outer ones first; then its procedures."""
        self.learn_one(trace)
        for procedure in trace.procedures.values():
            self.learn_one(procedure)

    def learn_one(self, trace: Trace) -> None:
        for entry in trace.inputs:
            self.of(entry.var)
        for equation in walk(trace.body):
            for var in (*equation.results, *(p for inner in equation.regions for p in inner.parameters)):
                self.of(var)

    def _fresh(self, name: str | None) -> str:
        if name is None:
            return self._numbered("v", len(self.known) + 1)
        return name if name not in self.used else self._numbered(f"{name}.", 2)

    def _numbered(self, stem: str, number: int) -> str:
        while f"{stem}{number}" in self.used:
            number += 1
        return f"{stem}{number}"


def print_trace(trace: Trace, types: bool = False, lines: bool = False, names: TraceNames | None = None) -> str:
    """The trace as text; with `types` of all variables, with the user's `lines` as comments. Its procedures follow.

    `names`: those that variables have already, from another trace; without them each function has its own.
    """
    every = (trace, *trace.procedures.values())
    return "\n\n".join(_print_one(one, types, lines, names or TraceNames()) for one in every)


def _print_one(trace: Trace, types: bool, lines: bool, names: TraceNames) -> str:
    printer = _Printer(types, lines, names)
    inputs = ", ".join(printer.typed(entry.var) + (" (free)" if entry.free else "") for entry in trace.inputs)
    names.learn_one(trace)
    body = printer.equations(trace.body.equations, 1)
    result = printer.tree(trace.output, trace.body.results)
    return "\n".join([f"{trace.name}({inputs}):", *body, f"{INDENT}return {result}"])


def print_equation(equation: Equation, types: bool = True) -> str:
    """One equation as text, out of its context."""
    return "\n".join(_Printer(types, False, TraceNames()).equations((equation,), 0))


class _Printer:
    def __init__(self, types: bool, lines: bool, names: TraceNames) -> None:
        self.types = types
        self.lines = lines
        self.line = ""  # the user's line that was shown last
        self.name = names.of
        self.structures: dict[str, Callable[[Equation, int], Iterator[str]]] = {
            "if": self.branch,
            "for": self.for_loop,
            "while": self.while_loop,
        }

    # ---- names

    def typed(self, var: Var) -> str:
        return f"{self.name(var)}: {var.type}" if self.types else self.name(var)

    def atom(self, atom: Atom) -> str:
        return self.name(atom) if isinstance(atom, Var) else constant(atom)

    def atoms(self, atoms: tuple[Atom, ...]) -> str:
        return ", ".join(map(self.atom, atoms))

    def tree(self, tree: Tree, results: tuple[Atom, ...]) -> str:
        match tree:
            case Leaf(index):
                return self.atom(results[index])
            case Fixed(value):
                return show(value)
            case Node(kind, children, keys):
                texts = [self.tree(child, results) for child in children]
                if keys:
                    texts = [f"{key}: {text}" for key, text in zip(keys, texts, strict=True)]
                return f"{kind}({', '.join(texts)})"

    # ---- equations

    def region(self, region: Region, depth: int) -> Iterator[str]:
        for parameter in region.parameters:
            self.name(parameter)
        yield from self.equations(region.equations, depth)
        yield f"{INDENT * depth}yield {self.atoms(region.results)}".rstrip()

    def equations(self, equations: tuple[Equation, ...], depth: int) -> Iterator[str]:
        for equation in equations:
            yield from self.user_line(equation, depth)
            yield from self.structures.get(equation.op, self.operation)(equation, depth)

    def user_line(self, equation: Equation, depth: int) -> Iterator[str]:
        text = equation.span.text.strip() if self.lines and equation.span else ""
        if text and text != self.line:
            self.line = text
            yield f"{INDENT * depth}# {'adjoint of: ' if equation.role == 'adjoint' else ''}{text}"

    def targets(self, equation: Equation) -> str:
        return ", ".join(map(self.typed, equation.results)) + " = " if equation.results else ""

    def operation(self, equation: Equation, depth: int) -> Iterator[str]:
        yield f"{INDENT * depth}{self.targets(equation)}{self.expression(equation)}" + (":" if equation.regions else "")
        for inner in equation.regions:
            yield from self.region(inner, depth + 1)

    def expression(self, equation: Equation) -> str:
        op, operands, params = equation.op, equation.operands, dict(equation.params)
        if op == "check":
            return f"check {self.expression(replace(equation, op=params['of'], params=params['params']))}"
        if op == "recurse":
            return f"{params['procedure']}({self.atoms(operands)})"
        if op in INFIX and len(operands) == 2 and not params:
            return f" {INFIX[op]} ".join(self.atom(a) for a in operands)
        subscript = ""
        if op in ("get_item", "set_item", "add_item") and "index" in params:
            first = 1 if op == "get_item" else 2
            subscript = f"[{self.subscript(params.pop('index'), operands[first:])}]"
            operands = operands[:first]
        if op == "get_item" and subscript and not params:
            return self.atoms(operands) + subscript
        texts = [*map(self.atom, operands), *(f"{key}={show(value)}" for key, value in params.items())]
        return f"{op}({', '.join(texts)}){subscript}"

    def subscript(self, template: Sequence[tuple[str, *tuple[int | None, ...]]], index: tuple[Atom, ...]) -> str:
        def place(k: int | None) -> str:
            return "" if k is None else self.atom(index[k])

        def component(kind: str, *places: int | None) -> str:
            match kind:
                case "slice":
                    start, stop, step = map(place, places)
                    return f"{start}:{stop}" + (f":{step}" if step else "")
                case "newaxis" | "ellipsis":
                    return {"newaxis": "newaxis", "ellipsis": "..."}[kind]
            return place(places[0])

        return ", ".join(component(*entry) for entry in template)

    def branch(self, equation: Equation, depth: int) -> Iterator[str]:
        then, otherwise = equation.regions
        yield f"{INDENT * depth}{self.targets(equation)}if {self.atom(equation.operands[0])}:"
        yield from self.region(then, depth + 1)
        yield f"{INDENT * depth}else:"
        yield from self.region(otherwise, depth + 1)

    def carried(self, parameters: tuple[Var, ...], initial: tuple[Atom, ...]) -> str:
        if not parameters:
            return ""
        pairs = (f"{self.typed(p)} = {self.atom(a)}" for p, a in zip(parameters, initial, strict=False))
        return f" with {', '.join(pairs)}"

    def for_loop(self, equation: Equation, depth: int) -> Iterator[str]:
        (body,) = equation.regions
        bounds, initial = equation.operands[:3], equation.operands[3:]
        indices = f"range({self.atoms(bounds)})"
        if equation.params.get("backwards"):
            indices = f"reversed({indices})"
        head = f"for {self.name(body.parameters[0])} in {indices}{self.carried(body.parameters[1:], initial)}"
        flag = " breaking" if equation.params.get("breaks") else ""
        yield f"{INDENT * depth}{self.targets(equation)}{head}{flag}:"
        yield from self.region(body, depth + 1)

    def while_loop(self, equation: Equation, depth: int) -> Iterator[str]:
        condition, body = equation.regions
        head = self.carried(condition.parameters, equation.operands)
        yield f"{INDENT * depth}{self.targets(equation)}while{head}:"
        yield from self.region(condition, depth + 1)
        head = self.carried(body.parameters, condition.parameters)
        yield f"{INDENT * depth}do{head}:"
        yield from self.region(body, depth + 1)


# ---- values


def constant(const: Const) -> str:
    return "undefined" if const.type.is_undefined else show(const.value)


def show(value: object) -> str:
    """A value as short text without addresses."""
    if value is None or value is ... or isinstance(value, (bool, int, float, complex, str, bytes, np.generic)):
        return repr(value)
    if isinstance(value, (tuple, list)):
        text = ", ".join(map(show, value)) + ("," if len(value) == 1 and isinstance(value, tuple) else "")
        return f"({text})" if isinstance(value, tuple) else f"[{text}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in value.items()) + "}"
    if isinstance(value, np.ndarray):
        return f"<array {value.dtype}{list(value.shape)}>"
    return _described(value)


def _described(value: object) -> str:
    if isinstance(value, ModuleType):
        return value.__name__
    if isinstance(value, Trace):
        return value.name
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if isinstance(name, str):
        return name
    text = str(value)
    return f"<{type(value).__name__}>" if " at 0x" in text or len(text) > 60 else text
