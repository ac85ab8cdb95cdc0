"""Loops in loops: how often bodies are read adds up, and doesn't multiply; what loops carry is right all the same."""

import math
from types import ModuleType

import numpy as np
import pytest

import srcad
from srcad.frontend.control import loops
from tests.frontend import Programs, tangents

program = Programs()
x4 = np.array([0.7, -1.3, 0.4, 0.9])
m33 = np.array([[0.3, -0.8, 1.1], [0.9, 0.2, -0.6], [0.5, 0.4, -0.1]])


def nested(depth: int, head: str, inside: str) -> str:
    lines, indent = ["def f(x, n):", "    s = 0.0"], "    "
    for k in range(depth):
        lines += [indent + line.format(k=k) for line in head.splitlines()]
        indent += "    "
        lines += [indent + line.format(k=k) for line in inside.splitlines()]
    return "\n".join([*lines, f"{indent}s = s + x[0] * math.cos(s)", "    return s"])


FOR = ("for i{k} in range(n):", "if s > {k}.5:\n    s = s + x[{k}]\nelse:\n    s = s - math.sin(s) * x[{k}]")
WHILE = ("j{k} = 0\nwhile j{k} < n:", "j{k} += 1\ns = s * x[{k}]")
BREAK = ("for i{k} in range(n):", "s = s + x[{k}]\nif s > 1e3:\n    break")
LISTS = ("rows{k} = []\nfor i{k} in range(n):", "rows{k}.append(s)\ns = s * x[{k}] + rows{k}[-1]")


@pytest.mark.parametrize("kind", [FOR, WHILE, BREAK, LISTS], ids=["for", "while", "break", "lists"])
def test_rounds_add_up(kind: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    rounds, plain = [0], loops.next_head

    def counted(*args):
        rounds[0] += 1
        return plain(*args)

    monkeypatch.setattr(loops, "next_head", counted)

    def of(depth: int) -> int:
        path = tmp_path / f"nested{depth}.py"
        path.write_text(nested(depth, *kind))
        module = ModuleType("nested")
        module.math = math
        exec(compile(path.read_text(), str(path), "exec"), vars(module))
        rounds[0] = 0
        srcad.grad(module.f)(np.linspace(0.1, 0.9, 6), 2)
        return rounds[0]

    found = [of(depth) for depth in (1, 2, 3, 4)]
    assert found[3] <= 4 * found[1], found  # 16 times as many if they multiply by four
    assert found[3] - found[2] <= 2 * (found[2] - found[1]), found


@program(x4, 3, also=((x4, 0), (x4[:2], 1)))
def what_grows_in_each(x, n):
    kept, last = [], x
    for i in range(n):
        row = []
        for v in last:
            for w in x:
                row.append(v * w)
                if len(row) > 6:
                    break
            last = np.array(row)
        kept.append(np.sum(last))
    return sum(kept) + np.sum(last * last)


@program(m33, also=((m33[:2, :2],), (m33[:1],)))
def kinds_change_outside(m):
    total, best = 0, None
    for row in m:
        for v in row:
            for w in row:
                total = total + v * w
                if best is None:
                    best = w
                elif w > best:
                    best = 0.5 * (w + best)
    return total * best


@program(x4, also=((x4[:3],),))
def buffers_change_places(x):
    a, b = x.copy(), np.zeros_like(x)
    for i in range(2):
        for j in range(2):
            for k in range(len(a)):
                b[k] = a[k] * x[k - 1] + 0.5 * b[k]
            a, b = b, a
        a = a + b[0]
    return np.sum(a * a) + np.sum(b)


@program(x4, also=((-x4,),))
def functions_in_loops(x):
    def inner(v, t):
        for k in range(2):
            while t > 1.0:
                t = t * 0.5
            t = t + v * v
        return t

    total = x[0]
    for v in x:
        for w in x:
            total = inner(v, total) * w
    return total


@program(x4, also=((x4[:2],),))
def state_in_objects(x):
    state = {"sum": 0.0, "rows": [x[0], x[1]]}
    for v in x:
        for k in range(2):
            for w in x:
                state["sum"] = state["sum"] + w * state["rows"][k]
            state["rows"][k] = state["rows"][k] * v
    return state["sum"] * state["rows"][0]


@program(x4, 2, also=((x4, 1),))
def lists_of_lists_that_shrink(x, n):
    total = 0.0
    for i in range(n):
        rows = [[x[0], 1.0], [x[1], 2.0], [x[2], x[i]]]
        for t in range(2):
            row = rows.pop()
            total = total + row[0] * row[1]
        for j in range(2):
            last = t + j
        total = total * row[0] + last
    return total


@program(x4, also=((x4 + 1,),))
def exceptions_in_loops(x):
    total = 1.0
    for v in x:
        for w in x:
            try:
                for k in range(2):
                    total = total + math.log(w) * v
            except ValueError:
                total = total * w
    return total


@program(x4, 2, also=((-x4, 3),))
def functions_defined_in_loops(x, n):
    total, t = x[0], 0.0
    for i in range(n):
        for v in x:
            try:
                t = 0.0

                def h(q):
                    nonlocal t
                    t = t + q * v
                    return t

                if v > 0.5:
                    total = total + h(v) * h(total)
                elif v < -1.0:
                    total = total * h(math.log(v + 3.0))
            except ValueError:
                total = total + t
    return total * h(x[1]) + t


def test_one_of_many_functions_is_right_or_refused() -> None:
    def f(x):
        g = lambda t: t  # noqa: E731
        for k in range(len(x)):
            if x[k] > 0:
                g = lambda t, g=g, k=k: g(t) * x[k]  # noqa: E731
            if x[k] > 0.5:
                g = lambda t, g=g: g(t) + 1.0  # noqa: E731
        return g(x[0])

    try:
        got = srcad.grad(f)(x4)
    except srcad.errors.NotYetSupported:
        return
    step = 1e-6
    due = [(f(x4 + step * e) - f(x4 - step * e)) / (2 * step) for e in np.eye(4)]
    np.testing.assert_allclose(got, due, rtol=1e-6)


test_gradients, _ = program.tests()
test_tangents = tangents(program)
