"""Operations as expressions: the catalogue's spellings as templates of syntax trees.

A spelling is parsed once with placeholders for its operands, and the operands are put in as trees, so parentheses
come out right whatever they are.
"""

from __future__ import annotations

import ast
import cmath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from srcad.ops.catalogue import Op, operation
from srcad.trace.nodes import Equation
from srcad.trace.types import PYTHON_NAMES, Type, dtype_of

PLACEHOLDER = "__operand_"
# operators that raise of Python's numbers, where NumPy gives inf and nan
_RAISING = frozenset({"divide", "floor_divide", "remainder", "power"})
_OF_CMATH = frozenset(f"math.{name}" for name in dir(cmath))  # functions of `math` that `cmath` has as well


@dataclass(frozen=True)
class Style:
    """How numbers are spelled.

    careful   with NumPy, which gives inf and nan where `math` and Python raise
    mixed     there are other floats than float64: a Python float must be one, and NumPy's float64 none, as that
              makes float64 of what it meets, and Python's doesn't
    """

    careful: bool = False
    mixed: bool = False


def spelling(eq: Equation, style: Style) -> str:
    """The source of an operation with placeholders as operands."""
    facts = operation(eq)
    texts = tuple(f"{PLACEHOLDER}{k}" for k in range(len(eq.operands)))
    if facts.scalar is not None and _of_scalars(eq, facts.scalar, style):
        return facts.scalar.format(*texts)
    if facts.scalar is not None and _of_complex_numbers(eq, facts.scalar):
        return f"c{facts.scalar.format(*texts)}"
    if eq.op == "power" and _may_be_complex(eq):
        return ("real_power" if style.careful else "math.pow") + f"({', '.join(texts)})"
    if facts.integer is not None and all(_is_python_int(a.type) for a in (*eq.operands, eq.result)):
        return facts.integer.format(*texts)
    text = _general(facts, texts, eq.params)
    if style.careful and eq.op in _RAISING and _of_numpy(eq):
        return f"np.{eq.op}({', '.join(texts)})"
    if style.mixed and _made_by_numpy(eq, facts, text):
        return f"{PYTHON_NAMES[dtype_of(eq.result.type) or '']}({text})"
    if style.mixed and _made_by_python(eq, facts, text):
        return f"np.{dtype_of(eq.result.type)}({text.removeprefix('+')})"
    return text


def _of_scalars(eq: Equation, scalar: str, style: Style) -> bool:
    """Whether the spelling for float scalars is meant: `math`, and conditional expressions."""
    if eq.op == "sign" and eq.role == "":  # that of nan is nan
        return False
    if _by_math(eq):
        return _all_floats(eq, _TAKEN_BY_MATH if scalar.startswith("math.") else ("float64",))
    if eq.op == "where" and (style.mixed or style.careful):
        return eq.operands[0].type.is_scalar and _is_python(eq, "float64", "complex128", "int64")
    return _all_floats(eq) and not style.careful and (not style.mixed or _is_python(eq, "float64"))


def _of_complex_numbers(eq: Equation, scalar: str) -> bool:
    """Whether the program itself calls `cmath`, which may raise for the user to see."""
    return _by_math(eq) and scalar.partition("(")[0] in _OF_CMATH and _all_floats(eq, ("complex128",))


def _may_be_complex(eq: Equation) -> bool:
    """Whether it is a power of Python's floats that of a negative number is complex."""
    base, exponent = (a.number for a in eq.operands)
    whole = dtype_of(eq.operands[1].type) != "float64" or (isinstance(exponent, float) and exponent.is_integer())
    return _is_python(eq, "float64") and not whole and not (isinstance(base, (int, float)) and base > 0)


def _of_numpy(eq: Equation) -> bool:
    """Whether a number of NumPy's is meant: by its name in the program, or where Python's may be met in its place."""
    double = dtype_of(eq.result.type) == "float64" and eq.result.type.is_scalar and not eq.result.type.may_be_python
    return double or eq.params.get("python") is False


def _made_by_numpy(eq: Equation, facts: Op, text: str) -> bool:
    """Whether what is to be a number of Python's would be NumPy's."""
    strong = any(a.type.is_scalar and not a.type.is_python for a in eq.operands)
    python = _is_python(eq, "float64", "complex128", "int64")
    return facts.elementwise and python and (strong or text.startswith(("np.", "scipy.")))


def _made_by_python(eq: Equation, facts: Op, text: str) -> bool:
    """Whether what is to be a number of NumPy's would be Python's, as operators make it of Python's numbers."""
    if not facts.elementwise or text.startswith(("np.", "scipy.")):
        return False
    numpys = eq.result.type.is_scalar and not eq.result.type.is_python
    wide = dtype_of(eq.result.type) in ("float64", "complex128", "int64")
    return numpys and wide and all(a.type.is_python for a in eq.operands)


_TAKEN_BY_MATH = ("float64", "float32", "float16", "int64", "bool")


def _is_python(eq: Equation, *dtypes: str) -> bool:
    return all(r.type.is_python and dtype_of(r.type) in dtypes for r in eq.results)


def _general(facts: Op, texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    if callable(facts.spelling):
        return facts.spelling(texts, params)
    return facts.spelling.format(*texts, **params)


def _all_floats(eq: Equation, dtypes: tuple[str, ...] = ("float64",)) -> bool:
    """Whether all operands (of `where`: all but the condition) are Python or NumPy floats."""
    types = [a.type for a in eq.operands]
    if eq.op == "where":
        return types[0].is_scalar and all(_is_float(t, dtypes) for t in types[1:])
    return bool(types) and all(_is_float(t, dtypes) for t in types)


def _is_python_int(t: Type) -> bool:
    return t.is_python and dtype_of(t) == "int64"


def _by_math(eq: Equation) -> bool:
    """Whether the program itself calls `math`, which may raise for the user to see."""
    return eq.role == "" and all(r.type.is_python for r in eq.results)


def _is_float(t: Type, dtypes: tuple[str, ...]) -> bool:
    return t.is_scalar and dtype_of(t) in dtypes


def repeats(eq: Equation, style: Style, k: int) -> bool:
    """Whether operand k stands more than once in the spelling."""
    if eq.op == "solver":  # inside of the function that is written for it
        captured: int = eq.params["captured"]
        return eq.params["style"] == "closure" and k >= len(eq.operands) - captured
    if not operation(eq).spelling:
        return False
    return spelling(eq, style).count(f"{PLACEHOLDER}{k}") > 1


def fill(text: str, operands: Sequence[ast.expr], names: Mapping[str, str]) -> ast.expr:
    """The tree of a spelling with operands put in; `names` renames what it refers to by name."""
    filled: ast.expr = _Filling(operands, names).visit(ast.parse(text, mode="eval").body)
    return filled


@lru_cache(maxsize=4096)
def global_names(text: str) -> frozenset[str]:
    """The names that a spelling refers to."""
    tree = ast.parse(text, mode="eval").body
    bound, found = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.arg(name) | ast.Name(name, ast.Store()):
                bound.add(name)
            case ast.Name(name) if not name.startswith(PLACEHOLDER):
                found.add(name)
    return frozenset(found - bound)


@lru_cache(maxsize=4096)
def modules(text: str) -> frozenset[str]:
    """The modules of SciPy that a spelling refers to, by their full names."""
    nodes = ast.walk(ast.parse(text, mode="eval").body)
    return frozenset(f"scipy.{n.attr}" for n in nodes if isinstance(n, ast.Attribute) and _is_scipy(n.value))


def _is_scipy(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "scipy"


def names_in(tree: ast.AST) -> set[str]:
    """The names that are read or set somewhere in a tree."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


class _Filling(ast.NodeTransformer):
    def __init__(self, operands: Sequence[ast.expr], names: Mapping[str, str]) -> None:
        self.operands = operands
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id.startswith(PLACEHOLDER):
            return self.operands[int(node.id.removeprefix(PLACEHOLDER))]
        return ast.Name(self.names.get(node.id, node.id), node.ctx)


# ---- signs


def negated(expression: ast.expr) -> ast.expr | None:
    """What an expression is the negative of, where that shows: -b, -2 * b, -b / c."""
    match expression:
        case ast.UnaryOp(ast.USub(), operand):
            return operand
        case ast.BinOp(factor, (ast.Mult() | ast.Div()) as operator, right):
            left = negated(factor)
            return None if left is None else ast.BinOp(left, operator, right)
    return None


def tidy(expression: ast.expr) -> ast.expr:
    """a + -b as a - b, and a - -b as a + b."""
    match expression:
        case ast.BinOp(left, ast.Add(), right) if (less := negated(right)) is not None:
            return ast.BinOp(left, ast.Sub(), less)
        case ast.BinOp(left, ast.Sub(), right) if (less := negated(right)) is not None:
            return ast.BinOp(left, ast.Add(), less)
    return expression
