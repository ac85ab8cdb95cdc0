"""jvp, linearize, hvp: what tangents give."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, overload

from srcad.api.derived import Derived, Function, R, R_co, derive, noun_of, request_for
from srcad.api.gradients import A, First
from srcad.calls.arguments import Argnums, differentiable_argnums
from srcad.calls.config import SWITCH, checks_nan, chosen_backend
from srcad.calls.guards import MISS
from srcad.calls.pushforward import Pushforward, by_name, leaves_of
from srcad.calls.specialise import Entrance, known_push, missed, remember_push, specialiser_for
from srcad.calls.tracebacks import trim, trimmed
from srcad.compile.requests import Request
from srcad.errors import ArgumentError
from srcad.frontend.core.reading import Applies, Makes, Maps, means
from srcad.show.nonfinite import is_finite, refuse


@means(Applies(lambda moving, backend="numpy": Request("tangent", moving, single=False, backend=backend)))
def jvp(
    function: Callable[..., R], primals: Sequence[object], tangents: Sequence[object], *, backend: str | None = None
) -> tuple[R, R]:
    """The value at the primals, and its tangent: how it moves when the primals move by the tangents.

    A tangent has the structure of its primal, with None for what has none (an int, a string) or rests. The tangent of
    the value has the structure of the value, with None for what has none. The price is about twice that of the
    function, however many results it has. Tangents of another shape than their primals' are refused.

    >>> import numpy as np, srcad
    >>> srcad.jvp(lambda x, a: a * x**2, (np.array([1.0, 2.0]), 3.0), (np.array([1.0, 0.0]), None))
    (array([ 3., 12.]), array([6., 0.]))
    """
    try:
        if type(primals) is not tuple or type(tangents) is not tuple:
            _check_tuples(primals, tangents)
        if len(primals) != len(tangents):
            raise ArgumentError(f"srcad.jvp got {len(primals)} primals and {len(tangents)} tangents")
        kinds = tuple(map(type, tangents))
        push, moving = known_push(function, kinds, chosen := chosen_backend(backend))
        given = tangents if len(moving) == len(kinds) else [tangents[k] for k in moving]
        result = push(*primals, *given)
        moved: tuple[R, R] = _jvp(function, primals, tangents, kinds, chosen) if result is MISS else result
        if SWITCH.used and checks_nan() and not is_finite(moved):
            _refuse_tangent(function, primals, tangents, chosen)
    except Exception as error:
        trim(error)
        raise
    return moved


def _check_tuples(*given: object) -> None:
    for what, name in zip(given, ("primals", "tangents"), strict=True):
        if not isinstance(what, (tuple, list)):
            raise ArgumentError(
                f"the {name} of srcad.jvp are a tuple with one for each argument, not {what!r}",
                do="write srcad.jvp(f, (x,), (x_dot,))",
            )


def _jvp(
    function: Callable[..., R],
    primals: Sequence[object],
    tangents: Sequence[object],
    kinds: tuple[type, ...],
    backend: str,
) -> tuple[R, R]:
    """The value and its tangent of any function, for tangents of any structure."""
    moving = tuple(k for k, tangent in enumerate(tangents) if any(True for _ in leaves_of(tangent)))
    for k in moving:
        if type(primals[k]) is not float and not differentiable_argnums((primals[k],)):
            what = f"primal {k} is {primals[k]!r}, which has no tangent, and srcad.jvp got {tangents[k]!r} for it"
            raise ArgumentError(what, do="pass floats (1.0 instead of 1), or None as the tangent")
    entrance, pushforward = _pushforward("jvp", function, primals, moving, backend)
    result: tuple[R, R] = pushforward([tangents[k] for k in moving])
    remember_push(function, kinds, moving, entrance)
    return result


def _refuse_tangent(function: Function, primals: Sequence[object], tangents: Sequence[object], backend: str) -> None:
    """Say where a value, or its tangent, ceases to be finite."""
    moving = tuple(k for k, tangent in enumerate(tangents) if any(True for _ in leaves_of(tangent)))
    entrance, pushforward = _pushforward("jvp", function, primals, moving, backend)
    refuse_pushed("the tangent", entrance, pushforward, [tangents[k] for k in moving])


def refuse_pushed(what: str, entrance: Entrance, push: Pushforward, tangents: Sequence[object]) -> None:
    """Say where a result of tangent code ceases to be finite."""
    program = entrance.specialisation.program
    given = {**by_name(push.code.parameters, push.args, push.kwargs), **push.placed(tangents)}
    refuse(what, program, program.traces[0], given, entrance.roots)


@means(Maps(lambda backend="numpy": Request("tangent", None, single=False, backend=backend)))
@trimmed
def linearize(function: Callable[..., R], *primals: object, backend: str | None = None) -> tuple[R, LinearMap[R]]:
    """The value at the primals, and the linear map from tangents of the primals to that of the value.

    The map takes as many tangents as there are primals, and remembers these, whatever becomes of them. Its `source` is
    the code that it runs.

    >>> import numpy as np, srcad
    >>> value, linear = srcad.linearize(lambda x: x**2, np.array([1.0, 2.0]))
    >>> linear(np.array([1.0, 0.0])), linear(np.array([0.0, 1.0]))
    (array([2., 0.]), array([0., 4.]))
    """
    moving = differentiable_argnums(primals)
    entrance, found = _pushforward("linearize", function, primals, moving, chosen_backend(backend))
    pushforward = found.frozen()
    value, _ = pushforward([None] * len(moving))
    return value, LinearMap(pushforward, len(primals), moving, entrance if checks_nan() else None)


@dataclass(frozen=True)
class LinearMap(Generic[R_co]):
    """Tangents of the primals, one for each -> the tangent of the value. `moving`: the primals that have tangents.

    `entrance`: where the code comes from, if its results have to be finite.
    """

    pushforward: Pushforward
    count: int
    moving: tuple[int, ...]
    entrance: Entrance | None = None

    @trimmed
    def __call__(self, *tangents: object) -> R_co:
        if len(tangents) != self.count:
            raise ArgumentError(f"the linear map takes {self.count} tangents, and got {len(tangents)}")
        given = [tangents[k] for k in self.moving]
        moved: tuple[object, R_co] = self.pushforward(given)
        if self.entrance is not None and not is_finite(moved[1]):
            refuse_pushed("the linear map", self.entrance, self.pushforward, given)
        return moved[1]

    @property
    def source(self) -> str:
        """The generated source: the program with its tangents."""
        return inspect.getsource(self.pushforward.code.function)

    def __repr__(self) -> str:
        return "<linear map: tangents of the primals -> tangent of the value>"


def _pushforward(
    made_by: str, function: Function, primals: Sequence[object], moving: tuple[int, ...], backend: str
) -> tuple[Entrance, Pushforward]:
    """What stands for the tangents `moving` of a function at these arguments, and where it was found."""
    if not callable(function):
        raise ArgumentError(f"srcad.{made_by} takes a function, and got {function!r}")
    specialiser = specialiser_for(function, Request("tangent", moving, single=False, backend=backend))
    return specialiser.run(specialiser.binder.bind(tuple(primals), {}))


def tangent_of(function: Function, argnums: Argnums = 0) -> Derived[..., object]:
    """The tangent by itself, to be looked at: what `jvp` and `linearize` call."""
    return Derived(function, request_for("tangent", argnums), "jvp")


# ---- the Hessian times a direction


class HessianProduct(Derived[..., R_co]):
    """The Hessian times a direction, which is the last argument."""

    __srcad_way__ = "direction"

    def __init__(self, function: Function, request: Request, made_by: str) -> None:
        super().__init__(function, request, made_by)
        self.__signature__ = _with_direction(self._specialiser.binder.signature)
        self._single = request.single
        self._push: Callable[..., R_co] = missed  # of the entrance of the last call, for one direction that is plain

    def __call__(self, /, *args: object, **kwargs: object) -> R_co:
        try:
            if not kwargs and len(args) == self._count + 1 and self._single and not (SWITCH.used and checks_nan()):
                result = self._push(*args)
                if result is not MISS:
                    return result
            *primals, direction = self.with_direction(args, kwargs)
            pushforward: Any = super().__call__(*primals, **kwargs)  # which is called with the direction
            if self._last is not None and self._single:
                self._push = self._last.push
            tangents: Any = (direction,) if self._single else direction
            result = pushforward(tangents)
            if SWITCH.used and checks_nan() and not is_finite(result) and self._last is not None:
                refuse_pushed(noun_of(self.made_by), self._last, pushforward, tangents)
        except Exception as error:
            trim(error)
            raise
        return result

    def with_direction(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[object, ...]:
        """The arguments, if there can be a direction among them."""
        if len(args) + len(kwargs) <= self.needed:
            raise ArgumentError(f"srcad.{self.made_by} of {self.__name__} takes its arguments, and then a direction")
        return args

    @property
    def needed(self) -> int:
        """How many arguments the function needs."""
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        return sum(p.default is p.empty and p.kind not in kinds for p in self._specialiser.binder.parameters)

    def _entrance(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[Entrance, list[str]]:
        """The source doesn't depend on the direction, which may be given all the same."""
        return super()._entrance(args[:-1] if len(args) == self._count + 1 > 0 else args, kwargs)


def _with_direction(signature: inspect.Signature | None) -> inspect.Signature:
    """The signature with a direction behind the arguments; where these may be many or lacking, any."""
    given = list(signature.parameters.values()) if signature else []
    plain = inspect.Parameter.POSITIONAL_OR_KEYWORD
    if signature is None or any(p.kind is not plain or p.default is not p.empty for p in given):
        names = (("args", inspect.Parameter.VAR_POSITIONAL), ("kwargs", inspect.Parameter.VAR_KEYWORD))
        return inspect.Signature([inspect.Parameter(name, kind) for name, kind in names])
    name = "direction"
    while any(p.name == name for p in given):
        name += "_"
    return inspect.Signature([*given, inspect.Parameter(name, plain)])


# ---- the public functions


@overload
def hvp(
    function: Callable[Concatenate[A, ...], object], argnums: First = 0, *, backend: str | None = None
) -> HessianProduct[A]: ...


@overload
def hvp(function: Function, argnums: Argnums = 0, *, backend: str | None = None) -> HessianProduct[Any]: ...


@overload
def hvp(
    function: None = None, argnums: First = 0, *, backend: str | None = None
) -> Callable[[Callable[Concatenate[A, ...], object]], HessianProduct[A]]: ...


@overload
def hvp(
    function: None = None, argnums: Argnums = 0, *, backend: str | None = None
) -> Callable[[Function], HessianProduct[Any]]: ...


@means(Makes())
def hvp(function: Function | None = None, argnums: Argnums = 0, *, backend: str | None = None) -> object:
    """The Hessian times a direction: `hvp(f)(x, v)`, for about the cost of two gradients, without the Hessian.

    The direction is the last argument and has the structure of the differentiated one (for a tuple of argnums a tuple).

    >>> import numpy as np, srcad
    >>> srcad.hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    return derive(HessianProduct, "hvp", function, request_for("hvp", argnums, backend=backend))


__all__ = ["hvp", "jvp", "linearize", "tangent_of"]
