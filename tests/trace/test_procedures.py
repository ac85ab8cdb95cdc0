"""The names of procedures."""

from __future__ import annotations

from dataclasses import replace

from srcad.trace.nodes import Const, Equation, Input, Parameter, Path, Region, Trace, Var
from srcad.trace.procedures import calls, distinct, listed, reached, renamed
from srcad.trace.similar import paired_procedures, same_procedures
from srcad.trace.types import FLOAT, ListOf, Record, Recording


def looping(name: str, callee: str, recording: Recording | None = None) -> Trace:
    """A procedure that calls another one, and records lists of what that records."""
    x, kind = Var(FLOAT), Record(recording or Recording(name))
    inner = Equation("recurse", (x,), (Var(FLOAT), Var(kind)), {"procedure": callee, "types": (FLOAT, kind)})
    tape = Equation("list_new", (inner.results[1],), (Var(ListOf(kind)),), {"element": kind})
    made = Equation("record_new", (tape.result,), (Var(kind),), {"record": kind})
    body = Region((), (inner, tape, made), (inner.results[0], made.result))
    return Trace(name, (Parameter("x"),), (Input(x, Path("x")),), body, listed(2))


def test_procedures_are_the_same_whatever_they_record_is_called() -> None:
    one, two = {"f": looping("f", "f")}, {"g": looping("g", "g")}
    pair = paired_procedures("f", one, "g", two)
    assert pair is not None
    names, records = pair
    assert names == {"f": "g"}
    assert [(a.label, b.label) for a, b in records.items()] == [("f", "g")]


def test_records_that_are_mixed_up_are_not_the_same() -> None:
    shared = Recording("f")
    one = {"f": looping("f", "g", shared), "g": looping("g", "f", shared)}
    two = {"f": looping("f", "g"), "g": looping("g", "f")}
    assert not same_procedures("f", one, "f", two)


def test_renamed_procedures_call_each_other_and_have_the_other_records() -> None:
    kind, other = Recording("f"), Recording("h")
    main = replace(looping("main", "f", kind), procedures={"f": looping("f", "f", kind)})
    made = renamed(main, {"f": "h"}, {kind: other})
    assert [e.params["procedure"] for e in (*calls(made.body), *calls(made.procedures["h"].body))] == ["h", "h"]
    assert made.procedures["h"].body.results[1].type == Record(other)
    assert same_procedures("h", dict(made.procedures), "f", dict(main.procedures))


def test_none_in_the_place_of_a_record_is_renamed_with_it() -> None:
    kind, other = Recording("f"), Recording("h")
    one = replace(looping("f", "f", kind), body=Region((), (), (Const(None, Record(kind)),)))
    (result,) = renamed(one, {}, {kind: other}).body.results
    assert result.type == Record(other)


def test_no_procedure_is_called_as_the_function_itself() -> None:
    main = replace(looping("f", "f"), procedures={"f": looping("f", "x"), "x": looping("x", "f")})
    (made,) = distinct((main,))
    assert sorted(made.procedures) == ["f2", "x2"]
    assert sorted(reached(made).procedures) == ["f2", "x2"]
