"""SciPy's solvers in the program: root, brentq, newton, minimize, quad, solve_ivp, odeint and their like.

Their functions are read; the calls stay as they are. What a solver finds moves with what its functions depend on, by
the rules in `srcad.transform`; where it starts, brackets, and tolerances move nothing.
"""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from srcad.definitions import words
from srcad.errors import SrcadError
from srcad.frontend.core.attempts import T
from srcad.frontend.core.cells import InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import ArrayRef, Bound, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.derivatives.binding import named_arguments
from srcad.frontend.derivatives.derivatives import items as _items
from srcad.frontend.derivatives.solvers import (
    FLOAT_SCALAR,
    Closed,
    Finish,
    SolverCall,
    Wanted,
    args_of,
    attributes,
    emit_call,
    float_of,
    is_none,
    known,
    like,
    member,
    name_of,
    option,
    read_closed,
    record,
    scalar_result,
    solution,
    starting_like,
    starting_vector,
    stated,
    unread,
    value_of,
    vector_result,
)
from srcad.frontend.memory.arrays import load, to_array, to_number
from srcad.frontend.procedures.placing import place
from srcad.trace.builder import const
from srcad.trace.dims import UNKNOWN_DIM, Dim
from srcad.trace.nodes import Atom, Const, Trace, Var
from srcad.trace.types import FLOAT, OPAQUE, Array, Scalar, is_numeric, rank_of

RESULT: tuple[str, ...] = (
    "success",
    "message",
    "status",
    "nfev",
    "njev",
    "nhev",
    "nit",
    "fun",
    "jac",
    "hess",
    "hess_inv",
    "flag",
)
RESULT += ("converged", "iterations", "function_calls", "fjac", "qtf", "r", "method")


@dataclass(eq=False)
class Given:
    """The arguments of a call, by name; those that a reader takes are gone."""

    m: Machine
    path: str
    required: tuple[str, ...]
    values: dict[str, Value]

    def take(self, name: str) -> Value | None:
        return self.values.pop(name, None)

    def needed(self, name: str) -> Value:
        value = self.values.pop(name, None)
        if value is None:
            self.m.raises(TypeError(f"{self.path.rpartition('.')[2]}() missing the required argument {name!r}"))
        return value

    def only(self, name: str, *allowed: object, do: str = "") -> None:
        """Refuse a value other than these; one of these says nothing and isn't passed on."""
        value = self.values.pop(name, None)
        if value is not None and not any(value == Static(one) for one in allowed):
            self.refuse(f"{self.path} with {name}=", do or f"leave {name} out.")

    def refuse(self, what: str, do: str) -> NoReturn:
        self.m.refuse(f"{what} has no derivative yet", do=do)

    def rest(self) -> tuple[tuple[str, Atom], ...]:
        """What is left, as options of the call."""
        return tuple((name, option(self.m, name, value)) for name, value in self.values.items() if value is not None)


Reader = Callable[[Given], Value]
READERS: dict[str, Reader] = {}


def reads(*paths: str) -> Callable[[Reader], Reader]:
    def register(reader: Reader) -> Reader:
        READERS.update(dict.fromkeys(paths, reader))
        return reader

    return register


def path_of(f: object, readers: Mapping[str, Reader]) -> str:
    """The public name of a function of SciPy that is read by one of these; "" for others."""
    parts = str(getattr(f, "__module__", None) or "").split(".")
    path = ".".join([*parts[:2], str(getattr(f, "__name__", ""))])
    return path if path in readers else ""


def call_scipy(
    m: Machine, f: object, args: tuple[Value, ...], keywords: dict[str, Value], readers: Mapping[str, Reader]
) -> Value | None:
    """A call of one of SciPy's solvers; None where it isn't one, or may run as it stands."""
    path = path_of(f, readers)
    if not path or not callable(f):
        return None
    with m.attempt(SrcadError, when=lambda _: unread(m, (*args, *keywords.values()))):
        return readers[path](_bound(m, f, path, args, keywords))
    return None


# functions in C that don't say what their parameters are called
IN_C: dict[str, Callable[..., object]] = {
    "scipy.optimize.linear_sum_assignment": lambda cost_matrix, maximize=False: None,
}


def _bound(
    m: Machine, f: Callable[..., object], path: str, args: tuple[Value, ...], keywords: dict[str, Value]
) -> Given:
    signature = inspect.signature(IN_C.get(path, f))
    required = tuple(name for name, p in signature.parameters.items() if p.default is p.empty)
    return Given(m, path, required, named_arguments(m, signature, args, keywords))


# ---- roots


def functions(
    g: Given, first: str, own: tuple[Atom, ...], finish: Finish, more: Mapping[str, Finish], name: str = "residual"
) -> tuple[Closed, tuple[tuple[str, Trace], ...]]:
    """The function, and those of its derivatives that the program gives as well; what they capture."""
    m, args = g.m, args_of(g.m, g.take("args"))
    f = g.needed(first)
    wanted = [Wanted(f, own, args, finish, name_of(f, name))]
    names = [""]
    for name, ending in more.items():
        value = g.values.get(name)
        if value is None or (isinstance(value, Static) and not callable(value.value)):
            if value == Static(True):
                g.refuse(f"{g.path} with {name}=True", f"return the value alone, and give {name} as a function.")
            continue
        del g.values[name]
        wanted.append(Wanted(value, own, args, ending, name_of(value, name)))
        names.append(name)
    closed = read_closed(m, *wanted)
    return closed, tuple(zip(names, closed.functions, strict=True))


@reads(*(f"scipy.optimize.{name}" for name in ("brentq", "brenth", "bisect", "ridder", "toms748")))
def bracketed(g: Given) -> Value:
    """A root between two numbers."""
    g.only("full_output", False, 0)
    closed, given = functions(g, "f", (Const(0.0, FLOAT),), scalar_result, {})
    ends = tuple(option(g.m, name, g.needed(name)) for name in ("a", "b"))
    found = emit_call(g.m, SolverCall(g.path, given, closed.captured, ends, g.rest()), FLOAT)
    return value_of(g.m, solution(g.m, found, closed, "root", "dense"))


@reads("scipy.optimize.newton")
def newton(g: Given) -> Value:
    """A root near a number, or for each item of an array."""
    g.only("full_output", False, 0)
    x0 = numpy_number(starting_like(g.m, g.needed("x0")))
    more = {"fprime": like(x0), "fprime2": like(x0)}
    closed, given = functions(g, "func", (x0,), like(x0), more)
    found = emit_call(g.m, SolverCall(g.path, given, closed.captured, (x0,), g.rest()), x0.type)
    return value_of(g.m, solution(g.m, found, closed, "root", "dense"))


def numpy_number(x0: Atom) -> Atom:
    """A number as NumPy's, which these solvers hand on."""
    return Const(x0.value, FLOAT_SCALAR) if isinstance(x0, Const) else x0


@reads("scipy.optimize.root_scalar")
def root_scalar(g: Given) -> Value:
    """A root of a function of a number, by any of the methods for these."""
    more = {"fprime": scalar_result, "fprime2": scalar_result}
    closed, given = functions(g, "f", (Const(0.0, FLOAT_SCALAR),), scalar_result, more)
    info = emit_call(g.m, SolverCall(g.path, given, closed.captured, (), g.rest(), checked=True), OPAQUE)
    found = member(g.m, info, "root", FLOAT_SCALAR)
    root = value_of(g.m, solution(g.m, found, closed, "root", "dense"))
    return record(g.m, result_class("OptimizeResult"), [("root", root), *attributes(g.m, info, RESULT)])


@reads("scipy.optimize.root")
def root(g: Given) -> Value:
    """A root of a vector function."""
    g.only("callback", None)
    x0 = starting_vector(g.m, g.needed("x0"))
    closed, given = functions(g, "fun", (x0,), vector_result, {"jac": matrix_result})
    info = emit_call(g.m, SolverCall(g.path, given, closed.captured, (x0,), g.rest(), checked=True), OPAQUE)
    x = solution(g.m, member(g.m, info, "x", x0.type), closed, "root", "dense")
    return record(g.m, result_class("OptimizeResult"), [("x", value_of(g.m, x)), *attributes(g.m, info, RESULT)])


@reads("scipy.optimize.fsolve")
def fsolve(g: Given) -> Value:
    """A root of a vector function, alone."""
    g.only("full_output", False, 0, do="use scipy.optimize.root, whose result says the same.")
    g.only("col_deriv", False, 0)
    x0 = starting_vector(g.m, g.needed("x0"))
    closed, given = functions(g, "func", (x0,), vector_result, {"fprime": matrix_result})
    found = emit_call(g.m, SolverCall(g.path, given, closed.captured, (x0,), g.rest()), x0.type)
    return value_of(g.m, solution(g.m, found, closed, "root", "dense"))


@reads("scipy.optimize.fixed_point")
def fixed_point(g: Given) -> Value:
    """A fixed point of a function of a number or an array."""
    x0 = numpy_number(starting_like(g.m, g.needed("x0")))
    closed, given = functions(g, "func", (x0,), like(x0), {})
    found = emit_call(g.m, SolverCall(g.path, given, closed.captured, (x0,), g.rest()), x0.type)
    return value_of(g.m, solution(g.m, found, closed, "fixed", "dense"))


def matrix_result(m: Machine, value: Value) -> Value:
    """A Jacobian that the program computes: floats."""
    atom = to_array(m, value)
    return value_of(m, atom if isinstance(atom.type, Scalar) else m.emit("cast", atom, dtype="float64"))


# ---- minima

MINIMISED: dict[str, Finish] = {"jac": vector_result, "hess": matrix_result}


def minimize(g: Given) -> Value:
    """A minimum of a function of a vector: where its gradient is zero, along what bounds leave free to move."""
    g.take("constraints")
    for name in ("callback", "hessp"):
        g.only(name, None)
    x0 = starting_vector(g.m, g.needed("x0"))
    bounds = g.take("bounds")
    closed, given = functions(g, "fun", (x0,), scalar_result, MINIMISED, "objective")
    box = () if is_none(bounds) else box_of(g, bounds, x0)  # type: ignore[arg-type]
    rest = (*g.rest(), *((("bounds", bounds_object(g.m, box)),) if box else ()))
    info = emit_call(g.m, SolverCall(g.path, given, closed.captured, (x0,), rest, checked=True), OPAQUE)
    return minimum(g, closed, member(g.m, info, "x", x0.type), info, box)


@reads("scipy.optimize.minimize_scalar")
def minimize_scalar(g: Given) -> Value:
    """A minimum of a function of a number, perhaps between two others."""
    bounds = g.take("bounds")
    closed, given = functions(g, "fun", (Const(0.0, FLOAT_SCALAR),), scalar_result, {}, "objective")
    box = () if is_none(bounds) else tuple(limit(g.m, one) for one in items(g.m, bounds))  # type: ignore[arg-type]
    rest = (*g.rest(), *((("bounds", g.m.emit("tuple_new", *box)),) if box else ()))
    info = emit_call(g.m, SolverCall(g.path, given, closed.captured, (), rest, checked=True), OPAQUE)
    return minimum(g, closed, member(g.m, info, "x", FLOAT_SCALAR), info, box)


def box_of(g: Given, bounds: Value, like: Atom | None = None) -> tuple[Atom, ...]:
    """The lower and the upper bounds: of an object with both, or of pairs of numbers, None where there is none."""
    if isinstance(g.m.content(bounds), InstanceCell) and like is not None:
        made = importlib.import_module("srcad.definitions.optimize")
        both = g.m.call(Static(made.ends), (bounds, value_of(g.m, like)))
        return tuple(to_array(g.m, end) for end in both.children())
    if not isinstance(known(g.m, bounds), (list, tuple)) and not isinstance(bounds, (Tup, Ref)):
        g.refuse(f"{g.path} with bounds that aren't pairs", "give a list of pairs (lower, upper).")
    pairs = [items(g.m, pair) for pair in sequence(g.m, bounds)]
    sides = []
    for k, none in enumerate((-math.inf, math.inf)):
        ends = [const(none) if is_none(pair[k]) else limit(g.m, pair[k]) for pair in pairs]
        sides.append(g.m.emit("array", *ends, structure=tuple(range(len(ends)))))
    return tuple(sides)


def bounds_object(m: Machine, box: tuple[Atom, ...]) -> Atom:
    return emit_call(m, SolverCall("scipy.optimize.Bounds", (), (), box), OPAQUE)


def minimum(g: Given, closed: Closed, found: Var, info: Var, box: tuple[Atom, ...]) -> Value:
    """The result: where the minimum is, and its value there, which moves as the function does."""
    f = closed.functions[0]
    x = solution(g.m, found, closed, "box" if box else "minimum", "dense", box)
    given: dict[Var, Atom] = dict(zip((entry.var for entry in f.inputs), (x, *closed.captured), strict=True))
    fields = [("x", value_of(g.m, x)), ("fun", place(g.m, f, given))]
    others = attributes(g.m, info, [name for name in RESULT if name != "fun"])
    return record(g.m, result_class("OptimizeResult"), [*fields, *others])


def result_class(name: str) -> type:
    """A class of scipy.optimize."""
    from scipy import optimize  # not installed everywhere, but where a program calls it

    found: type = getattr(optimize, name)
    return found


# ---- integrals

QUAD = ("epsabs", "epsrel", "limit", "points")


@reads("scipy.integrate.quad")
def quad(g: Given) -> Value:
    """An integral, and an estimate of its error."""
    g.only("full_output", False, 0)
    g.only("complex_func", False, 0)
    for name in ("weight", "wvar", "wopts"):
        g.only(name, None, do="write the weight into the function.")
    limits = tuple(limit(g.m, g.needed(name)) for name in ("a", "b"))
    closed, given = functions(g, "func", (Const(0.0, FLOAT),), scalar_result, {}, "integrand")
    rest = g.rest()
    info = emit_call(g.m, SolverCall(g.path, given, closed.captured, limits, rest), OPAQUE)
    found, error = (member(g.m, info, k, FLOAT) for k in (0, 1))
    options = {name: a for name, a in rest if name in QUAD}
    params = {"function": closed.functions[0], "options": tuple(options)}
    value = stated(g.m, "integral", found, *limits, *options.values(), *closed.captured, **params)
    return Tup((value_of(g.m, value), value_of(g.m, error)))


@reads("scipy.integrate.quad_vec")
def quad_vec(g: Given) -> Value:
    """An integral of a function that returns an array, and an estimate of its error."""
    m = g.m
    g.only("full_output", False, 0)
    g.only("workers", 1)
    limits = tuple(limit(m, g.needed(name)) for name in ("a", "b"))
    closed, given = functions(g, "f", (Const(0.0, FLOAT),), array_result, {}, "integrand")
    rest = g.rest()
    info = emit_call(m, SolverCall(g.path, given, closed.captured, limits, rest), OPAQUE)
    rank = rank_of(closed.functions[0].body.results[0].type) or 0
    kind = m.lengths.named(Array("float64", (UNKNOWN_DIM,) * rank)) if rank else FLOAT
    options = {name: a for name, a in rest if name in QUAD}
    params = {"function": closed.functions[0], "options": tuple(options)}
    value = stated(m, "integral", member(m, info, 0, kind), *limits, *options.values(), *closed.captured, **params)
    return Tup((value_of(m, value), value_of(m, member(m, info, 1, FLOAT))))


def array_result(m: Machine, value: Value) -> Value:
    """A number or an array, of floats."""
    atom = to_array(m, value)
    if rank_of(atom.type) is None:
        m.refuse("how many axes the array has that a function returns to a solver isn't known")
    return like(atom)(m, value)


def limit(m: Machine, value: Value) -> Atom:
    """A number that moves what is solved, as a float."""
    atom = to_number(m, value, "a limit")
    if rank_of(atom.type) != 0:
        m.refuse(f"{atom.type} is given to a solver where a number is due")
    return float_of(m, atom)


# ---- initial value problems

TOLERANCES = ("method", "rtol", "atol", "max_step")


@reads("scipy.integrate.solve_ivp")
def solve_ivp(g: Given) -> Value:
    """y' = fun(t, y) from y(t0) = y0, at the times t_eval or those that the solver chooses."""
    m = g.m
    g.only("events", None, do="find the time of the event by a root of the solution, and let t_span end there.")
    g.only("vectorized", False)
    dense = g.values.get("dense_output") not in (None, Static(False))
    refuse_method(g)
    y0 = starting_vector(m, g.needed("y0"))
    t0, t1 = (limit(m, value) for value in items(m, g.needed("t_span")))
    t_eval = g.take("t_eval")
    closed, given = functions(g, "fun", (Const(0.0, FLOAT_SCALAR), y0), derivative_of(y0), {}, "slope")
    rest = g.rest()
    times = None if is_none(t_eval) else starting_vector(m, t_eval)  # type: ignore[arg-type]
    named = rest if times is None else (("t_eval", times), *rest)
    span = m.emit("tuple_new", t0, t1)
    call = SolverCall(g.path, given, closed.captured, (span, y0), named, checked=True)
    info = emit_call(m, call, OPAQUE)
    if times is None:
        chosen = member(m, info, "t", m.lengths.named(Array("float64", (UNKNOWN_DIM,))))
        times = stated(m, "times", chosen, t0, t1)
    columns = member(m, info, "y", Array("float64", (_dim(y0), _dim(times))))
    y = value_of(m, trajectory(g, closed, columns, times, y0, t0, rest, columns=True))
    others = attributes(m, info, ("t_events", "y_events", *RESULT))
    chosen_options = tuple((name, a) for name, a in rest if name in TOLERANCES)
    sol = dense_solution(m, closed, y0, t0, chosen_options, info) if dense else Static(None)
    return record(m, result_class("OptimizeResult"), [("t", value_of(m, times)), ("y", y), ("sol", sol), *others])


def dense_solution(
    m: Machine, closed: Closed, y0: Atom, t0: Atom, rest: tuple[tuple[str, Atom], ...], info: Var
) -> Value:
    """A function of the time."""
    names = Static(tuple(name for name, _ in rest))
    options = Tup(tuple(value_of(m, a) for _, a in rest))
    captured = Tup(tuple(value_of(m, a) for a in closed.captured))
    given = (Static(closed.functions[0]), captured, value_of(m, y0), value_of(m, t0), names, options, Obj(info))
    return Bound(Static(words.at_times), given)


@reads("scipy.integrate.odeint")
def odeint(g: Given) -> Value:
    """y' = func(y, t) at the times t, from y(t[0]) = y0."""
    m = g.m
    g.only("full_output", False, 0)
    g.only("tcrit", None)
    y0, times = starting_vector(m, g.needed("y0")), starting_vector(m, g.needed("t"))
    first = g.take("tfirst")
    ahead = first is not None and known(m, first) is True
    own: tuple[Atom, ...] = (Const(0.0, FLOAT), y0) if ahead else (y0, Const(0.0, FLOAT))
    for name in ("Dfun", "col_deriv"):
        g.take(name)  # a help for the solver alone
    closed, given = functions(g, "func", own, derivative_of(y0), {}, "slope")
    rest = (*g.rest(), *((("tfirst", const(True)),) if ahead else ()))
    rows = m.lengths.named(Array("float64", (_dim(times), _dim(y0))))
    found = emit_call(m, SolverCall(g.path, given, closed.captured, (y0, times), rest), rows)
    t0 = m.emit("get_item", times, 0, index=(("int", 0),))
    if not ahead:
        closed = Closed((swapped(closed.functions[0]), *closed.functions[1:]), closed.captured)
    defaults = {"method": Const("LSODA", OPAQUE), "rtol": const(1.49e-8), "atol": const(1.49e-8)}
    options = {**defaults, **{name: a for name, a in rest if name in ("rtol", "atol")}}
    return value_of(m, trajectory(g, closed, found, times, y0, t0, tuple(options.items())))


def trajectory(
    g: Given,
    closed: Closed,
    found: Atom,
    times: Atom,
    y0: Atom,
    t0: Atom,
    rest: tuple[tuple[str, Atom], ...],
    columns: bool = False,
) -> Var:
    """What a solver has found, as the solution that it is."""
    options = {name: a for name, a in rest if name in TOLERANCES}
    for name in ("rtol", "atol"):
        if name in options and (rank_of(options[name].type) != 0 or not is_numeric(options[name].type)):
            g.refuse(f"{g.path} with a {name} for each component", f"give one number as {name}.")
    params = {"function": closed.functions[0], "options": tuple(options), "columns": columns}
    return stated(g.m, "trajectory", found, times, y0, t0, *options.values(), *closed.captured, **params)


def derivative_of(y0: Atom) -> Finish:
    """A vector as long as y0."""

    def finish(m: Machine, value: Value) -> Value:
        vector = vector_result(m, value)
        atom = load(m, vector) if isinstance(vector, ArrayRef) else to_array(m, vector)
        length = _dim(atom)
        known_lengths = length.number is not None and _dim(y0).number is not None
        if known_lengths and length != _dim(y0):
            m.refuse(f"the slope of a vector of length {_dim(y0)} is of length {length}")
        return vector

    return finish


def refuse_method(g: Given) -> None:
    """Methods are known by their names; a jac= is a help for the solver alone, and left out."""
    method = g.values.get("method")
    if method is not None and not isinstance(known(g.m, method), str):
        g.refuse(f"{g.path} with a class as its method", "name the method.")
    for name in ("jac", "jac_sparsity"):
        g.take(name)


def items(m: Machine, value: Value) -> tuple[Value, ...]:
    """A pair: the two ends of an interval."""
    if isinstance(value, ArrayRef):
        whole = load(m, value)
        found: tuple[Value, ...] = tuple(Num(m.emit("get_item", whole, k, index=(("int", 0),))) for k in (0, 1))
    else:
        found = sequence(m, value)
    if len(found) != 2:
        m.refuse("what isn't a pair of numbers is given to a solver where one is due", do="write (lower, upper).")
    return found


def sequence(m: Machine, value: Value) -> tuple[Value, ...]:
    if isinstance(value, Static) and isinstance(value.value, (tuple, list)):
        return tuple(map(Static, value.value))
    return _items(m, value)


def swapped(f: Trace) -> Trace:
    """A function of (y, t, ...) as one of (t, y, ...)."""

    def other(of: tuple[T, ...]) -> tuple[T, ...]:
        return (of[1], of[0], *of[2:])

    region = replace(f.body, parameters=other(f.body.parameters))
    return replace(f, parameters=other(f.parameters), inputs=other(f.inputs), body=region)


def _dim(x: Atom) -> Dim:
    assert isinstance(x.type, Array)
    return x.type.dims[0]
