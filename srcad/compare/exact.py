"""Running a trace on numbers of another arithmetic: symbols of SymPy, or floats of mpmath with many digits.

A `NumberAtPoint` has two parts: what it is in the other arithmetic, and what it is as a float at the point. The latter
settles comparisons, so that the run goes the way that the program goes at that point, whatever a symbol might be:

    x = Number(sympy.Symbol("x"), 2.0, SYMBOLS)
    x * x if x > 1.0 else -x        # Number(x**2, 4.0)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, SupportsFloat

import numpy as np

from srcad.errors import Span
from srcad.ops.catalogue import OPS
from srcad.ops.meaning import MEANINGS
from srcad.testing.meanings import meanings
from srcad.trace.evaluate import Interpreter
from srcad.trace.nodes import Equation, Trace

Function = Callable[..., object]
Operator = Callable[["NumberAtPoint", object], "NumberAtPoint"]


class ExactPart(Protocol):
    """A symbol of SymPy, or a number of mpmath."""

    def __float__(self) -> float: ...

    def __neg__(self) -> ExactPart: ...

    def __add__(self, other: ExactPart | float, /) -> ExactPart: ...

    def __radd__(self, other: float, /) -> ExactPart: ...

    def __sub__(self, other: ExactPart | float, /) -> ExactPart: ...

    def __mul__(self, other: ExactPart | float, /) -> ExactPart: ...

    def __rmul__(self, other: float, /) -> ExactPart: ...

    def __truediv__(self, other: ExactPart | float, /) -> ExactPart: ...

    def __rtruediv__(self, other: float, /) -> ExactPart: ...


class Library(Protocol):
    """The functions that are asked for by name here; others are found by the names in `_SAME`."""

    def exp(self, part: ExactPart, /) -> ExactPart: ...

    def log(self, part: ExactPart, /) -> ExactPart: ...

    def sqrt(self, part: ExactPart, /) -> ExactPart: ...


@dataclass(frozen=True)
class Arithmetic:
    """A library of functions with the names that SymPy and mpmath share, and how it takes a float.

    `most`: how many operations an expression may have, each counted as often as it is written out.
    """

    library: Library
    constant: Callable[[float], ExactPart]
    most: float = math.inf


class Beyond(Exception):  # noqa: N818  (a reason to go without)
    """Why a trace can't be run on such numbers."""

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(why)
        self.why, self.span = why, span

    def __str__(self) -> str:
        return self.why + (f" (line {self.span.line}: {self.span.text.strip()})" if self.span else "")


def _binary(function: Callable[[ExactPart, ExactPart], ExactPart]) -> tuple[Operator, Operator]:
    """An operator, and the one that Python calls where a plain number is on the left."""

    def method(self: NumberAtPoint, value: object) -> NumberAtPoint:
        return NotImplemented if isinstance(value, np.ndarray) else self.made(function, function, value)

    def reflected(self: NumberAtPoint, value: object) -> NumberAtPoint:
        return NotImplemented if isinstance(value, np.ndarray) else self.other(value).made(function, function, self)

    return method, reflected


def _comparison(function: Callable[[float, float], bool]) -> Callable[[NumberAtPoint, NumberAtPoint | float], bool]:
    def method(self: NumberAtPoint, value: NumberAtPoint | float) -> bool:
        return bool(function(self.at, value.at if isinstance(value, NumberAtPoint) else value))

    return method


class NumberAtPoint:
    """See above; `size` counts the operations of the expression written out."""

    __slots__ = ("arithmetic", "at", "part", "size")

    def __init__(self, part: ExactPart, at: float, arithmetic: Arithmetic, size: int = 0) -> None:
        self.part, self.at, self.arithmetic, self.size = part, at, arithmetic, size
        if size > arithmetic.most:
            raise Beyond(f"its expression has more than {arithmetic.most:g} operations")

    def other(self, value: object) -> NumberAtPoint:
        """A constant as such a number."""
        if isinstance(value, NumberAtPoint):
            return value
        plain = as_float(value)
        return NumberAtPoint(self.arithmetic.constant(plain), plain, self.arithmetic)

    def made(self, function: Callable[..., ExactPart], plain: Function, *others: object) -> NumberAtPoint:
        """The result of a function of this number and others; `plain`: the same for floats."""
        operands = [self, *map(self.other, others)]
        with np.errstate(all="ignore"):
            at = _quietly(plain, [n.at for n in operands])
        part = function(*(n.part for n in operands))
        return NumberAtPoint(part, at, self.arithmetic, 1 + sum(n.size for n in operands))

    def sqrt(self) -> NumberAtPoint:
        """The square root, by the name under which NumPy asks for it in `std` and `norm`."""
        return self.made(self.arithmetic.library.sqrt, np.sqrt)

    def conjugate(self) -> NumberAtPoint:
        return self

    def __neg__(self) -> NumberAtPoint:
        return self.made(operator.neg, operator.neg)

    def __pos__(self) -> NumberAtPoint:
        return self

    def __abs__(self) -> NumberAtPoint:
        return -self if self.at < 0 else self

    def __bool__(self) -> bool:
        return bool(self.at)

    __add__, __radd__ = _binary(operator.add)
    __sub__, __rsub__ = _binary(operator.sub)
    __mul__, __rmul__ = _binary(operator.mul)
    __truediv__, __rtruediv__ = _binary(operator.truediv)
    __pow__, __rpow__ = _binary(operator.pow)
    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)
    __hash__ = object.__hash__

    def __eq__(self, value: object) -> bool:
        return bool(self.at == (value.at if isinstance(value, NumberAtPoint) else value))


def _quietly(plain: Function, floats: Sequence[float]) -> float:
    try:
        return as_float(plain(*map(np.float64, floats)))
    except (ArithmeticError, ValueError):
        return math.nan


# ---- functions

_SAME = {  # name of the operation -> name in SymPy and mpmath
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc", "gamma")),
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "gammaln": "loggamma",
    "math_erf": "erf",
    "math_erfc": "erfc",
    "math_gamma": "gamma",
    "math_lgamma": "loggamma",
}
_PLAIN: dict[str, Function] = {  # of floats, where NumPy has none of that name
    **dict.fromkeys(("erf", "math_erf"), math.erf),
    **dict.fromkeys(("erfc", "math_erfc"), math.erfc),
    **dict.fromkeys(("gamma", "math_gamma"), math.gamma),
    **dict.fromkeys(("gammaln", "math_lgamma"), math.lgamma),
}
_FORMULAS: dict[
    str, Callable[..., ExactPart]
] = {  # (library, *parts) -> part, with a function of floats of the same name in NumPy
    "exp2": lambda lib, x: 2**x,
    "expm1": lambda lib, x: lib.exp(x) - 1,
    "log1p": lambda lib, x: lib.log(1 + x),
    "log2": lambda lib, x: lib.log(x) / lib.log(2),
    "log10": lambda lib, x: lib.log(x) / lib.log(10),
    "arctan2": lambda lib, y, x: lib.atan2(y, x),
    "hypot": lambda lib, x, y: lib.sqrt(x * x + y * y),
    "square": lambda lib, x: x * x,
    "reciprocal": lambda lib, x: 1 / x,
    "float_power": lambda lib, x, y: x**y,
    "logaddexp": lambda lib, x, y: lib.log(lib.exp(x) + lib.exp(y)),
    "degrees": lambda lib, x: x * 180 / lib.pi,
    "radians": lambda lib, x: x * lib.pi / 180,
    "sinc": lambda lib, x: lib.sin(lib.pi * x) / (lib.pi * x),
}
_STEPS = frozenset(  # constant along the way that the program takes
    ("floor", "ceil", "trunc", "rint", "sign", "floor_divide", "round", "heaviside", "isnan", "isinf", "isfinite")
) | frozenset(("signbit", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "to_int"))
_AS_IT_IS = frozenset(("cast", "to_float", "as_float", "item", "real", "conjugate", "stop_gradient"))


def _by_element(name: str, params: Mapping[str, object]) -> Function | None:
    """The operation on single numbers, at least one of which is a `NumberAtPoint`; None: Python's own will do."""
    if name in _STEPS:
        spelled = MEANINGS[name]
        return lambda *values: spelled(*(v.at if isinstance(v, NumberAtPoint) else v for v in values), **params)
    return _CHOICES.get(name) or _function(name)


def _function(name: str) -> Function | None:
    formula, plain = _FORMULAS.get(name), _PLAIN.get(name) or getattr(np, name, None)
    if formula is None and name not in _SAME:
        return None
    assert plain is not None

    def apply(*values: object) -> object:
        first = next(v for v in values if isinstance(v, NumberAtPoint))
        library = first.arithmetic.library
        function = getattr(library, _SAME[name] or name) if formula is None else lambda *parts: formula(library, *parts)
        numbers = [first.other(v) for v in values]
        return numbers[0].made(function, plain, *numbers[1:])

    return apply


def _logistic(x: NumberAtPoint) -> NumberAtPoint:
    exp = x.arithmetic.library.exp
    return x.made(lambda part: 1 / (1 + exp(-part)), lambda at: 1 / (1 + np.exp(-at)))


def _log_logistic(x: NumberAtPoint) -> NumberAtPoint:
    library = x.arithmetic.library
    return x.made(lambda part: -library.log(1 + library.exp(-part)), lambda at: -np.logaddexp(0.0, -at))


def _remainder(x: NumberAtPoint | float, m: NumberAtPoint | float) -> NumberAtPoint | float:
    return x - m * math.floor(as_float(x) / as_float(m))


def as_float(value: object) -> float:
    """What a number is at the point."""
    if isinstance(value, NumberAtPoint):
        return value.at
    if isinstance(value, SupportsFloat):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no float")


_CHOICES: dict[str, Function] = {
    "maximum": lambda a, b: a if as_float(a) >= as_float(b) else b,
    "minimum": lambda a, b: a if as_float(a) <= as_float(b) else b,
    "python_max": lambda a, b: b if as_float(b) > as_float(a) else a,
    "python_min": lambda a, b: b if as_float(b) < as_float(a) else a,
    "fmax": lambda a, b: a if as_float(a) >= as_float(b) else b,
    "fmin": lambda a, b: a if as_float(a) <= as_float(b) else b,
    "clip": lambda x, low, high: low if as_float(x) < as_float(low) else high if as_float(x) > as_float(high) else x,
    "where": lambda condition, a, b: a if condition else b,
    "copysign": lambda a, b: abs(a) if math.copysign(1.0, as_float(b)) > 0 else -abs(a),
    "remainder": _remainder,
    "expit": _logistic,
    "log_expit": _log_logistic,
}


# ---- meanings


class Exactly(Mapping[str, Function]):
    """The meanings of operations, which take such numbers as well."""

    def __init__(self, plain: Mapping[str, Function]) -> None:
        self.meanings = plain

    def __getitem__(self, name: str) -> Function:
        plain = self.meanings[name]

        def function(*operands: object, **params: object) -> object:
            if not any(map(has_numbers, operands)):
                return plain(*operands, **params)
            if name in _AS_IT_IS:
                return operands[0]
            if name == "check":  # what floats raise these need not
                return None
            element = _by_element(name, params)
            if element is not None:
                return _broadcast(element, operands)
            given = {k: None if k == "dtype" else v for k, v in params.items()}
            return plain(*(_roomy(v) for v in operands), **given)

        return function

    def __iter__(self) -> Iterator[str]:
        return iter(self.meanings)

    def __len__(self) -> int:
        return len(self.meanings)


def has_numbers(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(has_numbers, value))
    return isinstance(value, NumberAtPoint) or (isinstance(value, np.ndarray) and value.dtype == object)


def _broadcast(element: Function, operands: Sequence[object]) -> object:
    if not any(isinstance(v, np.ndarray) for v in operands):
        return element(*operands)
    cells = np.broadcast(*(np.asarray(v, object) for v in operands))
    found = np.empty(cells.shape, object)
    found.ravel()[:] = [element(*values) for values in cells]
    flat = found.ravel().tolist()
    kinds = (bool, np.bool_), (int, np.integer)
    plain = next((kind[0] for kind in kinds if flat and all(isinstance(v, kind) for v in flat)), object)
    return found.astype(plain)


def _roomy(value: object) -> object:
    """An array that has room for such numbers, as one is stored beside floats."""
    return value.astype(object) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


class _Running(Interpreter):
    def apart(self) -> Interpreter:
        return _Running(self.meaning, self.procedures)

    def operation(self, equation: Equation) -> tuple[object, ...]:
        try:
            return super().operation(equation)
        except Beyond as beyond:
            beyond.span = beyond.span or equation.span
            raise
        except (TypeError, AttributeError, ValueError, np.linalg.LinAlgError) as error:
            if not any(map(has_numbers, self.read(equation.operands))):
                raise
            spelling = OPS[equation.op].spelling if equation.op in OPS else ""
            what = spelling.partition("(")[0] if isinstance(spelling, str) and "(" in spelling else equation.op
            raise Beyond(f"{what} takes floats alone", equation.span) from error


def run_exactly(trace: Trace, values: Sequence[object]) -> tuple[object, ...]:
    """The flat results of a trace, some inputs of which are such numbers; `Beyond` where that can't be."""
    running = _Running(Exactly(meanings(trace)), trace.procedures)
    running.bind([entry.var for entry in trace.inputs], list(values))
    return running.region(trace.body)
