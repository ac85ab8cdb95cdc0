"""Runners: what is verified between passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from srcad.compile import running
from srcad.compile.passes import PASSES, Pass
from srcad.compile.running import Run, Watched, configured, pass_of, verified
from srcad.errors import InternalError
from srcad.trace.nodes import Trace, Var
from srcad.trace.passes import PLAIN
from srcad.trace.types import FLOAT
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from tests.traces import NUMBER, build

TRACE = build({"x": NUMBER}, lambda b, x: b.emit("multiply", x, b.emit("exp", x)))


def broken(trace: Trace) -> Trace:
    """A pass with a bug: what it returns is defined nowhere."""
    return replace(trace, body=replace(trace.body, results=(Var(FLOAT, "lost"),)))


@pytest.fixture
def with_broken(monkeypatch: pytest.MonkeyPatch) -> Pass:
    one = Pass("broken", broken, "it has a bug")
    monkeypatch.setitem(running._BY_FUNCTION, broken, one)
    return one


def test_a_malformed_trace_is_found_behind_the_pass_that_made_it(with_broken: Pass) -> None:
    with pytest.raises(InternalError, match="lost") as raised:
        Watched((verified,))(broken, TRACE)
    assert raised.value.__notes__ == ["behind the pass 'broken' (it has a bug), in f"]


def test_it_passes_where_nobody_verifies(with_broken: Pass) -> None:
    assert PLAIN(broken, TRACE).body.results[0] not in TRACE.body.results


def test_a_pass_that_is_in_no_list_is_refused() -> None:
    def unlisted(trace: Trace) -> Trace:
        return replace(trace, name="g")

    with pytest.raises(KeyError):
        Watched((verified,))(unlisted, TRACE)


def test_verified_derivatives_are_those_that_are_not() -> None:
    run = Watched((verified,))
    made, plain = (simplify(adjoint(TRACE, (0,), True, run=r), run=r) for r in (run, PLAIN))
    assert [e.op for e in made.body.equations] == [e.op for e in plain.body.equations]


@pytest.mark.parametrize(("value", "expected"), [("1", Watched), ("0", type(PLAIN)), ("", type(PLAIN))])
def test_the_environment_asks_for_it(monkeypatch: pytest.MonkeyPatch, value: str, expected: type) -> None:
    monkeypatch.setenv("SRCAD_VERIFY", value)
    configured.cache_clear()
    try:
        assert isinstance(configured(), expected)
    finally:
        monkeypatch.undo()
        configured.cache_clear()


def test_names_and_functions_stand_once() -> None:
    assert len({one.name for one in PASSES}) == len({one.by for one in PASSES}) == len(PASSES)
    assert all(pass_of(one.by) is one for one in PASSES)


def test_what_is_watched_says_what_each_pass_changed() -> None:
    runs: list[Run] = []
    made = simplify(adjoint(TRACE, (0,), False, run=Watched((runs.append,))), run=Watched((runs.append,)))
    names = [run.step.name for run in runs]
    assert names[:5] == ["primal", "forward-calls", "adjoint", "unread", "witness"]
    assert names[-3:] == ["hoist", "common", "dead-code"]
    assert runs[-1].after is made
    assert all(run.seconds > 0.0 and not run.partial for run in runs)
