"""grad, value_and_grad, vjp, trace: a function in, a function out.

What comes out is a `Derived`: it compiles itself for the types of the arguments that it is called with, and can show
what it generated.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Literal, TypeVar, overload

from srcad.api.derived import Derived, Function, P, R, derive, request_for
from srcad.calls.arguments import Argnums, Binder, differentiable_argnums
from srcad.calls.config import checks_nan, chosen_backend
from srcad.calls.programs import program_of
from srcad.calls.pullback import Pullback
from srcad.calls.specialise import Entrance, specialiser_for
from srcad.calls.tracebacks import trimmed
from srcad.compile.requests import Request
from srcad.errors import ArgumentError
from srcad.frontend.core.reading import Makes, Maps, means
from srcad.show.nonfinite import is_finite, refuse
from srcad.show.table import Table
from srcad.show.traces import table_of
from srcad.show.values import input_values

A = TypeVar("A")
Aux = TypeVar("Aux")
First = Literal[0]
Many = tuple[int | str, ...] | list[int | str] | list[int] | list[str]


@overload
def grad(
    function: Callable[Concatenate[A, P], object],
    argnums: First = 0,
    *,
    has_aux: Literal[False] = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Derived[Concatenate[A, P], A]: ...


@overload
def grad(
    function: Callable[Concatenate[A, P], tuple[object, Aux]],
    argnums: First = 0,
    *,
    has_aux: Literal[True],
    holomorphic: bool = False,
    backend: str | None = None,
) -> Derived[Concatenate[A, P], tuple[A, Aux]]: ...


@overload
def grad(
    function: Callable[P, object],
    argnums: Many,
    *,
    has_aux: Literal[False] = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Derived[P, tuple[Any, ...]]: ...


@overload
def grad(
    function: Callable[P, object],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Derived[P, Any]: ...


@overload
def grad(
    function: None = None,
    argnums: First = 0,
    *,
    has_aux: Literal[False] = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Callable[[Callable[Concatenate[A, P], object]], Derived[Concatenate[A, P], A]]: ...


@overload
def grad(
    function: None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Callable[[Callable[P, object]], Derived[P, Any]]: ...


@means(Makes())
def grad(
    function: Function | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> object:
    """The gradient of a function that returns a number.

        @srcad.grad                       @srcad.grad(argnums=("w", "b"))       df = srcad.grad(f)

    `argnums`: the argument to differentiate, by position or name, or a tuple of them; then the gradient is a tuple.
    A gradient has the structure, the shapes and the dtypes of its argument. With `has_aux` the function returns
    (value, anything), and the derivative (gradient, anything). A function that returns a complex number, or an array of
    other than one element, is refused. `backend`: what runs the generated code, "numpy" or "native" (C); without it
    what `srcad.config` says.

    The gradient of a real number u with respect to a complex one, z = x + iy, is du/dx - i du/dy: what u changes by is
    the real part of gradient times dz, so u falls fastest along the gradient's negative conjugate. With `holomorphic`
    the arguments and the result are complex, and the gradient is the complex derivative; that the function is
    holomorphic isn't checked.

    A type checker knows the type of the gradient where `argnums` is left out; it then takes the first argument by
    position alone. With `argnums="x"` all may be given by name.

    >>> import numpy as np, srcad
    >>> srcad.grad(lambda w, b: np.sum(w**2) + b, argnums=(0, 1))(np.array([1.0, 2.0]), 0.5)
    (array([2., 4.]), 1.0)
    """
    return derive(Derived, "grad", function, request_for("gradient", argnums, False, has_aux, backend, holomorphic))


@overload
def value_and_grad(
    function: Callable[Concatenate[A, P], R],
    argnums: First = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Derived[Concatenate[A, P], tuple[R, A]]: ...


@overload
def value_and_grad(
    function: Callable[P, R],
    argnums: Many,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Derived[P, tuple[R, tuple[Any, ...]]]: ...


@overload
def value_and_grad(
    function: Callable[P, R],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Derived[P, tuple[R, Any]]: ...


@overload
def value_and_grad(
    function: None = None,
    argnums: First = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Callable[[Callable[Concatenate[A, P], R]], Derived[Concatenate[A, P], tuple[R, A]]]: ...


@overload
def value_and_grad(
    function: None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> Callable[[Callable[P, R]], Derived[P, tuple[R, Any]]]: ...


@means(Makes())
def value_and_grad(
    function: Function | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: str | None = None,
) -> object:
    """The value of a function and its gradient, as a pair; else as `grad`. With `has_aux`: ((value, aux), gradient).

    >>> import srcad
    >>> srcad.value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """
    return derive(
        Derived, "value_and_grad", function, request_for("gradient", argnums, True, has_aux, backend, holomorphic)
    )


@means(Maps(lambda backend="numpy": Request("transpose", None, single=False, backend=chosen_backend(backend))))
@trimmed
def vjp(function: Callable[..., R], *primals: object, backend: str | None = None) -> tuple[R, Pullback]:
    """The value at the primals, and the pullback: from an adjoint of the value to those of all primals, as a tuple.

    The value may have any structure; its adjoint has the same one. What has no derivative (an int, say) has the
    adjoint None, and parameters that aren't given, but have a default, have none. The pullback's `source` is the code
    of the reverse sweep that it runs.

    >>> import numpy as np, srcad
    >>> value, pullback = srcad.vjp(lambda A, x: A @ x, np.eye(2), np.array([1.0, 2.0]))
    >>> pullback(np.array([1.0, 0.0]))
    (array([[1., 2.],
           [0., 0.]]), array([1., 0.]))
    """
    if not callable(function):
        raise ArgumentError(f"srcad.vjp takes a function, and got {function!r}")
    specialiser = specialiser_for(function, Request("pullback", None, single=False, backend=chosen_backend(backend)))
    call = specialiser.binder.bind(primals, {})
    entrance, (value, pullback) = specialiser.run(call)
    if len(call.args) > len(primals):
        pullback = replace(pullback, given=len(primals))
    if checks_nan():
        parts = (pullback.sweep, pullback.recorded, pullback.prototypes, pullback.given)
        return value, FinitePullback(*parts, entrance)
    return value, pullback


@dataclass(frozen=True)
class FinitePullback(Pullback):
    """A pullback whose results have to be finite."""

    entrance: Entrance

    def run(self, seeds: Sequence[object]) -> tuple[Any, ...]:
        bars = super().run(seeds)
        if not is_finite(bars):
            program = self.entrance.specialisation.program
            trace = program.traces[1]
            given = dict(zip((p.name for p in trace.parameters), (*self.recorded, *seeds), strict=True))
            refuse("the pullback", program, trace, given, self.entrance.roots)
        return bars


def trace(
    function: Callable[P, object],
    *,
    tangent: bool = False,
    adjoint: bool = False,
    seeds: Sequence[Sequence[object] | Mapping[str, object]] | None = None,
) -> Callable[P, Table]:
    """A function from arguments to the evaluation trace at these arguments, printed as a table of v1, v2, ...

    With `tangent`: also the tangent of each variable, as the sum over its parents; with `adjoint`: the adjoint of each,
    as the sum over its children.

    Tangents are evaluated for each of the `seeds`, in a column each. A seed is a tuple with a tangent for each
    argument, as `srcad.jvp` takes them, or a dict of tangents by the names of the arguments; what is left out rests.
    Without seeds, each input moves in turn (where these are four at most): the columns of the Jacobian. Adjoints are
    seeded at each result in turn: its rows.

    >>> import srcad
    >>> def area(x, y):
    ...     return x * y
    >>> table = srcad.trace(area, tangent=True, seeds=[(1.0, 0.0), {"y": 1.0}])(3.0, 2.0)
    >>> print("\\n".join(str(table).splitlines()[-4:]))
                           seed 1   seed 2
      v̇1 = ẋ               1        0
      v̇2 = ẏ               0        1
      v̇3 = v̇1 v2 + v̇2 v1   2        3           2 | return x * y
    """
    if seeds is not None and not tangent:
        raise ArgumentError("srcad.trace got seeds, which are for tangents", do="say tangent=True as well")
    binder = Binder(function)

    def tabulated(*args: P.args, **kwargs: P.kwargs) -> Table:
        call = binder.bind(args, kwargs)
        program = program_of(function, call, Request("primal", differentiable_argnums(call.args), single=False))
        values = input_values(program.primal, call.flat, program.reading.roots)
        return table_of(program, values, tangent=tangent, adjoint=adjoint, seeds=seeds)

    return functools.update_wrapper(tabulated, function)


__all__ = ["grad", "trace", "value_and_grad", "vjp"]
