"""Constants, names, signatures, control flow, long lines."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
import warnings
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.backends.numpy import compile_source
from srcad.codegen import generate
from srcad.codegen.wrapping import wrap
from srcad.trace.nodes import Const, Fixed, Input, Leaf, Node, Parameter, Path, Trace, Var
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, UNDEFINED, Unknown, type_of
from tests.codegen.building import Maker, vector

Pair = namedtuple("Pair", ["left", "right"])


def helper(x: Any) -> Any:
    return x


CONSTANTS = [
    None, True, 3, -3, 0.1, -0.0, float("inf"), -float("inf"), float("nan"), 2j, -1.5j, 1 + 2j, complex(-0.0, 1.0),
    "it's", b"a", ..., (1, -2.5), [1, "a"], {"a": 1}, slice(1, None), range(3), np.float32(1.5), np.float64(2.0),
    np.int64(3), np.bool_(True), np.array([1, 2]), np.array([[0.5, -1.0]]),
    np.array([1.0], dtype=np.float32), np.arange(99.0),
    np.float64, np.sin, np.linalg.solve, np.linalg, math.exp, math, len, float, ValueError, helper, np.dtype("float32"),
]  # fmt: skip


@pytest.mark.parametrize("value", CONSTANTS, ids=lambda value: getattr(value, "__name__", repr(value)))
def test_constants(value: Any) -> None:
    trace = Trace("f", (), (), Maker().trace().body, Fixed(value))
    generated = generate(trace, "f")
    got = compile_source(generated)()
    if isinstance(value, (np.ndarray, np.generic)):
        np.testing.assert_array_equal(got, value)
        assert got.dtype == value.dtype
    elif isinstance(value, (float, complex)):
        assert repr(got) == repr(value)
    else:
        assert got == value
    assert (value is helper) <= (generated.bindings == {"helper": helper})


def test_names_are_kept_apart() -> None:
    m = Maker(x=FLOAT, np=FLOAT, len=vector())
    first = m.emit("exp", m.x, name="y")
    second = m.emit("multiply", first, m.np, name="y")
    third = m.emit("add", second, m.emit("dim", m.len, axis=0), name="lambda")
    trace = m.trace(m.emit("multiply", m.emit("multiply", first, second, name="sum"), third, name="sum"))
    generated = generate(trace, "f", careful=True)
    assert compile_source(generated)(0.0, 2.0, np.ones(3)) == 1.0 * 2.0 * 5.0


def test_parts_of_arguments_are_unpacked() -> None:
    a, b, c, w = (Var(FLOAT, n) for n in ("w", "blocks", "w", "w"))
    inputs = (
        Input(a, Path("params").item("w")),
        Input(b, Path("params").item("blocks").item(0).item(1)),
        Input(c, Path("model").attr("w"), free=True),
        Input(w, Path("w")),
    )
    m = Maker()
    total = m.emit("add", m.emit("add", a, b), m.emit("add", c, w))
    trace = Trace("f", (Parameter("params"), Parameter("w")), inputs, m.trace(total).body, Leaf(0))
    generated = generate(trace, "f")
    function = compile_source(generated)

    class Model:
        w = 1000.0

    function.__globals__["model"] = Model
    assert function({"w": 1.0, "blocks": [(0.0, 10.0)]}, 100.0) == 1111.0
    assert "blocks_0_1 = params['blocks'][0][1]" in generated.source


def test_signature() -> None:
    x = Var(FLOAT, "x")
    parameters = (
        Parameter("x", annotation="float"),
        Parameter("n", default=3),
        Parameter("args", "*"),
        Parameter("key", "keyword", default=helper),
        Parameter("rest", "**"),
    )
    trace = Trace("f", parameters, (Input(x, Path("x")),), Maker().trace(x).body, Leaf(0))
    generated = generate(trace, "f")
    assert generated.source.startswith("def f(x: float, n=3, *args, key=helper, **rest):")
    assert compile_source(generated)(2.0) == 2.0


def test_containers_are_put_together_again() -> None:
    m = Maker(x=FLOAT)
    leaf = Leaf(0)
    tree = Node(
        "dict",
        (
            Node("namedtuple", (leaf, Fixed(None)), ("left", "right"), Pair),
            Node("list", (leaf,)),
            Node("tuple", (leaf,)),
        ),
        ("a", 1, "c"),
        OrderedDict,
    )
    got = compile_source(generate(m.trace(m.x, output=tree), "f"))(2.0)
    assert list(got.items()) == [("a", Pair(2.0, None)), (1, [2.0]), ("c", (2.0,))]
    assert type(got) is OrderedDict


def test_least_and_greatest_integers() -> None:
    m = Maker(i=INT, n=INT)
    trace = m.trace(m.emit("minimum", m.emit("maximum", m.i, 0), m.n))
    assert "return min(max(i, 0), n)" in generate(trace, "f").source


def test_conditional_expressions() -> None:
    m = Maker(x=FLOAT, flag=BOOL)
    (y,) = m.branch(m.flag, lambda: [m.emit("multiply", m.x, 2.0)], lambda: [0.0], {"_": FLOAT})
    shown = generate(m.trace(m.emit("add", y, 1.0)), "f").source
    assert "(x * 2.0 if flag else 0.0) + 1.0" in shown


def test_and_or() -> None:
    m = Maker(x=FLOAT, y=FLOAT)
    positive = m.emit("greater", m.x, 0.0)
    (both,) = m.branch(positive, lambda: [m.emit("greater", m.y, 0.0)], lambda: [positive], {"_": BOOL})
    (any_,) = m.branch(both, lambda: [both], lambda: [m.emit("less", m.y, -1.0)], {"_": BOOL})
    assert "return x > 0.0 and y > 0.0 or y < -1.0" in generate(m.trace(any_), "f").source


def test_else_branches_chain() -> None:
    m = Maker(x=FLOAT)

    def double() -> list[Any]:
        return [m.emit("multiply", m.x, 2.0, name="y")]

    def nested() -> list[Any]:
        return list(m.branch(m.emit("less", m.x, -1.0), double, lambda: [m.emit("sin", m.x, name="y")], {"y": FLOAT}))

    (y,) = m.branch(m.emit("greater", m.x, 1.0), double, nested, {"y": FLOAT})
    lines = [line.strip() for line in generate(m.trace(y), "f").source.splitlines()]
    assert "elif x < -1.0:" in lines
    assert "else:" in lines


def test_a_branch_that_sets_nothing() -> None:
    m = Maker(x=FLOAT, flag=BOOL)
    undefined = Const(None, UNDEFINED)
    (y,) = m.branch(m.flag, lambda: [undefined], lambda: [m.emit("sin", m.x, name="y")], {"y": FLOAT})
    function = compile_source(generate(m.trace(y), "f"))
    assert function(1.0, False) == math.sin(1.0)
    with pytest.raises(UnboundLocalError):
        function(1.0, True)


def test_fibonacci() -> None:
    m = Maker(n=INT)
    carried = {"a": (0, INT), "b": (1, INT)}
    a, _ = m.loop((0, m.n, 1), carried, lambda i, a, b: [b, m.emit("add", a, b, name="b")])
    generated = generate(m.trace(a), "f")
    assert "a, b = b, a + b" in generated.source
    assert compile_source(generated)(10) == 55


def test_breaks_count_their_trips() -> None:
    m = Maker(x=FLOAT, n=INT)

    def step(i: Any, x: Any) -> list[Any]:
        return [m.emit("less", x, 0.1), m.emit("multiply", x, 0.5, name="x")]

    x, trips = m.loop((0, m.n, 1), {"x": (m.x, FLOAT)}, step, breaks=True)
    function = compile_source(generate(m.trace(x, trips), "f"))
    assert function(1.0, 100) == (0.03125, 5)
    assert function(1.0, 2) == (0.25, 2)
    assert function(1.0, 0) == (1.0, 0)


def test_scopes() -> None:
    m = Maker(x=FLOAT, manager=OPAQUE, note=OPAQUE)

    def inside() -> list[Any]:
        return [m.emit("log", m.x, name="y")]

    (y,) = m.equation("scope", (m.manager,), (m.region((), inside),), (Var(FLOAT, "y"),), {"kind": "with"})

    def note() -> list[Any]:
        m.emit("call", m.note, "done", keywords=())
        return []

    def divide() -> list[Any]:
        return [m.emit("divide", 1.0, y, name="z")]

    regions = (m.region((), divide), m.region((), note))
    (z,) = m.equation("scope", (), regions, (Var(FLOAT, "z"),), {"kind": "finally"})
    notes: list[str] = []
    function = compile_source(generate(m.trace(z), "f"))
    assert function(math.e, np.errstate(), notes.append) == 1.0
    with pytest.raises(ZeroDivisionError):
        function(1.0, np.errstate(), notes.append)
    assert notes == ["done", "done"]


def test_assertions_and_errors() -> None:
    m = Maker(x=FLOAT)
    message = m.region((), lambda: [m.emit("format", m.x, pieces=("x is ", (0, "", ".1f")))])
    m.equation("assert_", (m.emit("greater", m.x, 0.0),), (message,), (), {})
    generated = generate(m.trace(m.x), "f")
    with pytest.raises(AssertionError, match=r"x is -1\.0"):
        compile_source(generated)(-1.0)
    m = Maker(x=FLOAT)
    m.emit_many("raise_", m.emit("call", Const(ValueError, OPAQUE), "no", keywords=()))
    with pytest.raises(ValueError, match="no"):
        compile_source(generate(m.trace(m.x), "f"))(-1.0)


def test_unknown_types_use_helpers() -> None:
    m = Maker(x=Unknown())
    zeros = m.emit("zeros_like", m.x, name="z")
    generated = generate(m.trace(m.emit("accumulate", zeros, m.x, name="z"), m.x), "f")
    assert set(generated.helpers) == {"zeros_of", "copied"}
    assert compile_source(generated)(2.0) == (2.0, 2.0)
    assert type_of(compile_source(generated)(np.ones(2))[0]) == type_of(np.ones(2), "n")


LONG = [
    "x = " + " + ".join(f"some_variable_{k} * another[{k}]" for k in range(9)),
    "return " + ", ".join(f"some_variable_{k}_bar" for k in range(9)),
    "result = np.concatenate((" + ", ".join(f"some_variable_{k}_bar" for k in range(9)) + "), axis=0)",
    "x[1:-1, 1:-1] = f(" + ", ".join(f"g(variable_{k}, -other_{k} ** 2 @ third)" for k in range(9)) + ") * -y",
    "assert " + " and ".join(f"some_variable_{k} < another[{k}]" for k in range(9)),
    'print(f"{some_value:.3f} and {another_value!r}", ' + ", ".join(f"value_{k}" for k in range(20)) + ")",
    "for i in f(" + ", ".join(f"some_variable_{k}_bar" for k in range(9)) + "):",
]


@pytest.mark.parametrize("line", LONG)
def test_long_lines_are_broken(line: str) -> None:
    lines = wrap(line, 80)
    tail = "\n        pass" if line.endswith(":") else ""
    assert max(map(len, lines)) <= 80 or line.startswith("assert")  # an assertion has no brackets to break in
    assert ast.dump(ast.parse("\n".join(lines) + tail)) == ast.dump(ast.parse(line + tail))


WITHOUT_OLD_NODES = """
import ast, sys, warnings
warnings.simplefilter("error")
for name in ("Num", "Str", "Bytes", "NameConstant", "Ellipsis"):
    vars(ast).pop(name, None)
vars(ast).pop("__getattr__", None)
from srcad.codegen.printing import source_of
for line in sys.argv[1:]:
    print(source_of(ast.parse(line)))
"""
LINES = [
    "a = f'{x}: {y!r:>{width}.3f}{{}} {z:.2e}'",
    """b = f"{d['key']} it's" + 'a' + b'c'""",
    """c = f'{x[0]!r} {(lambda: 1)()} { {1: 2}[1] } {"a"}'""",
    "d = f'{x + 1}', -1, None, True, ..., 1.5, 2j",
]


def run_fresh(*words: str) -> str:
    """What Python prints for these words, in a process of its own."""
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_node_types_that_python_drops_are_not_needed() -> None:
    printed = run_fresh("-c", WITHOUT_OLD_NODES, *LINES).splitlines()
    assert [ast.dump(ast.parse(line)) for line in printed] == [ast.dump(ast.parse(line)) for line in LINES]


def test_nothing_warns_at_import() -> None:
    run_fresh("-W", "error", "-c", "import srcad, srcad.cli, srcad.compare")


def described(x: float, name: str) -> Any:
    return 2.0 * x, f'{name}\'s "{x:.3f}" {{{x!r:>8}}}\n' + f"{x:\">9}{x:'<9}"


def test_texts_with_values_warn_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        derivative = srcad.value_and_grad(described, has_aux=True)
        (value, text), x_bar = derivative(1.5, "it")
    assert (value, text, x_bar) == (3.0, described(1.5, "it")[1], 2.0)
