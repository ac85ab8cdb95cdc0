"""How each printer spells what the loop IR has by name: one line an operation, one column a printer.

A spelling with braces is put together from its operands; another one is a function that is called with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# the modules beside this one that kernels of Numba are linked with
RUNTIME = ("machine_code", "runtime", "arithmetic", "algebra")


@dataclass(frozen=True)
class Spelled:
    """An operation, in C and in Numba's Python.

    suffix  of the function in C by the type of its result: "library" has f behind the name for floats, as C's library
            does; "support" _d, _f or _i
    """

    c: str
    numba: str
    suffix: str = ""
    tight: bool = False  # that its spelling in C needs no brackets around it


def _alike(form: str) -> Spelled:
    return Spelled(form, form)


def _library(name: str) -> Spelled:
    return Spelled(name, name, "library")


def _support(name: str) -> Spelled:
    return Spelled(name, name, "support")


OPERATIONS: Mapping[str, Spelled] = MappingProxyType(
    {
        # arithmetic
        "add": _alike("{0} + {1}"),
        "subtract": _alike("{0} - {1}"),
        "multiply": _alike("{0} * {1}"),
        "divide": _alike("{0} / {1}"),
        "negative": _alike("-{0}"),
        "int_abs": Spelled("{0} < 0 ? -{0} : {0}", "abs"),
        "truncated": Spelled("({type}){0}", "{type}({0})", tight=True),
        # comparisons
        "less": _alike("{0} < {1}"),
        "less_equal": _alike("{0} <= {1}"),
        "greater": _alike("{0} > {1}"),
        "greater_equal": _alike("{0} >= {1}"),
        "equal": _alike("{0} == {1}"),
        "not_equal": _alike("{0} != {1}"),
        "outside": Spelled("(uint64_t){0} >= (uint64_t){1}", "not 0 <= {0} < {1}"),
        "more": Spelled("{0} > {1} || ({0} != {0} && {1} == {1})", "{0} > {1} or ({0} != {0} and {1} == {1})"),
        "fewer": Spelled("{0} < {1} || ({0} != {0} && {1} == {1})", "{0} < {1} or ({0} != {0} and {1} == {1})"),
        # bools
        "and": Spelled("{0} && {1}", "{0} and {1}"),
        "or": Spelled("{0} || {1}", "{0} or {1}"),
        "not": Spelled("!{0}", "not {0}"),
        "logical_and": Spelled("{0} && {1}", "{0} and {1}"),
        "logical_or": Spelled("{0} || {1}", "{0} or {1}"),
        "logical_xor": _alike("{0} != {1}"),
        "logical_not": Spelled("!{0}", "not {0}"),
        "truth": _alike("{0}"),
        "select": Spelled("{0} ? {1} : {2}", "{1} if {0} else {2}"),
        # bits
        "bitwise_and": _alike("{0} & {1}"),
        "bitwise_or": _alike("{0} | {1}"),
        "bitwise_xor": _alike("{0} ^ {1}"),
        "bitwise_not": _alike("~{0}"),
        "left_shift": _alike("{0} << {1}"),
        "right_shift": _alike("{0} >> {1}"),
        # C's library
        **{name: _library(name) for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt")},
        **{name: _library(name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot", "erf", "erfc")},
        **{name: _library(name) for name in ("pow", "fmod", "copysign", "nextafter", "floor", "ceil", "trunc", "rint")},
        **{name: _library(name) for name in ("fmax", "fmin", "fabs")},
        **{f"arc{name}": _library(f"a{name}") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "tan2")},
        "isnan": _alike("isnan"),
        "isinf": _alike("isinf"),
        "isfinite": _alike("isfinite"),
        "is_nan": _alike("isnan"),
        "is_inf": _alike("isinf"),
        "is_finite": _alike("isfinite"),
        "signbit": Spelled("!!signbit", "signbit"),
        # the support
        **{name: _support(name) for name in ("maximum", "minimum", "sign", "square")},
        **{
            name: Spelled(f"{name}_d", name)
            for name in ("heaviside", "logaddexp", "logaddexp2", "expit", "log_expit", "xlogy", "xlog1py")
        },
        "count": _alike("count_of"),
        **{name: _alike(name) for name in ("from_front", "bound", "bound_below", "bound_down", "turns", "smaller")},
        **{name: _alike(name) for name in ("int_power", "int_floor_divide", "int_remainder")},
        **{name: _alike(name) for name in ("float_floor_divide", "float_remainder")},
        **{
            name: _alike(name)
            for name in ("add_overflows", "subtract_overflows", "multiply_overflows", "power_overflows")
        },
        **{name: _alike(name) for name in ("is_lowest", "beyond_doubles")},
        "interpolated": _alike("interpolated"),
        "first_above": _alike("first_above"),
        "first_not_below": _alike("first_not_below"),
        "first_above_int": Spelled("first_above_int", "first_above"),
        "first_not_below_int": Spelled("first_not_below_int", "first_not_below"),
        # lists
        "list_length": Spelled("{0}->length", "list_length({0})", tight=True),
        "is_empty": Spelled("{0}->length == 0", "list_length({0}) == 0"),
    }
)

# How a kernel ends, by the names of errors in the loop IR.
ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "zero": "ZERO_DIVISION",
        "index": "INDEX",
        "value": "VALUE",
        "arithmetic": "ARITHMETIC",
        "math": "MATH",
        "shape": "SHAPE",
    }
)
# Functions of C's library that glibc has for vectors, too, and where.
VECTOR_LIBRARY = "libmvec.so.1"
VECTOR_FUNCTIONS = frozenset(
    ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
) | frozenset(("asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "erfc"))
VECTOR_FUNCTIONS_OF_TWO = frozenset(("pow", "atan2", "hypot"))
# How a kernel ends, in the order of the numbers that support.h has for it.
STATES = ("DONE", "MEMORY", "ZERO_DIVISION", "INDEX", "VALUE", "ARITHMETIC", "MATH", "SHAPE", "INTERRUPTED")
