"""What folds equations: its state, and how a file lists its rules.

A rule looks at one equation, the operands of which are folded already, and returns what stands for its results (atoms),
a simpler equation with the same results, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from srcad.ops.catalogue import result_types
from srcad.trace.nodes import NO_PARAMS, Atom, Equation, Var, variables
from srcad.trace.rewrite import Rewriter
from srcad.trace.types import Type, dtype_of
from srcad.transform.simplify.similar import same_kind
from srcad.transform.simplify.uses import Uses

Folded = Atom | Equation | tuple[Atom, ...] | None
FoldRule = Callable[["Folder", Equation], Folded]
Structure = Callable[["Folder", Equation], None]

MAX_STEPS = 8  # rewritings of one equation; each makes it simpler, so this is a guard against rules that disagree


class Rules:
    """The rules of a file, by operation; as a decorator, it lists one more."""

    def __init__(self, *files: Rules) -> None:
        """The rules of these files together, in their order."""
        self.every: list[FoldRule] = []  # for any operation
        self.by_op: dict[str, list[FoldRule]] = {}
        for one in files:
            self.every += one.every
            for op, rules in one.by_op.items():
                self.by_op.setdefault(op, []).extend(rules)

    def __call__(self, *ops: str) -> Callable[[FoldRule], FoldRule]:
        """List a rule for operations; for every operation if none is named."""

        def listed(rule: FoldRule) -> FoldRule:
            for op in ops:
                self.by_op.setdefault(op, []).append(rule)
            if not ops:
                self.every.append(rule)
            return rule

        return listed

    def of(self, op: str) -> Iterator[FoldRule]:
        yield from self.every
        yield from self.by_op.get(op, ())


class Folder(Rewriter):
    """`made`: the equation that defines a variable; `truth`: conditions that are settled where we are.

    `structures`: what becomes of operations with regions that fold by more than what is in them.
    """

    def __init__(self, uses: Uses, across: bool, rules: Rules, structures: Mapping[str, Structure]) -> None:
        super().__init__()
        self.uses = uses
        self.across = across
        self.rules = rules
        self.structures = structures
        self.made: dict[Atom, Equation] = {}
        self.truth: dict[Atom, bool] = {}
        self.adopted: dict[Var, str] = {}  # names of results that are gone, for the values that stand for them

    def rewrite(self, equation: Equation) -> None:
        if not equation.regions:
            self.simple(equation)
        elif equation.op in self.structures:
            self.structures[equation.op](self, equation)
        else:
            self.keep(self.with_inner(equation))

    def simple(self, equation: Equation) -> None:
        for _ in range(MAX_STEPS):
            folded = self.folded(equation)
            if folded is None:
                break
            if not isinstance(folded, Equation):
                self.stand(equation, folded)
                return
            equation = folded
        self.keep(equation)

    def folded(self, equation: Equation) -> Folded:
        for rule in self.rules.of(equation.op):
            folded: Folded = rule(self, equation)
            if folded is not None:
                return folded
        return None

    def stand(self, equation: Equation, atoms: Atom | tuple[Atom, ...]) -> None:
        """`atoms` stand for the equation's results from here on."""
        for result, atom in zip(equation.results, atoms if isinstance(atoms, tuple) else (atoms,), strict=True):
            self.replace(result, atom)
            if isinstance(atom, Var):
                self.uses.count[atom] += self.uses.count[result]
                self.adopt(atom, result, equation)

    def adopt(self, atom: Var, result: Var, equation: Equation) -> None:
        """A value without a name gets that of the result it stands for."""
        made = self.made.get(atom)
        if result.name and not atom.name and made is not None and is_derivative(made) == is_derivative(equation):
            self.adopted.setdefault(atom, result.name)

    def keep(self, equation: Equation) -> None:
        for result in equation.results:
            self.made[result] = equation
        self.out.append(equation)

    # ---- what rules ask and do

    def is_same(self, atom: Atom, result: Var) -> bool:
        """Whether a value may stand for one that is nothing but this value, passed on.

        It may be a Python float where a NumPy float64 was expected: that makes a difference to narrower floats alone.
        """
        floats = atom.type.is_scalar and result.type.is_scalar and not self.uses.narrow
        if floats and dtype_of(atom.type) == dtype_of(result.type) == "float64":
            return True
        return same_kind(atom.type, result.type)

    @contextmanager
    def assuming(self, condition: Atom, value: bool) -> Iterator[None]:
        """Within a branch, its condition is settled."""
        before, self.truth = self.truth, {**self.truth, condition: value}
        try:
            yield
        finally:
            self.truth = before

    def maker(self, atom: Atom, op: str, once: bool = False) -> Equation | None:
        """The equation that makes this value, if it is an `op` (and, with `once`, the value is read only here)."""
        equation = self.made.get(atom)
        if equation is None or equation.op != op:
            return None
        return None if once and self.uses.count[equation.results[0]] > 1 else equation

    def emit(self, like: Equation, op: str, *operands: Atom, **params: Any) -> Atom:
        """One more equation, of the span and role of another; its result, folded."""
        (t,) = result_types(op, tuple(a.type for a in operands), params)
        equation = derived(like, op, operands, (Var(t),), params)
        self.uses.count[equation.result] = 1
        self.uses.count.update(variables(operands))
        self.simple(equation)
        return self.atoms(equation.results)[0]


def derived(
    like: Equation,
    op: str,
    operands: tuple[Atom, ...],
    results: tuple[Var, ...] | None = None,
    params: Mapping[str, Any] = NO_PARAMS,
) -> Equation:
    """Another equation for the same results (or others), of the same span and role."""
    frozen = MappingProxyType(dict(params)) if params else NO_PARAMS
    return Equation(op, operands, like.results if results is None else results, frozen, (), like.span, like.role)


def is_derivative(equation: Equation) -> bool:
    """Whether the equation belongs to a derivative, not to the user's own program."""
    return equation.role not in ("", "record")


def fits(op: str, operands: tuple[Atom, ...], result: Type) -> bool:
    """Whether `op` on these operands has just this type."""
    return result_types(op, tuple(a.type for a in operands), NO_PARAMS) == (result,)


def number(atom: Atom) -> Any:
    """The value of a numeric constant, else None."""
    return atom.number
