"""Folding: equations whose result is known, or is there already, or has a simpler form that computes exactly the same.

The rules are listed by operation in `RULES`: each looks at one equation, the operands of which are folded already, and
returns what stands for its results (atoms), a simpler equation with the same results, or None. What changes how a
program rounds, or where it yields nan, is no simplification; in derivative code, which has no rounding that a user has
chosen, the sign of a zero and multiplications by powers of two may change places too. The user's arithmetic stays as
written, unless a number becomes shorter by folding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from srcad.ops.catalogue import result_types
from srcad.trace.nodes import NO_PARAMS, Atom, Const, Equation, Region, Trace, Var, variables
from srcad.trace.rewrite import Rewriter, with_body
from srcad.trace.types import Scalar, Type, dtype_of
from srcad.transform.simplify.carried import fold_invariants
from srcad.transform.simplify.conditionals import fold_branch, merge_branches
from srcad.transform.simplify.rename import rename
from srcad.transform.simplify.similar import same_kind
from srcad.transform.simplify.uses import Uses

Folded = Atom | Equation | tuple[Atom, ...] | None
Rule = Callable[["Folder", Equation], Folded]
RULES: dict[str, list[Rule]] = {}
EVERY: list[Rule] = []  # rules for any operation

MAX_STEPS = 8  # rewritings of one equation; each makes it simpler, so this is a guard against rules that disagree


def folds(*ops: str) -> Callable[[Rule], Rule]:
    """Register a rule for operations; for every operation if none is named."""

    def register(rule: Rule) -> Rule:
        for op in ops:
            RULES.setdefault(op, []).append(rule)
        if not ops:
            EVERY.append(rule)
        return rule

    return register


def fold(trace: Trace, across: bool = False) -> Trace:
    """The trace folded. `across`: branches of the primal and of the adjoint sweep may become one."""
    return with_body(trace, _folded(trace.body, Uses(trace.body, (entry.var for entry in trace.inputs)), across))


def _folded(region: Region, uses: Uses, across: bool) -> Region:
    folder = Folder(uses, across)
    folded = folder.region(region)
    return rename(folded, folder.adopted) if folder.adopted else folded


class Folder(Rewriter):
    """`made`: the equation that defines a variable; `truth`: conditions that are settled where we are."""

    def __init__(self, uses: Uses, across: bool) -> None:
        super().__init__()
        self.uses = uses
        self.across = across
        self.made: dict[Atom, Equation] = {}
        self.truth: dict[Atom, bool] = {}
        self.adopted: dict[Var, str] = {}  # names of results that are gone, for the values that stand for them

    def rewrite(self, equation: Equation) -> None:
        if equation.op == "if":
            self.branch(equation)
        elif equation.op in ("for", "while"):
            equation = fold_invariants(self, equation)
            self.keep(self.with_inner(equation))
        elif equation.regions:
            self.keep(self.with_inner(equation))
        else:
            self.simple(equation)

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
        for rule in (*EVERY, *RULES.get(equation.op, ())):
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

    def branch(self, equation: Equation) -> None:
        kept = fold_branch(self, equation)
        if kept is not None and not merge_branches(self, kept):
            self.keep(kept)

    # ---- what rules ask and do

    def is_same(self, atom: Atom, result: Var) -> bool:
        """Whether a value may stand for one that is nothing but this value, passed on.

        It may be a Python float where a NumPy float64 was expected: that makes a difference to narrower floats alone.
        """
        floats = isinstance(atom.type, Scalar) and isinstance(result.type, Scalar) and not self.uses.narrow
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
    if isinstance(atom, Const) and isinstance(atom.value, (int, float, complex)):
        return atom.value
    return None
