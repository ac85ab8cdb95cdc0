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
depends on. Where that errs, a term stands there in vain, or f has the derivatives of a kink. If the slope has one sign
for some of these numbers and another one for others, the run looks: it is the term where the slope is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

import numpy as np
import numpy.typing as npt

from srcad.ops.catalogue import OPS, builder, operation
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
_FUNCTIONS = frozenset({*ARITHMETIC, *UFUNCS, *PLAIN_UFUNCS, "sinc", "np_i0"})
_LIBRARIES = ("scipy.special.", "math.")  # of special functions
_SAME = frozenset({"moves_as", "known_as", "to_float", "item", "copy"})
_DEEP = 8  # how far what else a function depends on is looked into
_LONGEST = 40  # equations from a norm to what may be smooth
_STEP = 1e-3
# numbers for what else a function depends on: the first, and what follows
_SAMPLES = ((0.61, 0.37), (1.43, 0.29), (2.71, -0.13), (0.23, 0.05))


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
        smooth = self.is_smooth(chain) if result in self.moving else False
        return equation if smooth is False else self.smooth(equation, chain, smooth is None)

    def is_radius(self, equation: Equation) -> bool:
        """Whether it is a norm, or moves the elements of one."""
        rooted = equation.op in ("moves_as", *_RADII) or is_root(equation)
        return rooted or not operation(equation).elementwise

    def continued(self, equation: Equation) -> _Chain | None:
        """The chain to the result of an elementwise equation; None: it isn't a function of one norm alone."""
        known = [self.chains[a] for a in equation.operands if isinstance(a, Var) and a in self.chains]
        radii = {chain.radius for chain in known}
        decided = equation.op == "where" and equation.operands[0] in self.chains
        if len(radii) != 1 or decided or not (_is_function(equation.op) or equation.op in (*_SAME, "where")):
            return None
        equations = dict.fromkeys(e for chain in known for e in chain.equations)
        return _Chain(radii.pop(), (*equations, equation)) if len(equations) < _LONGEST else None

    def smooth(self, equation: Equation, chain: _Chain, perhaps: bool) -> Change:
        """The equation, and what it moves as: with the term of second order. `perhaps`: where its slope is 0."""
        b = builder(equation.span)
        b.role = equation.role
        squares = self.squares.squared(b, chain.radius)
        value = Var(equation.result.type)
        b.append(replace(equation, results=(value,)))
        slope, bent = _bent(b, chain, equation.result)
        if squares is None or bent is None or (perhaps and not isinstance(slope, Var)):
            return equation
        term = b.emit("multiply", 0.5, b.emit("multiply", bent, squares))
        place = b.emit("equal", chain.radius, 0.0)
        if perhaps and slope is not None:
            place = b.emit("logical_and", place, b.emit("equal", slope, 0.0))
        here = b.emit("where", place, term, 0.0)
        moves = Equation("moves_as", (value, b.emit("add", value, here)), equation.results, span=equation.span)
        b.append(moves)
        self.squares.definitions.update(b.definitions)
        self.chains[value] = chain
        inner = tuple(replace(e, results=(value,)) if e is equation else e for e in chain.equations)
        self.chains[equation.result] = _Chain(chain.radius, (*inner, moves))
        return Instead(tuple(b.equations))

    def is_smooth(self, chain: _Chain) -> bool | None:
        """Whether it has the slope 0 at 0, and is curved there, by all samples that say something.

        None: it may have, for some of what it depends on, as its slope has one sign here and another one there.
        """
        if not _moves(chain):
            return False
        samples = [_Sample(chain, self.squares.definitions, *sample) for sample in _SAMPLES]
        verdicts = [_verdict(sample) for sample in samples[:2]]
        if any(verdicts) and False not in verdicts:
            return True
        slopes = [_slope(sample) for sample in samples]
        return None if min(slopes) < -_STEP and max(slopes) > _STEP else False


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
            readable = made is not None and (made.op in _SAME or _is_function(made.op))
            known = self.computed(made, depth - 1) if made is not None and readable else None
            opaque = known is None or not np.all(np.isfinite(known))
            self.values[a] = self.made_up(a) if opaque or known is None else known
        return self.values[a]

    def made_up(self, a: Atom) -> Numbers:
        """A number of its own; of truths and of whole numbers there is nothing between them."""
        number = np.asarray(self.first + self.step * len(self.values))
        return number if is_inexact(dtype_of(a.type)) else number.astype(dtype_of(a.type) or float)

    def computed(self, equation: Equation, depth: int) -> Numbers:
        operands = equation.operands[:1] if equation.op in _SAME else equation.operands
        return _computed(equation.op, [self.value(a, depth) for a in operands])


def _verdict(sample: _Sample) -> bool | None:
    """What a sample says: None where there is no number."""
    y = sample.values[sample.chain.equations[-1].result]
    if y.shape != (4,) or not np.all(np.isfinite(y)):
        return None
    slope = _slope(sample)
    bend = (2 * y[0] - 5 * y[1] + 4 * y[2] - y[3]) / _STEP**2
    return bool(abs(slope) < 1e-4 * abs(bend) and abs(bend) > 1e-4 * np.max(np.abs(y)))


def _slope(sample: _Sample) -> float:
    """The slope at 0; 0 where there is no number."""
    y = sample.values[sample.chain.equations[-1].result]
    known = y.shape == (4,) and bool(np.all(np.isfinite(y)))
    return float(-11 * y[0] + 18 * y[1] - 9 * y[2] + 2 * y[3]) / (6 * _STEP) if known else 0.0


def _computed(op: str, operands: Sequence[Numbers | float]) -> Numbers:
    if op in _SAME:
        return np.asarray(operands[0])
    with np.errstate(all="ignore"):
        found = np.asarray(_numeric(op)(*operands))
    return found if found.dtype.kind in "biu" else found.astype(float)


def _is_function(op: str) -> bool:
    """Whether it is an elementwise function that can be computed for numbers."""
    return op in _FUNCTIONS or _of_library(op) is not None


def _of_library(op: str) -> tuple[str, str] | None:
    """The library and the name of a special function."""
    facts = OPS[op]
    text = facts.spelling if facts.elementwise and isinstance(facts.spelling, str) else ""
    library = next((one for one in _LIBRARIES if text.startswith(one)), None)
    return None if library is None else (library.rstrip("."), text.removeprefix(library).partition("(")[0])


def _numeric(op: str) -> Callable[..., object]:
    found = _of_library(op)
    if found is None:
        return np.where if op == "where" else np.i0 if op == "np_i0" else cast(Callable[..., object], getattr(np, op))
    function = getattr(import_module(found[0]), found[1])
    return function if found[0] != "math" else np.vectorize(_quiet(function), otypes=[float])


def _quiet(function: Callable[..., float]) -> Callable[..., float]:
    """A function of `math`, which is nan where it raises."""

    def computed(*numbers: float) -> float:
        try:
            return function(*numbers)
        except (ArithmeticError, ValueError):
            return np.nan

    return computed


# ---- the second derivative


def _bent(b: Builder, chain: _Chain, result: Var) -> tuple[Atom | None, Atom | None]:
    """The first and second derivative of a variable with respect to the norm alone, where that is 0; None: it is 0."""
    inner = {e.result for e in chain.equations}
    read = dict.fromkeys(a for e in chain.equations for a in e.operands if isinstance(a, Var) and a not in inner)
    read.pop(chain.radius, None)
    places = [chain.radius, *read]
    inputs = tuple(Input(v, Path(f"x{k}")) for k, v in enumerate(places))
    body = Region((), tuple(map(_still, chain.equations)), (result,))
    found = series(Trace("function", (), inputs, body, Leaf(0)), (0,), 2)
    if len(found.body.results) < 3:
        return None, None
    emitted: dict[Atom, Atom] = {chain.radius: const(0.0), found.inputs[-1].var: const(1.0)}
    for equation in found.body.equations:
        operands = [emitted.get(a, a) for a in equation.operands]
        emitted.update(zip(equation.results, _again(b, equation, operands), strict=True))
    slope, bent = found.body.results[-2:]
    return emitted.get(slope, slope), emitted.get(bent, bent)


def _again(b: Builder, equation: Equation, operands: Sequence[Atom]) -> tuple[Atom, ...]:
    """The results of an equation for other operands: numbers where these are."""
    if equation.op in _SAME:
        return (operands[0],)
    known = [a.value for a in operands if isinstance(a, Const) and isinstance(a.value, (int, float))]
    if _is_function(equation.op) and len(known) == len(operands):
        return (const(float(_computed(equation.op, known))),)
    return b.emit_many(equation.op, *operands, **equation.params)


def _still(equation: Equation) -> Equation:
    """What moves as something else doesn't move with the norm."""
    if equation.op != "moves_as":
        return equation
    return replace(equation, op="stop_gradient", operands=equation.operands[:1])
