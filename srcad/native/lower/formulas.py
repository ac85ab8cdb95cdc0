"""Operations on arrays as formulas of simpler ones: moments, norms, differences, products by subscripts.

A formula that doesn't hold for what it is given (an unknown rank, say) is None: the operation stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Equation
from srcad.trace.types import Array, Scalar

Formula = Callable[[Builder, Equation], Atom | Sequence[Atom] | None]
WHOLE = ("slice", None, None, None)


def _axes(eq: Equation) -> tuple[int, ...] | None:
    """The axes of a reduction; None where the rank isn't known."""
    rank, axis = eq.operands[0].type.rank, eq.params.get("axis")
    if rank is None or not isinstance(eq.operands[0].type, Array):
        return None
    every = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    return tuple(a % rank for a in every)


def _count(b: Builder, x: Atom, axes: Sequence[int]) -> Atom:
    """How many elements there are along axes."""
    lengths = [b.emit("dim", x, axis=k) for k in axes]
    count: Atom = lengths[0]
    for n in lengths[1:]:
        count = b.emit("multiply", count, n)
    return count


def _sum(b: Builder, eq: Equation, x: Atom) -> Atom:
    """The sum along the axes of a reduction."""
    return b.emit("sum", x, **{k: v for k, v in eq.params.items() if k in ("axis", "keepdims")})


# ---- moments and norms


def _variance(b: Builder, eq: Equation) -> Atom | None:
    x, axes = eq.operands[0], _axes(eq)
    if not axes:
        return None
    whole = len(axes) == x.type.rank
    mean = b.emit("mean", x) if whole else b.emit("mean", x, axis=axes, keepdims=True)
    apart = b.emit("subtract", x, mean)
    apart = b.emit("absolute", apart) if x.type.complex else apart
    total = _sum(b, eq, b.emit("multiply", apart, apart))
    count = b.emit("subtract", _count(b, x, axes), eq.params.get("ddof", 0))
    return b.emit("divide", total, b.emit("maximum", count, 0))


def _deviation(b: Builder, eq: Equation) -> Atom | None:
    variance = _variance(b, eq)
    return None if variance is None else b.emit("sqrt", variance)


def _norm(b: Builder, eq: Equation) -> Atom | None:
    x, order = eq.operands[0], eq.params.get("ord")
    if not _axes(eq) or (order is not None and not isinstance(order, (int, float))):
        return None
    x = b.emit("absolute", x) if x.type.complex else x
    x = x if (x.type.dtype or "").startswith("float") else b.emit("cast", x, dtype="float64")
    if order is None or order == 2:
        return b.emit("sqrt", _sum(b, eq, b.emit("multiply", x, x)))
    powers = b.emit("power", b.emit("absolute", x), float(order))
    return b.emit("power", _sum(b, eq, powers), 1.0 / float(order))


def _trace(b: Builder, eq: Equation) -> Atom | None:
    x = eq.operands[0]
    if x.type.rank != 2:
        return None
    return b.emit("sum", b.emit("diagonal", x, offset=eq.params.get("offset", 0)))


def _log_of_sum(b: Builder, eq: Equation) -> Atom | None:
    """The logarithm of a sum of exponentials, whose largest is 1."""
    x, axis, keep = eq.operands[0], eq.params.get("axis"), bool(eq.params.get("keepdims"))
    factor = eq.operands[1] if len(eq.operands) == 2 else None
    if not _axes(eq) or x.type.complex or (factor is not None and (factor.type.rank or 0) > (x.type.rank or 0)):
        return None
    x = x if factor is None else b.emit("where", b.emit("equal", factor, 0), -np.inf, x)
    kept = b.emit("max", x, axis=axis, keepdims=True)
    shift = b.emit("where", b.emit("isfinite", kept), kept, 0.0)
    powers = b.emit("exp", b.emit("subtract", x, shift))
    powers = powers if factor is None else b.emit("multiply", factor, powers)
    total = b.emit("log", b.emit("sum", powers, axis=axis, keepdims=keep))
    level = shift if keep else b.emit("max", x, axis=axis, keepdims=False)
    if not keep:
        level = b.emit("where", b.emit("isfinite", level), level, 0.0)
    return b.emit("add", total, level)


def _softmax(b: Builder, eq: Equation) -> Atom | None:
    if not _axes(eq):
        return None
    x, axis = eq.operands[0], eq.params.get("axis")
    powers = b.emit("exp", b.emit("subtract", x, b.emit("max", x, axis=axis, keepdims=True)))
    return b.emit("divide", powers, b.emit("sum", powers, axis=axis, keepdims=True))


def _log_softmax(b: Builder, eq: Equation) -> Atom | None:
    if not _axes(eq):
        return None
    x, axis = eq.operands[0], eq.params.get("axis")
    largest = b.emit("max", x, axis=axis, keepdims=True)
    apart = b.emit("subtract", x, b.emit("where", b.emit("isfinite", largest), largest, 0.0))
    return b.emit("subtract", apart, b.emit("log", b.emit("sum", b.emit("exp", apart), axis=axis, keepdims=True)))


# ---- adjoints of products, and of symmetric matrices


def _product_of_others(b: Builder, eq: Equation) -> Atom | None:
    """The product of all, over each; 0 beside a zero, and at it the product of the rest."""
    if not _axes(eq):
        return None
    x, axis = eq.operands[0], eq.params.get("axis")
    zero = b.emit("equal", x, 0)
    safe = b.emit("where", zero, 1.0, x)
    product = b.emit("prod", safe, axis=axis, keepdims=True)
    b.emit_many("assert_", b.emit("all", _is_kept(b, product)))  # else the powers of two are counted apart
    others = b.emit("divide", product, safe)
    zeros = b.emit("sum", zero, axis=axis, keepdims=True)
    return b.emit("where", b.emit("equal", zeros, b.emit("cast", zero, dtype="int64")), others, 0.0)


def _is_kept(b: Builder, product: Atom) -> Atom:
    """Where products have all of their digits."""
    size, limits = b.emit("absolute", product), np.finfo(product.type.dtype or "float64")
    large = b.emit("greater_equal", size, float(limits.tiny))
    return b.emit("logical_and", large, b.emit("less_equal", size, float(limits.max)))


def _halves(b: Builder, g: Atom, upper: bool) -> tuple[Atom, Atom]:
    """A triangle with its diagonal, and without."""
    op, beside = ("triu", 1) if upper else ("tril", -1)
    return b.emit(op, g), b.emit(op, g, k=beside)


def _is_symmetric(b: Builder, a: Atom) -> Atom:
    """But for rounding."""
    gap = b.emit("max", b.emit("absolute", b.emit("subtract", a, b.emit("transpose", a))))
    size = b.emit("max", b.emit("absolute", a))
    slack = float(np.sqrt(np.finfo(a.type.dtype or "float64").eps))
    return b.emit("less_equal", gap, b.emit("multiply", slack, size))


def _of_one_triangle(eq: Equation) -> bool:
    return all(a.type.rank == 2 and a.type.dtype in ("float64", "float32") for a in eq.operands)


def _reflected(b: Builder, eq: Equation) -> Atom | None:
    """The change of a symmetric matrix of which one triangle is read."""
    if not _of_one_triangle(eq):
        return None
    g, a = eq.operands
    whole, beside = _halves(b, g, bool(eq.params.get("upper")))
    both = b.emit("multiply", 0.5, b.emit("add", g, b.emit("transpose", g)))
    return b.emit("where", _is_symmetric(b, a), both, b.emit("add", whole, b.emit("transpose", beside)))


def _folded(b: Builder, eq: Equation) -> Atom | None:
    """The adjoint of a matrix of which one triangle is read."""
    if not _of_one_triangle(eq):
        return None
    g, a = eq.operands
    half = b.emit("multiply", 0.5, b.emit("add", g, b.emit("transpose", g)))
    return b.emit("where", _is_symmetric(b, a), half, b.emit("add", *_halves(b, half, bool(eq.params.get("upper")))))


# ---- neighbours and parts


def _sliced(b: Builder, x: Atom, axis: int, start: object, stop: object) -> Atom:
    bounds = [k for k in (start, stop) if k is not None]
    first = None if start is None else 0
    last = None if stop is None else len(bounds) - 1
    return b.emit("get_item", x, *bounds, index=(*(WHOLE,) * axis, ("slice", first, last, None)))


def _differences(b: Builder, eq: Equation) -> Atom | None:
    x, rank = eq.operands[0], eq.operands[0].type.rank
    if not rank:
        return None
    axis = eq.params.get("axis", -1) % rank
    op = "not_equal" if x.type.dtype == "bool" else "subtract"
    return b.emit(op, _sliced(b, x, axis, 1, None), _sliced(b, x, axis, None, -1))


def _parts(b: Builder, eq: Equation) -> Sequence[Atom] | None:
    """Slices of equal length; of other lengths they would have to be checked."""
    x, sections = eq.operands[0], eq.params["sections"]
    if eq.params.get("uneven") or not x.type.rank:
        return None
    axis = eq.params["axis"] % x.type.rank
    step = b.emit("floor_divide", b.emit("dim", x, axis=axis), sections)
    bounds = [None, *(b.emit("multiply", step, k) for k in range(1, sections)), None]
    whole = b.emit("equal", b.emit("multiply", step, sections), b.emit("dim", x, axis=axis))
    b.emit_many("assert_", whole)
    return [_sliced(b, x, axis, first, last) for first, last in pairwise(bounds)]


def _flat(b: Builder, eq: Equation) -> Atom | None:
    return b.emit("copy", b.emit("ravel", eq.operands[0])) if isinstance(eq.operands[0].type, Array) else None


# ---- products


def _tensordot(b: Builder, eq: Equation) -> Atom | None:
    x, y = eq.operands
    if not (isinstance(x.type, Array) and isinstance(y.type, Array)):
        return None
    ours, theirs = eq.params["axes"]
    product = _summed(b, x, y, [k % x.type.rank for k in ours], [k % y.type.rank for k in theirs])
    return b.emit("array", product, structure=0) if product is not None and not eq.result.type.rank else product


def _inner(b: Builder, eq: Equation) -> Atom | None:
    """Along the last axis of both."""
    x, y = eq.operands
    if not (x.type.rank and y.type.rank):
        return None
    return _summed(b, x, y, [x.type.rank - 1], [y.type.rank - 1])


def _summed(b: Builder, x: Atom, y: Atom, ours: list[int], theirs: list[int]) -> Atom | None:
    """Products summed over axes of both, as one of two matrices, or of vectors where no other axis is left."""
    kept, left = ([k for k in range(one.type.rank or 0) if k not in axes] for one, axes in ((x, ours), (y, theirs)))
    if not ours:
        return None
    for i, j in zip(ours, theirs, strict=True):
        b.emit_many("assert_", b.emit("equal", b.emit("dim", x, axis=i), b.emit("dim", y, axis=j)))
    lengths = [b.emit("dim", x, axis=k) for k in kept] + [b.emit("dim", y, axis=k) for k in left]
    product = b.emit("matmul", _matrix(b, x, kept, ours, last=True), _matrix(b, y, left, theirs, last=False))
    return product if len(kept) < 2 and len(left) < 2 else b.emit("reshape", product, *lengths)


def _matrix(b: Builder, x: Atom, kept: list[int], summed: list[int], last: bool) -> Atom:
    """An array with the axes that are summed as its last, or its first, and the others as the other."""
    groups = [group for group in ((kept, summed) if last else (summed, kept)) if group]
    order = tuple(k for group in groups for k in group)
    x = x if order == tuple(range(len(order))) else b.emit("transpose", x, axes=order)
    if all(len(group) == 1 for group in groups):
        return x
    ends = [0]
    for group in groups:
        ends.append(ends[-1] + len(group))
    return b.emit("reshape", x, *(_count(b, x, range(*pair)) for pair in pairwise(ends)))


def _cross(b: Builder, eq: Equation) -> Atom | None:
    """Of vectors with three elements; where those may have two, NumPy decides."""
    x, y = eq.operands
    types = (x.type, y.type)
    if any(not isinstance(t, Array) or t.rank != 1 or t.dims[0].number != 3 for t in types):
        return None
    a, c = ([b.emit("get_item", one, k, index=(("int", 0),)) for k in range(3)] for one in (x, y))
    places = ((1, 2), (2, 0), (0, 1))
    parts = [b.emit("subtract", b.emit("multiply", a[i], c[j]), b.emit("multiply", a[j], c[i])) for i, j in places]
    return b.emit("array", *parts, structure=(0, 1, 2))


def _kron(b: Builder, eq: Equation) -> Atom | None:
    """Each element of the one times all of the other."""
    x, y = eq.operands
    rank = x.type.rank
    if not rank or rank != y.type.rank:
        return None
    blocks = b.emit("expand_dims", x, axis=tuple(range(1, 2 * rank, 2)))
    inside = b.emit("expand_dims", y, axis=tuple(range(0, 2 * rank, 2)))
    lengths = [b.emit("multiply", b.emit("dim", x, axis=k), b.emit("dim", y, axis=k)) for k in range(rank)]
    return b.emit("reshape", b.emit("multiply", blocks, inside), *lengths)


# ---- matrices


def _pseudo_inverse(b: Builder, eq: Equation) -> Atom | None:
    """By singular values, of which those that are small beside the largest count as 0."""
    x, params = eq.operands[0], eq.params
    if x.type.rank != 2 or x.type.dtype != "float64" or params.get("hermitian"):
        return None
    if params.get("rtol") is not None:
        return None
    u, s, vt = b.emit_many("svd", x, full_matrices=False)
    cutoff = b.emit("multiply", params["rcond"] if params.get("rcond") is not None else 1e-15, b.emit("max", s))
    large = b.emit("greater", s, cutoff)
    inverse = b.emit("where", large, b.emit("divide", 1.0, b.emit("where", large, s, 1.0)), 0.0)
    rows = b.emit("multiply", b.emit("expand_dims", inverse, axis=(1,)), b.emit("transpose", u))
    return b.emit("matmul", b.emit("transpose", vt), rows)


def _rolled(b: Builder, eq: Equation) -> Atom | None:
    """All elements as one row."""
    x = eq.operands[0]
    if eq.params.get("axis") is not None or (x.type.rank or 0) < 2:
        return None
    return b.emit("reshape_like", b.emit("roll", b.emit("ravel", x), *eq.operands[1:], axis=(0,)), x)


# ---- sorted


def _sorted(b: Builder, eq: Equation) -> tuple[Atom, int] | None:
    """What a median is taken of, in order, and along which axis."""
    x, axis = eq.operands[0], eq.params.get("axis")
    if not x.type.rank or x.type.complex or eq.params.get("keepdims"):
        return None
    x = x if (x.type.dtype or "").startswith("float") else b.emit("cast", x, dtype="float64")
    flat = b.emit("ravel", x) if axis is None else x
    place = 0 if axis is None else axis % x.type.rank
    b.emit_many("assert_", b.emit("greater", b.emit("dim", flat, axis=place), 0))  # of none NumPy makes nan
    return b.emit("sort", flat, axis=place), place


def _at(b: Builder, x: Atom, axis: int, place: Atom) -> Atom:
    return b.emit("get_item", x, place, index=(*(WHOLE,) * axis, ("int", 0)))


def _with_nan(b: Builder, last: Atom, value: Atom) -> Atom:
    """A nan among them is the last."""
    return b.emit("where", b.emit("isnan", last), last, value)


def _median(b: Builder, eq: Equation) -> Atom | None:
    found = _sorted(b, eq)
    if found is None:
        return None
    x, axis = found
    n = b.emit("dim", x, axis=axis)
    upper, last = b.emit("floor_divide", n, 2), b.emit("subtract", n, 1)
    low, high = (_at(b, x, axis, place) for place in (b.emit("floor_divide", last, 2), upper))
    both = b.emit("divide", b.emit("add", low, high), 2.0)
    middle = b.emit("where", b.emit("equal", b.emit("remainder", n, 2), 1), low, both)
    return _with_nan(b, _at(b, x, axis, last), middle)


def _quantile(b: Builder, eq: Equation) -> Atom | None:
    """Between two neighbours by a straight line, from that which is nearer."""
    q, found = eq.operands[1], _sorted(b, eq) if isinstance(eq.operands[1].type, Scalar) else None
    if found is None:
        return None
    x, axis = found
    q = b.emit("divide", q, 100.0) if eq.params.get("percent") else q
    b.emit_many("assert_", b.emit("logical_and", b.emit("greater_equal", q, 0.0), b.emit("less_equal", q, 1.0)))
    last = b.emit("subtract", b.emit("dim", x, axis=axis), 1)
    place = b.emit("multiply", q, b.emit("to_float", last))
    below = b.emit("cast", b.emit("floor", place), dtype="int64")
    part = b.emit("subtract", place, b.emit("to_float", below))
    low, high = _at(b, x, axis, below), _at(b, x, axis, b.emit("smaller", b.emit("add", below, 1), last))
    apart = b.emit("subtract", high, low)
    from_low = b.emit("add", low, b.emit("multiply", apart, part))
    from_high = b.emit("subtract", high, b.emit("multiply", apart, b.emit("subtract", 1.0, part)))
    value = b.emit("where", b.emit("greater_equal", part, 0.5), from_high, from_low)
    return _with_nan(b, _at(b, x, axis, last), b.emit("where", b.emit("equal", low, high), low, value))


# ---- elements


def _clipped(b: Builder, eq: Equation) -> Atom | None:
    """With one bound alone."""
    x, low, high = eq.operands
    if low.is_none == high.is_none:
        return None
    return b.emit("minimum", x, high) if low.is_none else b.emit("maximum", x, low)


def _sinc(b: Builder, eq: Equation) -> Atom:
    angle = b.emit("multiply", np.pi, eq.operands[0])
    tiny = float(np.finfo(angle.type.dtype or "float64").eps)
    angle = b.emit("where", b.emit("equal", angle, 0.0), tiny, angle)
    return b.emit("divide", b.emit("sin", angle), angle)


def _share(b: Builder, eq: Equation) -> Atom:
    x, y = eq.operands
    apart = b.emit("where", b.emit("equal", x, y), 0.0, b.emit("subtract", y, x))
    power = b.emit("exp" if eq.op == "share" else "exp2", apart)
    return b.emit("divide", 1.0, b.emit("add", 1.0, power))


def _cosine(b: Builder, eq: Equation) -> Atom:
    return b.emit("divide", eq.operands[0], eq.operands[2])


def _is_close(b: Builder, eq: Equation) -> Atom:
    x, y = eq.operands
    gap, params = b.emit("absolute", b.emit("subtract", x, y)), eq.params
    slack = b.emit("multiply", params.get("rtol", 1e-05), b.emit("absolute", y))
    near = b.emit("less_equal", gap, b.emit("add", params.get("atol", 1e-08), slack))
    near = b.emit("logical_and", near, b.emit("isfinite", y))
    near = b.emit("logical_or", near, b.emit("equal", x, y))
    if not params.get("equal_nan"):
        return near
    return b.emit("logical_or", near, b.emit("logical_and", b.emit("isnan", x), b.emit("isnan", y)))


def _without_nan(b: Builder, eq: Equation) -> Atom | None:
    x, params = eq.operands[0], eq.params
    if x.type.dtype not in ("float64", "float32"):
        return None
    largest = float(np.finfo(x.type.dtype).max)
    high, low = params.get("posinf"), params.get("neginf")
    made = b.emit("where", b.emit("isnan", x), params.get("nan", 0.0), x)
    made = b.emit("where", b.emit("equal", x, np.inf), largest if high is None else high, made)
    return b.emit("where", b.emit("equal", x, -np.inf), -largest if low is None else low, made)


def _rounded(b: Builder, eq: Equation) -> Atom | None:
    """By NumPy's way: scaled, rounded, and scaled back."""
    x, decimals = eq.operands[0], eq.params["decimals"]
    if not (x.type.dtype or "").startswith("float"):
        return x if decimals >= 0 and (x.type.dtype or "").startswith(("int", "uint")) else None
    if not decimals:
        return b.emit("rint", x)
    scale, (there, back) = 10.0 ** abs(decimals), ("multiply", "divide")[:: 1 if decimals > 0 else -1]
    return b.emit(back, b.emit("rint", b.emit(there, x, scale)), scale)


def _squared_modulus(b: Builder, eq: Equation) -> Atom | None:
    modulus = b.emit("absolute", eq.operands[0])
    return b.emit("multiply", modulus, modulus)


FORMULAS_OF_ARRAYS: Mapping[str, Formula] = MappingProxyType(
    {
        "var": _variance,
        "std": _deviation,
        "norm": _norm,
        "trace": _trace,
        "logsumexp": _log_of_sum,
        "softmax": _softmax,
        "log_softmax": _log_softmax,
        "product_of_others": _product_of_others,
        "reflected": _reflected,
        "folded": _folded,
        "diff": _differences,
        "split": _parts,
        "flatten": _flat,
        "tensordot": _tensordot,
        "inner": _inner,
        "cross": _cross,
        "kron": _kron,
        "pinv": _pseudo_inverse,
        "roll": _rolled,
        "squared_modulus": _squared_modulus,
        "median": _median,
        "quantile": _quantile,
        "clip": _clipped,
        "sinc": _sinc,
        **dict.fromkeys(("share", "share2"), _share),
        "cosine": _cosine,
        "isclose": _is_close,
        "nan_to_num": _without_nan,
        "round": _rounded,
    }
)
