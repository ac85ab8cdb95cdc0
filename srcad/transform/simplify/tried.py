"""What has been tried, and raised nothing, isn't computed again.

try (LinAlgError): v1 = cholesky(a); yield 0, None      try (LinAlgError): v1 = cholesky(a); yield 0, None, v1
c = equal(which, 0)                               ->    c = equal(which, 0)
if c: v2 = cholesky(a); ...                             if c: ... with what the try has yielded

It is done last, when no more derivatives are made: no derivative passes through what is tried.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.ops.exceptions import tries
from srcad.trace.nodes import Equation, Region, Trace, Var
from srcad.trace.procedures import with_procedures
from srcad.trace.rewrite import substitute, with_body
from srcad.trace.slots import Slot, with_more_slots
from srcad.trace.walk import walk
from srcad.transform.simplify.common import equation_key, mergeable


def share_tried(trace: Trace) -> Trace:
    """The trace, in which what stands behind a `try` reads what that has computed."""
    trace = with_procedures(trace, share_tried)
    return with_body(trace, _shared(trace.body)) if any(map(tries, walk(trace.body))) else trace


def _shared(region: Region) -> Region:
    equations = [replace(e, regions=tuple(map(_shared, e.regions))) if e.regions else e for e in region.equations]
    for k, equation in enumerate(equations):
        if not tries(equation):
            continue
        place = _branch_behind(equations, k)
        if place is not None:
            equations[k], equations[place] = _joined(equation, equations[place])
    return replace(region, equations=tuple(equations))


def _branch_behind(equations: list[Equation], k: int) -> int | None:
    """The branch for the case that what is tried at k has raised nothing."""
    which = equations[k].results[0] if equations[k].results else None
    fine = {
        e.results[0] for e in equations[k:] if e.op == "equal" and e.operands[0] is which and e.operands[1].number == 0
    }
    found = (j for j, e in enumerate(equations) if j > k and e.op == "if" and e.operands[0] in fine)
    return next(found, None)


def _joined(tried: Equation, branch: Equation) -> tuple[Equation, Equation]:
    (body,), then = tried.regions, branch.regions[0]
    known = {key: e for e in body.equations if mergeable(e) and (key := equation_key(e)) is not None}
    same: dict[Var, Var] = {}  # of the branch, and of what is tried
    kept, slots = [], []
    for equation in then.equations:
        there = substitute(Region((), (equation,), ()), same).equations[0]
        found = known.get(equation_key(there)) if mergeable(equation) else None
        if found is None:
            kept.append(equation)
            continue
        same.update(zip(equation.results, found.results, strict=True))
    outside: dict[Var, Var] = {}
    for mine, theirs in same.items():
        outside[mine] = Var(mine.type, mine.name)
        slots.append(Slot(outside[mine], None, (), (theirs,)))
    rest = substitute(Region((), tuple(kept), then.results), outside)
    return with_more_slots(tried, tried.regions, slots), replace(branch, regions=(rest, *branch.regions[1:]))
