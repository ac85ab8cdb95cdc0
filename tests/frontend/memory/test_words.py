"""Words and members of enums that a loop carries: modes of a machine, names of what comes next."""

import enum
from types import SimpleNamespace

import numpy as np

import srcad
from tests.frontend import Programs, second_orders, tangents

programs = Programs()


class Way(enum.Enum):
    UP = 1
    DOWN = 2


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def a_mode(x, n):
    mode = "up"
    v = x
    for _ in range(n):
        if mode == "up":
            v = v * 1.5
            if v > 2:
                mode = "down"
        else:
            v = v - 0.4 * x
            if v < 1:
                mode = "up"
    return v


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def a_member_of_an_enum(x, n):
    mode = Way.UP
    v = x
    for _ in range(n):
        if mode is Way.UP:
            v = v * 1.5
            if v > 2:
                mode = Way.DOWN
        else:
            v = v - 0.4 * x
            if v < 1:
                mode = Way.UP
    return v


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def a_member_that_is_compared(x, n):
    mode = Way.UP
    v = x
    while v < 50 and n > 0:
        n -= 1
        if mode == Way.UP:
            v = v * 1.5
            if v > 2:
                mode = Way.DOWN
        elif mode == Way.DOWN:
            v = v - 0.4 * x
            if v < 1:
                mode = Way.UP
    return v


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def keys_of_a_dict(x, n):
    mode = "a"
    v = x
    gain = {"a": 1.1, "b": 1.3, "c": 0.7}
    for _ in range(n):
        v = v * gain[mode] + x
        mode = "b" if v < 2 else ("c" if v > 3 else "a")
    return v


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def names_of_functions(x, n):
    mode = "a"
    v = x
    fs = {"a": lambda q: q * 1.2, "b": lambda q: q - x, "c": np.sin}
    for _ in range(n):
        v = fs[mode](v) + x
        mode = "b" if v < 2 else ("c" if v > 3 else "a")
    return v


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def matched(x, n):
    mode = "a"
    v = x
    for _ in range(n):
        match mode:
            case "a":
                v = v * 1.3 + x
                mode = "b"
            case "b":
                v = v - 0.1
                mode = "c" if v > 1 else "a"
            case _:
                v = v * v * 0.3
                mode = "a"
    return v


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def looked_up_again(x, n):
    mode = "a"
    v = x
    for _ in range(n):
        if mode in ("a", "b"):
            v = v * 1.3 + x
        else:
            v = v * 0.5
        mode = {"a": "b", "b": "c", "c": "a"}[mode] if v > 0.7 else mode
    return v


@programs(0.5, 8, also=((0.9, 5),))
def nothing_at_first(x, n):
    last = None
    v = x
    for k in range(n):
        if last is None or v > last:
            last = v
        v = v * 1.5 if v < 2 else v * 0.3
    return last + v


@programs(0.5, 8, also=((0.9, 5), (1.4, 0), (0.2, 20)))
def counted(x, n):
    mode = "up"
    v = x
    c = {"up": 0, "down": 0}
    for _ in range(n):
        c[mode] += 1
        v = v * 1.5 if mode == "up" else v - 0.4 * x
        mode = "down" if v > 2 else mode
        if v < 1:
            mode = "up"
    return v * c["up"] + x * c["down"]


class Machine:
    def __init__(self):
        self.state = "idle"
        self.e = 0.0

    def step(self, x):
        getattr(self, "on_" + self.state)(x)

    def on_idle(self, x):
        self.e += x
        if self.e > 1:
            self.state = "busy"

    def on_busy(self, x):
        self.e *= 0.5
        if self.e < 0.7:
            self.state = "idle"


@programs(0.57, 6, also=((0.85, 5),))
def names_of_methods(x, n):
    m = Machine()
    for _ in range(n):
        m.step(x)
    return m.e


@programs(0.5, 8, also=((0.9, 5),))
def in_a_namespace(x, n):
    s = SimpleNamespace(mode="up", v=x, count=0)
    for _ in range(n):
        if s.mode == "up":
            s.v = s.v * 1.5
            if s.v > 2:
                s.mode = "down"
        else:
            s.v = s.v - 0.4 * x
            s.count += 1
            if s.v < 1:
                s.mode = "up"
    return s.v + s.count * x


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)


def test_native() -> None:
    for f in (a_mode, keys_of_a_dict, matched):
        made = srcad.grad(f, backend="native")(0.5, 8)
        np.testing.assert_allclose(made, srcad.grad(f)(0.5, 8), rtol=1e-12)
