"""The four derivatives of the design document, as traces by hand."""

from __future__ import annotations

from srcad.trace.nodes import Trace
from tests.codegen.building import FLOAT, INT, ListOf, Maker, matrix, vector

INNER = (("slice", 0, 1, None),)
LEFT = (("slice", None, 0, None),)
RIGHT = (("slice", 0, None, None),)


def worked_example() -> Trace:
    m = Maker(x1=FLOAT, x2=FLOAT)
    m.line("return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)")
    v3 = m.emit("multiply", m.x1, m.x2)
    v5 = m.emit("exp", v3)
    m.line("return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)", "adjoint", 1)
    v3_bar = m.emit("add", v5, 1.0)
    x1_bar = m.emit("multiply", v3_bar, m.x2, name="x1_bar")
    x2_bar = m.emit("multiply", v3_bar, m.x1)
    x2_bar = m.emit("accumulate", x2_bar, m.emit("negative", m.emit("cos", m.x2)), name="x2_bar")
    return m.trace(x1_bar, x2_bar)


def loss() -> Trace:
    m = Maker(w=vector("n"), b=FLOAT, X=matrix("m", "n"), y=vector("m"))
    m.line("z = X @ w + b")
    z = m.emit("add", m.emit("matmul", m.X, m.w), m.b, name="z")
    last = "return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w ** 2)"
    m.line(last)
    e = m.emit("exp", m.emit("multiply", m.emit("negative", m.y), z), name="e")
    m.line(last, "adjoint", 2)
    e_bar = m.emit("divide", m.emit("divide", 1.0, m.emit("size", e)), m.emit("add", 1.0, e), name="e_bar")
    z_bar = m.emit("multiply", m.emit("multiply", e_bar, e), m.emit("negative", m.y), name="z_bar")
    w_bar = m.emit("multiply", 0.02, m.w, name="w_bar")
    m.line("z = X @ w + b", "adjoint", 1)
    w_bar = m.emit("accumulate", w_bar, m.emit("matmul", m.emit("transpose", m.X, axes=None), z_bar), name="w_bar")
    b_bar = m.emit("sum", z_bar, axis=None, keepdims=False, name="b_bar")
    return m.trace(w_bar, b_bar)


def newton() -> Trace:
    m = Maker(a=FLOAT, n=INT)
    tape = ListOf(FLOAT)
    m.line("x_tape", "record")
    x_tape = m.emit("list_new", element=FLOAT, name="x_tape")

    def forward(i, x, x_tape):
        m.line("x = 0.5 * (x + a / x)", "record", 3)
        x_tape = m.emit("list_append", x_tape, x, name="x_tape")
        m.line("x = 0.5 * (x + a / x)", "", 3)
        x = m.emit("multiply", 0.5, m.emit("add", x, m.emit("divide", m.a, x)), name="x")
        return x, x_tape

    m.line("for i in range(n):", "", 2)
    _, x_tape = m.loop((0, m.n, 1), {"x": (1.0, FLOAT), "x_tape": (x_tape, tape)}, forward)

    def backward(i, x_bar, a_bar, x_tape):
        m.line("x = 0.5 * (x + a / x)", "adjoint", 3)
        x, x_tape = m.pop(x_tape, "x")
        v = m.emit("multiply", 0.5, x_bar)
        a_bar = m.emit("accumulate", a_bar, m.emit("divide", v, x), name="a_bar")
        slope = m.emit("divide", m.emit("multiply", v, m.a), m.emit("multiply", x, x))
        return m.emit("subtract", v, slope, name="x_bar"), a_bar, x_tape

    m.line("for i in range(n):", "adjoint", 2)
    carried = {"x_bar": (1.0, FLOAT), "a_bar": (0.0, FLOAT), "x_tape": (x_tape, tape)}
    _, a_bar, _ = m.loop((0, m.n, 1), carried, backward, backwards=True)
    return m.trace(a_bar)


def smooth() -> Trace:
    u_type = vector("n")
    m = Maker(u=u_type, c=FLOAT, steps=INT)
    m.line("u = u.copy()")
    u = m.emit("copy", m.u, name="u")
    lap_type = m.emit("get_item", u, 1, -1, index=INNER).type
    m.builder.equations.pop()
    tape = ListOf(lap_type)
    m.line("", "record")
    lap_tape = m.emit("list_new", element=lap_type, name="lap_tape")

    def forward(t, u, lap_tape):
        m.line("lap = u[:-2] - 2 * u[1:-1] + u[2:]", "", 3)
        middle = m.emit("multiply", 2, m.emit("get_item", u, 1, -1, index=INNER))
        lap = m.emit("subtract", m.emit("get_item", u, -2, index=LEFT), middle)
        lap = m.emit("add", lap, m.emit("get_item", u, 2, index=RIGHT), name="lap")
        m.line("", "record")
        lap_tape = m.emit("list_append", lap_tape, lap, name="lap_tape")
        m.line("u[1:-1] = u[1:-1] + c * lap", "", 4)
        value = m.emit("add", m.emit("get_item", u, 1, -1, index=INNER), m.emit("multiply", m.c, lap))
        return m.emit("set_item", u, value, 1, -1, index=INNER, name="u"), lap_tape

    m.line("for t in range(steps):", "", 2)
    u, lap_tape = m.loop((0, m.steps, 1), {"u": (u, u_type), "lap_tape": (lap_tape, tape)}, forward, index="t")
    m.line("return np.sum(u ** 2)", "adjoint", 5)
    u_bar = m.emit("multiply", 2.0, u, name="u_bar")

    def backward(t, u_bar, c_bar, lap_tape):
        m.line("u[1:-1] = u[1:-1] + c * lap", "adjoint", 4)
        lap, lap_tape = m.pop(lap_tape, "lap")
        v_bar = m.emit("get_item", u_bar, 1, -1, index=INNER)
        c_bar = m.emit("accumulate", c_bar, m.emit("sum", m.emit("multiply", v_bar, lap), axis=None), name="c_bar")
        lap_bar = m.emit("multiply", m.c, v_bar, name="lap_bar")
        m.line("lap = u[:-2] - 2 * u[1:-1] + u[2:]", "adjoint", 3)
        u_bar = m.emit("add_item", u_bar, lap_bar, -2, index=LEFT, name="u_bar")
        u_bar = m.emit("add_item", u_bar, m.emit("multiply", -2, lap_bar), 1, -1, index=INNER, name="u_bar")
        u_bar = m.emit("add_item", u_bar, lap_bar, 2, index=RIGHT, name="u_bar")
        return u_bar, c_bar, lap_tape

    m.line("for t in range(steps):", "adjoint", 2)
    carried = {"u_bar": (u_bar, u_type), "c_bar": (0.0, FLOAT), "lap_tape": (lap_tape, tape)}
    u_bar, c_bar, _ = m.loop((0, m.steps, 1), carried, backward, index="t", backwards=True)
    return m.trace(u_bar, c_bar)


EXAMPLES = {"f_grad": worked_example, "loss_grad": loss, "newton_grad": newton, "smooth_grad": smooth}
