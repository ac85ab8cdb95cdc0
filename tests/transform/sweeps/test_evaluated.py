"""The values in tables: tangents against jvp, adjoints against tangents, on programs of the corpus."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.calls.arguments import Binder, differentiable_argnums
from srcad.calls.programs import program_of
from srcad.calls.structures import children, rebuild
from srcad.compile.program import Program
from srcad.compile.requests import Request
from srcad.runtime import HELPERS
from srcad.show.values import input_values
from srcad.trace.nodes import Var
from srcad.transform.sweeps.children import levelled, seeded_sums
from srcad.transform.sweeps.evaluated import evaluated
from srcad.transform.sweeps.parents import parents_sums
from tests.corpus import load

PROGRAMS = [program for program in load() if not program.not_yet][::6]


def seed_like(value: Any, rng: np.random.Generator) -> Any:
    """A random tangent."""
    parts = children(value)
    if parts is not None:
        return rebuild(value, [seed_like(part, rng) for part in parts])
    if not differentiable_argnums([value]):
        return None
    drawn = rng.normal(size=np.shape(value))
    return drawn.astype(value.dtype) if isinstance(value, np.ndarray) else type(value)(drawn)


def flat(value: Any) -> list[np.ndarray]:
    parts = children(value)
    if parts is not None:
        return [leaf for part in parts for leaf in flat(part)]
    return [] if value is None else [np.ravel(value)]


def compiled(function: Any, args: tuple[Any, ...]) -> tuple[Program, tuple[Any, ...], tuple[int, ...]]:
    call = Binder(function).bind(args, {})
    program = program_of(function, call, Request("primal", differentiable_argnums(args), single=False))
    return program, input_values(program.primal, call.flat, program.reading.roots), program.reading.wrt


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_tangents_are_those_of_jvp_and_agree_with_adjoints(program: Any) -> None:
    args = copy.deepcopy(program.points[0])
    read, inputs, wrt = compiled(program.function, args)
    trace = read.primal
    if any(equation.op == "recurse" for equation in trace.body.equations) or trace.procedures or not wrt:
        pytest.skip("a table has no rows for it")
    rng = np.random.default_rng(0)
    seeds = [{k: seed_like(inputs[k], rng) for k in dict.fromkeys(wrt)} for _ in range(2)]
    _, results = seeded_sums(trace, wrt)
    found = evaluated(trace, inputs, wrt, seeds, results, HELPERS)
    assert found.primal.keys() >= {v for v in trace.body.results if isinstance(v, Var)}

    for seed, tangents in zip(seeds, found.tangents, strict=True):
        dots = _as_arguments(args, read, seed)
        due = np.concatenate([np.zeros(0), *flat(srcad.jvp(program.function, copy.deepcopy(args), dots)[1])])
        got = [np.ravel(tangents[trace.body.results[k]]) for k in results if trace.body.results[k] in tangents]
        if sum(map(len, got)) == len(due):
            np.testing.assert_allclose(np.concatenate([np.zeros(0), *got]), due, rtol=1e-8, atol=1e-10)
        for k, adjoints in zip(results, found.adjoints, strict=False):
            by_rows = sum(
                np.sum(np.real(dot * adjoints[trace.inputs[j].var])) for j, dot in seed.items()
                if trace.inputs[j].var in adjoints
            )  # fmt: skip
            by_columns = np.sum(np.real(tangents.get(trace.body.results[k], 0.0)))
            np.testing.assert_allclose(by_rows, by_columns, rtol=1e-7, atol=1e-9)


def _as_arguments(args: tuple[Any, ...], read: Program, seed: dict[int, Any]) -> list[Any]:
    """The tangents of the inputs as those of the arguments."""
    by_path = {str(read.primal.inputs[k].path): value for k, value in seed.items()}

    def filled(value: Any, path: str, keys: Any) -> Any:
        parts = children(value)
        if parts is None:
            return by_path.get(path)
        steps = keys(value)
        return rebuild(value, [filled(p, path + step, keys) for p, step in zip(parts, steps, strict=True)])

    names = [p.name for p in read.primal.parameters]
    if read.primal.parameters and read.primal.parameters[0].kind == "*":
        return [filled(value, f"{names[0]}[{k}]", _steps) for k, value in enumerate(args)]
    return [filled(value, name, _steps) for value, name in zip(args, names, strict=False)]


def _steps(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"[{key!r}]" for key in value]
    names = getattr(value, "__dataclass_fields__", getattr(value, "_fields", None))
    if names is not None:
        return [f".{name}" for name in names]
    return [f"[{k}]" for k in range(len(value))]


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_rows_are_those_of_what_moves(program: Any) -> None:
    """Each variable has one row, in the order of the trace, and every name in a term has been defined before."""
    read, _, wrt = compiled(program.function, copy.deepcopy(program.points[0]))
    if read.primal.procedures:
        pytest.skip("a table has no rows for it")
    sums = parents_sums(read.primal, wrt)
    variables = [row.variable for row in _flat_rows(sums.rows)]
    assert len(variables) == len(set(variables))
    assert set(variables) <= set(sums.dots)
    assert levelled(read.primal.body).results == read.primal.body.results


def _flat_rows(rows: Any) -> list[Any]:
    return [inner for row in rows for inner in (_flat_rows(sum(row.regions, ())) if hasattr(row, "regions") else [row])]
