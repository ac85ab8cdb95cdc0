"""What has been met outside of the program: names of roots, inputs, guards."""

from __future__ import annotations

from srcad.frontend.core.guards import IdentityGuard, ValueGuard
from srcad.frontend.core.outside import Outside
from srcad.trace.nodes import Path
from srcad.trace.types import FLOAT, INT


def fetch() -> object:
    return None


def test_a_root_is_called_like_the_variable_unless_that_name_is_taken() -> None:
    outside = Outside(reserved=frozenset({"x"}))
    assert outside.root("table", 1, fetch) == Path("table")
    assert outside.root("table", 2, fetch) == Path("table_2")
    assert outside.root("x", 3, fetch) == Path("x_2")
    assert list(outside.roots) == ["table", "table_2", "x_2"]


def test_a_root_that_is_met_again_keeps_its_name_and_how_it_is_found() -> None:
    outside = Outside()
    first = outside.root("table", 1, fetch)
    assert outside.root("table", 1, list) == first
    assert outside.roots == {"table": fetch}


def test_what_is_found_at_one_path_is_one_input() -> None:
    outside = Outside()
    x = outside.input(Path("x"), FLOAT, "x", free=False)
    assert outside.input(Path("x"), INT, "y", free=True) is x
    assert outside.input(Path("n"), INT, "n", free=True) is not x
    assert [(entry.path, entry.free) for entry in outside.inputs.values()] == [(Path("x"), False), (Path("n"), True)]


def test_of_each_kind_of_guard_a_path_has_one() -> None:
    outside = Outside()
    first = ValueGuard(Path("n"), 2)
    for guard in (first, ValueGuard(Path("n"), 3), IdentityGuard(Path("n"), int), ValueGuard(Path("k"), 2)):
        outside.guard(guard)
    assert len(outside.guards) == 3
    assert first in outside.guards.values()
