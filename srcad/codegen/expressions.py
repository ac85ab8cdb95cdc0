"""Equations as expressions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable

from srcad.codegen import spelling
from srcad.codegen.constants import Constants
from srcad.codegen.folding import Folding, short_circuit
from srcad.codegen.naming import PythonNames
from srcad.codegen.shared import Shared
from srcad.codegen.spelling import names_in
from srcad.errors import InternalError
from srcad.trace.nodes import Atom, Const, Equation, Path, Region, Trace, Var
from srcad.trace.types import ListOf, Scalar, dtype_of

MODULES = {"np": "numpy as np", "math": "math", "cmath": "cmath"}


class Globals:
    """The global names that the source uses: modules, builtins, helpers; renamed where a parameter hides them."""

    def __init__(self, hidden: Iterable[str]) -> None:
        self.hidden = set(hidden)
        self.imports: dict[str, None] = {}
        self.helpers: dict[str, None] = {}
        self.aliases: dict[str, object] = {}

    def module(self, path: str) -> str:
        """A module by its full name."""
        root = path.partition(".")[0]
        if root not in self.hidden:
            self.imports[path] = None
            return path
        shown = f"{path.replace('.', '_')}_"
        self.imports[f"{path} as {shown}"] = None
        return shown

    def libraries(self, text: str) -> dict[str, str]:
        """What a spelling calls the packages whose modules it refers to by their full names."""
        return {path.partition(".")[0]: self._package(path) for path in sorted(spelling.modules(text))}

    def _package(self, path: str) -> str:
        package = path.partition(".")[0]
        if package not in self.hidden:
            self.imports[path] = None
            return package
        self.imports[f"{package} as {package}_"] = None  # SciPy imports its modules when they are asked for
        return f"{package}_"

    def name(self, name: str) -> str:
        shown = f"{name}_" if name in self.hidden else name
        if name in MODULES:
            self.imports[MODULES[name] if shown == name else f"{MODULES[name].split()[0]} as {shown}"] = None
        elif hasattr(builtins, name):
            if shown != name:
                self.aliases[shown] = getattr(builtins, name)
        else:
            self.helpers[name if shown == name else f"{name} as {shown}"] = None
        return shown


class Expressions:
    """Prints atoms and equations as expressions."""

    def __init__(
        self,
        trace: Trace,
        names: PythonNames,
        folding: Folding,
        style: spelling.Style,
        shared: Shared,
    ) -> None:
        self.names = names
        self.folding = folding
        self.style = style
        self.globals = Globals([*(p.name for p in trace.parameters), *shared.roots])
        self.functions = shared.solved
        self.constants = Constants(trace.bindings, names.taken, self.globals.name, shared.bindings)

    def atom(self, atom: Atom) -> ast.expr:
        """What an atom is printed as."""
        if atom.type.is_undefined:
            raise InternalError("generated code would read a value that is never set")
        match atom:
            case Const(Trace() as function):
                return ast.Name(self.functions[function], ast.Load())
            case Const(value):
                return self.constants.expr(value)
            case Var() if atom in self.folding.inline:
                return self.equation(self.folding.inline[atom])
            case Var():
                return ast.Name(self.names.of(atom), ast.Load())

    def atoms(self, atoms: Iterable[Atom]) -> list[ast.expr]:
        return [self.atom(a) for a in atoms]

    def equation(self, eq: Equation) -> ast.expr:
        """The expression for the (only) result of an equation."""
        printer = _EXPRESSIONS.get(eq.op)
        return printer(self, eq) if printer else self.spelled(eq)

    def spelled(self, eq: Equation) -> ast.expr:
        """By the catalogue."""
        text = spelling.spelling(eq, self.style)
        packages = self.globals.libraries(text)
        names = sorted(spelling.global_names(text) - packages.keys())
        renamed = packages | {name: self.globals.name(name) for name in names}
        return spelling.tidy(spelling.fill(text, self.atoms(eq.operands), renamed))

    def call(self, function: str, *arguments: ast.expr) -> ast.expr:
        """A call of a global function, as in "np.sum"."""
        return self.constants.call(function, *arguments)

    def path(self, path: Path) -> ast.expr:
        """How an input is reached from its root."""
        tree: ast.expr = ast.Name(path.root, ast.Load())
        for kind, key in path.steps:
            if kind == "attr":
                tree = ast.Attribute(tree, key, ast.Load())
            else:
                tree = ast.Subscript(tree, self.constants.expr(key), ast.Load())
        return tree

    # ---- subscripts

    def item(self, x: Atom, template: tuple[tuple[object, ...], ...], index: tuple[Atom, ...]) -> ast.Subscript:
        """x[index]."""
        return ast.Subscript(self.atom(x), self.index(template, index), ast.Load())

    def index(self, template: tuple[tuple[object, ...], ...], index: tuple[Atom, ...]) -> ast.expr:
        parts = [self.component(entry, index) for entry in template]
        return parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())

    def component(self, entry: tuple[object, ...], index: tuple[Atom, ...]) -> ast.expr:
        kind, *places = entry
        if kind in ("newaxis", "ellipsis"):
            return ast.Constant(None if kind == "newaxis" else ...)
        operands = [index[place] if isinstance(place, int) else None for place in places]
        if kind == "slice":
            bounds = [None if a is None or _is_none(a) else self.atom(a) for a in operands]
            return ast.Slice(*bounds)
        (operand,) = operands
        assert operand is not None
        return self.atom(operand)

    # ---- conditional expressions

    def choice(self, eq: Equation) -> ast.expr:
        """a if c else b; c and b; c or b."""
        condition = self.atom(eq.operands[0])
        then, otherwise = (self.only(region) for region in eq.regions)
        word = short_circuit(eq)
        if word == "and":
            return _joined(ast.And(), condition, self.atom(then))
        if word == "or":
            return _joined(ast.Or(), condition, self.atom(otherwise))
        return ast.IfExp(condition, self.atom(then), self.atom(otherwise))

    @staticmethod
    def only(region: Region) -> Atom:
        return region.results[0]


def _is_none(atom: Atom) -> bool:
    return atom.is_none


def _joined(operator: ast.boolop, left: ast.expr, right: ast.expr) -> ast.expr:
    """`left and right`, flat on the right side: x and (y and z) is x and y and z."""
    rest = right.values if isinstance(right, ast.BoolOp) and type(right.op) is type(operator) else [right]
    return ast.BoolOp(operator, [left, *rest])


def negation(condition: ast.expr) -> ast.expr:
    """not c, as people write it."""
    match condition:
        case ast.UnaryOp(ast.Not(), operand):
            return operand
        case ast.Compare(left, [operator], comparators) if opposite := _OPPOSITES.get(type(operator)):
            return ast.Compare(left, [opposite()], comparators)
    return ast.UnaryOp(ast.Not(), condition)


_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


# ---- operations that are not spelled by the catalogue


def _get_item(x: Expressions, eq: Equation) -> ast.expr:
    return x.item(eq.operands[0], eq.params["index"], eq.operands[1:])


def _dim(x: Expressions, eq: Equation) -> ast.expr:
    array, axis = x.atom(eq.operands[0]), eq.params["axis"]
    if not eq.operands[0].type.is_array:
        return ast.Subscript(x.call("np.shape", array), x.constants.expr(axis), ast.Load())
    as_shape = eq.span is not None and eq.span.syntax == "Attribute"  # as the user has it: x.shape
    if axis == 0 and not as_shape:
        return x.call("len", array)
    return ast.Subscript(ast.Attribute(array, "shape", ast.Load()), x.constants.expr(axis), ast.Load())


def _attribute_of_array(name: str) -> Callable[[Expressions, Equation], ast.expr]:
    def printer(x: Expressions, eq: Equation) -> ast.expr:
        array = x.atom(eq.operands[0])
        if eq.operands[0].type.is_array:
            return ast.Attribute(array, name, ast.Load())
        return x.call(f"np.{name}", array)

    return printer


def _copy(x: Expressions, eq: Equation) -> ast.expr:
    value, of = x.atom(eq.operands[0]), eq.result.type
    if of.is_array or (of.is_list and not eq.params.get("deep")):
        return ast.Call(ast.Attribute(value, "copy", ast.Load()), [], [])
    return value if of.is_scalar else x.call("copied", value)


def _zeros_like(x: Expressions, eq: Equation) -> ast.expr:
    (operand,) = eq.operands
    if operand.type.is_array:
        return x.call("np.zeros_like", x.atom(operand))
    if isinstance(operand.type, Scalar):
        return x.constants.expr(_zero(operand.type))
    return x.call("zeros_of", x.atom(operand))


def _zero(t: Scalar) -> object:
    import numpy as np

    zero = np.dtype(t.dtype).type(0)
    return zero.item() if t.python or t.dtype == "float64" else zero


def _list_zeros(x: Expressions, eq: Equation) -> ast.expr:
    (operand,) = eq.operands
    t, known = eq.result.type, not eq.params.get("optional")  # arrays of no dimensions are indexed, as no float is
    if known and isinstance(t, ListOf) and isinstance(t.element, Scalar) and t.element.dtype == "float64":
        return ast.BinOp(ast.List([ast.Constant(0.0)], ast.Load()), ast.Mult(), x.call("len", x.atom(operand)))
    return x.call("zeros_of", x.atom(operand))


def _accumulate(x: Expressions, eq: Equation) -> ast.expr:
    a, b = x.atoms(eq.operands)
    if eq.result.type.is_container:
        return x.call("plus", a, b)
    return spelling.tidy(ast.BinOp(a, ast.Add(), b))


def _dtype(x: Expressions, dtype: str) -> ast.expr:
    """A dtype by its name; one of another byte order has none."""
    return x.constants.dotted(f"np.{dtype}") if dtype.isidentifier() else x.call("np.dtype", ast.Constant(dtype))


def _cast(x: Expressions, eq: Equation) -> ast.expr:
    (operand,) = eq.operands
    value, dtype = x.atom(operand), eq.params["dtype"]
    source = dtype_of(operand.type)
    if source is not None and source.startswith("complex") and not dtype.startswith("complex"):
        value = ast.Attribute(value, "real", ast.Load())
    if operand.type.is_array:
        return ast.Call(ast.Attribute(value, "astype", ast.Load()), [_dtype(x, dtype)], [])
    if operand.type.is_unknown:
        return x.call("cast", value, ast.Constant(dtype))
    return x.call(f"np.{dtype}", value)


def _call(x: Expressions, eq: Equation) -> ast.expr:
    callee, *arguments = x.atoms(eq.operands)
    keywords = tuple(eq.params.get("keywords", ()))
    first = len(arguments) - len(keywords)
    pairs = zip(keywords, arguments[first:], strict=True)
    named = [ast.keyword(None if name == "**" else name, a) for name, a in pairs]
    return ast.Call(callee, arguments[:first], named)


def _recurse(x: Expressions, eq: Equation) -> ast.expr:
    return ast.Call(ast.Name(eq.params["procedure"], ast.Load()), x.atoms(eq.operands), [])


def _solver(x: Expressions, eq: Equation) -> ast.expr:
    """callee(f, x0, args=(a,), xtol=t), or callee(lambda x: f(x, a), x0)."""
    p, values = eq.params, x.atoms(eq.operands)
    last = len(values) - p["captured"]
    first = last - len(p["keywords"])
    closing = values[last:] if p["style"] == "closure" else []
    given = [_closed(x, a, v, closing) for a, v in zip(eq.operands[:last], values[:last], strict=True)]
    named = [ast.keyword(name, a) for name, a in zip(p["keywords"], given[first:], strict=True)]
    positional = given[:first]
    if p["callee"]:
        positional = [_library(x, p["callee"]), *positional]
    if p["style"] == "args" and values[last:]:
        named.append(ast.keyword("args", ast.Tuple(values[last:], ast.Load())))
    called: ast.expr = ast.Call(positional[0], positional[1:], named)
    return x.call("converged", called) if p["checked"] else called


def _library(x: Expressions, path: str) -> ast.expr:
    """A function of a library by its full name, or a helper."""
    module, _, name = path.rpartition(".")
    if not module:
        return x.constants.dotted(name)
    root, *rest = [*x.globals.module(module).split("."), name]
    tree: ast.expr = ast.Name(root, ast.Load())
    for part in rest:
        tree = ast.Attribute(tree, part, ast.Load())
    return tree


def _closed(_x: Expressions, operand: Atom, value: ast.expr, captured: list[ast.expr]) -> ast.expr:
    """A function with what it captures."""
    function = operand.trace
    if not captured or function is None:
        return value
    own = function.parameters[: len(function.parameters) - len(captured)]
    used = {name for tree in captured for name in names_in(tree)}
    names = [p.name if p.name not in used else f"{p.name}_" for p in own]
    arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    given: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
    return ast.Lambda(arguments, ast.Call(value, [*given, *captured], []))


def _tuple_new(x: Expressions, eq: Equation) -> ast.expr:
    return ast.Tuple(x.atoms(eq.operands), ast.Load())


_EXPRESSIONS: dict[str, Callable[[Expressions, Equation], ast.expr]] = {
    "get_item": _get_item,
    "dim": _dim,
    "size": _attribute_of_array("size"),
    "shape": _attribute_of_array("shape"),
    "ndim": _attribute_of_array("ndim"),
    "copy": _copy,
    "zeros_like": _zeros_like,
    "list_zeros": _list_zeros,
    "accumulate": _accumulate,
    "cast": _cast,
    "call": _call,
    "recurse": _recurse,
    "solver": _solver,
    "tuple_new": _tuple_new,
    "record_new": _tuple_new,
    "if": Expressions.choice,
}
