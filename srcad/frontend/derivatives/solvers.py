"""Functions that are handed to solvers, and calls of these.

    x = brentq(lambda x: x**3 - a * x, 0.5, 2.0)    ->    found = solver(f, 0.5, 2.0, a)     f(x, a) = x**3 - a * x
                                                          x = implicit(found, a)

A function is read on its own, with variables for what the solver gives it. What it reads of its surroundings beside
these, the values of args= included, is *captured*: it becomes a further parameter, and an operand of the call. So
derivatives with respect to what a closure captures are those with respect to an operand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from srcad.frontend.core.cells import DictCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.reading import Derivative
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.values import ArrayRef, Bound, Func, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.derivatives.derivatives import read_apart
from srcad.frontend.memory.arrays import load, new_array, to_array, to_atom, to_number
from srcad.frontend.procedures.procedures import fresh_name, is_quiet
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Input, Leaf, Parameter, Path, Region, Trace, Var
from srcad.trace.rewrite import instance
from srcad.trace.types import OPAQUE, Array, Scalar, Type, dtype_of, is_complex, is_numeric, rank_of
from srcad.trace.walk import free_variables

Finish = Callable[[Machine, Value], Value]


@dataclass(frozen=True)
class Wanted:
    """A function to be read: `own` are the types of what the solver gives it, `args` what comes behind that."""

    function: Value
    own: tuple[Atom, ...]
    args: tuple[Value, ...]
    finish: Finish
    name: str


@dataclass(frozen=True)
class Closed:
    """Functions that have been read, and what they capture: the same for all of them, in the same order."""

    functions: tuple[Trace, ...]
    captured: tuple[Var, ...]


def read_closed(m: Machine, *wanted: Wanted) -> Closed:
    """Read functions, which a solver calls with the same further arguments."""
    traces = [_read(m, one) for one in wanted]
    pairs = zip(traces, wanted, strict=True)
    outer = [entry.var for trace, one in pairs for entry in trace.inputs[len(one.own) :]]
    captured = tuple(dict.fromkeys(outer))
    pairs = zip(traces, wanted, strict=True)
    return Closed(tuple(_closed(m, trace, one, captured) for trace, one in pairs), captured)


def _read(m: Machine, one: Wanted) -> Trace:
    """The trace of a function; its first inputs are its own, the others what it reads of its surroundings."""
    if isinstance(one.function, Static) and not callable(one.function.value):
        m.refuse(f"{one.function.describe()} is given to a solver, and isn't a function")
    values = tuple(placeholder(m, k, atom, one.function) for k, atom in enumerate(one.own))
    chosen = range(len(values))
    part = read_apart(m, one.function, (*values, *one.args), {}, chosen, lambda value: one.finish(m, value))
    assert part.reading is not None
    trace = m.derive().closed(part.reading)
    if trace.procedures:
        m.refuse("a function that is given to a solver calls itself, under conditions of the run", do="write a loop.")
    if not is_quiet(trace.body.equations):
        m.refuse(
            "a function that is given to a solver has an effect",
            why="derivatives of what the solver finds call it at other places, and as often as they need to.",
            do="leave out what it prints, draws at random or changes.",
        )
    used = dict.fromkeys(free_variables(Region((), trace.body.equations, trace.body.results)))
    entries = trace.inputs[: len(values)]
    return Trace(
        one.name,
        (),
        (*entries, *(entry for entry in trace.inputs[len(values) :] if entry.var in used)),
        Region((), trace.body.equations, trace.body.results),
        trace.output,
        trace.span,
    )


def placeholder(m: Machine, k: int, like: Atom, function: Value) -> Value:
    """A value for an argument that the solver gives, which has the type of `like`."""
    names = _names(function)
    var = Var(like.type, names[k] if k < len(names) else "x")
    if isinstance(like, Var):
        m.variables.definitions[var] = Equation("copy", (like,), (var,))
    return Num(var) if isinstance(like.type, Scalar) else new_array(m, var)


def _names(function: Value) -> list[str]:
    match function:
        case Func():
            a = function.code.node.args
            return [p.arg for p in (*a.posonlyargs, *a.args)]
        case Bound():
            return _names(function.function)[len(function.first) :]
        case Derivative():
            return _names(function.function)
    code = getattr(getattr(function, "value", None), "__code__", None)
    return list(code.co_varnames[: code.co_argcount]) if code is not None else []


def name_of(function: Value, otherwise: str) -> str:
    """What to call the function in the generated source."""
    if isinstance(function, Derivative):
        stem = name_of(function.function, otherwise).removesuffix("_value")
        return f"{stem}_{'grad' if function.request.kind == 'gradient' else function.request.kind}_value"
    value = function.code if isinstance(function, Func) else getattr(function, "value", None)
    name = value.name if isinstance(value, FunctionSource) else getattr(value, "__name__", "")
    return f"{name if name.isidentifier() and name != '_' else otherwise}_value"


def _closed(m: Machine, trace: Trace, one: Wanted, captured: tuple[Var, ...]) -> Trace:
    """The trace with what is captured as parameters."""
    taken: set[str] = set()
    given = [*(entry.var for entry in trace.inputs[: len(one.own)]), *captured]
    named = [Var(v.type, fresh_name(m.variables.names.get(v, v.name) or "v", taken)) for v in given]
    equations, results = instance(trace.body, dict(zip(given, named, strict=True)))
    return Trace(
        one.name,
        tuple(Parameter(v.name or "") for v in named),
        tuple(Input(v, Path(v.name or "")) for v in named),
        Region(tuple(named), tuple(equations), results),
        Leaf(0),
        trace.span,
    )


# ---- what functions return


def scalar_result(m: Machine, value: Value) -> Value:
    """A number; an array with a single element is one."""
    atom = to_number(m, value, "what a function that is given to a solver returns")
    refuse_complex(m, atom)
    if isinstance(atom.type, Array) and all(dim.is_one for dim in atom.type.dims):
        atom = m.emit("get_item", m.emit("reshape", atom), index=())
    if rank_of(atom.type) != 0:
        m.refuse(f"a function that is given to a solver returns {atom.type} where a number is due")
    return Num(m.emit("cast", atom, dtype="float64")) if not _is_float(atom) else _value(m, atom)


def vector_result(m: Machine, value: Value) -> Value:
    """A vector of floats: of an array, a number, a list or a tuple."""
    atom = to_array(m, value)
    refuse_complex(m, atom)
    if rank_of(atom.type) == 0:
        atom = m.emit("array", atom, structure=(0,))
    if rank_of(atom.type) != 1:
        m.refuse(f"a function that is given to a solver returns {atom.type} where a vector is due")
    return _value(m, atom if dtype_of(atom.type) == "float64" else m.emit("cast", atom, dtype="float64"))


def like(x: Atom) -> Finish:
    """What has the rank of x."""

    def finish(m: Machine, value: Value) -> Value:
        if isinstance(x.type, Scalar):
            return scalar_result(m, value)
        atom = to_array(m, value)
        refuse_complex(m, atom)
        if rank_of(atom.type) != rank_of(x.type):
            m.refuse(f"a function that is given to a solver returns {atom.type} for {x.type}", do="return one like x.")
        return _value(m, atom if dtype_of(atom.type) == "float64" else m.emit("cast", atom, dtype="float64"))

    return finish


def refuse_complex(m: Machine, atom: Atom) -> None:
    if is_complex(atom.type):
        m.refuse("a solver of complex equations", do="take the real and the imaginary part for variables of their own.")
    if not is_numeric(atom.type):
        m.refuse("a function that is given to a solver returns something else than numbers")


def _is_float(atom: Atom) -> bool:
    return isinstance(atom.type, Scalar) and atom.type.dtype == "float64"


def _value(m: Machine, atom: Atom) -> Value:
    if isinstance(atom, Const):
        return Static(atom.value)
    return Num(atom) if isinstance(atom.type, Scalar) else new_array(m, atom)


# ---- where a solver starts


def starting_vector(m: Machine, x0: Value) -> Atom:
    """x0 as a vector of floats; SciPy flattens what has more axes."""
    atom = to_array(m, x0)
    if (rank_of(atom.type) or 0) > 1:
        x0 = new_array(m, m.emit("ravel", atom))
    value = vector_result(m, x0)
    assert isinstance(value, ArrayRef)
    return load(m, value)


def starting_like(m: Machine, x0: Value) -> Atom:
    """x0 as a float or an array of floats."""
    atom = to_number(m, x0, "where a solver starts")
    refuse_complex(m, atom)
    if rank_of(atom.type) is None:
        m.refuse("whether a solver starts from a number or from an array isn't known")
    if isinstance(atom.type, Scalar):
        return float_of(m, atom)
    return atom if dtype_of(atom.type) == "float64" else m.emit("cast", atom, dtype="float64")


def float_of(m: Machine, atom: Atom) -> Atom:
    """A number as a float."""
    if isinstance(atom, Const) and isinstance(atom.value, (int, float)):
        return const(float(atom.value))
    return atom if _is_float(atom) else m.emit("cast", atom, dtype="float64")


# ---- calls


@dataclass(frozen=True)
class SolverCall:
    """A call of a solver: what stands behind its functions, by position and by keyword."""

    callee: str
    functions: tuple[tuple[str, Trace], ...]  # keyword, or "" of the one that comes first
    captured: tuple[Var, ...]
    positional: tuple[Atom, ...] = ()
    keywords: tuple[tuple[str, Atom], ...] = ()
    style: str = "args"
    checked: bool = False
    called: Atom | None = None


def emit_call(m: Machine, call: SolverCall, returns: Type) -> Var:
    """The equation of a call. What comes back is a constant to derivatives."""
    first = [Const(f, OPAQUE) for name, f in call.functions if not name]
    named = [(name, Const(f, OPAQUE)) for name, f in call.functions if name] + list(call.keywords)
    operands = [*([] if call.called is None else [call.called]), *first, *call.positional, *(a for _, a in named)]
    params: dict[str, object] = {
        "callee": call.callee,
        "keywords": tuple(name for name, _ in named),
        "captured": len(call.captured),
        "style": call.style,
        "checked": call.checked,
        "returns": returns,
    }
    found = m.emit("solver", *operands, *call.captured, **params)
    m.variables.active.discard(found)
    return found


def member(m: Machine, owner: Var, name: str | int, returns: Type) -> Var:
    """A part of what a solver returned, a constant to derivatives."""
    part = m.emit("member", owner, part=name, returns=returns)
    m.variables.active.discard(part)
    return part


def solution(m: Machine, found: Atom, closed: Closed, kind: str, solve: str, further: tuple[Atom, ...] = ()) -> Var:
    """What a solver has found, as the solution that it is; `further`: the bounds of a "box"."""
    function = closed.functions[0]
    params = {"function": function, "kind": kind, "solve": solve}
    return stated(m, "implicit", found, *closed.captured, *further, **params)


def stated(m: Machine, operation: str, *operands: Atom, **params: object) -> Var:
    """An equation that says what a solver has found; how derivatives pass it comes with it."""
    return m.emit(operation, *operands, **params, solution=m.derive().solution(operation))


def value_of(m: Machine, atom: Atom) -> Value:
    """A result of the program's."""
    return _value(m, atom)


def record(m: Machine, cls: type, fields: Iterable[tuple[str, Value]]) -> Value:
    """An object with attributes, such as solvers return."""
    return Ref(m.allocate(InstanceCell(cls, tuple(fields))))


MOVING = ("jac", "hess", "hess_inv", "fjac", "qtf", "r")


def attributes(m: Machine, owner: Var, names: Sequence[str]) -> list[tuple[str, Value]]:
    """Attributes of what a solver returned. Those that move with the solution have no derivative, and no use."""
    found: list[tuple[str, Value]] = []
    for name in names:
        part = m.emit("attribute", owner, name=name)
        (m.variables.active.add if name in MOVING else m.variables.active.discard)(part)
        found.append((name, Obj(part)))
    return found


# ---- options


def is_none(value: Value | None) -> bool:
    return value is None or (isinstance(value, Static) and value.value is None)


def args_of(m: Machine, value: Value | None) -> tuple[Value, ...]:
    """The values of args=; one that is no tuple stands alone."""
    if value is None:
        return ()
    match value:
        case Tup():
            return value.items
        case Static() if isinstance(value.value, tuple):
            return tuple(map(Static, value.value))
    cell = m.content(value)
    return cell.items if isinstance(cell, ListCell) else (value,)


def option(m: Machine, name: str, value: Value) -> Atom:
    """An option of a solver, which has no derivative."""
    plain = known(m, value)
    if plain is not UNKNOWN:
        return const(plain) if type(plain) in (int, float, bool) else Const(plain, OPAQUE)
    if m.depends(value) and not isinstance(value, (Num, ArrayRef, Tup)):
        m.refuse(f"the option {name} of a solver depends on the differentiated arguments")
    return to_atom(m, value)


UNKNOWN = object()


def known(m: Machine, value: Value) -> Any:
    """A constant, or a container of constants, as Python has it; UNKNOWN for the rest."""
    if isinstance(value, Static):
        return value.value
    cell = m.content(value)
    if isinstance(cell, DictCell):
        pairs = {key: known(m, item) for key, item in cell.items}
        return UNKNOWN if any(item is UNKNOWN for item in pairs.values()) else pairs
    if isinstance(value, Tup) or isinstance(cell, ListCell):
        items = [known(m, item) for item in (value.items if isinstance(value, Tup) else cell.items)]  # type: ignore[union-attr]
        if any(item is UNKNOWN for item in items):
            return UNKNOWN
        return tuple(items) if isinstance(value, Tup) else items
    return UNKNOWN


def unread(m: Machine, values: Iterable[Value]) -> bool:
    """Whether a call that can't be read may run as it stands: nothing in it depends on what is differentiated."""
    return not any(m.depends(v) for v in values)


FLOAT_SCALAR = Scalar("float64")
