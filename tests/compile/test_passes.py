"""The list of passes says in which order a trace comes to them."""

from __future__ import annotations

import pytest

from srcad.compile.passes import PASSES
from srcad.compile.requests import Request
from srcad.show.passes import Runs
from tests import pass_programs as p

ANYWHERE = {"dead-code", "fold", "common", "hoist"}


@pytest.mark.parametrize("kind", ["gradient", "pullback", "tangent", "tangents", "jacfwd", "jacrev", "taylor"])
def test_passes_stand_in_the_order_in_which_they_run(kind: str) -> None:
    runs = Runs.of(p.newton, Request(kind, order=2), (2.0, 3), {}).runs
    ran = [name for name in dict.fromkeys(run.step.name for run in runs) if name not in ANYWHERE]
    assert ran == [one.name for one in PASSES if one.name in ran]
    assert ran[0] == "read" and ran[-1] == "bufferise"
