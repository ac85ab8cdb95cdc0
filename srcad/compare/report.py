"""A comparison as text. All but the times is the same on every run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from srcad.compare.findings import Findings, Result
from srcad.compare.growth import WAYS, Growth
from srcad.compare.steps import Steps
from srcad.compare.swell import Swell
from srcad.testing.report import table

MOST_VALUES = 4


def report(comparison: Findings) -> str:
    return "\n\n".join("\n".join(part) for part in _parts(comparison)) + "\n"


def _parts(found: Findings) -> Iterator[list[str]]:
    yield _head(found)
    yield _ways(found)
    yield _steps(found.steps, found)
    yield _growth(found.growth)
    yield _swell(found.swell)


def duration(seconds: float) -> str:
    """A time in three digits: 12.3 us."""
    if not np.isfinite(seconds):
        return "-"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


# ---- the four ways


def _head(found: Findings) -> list[str]:
    inputs, outputs = _counted(len(found.labels), "input"), _counted(found.height, "output")
    at = ", ".join(f"{n}={v:.6g}" for n, v in zip(found.labels[:MOST_VALUES], found.point, strict=False))
    more = ", ..." if len(found.labels) > MOST_VALUES else ""
    return [f"{found.name}: {inputs}, {outputs}, at {at}{more}"]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _ways(found: Findings) -> list[str]:
    heads = ("approach", "derivative", "error", "first", "time", "per value", "how")
    due = found.reference
    lines = table(heads, [_way(result, found) for result in found.results]).splitlines()
    doubt = f" (itself to {due.error:.0e})" if due.error > 1e-15 else ""
    value = duration(found.value_seconds)
    lines.append(f"error: relative, against {due.method}{doubt}")
    lines.append(f"first: the first run, which compiles; time: the best of several; one value takes {value}")
    return lines


def _way(result: Result, found: Findings) -> tuple[str, ...]:
    approach = result.approach
    if result.matrix is None:
        return (approach.name, "-", "-", "-", "-", "-", f"skipped: {approach.why_not}")
    times = (duration(approach.prepared), duration(result.seconds), f"{result.seconds / found.value_seconds:.1f}")
    return (approach.name, _values(result.matrix), f"{result.error:.1e}", *times, approach.how)


def _values(matrix: np.ndarray) -> str:
    numbers = matrix.ravel()
    shown = ", ".join(f"{v:.6g}" for v in numbers[:MOST_VALUES])
    return f"{shown}, ..." if numbers.size > MOST_VALUES else shown


# ---- steps of differences


def _steps(found: Steps | None, whole: Findings) -> list[str]:
    title = "differences: the error by the step"
    if found is None:
        return [f"{title}: skipped, as the function isn't defined nearby"]
    pairs = zip(found.steps, found.one_sided, found.central, strict=True)
    rows = [(f"{h:.0e}", f"{a:.1e}", f"{b:.1e}") for h, a, b in pairs]
    (one, at_one), (two, at_two) = found.best(found.one_sided), found.best(found.central)
    best = f"at best {one:.0e} at {at_one:.0e} one-sided, {two:.0e} at {at_two:.0e} central"
    exact = [f"{r.approach.name} {r.error:.0e}" for r in whole.results if r.approach.name in ("forward", "reverse")]
    return [title, *table(("step", "one-sided", "central"), rows).splitlines(), f"{best}; {', '.join(exact)}"]


# ---- growth


def _growth(found: Growth) -> list[str]:
    title = "growth of the cost with the number of inputs W"
    if found.why_not:
        return [f"{title}: skipped, {found.why_not}"]
    heads = ("W", *WAYS, *(f"{way} ops" for way in WAYS), "symbolic ops")
    rows = [
        (
            str(size.width),
            *(duration(size.seconds.get(way, float("nan"))) for way in WAYS),
            *(_number(size.operations.get(way)) for way in WAYS),
            _number(size.expression),
        )
        for size in found.sizes
    ]
    lines = [f"{title}: {found.what}", *table(heads, rows).splitlines()]
    for of, what in (("operations", "operations grow"), ("seconds", "time grows")):
        powers = [f"{way} W^{found.exponent(way, of):.2f}" for way in WAYS if np.isfinite(found.exponent(way, of))]
        if powers:
            lines.append(f"{what} like {', '.join(powers)}")
    return lines


def _number(count: int | None) -> str:
    return "-" if count is None else str(count)


# ---- swell


def _swell(found: Swell) -> list[str]:
    title = "expression swell"
    if found.why_not:
        return [f"{title}: skipped, {found.why_not}"]
    heads = ("n", "expression", "its derivative", f"srcad, {found.mode}")
    rows = [(str(i.n), _number(i.value), _number(i.derivative), str(i.program)) for i in found.iterates]
    return [f"{title}: {found.what}, in operations", *table(heads, rows).splitlines()]
