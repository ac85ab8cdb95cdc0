"""How the file of an area states derivatives: for each operation its tangent and its adjoint, in a `RuleTable`.

Kinds of entry, from easy to hard:

- `flat(name, ...)`: derivative zero almost everywhere (floor, comparisons, argmax, shapes).
- `slopes(name, d0, d1, ...)`: an elementwise operation states its local slope with respect to each operand: a function
  (operands..., result) -> slope written with ordinary operators on `Expr`; a number where it is constant; None for a
  zero slope. Both modes follow.
- `pointwise(name, p0, p1, ...)`: the same where slope times bar has a better form than a product (`g / x`): functions
  (g, operands..., result) -> contribution, linear in g. Both modes follow, as a diagonal map is its own transpose.
- `linear(name, t0, t1, ...)`: an operation that is linear in some operands *together* states, for each of these,
  the transpose: (g, operands..., result, *, params) -> the operand's adjoint; None for operands in which it isn't.
  The tangent is the operation itself. `multilinear`: linear in each of them apart (products).
- `rule(name, adjoint, tangent)`: the rest state both, as functions of a `Site`.

The functions name as keyword-only arguments those params of the equation that they read.

Broadcasting is undone once, in the adjoint sweep, never in a rule: the adjoint of an operand of an elementwise
operation has the shape of the result, or any shape that broadcasts to it. Rules build equations, so they can be
differentiated again.

Adjoints of complex values: a change dx changes the final result by the real part of x_bar * dx. So holomorphic rules
are the same as real ones, without conjugates, and a real operand takes the real part.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from srcad.ops.catalogue import OPS
from srcad.ops.declare import enter
from srcad.rules.language import Expr, Given, Operand, materialise, unwrap, zeros
from srcad.rules.masks import Mask, is_multiple, mask_of, support
from srcad.trace.builder import Builder
from srcad.trace.builder import atom as to_atom
from srcad.trace.nodes import Atom, Const, Equation, Params
from srcad.trace.solution import AdjointRule, Bars, TangentRule
from srcad.trace.types import Array, Type, is_differentiable, is_numeric

TermRule = Callable[..., Given]
LocalSlope = Callable[..., Operand]


@dataclass(frozen=True)
class Rule:
    """How derivatives pass an operation.

    pullback     (builder, equation, bars, wanted) -> the contribution to each operand's adjoint; None: zero
    pushforward  (builder, equation, dots) -> the tangent of each result; None: zero
    pointwise    elementwise: bars may have any shape that broadcasts to the result
    takes_small  not elementwise, and still content with such a bar
    flat         the derivative is zero
    """

    name: str
    pullback: AdjointRule
    pushforward: TangentRule
    pointwise: bool = False
    takes_small: bool = False
    flat: bool = False


@dataclass(frozen=True)
class Site:
    """An equation as the functions of `rule` see it: everything wrapped in `Expr`."""

    b: Builder
    operands: tuple[Expr, ...]
    results: tuple[Expr, ...]
    params: Params
    wanted: tuple[bool, ...] = field(default=())

    @property
    def result(self) -> Expr:
        (result,) = self.results
        return result

    def apply(self, op: str, *operands: object, **params: object) -> Expr:
        """Emit an operation that has one result, also where no operand is an `Expr`."""
        return Expr(self.b, self.b.emit(op, *map(unwrap, operands), **params))


def _atom(value: Given) -> Atom | None:
    """What a rule's function gives back, as an atom."""
    if value is None or isinstance(value, Const):
        return value
    if isinstance(value, Expr):
        return value.atom
    return to_atom(value)


def _site(b: Builder, eq: Equation, wanted: tuple[bool, ...] = ()) -> Site:
    operands = tuple(Expr(b, a) for a in eq.operands)
    return Site(b, operands, tuple(Expr(b, v) for v in eq.results), eq.params, wanted)


class RuleTable:
    """The rules of one area: filled by the file that makes it, and by no other.

    TABLE = RuleTable()
    slopes, linear = TABLE.slopes, TABLE.linear

    slopes("sin", lambda x, y: cos(x))
    """

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}

    def add(self, rule: Rule) -> None:
        """Put a rule into the table, in which none stands yet for its operation."""
        enter(self.rules, rule.name, rule)

    def flat(self, *names: str) -> None:
        """Operations with derivative zero."""
        for name in names:
            self.add(Rule(name, _no_pullback, _no_pushforward, pointwise=True, takes_small=True, flat=True))

    def slopes(self, name: str, *slopes: LocalSlope | float | None) -> None:
        """An elementwise operation by its local slopes."""
        self.pointwise(name, *map(_pull_of_slope, slopes))

    def pointwise(self, name: str, *pulls: TermRule | None, tangent: TermRule | None = None) -> None:
        """An elementwise operation by the products of its slopes with a bar.

        `tangent`, a function (site, *dots), where the sum of these products has a better form.
        """
        terms = tuple(map(_bind, pulls))

        def pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
            site, g = _site(b, eq, wanted), bars[0]
            if g is None:
                return (None,) * len(eq.operands)
            pairs = zip(terms, wanted, strict=True)
            return tuple(_through_masks(site, term, g) if term and want else None for term, want in pairs)

        def pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
            site = _site(b, eq)
            if tangent is not None and any(dot is not None for dot in dots):
                parts = [_atom(tangent(site, *(_expr(b, dot) for dot in dots)))]
            else:
                pairs = zip(terms, dots, strict=True)
                parts = [_through_masks(site, term, dot) for term, dot in pairs if term and dot is not None]
            return (_total(b, eq, parts),)

        self.add(Rule(name, pullback, pushforward, pointwise=True, takes_small=True))

    def linear(self, name: str, *transposes: TermRule | None, takes_small: bool = False) -> None:
        """An operation that is linear in some of its operands together.

        Where there are more operands than transposes (indices, shapes), it isn't linear in them.
        """
        _claim(name, OPS[name].linear, "linear")
        terms = tuple(map(_bind, transposes))

        def pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
            moving = [k < len(terms) and terms[k] is not None for k in range(len(eq.operands))]
            if not any(m and dot is not None for m, dot in zip(moving, dots, strict=True)):
                return (None,) * len(eq.results)
            tangents = zip(eq.operands, dots, moving, strict=True)
            return _again(b, eq, [_dot_or_zero(b, a, dot) if m else a for a, dot, m in tangents])

        self.add(Rule(name, _transposed(terms), pushforward, takes_small=takes_small))

    def multilinear(self, name: str, *transposes: TermRule | None, takes_small: bool = False) -> None:
        """An operation that is linear in each of some operands, apart: a product."""
        _claim(name, OPS[name].bilinear or None in transposes or len(transposes) != 2, "bilinear")
        terms = tuple(map(_bind, transposes))

        def pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
            parts: list[Atom | None] = []
            for k, dot in enumerate(dots):
                if dot is not None and k < len(terms) and terms[k] is not None:
                    parts += _again(b, eq, [*eq.operands[:k], dot, *eq.operands[k + 1 :]])
            return (_total(b, eq, parts),)

        self.add(Rule(name, _transposed(terms), pushforward, takes_small=takes_small))

    def rule(
        self, name: str, adjoint: TermRule, tangent: TermRule, *, pointwise: bool = False, takes_small: bool = False
    ) -> None:
        """An operation that states both: adjoint (site, *bars) -> contributions, tangent (site, *dots) -> tangents.

        The bars and dots are `Expr` or None (zero). Both give a sequence, or a single one where one is all there is.
        """

        def pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
            if all(bar is None for bar in bars):
                return (None,) * len(eq.operands)
            given = adjoint(_site(b, eq, wanted), *(_expr(b, bar) for bar in bars))
            return _padded([_atom(c) for c in _sequence(given)], len(eq.operands))

        def pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
            if all(dot is None for dot in dots):
                return (None,) * len(eq.results)
            given = tangent(_site(b, eq), *(_expr(b, dot) for dot in dots))
            tangents = _padded([_atom(c) for c in _sequence(given)], len(eq.results))
            return tuple(t if t is None else _fitted(b, t, y) for t, y in zip(tangents, eq.results, strict=True))

        self.add(Rule(name, pullback, pushforward, pointwise=pointwise, takes_small=takes_small))


# ---- flat


def _no_pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
    return (None,) * len(eq.operands)


def _no_pushforward(b: Builder, eq: Equation, dots: Bars) -> Bars:
    return (None,) * len(eq.results)


# ---- elementwise


def _pull_of_slope(slope: LocalSlope | float | None) -> TermRule | None:
    if slope is None:
        return None
    if not callable(slope):
        return _CONSTANT_SLOPES.get(slope) or (lambda g, *_: slope * g)
    keep = _keywords(slope)

    def pull(g: Expr, *values: Expr, **params: object) -> Expr:
        return g * slope(*values, **keep(params))

    return pull


def _pass(g: Expr, *_: Expr, **__: object) -> Expr:
    return g


def _negate(g: Expr, *_: Expr, **__: object) -> Expr:
    return -g


_CONSTANT_SLOPES: dict[float, TermRule] = {1: _pass, -1: _negate}


def _bind(pull: TermRule | None) -> Callable[[Site, Atom], Atom | None] | None:
    """A rule's function as a function of the site and the bar."""
    if pull is None:
        return None
    keep = _keywords(pull)
    return lambda site, g: _atom(pull(Expr(site.b, g), *site.operands, *site.results, **keep(site.params)))


def _through_masks(site: Site, term: Callable[[Site, Atom], Atom | None], g: Atom) -> Atom | None:
    """The contribution of a bar or dot, masked last where that is masked: where(c, g / x, 0) for g = where(c, g, 0).

    So nothing leaks from a branch that `where` did not take: 0 / 0 and 0 * inf are not zero.
    """
    mask = mask_of(site.b, g)
    if mask is None:
        return _through_sums(site, term, g)
    part = _through_masks(site, term, mask.inner)
    return part and g if part is None or part is mask.inner else mask.of(site.b, part)


def _through_sums(site: Site, term: Callable[[Site, Atom], Atom | None], g: Atom) -> Atom | None:
    """The contribution of a sum of masked bars, or of one that was moved, with the mask of these."""
    part = term(site, g)
    if part is None or is_multiple(site.b, part, g):
        return part
    places = support(site.b, g)
    return part if places is None else Mask(places, part, False).of(site.b, part)


def _keywords(function: TermRule) -> Callable[[Params], dict[str, object]]:
    """A filter for the params that a rule's function takes."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return dict
    names = frozenset(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
    return lambda params: {name: value for name, value in params.items() if name in names}


def _total(b: Builder, eq: Equation, parts: Sequence[Atom | None]) -> Atom | None:
    """The sum of the parts of a tangent."""
    present = [part for part in parts if part is not None]
    if not present:
        return None
    total = present[0]
    for part in present[1:]:
        total = b.emit("add", total, part)
    return _fitted(b, total, eq.result)


def _fitted(b: Builder, tangent: Atom, result: Atom) -> Atom:
    """With the shape and the dtype of the result."""
    if not is_numeric(result.type):
        return tangent
    if not _same_shape(tangent.type, result.type):
        tangent = materialise(Expr(b, tangent), Expr(b, result)).atom
    wanted = getattr(result.type, "dtype", None)
    if wanted is not None and getattr(tangent.type, "dtype", None) != wanted:
        tangent = b.emit("cast", tangent, dtype=wanted)
    return tangent


def _same_shape(a: Type, b: Type) -> bool:
    if a.is_scalar and b.is_scalar:
        return True
    if not isinstance(a, Array) or not isinstance(b, Array) or a.rank != b.rank:
        return False
    return all(x.same(y) for x, y in zip(a.dims, b.dims, strict=True))


# ---- linear


def _claim(name: str, declared: bool, what: str) -> None:
    if not declared:
        raise ValueError(f"the rule of `{name}` says that it is {what}, and the catalogue doesn't")


def _transposed(terms: tuple[Callable[[Site, Atom], Atom | None] | None, ...]) -> AdjointRule:
    def pullback(b: Builder, eq: Equation, bars: Bars, wanted: tuple[bool, ...]) -> Bars:
        site, g = _site(b, eq, wanted), bars[0]
        if g is None:
            return (None,) * len(eq.operands)
        padded = terms + (None,) * (len(eq.operands) - len(terms))
        return tuple(term(site, g) if term and want else None for term, want in zip(padded, wanted, strict=False))

    return pullback


def _again(b: Builder, eq: Equation, operands: list[Atom]) -> Bars:
    return b.emit_many(eq.op, *operands, **eq.params)


def _dot_or_zero(b: Builder, operand: Atom, dot: Atom | None) -> Atom:
    if dot is not None:
        return dot
    moves = is_numeric(operand.type) or is_differentiable(operand.type)
    return zeros(Expr(b, operand)).atom if moves else operand


# ---- the rest


def _expr(b: Builder, value: Atom | None) -> Expr | None:
    return None if value is None else Expr(b, value)


def _sequence(given: Given) -> Sequence[Operand]:
    return given if isinstance(given, (tuple, list)) else (given,)


def _padded(values: list[Atom | None], count: int) -> Bars:
    return (*values, *(None,) * (count - len(values)))
