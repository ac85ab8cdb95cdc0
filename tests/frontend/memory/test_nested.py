"""Lists in lists that have grown in a loop: they stay lists, and a change of one is one of the list around it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from tests import reference
from tests.modules import module_at

HEAD = """\
import copy
import numpy as np

def weigh(values):
    return sum(np.sin(v) * (i * i + 1.5) for i, v in enumerate(values))

def f(x, k):
    rows = []
    for a, b in zip(x[:-1], x[1:]):
        rows.append([a, b])
    r = rows[k]
"""
BODIES = (
    "return weigh(r + [x[0]])",
    "return weigh([x[0]] + r)",
    "return weigh(r + r)",
    "return weigh(r * 2) + weigh(3 * r)",
    "return x[0] * (r + [1.0])[0]",
    "return sum(r + [1.0]) * sum(r + [2.0])",
    "r += [x[3]]; return weigh(rows[k])",
    "r *= 2; return weigh(rows[k])",
    "rows[k] += [x[3]]; return weigh(r)",
    "rows[k] = rows[k] + [x[3]]; return weigh(r) + weigh(rows[k])",
    "return x[0] * (r == [x[1], x[2]])",
    "return x[0] * (r < [x[1], 0.0])",
    "return x[0] * (r != rows[0])",
    "return x[0] * (r == (x[1], x[2]))",
    "return x[0] * (x[1] in r)",
    "return x[0] if isinstance(r, list) else x[1]",
    "return x[0] if isinstance(r, np.ndarray) else x[1]",
    "return x[0] if type(r) is list else x[1]",
    "r.extend([x[3], 2.0]); return weigh(rows[k])",
    "r.insert(0, x[3]); return weigh(rows[k])",
    "r.insert(1, x[3]); return r.index(x[3]) * x[0] + weigh(r)",
    "return r.count(x[1]) * x[0]",
    "v = r.copy(); v[0] = 3.0; return weigh(r) + weigh(v)",
    "v = copy.copy(r); v.append(3.0); return weigh(r) + weigh(v)",
    "v = copy.deepcopy(r); v.append(x[0]); return weigh(r) + weigh(v)",
    "r.sort(reverse=True); return weigh(rows[k])",
    "r.reverse(); return weigh(rows[k])",
    "r.clear(); return x[0] + len(rows[k])",
    "r.remove(x[1]); return weigh(rows[k])",
    "v = r.pop(0); return weigh(rows[k]) + v",
    "del r[0]; return weigh(rows[k])",
    "r[0] = x[3]; rows[k][1] *= x[0]; return weigh(rows[k])",
    "v = r[1:]; return weigh(v + [x[0]]) + weigh(r[::-1] + v)",
    "return np.sum(r * np.ones(2)) + np.sum(r + x[:2]) + np.sum(np.sin(r))",
)


def program(body: str, folder: Path) -> Callable[..., Any]:
    path = folder / "nested.py"
    path.write_text(HEAD + "".join(f"    {line}\n" for line in body.split("; ")))
    module = module_at(path)
    f: Callable[..., Any] = module.f
    return f


def check(f: Callable[..., Any], *args: Any) -> None:
    value, bar = srcad.value_and_grad(f)(*copy.deepcopy(args))
    assert value == pytest.approx(f(*copy.deepcopy(args)))
    for _, direction in reference.directions(args, (0,), 1).items():
        due = reference.along(f, args, direction)
        assert np.sum(bar * direction[0]) == pytest.approx(due.value.item(), abs=1e-7)


@pytest.mark.parametrize("body", BODIES)
def test_of_numbers(body: str, tmp_path: Path) -> None:
    check(program(body, tmp_path), np.array([0.3, 0.45, 0.7, 0.2]), 1)


@pytest.mark.parametrize("body", ["return r * 2.0", "return r + 1.0", "return r < (x[1], x[2])", "return -r"])
def test_what_raises(body: str, tmp_path: Path) -> None:
    f = program(body, tmp_path)
    with pytest.raises(TypeError):
        f(np.ones(4), 1)
    with pytest.raises(TypeError):
        srcad.grad(f)(np.ones(4), 1)


def replaced(x, n):
    rows = []
    for i in range(n):
        rows.append([x * i, x])
    old = rows[n - 1][0]
    rows[n - 1][0] = x * 7.0
    return np.sum(old) * x[0] + np.sum(rows[n - 1][0])


def set_one_after_another(x, n):
    rows = []
    for i in range(n):
        rows.append([x * i, x * 2.0])
    row = rows[n - 1]
    row[0] = x * 7.0
    row[1] = x**2
    row[0] += 1.0
    return np.sum(row[0]) * x[0] + np.sum(rows[n - 1][1])


def turned_round(x, n):
    rows = []
    for i in range(n):
        rows.append([x * i, x * 2.0])
    for row in rows:
        row.reverse()
        row[0] *= 3.0
    return np.sum(rows[0][0]) * x[0] + np.sum(rows[n - 1][1])


@pytest.mark.parametrize("f", [replaced, set_one_after_another, turned_round], ids=lambda f: f.__name__)
def test_of_arrays(f: Callable[..., Any]) -> None:
    check(f, np.array([0.3, -0.4, 0.7]), 3)


def before_it_was_turned(x, n):
    rows = []
    for i in range(n):
        rows.append([x * i, x * 2.0])
    first = rows[0][0]
    rows[0].reverse()
    first += 1.0
    return np.sum(first) * x[0] + np.sum(rows[0][1] ** 2)


def test_an_element_from_before_is_followed_or_refused() -> None:
    try:
        check(before_it_was_turned, np.array([0.3, -0.4, 0.7]), 3)
    except NotYetSupported as error:
        assert "used after both the list and its elements have changed" in str(error)


# ---- lists themselves


def repeated_in_place(x, n):
    values = [x[0], x[1]]
    other = values
    values *= 2
    return sum(v * (k + 1) for k, v in enumerate(other)) * len(other)


def repeated_as_the_run_says(x, n):
    values = [x[0], x[1]] * n + [x[2]]
    return sum(np.sin(v) * k for k, v in enumerate(values * 2))


def one_array_twice(x, n):
    arrays = [x.copy()] * n
    arrays[0] *= 2.0
    return np.sum(arrays[-1]) * x[0]


def list_and_tuple(x, n):
    return x[0] if [x[1]] == (x[1],) else x[1] ** 2


@pytest.mark.parametrize(
    "f",
    [repeated_in_place, repeated_as_the_run_says, one_array_twice, list_and_tuple],
    ids=lambda f: f.__name__,
)
def test_lists(f: Callable[..., Any]) -> None:
    check(f, np.array([0.3, -0.4, 0.7]), 3)
