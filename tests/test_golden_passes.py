"""What each pass does to a few telling programs is what stands in tests/golden/passes/, as text: before and after.

`pytest tests/test_golden_passes.py --refresh-golden` rewrites them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from srcad.compile.passes import PASSES
from srcad.compile.requests import Request
from srcad.show.passes import Runs
from tests import pass_programs as p

FOLDER = Path(__file__).parent / "golden" / "passes"
X, U, A = np.array([0.5, 1.5]), np.linspace(0.0, 1.0, 5), np.ones((3, 2))


class Case(NamedTuple):
    """A program, the derivative that is made of it, and which run of the pass is shown (none: the last that tells)."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kind: str = "gradient"
    number: int | None = None
    argnums: tuple[int, ...] = (0,)
    backend: str = "numpy"


NEWTON, LOSS, SMOOTH, POWER = (
    (p.newton, (2.0, 3)),
    (p.loss, (X, A, np.ones(3))),
    (p.smooth, (U, 0.1, 3)),
    (p.power, (1.5, 3)),
)
KINKED, CUT = (p.kinked, (1.0,)), (p.cut_energy, (X,))
CASES: dict[str, list[Case]] = {
    "read": [Case(*NEWTON), Case(*SMOOTH), Case(*KINKED), Case(*POWER)],
    "checks": [Case(*NEWTON), Case(p.picked, (X, 1))],
    "dead-code": [Case(p.unused, (1.0,), number=1), Case(p.doubled, (1.0,)), Case(*LOSS)],
    "fold": [Case(p.neutral, (1.0,), number=1), Case(*NEWTON), Case(*KINKED), Case(*LOSS)],
    "common": [Case(p.repeated, (1.0,)), Case(*NEWTON), Case(p.kinked, (1.0,), "hvp")],
    "hoist": [Case(p.relaxed, (X, X, X, 3), "tangent"), Case(p.averaged, (X, 3))],
    "roots": [Case(p.distances, (X,)), Case(p.gaussian, (X,)), Case(p.root_in_a_loop, (X,))],
    "curvature": [Case(p.matern, (X,), "hvp")],
    "scalar": [Case(p.scaled, (2.0,), "hvp")],
    "inline-rules": [Case(p.by_adjoint, (2.0,), "hvp")],
    "tangent": [
        Case(p.product, (1.0, 2.0), "tangent", argnums=(0, 1)),
        Case(*NEWTON, "tangent"),
        Case(*KINKED, "tangent"),
    ],
    "series": [Case(p.product, (1.0, 2.0), "taylor"), Case(*NEWTON, "taylor")],
    "primal": [Case(p.by_tangent, (2.0,), "vhp")],
    "forward-calls": [Case(*POWER)],
    "adjoint": [Case(p.product, (1.0, 2.0), argnums=(0, 1)), Case(*NEWTON), Case(*SMOOTH), Case(*KINKED), Case(*LOSS)],
    "unread": [Case(p.leaky, (X, 2.0))],
    "witness": [Case(p.averaged, (X, 3))],
    "record": [Case(*NEWTON), Case(*KINKED), Case(p.branched, (2.0, 3)), Case(*POWER)],
    "settle": [Case(*CUT)],
    "prune": [Case(*POWER), Case(*POWER, "tangent")],
    "lanes": [Case(p.product, (1.0, 2.0), "tangents", argnums=(0, 1)), Case(*LOSS, "tangents")],
    "columns": [Case(p.mixed, (X,), "jacfwd")],
    "rows": [Case(p.mixed, (X,), "jacrev")],
    "split": [Case(*LOSS, "pullback", number=1), Case(*LOSS, "pullback", number=2)],
    "covered": [Case(*NEWTON)],
    "distinct": [Case(*POWER, "pullback", number=2)],
    "inline": [Case(p.smoothed, (2.0,))],
    "values": [Case(p.gaussian, (X,), "hvp")],
    "tried": [Case(p.tried, (3 * np.eye(2),))],
    "outline": [Case(*NEWTON, backend="native"), Case(p.halfway, (X, 2), backend="native")],
    "careful": [Case(p.told, (2.0,), "tangent")],
    "prepare": [Case(p.until_small, (5.0,)), Case(p.mixed, (X,), "jacfwd")],
    "sink": [Case(p.relaxed, (X, X, X, 3))],
    "bufferise": [Case(*SMOOTH, "tangent"), Case(p.overwritten, (X, 3.0), "tangent")],
}


@pytest.mark.parametrize("name", CASES)
def test_before_and_after(name: str, refresh_golden: bool) -> None:
    text = "\n\n".join(shown(name, case) for case in CASES[name]) + "\n"
    path = FOLDER / f"{name}.txt"
    if refresh_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.exists(), "no expected traces yet: run pytest --refresh-golden, and read what it writes"
    assert text == path.read_text()


@pytest.mark.parametrize("name", CASES)
def test_the_programs_tell(name: str) -> None:
    """What a pass leaves as it is says nothing about it."""
    for case in CASES[name]:
        runs = runs_of(case)
        assert runs.changes(runs.place(name_of(name, case))), case.function.__name__


def test_every_pass_is_shown() -> None:
    assert list(CASES) == [one.name for one in PASSES]
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)


def shown(name: str, case: Case) -> str:
    runs = runs_of(case)
    before, after = runs.around(name_of(name, case))
    title = f"# {case.function.__name__}, {case.kind}"
    return f"{title}\n\n{before or inspect.getsource(case.function).rstrip()}\n\n    ->\n\n{after}\n"


def name_of(name: str, case: Case) -> str:
    return name if case.number is None else f"{name}:{case.number}"


def runs_of(case: Case) -> Runs:
    return Runs.of(case.function, Request(case.kind, case.argnums, order=2, backend=case.backend), case.args, {})
