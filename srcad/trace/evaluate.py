"""A reference interpreter of traces: slow, plain, purely functional; what every transform must agree with.

What the operations mean is a parameter (`srcad.ops.meaning` makes one from the catalogue), as the trace knows nothing
of NumPy. Stores copy: no value is ever changed once it has been computed, so that no transform, liveness or aliasing
analysis is trusted here. Code is generated in another way; where the two differ, the generated code is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var, variables

# op -> function of (*operand values, **params), which returns a tuple where the equation has several results
Meaning = Mapping[str, Callable[..., Any]]
Values: TypeAlias = tuple[Any, ...]  # Python values, as the run has them
Environment = dict[Var, Any]


class _NoValue:
    """What a variable holds that some branch left undefined; any operation on it fails as the user's code would."""

    def __repr__(self) -> str:
        return "undefined"


NO_VALUE = _NoValue()


def evaluate(trace: Trace | Region, values: Sequence[object], meaning: Meaning) -> Values:
    """The flat results for the values of the inputs (of the parameters, for a region without free variables)."""
    return run(trace, values, meaning)[0]


def run(trace: Trace | Region, values: Sequence[object], meaning: Meaning) -> tuple[Values, Environment]:
    """The flat results, and the value that each variable got last."""
    match trace:
        case Trace(inputs=inputs, body=region, procedures=procedures):
            places = tuple(entry.var for entry in inputs)
        case Region(parameters=places) as region:
            procedures = {}
    interpreter = Interpreter(meaning, procedures)
    interpreter.bind(places, tuple(values))
    return interpreter.region(region), interpreter.values


class Interpreter:
    def __init__(self, meaning: Meaning, procedures: Mapping[str, Trace]) -> None:
        self.meaning = meaning
        self.procedures = procedures
        self.values: Environment = {}
        self.trying = 0  # how many `try`s are being run, in which Python's arithmetic must raise what it does
        self.structures: dict[str, Callable[[Equation], Values]] = {
            "if": self.branch,
            "for": self.for_loop,
            "while": self.while_loop,
            "scope": self.scope,
            "assert_": self.assertion,
            "recurse": self.recursion,
        }

    def bind(self, targets: Sequence[Var], values: Sequence[object]) -> None:
        self.values.update(zip(targets, values, strict=True))

    def read(self, atoms: Sequence[Atom]) -> Values:
        return tuple(self.atom(a) for a in atoms)

    def atom(self, a: Atom) -> Any:
        if isinstance(a, Const):
            return NO_VALUE if a.type.is_undefined else a.value
        return self.values[a]

    def region(self, region: Region, arguments: Sequence[object] = ()) -> Values:
        if arguments:
            self.bind(region.parameters, arguments)
        for equation in region.equations:
            structure = self.structures.get(equation.op)
            self.bind(equation.results, structure(equation) if structure else self.operation(equation))
        return self.read(region.results)

    def operation(self, equation: Equation) -> Values:
        operands = self.read(equation.operands)
        if any(value is NO_VALUE for value in operands):
            names = [v.name or "a value" for v in variables(equation.operands) if self.values[v] is NO_VALUE]
            raise UnboundLocalError(f"{', '.join(names) or 'a value'} is used before it is set")
        if self.trying and equation.role == "" and equation.results and all(r.type.is_python for r in equation.results):
            types = tuple(r.type for r in equation.results)
            self.meaning["check"](*operands, of=equation.op, params=equation.params, types=types)
        value = self.meaning[equation.op](*operands, **equation.params)
        if len(equation.results) == 1:
            return (value,)
        return tuple(value) if equation.results else ()

    def branch(self, equation: Equation) -> Values:
        then, otherwise = equation.regions
        return self.region(then if self.atom(equation.operands[0]) else otherwise)

    def for_loop(self, equation: Equation) -> Values:
        start, stop, step, *carried = self.read(equation.operands)
        (body,) = equation.regions
        indices: Sequence[int] = range(start, stop, step)
        breaks = equation.params.get("breaks", False)
        trips = 0
        for i in reversed(indices) if equation.params.get("backwards", False) else indices:
            trips += 1
            leave, carried = False, list(self.region(body, (i, *carried)))
            if breaks:
                leave, *carried = carried
            if leave:
                break
        return (*carried, trips) if breaks else tuple(carried)

    def while_loop(self, equation: Equation) -> Values:
        carried = self.read(equation.operands)
        condition, body = equation.regions
        trips = 0
        while self.region(condition, carried)[0]:
            carried = self.region(body, carried)
            trips += 1
        return (*carried, trips)

    def scope(self, equation: Equation) -> Values:
        if equation.params["kind"] == "with":
            with self.atom(equation.operands[0]) as entered:
                body = equation.regions[0]
                return self.region(body, (entered,) if body.parameters else ())
        if equation.params["kind"] == "try":
            return self.attempt(equation)
        body, finalizer = equation.regions
        try:
            return self.region(body)
        finally:
            self.region(finalizer)

    def attempt(self, equation: Equation) -> Values:
        """What a body that may raise has come to, or where it has not come to its end."""
        clauses, classes = equation.params["clauses"], self.read(equation.operands)
        number = tuple(k for k, count in enumerate(clauses, 1) for _ in range(count))
        (body,) = equation.regions
        self.trying += 1
        try:
            return self.region(body)
        except classes as error:
            caught = next(k for k, cls in zip(number, classes, strict=True) if isinstance(error, cls))
            found = {True: caught, False: error}
            return tuple(found[a.number is not None] if isinstance(a, Const) else NO_VALUE for a in body.results)
        finally:
            self.trying -= 1

    def assertion(self, equation: Equation) -> Values:
        """The message is computed only when the assertion fails."""
        condition, *message = self.read(equation.operands)
        if not condition and equation.regions:
            message = list(self.region(equation.regions[0]))
        self.meaning["assert_"](condition, *message, **equation.params)
        return ()

    def recursion(self, equation: Equation) -> Values:
        """A call of a procedure, with variables of its own."""
        procedure = self.procedures[equation.params["procedure"]]
        called = self.apart()
        called.bind([entry.var for entry in procedure.inputs], self.read(equation.operands))
        return called.region(procedure.body)

    def apart(self) -> Interpreter:
        """The interpreter of a call, with variables of its own."""
        return Interpreter(self.meaning, self.procedures)
