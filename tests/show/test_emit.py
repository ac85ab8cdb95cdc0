"""What is written to a module runs there alone."""

from __future__ import annotations

from typing import Any

import srcad

BASE = 3


def with_statement_run_as_it_stands(x, n):
    try:
        turn = 0
        while turn < n and (turn := turn + 1):
            _found = sum([g(BASE) for g in [(lambda q, i=i: q * i + 1) for i in range(n)]])
    except (IndexError, KeyError):
        pass
    return x * 0.5


def test_a_statement_that_runs_as_it_stands_comes_with_its_text() -> None:
    derived = srcad.grad(with_statement_run_as_it_stands)
    text = derived.emitted((2.0, 4), {})
    assert "def block(" in text
    names: dict[str, Any] = {"__name__": "written"}
    exec(compile(text, "written.py", "exec"), names)
    assert names[f"{with_statement_run_as_it_stands.__name__}_grad"](2.0, 4) == derived(2.0, 4) == 0.5
