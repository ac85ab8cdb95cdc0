"""Subscripts and stores of every kind, lists and tuples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad
from srcad.ops.structural import as_array
from tests.rules.checking import Fixed, check

X = np.array([[0.3, -1.2, 0.7, 2.1], [1.1, 0.4, -0.6, 0.9], [-0.8, 1.9, 1.4, 0.2]])
ROWS = np.array([2, 0, 2])
COLUMNS = np.array([1, 1, 3])
MASK = X > 0.5
FIVE = np.arange(5.0) ** 1.5


def split(index: tuple[Any, ...]) -> tuple[list[Any], tuple[tuple[Any, ...], ...]]:
    """The operands and the template of a subscript."""
    operands: list[Any] = []
    template: list[tuple[Any, ...]] = []

    def place(value: Any) -> int | None:
        if value is None:
            return None
        operands.append(value)
        return len(operands) - 1

    for part in index:
        if part is None or part is ...:
            template.append(("newaxis",) if part is None else ("ellipsis",))
        elif isinstance(part, slice):
            template.append(("slice", place(part.start), place(part.stop), place(part.step)))
        else:
            template.append(("array" if isinstance(part, np.ndarray) else "int", place(part)))
    return operands, tuple(template)


class Index:
    """`np.s_`, always with a tuple."""

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return index if isinstance(index, tuple) else (index,)


I = Index()
INDICES = [
    I[1],
    I[-1, 2],
    I[1:],
    I[:-1],
    I[:, 1:-1],
    I[::-1],
    I[::2, 1::2],
    I[:, 3:0:-1],
    I[:1],
    I[-2:, -1:],
    I[None, 1],
    I[..., 0],
    I[..., None],
    I[:, None, 2],
    I[5:, :0],
    I[ROWS],
    I[ROWS, COLUMNS],
    I[:, COLUMNS],
    I[ROWS[:, None], COLUMNS],
    I[1, COLUMNS],
    I[ROWS, :, None],
    I[MASK],
    I[MASK[:, 0]],
    I[:, MASK[0]],
    I[ROWS, None, 1],
    I[...],
    I[()],
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_get_item(index: tuple[Any, ...]) -> None:
    operands, template = split(index)
    check(lambda b, x: b.emit("get_item", x, *operands, index=template), X)
    arrays = [o if isinstance(o, np.ndarray) else Fixed(o) for o in operands]
    check(lambda b, x, *o: b.emit("get_item", x, *o, index=template), X, *arrays)


@pytest.mark.parametrize("op", ["set_item", "add_item"])
@pytest.mark.parametrize("index", INDICES, ids=str)
def test_stores(index: tuple[Any, ...], op: str) -> None:
    operands, template = split(index)
    arrays = [o if isinstance(o, np.ndarray) else Fixed(o) for o in operands]
    place = np.asarray(X[index])

    def store(b: Any, x: Any, value: Any, *o: Any) -> Any:
        return b.emit(op, x, value, *o, index=template)

    check(store, X, np.cos(np.arange(place.size)).reshape(place.shape), *arrays)
    check(store, X, 0.7, *arrays)
    check(store, X, np.float64(0.7), *arrays)
    if place.ndim:
        check(store, X, np.cos(np.arange(place.shape[-1])), *arrays)
        check(store, X, np.ones((1,) * place.ndim), *arrays)


def test_three_dimensions_with_arrays_apart() -> None:
    x = np.sin(np.arange(24.0)).reshape(2, 3, 4)
    for index in (I[ROWS % 2, :, COLUMNS], I[1, :, COLUMNS], I[:, ROWS, COLUMNS], I[ROWS % 2, 1:, None, COLUMNS]):
        operands, template = split(index)
        arrays = [o if isinstance(o, np.ndarray) else Fixed(o) for o in operands]
        check(lambda b, x, *o, template=template: b.emit("get_item", x, *o, index=template), x, *arrays)


def test_nested_sequences() -> None:
    check(lambda b, x, y: as_array(b, [[x, 1.0], [y, x]]), 0.3, 0.7)
    check(lambda b, x, y: as_array(b, [x, y, x]), X[0], X[1])
    check(lambda b, x, y: as_array(b, (x, y)), np.float32(0.5) * np.ones(2), X[1, :2], rtol=1e-3)


def test_undoing_of_broadcasting() -> None:
    check(lambda b, g, like: b.emit("sum_to_shape", g, like), X, X[0])
    check(lambda b, g, like: b.emit("materialise", g, like), X[0], X)
    check(lambda b, g, like: b.emit("materialise", g, like), X[:, :1].copy(), X)
    check(lambda b, g: b.emit("sum_to", g, axes=(0,), keep=()), X)
    check(lambda b, g: b.emit("sum_to", g, axes=(0, 1), keep=(1,)), X)
    check(lambda b, g: b.emit("sum_to", g, axes=(1,), keep=True), X)


def test_small_ones() -> None:
    check(lambda b, x, y: b.emit("accumulate", x, y), X, X * 2)
    check(lambda b, x: b.emit("copy", x), X)
    check(lambda b, x: b.emit("item", x), np.array([[0.3]]))
    check(lambda b, x: b.emit("to_float", x), np.float64(0.3))


# ---- lists and tuples


def listed(b: Any, x: Any, y: Any) -> Any:
    items = b.emit("list_new", x, y)
    return b.emit("list_append", items, b.emit("multiply", x, y))


def squares(b: Any, items: Any) -> Any:
    """A function of all elements of a list of vectors."""
    stacked = b.emit("list_to_array", items)
    return b.emit("multiply", stacked, stacked)


LISTS = {
    "append": lambda b, items, x: items,
    "set": lambda b, items, x: b.emit("list_set", items, b.emit("sin", x), 1),
    "add": lambda b, items, x: b.emit("list_add", items, b.emit("sin", x), 0),
    "reverse": lambda b, items, x: b.emit("list_reverse", items),
    "slice": lambda b, items, x: b.emit("list_slice", items, 1, None, 1),
    "concat": lambda b, items, x: b.emit("list_concat", items, b.emit("list_new", x)),
    "set_slice": lambda b, items, x: b.emit("list_set_slice", items, b.emit("list_new", x), 1, 2, 1),
    "pop": lambda b, items, x: b.emit_many("list_pop", items)[1],
}


@pytest.mark.parametrize("name", LISTS)
def test_lists(name: str) -> None:
    def build(b: Any, x: Any, y: Any) -> Any:
        return squares(b, LISTS[name](b, listed(b, x, y), x))

    check(build, X[0], X[1])


def test_taking_from_a_list() -> None:
    check(lambda b, x, y: b.emit("list_get", listed(b, x, y), 2), X[0], X[1])
    check(lambda b, x, y: b.emit_many("list_pop", listed(b, x, y))[0], X[0], X[1])
    check(lambda b, x: b.emit("list_get", b.emit("array_to_list", x), 1), X)


def test_tuples() -> None:
    def build(b: Any, x: Any, y: Any) -> Any:
        pair = b.emit("tuple_new", x, b.emit("multiply", x, y))
        first, second = (b.emit("tuple_get", pair, index=k) for k in (0, 1))
        return b.emit("multiply", first, second)

    check(build, X[0], X[1])


def test_a_number_in_an_array_of_one_element() -> None:
    """Its adjoint is a number again."""

    def program(v: Any) -> Any:
        return np.sum(np.concatenate([np.sum(v * v)[None], v]) * np.array([1.0, 2.0, 3.0, 4.0]))

    made = srcad.grad(program)(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(made, [4.0, 7.0, 10.0])
    assert srcad.grad(lambda v: np.sum(v)[None, ...][0] ** 2)(np.ones(2)).tolist() == [4.0, 4.0]
