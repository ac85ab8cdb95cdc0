"""Lengths as expressions: their normal form, what is known of them, and what they are in a run."""

from __future__ import annotations

import itertools
import pickle
import random

import numpy as np
import pytest

from srcad.trace.dims import (
    UNKNOWN_DIM,
    Dim,
    Symbol,
    fixed,
    larger,
    length_of,
    named,
    product,
    sliced,
    smaller,
    symbol_values,
    total,
)

N, M, K = Symbol("n", least=2), Symbol("m", least=2), Symbol("k", least=None)
n, m, k = map(length_of, (N, M, K))

EQUAL = {
    "sums": (n + m - 2, m + 2 + n - 4),
    "products": ((n + 1) * (m + 1), n * m + m + n + 1),
    "what falls out": ((n + m) * (n - m) - n * n, -m * m),
    "multiples": ((4 * n) // 2, 2 * n),
    "quotients": ((n * m) // n, m),
    "rests": ((4 * n + 5) // 4, n + 1),
    "the ends of slices": ((n - 3).counted - 2, (n - 3).counted + (m - m) - 2),
    "less and less": (((n - 1).counted - 1).counted, (n - 2).counted),
    "joined": (total((n, m, fixed(3))), n + m + 3),
    "flattened": (product((n, m, fixed(2))), 2 * n * m),
    "the lesser": (smaller(n, n + 1), n),
    "the greater": (larger(n, n + m), n + m),
}


@pytest.mark.parametrize("one, other", EQUAL.values(), ids=EQUAL)
def test_one_form_for_equal_lengths(one: Dim, other: Dim) -> None:
    assert one == other and one.same(other) and hash(one) == hash(other)


def test_text() -> None:
    texts = [n + m, 2 * n * m - 1, -n + m, n // 2, (n - 3).counted, sliced(n, None, k, None), UNKNOWN_DIM, fixed(3)]
    assert list(map(str, texts)) == ["m+n", "2*m*n-1", "m-n", "n//2", "max(n-3, 0)", "n[:k]", "?", "3"]


def test_what_is_one() -> None:
    assert fixed(1).is_one and not n.is_one
    assert all(d.not_one for d in (n, fixed(0), fixed(4), 2 * k, 2 * k + 4, n + 2))
    assert all(d.not_one for d in (n * m, named("a") * m, n + m, n + m - 2))
    assert not any(d.not_one for d in (k, named("a"), n - 1, 2 * k + 1, n * k, n - m, UNKNOWN_DIM))


def test_order() -> None:
    assert n.at_most(n + m) and (n + m).at_most(2 * n + m + 1) and fixed(2).at_most(n + 2)
    assert not n.at_most(m) and not n.at_most(n + k) and not UNKNOWN_DIM.at_most(UNKNOWN_DIM)


def test_nothing_is_known_of_an_unknown_length() -> None:
    for d in (UNKNOWN_DIM + 1, n * UNKNOWN_DIM, n // UNKNOWN_DIM, n // 0, smaller(n, UNKNOWN_DIM), UNKNOWN_DIM.counted):
        assert not d.known and not d.same(d) and d.evaluate({N: 3}) is None


def test_what_a_loop_changes_is_seen_through_arithmetic() -> None:
    passing = named("~1", passing=True)
    assert all(d.passing for d in (passing + n, n * passing, (passing - 2).counted, passing // 2))
    assert not (passing - passing + n).passing


def test_an_expression_that_grows_ends_as_unknown() -> None:
    d = n
    for _ in range(40):
        d = (d + m) * n
    assert not d.known


def test_a_dim_goes_through_pickle() -> None:
    d = (n * m + (n - 2).counted) // 2
    assert pickle.loads(pickle.dumps(d)) == d


def test_values_of_expressions_are_those_of_arithmetic() -> None:
    rng = random.Random(0)
    operations = [
        (lambda a, b: a + b, lambda a, b: a + b),
        (lambda a, b: a - b, lambda a, b: a - b),
        (lambda a, b: a * b, lambda a, b: a * b),
        (lambda a, b: a // b, lambda a, b: a // b if b else None),
        (smaller, min),
        (larger, max),
        (lambda a, b: a.counted + b, lambda a, b: max(a, 0) + b),
    ]
    for sizes in itertools.product((2, 3, 7), (2, 5), (-3, 1, 4)):
        lengths = dict(zip((N, M, K), sizes, strict=True))
        pool = [(n, sizes[0]), (m, sizes[1]), (k, sizes[2]), (fixed(2), 2), (fixed(-3), -3)]
        for _ in range(40):
            make, value = rng.choice(operations)
            (a, x), (b, y) = rng.choice(pool), rng.choice(pool)
            d, result = make(a, b), value(x, y)
            if result is None or not d.known:
                continue
            assert d.evaluate(lengths) == result, (str(a), str(b), str(d))
            assert d.least is None or d.least <= result
            assert not (d.not_one and result == 1)
            pool.append((d, result))


@pytest.mark.parametrize(
    "start, stop, step", [(None, 3, None), (1, None, 2), (-2, None, None), (None, None, -1), (5, 1, -2)]
)
def test_lengths_of_slices(start: int | None, stop: int | None, step: int | None) -> None:
    bounds = [None if bound is None else fixed(bound) for bound in (start, stop, step)]
    for size in (2, 3, 8):
        expected = len(np.zeros(size)[start:stop:step])
        assert sliced(n, *bounds).evaluate({N: size}) == expected
        assert sliced(fixed(size), *bounds).number == expected


def test_what_symbols_stand_for() -> None:
    assert symbol_values([(n + 2, 5), (2 * n + m, 10), (k * n, 6)]) == {N: 3, M: 4}
