"""Derivatives of operations on samples in order."""

from __future__ import annotations

from srcad.ops.arguments import known_rank
from srcad.ops.creation import vander
from srcad.ops.sequences import WINDOWS, along_axis
from srcad.rules.joining import along, cut
from srcad.rules.language import (
    Expr,
    Given,
    Operand,
    add_item,
    apply,
    conjugate,
    dim,
    equal,
    get_item,
    logical_and,
    logical_or,
    maximum,
    minimum,
    real,
    set_item,
    total,
    where,
    zeros,
)
from srcad.rules.shaping import sized, swapped
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
flat, linear, multilinear, rule = TABLE.flat, TABLE.linear, TABLE.multilinear, TABLE.rule

flat("fftfreq", "rfftfreq", *WINDOWS)
# what is added to the angles are whole turns
rule("unwrap", lambda site, g: g, lambda site, dot: dot)

# ---- differences


def _diff(g: Expr, x: Expr, y: Expr, *, axis: int = -1) -> Expr:
    axis = axis % known_rank(x.atom, "diff")
    later, earlier = along(axis, ("slice", 0, None, None)), along(axis, ("slice", None, 0, None))
    return add_item(add_item(zeros(x), g, 1, index=later), -g, -1, index=earlier)


linear("diff", _diff)

# ---- interpolation


def _places(site: Site) -> tuple[Expr, Expr, Expr, Expr]:
    """For each x: the interval that it lies in, the weight of its end, the slope there, and whether x is inside."""
    x, xp, fp = site.operands[:3]
    n = dim(xp, 0)
    found = apply("searchsorted", xp, x, side="right")
    left = maximum(minimum(found - 1, n - 2), 0)
    start, width = _at(xp, left), _at(xp, left + 1) - _at(xp, left)
    slope = (_at(fp, left + 1) - _at(fp, left)) / width
    inside = logical_and(x >= _at_end(xp, 0), x <= _at_end(xp, -1))
    return left, (x - start) / width, slope, inside


def _at(values: Expr, places: Expr) -> Expr:
    return get_item(values, places, index=(("array" if places.rank else "int", 0),))


def _at_end(values: Expr, place: int) -> Expr:
    return get_item(values, place, index=(("int", 0),))


def _beyond(site: Site) -> tuple[Expr, Expr]:
    x, xp = site.operands[:2]
    return x < _at_end(xp, 0), x > _at_end(xp, -1)


def _interp_adjoint(site: Site, g: Expr) -> list[Operand]:
    left, weight, slope, inside = _places(site)
    within = where(inside, g, 0.0)
    bars: list[Operand] = [within * slope, None, None, *(None for _ in site.operands[3:])]
    xp, fp = site.operands[1:3]
    if site.wanted[1]:
        bars[1] = _shared(zeros(xp), left, -within * slope, weight)
    if site.wanted[2]:
        bars[2] = _held_ends(site, _shared(zeros(fp), left, within, weight), g)
    ends = dict(zip(site.params.get("ends", ()), range(3, len(site.operands)), strict=True))
    for name, outside in zip(("left", "right"), _beyond(site), strict=True):
        if name in ends and site.wanted[ends[name]]:
            bars[ends[name]] = total(where(outside, g, 0.0)) if g.rank else where(outside, g, 0.0)
    return bars


def _shared(blank: Expr, left: Expr, g: Expr, weight: Expr) -> Expr:
    """`g` shared out among the two ends of the intervals."""
    index = (("array" if left.rank else "int", 0),)
    return add_item(add_item(blank, g * (1.0 - weight), left, index=index), g * weight, left + 1, index=index)


def _held_ends(site: Site, bar: Expr, g: Expr) -> Expr:
    """Beyond the ends the first and the last value are held, unless others are given."""
    for name, place, outside in zip(("left", "right"), (0, -1), _beyond(site), strict=True):
        if name not in site.params.get("ends", ()):
            held = where(outside, g, 0.0)
            bar = add_item(bar, total(held) if g.rank else held, place, index=(("int", 0),))
    return bar


def _interp_tangent(
    site: Site, x_dot: Expr | None, xp_dot: Expr | None, fp_dot: Expr | None, *ends: Expr | None
) -> Given:
    left, weight, slope, inside = _places(site)
    moved: Operand = 0.0
    if x_dot is not None:
        moved = slope * x_dot
    if xp_dot is not None:
        moved = moved - slope * (_at(xp_dot, left) * (1.0 - weight) + _at(xp_dot, left + 1) * weight)
    if fp_dot is not None:
        moved = moved + _at(fp_dot, left) * (1.0 - weight) + _at(fp_dot, left + 1) * weight
    given = dict(zip(site.params.get("ends", ()), ends, strict=True))
    below, above = _beyond(site)
    first = _end_tangent(given, "left", fp_dot, 0)
    last = _end_tangent(given, "right", fp_dot, -1)
    return where(inside, moved, where(below, first, where(above, last, 0.0)))


def _end_tangent(given: dict[str, Expr | None], name: str, fp_dot: Expr | None, place: int) -> Operand:
    if name in given:
        return 0.0 if given[name] is None else given[name]
    return 0.0 if fp_dot is None else _at_end(fp_dot, place)


rule("interp", _interp_adjoint, _interp_tangent)

# ---- convolution


def _number(x: Expr) -> Given:
    """A length, as a number where it is known."""
    return x if x.constant is None else x.constant


def _whole(g: Expr, a: Expr, v: Expr, mode: str, start: Operand) -> Expr:
    """The adjoint of the full convolution, of which `mode` shows a part from `start` on."""
    if mode == "full":
        return g
    full = apply("zeros", _number(dim(a, 0) + dim(v, 0) - 1), dtype=g.dtype or "float64")
    return set_item(full, g, start, start + dim(g, 0), index=(("slice", 0, 1, None),))


def _convolve_whole(g: Expr, a: Expr, v: Expr, mode: str) -> Expr:
    less = minimum(dim(a, 0), dim(v, 0)) - 1
    return _whole(g, a, v, mode, less if mode == "valid" else less // 2)


def _reversed(x: Expr) -> Expr:
    return get_item(x, -1, index=(("slice", None, None, 0),))


def _correlated(g: Expr, v: Expr, a: Expr) -> Expr:
    """The adjoint of `a` in the full convolution with `v`; `correlate` conjugates what is complex."""
    return sized(apply("correlate", g, _conjugated(v)), a)


def _conjugated(v: Expr) -> Expr:
    return conjugate(v) if v.is_complex else v


multilinear(
    "convolve",
    lambda g, a, v, y, *, mode="full": _correlated(_convolve_whole(g, a, v, mode), v, a),
    lambda g, a, v, y, *, mode="full": _correlated(_convolve_whole(g, a, v, mode), a, v),
)


def _correlate_start(a: Expr, v: Expr, mode: str) -> Operand:
    """NumPy lets the shorter run along the longer: where the second is the longer, the result is turned round."""
    n, m = dim(a, 0), dim(v, 0)
    if mode == "valid":
        return minimum(n, m) - 1
    return where(n >= m, (m - 1) // 2, n // 2)


def _correlate_whole(g: Expr, a: Expr, v: Expr, mode: str) -> Expr:
    return _whole(g, a, v, mode, _correlate_start(a, v, mode))


def _correlate_left(g: Expr, a: Expr, v: Expr, y: Expr, *, mode: str = "valid") -> Given:
    return _correlated(_correlate_whole(g, a, v, mode), _reversed(_conjugated(v)), a)


def _correlate_right(g: Expr, a: Expr, v: Expr, y: Expr, *, mode: str = "valid") -> Given:
    return _conjugated(sized(_reversed(_correlated(_correlate_whole(g, a, v, mode), a, v)), v))


multilinear("correlate", _correlate_left, _correlate_right)

# ---- polynomials


def _slope(p: Expr, x: Expr) -> Expr:
    """The derivative of the polynomial, at x."""
    degrees = apply("arange", dim(p, 0) - 1, 0, -1)
    return apply("polyval", cut(p, 0, None, -1) * degrees, x)


def _polyval_adjoint(site: Site, g: Expr) -> list[Operand]:
    p, x = site.operands
    return [_coefficients(p, x, g) if site.wanted[0] else None, g * _slope(p, x) if site.wanted[1] else None]


def _coefficients(p: Expr, x: Expr, g: Expr) -> Expr:
    if x.rank == 0:
        powers = apply("arange", dim(p, 0) - 1, -1, -1)
        return sized(g * x**powers, p)
    flat_x, flat_g = (v if v.rank == 1 else apply("ravel", v) for v in (x, g))
    return swapped(Expr(x.b, vander(x.b, flat_x.atom, dim(p, 0).atom))) @ flat_g


def _polyval_tangent(site: Site, p_dot: Expr | None, x_dot: Expr | None) -> Given:
    p, x = site.operands
    parts = [] if p_dot is None else [apply("polyval", p_dot, x)]
    parts += [] if x_dot is None else [_slope(p, x) * x_dot]
    return sum(parts[1:], parts[0])


rule("polyval", _polyval_adjoint, _polyval_tangent)

# ---- Fourier transforms

TRANSPOSED_NORM = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _fourier(g: Expr, x: Expr, y: Expr, *, function: str, axis: int = -1, norm: str = "backward") -> Given:
    """The matrix of the transform is symmetric."""
    bar = apply("fft", g, function=function, **along_axis(axis, norm))
    return bar if x.is_complex else real(bar)


def _weights(frequencies: Expr, n: Operand, axis: int) -> Expr:
    """How often each frequency of a real signal stands in the full transform: once or twice."""
    k = apply("arange", dim(frequencies, axis))
    weights = where(logical_or(equal(k, 0), equal(2 * k, n)), 1.0, 2.0)
    rank = known_rank(frequencies.atom, "a Fourier transform")
    after = rank - 1 - axis % rank
    return get_item(weights, index=(("slice", None, None, None), *(("newaxis",),) * after)) if after else weights


def _rfft(g: Expr, x: Expr, y: Expr, *, function: str, axis: int = -1, norm: str = "backward") -> Given:
    n = dim(x, axis)
    spectrum = conjugate(g) / _weights(g, n, axis)
    return apply("irfft", spectrum, n, function="irfft", **along_axis(axis, TRANSPOSED_NORM[norm]))


def _irfft(g: Expr, x: Expr, n: Expr, y: Expr, *, function: str, axis: int = -1, norm: str = "backward") -> Given:
    spectrum = apply("rfft", g, function="rfft", **along_axis(axis, TRANSPOSED_NORM[norm]))
    return conjugate(spectrum) * _weights(spectrum, n, axis)


linear("fft", _fourier)
linear("rfft", _rfft)
linear("irfft", _irfft)
