"""What the derivatives of solvers are made of: derived functions, placed in a trace or handed to a solver again.

`place` puts the equations of a function where a rule builds; `function` makes a closed one of what is built in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import LOWERINGS, builder
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom, Const, Equation, Input, Leaf, Parameter, Path, Region, Trace, Var
from srcad.trace.rewrite import instance, rewritten
from srcad.trace.types import OPAQUE, Array, Scalar, Type
from srcad.transform.matrices.batch import Batch
from srcad.transform.simplify.rename import fresh
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from srcad.transform.sweeps.tangent import tangent


def place(b: Builder, trace: Trace, values: Sequence[Atom]) -> tuple[Atom, ...]:
    """The equations of a function for these values of its inputs, here; its results."""
    inner = dict(zip((entry.var for entry in trace.inputs), values, strict=True))
    equations, results = instance(trace.body, inner)
    for equation in equations:
        b.append(with_role(equation, b.role))
    return results


def with_role(equation: Equation, role: str) -> Equation:
    """An equation as one of the sweep that is being built; as it is in a function of its own."""
    if not role:
        return equation
    regions = [rewritten(region, lambda inner: replace(inner, role=role)) for region in equation.regions]
    return replace(equation, role=role, regions=tuple(regions))


def function(name: str, parameters: Sequence[Var], build: Callable[..., Atom]) -> Trace:
    """The closed function of these parameters that `build`, given a builder and them, emits."""
    taken: set[str] = set()
    own = [Var(v.type, fresh(v.name or "v", taken)) for v in parameters]
    b = builder()
    result = build(b, *own)
    names = [v.name or "" for v in own]
    body = Region(tuple(own), tuple(b.equations), (result,))
    inputs = tuple(Input(v, Path(n)) for v, n in zip(own, names, strict=True))
    return simplify(Trace(name, tuple(map(Parameter, names)), inputs, body, Leaf(0)))


def inputs_of(trace: Trace) -> list[Var]:
    return [entry.var for entry in trace.inputs]


def dotted(v: Var, mark: str = "dot") -> Var:
    """A variable for the tangent of another one, or for its adjoint."""
    return Var(plain(v.type), f"{v.name or 'v'}_{mark}")


def plain(t: Type) -> Type:
    return t.without_length if isinstance(t, Scalar) else t


# ---- derivatives of a function


def pushed(b: Builder, f: Trace, values: Sequence[Atom], dots: Mapping[int, Atom]) -> Atom:
    """The tangent of f's result where its inputs have these values, and some of them these tangents."""
    moved = simplify(tangent(f, tuple(dots), value=False))
    (dot,) = place(b, moved, (*values, *dots.values()))
    return dot


def pushed_many(b: Builder, f: Trace, values: Sequence[Atom], dots: Mapping[int, Atom], count: Atom) -> Atom:
    """The tangents of f's result for so many tangents of some inputs, along a leading axis of each."""
    moved = simplify(tangent(f, tuple(dots), value=False))
    own = inputs_of(moved)
    made, results = instance(moved.body, dict(zip(own, values, strict=False)))
    equations = tuple(with_role(equation, b.role) for equation in made)
    given = dict(zip(own[len(values) :], dots.values(), strict=True))
    batch = Batch(b, Region((), equations, results), given, count)
    batch.equations(equations)
    return batch.whole(results[0])


def pulled(b: Builder, f: Trace, values: Sequence[Atom], bar: Atom, wanted: Sequence[int]) -> tuple[Atom, ...]:
    """The adjoints of some inputs of f, for this adjoint of its result."""
    if not wanted:
        return ()
    moved = simplify(adjoint(f, tuple(wanted), value=False, seeds="inputs"))
    return place(b, moved, (*values, bar))


# ---- calls


def call_solver(
    b: Builder,
    callee: str,
    functions: Sequence[Trace],
    given: Sequence[Atom | float | int],
    captured: Sequence[Atom],
    returns: Type,
    *,
    style: str = "args",
    **keywords: Any,
) -> Var:
    """The equation of a call of a solver."""
    operands = (*(Const(f, OPAQUE) for f in functions), *given, *keywords.values(), *captured)
    found: Var = b.emit(
        "solver",
        *operands,
        callee=callee,
        keywords=tuple(keywords),
        captured=len(captured),
        style=style,
        checked=False,
        returns=returns,
    )
    return found


def call(b: Builder, numpy_function: Any, *args: Any, **kwargs: Any) -> Any:
    """A function of NumPy, as in the program."""
    return LOWERINGS[numpy_function](b, *args, **kwargs)


def flat(b: Builder, x: Atom) -> Atom:
    """x as a vector."""
    if isinstance(x.type, Array) and x.type.rank == 1:
        return x
    if x.type.is_scalar:
        made: Atom = b.emit("array", x, structure=(0,))
        return made
    vector: Atom = b.emit("ravel", x)
    return vector


def item(b: Builder, x: Atom, k: Atom | int) -> Atom:
    """x[k]."""
    found: Atom = b.emit("get_item", x, k, index=(("int", 0),))
    return found


def part(b: Builder, x: Atom, start: Atom | int | None, stop: Atom | int | None) -> Atom:
    """x[start:stop]."""
    found: Atom = b.emit("get_item", x, start, stop, index=(("slice", 0, 1, None),))
    return found


def with_item(b: Builder, x: Atom, value: Atom | float, k: Atom) -> Atom:
    """x with x[k] = value."""
    found: Atom = b.emit("set_item", x, value, k, index=(("int", 0),))
    return found


# ---- several values as one vector


def packed(b: Builder, parts: Sequence[Atom]) -> Atom:
    """Numbers and arrays as one vector."""
    vectors = [flat(b, part) for part in parts]
    joined: Atom = vectors[0] if len(vectors) == 1 else b.emit("concatenate", *vectors, axis=0)
    return joined


def unpacked(b: Builder, vector: Atom, like: Sequence[Atom]) -> list[Atom]:
    """The parts of a vector, shaped like these."""
    found: list[Atom] = []
    start: Atom = const(0)
    for target in like:
        if target.type.is_scalar:
            found.append(b.emit("get_item", vector, start, index=(("int", 0),)))
            start = b.emit("add", start, 1)
            continue
        stop = b.emit("add", start, b.emit("size", target))
        piece = b.emit("get_item", vector, start, stop, index=(("slice", 0, 1, None),))
        dims = target.type.dims
        assert dims is not None
        lengths = [b.emit("dim", target, axis=k) for k in range(len(dims))]
        whole = piece if len(lengths) == 1 else b.emit("reshape", piece, *lengths)
        found.append(b.emit("with_dims", whole, dims=dims))
        start = stop
    return found


def refuse_others(eq: Equation, targets: Sequence[Atom]) -> None:
    """What is packed are numbers and arrays of real numbers."""
    for target in targets:
        if not isinstance(target.type, (Scalar, Array)) or not str(target.type.dtype).startswith("float"):
            raise NotYetSupported(
                f"the derivative of what a solver finds with respect to a value of type {target.type}",
                eq.span,
                why="it is captured by the function that the solver calls",
                do="let the function capture numbers and arrays of floats",
            )


def stem(f: Trace) -> str:
    """The name of a function without what says that it is one of a value."""
    return f.name.removesuffix("_value")
