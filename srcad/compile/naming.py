"""What generated functions are called."""

from __future__ import annotations

from collections.abc import Callable

from srcad.compile.requests import Request
from srcad.frontend.core.reading import derivation

_SUFFIXES = {
    "pullback": "vjp",
    "tangent": "jvp",
    "tangents": "jvps",
    "primal": "trace",
    "jacfwd": "jacobian",
    "jacrev": "jacobian",
    "jacobian": "jacobian",
}


def derivative_name(name: str, request: Request) -> str:
    """The name of the generated function."""
    if request.kind != "gradient":
        return f"{name.rstrip('_')}_{_SUFFIXES.get(request.kind, request.kind)}"
    return f"{name.rstrip('_')}_value_and_grad" if request.value else f"{name.rstrip('_')}_grad"


def identifier(function: Callable[..., object], name: str) -> str:
    """A name that a `def` can have: lambdas have none, and instances that are called have that of their class."""
    derived = derivation(function)
    if derived is not None:
        return derivative_name(identifier(derived[0], name), derived[1])
    if name == "__call__":
        name = type(getattr(function, "__self__", function)).__name__.lower()
    return name if name.isidentifier() else name.strip("<>").replace(" ", "_") + "_"
