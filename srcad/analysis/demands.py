"""What an equation of the program asks of lengths and indices so as not to raise.

    v = x * y        x and y are equally long, or one has a single element
    w = x[i + 1]     i + 1 < len(x), where i runs through a range
    A @ b            the columns of A are as many as the elements of b

A demand that types and ranges prove is none. One that they don't prove may be so for the present arguments: then it is
noted as a *promise*, which the guards of the specialisation keep. What is left may fail in the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from srcad.analysis.ranges import Ranges
from srcad.ops.arguments import length_dim
from srcad.ops.catalogue import Kind, operation
from srcad.ops.einsum import letter_dims_of, parse
from srcad.ops.elementwise import UFUNCS
from srcad.ops.exceptions import by_operator
from srcad.ops.subscripts import Components, IndexEntry, components
from srcad.trace.dims import ONE, Dim, Promise, Symbol, fixed, product
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import ListOf, Scalar, dims_of, dtype_of, is_complex

Dims = tuple[Dim, ...]
Holds = bool


@dataclass
class Promises:
    """What guards can promise of the present call: `sizes` of the symbols that they know; what was asked for so far."""

    sizes: Mapping[Symbol, int] = field(default_factory=dict)
    made: dict[Promise, None] = field(default_factory=dict)

    def value(self, dim: Dim) -> int | None:
        return dim.evaluate(self.sizes)


class Demands:
    """Asks whether equations hold what they demand, under promises, in a place where integers have known ranges."""

    def __init__(self, promises: Promises, ranges: Ranges) -> None:
        self.promises = promises
        self.ranges = ranges
        self.wanted: list[Promise] = []

    def met(self, equation: Equation) -> bool:
        """Whether the equation can't raise, given the promises; these are made if so."""
        self.wanted = []
        if not self.holds(equation):
            return False
        self.promises.made.update(dict.fromkeys(self.wanted))
        return True

    def holds(self, equation: Equation) -> Holds:
        handler = _BY_NAME.get(equation.op)
        if handler is None:
            handler = _BY_KIND.get(operation(equation).kind, _never)
        return handler(self, equation)

    # ---- single demands

    def zero(self, dim: Dim) -> Holds:
        """That a difference of lengths is 0."""
        if dim.number is not None:
            return dim.number == 0
        return self.promised(Promise(dim, True), self.promises.value(dim) == 0)

    def natural(self, dim: Dim) -> Holds:
        """That a number isn't negative."""
        if not dim.known or dim.natural:
            return dim.known
        if dim.number is not None:
            return False
        value = self.promises.value(dim)
        return self.promised(Promise(dim), value is not None and value >= 0)

    def promised(self, promise: Promise, so: bool) -> Holds:
        if so:
            self.wanted.append(promise)
        return so

    def equal(self, a: Dim, b: Dim) -> Holds:
        """That two dimensions are equally long."""
        return a.same(b) or (a.known and b.known and self.zero(a - b))

    def all_equal(self, dims: Sequence[Dim]) -> Holds:
        return all(self.equal(a, b) for a, b in pairwise(dims))

    def fits(self, a: Dim, b: Dim) -> Holds:
        """That two dimensions broadcast."""
        if a.is_one or b.is_one or self.equal(a, b):
            return True
        return any(not d.not_one and d.known and self.zero(d - 1) for d in (a, b))

    def broadcasts(self, shapes: Sequence[Dims]) -> Holds:
        """That shapes broadcast together."""
        rank = max(map(len, shapes), default=0)
        for k in range(1, rank + 1):
            along = list(dict.fromkeys(shape[-k] for shape in shapes if len(shape) >= k and not shape[-k].is_one))
            if not all(self.fits(a, b) for a, b in pairwise(along)):
                return False
        return True

    def reaches(self, whole: Dims, part: Dims) -> Holds:
        """That a shape broadcasts to another one."""
        lead = len(part) - len(whole)
        if any(not d.is_one for d in part[: max(lead, 0)]):
            return False
        pairs = zip(reversed(part), reversed(whole), strict=False)
        return all(d.is_one or self.equal(d, w) for d, w in pairs)

    def inside(self, index: Atom, dim: Dim) -> Holds:
        """That an integer is an index of a dimension."""
        low, high = self.ranges.of(index)
        if low is None or high is None or not dim.known:
            return False
        return self.natural(dim - 1 - high) and self.natural(low if low.natural else dim + low)


Handler = Callable[[Demands, Equation], Holds]


def _never(_d: Demands, _equation: Equation) -> Holds:
    return True


def _always(_d: Demands, _equation: Equation) -> Holds:
    return False


def _shapes(equation: Equation) -> list[Dims] | None:
    """The shapes of the operands; None where one isn't known."""
    shapes = [dims_of(a.type) for a in equation.operands if not a.type.is_opaque]
    known = [shape for shape in shapes if shape is not None]
    return known if len(known) == len(shapes) else None


def _of_arrays(equation: Equation) -> list[Dims] | None:
    """The shapes of the operands, which are all arrays or numbers; None where one isn't known, or is an object."""
    return None if any(a.type.is_opaque for a in equation.operands) else _shapes(equation)


# ---- elementwise operations

_DIVISIONS = ("divide", "floor_divide", "remainder")
# functions of `math` that raise nothing for floats
_TOTAL = {"arctan", "arcsinh", "tanh", "cbrt", "arctan2", "hypot", "copysign", "degrees", "radians", "nextafter"}
_TOTAL |= {"isnan", "isinf", "isfinite"}
_BY_MATH = frozenset((*UFUNCS, "math_gamma", "math_lgamma", "math_fma", "math_ldexp", "math_remainder")) - _TOTAL


def _elementwise(d: Demands, equation: Equation) -> Holds:
    shapes = _shapes(equation)
    if len(equation.operands) == 1 and not by_operator(equation):
        return True
    if shapes is None:
        return False
    if any(shapes):
        return d.broadcasts(shapes)
    if not by_operator(equation):
        return True
    if not _converts(equation):
        return False
    if equation.op in _DIVISIONS:
        return _never_zero(d, equation.operands[1])
    if equation.op == "power":
        return _plain_power(*equation.operands)
    if equation.op in ("left_shift", "right_shift"):
        low, _ = d.ranges.of(equation.operands[1])
        return low is not None and low.natural
    if any(is_complex(a.type) for a in equation.operands):  # `cmath`, and the modulus
        return equation.op not in UFUNCS and equation.op != "absolute"
    return equation.op not in _BY_MATH or all(a.number is not None for a in equation.operands)


def _converts(equation: Equation) -> Holds:
    """That ints which become floats or complex numbers aren't too large for it."""
    (result,) = equation.results
    if dtype_of(result.type) not in ("float64", "complex128"):
        return True
    return not any(isinstance(a.type, Scalar) and a.type.wide for a in equation.operands)


def _never_zero(d: Demands, divisor: Atom) -> Holds:
    if divisor.number is not None:
        return divisor.number != 0
    low, _ = d.ranges.of(divisor)
    return low is not None and d.natural(low - 1)


def _plain_power(base: Atom, exponent: Atom) -> Holds:
    """1, or the number itself. Others may be too large for a float, infinite of 0, complex of what is negative."""
    return base.number == 1 or exponent.number in (0, 1)


# ---- conversions


def _to_number(d: Demands, equation: Equation) -> Holds:
    """The number in an array of one element; whole parts are of finite numbers."""
    (operand,) = equation.operands[:1]
    dims, dtype = dims_of(operand.type), dtype_of(operand.type)
    if equation.op in ("truth", "not_") and not operand.type.numeric:
        return True
    if dims is None or dtype is None:
        return False
    whole = equation.op in ("as_int", "to_int", "round_to_int") and equation.results[0].type.is_python
    return all(d.equal(dim, ONE) for dim in dims) and not (whole and dtype.startswith("float"))


# ---- reductions


def _of_something(d: Demands, equation: Equation) -> Holds:
    """An extreme is one of at least one element."""
    dims, axis = dims_of(equation.operands[0].type), equation.params.get("axis")
    if dims is None:
        return False
    axes = range(len(dims)) if axis is None else (axis,) if isinstance(axis, int) else axis
    return all(d.natural(dims[k] - 1) for k in axes)


# ---- subscripts


def _index(d: Demands, equation: Equation) -> Holds:
    return _indices(d, equation, equation.operands[1:])


def _stored(d: Demands, equation: Equation) -> Holds:
    """What is stored broadcasts to its place."""
    x, value, *indices = equation.operands
    place = components(x.type, tuple(a.type for a in indices), equation.params["index"])
    part = dims_of(value.type)
    if place is None or part is None or not _indices(d, equation, tuple(indices)):
        return False
    return not part or d.reaches(place.dims, part)


def _indices(d: Demands, equation: Equation, indices: Sequence[Atom]) -> Holds:
    x = equation.operands[0]
    found = components(x.type, tuple(a.type for a in indices), equation.params["index"])
    if found is None:
        return False
    return all(_component(d, entry, dims, indices) for entry, dims in found.parts) and _arrays(found) < 2


def _arrays(found: Components) -> int:
    return sum(entry[0] == "array" for entry, _ in found.parts)


def _component(d: Demands, entry: IndexEntry, dims: Dims, indices: Sequence[Atom]) -> Holds:
    match entry[0]:
        case "int":
            return d.inside(indices[entry[1]], dims[0])
        case "array":  # of a mask it can be told
            mask = indices[entry[1]].type
            return dtype_of(mask) == "bool" and all(map(d.equal, dims, dims_of(mask) or ()))
        case "slice":
            return entry[3] is None or indices[entry[3]].number not in (None, 0)
    return str(entry[0]) != "object"


def _same_shapes(_d: Demands, equation: Equation) -> Holds:
    """Numbers can be put together whatever they are."""
    items = equation.operands[0].type
    return isinstance(items, ListOf) and isinstance(items.element, Scalar)


def _element(d: Demands, equation: Equation) -> Holds:
    """An element of a list."""
    items, i = equation.operands[0], equation.operands[-1]
    return d.inside(i, d.ranges.length(items))


# ---- shapes


def _reshape(d: Demands, equation: Equation) -> Holds:
    x, *lengths = equation.operands
    old, new = dims_of(x.type), [length_dim(n.type) for n in lengths]
    if old is None or any(not n.known for n in (*old, *new)):
        return False
    if fixed(-1) not in new:
        return d.zero(product(old).counted - product(new).counted) and all(map(d.natural, new))
    rest = [n for n in new if n != fixed(-1)]
    if len(rest) < len(new) - 1:
        return False
    whole, part = product(old).counted, product(rest).counted
    return part.is_one or (d.zero(whole // part * part - whole) and d.natural(part - 1))


def _lengths(d: Demands, equation: Equation) -> Holds:
    return all(isinstance(n.type, Scalar) and d.natural(length_dim(n.type)) for n in equation.operands)


def _lengths_behind(d: Demands, equation: Equation) -> Holds:
    return all(isinstance(n.type, Scalar) and d.natural(length_dim(n.type)) for n in equation.operands[1:])


def _broadcast_to(d: Demands, equation: Equation) -> Holds:
    x, *lengths = equation.operands
    dims, target = dims_of(x.type), tuple(length_dim(n.type) for n in lengths)
    return dims is not None and d.reaches(target, dims) and len(dims) <= len(target)


def _squeeze(d: Demands, equation: Equation) -> Holds:
    dims, axes = dims_of(equation.operands[0].type), equation.params.get("axis")
    return axes is None or (dims is not None and all(d.equal(dims[k], ONE) for k in axes))


def _split(d: Demands, equation: Equation) -> Holds:
    dims, sections = dims_of(equation.operands[0].type), equation.params["sections"]
    if equation.params.get("uneven"):
        return True
    n = (dims or ())[equation.params.get("axis", 0)] if dims else None
    return n is not None and d.zero(n // sections * sections - n)


# ---- arrays put together


def _concatenate(d: Demands, equation: Equation) -> Holds:
    shapes, axis = _shapes(equation), equation.params["axis"]
    if not shapes or len({len(shape) for shape in shapes}) > 1:
        return False
    return all(d.all_equal([shape[k] for shape in shapes]) for k in range(len(shapes[0])) if k != axis)


def _nested(d: Demands, equation: Equation) -> Holds:
    """Lists of lists that are equally long, of arrays that are."""
    return _is_regular(equation.params["structure"]) and _stack(d, equation)


def _is_regular(structure: object) -> bool:
    if not isinstance(structure, tuple):
        return True
    sizes = {len(item) if isinstance(item, tuple) else -1 for item in structure}
    return len(sizes) < 2 and all(map(_is_regular, structure))


def _stack(d: Demands, equation: Equation) -> Holds:
    shapes = _shapes(equation)
    if shapes is None or len({len(shape) for shape in shapes}) > 1:
        return False
    return not shapes or all(d.all_equal([shape[k] for shape in shapes]) for k in range(len(shapes[0])))


def _repeat(d: Demands, equation: Equation) -> Holds:
    """Numbers of repetitions are as many as elements, none negative: of one number that can be told."""
    count = equation.operands[1]
    return isinstance(count.type, Scalar) and count.type.length is not None and d.natural(count.type.length)


# ---- products


def _matmul(d: Demands, equation: Equation) -> Holds:
    shapes = _of_arrays(equation)
    if shapes is None:
        return False
    left, right = shapes
    inner = right[-2] if len(right) > 1 else right[-1]
    return d.equal(left[-1], inner) and d.broadcasts([left[:-2], right[:-2]])


def _inner(d: Demands, equation: Equation) -> Holds:
    shapes = _of_arrays(equation)
    return shapes is not None and d.equal(shapes[0][-1], shapes[1][-1])


def _tensordot(d: Demands, equation: Equation) -> Holds:
    shapes = _of_arrays(equation)
    pairs = zip(*equation.params["axes"], strict=True)
    return shapes is not None and all(d.equal(shapes[0][i], shapes[1][k]) for i, k in pairs)


def _einsum(d: Demands, equation: Equation) -> Holds:
    shapes = _of_arrays(equation)
    if shapes is None:
        return False
    notation = parse(equation.params["subscripts"], [len(shape) for shape in shapes])
    lengths: dict[str, list[Dim]] = {}
    for letter, dim in letter_dims_of(notation, shapes):
        lengths.setdefault(letter, []).append(dim)
    return all(d.broadcasts([(dim,) for dim in dims]) for dims in lengths.values())


# ---- what has a length that is asked for, or needs something to work on


def _line(d: Demands, equation: Equation) -> Holds:
    """The number of points that is asked for isn't negative."""
    return isinstance(equation.operands[2].type, Scalar) and d.natural(length_dim(equation.operands[2].type))


def _stepped(_d: Demands, equation: Equation) -> Holds:
    """Steps that lead somewhere."""
    step = equation.operands[2] if len(equation.operands) > 2 else None
    return step is None or step.number not in (None, 0)


def _of_points(d: Demands, equation: Equation) -> Holds:
    """At least one point, and as many values."""
    shapes = _shapes(equation)
    if shapes is None or len(shapes) < 3:
        return False
    _, points, values = shapes[:3]
    return len(points) == 1 == len(values) and d.equal(points[0], values[0]) and d.natural(points[0] - 1)


def _sorted_vector(place: int) -> Handler:
    """What is searched is a vector."""

    def handler(_d: Demands, equation: Equation) -> Holds:
        return equation.operands[place].type.rank == 1

    return handler


# ---- linear algebra


def _square(d: Demands, equation: Equation) -> Holds:
    dims = dims_of(equation.operands[0].type)
    return dims is not None and d.equal(dims[-1], dims[-2])


# matrices may be singular, or not positive, or have NaNs in them
_BY_KIND: Mapping[Kind, Handler] = {Kind.ELEMENTWISE: _elementwise, Kind.FACTORISATION: _always}
_BY_NAME: Mapping[str, Handler] = {
    **dict.fromkeys(("as_float", "as_int", "item", "to_float", "to_int", "round_to_int"), _to_number),
    **dict.fromkeys(("max", "min", "argmax", "argmin", "nanargmax", "nanargmin", "logsumexp"), _of_something),
    "get_item": _index,
    "set_item": _stored,
    "add_item": _stored,
    "list_get": _element,
    "list_set": _element,
    "list_pop": _always,
    **dict.fromkeys(("custom", "fsum"), _always),
    "take_along_axis": _always,
    "reshape": _reshape,
    "broadcast_to": _broadcast_to,
    "squeeze": _squeeze,
    "split": _split,
    **dict.fromkeys(("zeros", "ones", "empty"), _lengths),
    "full": _lengths_behind,
    "concatenate": _concatenate,
    "concatenate_list": _always,
    "list_to_array": _same_shapes,
    "stack": _stack,
    "array": _nested,
    "repeat": _repeat,
    "matmul": _matmul,
    "dot": _matmul,
    "inner": _inner,
    "tensordot": _tensordot,
    "einsum": _einsum,
    **dict.fromkeys(("det", "slogdet"), _square),
    **dict.fromkeys(("solver", "lfilter"), _always),
    "subscript": _always,
    "bincount": _always,
    "choices": _always,
    **dict.fromkeys(("truth", "not_"), _to_number),
    **dict.fromkeys(("eye", "tri"), _lengths),
    "linspace": _line,
    "arange": _stepped,
    "interp": _of_points,
    "searchsorted": _sorted_vector(0),
    "digitize": _sorted_vector(1),
}
