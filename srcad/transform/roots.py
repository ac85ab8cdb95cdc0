"""Roots of sums of squares are norms, and their squares are sums of squares.

    v1 = square(d)                     v1 = square(d)
    v2 = sum(v1)               ->      v2 = sum(v1)
    r = sqrt(v2)                       r = sqrt(v2, of_squares=True)
    e = multiply(r, r)                 v3 = multiply(r, r)
                                       e = moves_as(v3, v2)

At 0 the slope of the root is infinite, and that of the norm is taken to be 0, as everywhere at kinks; by the chain rule
it would be inf * 0. And the square of a norm is smooth there, though the norm isn't. What is computed stays as it is.

A sum of squares may be built up over statements, loops, branches and lists. It is recognised by what it is made of,
never by how it is written.
"""

from __future__ import annotations

import math
from dataclasses import replace

from srcad.ops.catalogue import Kind, builder, operation
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Const, Equation, Region, Trace, Var
from srcad.trace.procedures import with_procedures
from srcad.trace.rewrite import Change, Instead, rewritten, with_body
from srcad.trace.slots import STRUCTURED, slots
from srcad.trace.types import dims_of, dtype_of, is_complex, is_inexact
from srcad.trace.walk import walk


def roots(trace: Trace) -> Trace:
    """The trace, in which roots of sums of squares say so."""
    trace = with_procedures(trace, roots)
    if not any(is_root(e) or e.op in _NORMS for e in walk(trace.body)):
        return trace
    return with_body(trace, rewritten(trace.body, Squares(trace.body).changed))


_NORMS = frozenset({"norm", "absolute", "hypot", "std"})
_CONTRACTIONS = ("matmul", "dot", "inner")
_DEEP = 6  # how far products of products are looked into


def values(trace: Trace) -> Trace:
    """The trace for the last time: what moves as something else is the value that it is.

    v3 = multiply(r, r)        v3 = multiply(r, r)
    e = moves_as(v3, v2)       yield v3
    yield e
    """
    trace = with_procedures(trace, values)
    return with_body(trace, rewritten(trace.body, _value))


def _value(equation: Equation) -> Change:
    return Instead(results=equation.operands[:1]) if operation(equation).solution else equation


class Squares:
    """Sums of squares in a region, and of which equation, or which slots, each variable comes from."""

    def __init__(self, region: Region) -> None:
        self.definitions: dict[Var, Equation] = {}
        self.sources: dict[Var, tuple[Atom, ...]] = {}
        for equation in walk(region):
            if equation.op in STRUCTURED:
                for slot in slots(equation):
                    self.sources.update(dict.fromkeys(slot.targets, slot.sources))
            else:
                self.definitions.update(dict.fromkeys(equation.results, equation))

    def maker(self, atom: Atom, *ops: str) -> Equation | None:
        equation = self.definitions.get(atom) if isinstance(atom, Var) else None
        return equation if equation is not None and equation.op in ops else None

    # ---- what becomes of an equation

    def changed(self, equation: Equation) -> Change:
        smooth = self.root_of_power(equation)
        if smooth is not None:
            return smooth
        if is_root(equation) and self.are_squares(equation.operands[0]):
            marked = replace(equation, params={**equation.params, "of_squares": True})
            self.definitions[equation.result] = marked
            return marked
        if equation.op == "sqrt" or 0 < (_exponent(equation) or 1) < 1:
            return self.weighed(equation) or equation
        is_product = equation.op in ("multiply", "divide", *_CONTRACTIONS) or _is_even(equation)
        return self.product(equation) if is_product else equation

    def root_of_power(self, equation: Equation) -> Instead | None:
        """sqrt(x**4) moves as x**2 does, which is smooth."""
        halves = equation.op == "sqrt" or _exponent(equation) == 0.5
        made = self.maker(equation.operands[0], "power", "float_power") if halves else None
        exponent = _exponent(made) if made is not None else None
        if made is None or exponent is None or exponent < 4 or exponent % 4:
            return None
        x = made.operands[0]
        if is_complex(x.type) or not is_inexact(dtype_of(x.type)) or dtype_of(x.type) is None:
            return None
        value, b = Var(equation.result.type), builder(equation.span)
        b.append(replace(equation, results=(value,)))
        smooth = b.emit("power", x, int(exponent) // 2)
        b.append(Equation("moves_as", (value, smooth), equation.results, span=equation.span))
        self.definitions.update(b.definitions)
        return Instead(tuple(b.equations))

    def product(self, equation: Equation) -> Equation | Instead:
        """A product in which a norm stands twice, with what it moves as."""
        modulus = self.maker(equation.operands[0], "absolute") if _is_square(equation) else None
        if modulus is not None and dtype_of(modulus.operands[0].type) and not is_complex(modulus.operands[0].type):
            return _of_modulus(equation, modulus.operands[0])
        b = builder(equation.span)
        smooth = self.smooth(b, equation)
        if smooth is None:
            return equation
        value = Var(equation.result.type)
        b.append(replace(equation, results=(value,)))
        b.append(Equation("moves_as", (value, smooth), equation.results, span=equation.span))
        self.definitions.update(b.definitions)
        return Instead(tuple(b.equations))

    # ---- squares of norms

    def smooth(self, b: Builder, equation: Equation) -> Atom | None:
        """A product of a norm with itself as a smooth function; None where there is none in it."""
        if _is_even(equation):
            whole = self.squared(b, equation.operands[0])
            half = int(_exponent(equation) or 2) // 2
            return whole if whole is None or half == 1 else b.emit("power", whole, half)
        if equation.op in _CONTRACTIONS:
            return self.contracted(b, equation)
        factors, divisors, odd = self.factors(equation.result, _DEEP)
        twice = next((a for k, a in enumerate(factors) if isinstance(a, Var) and a in factors[:k]), None)
        whole = None if twice is None else self.squared(b, twice)
        if whole is None or twice is None:
            return None
        factors.remove(twice)
        factors.remove(twice)
        for factor in factors:
            whole = b.emit("multiply", whole, factor)
        for divisor in divisors:
            whole = b.emit("divide", whole, divisor)
        return b.emit("negative", whole) if odd else whole

    def contracted(self, b: Builder, equation: Equation) -> Atom | None:
        """The scalar product of a vector of norms with itself."""
        x, y = equation.operands
        if x is not y or not _of_equal_places(equation):
            return None
        squares = self.squared(b, x)
        return None if squares is None else b.emit("sum", squares, axis=None, keepdims=False)

    def factors(self, atom: Atom, depth: int) -> tuple[list[Atom], list[Atom], bool]:
        """What is multiplied, what that is divided by, and whether there is a sign before it."""
        match self.maker(atom, "multiply", "divide", "negative") if depth else None:
            case Equation(op="multiply", operands=(x, y)):
                (above, below, odd), (over, under, other) = (self.factors(a, depth - 1) for a in (x, y))
                return above + over, below + under, odd != other
            case Equation(op="divide", operands=(x, y)):
                above, below, odd = self.factors(x, depth - 1)
                return above, [*below, y], odd
            case Equation(op="negative", operands=(x,)):
                above, below, odd = self.factors(x, depth - 1)
                return above, below, not odd
        return [atom], [], False

    def squared(self, b: Builder, y: Atom) -> Atom | None:
        """The square of something, as a smooth function of what norms in it are of; None where there is no norm."""
        made = self.definitions.get(y) if isinstance(y, Var) else None
        if made is None or not is_inexact(dtype_of(y.type)):
            return None
        if made.op == "moves_as":
            return self.of_moving(made.operands[1])
        x = made.operands[0] if made.operands else None
        match made.op:
            case "sqrt" | "power" | "float_power" if made.params.get("of_squares"):
                return x if made.op == "sqrt" or _exponent(made) == 0.5 else None
            case "norm" if x is not None and not made.params.get("ord"):
                return b.emit(
                    "sum", self.squared(b, x) or _modulus(b, x), **{"axis": None, "keepdims": False, **_shape(made)}
                )
            case "std":
                return b.emit("var", *made.operands, **made.params)
            case "hypot":
                parts = [self.squared(b, a) or b.emit("multiply", a, a) for a in made.operands]
                return b.emit("add", *parts)
            case "absolute" if x is not None and dtype_of(x.type) is not None:
                return self.squared(b, x) or _modulus(b, x)
            case "negative":
                return None if x is None else self.squared(b, x)
            case "divide" | "multiply":
                return self.squared_product(b, made)
        facts = operation(made)
        if x is None or not facts.linear or facts.kind not in (Kind.VIEW, Kind.MOVEMENT):
            return None
        inner = self.squared(b, x)
        return None if inner is None else b.emit(made.op, inner, *made.operands[1:], **made.params)

    def of_moving(self, y: Atom) -> Atom | None:
        """What a root of weighed squares is the root of; None for another value."""
        root = self.maker(y, "sqrt")
        under = self.maker(root.operands[0], "moves_as") if root is not None else None
        return None if under is None else under.operands[1]

    def squared_product(self, b: Builder, made: Equation) -> Atom | None:
        x, y = made.operands
        inner = self.squared(b, x)
        if inner is None and made.op == "multiply":
            inner, y = self.squared(b, y), x
        return None if inner is None else b.emit(made.op, inner, b.emit("multiply", y, y))

    # ---- sums of weighed squares

    def weighed(self, equation: Equation) -> Instead | None:
        """A root of weighed squares, which rests where all that is squared is 0.

        Weights may be 0 or negative. So it isn't the root that tells: where that is 0 and what is squared is not, its
        slope is infinite. Where it rests, it moves as the root of infinity would.
        """
        b = builder(equation.span)
        squares = self.without_weights(b, equation.operands[0], _DEEP)
        if squares is None:
            return None
        x, value = equation.operands[0], Var(equation.result.type)
        b.append(replace(equation, results=(value,)))
        away = b.emit("where", b.emit("equal", squares, 0.0), math.inf, x)
        if dims_of(away.type) != dims_of(x.type):
            return None
        moving = replace(
            equation, operands=(b.emit("moves_as", away, x), *equation.operands[1:]), results=(Var(value.type),)
        )
        b.append(moving)
        b.append(Equation("moves_as", (value, moving.result), equation.results, span=equation.span))
        self.definitions.update(b.definitions)
        return Instead(tuple(b.equations))

    def without_weights(self, b: Builder, atom: Atom, depth: int) -> Atom | None:
        """The sum of the squares that are weighed in a sum; None: it isn't one."""
        made = self.definitions.get(atom) if isinstance(atom, Var) else None
        if made is None or not depth or not is_inexact(dtype_of(made.result.type)) or is_complex(made.result.type):
            return None
        if _is_even(made):
            base = self.definitions.get(made.operands[0]) if isinstance(made.operands[0], Var) else None
            return None if base is not None and operation(base).kind is Kind.CREATION else atom
        inner = [self.without_weights(b, a, depth - 1) for a in made.operands[:2]]
        match made.op, inner:
            case "add", [Var() as one, Var() as other]:
                return b.emit("add", one, other)
            case ("multiply", [Var() as one, None] | [None, Var() as one]) | ("divide", [Var() as one, _]):
                stretched = dims_of(one.type) != dims_of(made.result.type)
                return b.emit("materialise", one, made.result) if stretched else one
            case "sum" | "mean", [Var() as one] if dims_of(one.type) == dims_of(made.operands[0].type):
                return b.emit("sum", one, **made.params)
        return self.of_form(b, made, inner)

    def of_form(self, b: Builder, made: Equation, inner: list[Atom | None]) -> Atom | None:
        """The squares of a quadratic form, or of a scalar product with weights."""
        if made.op in _CONTRACTIONS and all(len(dims_of(a.type) or ()) == 1 for a in made.operands):
            x, y = made.operands
            if self.is_image(x, y) or self.is_image(y, x):
                x = y if self.is_image(x, y) else x
                return b.emit("dot", x, x)
            weighed = [one for one in inner if one is not None]
            return b.emit("sum", weighed[0], axis=None, keepdims=False) if len(weighed) == 1 else None
        product = self.maker(made.operands[0], "multiply") if made.op == "sum" else None
        if product is None or made.params.get("axis") not in (None, -1, len(dims_of(product.result.type) or ()) - 1):
            return None
        x, y = product.operands
        if not (self.is_image(x, y) or self.is_image(y, x)):
            return None
        x = y if self.is_image(x, y) else x
        return b.emit("sum", b.emit("multiply", x, x), **made.params)

    def is_image(self, y: Atom, x: Atom) -> bool:
        """Whether one is the other times a matrix."""
        made = self.maker(y, "matmul", "dot")
        if made is None or dims_of(y.type) is None or len(dims_of(y.type) or ()) != len(dims_of(x.type) or ()):
            return False
        return any(a is x and len(dims_of(m.type) or ()) == 2 for a, m in (made.operands, made.operands[::-1]))

    # ---- sums of squares

    def are_squares(self, atom: Atom) -> bool:
        """Whether it is a sum of squares: with slots that feed themselves, as is what a loop adds up."""
        pending, seen = [atom], set()
        while pending:
            one = pending.pop()
            if isinstance(one, Const):
                if not _is_number(one.value) or not one.value >= 0:
                    return False
            elif one not in seen:
                seen.add(one)
                parts = self.parts(one)
                if parts is None:
                    return False
                pending += parts
        return any(isinstance(one, Var) for one in seen)

    def parts(self, var: Var) -> tuple[Atom, ...] | None:
        """What has to be a sum of squares for a variable to be one; None: it is none."""
        if var in self.sources:
            return self.sources[var]
        equation = self.definitions.get(var)
        if equation is None:
            return None
        match equation.op:
            case "square" | "power" | "float_power":
                return self.of_power(equation)
            case "multiply" | "matmul" | "dot" | "inner" | "tensordot" | "einsum":
                return self.of_product(equation)
            case "divide":
                return equation.operands[:1]
            case "add" | "maximum" | "python_max":
                return None if any(_is_positive(a) for a in equation.operands) else equation.operands
            case "where":
                return equation.operands[1:]
            case "set_item" | "add_item" | "list_set":
                return equation.operands[:2]
            case "var" | "zeros" | "zeros_like" | "empty" | "empty_like" | "ones" | "ones_like" | "eye":
                return ()
            case "trace":
                return self.of_trace(equation)
        return equation.operands if equation.op in _OF_ALL else self.of_first(equation)

    def of_first(self, equation: Equation) -> tuple[Atom, ...] | None:
        """What only moves elements, or adds them up, makes sums of squares of such."""
        facts = operation(equation)
        if equation.op in ("max", "min") and len(equation.operands) > 1:
            return None
        moves = facts.linear and facts.kind in (Kind.VIEW, Kind.MOVEMENT)
        return equation.operands[:1] if moves or equation.op in _OF_FIRST else None

    def of_power(self, equation: Equation) -> tuple[Atom, ...] | None:
        x, exponent = equation.operands[0], _exponent(equation)
        if is_complex(x.type) or dtype_of(x.type) is None or exponent is None:
            return None
        if exponent >= 2 and (exponent % 2 == 0 or self.maker(x, "absolute", "norm", "hypot")):
            return ()
        return (x,) if exponent >= 1 else None

    def of_product(self, equation: Equation) -> tuple[Atom, ...] | None:
        a, b = equation.operands if len(equation.operands) == 2 else (None, None)
        if a is None or b is None:
            return None
        if self.is_same(a, b) and _of_equal_places(equation):
            return ()
        if equation.op != "multiply":
            return None
        return tuple(one for one in (a, b) if not (_is_positive(one) or self.maker(one, *_POSITIVE))) or None

    def of_trace(self, equation: Equation) -> tuple[Atom, ...] | None:
        """The trace of a real matrix times its transpose is the sum of the squares of its elements."""
        product = self.maker(equation.operands[0], "matmul", "dot")
        if product is None or equation.params.get("offset") or dtype_of(equation.result.type) is None:
            return None
        a, b = product.operands
        turned = (self.maker(a, "transpose"), b), (self.maker(b, "transpose"), a)
        own = any(made is not None and made.operands[0] is other for made, other in turned)
        return () if own and len(dims_of(a.type) or ()) == 2 and not is_complex(a.type) else None

    def is_same(self, a: Atom, b: Atom) -> bool:
        """One real number or array, or conjugates of each other."""
        if a is b:
            return not is_complex(a.type) and dtype_of(a.type) is not None
        pairs = ((self.maker(a, "conjugate"), b), (self.maker(b, "conjugate"), a))
        return any(made is not None and made.operands[0] is other for made, other in pairs)


_OF_FIRST = frozenset(
    {"sum", "mean", "cumsum", "max", "min", "real", "absolute", "positive", "to_float", "item", "cast", "copy"}
    | {"list_get", "list_pop", "list_slice", "list_reverse", "list_to_array", "array_to_list", "tuple_get", "moves_as"}
)
_OF_ALL = frozenset(
    {"concatenate", "stack", "array", "list_new", "list_append", "list_concat", "tuple_new", "minimum", "python_min"}
)
_POSITIVE = ("dim", "size", "list_len", "exp", "exp2", "cosh")


def is_root(equation: Equation) -> bool:
    """Whether it is a square root, or another power that is no whole one."""
    exponent = _exponent(equation)
    return equation.op == "sqrt" or (exponent is not None and exponent > 0 and exponent % 1 != 0)


def _is_square(equation: Equation) -> bool:
    if equation.op == "multiply":
        return equation.operands[0] is equation.operands[1]
    return equation.op == "square" or _exponent(equation) == 2


def _is_even(equation: Equation) -> bool:
    """Whether it is a square, or another even power."""
    exponent = _exponent(equation) or 0
    return _is_square(equation) or (exponent > 0 and exponent % 2 == 0)


def _exponent(equation: Equation) -> float | None:
    """The exponent of a power that is known now."""
    if equation.op == "square":
        return 2
    if equation.op not in ("power", "float_power") or not isinstance(equation.operands[1], Const):
        return None
    value = equation.operands[1].value
    return value if _is_number(value) else None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_positive(atom: Atom) -> bool:
    return isinstance(atom, Const) and _is_number(atom.value) and atom.value > 0


def _of_equal_places(equation: Equation) -> bool:
    """Whether a product of something with itself is of equal elements, which are added up at most."""
    rank = len(dims_of(equation.operands[0].type) or ())
    match equation.op:
        case "multiply":
            return True
        case "einsum":
            left, _, right = equation.params["subscripts"].partition("->")[0].replace(" ", "").partition(",")
            return bool(left == right)
        case "tensordot":
            places, others = equation.params["axes"]
            return places == others and len(places) == rank
    return rank == 1


def _of_modulus(equation: Equation, x: Atom) -> Equation:
    """The square of a real number is that of its modulus, to the last digit."""
    return replace(equation, operands=(x, x) if equation.op == "multiply" else (x, *equation.operands[1:]))


def _modulus(b: Builder, x: Atom) -> Atom:
    """The square of the modulus."""
    return b.emit("squared_modulus", x) if is_complex(x.type) else b.emit("multiply", x, x)


def _shape(norm: Equation) -> dict[str, object]:
    return {name: value for name, value in norm.params.items() if name != "ord"}
