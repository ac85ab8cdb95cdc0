"""What values and cells say of themselves: all that they hold is among their children and atoms."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from srcad.errors import NotYetSupported
from srcad.frontend.core import cells as c
from srcad.frontend.core import values as v
from srcad.frontend.core.reading import Derivative, LinearMapValue
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.sharing import CheckedHeap
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.suspended import CursorCell, GeneratorCell, IteratorCell, Paused, Sent
from srcad.frontend.core.walk import atoms_inside, inside, same, same_entries, with_atoms
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import BOOL, FLOAT, INT

FUNCTION = ast.parse("lambda x: x", mode="eval").body
assert isinstance(FUNCTION, ast.Lambda)
CODE = FunctionSource(FUNCTION, "f.py", (), 1, "f", {})


def num() -> v.Num:
    return v.Num(Var(FLOAT))


def examples() -> list[v.Parts]:
    """One of each class, with something in each place that holds values or atoms."""
    step = v.ViewStep("get_item", (Var(INT), const(1)), (("index", (("int", 0), ("int", 1))),))
    return [
        v.Static(3),
        num(),
        v.Obj(Var(FLOAT)),
        v.ArrayRef(1, (step, step)),
        v.Ref(1),
        v.Tup((num(), v.Static(2))),
        v.Slice(num(), v.Static(None), num()),
        v.Range(num(), num(), v.Static(1)),
        v.Iter("zip", (num(), v.Ref(2)), 3),
        v.Word(Var(INT), (0, 1)),
        v.Func(CODE, 1, (num(), num()), (("a", num()),), 2),
        v.Bound(v.Method("m", num()), (num(), num()), (("a", num()),)),
        v.Method("append", v.Ref(1)),
        v.Choice(Var(BOOL), num(), v.Static("a")),
        v.Undef(),
        v.Partial(num(), Var(BOOL)),
        v.Mixed("x", ("a number", "a tuple")),
        Derivative(v.Func(CODE, 1, (num(),)), "gradient", "call", num()),
        LinearMapValue("vjp", None, None, (Var(FLOAT), const(2.0))),  # type: ignore[arg-type]
        c.ArrayCell(Var(FLOAT), frozenset({1})),
        SelectedCell(Var(BOOL), (v.ArrayRef(1), v.ArrayRef(2, (step,))), (), Var(FLOAT)),
        c.ListCell((num(), num())),
        c.GrownCell(Var(FLOAT)),
        c.EitherCell(Var(BOOL), c.ListCell((num(),)), c.ListCell((num(), v.Static(2))), None),
        c.Lost(None),
        c.Twins(frozenset({frozenset({1, 2})})),
        c.DictCell((("a", num()), ("b", num())), factory=v.Func(CODE, 1, (num(),))),
        c.InstanceCell(object, (("a", num()),)),
        c.FrameCell(CODE, {"x": num(), "y": v.Ref(1)}, 1),
        GeneratorCell(CODE, 1, Paused((Sent(()),)), num()),
        IteratorCell(parts=(num(),), left=num(), behind=1),
        CursorCell(v.Ref(1), num(), num(), (num(),)),
    ]


def classes(base: type) -> Iterator[type]:
    for cls in base.__subclasses__():
        yield cls
        yield from classes(cls)


ABSTRACT = {v.OneAtom, v.Value, c.Cell, v.Bounds, c.Housed}


def test_there_is_an_example_of_every_class() -> None:
    assert {type(one) for one in examples()} == set(classes(v.Parts)) - ABSTRACT


def held(field: Any) -> Iterator[v.Value | Atom]:
    """The values and atoms in a field, outermost ones alone."""
    if isinstance(field, (v.Value, Var, Const)):
        yield field
    elif isinstance(field, (tuple, list)):
        for item in field:
            yield from held(item)
    elif isinstance(field, dict):
        yield from held(list(field.values()))
    elif isinstance(field, v.ViewStep):
        yield from held(field.operands)
    elif isinstance(field, c.Cell):
        yield from (*field.children(), *field.atoms())


def fields_hold(one: v.Parts) -> list[int]:
    found = (held(getattr(one, f.name)) for f in dataclasses.fields(one))  # type: ignore[arg-type]
    return sorted(id(item) for items in found for item in items)


@pytest.mark.parametrize("one", examples(), ids=lambda one: type(one).__name__)
def test_children_and_atoms_are_all_that_the_fields_hold(one: v.Parts) -> None:
    assert sorted(map(id, (*one.children(), *one.atoms()))) == fields_hold(one)
    assert len(one.keys()) == len(one.children()) == len(set(one.keys()))


@pytest.mark.parametrize("one", examples(), ids=lambda one: type(one).__name__)
def test_what_is_rebuilt_holds_the_new_children_in_their_places(one: v.Parts) -> None:
    assert one.rebuild(one.children()).with_atoms(one.atoms()) == one
    children, atoms = [num() for _ in one.children()], [Var(FLOAT) for _ in one.atoms()]
    new = one.rebuild(children).with_atoms(atoms)
    assert type(new) is type(one)
    assert fields_hold(new) == sorted(map(id, (*children, *atoms)))
    assert list(new.children()) == children and list(new.atoms()) == atoms
    assert new.rest() == one.rest() or atoms


BESIDE = ("state", "frame", "parent", "own", "behind")


@pytest.mark.parametrize("one", examples(), ids=lambda one: type(one).__name__)
def test_the_cells_beside_are_those_that_the_fields_name(one: v.Parts) -> None:
    assert list(one.cells()) == [getattr(one, name) for name in BESIDE if getattr(one, name, None) is not None]
    moved = one.with_cells([cell + 7 for cell in one.cells()])
    assert list(moved.cells()) == [cell + 7 for cell in one.cells()]
    assert moved.with_cells(one.cells()) == one


@pytest.mark.parametrize("one", [e for e in examples() if isinstance(e, v.Value)], ids=lambda e: type(e).__name__)
def test_values_are_the_same_until_an_atom_differs(one: v.Value) -> None:
    assert same(one, one) and same(one, one.rebuild(one.children()))
    other = with_atoms(one, lambda atom: Var(atom.type))
    assert same(one, other) == (other is one)


def test_constants_of_other_types_and_signs_are_not_the_same() -> None:
    assert same(v.Static(1), v.Static(1)) and same(v.Static(float("nan")), v.Static(float("nan")))
    for a, b in ((1, True), (1, 1.0), (0.0, -0.0), ("a", b"a")):
        assert not same(v.Static(a), v.Static(b))
        assert not same(v.Tup((v.Static(a),)), v.Tup((v.Static(b),)))


def test_entries_are_the_same_by_name() -> None:
    x = num()
    assert same_entries({"a": x, "b": v.NONE}, {"b": v.NONE, "a": x})
    assert not same_entries({"a": x}, {"a": x, "b": x}) and not same_entries({"a": x}, {"a": num()})


def test_what_is_inside_is_met_once_even_in_a_circle() -> None:
    x, y = num(), num()
    heap = CheckedHeap({1: c.ListCell((x, v.Ref(1), v.Ref(2))), 2: c.ArrayCell(y.var)})
    heap[2] = c.DictCell((("k", v.Tup((y, x))),))
    found = list(inside(heap, v.Ref(1)))
    assert found == [v.Ref(1), x, v.Ref(1), v.Ref(2), v.Tup((y, x)), y, x]
    assert list(atoms_inside(heap, v.Tup((v.Ref(1),)))) == [x.var, y.var, x.var]


def test_what_was_lost_is_not_looked_into() -> None:
    with pytest.raises(NotYetSupported, match="which one isn't known"):
        list(inside(CheckedHeap({1: c.Lost(None)}), v.Ref(1)))


def test_other_atoms_everywhere_and_the_very_same_value_where_there_are_none() -> None:
    old, new, other = Var(FLOAT), Var(FLOAT), num()
    whole = v.Tup((v.Bound(v.Method("m", v.Num(old)), (other,)), v.Tup((other,))))
    changed = with_atoms(whole, lambda atom: new if atom is old else atom)
    assert changed == v.Tup((v.Bound(v.Method("m", v.Num(new)), (other,)), v.Tup((other,))))
    assert changed.items[1] is whole.items[1]
    assert with_atoms(changed, lambda atom: atom) is changed
