"""Functions of norms that are smooth where the norm isn't.

    r = norm(x)                        r = norm(x)
    z = cos(r)              ->         v1 = cos(r)
                                       v2 = sum(multiply(x, x))
                                       v3 = where(equal(r, 0.0), -0.5 * v2, 0.0)
                                       z = moves_as(v1, add(v1, v3))

The slope of the norm is taken to be 0 at 0, and so is all that comes after it in the chain rule. Where the slope of a
function f of the norm is 0 as well, f moves as f(0) + f''(0) / 2 times the sum of squares does. So that term, which is
0 itself, is added where the norm is 0. It gives second and third derivatives there, and first ones are 0 without it.

Whether f has the slope 0 isn't proven, but looked at: by differences, with numbers in the place of all else that f
depends on. Where that errs, a term stands there in vain, or f has the derivatives of a kink.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srcad.ops.catalogue import builder, operation
from srcad.ops.elementwise import ARITHMETIC, PLAIN_UFUNCS, UFUNCS
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Const, Equation, Input, Leaf, Path, Region, Trace, Var
from srcad.trace.procedures import with_procedures
from srcad.trace.rewrite import Change, Instead, rewritten, with_body
from srcad.trace.types import dtype_of, is_complex, is_inexact
from srcad.trace.walk import walk
from srcad.transform.matrices.series import series
from srcad.transform.roots import Squares, is_root

Numbers = npt.NDArray[np.float64]

_RADII = frozenset({"norm", "absolute", "hypot", "std"})
_FUNCTIONS = frozenset({*ARITHMETIC, *UFUNCS, *PLAIN_UFUNCS, "sinc"})
_SAME = frozenset({"moves_as", "known_as", "to_float", "item", "copy"})
_DEEP = 8  # how far what else a function depends on is looked into
_LONGEST = 40  # equations from a norm to what may be smooth
_STEP = 1e-3
_SAMPLES = ((0.61, 0.37), (1.43, 0.29))  # numbers for what else a function depends on: the first, and what follows


def curvature(trace: Trace) -> Trace:
    """The trace, in which smooth functions of norms move as such where the norm is 0, too."""
    trace = with_procedures(trace, curvature)
    if not any(e.op in _RADII or is_root(e) for e in walk(trace.body)):
        return trace
    return with_body(trace, rewritten(trace.body, _Curvature(trace.body).changed))


@dataclass(frozen=True)
class _Chain:
    """How a variable comes from a norm: the elementwise equations between them, in order."""

    radius: Var
    equations: tuple[Equation, ...] = ()


class _Curvature:
    """What is known of the region: which variables are elementwise functions of one norm."""

    def __init__(self, region: Region) -> None:
        self.squares = Squares(region)
        self.chains: dict[Var, _Chain] = {}
        self.moving = {a for e in walk(region) for a in e.operands[e.op == "moves_as" :]}  # it moves as the second
        self.moving |= {a for r in (region, *(r for e in walk(region) for r in e.regions)) for a in r.results}

    def changed(self, equation: Equation) -> Change:
        if len(equation.results) != 1 or equation.regions:
            return equation
        result = equation.result
        if not is_inexact(dtype_of(result.type)) or is_complex(result.type):
            return equation
        if self.squares.squared(builder(), result) is not None and self.is_radius(equation):
            self.chains[result] = _Chain(result)
            return equation
        chain = self.continued(equation)
        if chain is None:
            return equation
        self.chains[result] = chain
        return self.smooth(equation, chain) if result in self.moving and self.is_smooth(chain) else equation

    def is_radius(self, equation: Equation) -> bool:
        """Whether it is a norm, or moves the elements of one."""
        rooted = equation.op in ("moves_as", *_RADII) or is_root(equation)
        return rooted or not operation(equation).elementwise

    def continued(self, equation: Equation) -> _Chain | None:
        """The chain to the result of an elementwise equation; None: it isn't a function of one norm alone."""
        known = [self.chains[a] for a in equation.operands if isinstance(a, Var) and a in self.chains]
        radii = {chain.radius for chain in known}
        decided = equation.op == "where" and equation.operands[0] in self.chains
        if len(radii) != 1 or decided or not (equation.op in _FUNCTIONS or equation.op in (*_SAME, "where")):
            return None
        equations = dict.fromkeys(e for chain in known for e in chain.equations)
        return _Chain(radii.pop(), (*equations, equation)) if len(equations) < _LONGEST else None

    def smooth(self, equation: Equation, chain: _Chain) -> Change:
        """The equation, and what it moves as: with the term of second order."""
        b = builder(equation.span)
        b.role = equation.role
        squares = self.squares.squared(b, chain.radius)
        value = Var(equation.result.type)
        b.append(replace(equation, results=(value,)))
        bent = _bent(b, chain, equation.result)
        if squares is None or bent is None:
            return equation
        term = b.emit("multiply", 0.5, b.emit("multiply", bent, squares))
        here = b.emit("where", b.emit("equal", chain.radius, 0.0), term, 0.0)
        moves = Equation("moves_as", (value, b.emit("add", value, here)), equation.results, span=equation.span)
        b.append(moves)
        self.squares.definitions.update(b.definitions)
        self.chains[value] = chain
        inner = tuple(replace(e, results=(value,)) if e is equation else e for e in chain.equations)
        self.chains[equation.result] = _Chain(chain.radius, (*inner, moves))
        return Instead(tuple(b.equations))

    def is_smooth(self, chain: _Chain) -> bool:
        """Whether it has the slope 0 at 0, and is curved there, by all samples that say something."""
        if not _moves(chain):
            return False
        verdicts = [_verdict(_Sample(chain, self.squares.definitions, *sample)) for sample in _SAMPLES]
        return any(verdicts) and False not in verdicts


# ---- whether a function of a norm is smooth


def _moves(chain: _Chain) -> bool:
    """Whether it moves with the norm itself, and not by what moves as something else alone."""
    moving: set[Atom] = {chain.radius}
    for equation in chain.equations:
        if equation.op != "moves_as" and not moving.isdisjoint(equation.operands):
            moving.add(equation.result)
    return chain.equations[-1].result in moving


class _Sample:
    """Numbers for all that a chain is made of: for the norm those next to 0, for what it depends on else any."""

    def __init__(self, chain: _Chain, definitions: Mapping[Var, Equation], first: float, step: float) -> None:
        self.chain, self.definitions = chain, definitions
        self.first, self.step = first, step
        self.values: dict[Atom, Numbers] = {chain.radius: _STEP * np.arange(4.0)}
        for equation in chain.equations:
            self.values[equation.result] = self.computed(equation, _DEEP)

    def value(self, a: Atom, depth: int) -> Numbers:
        """What a value is, as it is made of others: so equal expressions are equal numbers."""
        if isinstance(a, Const):
            return np.asarray(a.value if isinstance(a.value, (int, float)) else self.first, float)
        if a not in self.values:
            made = self.definitions.get(a) if isinstance(a, Var) and depth else None
            known = None if made is None or made.op not in (*_SAME, *_FUNCTIONS) else self.computed(made, depth - 1)
            opaque = known is None or not np.all(np.isfinite(known))
            self.values[a] = np.asarray(self.first + self.step * len(self.values)) if opaque or known is None else known
        return self.values[a]

    def computed(self, equation: Equation, depth: int) -> Numbers:
        operands = equation.operands[:1] if equation.op in _SAME else equation.operands
        return _computed(equation.op, [self.value(a, depth) for a in operands])


def _verdict(sample: _Sample) -> bool | None:
    """What a sample says: None where there is no number."""
    y = sample.values[sample.chain.equations[-1].result]
    if y.shape != (4,) or not np.all(np.isfinite(y)):
        return None
    slope = (-11 * y[0] + 18 * y[1] - 9 * y[2] + 2 * y[3]) / (6 * _STEP)
    bend = (2 * y[0] - 5 * y[1] + 4 * y[2] - y[3]) / _STEP**2
    return bool(abs(slope) < 1e-4 * abs(bend) and abs(bend) > 1e-4 * np.max(np.abs(y)))


def _computed(op: str, operands: Sequence[Numbers | float]) -> Numbers:
    if op in _SAME:
        return np.asarray(operands[0])
    function = np.where if op == "where" else getattr(np, op)
    with np.errstate(all="ignore"):
        return np.asarray(function(*operands), float)


# ---- the second derivative


def _bent(b: Builder, chain: _Chain, result: Var) -> Atom | None:
    """The second derivative of a variable with respect to the norm alone, where that is 0; None: it is 0."""
    inner = {e.result for e in chain.equations}
    read = dict.fromkeys(a for e in chain.equations for a in e.operands if isinstance(a, Var) and a not in inner)
    read.pop(chain.radius, None)
    places = [chain.radius, *read]
    inputs = tuple(Input(v, Path(f"x{k}")) for k, v in enumerate(places))
    body = Region((), tuple(map(_still, chain.equations)), (result,))
    found = series(Trace("function", (), inputs, body, Leaf(0)), (0,), 2)
    if len(found.body.results) < 3:
        return None
    emitted: dict[Atom, Atom] = {chain.radius: const(0.0), found.inputs[-1].var: const(1.0)}
    for equation in found.body.equations:
        operands = [emitted.get(a, a) for a in equation.operands]
        emitted.update(zip(equation.results, _again(b, equation, operands), strict=True))
    last = found.body.results[-1]
    return emitted.get(last, last)


def _again(b: Builder, equation: Equation, operands: Sequence[Atom]) -> tuple[Atom, ...]:
    """The results of an equation for other operands: numbers where these are."""
    if equation.op in _SAME:
        return (operands[0],)
    known = [a.value for a in operands if isinstance(a, Const) and isinstance(a.value, (int, float))]
    if equation.op in _FUNCTIONS and len(known) == len(operands):
        return (const(float(_computed(equation.op, known))),)
    return b.emit_many(equation.op, *operands, **equation.params)


def _still(equation: Equation) -> Equation:
    """What moves as something else doesn't move with the norm."""
    if equation.op != "moves_as":
        return equation
    return replace(equation, op="stop_gradient", operands=equation.operands[:1])
