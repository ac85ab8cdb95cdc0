"""Rewriting and walking regions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from srcad.ops.meaning import MEANINGS
from srcad.trace.builder import Builder
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import Equation, Fixed, Leaf, Node, Trace, Var, with_leaves
from srcad.trace.printer import print_trace
from srcad.trace.rewrite import Change, Instead, instance, reordered, rewritten, substitute
from srcad.trace.walk import defined, walk, walk_placed, within
from tests.traces import NUMBER, branch, build, loop


def program(b: Builder, x: Var, y: Var) -> Any:
    """A loop with a branch in it."""

    def body(i: Var, total: Var) -> Any:
        twice = b.emit("multiply", total, 2.0)
        (chosen,) = branch(b, b.emit("less", twice, y), lambda: b.emit("add", twice, x), lambda: b.emit("sin", twice))
        return chosen

    (total,) = loop(b, (0, 3, 1), (x,), body)
    return b.emit("positive", total), y


def trace() -> Trace:
    return build({"x": NUMBER, "y": NUMBER}, program)


def value(given: Trace) -> Any:
    return evaluate(given, (0.3, 1.5), MEANINGS)


def operations(given: Trace) -> list[str]:
    return [equation.op for equation in walk(given.body)]


def test_what_changes_nothing_keeps_its_identity() -> None:
    body = trace().body
    assert rewritten(body, lambda equation: equation) is body
    assert reordered(body, lambda equations: equations) is body
    assert substitute(body, {Var(NUMBER): Var(NUMBER)}) is body


def test_only_what_is_around_a_change_is_new() -> None:
    given = build({"x": NUMBER}, lambda b, x: (b.emit("sin", x), b.emit("cos", x)))
    changed = rewritten(given.body, lambda e: replace(e, op="tan") if e.op == "sin" else e)
    assert [e.op for e in changed.equations] == ["tan", "cos"]
    assert changed.equations[1] is given.body.equations[1]


def test_inner_equations_are_changed_before_those_around_them() -> None:
    seen: list[str] = []

    def change(equation: Equation) -> Change:
        seen.append(equation.op)
        return equation

    rewritten(trace().body, change)
    assert seen == ["multiply", "less", "add", "sin", "if", "for", "positive"]


def test_atoms_stand_for_results_wherever_these_are_read() -> None:
    given = trace()

    def change(equation: Equation) -> Change:
        return Instead(results=equation.operands[:1]) if equation.op in ("positive", "multiply") else equation

    changed = replace(given, body=rewritten(given.body, change))
    assert operations(changed) == ["for", "less", "if", "add", "sin"]
    (twice,) = [e.operands[0] for e in walk(changed.body) if e.op == "sin"]
    assert twice is changed.body.equations[0].regions[0].parameters[1]
    assert changed.body.results[0] is changed.body.equations[0].result


def test_several_equations_come_in_the_place_of_one() -> None:
    given = trace()

    def change(equation: Equation) -> Change:
        if equation.op != "multiply":
            return equation
        total, _ = equation.operands
        return Instead([Equation("add", (total, total), equation.results)])

    changed = replace(given, body=rewritten(given.body, change))
    assert operations(changed) == ["for", "add", "less", "if", "add", "sin", "positive"]
    assert value(changed) == value(given)


def test_an_equation_that_nobody_reads_goes() -> None:
    given = build({"x": NUMBER}, lambda b, x: (b.emit("sin", x), b.emit("cos", x))[0])
    assert [e.op for e in rewritten(given.body, lambda e: None if e.op == "cos" else e).equations] == ["sin"]


def test_each_region_is_reordered_the_inner_ones_first() -> None:
    seen: list[list[str]] = []
    reordered(trace().body, lambda equations: seen.append([e.op for e in equations]) or equations)  # type: ignore[func-returns-value]
    assert seen == [["add"], ["sin"], ["multiply", "less", "if"], ["for", "positive"]]


def test_an_instance_computes_the_same_with_variables_of_its_own() -> None:
    given = trace()
    inputs = [entry.var for entry in given.inputs]
    equations, results = instance(given.body, {})
    again = replace(given, body=replace(given.body, equations=tuple(equations), results=results))
    assert set(defined(again.body)).isdisjoint(defined(given.body))
    assert again.body.results[1] is inputs[1]
    assert value(again) == value(given)
    assert print_trace(again) == print_trace(given)


def test_an_instance_reads_the_values_that_it_is_given() -> None:
    given = trace()
    x, y = (entry.var for entry in given.inputs)
    equations, results = instance(given.body, {x: y})
    assert equations[0].operands[3] is y and results[1] is y


def test_substitution_renames_what_is_defined_and_what_is_read() -> None:
    given = trace()
    (body,) = given.body.equations[0].regions
    named = Var(NUMBER, "total")
    changed = substitute(given.body, {body.parameters[1]: named})
    inner = changed.equations[0].regions[0]
    assert inner.parameters[1] is named and inner.equations[0].operands[0] is named
    assert inner.equations[1] is body.equations[1]


def test_walks_go_from_outer_to_inner() -> None:
    body = trace().body
    assert [e.op for e in walk(body)] == ["for", "multiply", "less", "if", "add", "sin", "positive"]
    assert [e.op for e in within(body.equations[1])] == ["positive"]
    around = {e.op: [outer.op for outer in outers] for e, outers in walk_placed(body)}
    assert around["sin"] == ["for", "if"] and around["multiply"] == ["for"] and around["for"] == []


def test_what_a_region_defines_is_found_at_all_depths() -> None:
    body = trace().body
    found = list(defined(body))
    assert len(found) == len(set(found)) == 9
    assert all(p in found for p in body.equations[0].regions[0].parameters)


def test_a_tree_gets_others_in_the_places_of_its_leaves() -> None:
    tree = Node("dict", (Leaf(0), Fixed("a"), Node("tuple", (Leaf(1),))), ("x", "y", "z"))
    assert with_leaves(tree, Leaf) == tree
    shifted = with_leaves(tree, lambda k: Leaf(k + 3), Fixed(None))
    assert shifted == Node("dict", (Leaf(3), Fixed(None), Node("tuple", (Leaf(4),))), ("x", "y", "z"))
