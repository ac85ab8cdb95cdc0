"""jvp, linearize, hvp: what tangents give."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from srcad.api import Derived, Function, derive, request_for
from srcad.arguments import Argnums, differentiable_argnums
from srcad.errors import ArgumentError
from srcad.frontend.reading import APPLIED, MAKERS
from srcad.pipeline import Request
from srcad.pushforward import Pushforward, leaves_of
from srcad.specialise import specialiser_for

Linear = Callable[[Any], Any]


def jvp(function: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value at the primals, and its tangent: how it moves when the primals move by the tangents.

    A tangent has the structure of its primal, with None for what has none (an int, a string) or rests. The tangent of
    the value has the structure of the value, with None for what has none.
    """
    if len(primals) != len(tangents):
        raise ArgumentError(f"srcad.jvp got {len(primals)} primals and {len(tangents)} tangents")
    moving = tuple(k for k, tangent in enumerate(tangents) if any(True for _ in leaves_of(tangent)))
    for k in moving:
        if type(primals[k]) is not float and not differentiable_argnums((primals[k],)):
            what = f"primal {k} is {primals[k]!r}, which has no tangent, and srcad.jvp got {tangents[k]!r} for it"
            raise ArgumentError(what, do="pass floats (1.0 instead of 1), or None as the tangent")
    value, tangent = _pushforward("jvp", function, primals, moving)([tangents[k] for k in moving])
    return value, tangent


def linearize(function: Function, *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value at the primals, and the linear map from tangents of the primals to that of the value.

    The map takes as many tangents as there are primals, and remembers these, whatever becomes of them.
    """
    moving = differentiable_argnums(primals)
    pushforward = _pushforward("linearize", function, primals, moving).frozen()
    value, _ = pushforward([None] * len(moving))

    def linear(*tangents: Any) -> Any:
        if len(tangents) != len(primals):
            raise ArgumentError(f"the linear map takes {len(primals)} tangents, and got {len(tangents)}")
        return pushforward([tangents[k] for k in moving])[1]

    return value, linear


def _pushforward(made_by: str, function: Function, primals: Sequence[Any], moving: tuple[int, ...]) -> Pushforward:
    if not callable(function):
        raise ArgumentError(f"srcad.{made_by} takes a function, and got {function!r}")
    specialiser = specialiser_for(function, Request("tangent", moving, single=False))
    pushforward: Pushforward = specialiser.run(specialiser.binder.bind(tuple(primals), {}))[1]
    return pushforward


def tangent_of(function: Function, argnums: Argnums = 0) -> Derived:
    """The tangent by itself, to be looked at: what `jvp` and `linearize` call."""
    return Derived(function, request_for("tangent", argnums), "jvp")


# ---- the Hessian times a direction


class HessianProduct(Derived):
    """The Hessian times a direction, which is the last argument."""

    __srcad_way__ = "direction"

    def __init__(self, function: Function, request: Request, made_by: str) -> None:
        super().__init__(function, request, made_by)
        self.__signature__ = _with_direction(self._specialiser.binder.signature)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not args:
            raise ArgumentError(f"srcad.hvp of {self.__name__} takes its arguments, and then a direction")
        *primals, direction = args
        pushforward: Pushforward = super().__call__(*primals, **kwargs)
        _, request = self.__srcad__
        return pushforward((direction,) if request.single else direction)


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


def hvp(function: Function | None = None, argnums: Argnums = 0) -> Any:
    """The Hessian times a direction: `hvp(f)(x, v)`, for about the cost of two gradients, without the Hessian.

    The direction is the last argument and has the structure of the differentiated one (for a tuple of argnums a tuple).
    """
    return derive(HessianProduct, "hvp", function, request_for("hvp", argnums))


MAKERS[hvp] = True
APPLIED[jvp] = lambda moving: Request("tangent", moving, single=False)

__all__ = ["hvp", "jvp", "linearize", "tangent_of"]
